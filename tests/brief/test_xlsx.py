"""The workbook: real numbers that are the review's, totals that follow the filter, no formula from a text."""

from __future__ import annotations

import io
import re
import zipfile
from datetime import date, datetime

import pytest
from lxml import etree
from python_calamine import CalamineWorkbook

from analytics.brief.content import brief_of
from analytics.brief.parts import Brief, seen
from analytics.brief.xlsx import money_format, workbook
from analytics.company import Company
from analytics.fiscal import Calendar
from analytics.pipeline.quarter_end import total
from analytics.weekly_review import WeeklyReview
from tests.brief.hostile import TURNS, in_turn, with_texts

SHEETS = ["Summary", "What changed", "Expected moved", "Agenda", "Deals", "Decisions", "Actions", "Calls",
          "Definitions"]  # fmt: skip
HEAD = 4  # the row of the column names, from 0
S = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"


def read(file: bytes, sheet: str) -> list[list[object]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(file))
    return book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)


def column(table: list[list[object]], name: str) -> list[object]:
    at = table[HEAD].index(name)
    return [row[at] for row in table[HEAD + 1 :]]


def numbers(table: list[list[object]], name: str) -> list[float]:
    return [float(value) for value in column(table, name) if isinstance(value, int | float)]


def cents(values: list[float]) -> float:
    return round(sum(round(value * 100) for value in values) / 100, 2)


def part(file: bytes, name: str) -> etree._Element:
    with zipfile.ZipFile(io.BytesIO(file)) as held:
        return etree.fromstring(held.read(name))


def formulas(file: bytes) -> list[str]:
    with zipfile.ZipFile(io.BytesIO(file)) as held:
        sheets = [name for name in held.namelist() if name.startswith("xl/worksheets/sheet")]
        return [str(one.text) for name in sheets for one in etree.fromstring(held.read(name)).iter(f"{S}f")]


@pytest.fixture(scope="module")
def file(brief: Brief) -> bytes:
    return workbook(brief)


def test_the_sheets_are_there_in_order(file: bytes) -> None:
    assert CalamineWorkbook.from_filelike(io.BytesIO(file)).sheet_names == SHEETS


def test_deals_are_the_screens_to_the_cent(file: bytes, review: WeeklyReview) -> None:
    table, deals = read(file, "Deals"), review.facts.risk.deals
    assert column(table, "Deal ID") == list(deals["deal_id"])
    assert numbers(table, "Amount") == [float(one) for one in deals["amount_company"].dropna()]
    assert numbers(table, "Evidenced") == pytest.approx(list(deals["evidenced"].dropna()))
    days = [one for one in column(table, "Close date") if isinstance(one, date | datetime)]
    assert [date(one.year, one.month, one.day) for one in days] == list(deals["close_date"].dropna().dt.date)


def test_what_is_won_open_and_not_created_yet_adds_up_to_the_number(
    file: bytes, review: WeeklyReview
) -> None:
    found = review.number.forecast
    worth = numbers(read(file, "Deals"), "Expected")
    rest = [*found.view.measures["won"].parts, *found.later]
    assert cents([*worth, *rest]) == pytest.approx(found.expected, abs=0.02)


def test_changes_add_up_to_the_difference(file: bytes, review: WeeklyReview) -> None:
    changed = numbers(read(file, "What changed"), "Change")
    assert cents(changed) == round(review.changes.end - review.changes.start, 2)
    moved = numbers(read(file, "Expected moved"), "Money")
    assert cents(moved) == review.moved.after


def test_totals_are_formulas_over_all_rows_that_follow_the_filter(file: bytes, brief: Brief) -> None:
    for number, (sheet, table) in enumerate(
        [("What changed", brief.changed_deals), ("Expected moved", brief.moved_deals),
         ("Agenda", brief.card_table), ("Deals", brief.deals)], start=2,
    ):  # fmt: skip
        root = part(file, f"xl/worksheets/sheet{number}.xml")
        rows, last = read(file, sheet), HEAD + 1 + len(table.rows)
        found = {str(cell.get("r")): cell for cell in root.iter(f"{S}c") if cell.find(f"{S}f") is not None}
        assert len(found) == len(table.sums)
        for column_name in table.sums:
            letter = chr(ord("A") + rows[HEAD].index(column_name))
            cell = found[f"{letter}{HEAD}"]
            assert cell.findtext(f"{S}f") == f"SUBTOTAL(109,{letter}{HEAD + 2}:{letter}{last})"
            kept = float(cell.findtext(f"{S}v") or "nan")
            assert kept == total(table.rows[column_name].dropna()) == cents(numbers(rows, column_name))


def test_each_table_has_a_filter_a_frozen_head_and_a_print_title(file: bytes, brief: Brief) -> None:
    root = part(file, "xl/worksheets/sheet5.xml")
    chosen = root.find(f"{S}autoFilter")
    assert chosen is not None
    last = HEAD + 1 + len(brief.deals.rows)
    assert re.fullmatch(rf"A{HEAD + 1}:[A-Z]+{last}", str(chosen.get("ref")))
    pane = next(root.iter(f"{S}pane"))
    assert (pane.get("ySplit"), pane.get("state")) == (str(HEAD + 1), "frozen")
    names = [one.get("name") for one in part(file, "xl/workbook.xml").iter(f"{S}definedName")]
    assert names.count("_xlnm._FilterDatabase") == len(SHEETS) - 1
    assert names.count("_xlnm.Print_Titles") == len(SHEETS) - 1


def test_the_summary_adds_up_by_formulas(file: bytes, review: WeeklyReview) -> None:
    flat = {str(row[0]): row[1] for row in read(file, "Summary") if row[0]}
    found = review.number.forecast
    assert flat["P10"] == found.p10
    assert flat["P90"] == found.p90
    assert flat["Won + weighted pipeline"] == review.number.stated
    assert flat["Expected"] == found.expected
    sums = [one for one in formulas(file) if one.startswith("SUM(")]
    assert len(sums) == 3


def test_decisions_actions_and_calls_are_all_there(file: bytes, review: WeeklyReview) -> None:
    assert sorted(column(read(file, "Decisions"), "Deal ID")) == sorted(review.decisions["deal_id"])
    assert column(read(file, "Actions"), "Action") == list(review.agenda.actions["action"])
    calls = read(file, "Calls")
    assert numbers(calls, "Commit") == list(review.calls["commit"].dropna())
    assert numbers(calls, "Expected") == list(review.calls["expected"].dropna())


@pytest.mark.parametrize("turn", TURNS)
def test_a_text_stays_a_text(decided: WeeklyReview, turn: int) -> None:
    file = workbook(brief_of(with_texts(decided, turn), "minutes"))
    assert all(one.startswith(("SUBTOTAL(109,", "SUM(B")) for one in formulas(file))
    names = column(read(file, "Deals"), "Deal")
    assert names == [seen(text) for text in in_turn(turn, len(names))]
    with zipfile.ZipFile(io.BytesIO(file)) as held:
        assert not [name for name in held.namelist() if "externalLink" in name]
        for name in held.namelist():
            if name.endswith((".xml", ".rels")):
                assert b"hyperlink" not in held.read(name)


@pytest.mark.parametrize(
    ("currency", "locale", "wanted"),
    [
        ("USD", "en_US", "[$$]#,##0.00;-[$$]#,##0.00;[$$]#,##0.00"),
        ("EUR", "de_DE", "#,##0.00 [$€];-#,##0.00 [$€];#,##0.00 [$€]"),
        ("JPY", "ja_JP", "[$￥]#,##0;-[$￥]#,##0;[$￥]#,##0"),
    ],
)
def test_money_stands_in_the_companys_currency(currency: str, locale: str, wanted: str) -> None:
    assert money_format(Company("X", currency, locale, Calendar())) == wanted
