"""Everything adds up to the cent, in every scope: bridges, steps, deals, parts, draws, the week's bridge."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from functools import cache

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.company import Company, Scope
from analytics.forecast.basis import Basis, basis_of
from analytics.forecast.calls import NAMED, call_bridge
from analytics.forecast.change import since_week_earlier
from analytics.forecast.hangs_on import hangs_on
from analytics.forecast.lines import NEW, WON
from analytics.forecast.parts import By, parts_of
from analytics.forecast.quarter_forecast import Forecast, Whole, forecast, whole_company
from analytics.problems import NotEnough
from analytics.risk.chances import History
from analytics.store.database import Store
from analytics.store.sight import Sight
from tests.conftest import TODAY

CENT = 0.0049
A_WEEK_AGO = TODAY - timedelta(days=7)
places = st.integers(0, 9)


class World:
    """The small world's forecasts, each whole quarter made once."""

    def __init__(self, store: Store, company: Company, basis: Basis) -> None:
        self.store, self.company, self.basis = store, company, basis
        self.whole = cache(self._whole)
        self._forecast = cache(self._scoped)

    def _whole(self, ahead: int, day: date) -> Whole:
        quarter = self.company.calendar.shift(self.company.calendar.quarter_of(TODAY), ahead)
        return whole_company(self.store, self.company, day, quarter, self.basis.at(day))

    def forecast(self, scope: int, ahead: int, day: date = TODAY) -> Forecast:
        return self._forecast(scope, ahead, day)

    def _scoped(self, scope: int, ahead: int, day: date) -> Forecast:
        whole = self.whole(ahead, day)
        of = [("", ""), *((team, "") for team in sorted(set(whole.expected.deals["team"])))]
        of += [("", owner) for owner in [*sorted(set(whole.expected.deals["owner_id"])), "nobody"]]
        team, owner = of[scope % len(of)]
        scope_of = Scope(day, whole.expected.quarter, team, owner)
        return forecast(self.store, self.company, scope_of, whole=whole)


@pytest.fixture(scope="module")
def world(small_world: Store, small_company: Company, small_history: History) -> World:
    return World(
        small_world, small_company, basis_of(small_world, small_company, TODAY, small_history, quarters=2)
    )


def expected_of(found: Forecast) -> float:
    assert not isinstance(found.expected, NotEnough), found.expected
    return found.expected


@settings(max_examples=20)
@given(scope=places, ahead=st.integers(0, 3), day=st.sampled_from([TODAY, A_WEEK_AGO]))
def test_bridges_steps_and_deals_add_up(world: World, scope: int, ahead: int, day: date) -> None:
    found = world.forecast(scope, ahead, day)
    expected = expected_of(found)
    assert abs(sum(step.amount for step in found.bridge) - expected) < CENT
    for step in found.bridge:
        assert abs(step.deals.sum() - step.amount) < CENT, step.step
        lines = found.lines[found.lines["step"] == step.step]
        assert abs(lines["amount"].sum() - step.amount) < CENT, f"the reasons of '{step.step}'"
    of_open = found.lines[~found.lines["step"].isin([WON, NEW])].groupby("deal_id")["amount"].sum()
    worth = found.deals.set_index("deal_id")["expected_amount"].fillna(0.0)
    assert set(of_open.index) <= set(worth.index)
    assert (of_open.reindex(worth.index).fillna(0.0) - worth).abs().max() < CENT or worth.empty
    assert found.p10 <= found.p50 <= found.p90
    assert np.isfinite(found.draws).all()


@settings(max_examples=10)
@given(scope=places, ahead=st.integers(0, 3), by=st.sampled_from(["region", "team", "owner_id"]))
def test_parts_add_up_to_the_whole(world: World, scope: int, ahead: int, by: By) -> None:
    found = world.forecast(scope, ahead)
    parts = parts_of(world.store, world.company, found, by)
    won = found.view.measures["won"].value
    whole = {
        "won": won,
        "later": float(found.later.sum()),
        "open_expected": float(found.deals["expected_amount"].sum()),
        "expected": expected_of(found),
    }
    for column, value in whole.items():
        assert abs(parts[column].sum() - value) < CENT, column
    assert parts["deals"].sum() == len(found.deals)
    assert (parts["p10"] <= parts["p90"]).all()


@pytest.mark.parametrize("ahead", [0, 2])
def test_draws_of_parts_add_up_to_the_draws_of_the_whole(world: World, ahead: int) -> None:
    """Shared luck is shared: it is the same quarter that is drawn for every part."""
    whole = world.whole(ahead, TODAY)
    company = world.forecast(0, ahead)
    owners = sorted({*whole.expected.deals["owner_id"], *whole.expected.later.index})
    won = company.view.measures["won"].value
    by_owner = whole.drawn.by_owner(pd.Index(owners))
    np.testing.assert_allclose(won + by_owner.sum(axis=1), company.draws, atol=0.01)
    teams = range(1, 1 + len(set(whole.expected.deals["team"])))
    of_teams = [world.forecast(team, ahead) for team in teams]
    teams_won = sum(one.view.measures["won"].value for one in of_teams)
    summed = sum(one.draws for one in of_teams) - teams_won
    np.testing.assert_allclose(summed, company.draws - won, atol=0.01)


@settings(max_examples=10)
@given(scope=places, ahead=st.integers(0, 3))
def test_the_weeks_bridge_adds_up_and_begins_with_that_days_number(
    world: World, scope: int, ahead: int
) -> None:
    found = world.forecast(scope, ahead)
    moved = since_week_earlier(world.store, world.company, found)
    assert moved.missing is None
    assert abs(sum(step.amount for step in moved.steps) - expected_of(found)) < CENT
    for step in moved.steps:
        assert abs(step.deals.sum() - step.amount) < CENT, step.step
    whole = world.whole(ahead, A_WEEK_AGO)
    one = found.view.scope
    earlier = Scope(A_WEEK_AGO, one.quarter, one.team, one.owner_id)
    before = expected_of(forecast(world.store, world.company, earlier, whole=whole))
    assert abs(moved.before - before) < CENT


def test_who_looks_first_does_not_change_what_others_see(world: World) -> None:
    """A rep who opens the page first made the company's earlier number that of their own deals alone."""
    alone = replace(world.basis, history=replace(world.basis.history, made={}))
    quarter = world.company.calendar.quarter_of(TODAY)
    whole = whole_company(world.store, world.company, TODAY, quarter, alone)
    owner = str(whole.expected.deals["owner_id"].mode()[0])
    sight = Sight((owner,), world.company.calendar.end_of(TODAY))
    for store, who in [(replace(world.store, sight=sight), owner), (world.store, "")]:
        scope = Scope(TODAY, quarter, owner_id=who)
        seen = forecast(store, world.company, scope, whole=whole)
        earlier = forecast(
            world.store, world.company, replace(scope, as_of=A_WEEK_AGO), whole=world.whole(0, A_WEEK_AGO)
        )
        moved = since_week_earlier(store, world.company, seen)
        assert abs(moved.before - expected_of(earlier)) < CENT, who or "the company"


@settings(max_examples=10)
@given(
    scope=places,
    ahead=st.integers(0, 3),
    call=st.floats(-1e6, 1e9),
    what=st.sampled_from(sorted(NAMED)),
)
def test_the_way_from_a_call_adds_up(world: World, scope: int, ahead: int, call: float, what: str) -> None:
    found = world.forecast(scope, ahead)
    won, later = found.view.measures["won"].value, float(found.later.sum())
    assert not isinstance(won, NotEnough)
    steps = call_bridge(call, what, won, found.deals, later)
    assert abs(sum(step.sum() for step in steps.values()) - expected_of(found)) < CENT
    assert abs(steps["the call"].sum() - call) < CENT


@pytest.mark.parametrize("ahead", [0, 1, 2, 3])
def test_the_mean_draw_is_the_expected_number(world: World, ahead: int) -> None:
    """Within five standard errors, and 4 %: one correlation stands for all in the expected number."""
    found = world.forecast(0, ahead)
    error = found.draws.std() / np.sqrt(len(found.draws))
    assert abs(found.draws.mean() - expected_of(found)) < 5 * error
    assert found.draws.mean() == pytest.approx(found.expected, rel=0.04)


@settings(max_examples=8)
@given(scope=places)
def test_what_it_hangs_on_lies_around_the_forecast(world: World, scope: int) -> None:
    found = world.forecast(scope, 0)
    hangs = hangs_on(found)
    for row in hangs.deals.itertuples():
        assert row.p50_if_not <= found.p50 + CENT
        assert row.p50_if_won >= row.p50_if_not
        if not isinstance(found.p_target, NotEnough):
            assert row.if_not - 1e-9 <= found.p_target, "without the deal it is no likelier"
    for share in (hangs.top3, hangs.largest):
        assert isinstance(share, NotEnough) or 0 <= share <= 1
