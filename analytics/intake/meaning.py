"""What stage and category names mean, as SQL shared by the sources."""

from __future__ import annotations

from analytics.intake.job import Job

#: Salesforce's and HubSpot's spellings. 'Most Likely' lies between Best Case and Commit; it becomes
#: Best Case, so that nobody is taken to have committed who has not.
CATEGORY_NAMES = {
    "closed": "Closed",
    "won": "Closed",
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
    names = CATEGORY_NAMES | {theirs.lower(): ours for theirs, ours in own.items()}
    job.con.executemany("insert into category_name values (?, ?)", [list(pair) for pair in names.items()])


def category(column: str) -> str:
    """SQL for our category of a name; NULL if it is unknown."""
    return f"(select ours from category_name where theirs = lower(replace({column}, '_', ' ')))"


def note_unknown_categories(job: Job, table: str, column: str) -> None:
    """Name the categories that we do not know."""
    rows = job.con.execute(
        f"select {column}, count(*) from {table} where {column} is not null"
        f" and lower(replace({column}, '_', ' ')) not in (select theirs from category_name)"
        " group by 1 order by 2 desc limit 10"
    ).fetchall()
    if rows:
        names = ", ".join(f"'{name}' ({count:,})" for name, count in rows)
        job.note(
            f"Unknown forecast categories were left empty: {names}. Say what they mean in a mapping file:"
            f' [categories] "{rows[0][0]}" = "Commit".'
        )


def name_is_closed(stage: str) -> str:
    """SQL: whether a stage's name says that it is closed."""
    return (
        f"(regexp_matches(lower({stage}), '^closed|^won$|^lost$|closed.?(won|lost)|^abandoned$|^disqualified$"
        f"|^cancell?ed$|^gewonnen$|^verloren$|^gagnée?$|^perdue?$|\\bwon$|\\blost$'))"
    )


def name_is_won(stage: str) -> str:
    """SQL: whether a closed stage's name says that it is won."""
    return (
        f"(regexp_matches(lower({stage}), 'won|gewonnen|gagn') and not contains(lower({stage}), 'not won'))"
    )
