"""A brief as a workbook: real numbers and days, filters that work, totals that follow them."""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pandas as pd
import xlsxwriter  # type: ignore[import-untyped]
from babel import Locale
from babel.numbers import get_currency_precision, get_currency_symbol
from xlsxwriter.utility import xl_col_to_name, xl_range  # type: ignore[import-untyped]

from analytics.brief.parts import Brief, Kind, Table, Waterfall, clipped, seen, width
from analytics.company import Company
from analytics.figures.style import LIGHT
from analytics.wording import DASH, is_missing

#: What Excel takes in a cell is 32,767 signs; nobody reads so many.
_LONGEST = 32_000
#: Texts that would become formulas if somebody edited the cell.
_FORMULA = tuple("=+-@\t\r")
_WIDTHS: dict[Kind, int] = {
    "text": 16, "long": 56, "money": 17, "change": 17, "share": 11, "day": 13, "number": 10,
}  # fmt: skip
_WIDEST_NAME, _WIDEST_PRINT, _MOST_LINES = 44, 185, 3
_ROW_TITLE, _ROW_REMARK, _ROW_SCOPE, _ROW_TOTAL, _ROW_HEAD = range(5)


def workbook(brief: Brief) -> bytes:
    """The .xlsx."""
    held = io.BytesIO()
    book = xlsxwriter.Workbook(
        held, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False,
               "strings_to_numbers": False, "nan_inf_to_errors": False},
    )  # fmt: skip
    book.set_properties(
        {
            "title": clipped(f"{brief.title}, {brief.scope_words}", 250),
            "author": "Plumbline",
            "created": pd.Timestamp(brief.scope.as_of).to_pydatetime(),  # the same content, the same file
        }
    )
    pen = _Pen(book, brief)
    _summary(pen)
    pen.sheet("What changed", brief.changed_deals, brief.changed.finding)
    pen.sheet("Expected moved", brief.moved_deals, brief.moved.finding)
    pen.sheet("Agenda", brief.card_table, brief.agenda_words, brief.quiet_words)
    pen.sheet("Deals", brief.deals, brief.deals.caption)
    decided = brief.decided_words if brief.kind == "minutes" else brief.ledger.caption
    pen.sheet("Decisions", brief.ledger, decided)
    pen.sheet("Actions", brief.actions, brief.action_words)
    pen.sheet("Calls", brief.calls, brief.silent, brief.call_words)
    pen.sheet("Definitions", brief.definitions, brief.definitions.caption)
    book.close()
    return held.getvalue()


def money_format(company: Company, *, signed: bool = False) -> str:
    """Excel's format of the company's money: its sign, on the side where the locale has it."""
    symbol = f"[${get_currency_symbol(company.currency, locale=company.locale).replace(']', '')}]"
    digits = get_currency_precision(company.currency)
    number = "#,##0" + ("." + "0" * digits if digits else "")
    pattern = Locale.parse(company.locale).currency_formats["standard"].pattern
    amount = f"{symbol}{number}" if pattern.startswith("¤") else f"{number} {symbol}"
    return f"{'+' if signed else ''}{amount};-{amount};{amount}"


@dataclass(frozen=True)
class _Pen:
    """Writes into one workbook in the house look."""

    book: Any
    brief: Brief

    @cached_property
    def looks(self) -> Mapping[str, Any]:
        """Formats by name."""
        plain = {"font_name": "Arial", "font_size": 10, "font_color": LIGHT.text, "valign": "top"}
        company = self.brief.company
        kinds: dict[str, dict[str, Any]] = {
            "text": {"align": "left", "indent": 1},
            "long": {"text_wrap": True, "align": "left", "indent": 1},
            "money": {"num_format": money_format(company), "align": "right"},
            "change": {"num_format": money_format(company, signed=True), "align": "right"},
            "share": {"num_format": "0%", "align": "right"},
            "day": {"num_format": "d mmm yyyy", "align": "left", "indent": 1},
            "number": {"num_format": "#,##0", "align": "right"},
        }
        line = {"bottom": 1, "bottom_color": LIGHT.grid}
        found = {name: plain | line | more for name, more in kinds.items()}
        found |= {
            f"sum {name}": plain | more | {"bold": True, "text_wrap": False} for name, more in kinds.items()
        }
        found |= {
            f"quoted {name}": plain | line | kinds[name] | {"quote_prefix": True} for name in ("text", "long")
        }
        found |= {
            "missing": plain | line | {"font_color": LIGHT.muted, "align": "right"},
            "title": plain | {"font_size": 14, "bold": True},
            "note": plain | {"font_color": LIGHT.muted},
            "wrapped": plain | {"text_wrap": True},
            "label": plain | {"font_color": LIGHT.muted, "text_wrap": True},
            "heading": plain | {"font_size": 11, "bold": True, "top": 2, "top_color": LIGHT.text},
            "heading right": plain | {"align": "right", "top": 2, "top_color": LIGHT.text},
        }
        head = {"bold": True, "text_wrap": True, "bg_color": LIGHT.raised, "valign": "vcenter",
                "bottom": 1, "bottom_color": LIGHT.muted}  # fmt: skip
        found |= {
            "head": plain | head | {"align": "left", "indent": 1},
            "head right": plain | head | {"align": "right"},
        }
        return {name: self.book.add_format(look) for name, look in found.items()}

    def put(self, sheet: Any, row: int, column: int, value: Any, kind: Kind, look: str = "") -> None:
        """One value; a text is a text whatever it looks like, what is missing is a dash."""
        if is_missing(value) or value == "":
            sheet.write_string(
                row, column, DASH if kind not in ("text", "long") else "", self.looks["missing"]
            )
        elif kind in ("text", "long"):
            text = clipped(seen(value), _LONGEST)
            quoted = "quoted " if text.startswith(_FORMULA) else ""
            sheet.write_string(row, column, text, self.looks[look or f"{quoted}{kind}"])
        elif kind == "day":
            day = pd.Timestamp(value).normalize().to_pydatetime()
            sheet.write_datetime(row, column, day, self.looks[look or kind])
        else:
            sheet.write_number(row, column, float(value), self.looks[look or kind])

    def sheet(self, name: str, table: Table, finding: str, remark: str = "") -> None:
        """A sheet with one table: its finding, whose it is, totals that follow the filter, the rows."""
        sheet = self.book.add_worksheet(name)
        columns, last = list(table.rows.columns), len(table.rows.columns) - 1
        wide = [_wide(table, column) for column in columns]
        self._top(sheet, finding, remark)
        self._head(sheet, table, columns)
        for at, row in enumerate(table.rows.itertuples(index=False), start=_ROW_HEAD + 1):
            for number, (column, value) in enumerate(zip(columns, row, strict=True)):
                self.put(sheet, at, number, value, table.kind(column))
            sheet.set_row(at, 13.5 * _lines(table, wide, row) + 2)
        if table.rows.empty:
            sheet.write_string(_ROW_HEAD + 1, 0, table.empty, self.looks["note"])
        bottom = _ROW_HEAD + max(len(table.rows), 1)
        self._totals(sheet, table, columns, bottom)
        for number, size in enumerate(wide):
            sheet.set_column(number, number, size)
        sheet.autofilter(_ROW_HEAD, 0, bottom, last)
        sheet.freeze_panes(_ROW_HEAD + 1, 1)
        self._printed(sheet, wide, bottom)

    def _top(self, sheet: Any, finding: str, remark: str) -> None:
        sheet.hide_gridlines(2)
        sheet.set_row(_ROW_TITLE, 22)
        sheet.write_string(_ROW_TITLE, 0, clipped(seen(finding), _LONGEST), self.looks["title"])
        sheet.write_string(_ROW_REMARK, 0, clipped(seen(remark), _LONGEST), self.looks["note"])
        scope = f"{self.brief.scope_words} · {self.brief.freshness}"
        sheet.write_string(_ROW_SCOPE, 0, clipped(scope, _LONGEST), self.looks["note"])

    def _head(self, sheet: Any, table: Table, columns: Sequence[str]) -> None:
        sheet.set_row(_ROW_HEAD, 30)
        for number, column in enumerate(columns):
            left = table.kind(column) in ("text", "long", "day")
            sheet.write_string(_ROW_HEAD, number, column, self.looks["head" if left else "head right"])

    def _totals(self, sheet: Any, table: Table, columns: Sequence[str], bottom: int) -> None:
        """Above the header, so that sorting and filtering leave them where they are."""
        if not table.sums:
            return
        sheet.write_string(_ROW_TOTAL, 0, "Total of the rows shown", self.looks["sum text"])
        for column in table.sums:
            number, kind = columns.index(column), table.kind(column)
            cells = xl_range(_ROW_HEAD + 1, number, bottom, number)
            value = self.brief.total(table, column)
            sheet.write_formula(
                _ROW_TOTAL, number, f"=SUBTOTAL(109,{cells})", self.looks[f"sum {kind}"], value
            )

    def _printed(self, sheet: Any, wide: Sequence[float], bottom: int) -> None:
        """One page wide, with the columns that can be read then: the first ones decide."""
        last = max(sum(pd.Series(wide).cumsum() <= _WIDEST_PRINT) - 1, 0)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(_ROW_HEAD)
        sheet.print_area(0, 0, bottom, last)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        foot = clipped(self.brief.scope_words, 150).replace("&", "&&")
        sheet.set_footer(f"&L&8{foot}&R&8&A, &P / &N")


def _wide(table: Table, column: str) -> float:
    """A column's width in signs: as wide as most of its values, within what can be read."""
    kind = table.kind(column)
    least = max(_WIDTHS[kind], 0.75 * max(len(word) for word in column.split()) + 3)
    if kind != "text" or table.rows.empty:
        return least
    usual = float(table.rows[column].map(lambda text: width(str(text))).quantile(0.95))
    return min(max(usual + 2, 10.0, len(column) * 0.6), float(_WIDEST_NAME))


def _lines(table: Table, wide: Sequence[float], row: Sequence[Any]) -> int:
    """How many lines the texts of a row take."""
    lines = [
        -(-width(str(value)) // (size * 1.05))
        for column, size, value in zip(table.rows.columns, wide, row, strict=True)
        if table.kind(column) == "long"
    ]
    return int(min(max([1, *lines]), _MOST_LINES))


def _summary(pen: _Pen) -> None:
    """The answer, the numbers that stand large, and the three waterfalls as tables."""
    brief, sheet = pen.brief, pen.book.add_worksheet("Summary")
    sheet.hide_gridlines(2)
    sheet.set_column(0, 0, 42)
    sheet.set_column(1, 1, 20)
    sheet.set_column(2, 3, 16)
    sheet.write_string(0, 0, brief.title, pen.looks["note"])
    sheet.merge_range(1, 0, 1, 3, "")
    sheet.set_row(1, 54)
    answer = pen.book.add_format(
        {"font_name": "Arial", "font_size": 14, "bold": True, "text_wrap": True, "valign": "top"}
    )
    sheet.write_string(1, 0, brief.answer, answer)
    sheet.write_string(2, 0, brief.scope_words, pen.looks["note"])
    sheet.write_string(3, 0, brief.freshness, pen.looks["note"])
    at = 5
    for reason in brief.reasons:
        sheet.merge_range(at, 0, at, 3, "")
        sheet.set_row(at, 14 * (1 + int(width(reason) // 104)) + 3)
        sheet.write_string(at, 0, reason, pen.looks["wrapped"])
        at += 1
    at = _block(pen, sheet, at + 1, brief.ends)
    for caption, found in (
        ("From what the CRM states to what is expected", brief.bridge),
        ("Open pipeline, by what happened to its deals", brief.changed),
        ("Expected number, then and now", brief.moved),
    ):
        at = _steps(pen, sheet, at + 1, caption, found)
    sheet.set_portrait()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.print_area(0, 0, at, 3)
    sheet.activate()


def _block(pen: _Pen, sheet: Any, at: int, table: Table) -> int:
    """A small table of the summary; returns the row below it."""
    for place in range(4):
        sheet.write_blank(at, place, None, pen.looks["heading"])
    sheet.write_string(at, 0, table.caption, pen.looks["heading"])
    for offset, row in enumerate(table.rows.itertuples(index=False), start=1):
        for number, (column, value) in enumerate(zip(table.rows.columns, row, strict=True)):
            pen.put(sheet, at + offset, number, value, table.kind(column))
    return at + len(table.rows) + 1


def _steps(pen: _Pen, sheet: Any, at: int, caption: str, found: Waterfall) -> int:
    """A waterfall as rows; its last sum is a formula over the steps."""
    kinds: dict[str, Kind] = {"amount": "money", "deals": "number"}
    table = Table(caption, found.rows[["step", "amount", "deals"]], kinds)
    end = _block(pen, sheet, at, table)
    for column, label in ((1, "Money"), (2, "Deals")):
        sheet.write_string(at, column, label, pen.looks["heading right"])
    if found.missing:
        sheet.write_string(end, 0, found.missing, pen.looks["note"])
        return end + 1
    parts = [number for number, kind in enumerate(found.rows["kind"]) if kind in ("start", "change")]
    cells = ",".join(f"{xl_col_to_name(1)}{at + number + 2}" for number in parts)
    for number, row in enumerate(found.rows.itertuples(), start=1):
        pen.put(sheet, at + number, 1, row.amount, "change" if row.kind == "change" else "money",
                "" if row.kind == "change" else "sum money")  # fmt: skip
    last = float(found.rows["amount"].iloc[-1])
    sheet.write_formula(end - 1, 1, f"=SUM({cells})", pen.looks["sum money"], last)
    return end
