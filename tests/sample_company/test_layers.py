"""Buyers, honest observation and strategy are separate layers, and answers follow the buyer's truth."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.sample_company import World, WorldOptions, build_world
from analytics.sample_company.buyer import LEGAL, READY, WON
from analytics.sample_company.history import set_stage, state_at

from .measures import first_closes


def _stated_minus_actual(world: World, deals: pd.Index) -> pd.Series:
    """Mean days by which a won deal's stated close dates lie after its real close, by deal."""
    changes = world.subjects["deal_change"]
    won = first_closes(world).query("is_won")["valid_at"]
    stated = changes[~changes["is_closed"].astype(bool) & changes["deal_id"].isin(deals)]
    stated = stated.assign(actual=stated["deal_id"].map(won)).dropna(subset="actual")
    days = (stated["close_date"] - stated["actual"]).dt.days
    return days.groupby(stated["deal_id"]).mean()


def test_closed_deals_stay_closed_unless_reopened(default_world: World) -> None:
    changes = default_world.subjects["deal_change"]
    closed = changes["is_closed"].astype(bool)
    before = closed.groupby(changes["deal_id"]).shift().fillna(False).astype(bool)
    assert not (before & closed).any()
    was_won = changes["is_won"].groupby(changes["deal_id"]).shift().fillna(False).astype(bool)
    assert not was_won.any()
    assert (changes.loc[changes["is_won"].astype(bool), "stage"] == "Closed Won").all()
    assert (changes.loc[closed, "forecast_category"].isin(["Closed", "Omitted"])).all()


def test_a_deal_starts_with_its_first_change(default_world: World) -> None:
    first = default_world.subjects["deal_change"].drop_duplicates("deal_id").set_index("deal_id")["valid_at"]
    deals = default_world.subjects["deal"].drop_duplicates("deal_id").set_index("deal_id")
    assert (first == deals["valid_at"].reindex(first.index)).all()
    assert (deals["created_at"] <= deals["valid_at"]).all()


def test_nobody_signs_without_budget_and_legal(small_world: World) -> None:
    stage = set_stage(small_world.options)
    state = state_at(stage, stage.days.index(small_world.options.last_day))
    won = state.status == WON
    assert won.sum() > 20
    assert (state.phase[won] == READY).all()
    assert state.has_budget[won].all()
    assert LEGAL < READY


def test_strategy_never_touches_the_buyer(default_world: World, honest_world: World) -> None:
    mine = default_world.truth["deals"].set_index("deal_id")
    other = honest_world.truth["deals"].set_index("deal_id").reindex(mine.index)
    pd.testing.assert_series_equal(mine["outcome"], other["outcome"])
    pd.testing.assert_series_equal(mine["signed_on"], other["signed_on"])


def test_an_honest_world_has_no_flags(honest_world: World) -> None:
    truth = honest_world.truth["deals"]
    assert not truth["sandbagged"].any()
    assert not truth["happy_ears"].any()
    assert set(honest_world.truth["reps"]["style"]) == {"honest"}


def test_sandbagged_deals_are_stated_later_and_honest_ones_are_not(
    default_world: World, honest_world: World
) -> None:
    truth = default_world.truth["deals"].set_index("deal_id")
    hidden = truth.index[truth["sandbagged"]]
    plain = truth.index[~truth["sandbagged"] & ~truth["happy_ears"]]
    with_strategy = _stated_minus_actual(default_world, hidden)
    assert with_strategy.mean() > _stated_minus_actual(default_world, plain).mean() + 25
    without = _stated_minus_actual(honest_world, hidden)
    usual = _stated_minus_actual(honest_world, plain)
    error = np.sqrt(without.var() / len(without) + usual.var() / len(usual))
    assert abs(without.mean() - usual.mean()) < 4 * error + 5


def test_sandbagging_is_a_matter_of_some_reps_and_some_of_their_deals(default_world: World) -> None:
    truth = default_world.truth["deals"]
    assert 0.08 <= truth["sandbagged"].mean() <= 0.25
    assert set(default_world.truth["reps"]["style"]) == {"honest", "sandbagger", "happy ears"}
    styles = default_world.truth["reps"].groupby("person_id")["style"].nunique()
    assert (styles > 1).sum() >= 2


def _early_depth(world: World) -> pd.Series:
    """Mean intended depth of the answers of a deal's first six weeks, by deal."""
    answers = world.truth["answers"]
    entered = world.truth["deals"].set_index("deal_id")["entered_on"]
    age = answers["valid_at"] - answers["deal_id"].map(entered)
    early = answers[age < pd.Timedelta(days=42)]
    return early.drop_duplicates(["deal_id", "question"], keep="last").groupby("deal_id")["depth"].mean()


def _win_gap(world: World) -> float:
    """Win rate of the third with the deepest answers minus that of the shallowest third."""
    depth, won = _early_depth(world), first_closes(world)["is_won"].astype(float)
    both = pd.DataFrame({"depth": depth, "won": won}).dropna()
    third = pd.qcut(both["depth"].rank(method="first"), 3, labels=False)
    return float(both.loc[third == 2, "won"].mean() - both.loc[third == 0, "won"].mean())


def test_depth_matters_where_it_should(default_world: World) -> None:
    assert _win_gap(default_world) > 0.12


def test_depth_says_nothing_in_the_hollow_world(hollow_world: World) -> None:
    assert abs(_win_gap(hollow_world)) < 0.05


def test_answers_come_in_all_depths_and_hardly_repeat(default_world: World) -> None:
    answers, truth = default_world.subjects["answer"], default_world.truth["answers"]
    share = truth["depth"].value_counts(normalize=True)
    assert set(share.index) == {0, 1, 2, 3, 4}
    assert share.min() > 0.08
    assert set(truth["basis"]) == {"fact", "bluff", "copy"}
    deep = answers["answer"][(truth["depth"] >= 3).to_numpy() & (truth["basis"] != "copy").to_numpy()]
    assert deep.nunique() / len(deep) > 0.9
    assert not answers["answer"].str.contains(r"[{}]").any()


def test_answers_are_written_while_the_deal_is_open(default_world: World) -> None:
    answers, changes = default_world.subjects["answer"], default_world.subjects["deal_change"]
    start = changes.groupby("deal_id")["valid_at"].min().dt.normalize()
    end = first_closes(default_world)["valid_at"]
    assert (answers["valid_at"] >= answers["deal_id"].map(start)).all()
    closed = answers["deal_id"].map(end)
    assert (closed.isna() | (answers["valid_at"] < closed)).all()


def test_every_family_of_clocks_makes_a_company() -> None:
    for hazard in ("proportional", "threshold"):
        world = build_world(WorldOptions(deals_per_quarter=60, answers=False).but(hazard=hazard))
        assert 0.15 <= first_closes(world)["is_won"].mean() <= 0.50
