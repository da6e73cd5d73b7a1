"""What stage and category names mean, as SQL shared by the sources."""

from __future__ import annotations

from analytics.intake.job import Job
from analytics.intake.labels import category_words, currency_words
from analytics.intake.values import KRONA, names_krona

#: Salesforce's and HubSpot's spellings. 'Most Likely' lies between Best Case and Commit; it becomes
#: Best Case, so that nobody is taken to have committed who has not.
CATEGORY_NAMES = {
    "closed": "Closed",
    "won": "Closed",
    "lost": "Omitted",
    "commit": "Commit",
    "forecast": "Commit",
    "committed": "Commit",
    "best case": "Best Case",
    "bestcase": "Best Case",
    "most likely": "Best Case",
    "mostlikely": "Best Case",
    "upside": "Best Case",
    "pipeline": "Pipeline",
    "omitted": "Omitted",
    "omit": "Omitted",
    "not forecasted": "Omitted",
}


def load_categories(job: Job, own: dict[str, str]) -> None:
    """Create the table `category_name` (lower-case name -> our category); `own` names come from a mapping."""
    job.con.execute("create or replace table category_name (theirs varchar, ours varchar)")
    own = {theirs.lower().replace("_", " "): ours for theirs, ours in own.items()}
    names = category_words() | CATEGORY_NAMES | own
    job.con.execute(
        "insert into category_name select unnest(?), unnest(?)", [list(names), list(names.values())]
    )


def category(column: str) -> str:
    """SQL for our category of a name; NULL if it is unknown."""
    return f"(select ours from category_name where theirs = lower(replace({column}, '_', ' ')))"


def note_unknown_categories(job: Job, table: str, column: str) -> None:
    """Name the categories that we do not know."""
    rows = job.con.execute(
        f"select {column}, count(*) from {table} where {column} is not null group by {column}"
        f" having lower(replace({column}, '_', ' ')) not in (select theirs from category_name)"
        " order by 2 desc limit 10"
    ).fetchall()
    if rows:
        names = ", ".join(f"'{name}' ({count:,})" for name, count in rows)
        job.note(
            f"Unknown forecast categories were left empty: {names}. Say what they mean in a mapping file:"
            f' [categories] "{rows[0][0]}" = "Commit".'
        )


# Words of English, German, French, Spanish, Portuguese, Italian and Dutch, without accents.
_WON = "won|gewonnen|gagnee?|ganad[oa]|ganh[oa]|vint[oa]"
_LOST = "lost|not won|verloren|perdue?|perdid[oa]|pers[oa]"
_OPEN = "open|offen|ouverte?|abiert[oa]|abert[oa]|apert[oa]"
_GONE = (
    "deleted|archived|geloscht|archiviert|supprimee?|archivee?|eliminad[oa]|ar(chi|qui)vad[oa]|excluid[oa]"
    "|verwijderd|gearchiveerd|eliminat[oa]|archiviat[oa]"
)


def _plain(column: str) -> str:
    return f"strip_accents(lower({column}))"


def name_is_closed(stage: str) -> str:
    """SQL: whether a stage's name says that it is closed."""
    return (
        f"(regexp_matches({_plain(stage)}, '^closed|closed.?(won|lost)|^abandoned$|^disqualified$"
        f"|^cancell?ed$|\\b({_WON}|{_LOST})[)\\]]?$'))"
    )


def name_is_won(stage: str) -> str:
    """SQL: whether a closed stage's name says that it is won."""
    plain = _plain(stage)
    return f"(regexp_matches({plain}, 'won|\\b({_WON})\\b') and not contains({plain}, 'not won'))"


def status_is_closed(status: str) -> str:
    """SQL: whether a status (open, won, lost ...) says that the deal is closed; NULL if it says neither."""
    plain = _plain(status)
    return (
        f"(case when regexp_matches({plain}, '\\b({_WON}|{_LOST})\\b') then true"
        f" when regexp_full_match({plain}, '{_OPEN}') then false end)"
    )


def status_is_won(status: str) -> str:
    """SQL: whether a status says that the deal is won; NULL if it does not say."""
    plain = _plain(status)
    return (
        f"(case when regexp_matches({plain}, '\\b({_LOST})\\b') then false"
        f" when regexp_matches({plain}, '\\b({_WON})\\b') then true end)"
    )


def status_is_gone(status: str) -> str:
    """SQL: whether a status says that the deal was taken out of the CRM."""
    return f"coalesce(regexp_full_match({_plain(status)}, '{_GONE}'), false)"


def load_currencies(job: Job) -> None:
    """Create the table `currency_name` (how CRMs write a currency out, in lower case -> ISO code)."""
    job.con.execute("create or replace table currency_name (theirs varchar, ours varchar)")
    names = currency_words()
    job.con.execute(
        "insert into currency_name select unnest(?), unnest(?)", [list(names), list(names.values())]
    )


def say_krona(job: Job, *told: str | None) -> None:
    """What 'kr' beside an amount means: the first that can be one (values.KRONA), else no currency."""
    job.con.execute("set variable krona = ?", [next((code for code in told if code in KRONA), None)])


def note_unsaid_krona(job: Job, table: str, column: str) -> None:
    """Amounts in 'kr' of which nothing says whose they are count as the company's: say so."""
    count = job.count(
        f"select count(*) from {table} where getvariable('krona') is null and {names_krona(column)}"
    )
    if count:
        job.note(
            f"{count:,} amounts are written with 'kr', which may be {', '.join(KRONA)}: without a currency"
            " column they count in the company's currency. Say which it is in a mapping file:"
            ' [values.currency] "kr" = "SEK".'
        )


def currency_code(column: str) -> str:
    """SQL for the ISO code of a currency that is written out; else what is written, in capitals."""
    return f"coalesce((select ours from currency_name where theirs = lower({column})), upper({column}))"
