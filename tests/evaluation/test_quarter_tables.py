"""The arithmetic of the quarter tables, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.forecast.baselines import STAGE
from analytics.forecast.record import crps
from tests.evaluation.quarter_tables import (
    against_normal,
    normal_crps,
    normal_residuals,
    ranges,
    share,
    target_table,
)
from tests.evaluation.quarters import OURS

QUARTERS = ["2025Q1", "2025Q2", "2025Q3", "2025Q4"]


def said(values: list[float], actual: list[float], week: int = 3) -> pd.DataFrame:
    """STAGE's values in QUARTERS at one week."""
    return pd.DataFrame(
        {"quarter": QUARTERS, "week": week, "method": STAGE, "value": values, "actual": actual}
    )


def test_the_score_of_a_normal_range_is_that_of_many_draws_from_it() -> None:
    draws = 100 + 20 * np.random.default_rng(1).standard_normal(200_000)
    closed = normal_crps(pd.Series([100.0, 100.0]), pd.Series([20.0, 20.0]), pd.Series([100.0, 150.0]))
    assert closed.tolist() == pytest.approx([crps(draws, 100.0), crps(draws, 150.0)], rel=0.01)


def test_a_normal_range_knows_only_the_errors_of_earlier_quarters_at_its_week() -> None:
    other_week = said([100.0] * 4, [900.0] * 4, week=6)
    found = normal_residuals(pd.concat([said([100.0] * 4, [110.0, 130.0, 500.0, 100.0]), other_week]))
    spread = found.loc[found["week"] == 3, "sd"].to_numpy()
    assert np.isnan(spread[:2]).all()  # nothing before, and one quarter alone
    assert spread[2] == pytest.approx(100 * np.sqrt((0.1**2 + 0.3**2) / 2))
    assert spread[3] == pytest.approx(100 * np.sqrt((0.1**2 + 0.3**2 + 4.0**2) / 3))


def points() -> pd.DataFrame:
    """Two blocks of one point each: a range that held and one that lay too low."""
    table = {
        "block": ["a", "b"],
        "group": "g",
        "week": 3,
        "actual": [100.0, 300.0],
        "expected": [110.0, 210.0],
    }
    rest = {"p10": [80.0, 150.0], "p50": [100.0, 200.0], "p90": [120.0, 250.0], "crps": [4.0, 40.0]}
    return pd.DataFrame(table | rest | {"target": [90.0, 400.0], "p_target": [0.8, 0.1]})


def test_ranges_count_what_held_and_weigh_errors_by_money() -> None:
    found = ranges(points(), ["week"]).iloc[0]
    assert found["n"] == 2
    assert found["held"].startswith("50% (")
    assert (found["below"], found["above"]) == ("0%", "50%")
    assert found["width"] == pytest.approx((40 + 100) / 400)
    assert found["crps"] == pytest.approx(44 / 400)
    assert found["wape"] == pytest.approx(100 / 400)
    assert found["bias"].startswith("-20.0% (")


def test_the_gain_over_a_rival_is_of_the_points_that_both_have() -> None:
    ours = points().assign(method=OURS, value=lambda one: one["p50"], sd=np.nan)
    rival = points().assign(method=STAGE, value=[100.0, 290.0], sd=[10.0, 10.0], crps=[8.0, np.nan])
    found = against_normal(pd.concat([ours, rival], ignore_index=True), []).iloc[0]
    assert found["n"] == 1
    assert found["gain"].startswith("50% (")
    assert found["rival held"] == "100%"


def test_target_chances_are_compared_with_the_rate_known_in_hindsight() -> None:
    found = target_table(points(), []).iloc[0]
    assert found["reached"] == 0.5
    assert found["brier"].startswith("0.025 (")  # (0.2^2 + 0.1^2) / 2
    assert found["base rate"] == pytest.approx(0.25)


def test_an_interval_over_equal_blocks_has_no_width() -> None:
    table = pd.DataFrame({"block": ["a", "b", "c"]})
    same = pd.Series([2.0, 2.0, 2.0])
    assert share(table, same, same * 4) == (0.25, 0.25, 0.25)
