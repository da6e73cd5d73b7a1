"""What the page says of what changed, and the weeks of a quarter as they were known."""

from __future__ import annotations

import shutil
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import pandas as pd
import pytest

from analytics import what_changed as words
from analytics.company import Company, Scope, company_of, span_of
from analytics.forecast.basis import Basis, basis_of
from analytics.forecast.change import BEFORE, expected_on, moved_since, since_week_earlier
from analytics.forecast.earlier_day import basis_on
from analytics.forecast.quarter_forecast import Forecast, forecast
from analytics.pipeline.changes import Changes, changes
from analytics.pipeline.quarter_end import quarter_end
from analytics.problems import NotEnough
from analytics.risk.chances import History
from analytics.store.database import Store
from analytics.weekly_trend import trend_days, weekly_expected, weekly_trend
from tests.conftest import TODAY
from tests.pipeline.changes_by_hand import load_cases
from tests.small_stores import edit, view_of

SINCE = date(2024, 4, 30)


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("words") / "store.duckdb")
    load_cases(store)
    return store


@pytest.fixture(scope="module")
def found(by_hand: Store) -> Changes:
    return changes(by_hand, *view_of(by_hand, "2024-05-31", "2024Q2"), SINCE)


# --- words -----------------------------------------------------------------------------------------


def test_the_sentence_names_what_moved_it_most(by_hand: Store, found: Changes) -> None:
    text = words.headline(found, company_of(by_hand))
    assert text.startswith("Open pipeline dated in 2024Q2 fell from $6K on Apr 30, 2024 to $5K, most of it")
    assert "pushed out -$1K (4 deals)" in text
    assert "got or lost a close date" in words.also(found, company_of(by_hand))


def test_pictures_and_tables_add_up(by_hand: Store, found: Changes) -> None:
    company = company_of(by_hand)
    for by, end in ((words.BY_MONEY, found.end), (words.BY_DEALS, found.end_deals)):
        rows = words.waterfall(found, by, company)
        assert round(rows["amount"].iloc[:-1].sum(), 2) == rows["amount"].iloc[-1] == end
    for row in found.buckets.itertuples():
        table = words.bucket_table(found, str(row.bucket))
        assert (table.n, table.total) == (row.deals, row.change)
        assert words.bucket_note(found, str(row.bucket))


def test_every_preset_is_a_day(by_hand: Store) -> None:
    company, scope = view_of(by_hand, "2024-05-31", "2024Q2")
    span = span_of(by_hand, company)
    days = {how: words.since_of(company, scope, span, how).day for how in words.SINCE if how != "day"}
    assert days == {
        "week": date(2024, 5, 24),
        "two-weeks": date(2024, 5, 17),
        "month": date(2024, 5, 3),
        "quarter-start": date(2024, 3, 31),
        "last-quarter": date(2024, 3, 1),
    }


# --- the quarter week by week ----------------------------------------------------------------------


@pytest.fixture(scope="module")
def scope(small_company: Company) -> Scope:
    return Scope(TODAY, small_company.calendar.quarter_of(TODAY))


def test_weeks_are_what_the_quarter_end_page_said_then(
    small_world: Store, small_company: Company, scope: Scope
) -> None:
    trend = weekly_trend(small_world, small_company, scope)
    assert list(trend["day"]) == [pd.Timestamp(day) for day in trend_days(small_world, small_company, scope)]
    for row in trend.iloc[[0, 3, -1]].to_dict("records"):
        then = replace(scope, as_of=row["day"].date())
        measures = quarter_end(small_world, small_company, then).measures
        for key in ("won", "commit", "best_case", "open_pipeline", "weighted_pipeline", "target"):
            value = measures[key].value
            assert pd.isna(row[key]) if isinstance(value, NotEnough) else row[key] == value, key


def test_later_data_does_not_rewrite_a_week(
    small_world: Store, small_company: Company, scope: Scope, tmp_path: Path
) -> None:
    days = trend_days(small_world, small_company, scope)
    then = replace(scope, as_of=days[3])
    cut = Store(tmp_path / "cut.duckdb")
    shutil.copy(small_world.path, cut.path)
    end = small_company.calendar.end_of(then.as_of)
    tables = (
        "deal",
        "deal_change",
        "deal_work",
        "person",
        "stage",
        "target",
        "submitted_call",
        "currency_rate",
    )
    edit(cut.path, *(f"delete from {table} where valid_at > timestamp '{end}'" for table in tables))
    now = weekly_trend(small_world, small_company, scope).head(4)
    pd.testing.assert_frame_equal(weekly_trend(cut, small_company, then), now)


def test_probabilities_count_as_they_were_configured(by_hand: Store, tmp_path: Path) -> None:
    store = Store(tmp_path / "later.duckdb")
    shutil.copy(by_hand.path, store.path)
    edit(
        store.path,
        "insert into stage select stage, timestamp '2024-05-20', sort_order, 0.9, null, is_closed, is_won,"
        " loaded_at, import_id, file_no, line, seq + 100 from stage where stage = 'Propose'",
    )
    before, after = (
        weekly_trend(one, *view_of(one, "2024-05-31", "2024Q2")).set_index("day")["weighted_pipeline"]
        for one in (by_hand, store)
    )
    changed = before.index >= pd.Timestamp("2024-05-20")
    assert (before[~changed] == after[~changed]).all()
    assert (before[changed] < after[changed]).all()


# --- what moved the number -------------------------------------------------------------------------


@pytest.fixture(scope="module")
def basis(small_world: Store, small_company: Company, small_history: History) -> Basis:
    return basis_of(small_world, small_company, TODAY, small_history, quarters=2)


@pytest.fixture(scope="module")
def number(small_world: Store, small_company: Company, scope: Scope, basis: Basis) -> Forecast:
    return forecast(small_world, small_company, scope, basis)


@pytest.mark.parametrize("days", [11, 92])
def test_the_number_of_any_day_leads_to_todays(
    small_world: Store, small_company: Company, number: Forecast, days: int
) -> None:
    day = TODAY - timedelta(days=days)
    moved = moved_since(small_world, small_company, number, day)
    assert moved.missing is None
    assert moved.steps[0].step == BEFORE
    assert round(sum(step.amount for step in moved.steps), 2) == moved.after == number.expected
    assert moved.before == expected_on(small_world, small_company, number, day)


def test_a_week_earlier_is_as_it_was(small_world: Store, small_company: Company, number: Forecast) -> None:
    week = since_week_earlier(small_world, small_company, number)
    same = moved_since(small_world, small_company, number, TODAY - timedelta(days=7))
    pd.testing.assert_frame_equal(week.lines, same.lines)


def test_landmarks_made_for_a_day_are_those_that_the_history_has(
    small_world: Store, small_company: Company, basis: Basis
) -> None:
    day = TODAY - timedelta(days=7)
    known = basis.at(day).history.today.set_index("deal_id")
    unknown = replace(
        basis, history=replace(basis.history, rows=basis.history.rows.iloc[:0], earlier=known.iloc[:0])
    )
    made = basis_on(small_world, small_company, unknown, day).history.today.set_index("deal_id")
    columns = [
        name for name in known if not str(name).startswith(("outcome", "closed_", "final_", "is_learned"))
    ]
    pd.testing.assert_frame_equal(made[columns], known[columns])


def test_days_that_cannot_be_compared_say_why(
    small_world: Store, small_company: Company, number: Forecast
) -> None:
    for day, why in ((TODAY, "same day"), (date(2001, 1, 1), "nothing was recorded on 2001-01-01 yet")):
        assert why in str(moved_since(small_world, small_company, number, day).missing)


def test_the_expected_number_of_each_week(
    small_world: Store, small_company: Company, scope: Scope, number: Forecast
) -> None:
    weeks = weekly_expected(small_world, small_company, number)
    assert list(weeks.index) == [pd.Timestamp(day) for day in trend_days(small_world, small_company, scope)]
    assert weeks.iloc[-1] == number.expected
    assert (weeks > 0).all()
