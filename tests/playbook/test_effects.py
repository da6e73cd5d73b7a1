"""Which questions go with winning: found where they do by construction, not claimed where they do not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.playbook.adjusted import MIN_DEALS, Adjusted, adjusted, jackknife
from analytics.playbook.effects import ERROR_RATE, Effects, question_effects
from analytics.playbook.entries import LEVELS
from analytics.problems import NotEnough
from tests.playbook.made_entries import made

MATTERS = {"impact": 0.10, "root_cause": 0.05}


def effects(*args: object, **options: object) -> Effects:
    found = question_effects(made(*args, **options))  # type: ignore[arg-type]
    assert isinstance(found, Effects)
    return found


def test_what_matters_is_found_in_its_order_with_intervals_that_hold_the_truth() -> None:
    found = effects(1, MATTERS, deals=3000)
    won = found.questions[found.questions["outcome"] == "won"].set_index("question")
    assert list(won.index[won["claimed"]]) == ["root_cause", "impact"]
    assert won.loc[["impact", "root_cause"], "order"].tolist() == [1, 2]
    for question, truth in MATTERS.items():
        assert won["low"][question] < truth < won["high"][question]
        assert won["high"][question] - won["low"][question] < 0.06
    assert set(found.questions["n"]) == {3000}


def test_intervals_hold_the_truth_as_often_as_they_say() -> None:
    inside = []
    for seed in range(20):
        rows = made(seed, MATTERS, deals=400).rows
        fit = adjusted(rows, "won", rows[LEVELS])
        assert isinstance(fit, Adjusted)
        truth = np.array([MATTERS.get(level.removeprefix("level_"), 0.0) for level in LEVELS])
        inside.append((fit.table["low"] < truth) & (truth < fit.table["high"]))
    assert 0.90 <= np.mean(inside) <= 0.99  # 140 intervals of 95%


def test_a_rep_who_wins_more_and_writes_more_makes_no_question_matter() -> None:
    false = sum(effects(seed, {}, deals=500, diligence=0.12).questions["claimed"].any() for seed in range(8))
    assert false <= 2
    rows = made(5, {}, diligence=0.12).rows
    blind = adjusted(rows.assign(owner_id="one"), "won", rows[LEVELS])
    assert isinstance(blind, Adjusted)
    assert (blind.table["p"] < 0.01).any()  # without the owners it would look as if it did


def test_stages_are_looked_into_only_where_something_is_claimed_over_all_of_them() -> None:
    found = effects(1, MATTERS, deals=3000)
    inside = found.stages.merge(
        found.questions[["question", "outcome", "claimed"]], on=["question", "outcome"]
    )
    assert inside.loc[~inside["claimed_y"], "effect"].isna().all()
    assert inside.loc[~inside["claimed_y"], "missing"].notna().all()
    assert inside.loc[inside["claimed_y"], "effect"].notna().all()
    assert not inside.loc[~inside["claimed_y"], "claimed_x"].any()
    impact = inside[(inside["question"] == "impact") & (inside["outcome"] == "won")]
    assert impact["claimed_x"].all()
    assert (found.stages["p_adjusted"] >= found.stages["p"]).loc[found.stages["p"].notna()].all()


def test_claimed_means_below_the_error_rate_after_the_correction() -> None:
    for table in (effects(2, MATTERS).questions, effects(2, MATTERS).stages):
        assert (table["claimed"] == (table["p_adjusted"] <= ERROR_RATE)).all()
        assert (table["order"].notna() == table["claimed"]).all()
        assert (table["effect"].isna() == table["missing"].notna()).all()


def test_few_deals_are_not_enough_and_say_how_many_there_were() -> None:
    found = question_effects(made(1, deals=MIN_DEALS - 10))
    assert isinstance(found, NotEnough)
    assert found.n == MIN_DEALS - 10


def test_an_outcome_that_hardly_ever_differs_is_missing_and_the_other_is_given() -> None:
    entries = made(1, MATTERS)
    rows = entries.rows.assign(kept=1.0)
    found = question_effects(replace(entries, rows=rows))
    assert isinstance(found, Effects)
    kept = found.questions["outcome"] == "kept"
    assert found.questions.loc[kept, "effect"].isna().all()
    assert all(isinstance(one, NotEnough) for one in found.questions.loc[kept, "missing"])
    assert found.questions.loc[~kept, "effect"].notna().all()


@pytest.mark.parametrize("level", [0.0, 3.0])
def test_a_question_that_never_varies_is_missing(level: float) -> None:
    entries = made(1, MATTERS)
    found = question_effects(replace(entries, rows=entries.rows.assign(level_budget=level)))
    assert isinstance(found, Effects)
    budget = found.questions["question"] == "budget"
    assert found.questions.loc[budget, "p"].isna().all()
    assert found.questions.loc[~budget, "p"].notna().all()


def test_two_questions_that_are_always_answered_alike_are_not_told_apart() -> None:
    entries = made(1, MATTERS)
    same = entries.rows.assign(level_budget=entries.rows["level_problem"])
    found = question_effects(replace(entries, rows=same))
    assert isinstance(found, Effects)
    missing = found.questions[found.questions["missing"].notna()]
    assert set(missing["question"]) == {"problem", "budget"}
    assert len(missing) == 4


def test_with_few_owners_only_the_rows_of_a_deal_belong_together() -> None:
    assert effects(1, {}, deals=300).by_owner
    assert not effects(1, {}, deals=300, owners=4).by_owner


def test_hidden_facts_do_not_matter() -> None:
    """Nothing of the outcome but the outcome itself is used."""
    entries = made(3, {}, deals=300)
    later = entries.rows.assign(final_amount_company=1.0, closed_won=True, left_on=None, closed_on=None)
    one, other = question_effects(entries), question_effects(replace(entries, rows=later))
    assert isinstance(one, Effects)
    assert isinstance(other, Effects)
    assert one.questions["effect"].equals(other.questions["effect"])


def test_the_jackknife_leaves_out_one_group_after_the_other() -> None:
    rng = np.random.default_rng(0)
    columns, target = rng.normal(size=(60, 3)), rng.normal(size=60)
    groups = pd.Series(np.arange(60) % 6)
    columns[groups != 2, 2] = 0.0  # without group 2 it does not vary: it has no weight then
    weights, errors, n = jackknife(columns, target, groups)
    left = [groups.to_numpy() != one for one in range(6)]
    without = np.array([np.linalg.lstsq(columns[kept], target[kept])[0] for kept in left])
    assert n == 6
    assert weights == pytest.approx(np.linalg.lstsq(columns, target)[0])
    assert errors == pytest.approx(np.sqrt(5 / 6 * ((without - weights) ** 2).sum(axis=0)))
