"""Worlds in which it is known which questions matter: buyers follow hidden facts, answers tell them."""

from __future__ import annotations

import hashlib

import numpy as np
import pandas as pd
import pytest

from analytics.commands.sample import WORLDS
from analytics.sample_company import World, WorldOptions, build_world
from analytics.store.subjects import QUESTIONS

NOTHING = (0.0,) * 7
#: what the small companies of two seeds are known by
MARKS = {7: "f435fe4c3a92", 3: "43be935484d0"}


def _world(name: str) -> World:
    return build_world(WORLDS[name].but(seed=31, deals_per_quarter=130, answers=False))


def _facts(world: World) -> pd.DataFrame:
    """The hidden facts of decided deals, and their outcome."""
    truth = world.truth["deals"]
    return truth.loc[truth["outcome"] != "open", ["outcome", *(f"ground_{key}" for key in QUESTIONS)]]


def _gaps(world: World) -> pd.Series:
    """By question: the mean fact of won deals minus that of lost ones."""
    means = _facts(world).groupby("outcome").mean()
    gaps = means.T["won"] - means.T["lost"]
    return gaps.rename(lambda name: str(name).removeprefix("ground_"))


def _mark(world: World) -> str:
    texts = [
        f"{name}\n{frame.to_csv(index=False)}" for name, frame in sorted(world.subjects.items()) if len(frame)
    ]
    return hashlib.sha256("\n".join(texts).encode()).hexdigest()[:12]


def test_a_company_without_hidden_facts_is_the_one_it_was(small_world: World) -> None:
    """The marks are from before there were hidden facts; who changes the company renews them."""
    assert _mark(small_world) == MARKS[7]
    assert _mark(build_world(WorldOptions.small(3))) == MARKS[3]


def test_the_facts_that_matter_go_with_winning_in_their_order() -> None:
    gaps = _gaps(_world("matters-cause"))
    assert gaps["root_cause"] > gaps["budget"] > 0.2 > gaps["compelling_event"] > 0.05
    assert gaps.drop(["root_cause", "budget", "compelling_event"]).abs().max() < 0.17
    gaps = _gaps(_world("matters-people"))
    assert gaps["stakeholders"] > gaps["impact"] > 0.2
    assert gaps.drop(["stakeholders", "impact"]).abs().max() < 0.17


def test_facts_about_dates_go_with_the_time_taken_and_hardly_with_winning() -> None:
    world = _world("matters-dates")
    assert _gaps(world).abs().max() < 0.17
    won = world.truth["deals"].query("outcome == 'won'")
    days = (won["signed_on"] - won["born_on"]).dt.days
    assert np.corrcoef(won["ground_gotchas"], days)[0, 1] < -0.35
    assert abs(np.corrcoef(won["ground_problem"], days)[0, 1]) < 0.15


def test_without_weight_the_buyers_are_untouched_and_the_answers_still_tell_the_facts() -> None:
    plain = WorldOptions.small(31)
    world, other = build_world(plain.but(matters=NOTHING)), build_world(plain)
    mine, theirs = (one.truth["deals"].set_index("deal_id") for one in (world, other))
    pd.testing.assert_series_equal(mine["outcome"], theirs["outcome"])
    pd.testing.assert_series_equal(mine["signed_on"], theirs["signed_on"])
    answers = world.truth["answers"].query("basis == 'fact'")
    facts = mine[[f"ground_{key}" for key in QUESTIONS]].stack()
    told = [
        facts[deal, f"ground_{key}"]
        for deal, key in zip(answers["deal_id"], answers["question"], strict=True)
    ]
    assert np.corrcoef(answers["depth"], told)[0, 1] > 0.35


def test_weights_that_do_not_fit_the_questions_are_refused() -> None:
    with pytest.raises(ValueError, match="expected 7 weights"):
        WorldOptions(matters=(1.0, 2.0))
