"""Deal tables as a reader sees them: the columns that decide come first; and their download."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, TypeVar

import pandas as pd
from pandas.io.formats.style import Styler

from analytics.company import Company
from analytics.pipeline.quarter_end import QuarterEnd, total
from analytics.wording import shown_without_formula, without_formula

_Table = TypeVar("_Table", pd.DataFrame, Styler)

Kind = Literal["text", "money", "share", "day", "number", "hidden"]

#: Columns of a deal table: source column -> (label, kind).
_COLUMNS: dict[str, tuple[str, Kind]] = {
    "deal_id": ("Deal ID", "hidden"),
    "name": ("Deal", "text"),
    "account_name": ("Account", "text"),
    "part": ("Counts with", "money"),
    "amount_company": ("Amount", "money"),
    "stage": ("Stage", "text"),
    "category": ("Forecast category", "text"),
    "probability": ("Stated probability", "share"),
    "close_date": ("Close date", "day"),
    "booked_day": ("Booked", "day"),
    "owner_name": ("Owner", "text"),
    "team": ("Team", "text"),
    "pushes": ("Pushes", "number"),
    "next_step": ("Next step", "text"),
    "last_activity_on": ("Last activity", "day"),
    "stakeholders": ("Stakeholders", "number"),
    "currency": ("Currency", "text"),
    "amount": ("Amount in deal currency", "number"),
}


@dataclass(frozen=True)
class DealTable:
    """Rows to show, what each column is, and the exact sum of what the rows count with."""

    rows: pd.DataFrame  # labelled columns; index 0..n-1
    kinds: dict[str, Kind]
    deal_ids: list[str]  # by row
    total: float

    @property
    def n(self) -> int:
        """How many deals."""
        return len(self.rows)


def deals_behind(view: QuarterEnd, key: str) -> DealTable:
    """The deals that make up a measure; the column "Counts with" adds up to it exactly."""
    parts = view.measures[key].parts
    deals = view.deals.set_index("deal_id").loc[parts.index].reset_index()
    return deal_table(deals.assign(part=parts.to_numpy()))


def deal_table(deals: pd.DataFrame) -> DealTable:
    """A table of deals; without a column `part`, a deal counts with its amount."""
    if "part" not in deals:
        deals = deals.assign(part=deals["amount_company"])
    columns = [column for column in _COLUMNS if column in deals and _says_something(deals, column)]
    rows = deals[columns].rename(columns={column: _COLUMNS[column][0] for column in columns})
    return DealTable(
        rows=rows.reset_index(drop=True),
        kinds={_COLUMNS[column][0]: _COLUMNS[column][1] for column in columns},
        deal_ids=list(deals["deal_id"]),
        total=total(deals["part"].dropna()),
    )


def _says_something(deals: pd.DataFrame, column: str) -> bool:
    """Whether a column is worth its place: not empty, and not the same as another one."""
    if column in ("deal_id", "name", "part", "stage", "close_date"):
        return True
    if column in ("currency", "amount"):
        return bool(deals["currency"].nunique() > 1 or deals["amount_company"].isna().any())
    if column == "amount_company":
        return not deals["part"].equals(deals["amount_company"])
    return bool((deals[column].notna() & (deals[column] != "")).any())


def in_words(column: str) -> str:
    """A column's name as a heading: `won_by_now` -> `Won by now`."""
    return column if " " in column else column.replace("_", " ").capitalize()


def labelled(frame: pd.DataFrame) -> pd.DataFrame:
    """A table with its columns' names as headings; keys that only we need are left out."""
    return frame.drop(columns=["key", "is_current"], errors="ignore").rename(columns=in_words)


def csv_bytes(frame: pd.DataFrame) -> bytes:
    """A table as CSV for Excel (UTF-8 with BOM), without formulas."""
    headed = without_formulas(frame).rename(
        columns=lambda name: without_formula(name) if isinstance(name, str) else name
    )
    return headed.to_csv(index=False, date_format="%Y-%m-%d").encode("utf-8-sig")


def without_formulas(
    frame: pd.DataFrame, *, keep: tuple[str, ...] = (), plain: Callable[[str], str] = without_formula
) -> pd.DataFrame:
    """A copy in which texts that Excel would run as formulas are made plain, but not in `keep` columns."""
    safe = frame.copy()
    texts = safe.select_dtypes(include=["object", "str", "string", "category"]).columns
    for column in texts.difference(list(keep)):
        cells = [plain(value) if isinstance(value, str) else value for value in safe[column]]
        safe[column] = pd.Series(cells, index=safe.index)
    return safe


def shown(table: _Table) -> _Table:
    """A copy for a page, from whose own menu a table can be saved as CSV: looks the same, runs nothing.

    One that is coloured was made of such a copy.
    """
    return without_formulas(table, plain=shown_without_formula) if isinstance(table, pd.DataFrame) else table


def currency_note(company: Company, view: QuarterEnd) -> str:
    """What a reader must know about currencies; empty if there is nothing to know."""
    missing = view.not_converted
    if missing.empty:
        return ""
    amounts = ", ".join(
        f"{row.amount:,.2f} {row.currency} ({row.deals} deals)" for row in missing.itertuples()
    )
    return (
        f"Left out of every sum, because no rate to {company.currency} is loaded: {amounts}."
        " Load a CurrencyType file with the rates."
    )
