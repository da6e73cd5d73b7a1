"""What the import screen shows of files and their columns. (Their words: import_words.)"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from analytics.company import Company
from analytics.importing import FILE_KINDS, Choices, Look, SeenFile
from analytics.intake.files import day_in_name
from analytics.store.database import Store
from analytics.store.landing import FileCounts
from analytics.wording import count, day, is_missing, listed, money


@dataclass(frozen=True)
class FieldWords:
    """One of our fields: how it is called and what it is."""

    label: str
    meaning: str


#: Our columns as they are asked for: those that decide come first.
MAIN_FIELDS = {
    "deal_id": FieldWords(
        "Deal id", "What stays the same when a deal is renamed. Next week's file needs it."
    ),
    "name": FieldWords("Deal name", "What people call the deal. Without an id, deals are told apart by it."),
    "stage": FieldWords("Stage", "Where the deal stands. Stage or status is necessary."),
    "amount": FieldWords("Amount", "The money you forecast: ACV, deal value. Without it every total is 0."),
    "close_date": FieldWords("Close date", "When it is expected to close; of closed deals, when it did."),
    "owner": FieldWords("Owner", "Who works the deal. Needed for teams, calls and coaching."),
    "account_name": FieldWords("Account", "The customer."),
    "created": FieldWords("Created", "When the deal came in. Needed to look at past days."),
}
MORE_FIELDS = {
    "closed": FieldWords("Closed on", "When it was won or lost, if the close date does not say."),
    "status": FieldWords("Status", "Open, won or lost, where the stage does not say."),
    "forecast_category": FieldWords(
        "Forecast category", "Commit, Best Case, Pipeline ... as the CRM has it."
    ),
    "probability": FieldWords("Probability", "The deal's own stated chance."),
    "currency": FieldWords("Currency", "The currency of the amount."),
    "next_step": FieldWords("Next step", "What is to be done next."),
    "last_activity": FieldWords("Last activity", "When the deal was last touched."),
    "account_id": FieldWords("Account id", "The customer's id."),
    "type": FieldWords("Type", "New business, renewal ..."),
    "lead_source": FieldWords("Lead source", "Where the deal came from."),
}
FIELDS = MAIN_FIELDS | MORE_FIELDS

#: A field's column -> the choices that rest on the words written in it.
_WORDS_OF = {
    "stage": "stages",
    "status": "statuses",
    "forecast_category": "categories",
    "owner": "owners",
    "currency": "currencies",
}


# --- files ---


def files_table(files: Sequence[SeenFile]) -> pd.DataFrame:
    """A row per file: what it is, how long it is, why it cannot be read."""
    return pd.DataFrame(
        {
            "File": [file.label for file in files],
            "What it is": [FILE_KINDS.get(file.kind, file.kind) for file in files],
            "Rows": [file.lines for file in files],
            "Columns": [len(file.header) for file in files],
            "Problem": [file.problem or None for file in files],
        }
    )


def files_in_words(files: Sequence[SeenFile]) -> str:
    """How many files of what kind, and how many rows."""
    kinds: dict[str, int] = {}
    for file in files:
        kinds[file.kind] = kinds.get(file.kind, 0) + 1
    unknown = kinds.pop("unknown", 0)
    told = listed(f"{_inside(FILE_KINDS.get(kind, kind))} in {count(n, 'file')}" for kind, n in kinds.items())
    rows = f"about {count(sum(file.lines for file in files), 'row')}."
    if not unknown:
        return f"Found {told}; {rows}"
    lost = f"{count(unknown, 'file')} not recognised"
    return f"Found {told}, and {lost}; {rows}" if told else f"Found {lost}; {rows}"


def _inside(kind: str) -> str:
    """The name of a kind of file inside a sentence: names of products stay as they are."""
    return kind if kind.startswith(("Salesforce", "HubSpot", "Blue Sheet")) else kind.lower()


def days_in_names(files: Sequence[SeenFile]) -> list[date]:
    """The days that the names of the lists of deals hold, such as deals_2026-11-23.csv."""
    labels = [file.label for file in files if file.kind in ("deals", "hubspot", "salesforce")]
    own = {day_in_name(label) for label in labels} - {None}
    of_zips = {day_in_name(label.split("/")[0]) for label in labels}
    return sorted(one for one in own or of_zips if one)


# --- columns ---


def headings(look: Look) -> list[str]:
    """Every column of the lists of deals, in their order."""
    found = [label for file in _deal_files(look) for label in file.header if label.strip()]
    return list(dict.fromkeys(found))


def samples(look: Look, heading: str | None, n: int = 3) -> list[str]:
    """The first different values that stand in a column."""
    found: dict[str, None] = {}
    for file in _deal_files(look):
        if heading not in file.header:
            continue
        column = file.sample.iloc[:, file.header.index(heading)]
        for value in column.dropna().astype(str):
            if value.strip() and len(found) < n:
                found.setdefault(value.strip()[:60])
    return list(found)


def _deal_files(look: Look) -> list[SeenFile]:
    """The files that are read by the choices; where none is known to be one, all of them."""
    deals = [file for file in look.files if file.kind == "deals"]
    return deals or [file for file in look.files if file.header]


def missing_columns(columns: Mapping[str, str]) -> str:
    """Why deals cannot be read by these columns; '' = they can."""
    if not {"deal_id", "name"} & set(columns):
        return "Choose the column of the deal's id or of its name: otherwise no row is a deal."
    if not {"stage", "status"} & set(columns):
        return "Choose the column of the stage or of the status: otherwise won, lost and open are the same."
    twice = {label for label in columns.values() if list(columns.values()).count(label) > 1}
    if twice:
        label = min(twice)
        names = [FIELDS[name].label for name, chosen in columns.items() if chosen == label]
        return f"The column '{label}' is chosen for {listed(names)}: it can be only one of them."
    return ""


def with_columns(choices: Choices, columns: Mapping[str, str]) -> Choices:
    """The choices with other columns; what was said of the words of a column that is gone is forgotten."""
    lost: dict[str, Any] = {
        words: {} for field, words in _WORDS_OF.items() if choices.columns.get(field) != columns.get(field)
    }
    return replace(choices, columns=dict(columns), **lost)


# --- what it would do, what it did ---


def counts_table(files: Sequence[FileCounts]) -> pd.DataFrame:
    """What becomes of the rows of each file; rows read = loaded + unchanged + rejected."""
    return pd.DataFrame(
        {
            "File": [file.file for file in files],
            "Rows read": [file.rows_read for file in files],
            "Loaded": [file.loaded for file in files],
            "Unchanged": [file.unchanged for file in files],
            "Rejected": [file.rejected for file in files],
        }
    )


def counts_in_words(files: Sequence[FileCounts]) -> str:
    """Rows read, and what becomes of them."""
    read, loaded, unchanged, rejected = (
        sum(getattr(file, what) for file in files)
        for what in ("rows_read", "loaded", "unchanged", "rejected")
    )
    return (
        f"{count(read, 'row')} read: {loaded:,} with something new, {unchanged:,} with nothing new,"
        f" {rejected:,} rejected."
    )


def totals_table(totals: pd.DataFrame, company: Company) -> pd.DataFrame:
    """Before and after as people read them: counts, and money in the company's currency."""

    def told(what: str, value: float) -> str:
        if "amount" in what:
            return money(value, company.currency, exact=True, locale=company.locale)
        return f"{value:,.0f}"

    whats = totals["what"].tolist()
    return pd.DataFrame(
        {
            "Total": whats,
            "Before": [told(what, value) for what, value in zip(whats, totals["before"], strict=True)],
            "After": [told(what, value) for what, value in zip(whats, totals["after"], strict=True)],
        }
    )


def rejects_table(rejects: pd.DataFrame) -> pd.DataFrame:
    """Rows that cannot be read, as people read them."""
    names = {"file": "File", "line": "Line", "column_name": "Column", "value": "Value", "reason": "Reason"}
    return rejects[list(names)].rename(columns=names)


def rejects_of(store: Store, import_id: int | None) -> pd.DataFrame:
    """The rejected rows of one import: file, line, column_name, value, reason."""
    rows = store.query("rejects")
    return rows[rows["import_id"] == import_id].drop(columns="import_id").reset_index(drop=True)


def match_in_words(row: Mapping[Any, Any], company: Company) -> str:
    """A row without an id, as a person knows it."""
    parts = [row["account"], row["name"]]
    if not is_missing(row["created"]) and row["created"]:
        parts.append(f"created {day(row['created'], locale=company.locale)}")
    if not is_missing(row["amount"]):
        parts.append(f"{float(row['amount']):,.0f}")
    return ", ".join(str(part) for part in parts if not is_missing(part) and part)
