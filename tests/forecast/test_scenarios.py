"""What if, by hand on a small company: each kind of change, its text, and what it must leave alone."""

from __future__ import annotations

from datetime import date
from itertools import permutations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.company import Company
from analytics.forecast.basis import basis_of
from analytics.forecast.quarter_forecast import Forecast, forecast
from analytics.forecast.what_if import OUTCOMES, Change, Scenario, read_changes, what_if, write_changes
from analytics.problems import NotEnough
from analytics.store.database import Store
from tests.forecast.test_baseline_forecast import NOW
from tests.pipeline.test_quarter_end_view import deal, history_of
from tests.small_stores import STAGES, Row, contents, described, load, view_of

ids = st.text(st.characters(codec="utf-8"), min_size=1, max_size=20) | st.sampled_from(
    ["a~won", "a,b", "a~a=1", "%2C", "a b", "=", "~", "ä/&?#", "'; drop"]
)
changes = st.builds(
    Change,
    ids,
    st.sampled_from(["", *OUTCOMES]),
    st.none() | st.decimals(0, 10**12, places=2).map(float),
    st.none() | st.dates(date(1900, 1, 1), date(2199, 12, 31)),
).filter(lambda one: bool(one.outcome) or one.amount is not None or one.close_date is not None)


@given(st.lists(changes, max_size=20, unique_by=lambda one: one.deal_id))
def test_a_scenario_survives_its_text(made: list[Change]) -> None:
    assert read_changes(write_changes(made)) == (made, [])


@given(st.text(max_size=60))
def test_any_text_is_read_or_named(text: str) -> None:
    found, problems = read_changes(text)
    parts = [part for part in text.split(",") if part]
    assert len(problems) + len(found) <= 2 * len(parts)
    assert bool(found or problems) == bool(parts)


@pytest.mark.parametrize(
    "part", ["a", "a~", "a~maybe", "a~a=", "a~a=nan", "a~a=inf", "a~a=-1", "a~d=soon", "a~d=2024-02-30"]
)
def test_what_cannot_be_used_is_named(part: str) -> None:
    found, problems = read_changes(f"b~won,{part}")
    assert found == [Change("b", "won")]
    assert problems == [f"{part!r} cannot be read"]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Store, Company, Forecast]:
    path: Path = tmp_path_factory.mktemp("scenario") / "s.duckdb"
    store = Store(path)
    rows = [*history_of(10), *dated_later(), *NOW, deal("below zero", -50)]
    target = [{"owner_id": "", "quarter_start": "2024-04-01", "amount": 150}]
    load(store, deal=described(rows), deal_change=rows, stage=STAGES, target=target)
    company, scope = view_of(store, "2024-05-15", "2024Q2")
    basis = basis_of(store, company, scope.as_of, quarters=2)
    return store, company, forecast(store, company, scope, basis)


def dated_later() -> list[Row]:
    """Deals of past quarters that were dated in the one after, and then lost."""
    rows: list[Row] = []
    for steps in range(1, 9):
        first = pd.Timestamp("2024-04-01") - pd.DateOffset(months=3 * steps)
        for number in range(4):
            deal_id, dated = f"{first.date()}/later {number}", str(first + pd.DateOffset(months=4))
            rows.append(deal(deal_id, 100, at=str(first + pd.Timedelta(days=5)), close_date=dated))
            lost = {"is_closed": True, "stage": "Lost", "close_date": dated}
            rows.append(deal(deal_id, 100, at=dated, **lost))
    return rows


def told(small: tuple[Store, Company, Forecast], *made: Change) -> Scenario:
    return what_if(small[1], small[2], made)


def worth(found: Forecast, deal_id: str) -> float:
    return float(found.deals.set_index("deal_id").loc[deal_id, "expected_amount"])


def same_as_before(one: Scenario, found: Forecast) -> None:
    assert (one.expected, one.p10, one.p50, one.p90) == (found.expected, found.p10, found.p50, found.p90)
    assert one.p_target == found.p_target
    np.testing.assert_allclose(one.draws, found.draws, atol=1e-9)


@pytest.mark.parametrize(
    "made",
    [
        [],
        [Change("a")],
        [Change("a", amount=100.03)],
        [Change("a", close_date=date(2024, 6, 10))],
        [Change("below zero", close_date=date(2024, 6, 10))],
        [Change("below zero")],
        [Change("unheard of", "won")],
    ],
    ids=str,
)
def test_a_change_of_nothing_is_the_forecast(
    small: tuple[Store, Company, Forecast], made: list[Change]
) -> None:
    same_as_before(told(small, *made), small[2])


def test_won_slipped_and_lost_are_certain(small: tuple[Store, Company, Forecast]) -> None:
    found = small[2]
    before = found.expected
    assert not isinstance(before, NotEnough)
    ratio = float(found.deals.set_index("deal_id").loc["a", "amount_ratio"])
    won = told(small, Change("a", "won"))
    assert won.expected == pytest.approx(before - worth(found, "a") + round(100.03 * ratio, 2), abs=0.006)
    assert (won.draws >= 70.07 + 100.03 * ratio - 50 * 3 - 1e-6).mean() > 0.9
    named = told(small, Change("a", "won", amount=500.0))
    assert named.expected == pytest.approx(before - worth(found, "a") + 500, abs=0.006)
    assert named.p_target > won.p_target or named.p_target == 1.0  # type: ignore[operator]
    for outcome in ("slipped", "lost"):
        gone = told(small, Change("a", outcome))
        assert gone.expected == pytest.approx(before - worth(found, "a"), abs=0.006)
        assert (gone.draws <= found.draws + 1e-9).all()
        assert gone.deals["chance"].tolist() == [0.0]


def test_another_amount_scales_the_deal_alone(small: tuple[Store, Company, Forecast]) -> None:
    found = small[2]
    twice = told(small, Change("a", amount=200.06))
    assert twice.expected == pytest.approx(found.expected + worth(found, "a"), abs=0.011)
    at = found.whole.drawn.deal_ids.get_loc("a")
    mine = np.asarray(found.whole.drawn.won[:, [at]].todense()).ravel()
    np.testing.assert_allclose(twice.draws, found.draws + mine, atol=1e-6)


def test_a_date_in_the_next_quarter_lowers_the_chance(small: tuple[Store, Company, Forecast]) -> None:
    later = told(small, Change("a", close_date=date(2024, 9, 1)))
    assert not later.problems
    row = later.deals.iloc[0]
    assert row["chance"] < row["chance_before"]
    assert later.draws.mean() == pytest.approx(later.expected, abs=3)


@pytest.mark.parametrize("outcome", ["won", ""])
def test_a_deal_without_an_amount_asks_for_one(small: tuple[Store, Company, Forecast], outcome: str) -> None:
    silent = told(small, Change("no amount", outcome, close_date=date(2024, 6, 1)))
    assert silent.problems == ["Deal no amount has no amount: assume one"]
    same_as_before(silent, small[2])
    found = small[2].expected
    assert told(small, Change("no amount", "won", 40.0)).expected == pytest.approx(found + 40)  # type: ignore[operator]


def test_deals_outside_the_scope_are_named(small: tuple[Store, Company, Forecast]) -> None:
    assert told(small, Change("won", "lost")).problems == ["won is not an open deal of this scope"]


def test_the_order_does_not_matter(small: tuple[Store, Company, Forecast]) -> None:
    made = [Change("a", "won"), Change("b", amount=99.0), Change("next", close_date=date(2024, 6, 1))]
    first, *others = [told(small, *order) for order in permutations(made)]
    for one in others:
        assert one.expected == first.expected
        np.testing.assert_allclose(one.draws, first.draws, atol=1e-6)


def test_nothing_is_written(small: tuple[Store, Company, Forecast]) -> None:
    store = small[0]
    before, version, draws = contents(store), store.version(), small[2].draws.copy()
    told(small, Change("a", "won"), Change("b", amount=1.0))
    assert contents(store) == before
    assert store.version() == version
    np.testing.assert_array_equal(small[2].draws, draws)


def test_without_chances_there_is_no_scenario(store: Store) -> None:
    load(store, deal=described(NOW), deal_change=NOW, stage=STAGES)
    company, scope = view_of(store, "2024-05-15", "2024Q2")
    one = what_if(company, forecast(store, company, scope), [Change("a", "won")])
    assert isinstance(one.expected, NotEnough)
    assert one.problems == [str(one.expected)]
