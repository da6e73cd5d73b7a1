"""The business-case page's data: every list of deals adds up to the number it stands behind."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from analytics.business_case.contradictions import CHECKS
from analytics.business_case.gaps import BARS, ORDERS, gaps_by_stage
from analytics.case_matrix import MOST_ROWS, coloured, matrix_table
from analytics.case_view import (
    AGAINST,
    CaseView,
    Filter,
    case_view,
    deals_against,
    deals_behind_gap,
    findings,
    in_quarter,
)
from analytics.company import Scope, company_of, span_of
from analytics.figures import style
from analytics.fiscal import Calendar
from analytics.pipeline.tables import csv_bytes
from analytics.store.database import Store
from tests.pages.case_store import AS_OF, case_store


@pytest.fixture(scope="module")
def sample(sample_store: Store) -> CaseView:
    company = company_of(sample_store)
    as_of = span_of(sample_store, company).last_day
    return case_view(sample_store, company, Scope(as_of, company.calendar.quarter_of(as_of)))


@pytest.fixture
def planted(tmp_path: Path) -> CaseView:
    store = case_store(tmp_path)
    company, as_of = company_of(store), date.fromisoformat(AS_OF)
    return case_view(store, company, Scope(as_of, company.calendar.quarter_of(as_of)))


@pytest.mark.parametrize("bar", BARS)
def test_the_deals_behind_a_gap_add_up_to_its_money(sample: CaseView, bar: str) -> None:
    gaps = gaps_by_stage(sample.cases, bar)
    assert len(gaps)
    for cell in gaps.itertuples():
        behind = deals_behind_gap(sample, cell.stage, cell.label, bar)
        assert behind.total == pytest.approx(cell.missing, abs=0.005)
        assert behind.n == cell.deals_missing


def test_the_deals_that_a_check_names_add_up_to_its_money(sample: CaseView) -> None:
    named = findings(sample)
    assert list(named["key"]) == list(CHECKS)
    for row in named.itertuples():
        table = deals_against(sample, row.key)
        assert (table.n, table.total) == (row.deals, row.money)
        assert len(set(table.deal_ids)) == table.n
        assert (row.state == "found") == (table.n > 0)


def test_a_deal_named_twice_by_a_check_counts_once_and_says_both(planted: CaseView) -> None:
    found = planted.contradictions.iloc[[0, 0]].assign(
        deal_id="A", check="budget_below_amount", text=["One.", "Two."]
    )
    table = deals_against(CaseView(planted.cases, found, {}, {}, {}), "budget_below_amount")
    assert list(table.rows[AGAINST]) == ["One. Two."]
    assert table.total == 100_000


def test_nothing_is_known_of_other_deals_than_the_scope_s(planted: CaseView) -> None:
    kept = Filter(stage="Propose").of(planted)
    assert list(kept.deals["deal_id"]) == ["A"]
    assert set(kept.cases.answers["deal_id"]) == {"A"}
    assert set(kept.contradictions["deal_id"]) <= {"A"}
    assert planted.contradictions["deal_id"].nunique() > 1


def test_the_quarter_s_deals_are_those_dated_in_it(planted: CaseView) -> None:
    quarter = Calendar().quarter_of(date.fromisoformat(AS_OF))
    assert list(in_quarter(planted, quarter).deals["deal_id"]) == ["A", "B"]


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        (Filter(), ""),
        (Filter(stage="Propose"), "in stage Propose"),
        (Filter("Propose", "Commit", "Budget", "evidenced"), "in stage Propose, in category Commit and"),
    ],
)
def test_a_filter_says_what_it_keeps(asked: Filter, words: str) -> None:
    assert asked.in_words().startswith(words)
    assert (asked.in_words() == "") == (asked == Filter())


@pytest.mark.parametrize("order", ORDERS)
def test_the_matrix_has_every_deal_and_their_sum_in_any_order(sample: CaseView, order: str) -> None:
    table = matrix_table(sample.cases, order)
    assert sorted(table.deal_ids) == sorted(sample.deals["deal_id"])
    assert table.total == pytest.approx(sample.deals["amount_company"].sum(), abs=0.005)
    assert list(table.kinds) == list(table.rows)
    assert list(table.rows)[:2] == ["Deal", "Amount"]


@pytest.mark.parametrize("dark", [False, True])
def test_a_cell_has_the_colour_of_its_level(planted: CaseView, dark: bool) -> None:
    table = matrix_table(planted.cases)
    drawn = coloured(planted.cases, table, dark=dark)
    html = drawn.to_html()
    shades = style.palette(dark).depth
    for level in (0, 1, 2, 3, 4):
        assert f"background-color: {shades[level].fill}" in html
    row = table.deal_ids.index("A")
    assert drawn.data.loc[row, "Budget"] == "4"
    assert drawn.data.loc[row, "Impact"] == "–"
    assert table.rows.loc[row, "Budget"] == 4  # a number in the download
    assert b"Deal A,100000.0," in csv_bytes(table.rows)


def test_no_more_rows_are_drawn_than_the_page_says(
    planted: CaseView, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MOST_ROWS >= 500
    monkeypatch.setattr("analytics.case_matrix.MOST_ROWS", 2)
    table = matrix_table(planted.cases)
    assert len(coloured(planted.cases, table, dark=False).data) == 2
    assert table.n == 3


def test_names_stand_for_ids(planted: CaseView) -> None:
    assert planted.people["U1"] == "Mara"
    assert planted.sheets["S1"] == "graz.docx"
    assert planted.labels["root_cause"] == "Root cause"
    assert planted.labels["champion"] == "Champion"  # of another method
