"""What the business-case answers are worth: two records by hand, one made with the answers, one without."""

from __future__ import annotations

from types import SimpleNamespace
from typing import cast

import numpy as np
import pandas as pd
import pytest

from analytics.case_worth import CASE_REASONS, CaseWorth, case_worth, in_words, without_use
from analytics.forecast.basis import Basis
from analytics.forecast.record import Record
from analytics.problems import NotEnough
from analytics.risk.features import REASONS
from analytics.store.subjects import QUESTIONS

QUARTERS = ["2026Q1", "2026Q2", "2026Q3"]


def record(p50: dict[str, float], p_won: float, *, quarters: list[str] = QUARTERS) -> Record:
    """Quarters that brought 100 each; every second deal was won, each said to be with `p_won`."""
    points = pd.DataFrame(
        {
            "quarter": quarters * 2,
            "week": [0] * len(quarters) + [6] * len(quarters),
            "kind": "company",
            "key": "",
            "actual": 100.0,
            "p50": [p50[quarter] for quarter in quarters] * 2,
            "crps": 10.0,
        }
    )
    teams = points.assign(kind="team", key="North", p50=100.0)
    deals = pd.DataFrame(
        {
            "quarter": np.repeat(quarters, 4),
            "team": ["North", "North", "South", "South"] * len(quarters),
            "is_won": [True, False, True, False] * len(quarters),
            "p_won": [p_won, 1 - p_won, 0.5, 0.5] * len(quarters),
        }
    )
    return Record(deals, pd.DataFrame(), pd.concat([points, teams]), [])


def worth(with_answers: Record, without: Record, team: str = "") -> CaseWorth:
    found = case_worth(with_answers, without, team)
    assert isinstance(found, CaseWorth)
    return found


GOOD = record({"2026Q1": 110.0, "2026Q2": 90.0, "2026Q3": 100.0}, 0.9)
BARE = record({"2026Q1": 130.0, "2026Q2": 90.0, "2026Q3": 120.0}, 0.6)


def test_errors_are_shares_of_what_was_booked() -> None:
    found = worth(GOOD, BARE)
    assert found.wape == pytest.approx((20 / 300, 60 / 300))
    assert found.crps == pytest.approx((0.1, 0.1))
    assert list(found.weeks["week"]) == [1, 7]
    assert list(found.weeks["n"]) == [3, 3]
    assert found.weeks["with"].tolist() == pytest.approx([20 / 300] * 2)
    assert found.weeks["without"].tolist() == pytest.approx([60 / 300] * 2)


def test_single_deals_are_compared_by_log_loss() -> None:
    found = worth(GOOD, BARE)
    assert found.quarters["with"].tolist() == pytest.approx([-(np.log(0.9) + np.log(0.5)) / 2] * 3)
    assert found.quarters["without"].tolist() == pytest.approx([-(np.log(0.6) + np.log(0.5)) / 2] * 3)


def test_a_team_is_judged_on_its_own_deals() -> None:
    found = worth(GOOD, BARE, "North")
    assert found.wape == (0, 0)
    assert found.quarters["with"].tolist() == pytest.approx([-np.log(0.9)] * 3)


def test_the_sentence_says_how_sure_it_is() -> None:
    said = in_words(worth(GOOD, BARE))
    assert "better in 3 of 3 quarters (surely better on average)" in said
    assert "off by 6.7% with them and 20.0% without" in said
    assert "better in 0 of 3 quarters (no better on average)" in in_words(worth(BARE, GOOD))
    mixed = worth(GOOD, BARE)
    quarters = mixed.quarters.assign(**{"with": [0.3, 0.6, 0.5], "without": [0.5, 0.5, 0.51]})
    unsure = in_words(CaseWorth(mixed.weeks, quarters, mixed.wape, mixed.crps))
    assert "better in 2 of 3 quarters (not surely better on average)" in unsure


def test_too_few_quarters_say_nothing() -> None:
    few = record({"2026Q1": 100.0, "2026Q2": 100.0}, 0.5, quarters=QUARTERS[:2])
    found = case_worth(few, few)
    assert isinstance(found, NotEnough)
    assert found.n == 2


def test_nothing_booked_says_nothing() -> None:
    assert isinstance(case_worth(GOOD, BARE, "West"), NotEnough)


def test_every_question_is_among_what_is_left_out() -> None:
    assert set(QUESTIONS) <= CASE_REASONS
    others = {reason.key for reason in REASONS if reason.family != "business case"}
    assert not CASE_REASONS & others


@pytest.mark.parametrize(("model", "is_used"), [(None, False), (object(), True)])
def test_smoothed_rates_do_not_look_at_the_answers(model: object, is_used: bool) -> None:
    basis = SimpleNamespace(history=SimpleNamespace(learned=SimpleNamespace(model=model)))
    assert (without_use(cast(Basis, basis)) is None) == is_used
