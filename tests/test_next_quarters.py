"""Next quarters: every dated dollar is expected in one place, to the cent; what is missing is said."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.company import Company, Scope
from analytics.fiscal import Calendar
from analytics.forecast.quarter_forecast import Forecast
from analytics.next_quarters import (
    BEYOND,
    LATER,
    LESS,
    LOST,
    NOT_CREATED,
    OMITTED,
    OVERDUE,
    TOGETHER,
    WON_SO_FAR,
    NextQuarters,
    asked_for,
    deal_table,
    flow,
    flow_table,
    headline,
    next_quarters,
    notes,
    quarters_from,
    title,
)
from analytics.problems import NotEnough

COMPANY = Company("Northbeam", "USD", "en_US", Calendar())
AS_OF = date(2026, 11, 15)
QUARTERS = quarters_from(COMPANY, AS_OF)
SCOPE = Scope(AS_OF, QUARTERS[0])
NONE = NotEnough("too little history", 3)
DATES = ["2026-12-01", "2027-01-31", "2027-06-30", "2027-09-30", "2028-03-01", "2026-09-01", None]
DATED = ["2026Q4", "2027Q1", "2027Q2", "2027Q3", BEYOND, OVERDUE, OVERDUE]


def deals_of(amounts: list[float | None], chances: np.ndarray, ratio: float = 0.9) -> list[pd.DataFrame]:
    """The open deals in each quarter's forecast; `chances`: deal x quarter, to be won within it."""
    n = len(amounts)
    base = pd.DataFrame(
        {
            "deal_id": [f"D{i}" for i in range(n)],
            "name": [f"Deal {i}" for i in range(n)],
            "owner_name": "Ann",
            "stage": "Propose",
            "category": "Pipeline",
            "is_open": True,
            "close_date": pd.to_datetime([DATES[i % len(DATES)] for i in range(n)]),
            "amount_company": pd.Series(amounts, dtype=float),
            "p_lost": 0.3,
            "p_slip": 0.1,
        }
    )
    found = []
    for at in range(len(QUARTERS)):
        expected = (base["amount_company"] * chances[:, at] * ratio).round(2)
        found.append(base.assign(chance=chances[:, at], expected_amount=expected))
    return found


def forecasts_of(
    deals: list[pd.DataFrame], *, won: float = 0.0, new: float = 0.0, target: Any = NONE, missing: Any = None
) -> list[Forecast]:
    found = []
    for quarter, mine in zip(QUARTERS, deals, strict=True):
        is_first = quarter == QUARTERS[0]
        booked = won if is_first else 0.0
        expected = missing or round(booked + new + float(mine["expected_amount"].sum()), 2)
        measures = {
            "won": SimpleNamespace(
                value=booked, parts=pd.Series({"W": booked} if booked else {}, dtype=float)
            ),
            "target": SimpleNamespace(value=target),
        }
        found.append(
            SimpleNamespace(
                view=SimpleNamespace(scope=Scope(AS_OF, quarter), measures=measures),
                deals=mine,
                later=pd.Series({"U1": new}),
                baselines={"won + weighted pipeline": booked + 100.0},
                expected=expected,
                p10=missing or expected / 2,
                p50=missing or expected,
                p90=missing or expected * 2,
                p_target=missing or (target if isinstance(target, NotEnough) else 0.4),
            )
        )
    return cast(list[Forecast], found)


def plain_view(**given: Any) -> NextQuarters:
    chances = np.tile([0.4, 0.2, 0.1, 0.05], (7, 1))
    return next_quarters(forecasts_of(deals_of([100_000.0 * (i + 1) for i in range(7)], chances), **given))


@given(
    amounts=st.lists(
        st.none() | st.integers(1, 10**11).map(lambda cents: cents / 100), min_size=1, max_size=9
    ),
    ratio=st.floats(0.3, 1.4),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=40)
def test_every_dollar_is_expected_in_one_place(amounts: list[float | None], ratio: float, seed: int) -> None:
    rng = np.random.default_rng(seed)
    chances = rng.dirichlet(np.ones(len(QUARTERS) + 1), len(amounts))[:, : len(QUARTERS)]
    view = next_quarters(forecasts_of(deals_of(amounts, chances, ratio), won=1234.56, new=77.7))
    stated = view.deals["amount_company"].to_numpy(float)
    assert view.deals[view.places].sum(axis=1).to_numpy(float) == pytest.approx(stated, abs=0.005)
    assert view.without_amount == amounts.count(None)
    rows = flow(view).set_index("dated")
    for place in view.places:
        column = rows.loc[[name for name in rows.index if name != TOGETHER], place]
        assert rows.loc[TOGETHER, place] == pytest.approx(column.sum(min_count=1), abs=0.005, nan_ok=True)
    for row in view.table.itertuples():
        assert rows.loc[TOGETHER, row.quarter] == pytest.approx(row.expected, abs=0.005)
    if len(view.deals):
        assert rows.loc[TOGETHER, "amount"] == pytest.approx(stated.sum(), abs=0.005)


def test_a_deal_by_hand() -> None:
    view = plain_view()
    one = view.deals.iloc[1]  # 200,000 at 40, 20, 10 and 5 %, closing at 90 %
    assert list(one[[quarter.key for quarter in QUARTERS]]) == [72_000, 36_000, 18_000, 9_000]
    assert one[LESS] == pytest.approx(200_000 * 0.75 * 0.1)
    assert one[LOST] == pytest.approx(200_000 * 0.25 * 0.75)  # lost to open as 30 to 10
    assert one[LATER] == pytest.approx(200_000 * 0.25 * 0.25)


def test_where_deals_are_dated() -> None:
    view = plain_view()
    assert list(view.deals["dated"]) == DATED
    deals = deals_of([100.0] * 7, np.zeros((7, 4)))
    deals = [one.assign(category=["Omitted"] + ["Pipeline"] * 6) for one in deals]
    assert next_quarters(forecasts_of(deals)).deals["dated"].iloc[0] == OMITTED


def test_won_and_not_created_yet_stand_in_their_quarters() -> None:
    rows = flow(plain_view(won=500.0, new=25.0)).set_index("dated")
    assert list(rows.loc[WON_SO_FAR, [quarter.key for quarter in QUARTERS]]) == [500, 0, 0, 0]
    assert list(rows.loc[NOT_CREATED, [quarter.key for quarter in QUARTERS]]) == [25, 25, 25, 25]
    assert pd.isna(rows.loc[WON_SO_FAR, "amount"])


def test_the_sentence_says_where_the_quarter_s_money_goes() -> None:
    view = plain_view(won=1_000_000.0)
    lead, rest = headline(view, SCOPE, COMPANY)
    first = view.table.iloc[0]
    assert f"2026Q4 is expected to end at ${first['expected'] / 1e6:.1f}M" in lead
    assert "in 2027Q1, " in lead
    assert "in 2027Q3." in lead
    # the only deal dated in 2026Q4: 100,000 at 40 % here, 35 % elsewhere, closing at 90 %
    assert "Of the $100K in 1 open deal dated in 2026Q4, $36K is expected to be won there, $32K in" in rest
    assert "and $32K in none of them" in rest  # 31,500 elsewhere, 32,500 in none
    assert "Deal 0 ($32K): ask what decides" in rest


def test_a_later_quarter_of_the_scope_is_the_one_whose_deals_are_told() -> None:
    view = plain_view()
    assert "dated in 2027Q1" in headline(view, Scope(AS_OF, QUARTERS[1]), COMPANY)[1]
    assert list(deal_table(view, "2027Q1").deal_ids) == ["D1"]
    assert deal_table(view, "2027Q1").total == 200_000


def test_a_quarter_that_is_not_shown_is_said() -> None:
    view = plain_view()
    calendar = COMPANY.calendar
    assert asked_for(view, SCOPE) == ""
    assert asked_for(view, Scope(AS_OF, calendar.shift(QUARTERS[0], -1))).startswith("2026Q3 is over")
    assert asked_for(view, Scope(AS_OF, calendar.shift(QUARTERS[-1], 1))).startswith("2027Q4 lies too far")
    assert "dated in 2026Q4" in headline(view, Scope(AS_OF, calendar.shift(QUARTERS[0], -1)), COMPANY)[1]


def test_without_chances_only_what_is_stated_is_told() -> None:
    nothing = np.full((7, 4), np.nan)
    view = next_quarters(forecasts_of(deals_of([100.0] * 7, nothing), missing=NONE))
    assert view.missing == NONE
    lead, rest = headline(view, SCOPE, COMPANY)
    assert "cannot be foretold yet" in lead
    assert "$100 in 2026Q4" in lead
    assert str(NONE) in rest
    assert view.table[["expected", "p10", "p90", "p_target", "new"]].isna().all().all()


def test_quarters_that_cannot_be_foretold_do_not_silence_the_others() -> None:
    chances = np.tile([0.4, np.nan, np.nan, np.nan], (2, 1))
    known = forecasts_of(deals_of([1_000_000.0, 1_000_000.0], chances))[0]
    missing = forecasts_of(deals_of([1_000_000.0, 1_000_000.0], chances), missing=NONE)[1:]
    lead, rest = headline(next_quarters([known, *missing]), SCOPE, COMPANY)
    assert lead == "2026Q4 is expected to end at $720K (80% range $360K to $1.4M)."
    assert rest == f"2027Q1, 2027Q2 and 2027Q3 cannot be foretold yet: {NONE}."


def test_notes_name_missing_targets_and_amounts() -> None:
    view = next_quarters(forecasts_of(deals_of([None, 100.0], np.zeros((2, 4)))))
    said = " ".join(notes(view))
    assert "No target is loaded for 2026Q4, 2027Q1, 2027Q2 and 2027Q3" in said
    assert "1 open deal without an amount" in said
    assert notes(plain_view(target=5.0)) == []


def test_no_deal_dated_there() -> None:
    view = next_quarters(forecasts_of(deals_of([None], np.zeros((1, 4)))))
    assert "No open deal with an amount is dated in 2026Q4." in headline(view, SCOPE, COMPANY)[1]
    assert len(flow_table(view)) == 3  # won, not created, together
    assert title(view) == "This quarter and the next ones"  # nothing is expected


def test_the_title_says_how_the_range_widens() -> None:
    assert (
        title(plain_view())
        == "The range is as wide as 150% of the expected number in 2026Q4 and 150% in 2027Q3"
    )


def test_headings_name_the_last_quarter() -> None:
    assert "Open after 2027Q3" in flow_table(plain_view())
    assert "Open after 2027Q3" in deal_table(plain_view(), "2026Q4").rows
