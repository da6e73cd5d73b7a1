"""People's levels judge the scorer, once there are enough of them."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from analytics.business_case.judging import ENOUGH, judged_by_people
from analytics.problems import NotEnough
from tests.business_case.conftest import EVIDENCED, Made
from tests.small_stores import load

EVER = datetime(9999, 1, 1)


def overruled(made: Made, n: int, level: int) -> None:
    """So many budget answers of one deal, each evidenced, each given this level by a person."""
    days = [str(day) for day in pd.date_range("2026-01-01", periods=n, freq="D")]
    said = [
        {"deal_id": "A", "question": "budget", "valid_at": day, "answer": f"{EVIDENCED}, {day}"}
        for day in days
    ]
    given = [
        {
            "deal_id": "A",
            "question": "budget",
            "answered_at": day,
            "valid_at": day,
            "level": level,
            "reason": "x",
        }
        for day in days
    ]
    load(made.store, answer=said, depth_overrule=given)


def test_too_few_are_not_enough_and_said_so(made: Made) -> None:
    overruled(made, ENOUGH - 1, 4)
    found = judged_by_people(made.store, EVER)
    assert isinstance(found.kappa, NotEnough)
    assert f"not enough data (n={ENOUGH - 1})" in found.in_words()


def test_nothing_overruled_is_answered(made: Made) -> None:
    assert "Nobody has set another level yet" in judged_by_people(made.store, EVER).in_words()


def test_one_level_alone_is_no_agreement(made: Made) -> None:
    overruled(made, ENOUGH, 4)
    assert "all of them have the same level" in judged_by_people(made.store, EVER).in_words()


@pytest.mark.parametrize(("level", "bias", "word"), [(2, 2.0, "too kind"), (3, 1.0, "too kind")])
def test_bias_is_positive_where_the_scorer_is_too_kind(
    made: Made, level: int, bias: float, word: str
) -> None:
    overruled(made, ENOUGH, level)
    found = judged_by_people(made.store, EVER)
    assert found.bias == pytest.approx(bias)
    assert word in found.in_words()


def test_only_what_was_overruled_by_then_counts(made: Made) -> None:
    overruled(made, 10, 2)
    assert len(judged_by_people(made.store, datetime(2026, 1, 5, 12)).rows) == 5
