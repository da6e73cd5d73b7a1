"""Worlds in which reps have known habits: dealt, written into the truth, and seen in what is written."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.sample_company import World, WorldOptions, build_world
from analytics.sample_company.rep_habits import BLIND_SPOT, NO_HABIT, draw_rep_habits


@pytest.fixture(scope="module")
def habit_world() -> World:
    return build_world(WorldOptions.small(31).but(habits=True, reps=30, deals_per_quarter=150))


@pytest.fixture(scope="module")
def reps(habit_world: World) -> pd.DataFrame:
    return habit_world.truth["reps"].drop_duplicates("person_id", keep="last").set_index("person_id")


@pytest.fixture(scope="module")
def owners(habit_world: World) -> pd.Series:
    """The first owner of each deal."""
    work = habit_world.subjects["deal_work"].dropna(subset="owner_id")
    return work.drop_duplicates("deal_id").set_index("deal_id")["owner_id"]


def _per_deal(owners: pd.Series, deals: pd.Series, reps: pd.DataFrame) -> pd.Series:
    """Rows per deal, by the habit of the deal's owner."""
    habit = owners.map(reps["habit"])
    return deals.map(habit).value_counts() / habit.value_counts()


def test_two_thirds_of_the_reps_get_one_habit() -> None:
    is_rep = np.arange(50) >= 14
    dealt = draw_rep_habits(WorldOptions(habits=True), is_rep)
    assert (dealt.habit[~is_rep] == NO_HABIT).all()
    assert (dealt.habit[is_rep] != NO_HABIT).mean() == pytest.approx(2 / 3)
    assert ((dealt.blind >= 0) == (dealt.habit == BLIND_SPOT)).all()
    assert (dealt.blind[dealt.blind >= 0] != dealt.strong[dealt.blind >= 0]).all()


def test_the_truth_names_them_and_only_in_such_a_world(reps: pd.DataFrame, small_world: World) -> None:
    assert ((reps["habit"] == "blind spot") == reps["blind_question"].notna()).all()
    assert "habit" not in small_world.truth["reps"]


def test_habits_never_touch_the_buyer() -> None:
    plain = WorldOptions.small(31).but(answers=False)
    mine, theirs = (
        build_world(one).truth["deals"].set_index("deal_id") for one in (plain.but(habits=True), plain)
    )
    both = mine.index.intersection(theirs.index)
    assert len(both) > 0.9 * len(mine)
    pd.testing.assert_series_equal(mine.loc[both, "outcome"], theirs.loc[both, "outcome"])


def test_a_blind_spot_is_shallow_and_a_strength_is_deep(
    habit_world: World, reps: pd.DataFrame, owners: pd.Series
) -> None:
    answers = habit_world.truth["answers"].query("basis == 'fact'")
    rep = answers["deal_id"].map(owners)
    blind = answers["question"] == rep.map(reps["blind_question"])
    strong = answers["question"] == rep.map(reps["strong_question"])
    assert answers.loc[blind, "depth"].mean() < 1.3
    assert answers.loc[strong, "depth"].mean() > answers.loc[~strong & ~blind, "depth"].mean() + 0.6


def test_habits_show_in_what_is_written(habit_world: World, reps: pd.DataFrame, owners: pd.Series) -> None:
    subjects = habit_world.subjects
    answers = _per_deal(owners, subjects["answer"]["deal_id"], reps)
    assert answers["seldom"] < 0.65 * answers[""]
    people = _per_deal(owners, subjects["stakeholder"]["deal_id"], reps)
    assert people["few stakeholders"] < 0.5 * people[""]
    dates = subjects["deal_change"].query("not is_closed")
    pushed = dates["close_date"] > dates.groupby("deal_id")["close_date"].shift()
    pushes = _per_deal(owners, dates.loc[pushed, "deal_id"], reps)
    assert pushes["pushes"] > 1.25 * pushes[""]


def test_the_stale_answer_once_and_never_again(
    habit_world: World, reps: pd.DataFrame, owners: pd.Series
) -> None:
    answers, entered = (
        habit_world.truth["answers"],
        habit_world.truth["deals"].set_index("deal_id")["entered_on"],
    )
    late = answers["valid_at"] - answers["deal_id"].map(entered) > pd.Timedelta(days=30)
    share = late.groupby(answers["deal_id"].map(owners).map(reps["habit"])).mean()
    assert share["stale"] < 0.25
    assert share[""] > 0.45
