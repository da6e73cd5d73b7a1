"""Shared luck, deals not created yet, amounts at close, the score of a range: against hand and integral."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest
from hypothesis import given as given_by
from hypothesis import strategies as st
from scipy.stats import norm

from analytics.fiscal import Calendar
from analytics.forecast.later_deals import later_deals
from analytics.forecast.luck import GRID, RHOS, Cohort, given, luck_weights, rho_weights, thresholds
from analytics.forecast.record import crps, share_won_by, wins_over_time
from analytics.risk.amounts import Amounts

CALENDAR = Calendar()


def in_quarter(chance: float, weights: np.ndarray, rho: float) -> float:
    return float(weights @ given(thresholds(np.array([chance]))[None, :], rho, GRID[:, None])[:, 0])


@given_by(chance=st.floats(0, 1), rho=st.sampled_from(list(RHOS)))
def test_averaged_over_the_luck_the_chance_is_the_chance(chance: float, rho: float) -> None:
    assert in_quarter(chance, luck_weights(None, 0.0, rho), rho) == pytest.approx(chance, abs=2e-4)


@given_by(won=st.integers(0, 40), rho=st.sampled_from(list(RHOS)), share=st.floats(0.05, 0.95))
def test_more_wins_than_usual_raise_and_fewer_lower(won: int, rho: float, share: float) -> None:
    cohort = Cohort(np.full(40, 0.3), won)
    here = in_quarter(0.3, luck_weights(cohort, share, rho), rho)
    more = in_quarter(0.3, luck_weights(Cohort(cohort.chances, won + 1), share, rho), rho)
    assert more > here
    usual = 12 * share
    if won > 1.3 * usual + 1:
        assert here > 0.3
    if won < 0.7 * usual - 1:
        assert here < 0.3


@pytest.mark.parametrize(
    ("cohort", "share"), [(None, 0.5), (Cohort(np.full(9, 0.3), 9), 0.0), (Cohort(np.zeros(0), 0), 0.5)]
)
def test_nothing_seen_changes_nothing(cohort: Cohort | None, share: float) -> None:
    np.testing.assert_allclose(luck_weights(cohort, share, 0.1), luck_weights(None, 0.0, 0.1))


def quarters(rho: float, seed: int) -> list[Cohort]:
    rng = np.random.default_rng(seed)
    chances = rng.uniform(0.05, 0.6, 300)
    cuts = thresholds(chances)
    return [
        Cohort(chances, int((rng.random(300) < given(cuts, rho, rng.standard_normal())).sum()))
        for _ in range(8)
    ]


def test_the_correlation_of_simulated_quarters_is_found() -> None:
    means = {
        rho: np.mean([rho_weights(quarters(rho, seed)) @ RHOS for seed in range(12)]) for rho in (0.0, 0.15)
    }
    prior = rho_weights([]) @ RHOS
    assert rho_weights([]).sum() == pytest.approx(1)
    assert means[0.0] < 0.025 < prior < 0.1 < means[0.15] < 0.2


def bookings(counts: dict[str, int], day: int = 60, **more: object) -> pd.DataFrame:
    """So many deals per quarter, first seen and booked on a day of it (from 0), 100 each, of the owner a."""
    rows = [
        {"deal_id": f"{key}/{number}", "booked_day": _day(key, day), "first_seen_on": _day(key, day)}
        for key, n in counts.items()
        for number in range(n)
    ]
    table = pd.DataFrame(rows, columns=["deal_id", "booked_day", "first_seen_on"])
    return table.assign(**{"amount_company": 100.0, "owner_id": "a", **more})


def _day(key: str, day: int) -> pd.Timestamp:
    return pd.Timestamp(CALENDAR.parse(key).first_day) + pd.Timedelta(days=day)


def asked(won: pd.DataFrame, as_of: str = "2024-05-15", quarter: str = "2024Q2", began: str = "2022-01-01"):  # type: ignore[no-untyped-def]
    return later_deals(
        won,
        CALENDAR,
        as_of=date.fromisoformat(as_of),
        quarter=CALENDAR.parse(quarter),
        began=date.fromisoformat(began),
        owners=pd.Index(["a", "b"]),
    )


KEYS = [f"{year}Q{number}" for year in (2022, 2023) for number in (1, 2, 3, 4)] + ["2024Q1"]


def test_the_same_number_every_quarter_is_expected_again() -> None:
    found = asked(bookings(dict.fromkeys(KEYS, 4)))
    assert found.missing is None
    assert found.mean == pytest.approx(4), "the season of an even year is none"
    assert found.expected == pytest.approx(400)
    assert list(found.numbers.index) == [CALENDAR.parse(key) for key in reversed(KEYS)]
    assert found.shares["a"] == pytest.approx((36 + 2) / (36 + 4))
    assert found.by_owner().sum() == pytest.approx(found.expected)
    n = 9
    beyond = 4 * 0.05 / (n + 4)
    assert found.variation == pytest.approx(beyond * (1 + 1 / n) + 1 / (4 * n))


def test_deals_seen_before_the_day_and_outside_the_quarter_do_not_count() -> None:
    assert asked(bookings(dict.fromkeys(KEYS, 4), day=20)).mean == 0
    late = bookings(dict.fromkeys(KEYS, 4)).assign(booked_day=_day("2024Q1", 60))
    assert asked(late).numbers.to_dict() == {
        CALENDAR.parse(key): 4.0 if key == "2024Q1" else 0.0 for key in KEYS
    }, "those of earlier quarters were open deals on the day"
    running = pd.concat([bookings(dict.fromkeys(KEYS, 4)), bookings({"2024Q2": 50}, day=30)])
    assert asked(running).mean == pytest.approx(4), "the running quarter tells nothing of itself"


def test_a_season_raises_its_quarter_and_is_drawn_to_none() -> None:
    season = {key: 8 if key.endswith("Q2") else 2 for key in KEYS}
    spring, winter = asked(bookings(season)).mean, asked(bookings(season), "2024-02-14", "2024Q1").mean
    assert 3.5 < spring < 8
    assert winter < spring
    assert asked(bookings(season)).variation > asked(bookings(dict.fromkeys(KEYS, 4))).variation


def test_one_quarter_is_too_little_and_says_so() -> None:
    found = asked(bookings(dict.fromkeys(KEYS, 4)), began="2024-01-01")
    assert found.expected == 0
    assert found.missing is not None
    assert found.missing.n == 1


def test_amounts_by_hand() -> None:
    assert Amounts.learned(landmarks([])) == Amounts(1.0, 1.0, pytest.approx(0.3))
    found = Amounts.learned(landmarks([("in quarter", 100.0, 80.0)] * 100))
    overall = (8_000 + 100 * 100) / (10_000 + 100 * 100)
    inside = (8_000 + 100 * 100 * overall) / (10_000 + 100 * 100)
    assert (found.in_quarter, found.otherwise) == (pytest.approx(inside), pytest.approx(overall))
    assert found.spread == pytest.approx(np.sqrt(50 * 0.3**2 / 150)), "all closed at the same share"
    np.testing.assert_array_equal(
        found.ratio(pd.Series(["in quarter", "later"])), [found.in_quarter, found.otherwise]
    )
    wild = Amounts.learned(landmarks([("later", 1.0, 1e9)]))
    assert wild.otherwise < 1.1, "a placeholder does not carry the mean"


def landmarks(rows: list[tuple[str, float, float]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=["timing", "amount_company", "final_amount_company"])
    return table.assign(outcome_0="won")


@pytest.mark.parametrize("actual", [-1.5, 0.0, 0.7])
def test_crps_equals_the_integral(actual: float) -> None:
    draws = norm.ppf((np.arange(4_000) + 0.5) / 4_000)
    x = np.linspace(-8, 8, 40_001)
    integral = np.trapezoid((norm.cdf(x) - (x >= actual)) ** 2, x)
    assert crps(draws, actual) == pytest.approx(integral, abs=2e-3)
    assert crps(np.full(5, 3.0), 1.0) == pytest.approx(2.0)


def test_when_wins_come_by_hand() -> None:
    first, last = pd.Timestamp("2024-01-01"), pd.Timestamp("2024-03-31")
    rows = pd.DataFrame(
        {
            "landmark": [first] * 3 + [first + pd.Timedelta(days=7)],
            "first_day": first,
            "last_day": last,
            "outcome_0": ["won", "won", "lost", "won"],
            "closed_on": [first, last, first, last],
        }
    )
    wins = wins_over_time(rows)
    np.testing.assert_allclose(wins, [1 / 91, 1.0])
    assert share_won_by(wins, first, first, last) == 0.5
    assert share_won_by(wins, last, first, last) == 1.0
    assert share_won_by(wins[:0], last, first, last) == 0.0
