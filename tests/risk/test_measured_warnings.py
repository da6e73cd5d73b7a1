from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from analytics.risk.warning_effects import MIN_DEALS, MIN_QUARTERS, difference, measured, past_landmarks
from analytics.risk.warning_limits import default_limits
from tests.risk.test_warnings import FINE


def history(
    rng: np.random.Generator, slips: Any, *, quarters: int = 6, deals: int = 120, pushed: float = 0.5
) -> pd.DataFrame:
    """Two landmarks of each deal; `slips(stage_order, pushed)` is its chance to slip. Only pushes differ."""
    rows = []
    for i in range(deals):
        stage, is_pushed = i % 2, rng.random() < pushed
        quarter = f"2024Q{i % quarters + 1}"
        outcome = (
            "open" if rng.random() < slips(stage, is_pushed) else "won" if rng.random() < 0.5 else "lost"
        )
        for week in (2, 9):
            rows.append(
                {
                    **FINE,
                    "deal_id": f"D{i}",
                    "owner_id": f"U{i % 15}",
                    "landmark": pd.Timestamp("2024-01-01")
                    + pd.Timedelta(days=90 * (i % quarters) + 7 * week),
                    "quarter": quarter,
                    "week": week,
                    "stage": f"S{stage}",
                    "timing": "in quarter",
                    "days_to_quarter_end": 90 - 7 * week,
                    "pushes": 3.0 if is_pushed else 0.0,
                    "outcome_0": outcome,
                }
            )
    return pd.DataFrame(rows)


def of(table: pd.DataFrame, key: str = "pushed") -> Any:
    return next(table[table["warning"] == key].itertuples())


def test_an_effect_of_known_size_is_found() -> None:
    rows = history(np.random.default_rng(1), lambda stage, pushed: 0.7 if pushed else 0.3, deals=3000)
    found = of(measured(rows, default_limits()))
    assert found.missing is None
    assert found.low < 0.4 < found.high
    assert found.effect == pytest.approx(0.4, abs=0.05)
    assert found.slip_with == pytest.approx(0.7, abs=0.04)
    assert found.won_high < 0  # who slips is not won
    assert (found.n_with + found.n_without, found.quarters) == (3000, 6)


def test_early_deals_do_not_make_an_effect() -> None:
    """Early deals slip more and are pushed more; within a stage a push says nothing."""
    rng = np.random.default_rng(2)
    early = history(rng, lambda stage, pushed: 0.8, deals=1500, pushed=0.9).assign(stage="early")
    late = history(rng, lambda stage, pushed: 0.2, deals=1500, pushed=0.1).assign(stage="late")
    late["deal_id"] = "L" + late["deal_id"]
    found = of(measured(pd.concat([early, late], ignore_index=True), default_limits()))
    assert found.slip_with - found.slip_without > 0.4
    assert found.low < 0 < found.high


def test_the_difference_is_mantel_and_haenszels() -> None:
    flag = np.array([1, 1, 0, 0, 1, 0, 0, 0], dtype=float)
    slipped = np.array([1, 0, 0, 0, 1, 1, 0, 0], dtype=float)
    cells = np.array([0, 0, 0, 0, 1, 1, 1, 1])
    past = pd.DataFrame(
        {"deal_id": list("abcdefgh"), "owner_id": list("xxyyxxyy"), "quarter": list("qrqrqrqr")}
    )
    weights = {0: 2 * 2 / 4, 1: 1 * 3 / 4}
    gaps = {0: 1 / 2 - 0, 1: 1 - 1 / 3}
    wanted = sum(weights[cell] * gaps[cell] for cell in gaps) / sum(weights.values())
    effect, low, high = difference(flag, slipped, cells, past)
    assert effect == pytest.approx(wanted)
    assert effect - low == pytest.approx(high - effect)


def summed_squares(score: np.ndarray, *groups: pd.Series) -> float:
    """Sum over the groups of the squared sum of their scores, the long way."""
    sums: dict[tuple[str, ...], float] = {}
    for at, value in enumerate(score):
        key = tuple(group.iloc[at] for group in groups)
        sums[key] = sums.get(key, 0.0) + value
    return sum(value**2 for value in sums.values())


def test_the_interval_is_the_widest_of_three_clusterings() -> None:
    """By quarter and deal, by quarter and owner, by quarter alone: each is the widest somewhere."""
    widest = set()
    for seed in range(40):
        rng = np.random.default_rng(seed)
        flag, slipped = rng.integers(0, 2, (2, 40)).astype(float)
        past = pd.DataFrame(
            {
                "deal_id": rng.choice(list("abcdefghijklm"), 40),
                "quarter": rng.choice(["q1", "q2", "q3", "q4", "q5"], 40),
            }
        )
        past["owner_id"] = past["deal_id"].map(dict(zip("abcdefghijklm", "xxxyyyzzzuuuv", strict=True)))
        effect, low, high = difference(flag, slipped, np.zeros(40, dtype=int), past)
        unusual = flag - flag.mean()
        score = unusual * (slipped - slipped.mean() - effect * unusual) / (unusual @ unusual)
        by_quarter = summed_squares(score, past["quarter"])
        variances = {"quarter": by_quarter} | {
            key: by_quarter
            + summed_squares(score, past[key])
            - summed_squares(score, past[key], past["quarter"])
            for key in ("deal_id", "owner_id")
        }
        widest.add(max(variances, key=lambda key: variances[key]))
        reach = stats.t.ppf(0.95, 4) * (max(variances.values()) * 5 / 4) ** 0.5
        assert (low, high) == pytest.approx((effect - reach, effect + reach))
    assert widest == {"quarter", "deal_id", "owner_id"}


def test_the_last_days_are_compared_among_themselves() -> None:
    """A push a day before the end comes with a slip because of the day, not the push."""
    rng = np.random.default_rng(10)
    early = history(rng, lambda stage, pushed: 0.2, deals=900, pushed=0.1)
    last = history(rng, lambda stage, pushed: 0.9, deals=900, pushed=0.9).assign(days_to_quarter_end=1)
    last["deal_id"] = "L" + last["deal_id"]
    found = of(measured(pd.concat([early, last], ignore_index=True), default_limits()))
    assert found.slip_with - found.slip_without > 0.4
    assert found.low < 0 < found.high


def test_more_rows_of_the_same_deals_make_nothing_surer() -> None:
    rows = history(np.random.default_rng(3), lambda stage, pushed: 0.6 if pushed else 0.4)
    once = of(measured(rows, default_limits()))
    often = of(measured(pd.concat([rows] * 5, ignore_index=True), default_limits()))
    assert (often.effect, often.low, often.high) == pytest.approx((once.effect, once.low, once.high))


def test_a_shock_of_a_quarter_widens_the_interval() -> None:
    """The warning is common in some quarters, and those quarters were bad for other reasons."""
    rng = np.random.default_rng(4)
    rows = history(rng, lambda stage, pushed: 0.5, deals=900, quarters=6)
    bad = rows["quarter"].isin(["2024Q1", "2024Q2"])
    shocked = rows.assign(
        outcome_0=rows["outcome_0"].where(~bad, "open"), pushes=rows["pushes"].where(~bad, 3.0)
    )
    calm, found = (of(measured(one, default_limits())) for one in (rows, shocked))
    assert found.high - found.low > 2 * (calm.high - calm.low)


def test_too_few_deals_are_said_not_measured() -> None:
    rng = np.random.default_rng(5)
    rows = history(rng, lambda stage, pushed: 0.5, deals=300, pushed=0.0)
    few = rows["deal_id"].isin([f"D{i}" for i in range(MIN_DEALS - 1)])
    rows.loc[few, "pushes"] = 2.0
    found = of(measured(rows, default_limits()))
    assert np.isnan(found.effect)
    assert str(found.missing).startswith(f"not enough data (n={MIN_DEALS - 1})")
    rows.loc[rows["deal_id"] == f"D{MIN_DEALS}", "pushes"] = 2.0
    assert of(measured(rows, default_limits())).missing is None


def test_too_few_deals_without_it_are_said_too() -> None:
    rows = history(np.random.default_rng(5), lambda stage, pushed: 0.5, deals=300, pushed=1.0)
    rows.loc[rows["deal_id"].isin([f"D{i}" for i in range(MIN_DEALS - 1)]), "pushes"] = 0.0
    missing = of(measured(rows, default_limits())).missing
    assert missing.n == MIN_DEALS - 1
    assert "did not show it" in missing.reason


def test_too_few_quarters_are_said_not_measured() -> None:
    rng = np.random.default_rng(6)
    for quarters in (MIN_QUARTERS - 1, MIN_QUARTERS):
        rows = history(rng, lambda stage, pushed: 0.5, deals=400, quarters=quarters)
        missing = of(measured(rows, default_limits())).missing
        assert (missing is None) == (quarters == MIN_QUARTERS)
        assert missing is None or missing.n == quarters


def test_what_nobody_recorded_is_said() -> None:
    rows = history(np.random.default_rng(7), lambda stage, pushed: 0.5).assign(activity_days=np.nan)
    found = of(measured(rows, default_limits()), "no_activity")
    assert found.missing.n == 0
    assert "nothing recorded" in found.missing.reason


def test_only_deals_dated_in_a_quarter_that_is_over_count() -> None:
    rows = history(np.random.default_rng(8), lambda stage, pushed: 0.5)
    others = pd.concat(
        [
            rows.assign(timing="later"),
            rows.assign(timing="earlier"),
            rows.assign(category="Omitted"),
            rows.assign(outcome_0=None),
            rows.assign(days_to_quarter_end=0, outcome_0="open"),
        ]
    )
    assert past_landmarks(others).empty
    both = pd.concat([rows, others], ignore_index=True)
    pd.testing.assert_frame_equal(measured(rows, default_limits()), measured(both, default_limits()))


def test_no_history_at_all() -> None:
    rows = history(np.random.default_rng(9), lambda stage, pushed: 0.5).assign(outcome_0=None)
    table = measured(rows, default_limits())
    assert table["effect"].isna().all()
    assert all(missing.n == 0 for missing in table["missing"])
