"""What a brief is made of: tables, waterfalls and sentences, ready to be laid out in any file."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any, Literal

import pandas as pd

from analytics.company import Company, Scope
from analytics.pipeline.quarter_end import total
from analytics.review.agenda import Card
from analytics.wording import DASH, day, is_missing, money, percent

BriefKind = Literal["pre-read", "minutes"]
#: How a column's values are read; "long" is a text that may take several lines.
Kind = Literal["text", "long", "money", "change", "share", "day", "number"]
#: Signs that break a file (controls, halves of pairs, non-characters) or turn what stands around them
#: (the overrides of direction; a text that is written right to left needs none of them).
_UNSEEN = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+")
#: The axis of a waterfall begins at zero unless all its levels lie above this share of the highest.
_NEAR = 0.7
_MOST_CALLS = 24


@dataclass(frozen=True)
class Table:
    """`rows` with labelled columns; `kinds` of those that are no plain text; `sums`: columns whose sum says
    something; `empty`: what is the case where there are no rows."""

    caption: str
    rows: pd.DataFrame
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    sums: tuple[str, ...] = ()
    empty: str = ""

    def kind(self, column: str) -> Kind:
        """How a column is read."""
        return self.kinds.get(column, "text")

    def only(self, columns: Sequence[str]) -> Table:
        """With these columns, in this order."""
        sums = tuple(column for column in self.sums if column in columns)
        return Table(self.caption, self.rows[list(columns)], self.kinds, sums, self.empty)

    def largest(self, column: str, most: int) -> Table:
        """The rows with the largest amounts in a column, in their order, and one row for all others: the sums
        stay exact."""
        rows = self.rows
        if len(rows) <= most + 1:
            return self
        size = rows[column].abs().sort_values(ascending=False, kind="stable", na_position="last")
        kept = rows.loc[size.index[:most].sort_values()]
        others = rows.drop(index=kept.index)
        last: dict[str, Any] = {name: total(others[name].dropna()) for name in self.sums}
        last[str(rows.columns[0])] = f"{len(others):,} others: see the workbook"
        end = pd.DataFrame([last]).reindex(columns=rows.columns).astype(rows.dtypes.to_dict())
        return replace(self, rows=pd.concat([kept, end], ignore_index=True))


@dataclass(frozen=True)
class Waterfall:
    """From one sum to another. `finding`: what it shows, in a sentence; `rows`: step, amount, kind ("start",
    "change", "subtotal" or "end"), stated (of the CRM, else evidenced), deals (how many, or missing);
    `missing`: why there is none."""

    finding: str
    rows: pd.DataFrame
    note: str = ""
    missing: str = ""

    @property
    def bars(self) -> pd.DataFrame:
        """`rows` with `low`, `high` (a bar stands between them) and `hue`: stated, sum, won, up or down."""
        at, found = 0.0, []
        for row in each(self.rows):
            amount = float(row.amount)
            before, at = (at, at + amount) if row.kind == "change" else (0.0, amount)
            moves = "sum" if row.kind != "change" else "up" if amount >= 0 else "down"
            hue = "stated" if row.stated else "won" if row.step == "Won" else moves
            found.append((min(before, at), max(before, at), hue))
        ends = pd.DataFrame(found, columns=["low", "high", "hue"], index=self.rows.index)
        return self.rows.join(ends)

    def condensed(self, most: int) -> Waterfall:
        """With at most so many changes: the smallest ones are one step, and the sums stay exact."""
        rows = self.rows
        changes = rows[(rows["kind"] == "change") & ~rows["stated"].astype(bool)]
        shown = changes[changes["amount"].abs() >= 0.005]
        if len(shown) > most:
            shown = shown.loc[
                shown["amount"].abs().sort_values(ascending=False, kind="stable").index[: most - 1]
            ]
        rest = changes.drop(index=shown.index)
        kept = rows.drop(index=rest.index)
        if total(rest["amount"]) == 0:
            return replace(self, rows=kept.reset_index(drop=True))
        other = pd.DataFrame(
            [(f"{len(rest)} smaller steps", total(rest["amount"]), "change", False, None)],
            columns=rows.columns,
        ).astype(rows.dtypes.to_dict() | {"deals": float})
        end = kept.iloc[[-1]]
        return replace(self, rows=pd.concat([kept.iloc[:-1], other, end], ignore_index=True))

    @property
    def axis(self) -> tuple[float, float]:
        """Where the axis begins and ends: at zero, unless the steps could not be seen then."""
        bars = self.bars
        if bars.empty:
            return 0.0, 1.0
        changes, sums = bars[bars["kind"] == "change"], bars.loc[bars["kind"] != "change", "amount"]
        levels = pd.concat([changes["low"], changes["high"], sums])
        low, high = float(levels.min()), float(levels.max())
        if low > _NEAR * high > 0:
            unit = 10 ** (len(str(int(high))) - 2)
            begin = (low - 0.6 * (high - low)) // unit * unit
            return max(begin, 0.0), high
        return min(0.0, low), max(high, 1.0)


@dataclass(frozen=True)
class Fact:
    """One number that stands large: `label`, `value` and `note` in words."""

    label: str
    value: str
    note: str


@dataclass(frozen=True)
class Brief:
    """Everything that stands in a pre-read or in minutes, made once, whatever the file.

    `answer` is the sentence that stands first; `missing` why there is no number ('' where there is one).
    `of_the_day`, `reported`, `left_open`, `overrides_today` belong to the minutes.
    """

    kind: BriefKind
    company: Company
    scope: Scope
    since: date
    whose: str
    scope_words: str
    freshness: str
    answer: str
    missing: str
    reasons: tuple[str, ...]
    facts: tuple[Fact, ...]
    ends: Table
    bridge: Waterfall
    changed: Waterfall
    moved: Waterfall
    changed_deals: Table
    undone: Table
    moved_deals: Table
    agenda_words: str
    cards: tuple[Card, ...]
    card_table: Table
    quiet_words: str
    quiet: Table
    quiet_why: Table
    deals: Table
    decided_words: str
    of_the_day: Table
    ledger: Table
    action_words: str
    actions: Table
    reported: Table
    left_open: Table
    override_words: str
    overrides: Table
    call_words: str
    silent: str
    calls: Table
    definitions: Table

    @property
    def title(self) -> str:
        """What the document is."""
        what = "Pre-read" if self.kind == "pre-read" else "Minutes"
        return f"{what}: weekly pipeline review"

    @property
    def calls_shown(self) -> Table:
        """The calls as they fit on a page: where there are many owners, without them."""
        rows = self.calls.rows
        if len(rows) <= _MOST_CALLS or not (rows["Level"] != "Owner").any():
            return self.calls
        rest = rows[rows["Level"] != "Owner"].reset_index(drop=True)
        caption = f"{self.calls.caption}; their owners are in the workbook"
        return replace(self.calls, caption=caption, rows=rest)

    def money(self, amount: Any, *, signed: bool = False) -> str:
        """$9.3M, in the company's currency."""
        return money(amount, self.company.currency, signed=signed, locale=self.company.locale)

    def day(self, value: Any) -> str:
        """15 Nov 2026, as the company writes it."""
        return day(value, locale=self.company.locale)

    def total(self, table: Table, column: str) -> float:
        """The sum of a column, exact to the cent; what is missing adds nothing."""
        return total(table.rows[column].dropna())

    def cell(self, value: Any, kind: Kind) -> str:
        """A table's value as a reader sees it; missing is a dash."""
        if is_missing(value) or value == "":
            return DASH
        if kind in ("money", "change"):
            company = self.company
            is_change = kind == "change"
            return money(value, company.currency, exact=True, signed=is_change, locale=company.locale)
        if kind == "share":
            return percent(value)
        if kind == "day":
            return self.day(value)
        if kind == "number":
            return f"{value:,.0f}"
        return seen(value)


def each(frame: pd.DataFrame) -> list[Any]:
    """The rows of a table, as tuples with the columns' names."""
    return list(frame.itertuples())


def seen(text: Any) -> str:
    """A text of the CRM in one line, without signs that nobody sees and that would break a file."""
    return without_unseen(text).strip()


def without_unseen(text: Any) -> str:
    """The same, with the blanks around it."""
    return _UNSEEN.sub(" ", str(text))


def clipped(text: str, most: int) -> str:
    """A text of at most so many signs, cut at a word where that is near, with an ellipsis."""
    if len(text) <= most:
        return text
    cut = text[: most - 1]
    at = cut.rfind(" ")
    return f"{cut[: at if at > 0.7 * most else len(cut)].rstrip(' ,;:')}…"


def width(text: str) -> float:
    """How wide a text is in signs of the Latin script."""
    return sum(1.8 if unicodedata.east_asian_width(sign) in "WF" else 1.0 for sign in text)
