"""How far off it was, by hand; ranges, chances and the error that is left even to the best."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binomtest, norm

from analytics.forecast.accuracy import (
    OURS,
    bias_by_key,
    compared,
    coverage,
    errors,
    in_words,
    normal_crps,
    scores,
    target_chances,
)
from analytics.forecast.calibration import Calibration, calibration
from analytics.forecast.irreducible import irreducible
from analytics.forecast.value_added import STEPS, value_added
from analytics.problems import NotEnough
from tests.forecast.quarters import KEYS, calls_of, deal, deals_of, points_of, totals_of

#: quarter, week, actual, p10, p50, p90
POINTS = points_of(
    [
        (KEYS[0], 4, 100.0, 80.0, 90.0, 110.0),
        (KEYS[1], 4, 200.0, 150.0, 180.0, 190.0),
        (KEYS[2], 4, 100.0, 100.0, 120.0, 140.0),
        (KEYS[0], 8, 100.0, 99.0, 100.0, 101.0),
        (KEYS[1], 8, 200.0, 150.0, 210.0, 260.0),
        (KEYS[2], 8, 100.0, 120.0, 130.0, 140.0),
    ]
)


def base(method: str, *values: float | None, week: int = 4) -> pd.DataFrame:
    rows = [(KEYS[at], week, "company", "", method, value) for at, value in enumerate(values)]
    table = pd.DataFrame(rows, columns=["quarter", "week", "kind", "key", "method", "value"])
    return table.astype({"value": float})


BASELINES = pd.concat([base("CRM stage %", 150, 150, 150), base("submitted commit", None, 190, 90)])
TABLE = compared(POINTS, BASELINES)


def test_errors_by_hand() -> None:
    found = errors(TABLE, ["week"]).set_index(["week", "method"])
    assert found.loc[(4, OURS), ["n", "wape", "bias"]].tolist() == pytest.approx([3, 50 / 400, -10 / 400])
    assert found.loc[(4, "CRM stage %"), ["n", "wape", "bias"]].tolist() == pytest.approx(
        [3, 150 / 400, 50 / 400]
    )
    assert found.loc[(8, OURS), "wape"] == pytest.approx(40 / 400)
    called = found.loc[(4, "submitted commit")]
    assert called[["n", "wape", "bias"]].tolist() == pytest.approx([2, 20 / 300, -20 / 300])
    assert called["ours"] == pytest.approx(40 / 300), "ours on the very quarters that were called"
    pooled = errors(TABLE).set_index("method")
    assert pooled.loc[OURS, ["n", "wape"]].tolist() == pytest.approx([3, 90 / 800]), "weeks are no quarters"


def test_nothing_booked_has_no_relative_error() -> None:
    none = points_of([(KEYS[0], 4, 0.0, 0.0, 5.0, 9.0)])
    assert np.isnan(errors(compared(none, BASELINES.iloc[:0]))["wape"][0])


def test_ranges_held_by_hand() -> None:
    found = coverage(POINTS, ["week"]).set_index("week")
    assert found.loc[4, ["n", "points", "held"]].tolist() == [3, 3, 2], "the edge counts as held"
    assert found.loc[8, ["n", "held"]].tolist() == [3, 2]
    assert found.loc[4, "width"] == pytest.approx((30 + 40 + 40) / 400)
    interval = binomtest(2, 3).proportion_ci(0.9, method="wilson")
    assert found.loc[4, ["low", "high"]].tolist() == pytest.approx([interval.low, interval.high])
    pooled = coverage(POINTS).iloc[0]
    assert (pooled["points"], pooled["held"]) == (6, 4)
    assert [pooled["low"], pooled["high"]] == pytest.approx([interval.low, interval.high]), "still 3 quarters"


def test_scores_by_hand() -> None:
    found = scores(POINTS[POINTS["week"] == 4]).iloc[0]
    assert found["n"] == 3
    assert found["pinball_50"] == pytest.approx(0.5 * 50 / 400)
    assert found["pinball_10"] == pytest.approx(0.1 * (20 + 50 + 0) / 400)
    assert found["pinball_90"] == pytest.approx((0.1 * 10 + 0.9 * 10 + 0.1 * 40) / 400)
    assert found["crps"] == pytest.approx(3 / 400)


def test_the_crps_of_a_baseline_with_normal_residuals_is_that_of_its_draws() -> None:
    table = compared(POINTS, base("stage x week", 80, 160, 150))
    found = normal_crps(table, POINTS)
    assert found["n"].tolist() == [1], "two quarters are needed before"
    spread = 150 * np.sqrt((0.25**2 + 0.25**2) / 2)
    draws = norm.ppf((np.arange(4000) + 0.5) / 4000, 150, spread)
    apart = np.abs(draws[:, None] - draws[None, ::40]).mean()
    expected = (np.abs(draws - 100).mean() - apart / 2) / 100
    assert found["baseline"][0] == pytest.approx(expected, rel=0.005)
    assert found["gain"][0] == pytest.approx(1 - 0.01 / found["baseline"][0])
    assert normal_crps(TABLE, POINTS).empty, "no such baseline"


def test_bias_of_teams_counts_quarters() -> None:
    rows = [(key, week, 100.0, 0.0, 100.0 + high, 0.0) for key, high in zip(KEYS, (10, 30, 20), strict=False)
            for week in (4, 8)]  # fmt: skip
    points = pd.concat([points_of(rows, "team", "North"), points_of(rows[:2], "team", "South")])
    found = bias_by_key(points).set_index("key")
    assert found.loc["North", ["n", "bias"]].tolist() == pytest.approx([3, 0.2])
    around = 2.919986 * 0.1 / np.sqrt(3)  # t(2) at 95 %
    assert found.loc["North", ["low", "high"]].tolist() == pytest.approx([0.2 - around, 0.2 + around])
    assert found.loc["South", "n"] == 1
    assert np.isnan(found.loc["South", "low"])


def test_chances_to_reach_the_target() -> None:
    points = POINTS[POINTS["week"] == 4].assign(target=[90.0, 250.0, 90.0], p_target=[0.8, 0.1, 0.9])
    found = target_chances(points)
    assert isinstance(found, dict)
    assert found["brier"] == pytest.approx((0.04 + 0.01 + 0.01) / 3)
    assert found["base_rate"] == pytest.approx((0.5**2 + (2 / 3) ** 2 + 0.5**2) / 3), "of earlier quarters"
    assert found["gain"] > 0
    assert isinstance(target_chances(points.iloc[:2]), NotEnough)
    assert isinstance(target_chances(POINTS), NotEnough), "no targets"
    assert isinstance(target_chances(pd.DataFrame()), NotEnough)


def test_the_sentence_beside_the_number() -> None:
    assert in_words(TABLE, POINTS, 5) == (
        "At week 5 of the last 3 quarters this was off by 12% on average, won + weighted pipeline by 38% and"
        " the submitted commit by 7% (2 of them); its 80% range held 2 of 3."
    )
    last = in_words(TABLE, POINTS, 13)
    assert (
        last == "At week 9 of the last 3 quarters this was off by 10% on average; its 80% range held 2 of 3."
    )


def test_too_few_quarters_have_no_sentence() -> None:
    two = TABLE["quarter"] < KEYS[2]
    found = in_words(TABLE[two], POINTS, 5)
    assert isinstance(found, NotEnough)
    assert found.n == 2
    for nothing in (
        in_words(TABLE, POINTS, 5, "another team"),
        in_words(compared(pd.DataFrame(), pd.DataFrame()), pd.DataFrame(), 5),
    ):
        assert isinstance(nothing, NotEnough)
        assert nothing.n == 0


def test_an_empty_record_has_empty_measures() -> None:
    nothing = pd.DataFrame()
    assert coverage(nothing).empty
    assert scores(nothing, ["week"]).empty
    assert bias_by_key(nothing).empty
    assert irreducible(nothing, nothing, 0.05).empty
    assert value_added(calls_of([], []), nothing).empty
    assert isinstance(calibration(nothing), NotEnough)


def some_deals(factor: float = 1.0, *, weeks: int = 1, seed: int = 1) -> pd.DataFrame:
    """900 deals of 3 quarters; what happens has `factor` times the chance that is said, once per deal."""
    rng = np.random.default_rng(seed)
    said = rng.beta(1, 4, 900)
    table = pd.DataFrame({"deal_id": [f"d{at}" for at in range(900)], "p_won": said})
    table = table.assign(quarter=np.repeat(KEYS[:3], 300), is_won=rng.random(900) < factor * said)
    return pd.concat([table] * weeks, ignore_index=True)


def calibrated(*given: Any, **options: Any) -> Calibration:
    found = calibration(*given, **options)
    assert isinstance(found, Calibration)
    return found


def test_chances_that_keep_their_word_stay_within_the_noise_and_others_do_not() -> None:
    errors_of_right = [calibrated(some_deals(seed=seed)) for seed in range(12)]
    beyond = sum(one.error > one.noise_high for one in errors_of_right)
    assert beyond <= 3, "about one of twenty"
    assert np.mean([one.error for one in errors_of_right]) == pytest.approx(errors_of_right[0].noise, rel=0.2)
    wrong = calibrated(some_deals(1.6))
    assert wrong.error > wrong.noise_high
    assert (wrong.bins["happened"] > wrong.bins["said"]).sum() >= 8
    assert wrong.bins["n"].sum() == wrong.deals == 900
    assert wrong.quarters == 3


def test_more_weeks_of_the_same_deals_are_no_more_certainty() -> None:
    once, often = calibrated(some_deals()), calibrated(some_deals(weeks=6))
    assert often.noise == pytest.approx(once.noise, rel=0.1)
    assert often.error == pytest.approx(once.error, abs=0.002)
    assert often.bins["n"].sum() < 1000
    shared = calibrated(some_deals(), rho=0.1)
    assert shared.noise > once.noise * 1.2, "deals that share luck are fewer observations"


def test_few_deals_or_quarters_check_no_chances() -> None:
    assert isinstance(calibration(some_deals().query(f"quarter < '{KEYS[2]}'")), NotEnough)
    assert isinstance(calibration(some_deals().iloc[::15]), NotEnough)


@pytest.mark.parametrize("rho", [0.0, 0.1])
def test_the_error_that_is_left_is_that_of_drawn_quarters(rho: float) -> None:
    rng = np.random.default_rng(2)
    amounts, chances = rng.lognormal(4, 0.7, 80), rng.uniform(0.1, 0.6, 80)
    deals = deals_of(
        {KEYS[0]: [deal(str(at), amounts[at], p_won=chances[at], amount_ratio=0.9) for at in range(80)]}
    )
    found = irreducible(deals, totals_of({KEYS[0]: (500, 500, 500, 999)}), rho).set_index("week").loc[4]
    luck = np.sqrt(rho) * rng.standard_normal((20_000, 1)) + np.sqrt(1 - rho) * rng.standard_normal(
        (20_000, 80)
    )
    drawn = (luck < norm.ppf(chances)) @ (0.9 * amounts) + 500 + 5
    assert found["wape"] == pytest.approx(np.abs(drawn - np.median(drawn)).mean() / drawn.mean(), rel=0.03)
    low, high = np.quantile(drawn, [0.1, 0.9])
    assert 2 * found["half_width"] == pytest.approx((high - low) / drawn.mean(), rel=0.04)
    assert (found["n"], found["deals"]) == (1, 80)
    stakes = chances * amounts
    assert found["alike"] == pytest.approx(stakes.sum() ** 2 / (stakes**2).sum())


def test_what_each_step_of_the_call_added() -> None:
    people = [("vp", None, ""), ("boss", "vp", "North"), ("ann", "boss", "North"), ("bob", "boss", "North")]
    said = [("ann", 60.0), ("bob", 60.0), ("boss", 110.0), ("", 105.0), ("vp", 1.0), ("who left", 500.0)]
    calls = calls_of([(who, KEYS[0], "2023-01-09", money) for who, money in said], people)
    found = value_added(calls, POINTS)
    assert found["method"].tolist() == [*STEPS, *STEPS]
    assert found["week"].tolist() == [4] * 4 + [8] * 4
    at_four = found[found["week"] == 4]
    assert at_four["wape"].tolist() == pytest.approx([0.2, 0.1, 0.05, 0.1])
    assert at_four["n"].tolist() == [1, 1, 1, 1], "nobody called the other quarters"
    assert value_added(calls_of([("", KEYS[0], "2023-01-09", 105.0)], people), POINTS).empty
