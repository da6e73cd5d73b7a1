"""A past quarter retold: each week knows what was known then, its steps add up, words say the sums."""

from __future__ import annotations

import sys
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from analytics.company import Company, Scope, company_of, span_of
from analytics.fiscal import Calendar
from analytics.forecast.quarter_forecast import forecast
from analytics.past_quarter import (
    AS_STATED,
    STATED_LESS,
    STATED_MORE,
    PastQuarter,
    for_picture,
    headline,
    largest_apart,
    last_over,
    moved_in_words,
    ranges_in_words,
    retold,
    seen,
    seen_in_words,
)
from analytics.pipeline.quarter_end import quarter_end
from analytics.problems import BadInput
from analytics.store.database import Store
from tests.test_notebook import PAST_QUARTER, code_cells, run_cells


@pytest.fixture(scope="module")
def told(small_world: Store) -> PastQuarter:
    company = company_of(small_world)
    return retold(small_world, company, last_over(small_world, company), weeks=4)


def test_a_week_says_what_a_forecast_of_that_day_says(small_world: Store, told: PastQuarter) -> None:
    company = company_of(small_world)
    week = told.weeks.iloc[2]
    found = forecast(small_world, company, Scope(week["day"], told.quarter))
    assert found.bridge[2].deals.abs().sum() > 0
    for key in ("expected", "p10", "p50", "p90"):
        assert week[key] == pytest.approx(getattr(found, key), abs=0.005), key


def test_the_steps_of_each_week_add_up_to_the_difference(told: PastQuarter) -> None:
    by_day = told.moves.groupby("day")["amount"].sum()
    moved = told.weeks.set_index("day")["expected"].diff().iloc[1:]
    assert len(by_day) == 3
    assert moved.to_numpy() == pytest.approx(by_day.reindex(moved.index).to_numpy(), abs=0.005)


def test_it_ends_at_what_was_booked_on_the_last_day(small_world: Store, told: PastQuarter) -> None:
    company = company_of(small_world)
    view = quarter_end(small_world, company, Scope(told.quarter.last_day, told.quarter))
    assert told.actual == view.measures["won"].value
    assert list(told.weeks["week"]) == [1, 2, 3, 4]


def test_what_deals_brought_is_what_was_booked_after_the_week(told: PastQuarter) -> None:
    for week, deals in told.deals.groupby("week"):
        won = told.weeks.set_index("week").loc[week, "won"]
        assert deals["booked"].sum() <= told.actual - won + 0.005
        groups = seen(told, int(week))
        for column in ("stated", "expected", "booked"):
            assert groups[column].sum() == pytest.approx(deals[column].sum(), abs=0.02)
    assert told.deals["booked"].sum() > 0


def test_a_quarter_that_is_not_over_is_refused(small_world: Store) -> None:
    company = company_of(small_world)
    running = company.calendar.quarter_of(span_of(small_world, company).last_day)
    with pytest.raises(BadInput, match="not over"):
        retold(small_world, company, running)


def test_the_notebook_shows_it(
    small_world: Store, told: PastQuarter, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PLUMBLINE_STORE", str(small_world.path))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr("analytics.past_quarter.retold", lambda store, company, quarter: told)
    shown, said = run_cells(["".join(cell["source"]) for cell in code_cells(PAST_QUARTER)])
    company = company_of(small_world)
    for sentence in [
        *headline(told, company),
        *moved_in_words(told, company),
        seen_in_words(told, 4, company),
    ]:
        assert sentence in said
    tables = [one for one in shown if isinstance(one, pd.DataFrame)]
    expected = [told.weeks.round(2), seen(told, 4), largest_apart(told, 4).round(2)]
    for table, same in zip(tables, expected, strict=True):
        assert_frame_equal(table, same)


COMPANY = Company("Test", "USD", "en_US", Calendar())


def by_hand() -> PastQuarter:
    """A quarter that ended at 1,000,000; in week 4 one deal was doubted, one counted that was dated later."""
    weeks = pd.DataFrame(
        {
            "week": range(1, 14),
            "day": [date(2026, 4, 1 + at) for at in range(13)],
            "won": [0.0] * 13,
            "stated": [1_500_000.0] * 13,
            "expected": [800_000.0, 900_000.0] + [900_000.0] * 11,
            "p10": [700_000.0] * 13,
            "p50": [900_000.0] * 13,
            "p90": [950_000.0] * 10 + [1_000_000.0] * 3,
            "target": [2_000_000.0] * 13,
            "p_target": [0.1] * 13,
        }
    )
    second = weeks["day"].iloc[1]
    steps = [("won", 300_000.0), ("time passing", -199_000.0), ("new deals", -1_000.0)]
    moves = pd.DataFrame([(second, *step) for step in steps], columns=["day", "step", "amount"])
    rows = [
        ("a", 800_000.0, 100_000.0, 0.0, 1_000_000.0),
        ("b", 0.0, 300_000.0, 400_000.0, 400_000.0),
        ("c", 50_000.0, 55_000.0, 100_000.0, 100_000.0),
    ]
    deals = pd.DataFrame(rows, columns=["deal_id", "stated", "expected", "booked", "amount"])
    deals = deals.assign(week=4, day=weeks["day"].iloc[3], name=deals["deal_id"].str.upper(), chance=0.1)
    return PastQuarter(Calendar().parse("2026Q2"), weeks, moves, deals, 1_000_000.0)


def test_the_words_by_hand() -> None:
    told = by_hand()
    first, *weeks = headline(told, COMPANY)
    assert first == "2026Q2 ended at $1.0M, 50% of its $2.0M target."
    assert weeks[0].startswith("In week 1 $800K were expected (20% too low; 80% range $700K to $950K)")
    assert weeks[0].endswith("$1.5M were stated, won included (50% too high).")
    assert ranges_in_words(told).startswith("The end lay within the 80% range in 3 of 13 weeks.")
    assert moved_in_words(told, COMPANY) == ["Week 2: +$100K (won +$300K and time passing -$199K)."]


def test_what_was_seen_by_hand() -> None:
    told = by_hand()
    table = seen(told, 4).set_index("group")
    assert list(table.index) == [STATED_MORE, AS_STATED, STATED_LESS]
    assert list(table["booked"]) == [0.0, 100_000.0, 400_000.0]
    assert list(largest_apart(told, 4, most=2)["name"]) == ["A", "B"]
    said = seen_in_words(told, 4, COMPANY)
    assert "1 deal with less expected than stated: $800K stated, $100K expected, $0 booked" in said
    assert "1 deal with more expected than stated: $0 stated, $300K expected, $400K booked" in said


def test_the_picture_ends_with_the_end() -> None:
    rows = for_picture(by_hand())
    assert list(rows["quarter"])[-2:] == ["Week 13", "The end"]
    assert rows["expected"].iloc[-1] == 1_000_000.0
    assert rows["p_target"].iloc[-1] == 0.0, "the target was missed"
