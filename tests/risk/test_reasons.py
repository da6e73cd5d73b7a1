"""Reasons add up to the chance exactly, whatever the chance, and say what can be checked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from analytics.company import Company
from analytics.risk.chances import History, chances_as_of, history_of
from analytics.risk.explain import Reference, _along, split
from analytics.risk.outcome_model import OutcomeModel, cumulated, fit
from analytics.risk.reason_words import NORMAL, WORDS, Facts
from analytics.risk.what_if import if_answered
from analytics.store.database import Store
from tests.conftest import TODAY

_LOGITS = st.floats(-6, 6)


@settings(max_examples=60, deadline=None)
@given(arrays(float, (3, 4, 2), elements=_LOGITS), arrays(float, (3, 4, 2, 5), elements=st.floats(-2, 2)))
def test_parts_add_up_for_any_logits(begin: np.ndarray, moved: np.ndarray) -> None:
    found = _along(begin, moved, list("abcde"))
    assert np.abs(found.start + found.parts.sum(axis=2) - found.chances).max() < 1e-12
    won, lost, still_open = cumulated(begin + moved.sum(axis=-1))
    assert np.allclose(found.chances, np.stack([won[:, -1], lost[:, -1], still_open[:, -1]], axis=1))


@settings(max_examples=30, deadline=None)
@given(arrays(float, (2, 1, 2), elements=_LOGITS), arrays(float, (2, 1, 2, 1), elements=st.floats(-2, 2)))
def test_a_reason_that_moves_nothing_gets_nothing(begin: np.ndarray, moved: np.ndarray) -> None:
    found = _along(begin, np.concatenate([moved, np.zeros_like(moved)], axis=-1), ["all", "none"])
    assert np.abs(found.parts[..., 1]).max() < 1e-12


def test_one_quarter_ahead_has_the_known_closed_form() -> None:
    """For one logit the share is c (p - p0) / (eta - eta0), methods.md B1 (b)."""
    begin, moved = np.array([[[0.3, 0.1]]]), np.zeros((1, 1, 2, 2))
    moved[0, 0, 0] = [1.2, -0.5]
    found = _along(begin, moved, ["a", "b"])
    p, p0 = found.chances[0, 0], found.start[0, 0]
    assert found.parts[0, 0] == pytest.approx([1.2 * (p - p0) / 0.7, -0.5 * (p - p0) / 0.7], abs=1e-12)


@pytest.fixture(scope="module")
def model(small_rows: pd.DataFrame) -> OutcomeModel:
    return fit(small_rows, "splines with interactions")


@pytest.mark.parametrize("ahead", [0, 1, 3])
def test_the_models_chances_are_split_exactly(
    model: OutcomeModel, small_rows: pd.DataFrame, ahead: int
) -> None:
    today = small_rows[small_rows["landmark"] == small_rows["landmark"].max()]
    reference = Reference.learned(model, small_rows[small_rows["outcome_0"].notna()])
    found = split(model, today, reference.for_rows(today), ahead)
    chances = model.chances(today)
    won = chances["p_won" if ahead == 0 else f"p_won_{ahead}"].to_numpy()
    assert np.abs(found.chances[:, 0] - won).max() < 1e-12
    assert np.abs(found.start + found.parts.sum(axis=2) - found.chances).max() < 1e-9


def test_the_normal_deal_of_a_stage_is_between_its_own(model: OutcomeModel, small_rows: pd.DataFrame) -> None:
    known = small_rows[small_rows["outcome_0"].notna()]
    late = known[known["stage"] == "Negotiation"].head(1)
    early = known[known["stage"] == "Discovery"].head(1).assign(week=late["week"].iloc[0])
    reference = Reference.learned(model, known)
    starts = [split(model, one, reference.for_rows(one)).start[0, 0] for one in (late, early)]
    assert starts[0] > starts[1] + 0.05


def test_every_reason_has_words_for_every_deal(small_history: History, small_company: Company) -> None:
    for row in small_history.today.itertuples(index=False):
        facts = Facts(row, small_company)
        for key, words in WORDS.items():
            text = words(facts)
            assert text, key
            assert "nan" not in text.lower().split(), f"{key}: {text}"
            assert "NaT" not in text, f"{key}: {text}"


def test_words_name_the_value(small_history: History, small_company: Company) -> None:
    row = small_history.today.assign(pushes=3.0, last_push_length=45.0, pulls=0.0, stakeholders=2.0,
                                     new_people_28=0.0).iloc[:1]  # fmt: skip
    facts = Facts(next(row.itertuples(index=False)), small_company)
    assert WORDS["pushes"](facts) == "close date pushed 3 times, last by 45 days"
    assert WORDS["people"](facts).startswith("2 contacts at the customer")


def test_new_answers_change_only_what_they_say(model: OutcomeModel, small_rows: pd.DataFrame) -> None:
    today = small_rows[small_rows["landmark"] == small_rows["landmark"].max()]
    gains = if_answered(model, today)
    known = gains[gains["question"] != ""]
    assert (known["level"] < 3).all()
    assert gains["gain"].is_monotonic_decreasing
    answered = today.assign(level_budget=3.0, fresh_budget=3.0)
    expected = (model.chances(answered) - model.chances(today))["p_won"]
    mine = known[known["question"] == "budget"].set_index("deal_id")["gain"]
    assert mine.to_dict() == pytest.approx(expected.set_axis(today["deal_id"])[mine.index].to_dict())


def test_reasons_of_every_deal_add_up_in_points_and_to_the_cent(
    small_world: Store, small_company: Company, small_history: History
) -> None:
    for ahead in (0, 1, 3):
        quarter = small_company.calendar.shift(small_company.calendar.quarter_of(TODAY), ahead)
        found = chances_as_of(small_world, small_company, TODAY, quarter, small_history)
        deals = found.deals.set_index("deal_id")
        sums = found.reasons.groupby("deal_id")[["won", "lost", "slip", "money"]].sum().reindex(deals.index)
        for part, whole in (("won", "p_won"), ("lost", "p_lost"), ("slip", "p_slip")):
            assert (sums[part] - deals[whole]).abs().max() < 1e-9
        known = deals["expected_amount"].notna()
        assert (sums["money"] - deals["expected_amount"])[known].abs().max() < 0.005
        assert (found.reasons.groupby("deal_id")["reason"].first() == NORMAL).all()
        assert found.status


def test_the_same_day_is_told_the_same(
    small_world: Store, small_company: Company, small_history: History
) -> None:
    quarter = small_company.calendar.quarter_of(TODAY)
    once, again = (
        chances_as_of(small_world, small_company, TODAY, quarter, of_day).deals
        for of_day in (small_history, history_of(small_world, small_company, TODAY))
    )
    pd.testing.assert_frame_equal(once, again)
