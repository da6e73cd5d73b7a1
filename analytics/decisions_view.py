"""What the page "Decisions" says: a sentence, the ledger as a table, and what became of it in numbers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.company import Company
from analytics.pipeline.tables import Kind
from analytics.problems import NotEnough
from analytics.review import decisions as made
from analytics.review.grades import HELD, NOT_HELD
from analytics.review.ledger import KINDS, OVERRIDE, Ledger
from analytics.review.tallies import FEWEST, Paired, nearer, off_by, tally
from analytics.wording import count, day, is_missing, listed, money, percent

#: Of the ledger's columns: what is shown, and how.
_SHOWN: dict[str, tuple[str, Kind]] = {
    "day": ("Decided", "day"),
    "name": ("Deal", "text"),
    "what": ("What", "text"),
    "verdict": ("Verdict", "text"),
    "why": ("What became of it", "text"),
    "author": ("By", "text"),
    "note": ("Note or reason", "text"),
    "owner_name": ("Deal owner", "text"),
    "kind": ("Kind", "text"),
    "quarter": ("Quarter", "text"),
    "graded_on": ("Seen on", "day"),
    "followed": ("CRM changed to it", "text"),
    "followed_days": ("After days", "number"),
    "deal_id": ("Deal ID", "text"),
}
LEDGER_KINDS = dict(_SHOWN.values())
_TALLIED: dict[str, tuple[str, Kind]] = {
    "kind": ("Kind", "text"),
    "person": ("Person", "text"),
    "name": ("Deal", "text"),
    "decisions": ("Decisions", "number"),
    "judged": ("Could be judged", "number"),
    "held": ("Held", "number"),
    "did_not_hold": ("Did not hold", "number"),
    "open": ("Open", "number"),
    "cannot_be_judged": ("Cannot be judged", "number"),
    "share": ("Share held", "share"),
    "low": ("From", "share"),
    "high": ("To", "share"),
    "deal_id": ("Deal ID", "text"),
}
TALLY_KINDS = dict(_TALLIED.values())
BY = {"Kind": "kind", "Person": "person", "Deal": "deal_id"}


@dataclass(frozen=True)
class Shown:
    """Which entries a reader wants to see; '' for all."""

    person: str = ""
    kind: str = ""
    verdict: str = ""
    deal: str = ""
    quarter: str = ""

    def of(self, entries: pd.DataFrame) -> pd.DataFrame:
        """The entries left."""
        keep = pd.Series(True, index=entries.index)
        for column, asked in (("kind", self.kind), ("verdict", self.verdict), ("quarter", self.quarter)):
            if asked:
                keep &= entries[column] == asked
        if self.person:
            keep &= (entries["author"] == self.person) | (entries["person"] == self.person)
        if words := self.deal.strip().casefold():
            texts = entries["name"].astype(str) + "\n" + entries["deal_id"].astype(str)
            keep &= texts.str.casefold().str.contains(words, regex=False)
        return entries[keep]

    def in_words(self) -> str:
        """The filters, said; '' for none."""
        said = [
            f"by or for {self.person}" if self.person else "",
            self.kind,
            self.verdict,
            f"deals with “{self.deal.strip()}”" if self.deal.strip() else "",
            f"of {self.quarter}" if self.quarter else "",
        ]
        return listed(text for text in said if text)


def headline(found: Ledger) -> tuple[str, str]:
    """How many decisions, how many held, and what is open: two plain sentences."""
    entries = found.entries
    if entries.empty:
        return "Nothing has been decided yet.", ""
    decided, overrides = entries[entries["kind"] != OVERRIDE], entries[entries["kind"] == OVERRIDE]
    judged = entries["verdict"].isin([HELD, NOT_HELD])
    held = int((entries["verdict"] == HELD).sum())
    said = count(len(decided), "decision")
    if len(overrides):
        said += f" and {count(len(overrides), 'override')}"
    of = (
        f"{held} of the {int(judged.sum())} that could be judged held"
        if judged.any()
        else "none can be judged yet"
    )
    return f"{said}: {of}.", _actions_in_words(found)


def _actions_in_words(found: Ledger) -> str:
    mine = open_actions(found)
    if mine.empty:
        return "No action is open."
    overdue = int((mine["due"] < pd.Timestamp(found.as_of)).sum())
    late = f", {overdue} of them past the day on which {'it was' if overdue == 1 else 'they were'} due"
    return f"{count(len(mine), 'action is', 'actions are')} open{late if overdue else ''}."


def open_actions(found: Ledger) -> pd.DataFrame:
    """Actions that nobody has reported on, the longest due first."""
    return made.open_actions(found.entries)


def due_in_words(due: pd.Timestamp, as_of: date, company: Company) -> str:
    """When an action is due, and how far that is from the day looked at."""
    if is_missing(due):
        return "no day was due"
    days = (due.date() - as_of).days
    when = f"due {day(due, locale=company.locale)}"
    if days < 0:
        return f"{when}, {count(-days, 'day')} ago"
    return f"{when}, today" if days == 0 else f"{when}, in {count(days, 'day')}"


def ledger_table(entries: pd.DataFrame) -> pd.DataFrame:
    """The ledger as it is shown and downloaded; keys of LEDGER_KINDS."""
    followed = {True: "yes", False: "no"}
    table = entries.assign(followed=[followed.get(value, "") for value in entries["followed"]])
    return table[list(_SHOWN)].rename(columns={key: name for key, (name, _) in _SHOWN.items()})


def tally_table(entries: pd.DataFrame, by: str) -> pd.DataFrame:
    """Counts by Kind, Person or Deal, in the order of kinds or by name: no ranking. Keys of TALLY_KINDS."""
    table = tally(entries, BY[by])
    if by == "Kind":
        table = table.sort_values("kind", key=lambda kinds: kinds.map({k: n for n, k in enumerate(KINDS)}))
    elif by == "Deal":
        names = entries.drop_duplicates("deal_id").set_index("deal_id")["name"]
        table = table.assign(name=table["deal_id"].map(names)).sort_values("name", kind="stable")
    else:
        table = table.sort_values("person", kind="stable", key=lambda names: names.str.casefold())
    columns = [key for key in _TALLIED if key in table]
    return table[columns].rename(columns={key: name for key, (name, _) in _TALLIED.items()})


def rounded(table: pd.DataFrame) -> pd.DataFrame:
    """The same with shares as they are read: without decimals; the download has them exact."""
    shares = ["Share held", "From", "To"]
    return table.assign(**{name: table[name].round(2) for name in shares})


def withheld(table: pd.DataFrame) -> str:
    """What is said of the rows without a share; '' where there is none."""
    missing = int(table["Share held"].isna().sum())
    if not missing:
        return ""
    rows = (
        "No row has"
        if missing == len(table)
        else f"{count(missing, 'row')} {'has' if missing == 1 else 'have'} no"
    )
    share = " a share" if missing == len(table) else " share"
    return f"{rows}{share}: below {FEWEST} judged decisions it could be luck."


def overrides_in_words(found: Ledger, company: Company) -> list[str]:
    """Overrides against the model and the rep, a sentence each."""
    said = [
        _nearer_in_words(nearer(found.overrides, than), who)
        for than, who in (("than_model", "the model"), ("than_rep", "the reps"))
    ]
    n, mine, stated = off_by(found.overrides)
    if n >= FEWEST:
        off, then = (money(value, company.currency, locale=company.locale) for value in (mine, stated))
        deals = count(n, "won deal")
        said.append(f"Overridden amounts of {deals} were off by {off} on average, those stated by {then}.")
    elif n:
        said.append(f"Overridden amounts: not shown for {count(n, 'won deal')}, {FEWEST} are needed.")
    return said


def _nearer_in_words(one: Paired | NotEnough, who: str) -> str:
    if isinstance(one, NotEnough):
        return f"Overrides against {who}: {one}."
    ends = f"90% interval {one.low:+.3f} to {one.high:+.3f}, {count(one.n, 'deal')}"
    by = f"by {abs(one.mean):.3f} squared error ({ends})"
    if one.low > 0:
        return f"Overrides were nearer to what happened than {who}: {by}."
    if one.high < 0:
        return f"Overrides were farther from what happened than {who}: {by}."
    return f"Overrides and {who} cannot be told apart: {one.mean:+.3f} squared error ({ends})."


def became_rows(entries: pd.DataFrame) -> pd.DataFrame:
    """For the picture: a row per kind that was decided: kind, n, judged, held, share, low, high."""
    return (
        tally(entries, "kind")
        .set_index("kind")
        .reindex([kind for kind in KINDS if (entries["kind"] == kind).any()])
        .reset_index()
    )


def became_title(entries: pd.DataFrame) -> str:
    """The picture's finding."""
    whole = tally(entries).iloc[0] if len(entries) else None
    if whole is None or not whole["judged"]:
        return "What became of it: nothing can be judged yet"
    held = f"{int(whole['held'])} of {int(whole['judged'])} held"
    if is_missing(whole["share"]):
        return f"What became of it: {held}"
    return f"What became of it: {held} ({percent(whole['low'])} to {percent(whole['high'])})"


def people_of(entries: pd.DataFrame) -> list[str]:
    """Everybody who decided something or was to do something, by name."""
    names = {str(name) for name in [*entries["author"], *entries["person"]] if name}
    return sorted(names, key=str.casefold)
