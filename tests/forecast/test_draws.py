"""Simulated quarters: right on average, wide where little is known, each deal won once at most."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.forecast.draws import Drawn, Outlook, drawn_deal, simulate
from analytics.forecast.later_deals import LaterDeals
from analytics.forecast.luck import RHOS, Cohort, rho_weights


def later(mean: float = 0.0, variation: float = 0.05) -> LaterDeals:
    amounts = np.array([50.0, 150.0]) if mean else np.zeros(0)
    return LaterDeals(mean, variation, amounts, pd.Series([0.5, 0.5], ["a", "b"]), pd.Series(dtype=float))


def outlook(chances: np.ndarray, *, rho: float | None = None, wide: float = 0.0, **more: Any) -> Outlook:
    """Deals of 100 of the owners a and b in turn; `wide`: spread of the redrawn chances' thresholds."""
    table = np.asarray(chances, dtype=float)
    table = table[:, None] if table.ndim == 1 else table
    n, quarters = table.shape
    weights = rho_weights([]) if rho is None else (np.abs(RHOS - rho) == np.abs(RHOS - rho).min())
    moved = np.random.default_rng(1).standard_normal((40, 1, 1)) * wide
    logit = np.log(np.clip(table, 1e-12, 1 - 1e-12) / np.clip(1 - table, 1e-12, 1))
    redrawn = 1 / (1 + np.exp(-(logit[None] + moved)))
    given: dict[str, Any] = {
        "deal_ids": pd.Index([f"d{at}" for at in range(n)]),
        "owner_ids": np.array([["a", "b"][at % 2] for at in range(n)], dtype=object),
        "chances": table,
        "redrawn": redrawn,
        "amounts": np.full(n, 100.0),
        "spread": 0.3,
        "rho": np.asarray(weights, dtype=float),
        "cohort": None,
        "share_by_now": 0.0,
        "later": [later()] * quarters,
    }
    return Outlook(**(given | more))


def ends(drawn: Drawn) -> np.ndarray:
    return drawn.by_owner(pd.Index(["a", "b"])).sum(axis=1)


def width(one: Outlook) -> float:
    low, high = np.quantile(ends(simulate(one)[0]), [0.1, 0.9])
    return float(high - low)


@pytest.mark.parametrize("wide", [0.0, 0.5])
@pytest.mark.parametrize("mean", [0.0, 6.0])
def test_the_mean_draw_is_what_is_expected(mean: float, wide: float) -> None:
    one = outlook(np.linspace(0.02, 0.95, 60), wide=wide, later=[later(mean)])
    found = ends(simulate(one)[0])
    expected = one.adjusted()[:, 0] @ one.amounts + mean * 100
    assert abs(found.mean() - expected) < 5 * found.std() / np.sqrt(len(found))


@pytest.mark.parametrize("won", [0, 5, 20])
def test_what_the_quarter_shows_moves_draws_and_expected_alike(won: int) -> None:
    chances = np.full(40, 0.3)
    one = outlook(chances, rho=0.1, cohort=Cohort(chances, won), share_by_now=0.5, later=[later(4.0)])
    found = ends(simulate(one)[0])
    expected = one.adjusted()[:, 0].sum() * 100 + 400 * one.later_factor(one.adjusted())
    assert abs(found.mean() - expected) < 5 * found.std() / np.sqrt(len(found))


def test_a_deal_is_won_in_one_quarter_at_most() -> None:
    one = outlook(np.full((30, 4), 0.6), wide=0.5)
    times = sum((drawn.won > 0).astype(int).toarray() for drawn in simulate(one, draws=2_000))
    assert times.max() == 1
    share = times.mean()
    assert share == pytest.approx(1 - 0.4**4, abs=0.02)


def test_zero_is_never_and_one_is_always() -> None:
    one = outlook(np.array([0.0, 1.0, 0.5]), wide=0.5)
    won = (simulate(one)[0].won > 0).toarray()
    assert not won[:, 0].any()
    assert won[:, 1].all()
    assert 0.3 < won[:, 2].mean() < 0.7


def test_equal_seeds_give_equal_draws() -> None:
    one = outlook(np.full(20, 0.3), wide=0.2, later=[later(3.0)])
    first, second, other = (ends(simulate(one, seed=seed)[0]) for seed in (4, 4, 5))
    np.testing.assert_array_equal(first, second)
    assert (first != other).any()


def test_shared_luck_thin_history_and_varying_numbers_widen_the_range() -> None:
    chances = np.full(100, 0.3)
    assert width(outlook(chances, rho=0.2)) > 1.3 * width(outlook(chances, rho=0.01))
    assert width(outlook(chances, wide=0.8)) > 1.3 * width(outlook(chances, wide=0.1))
    few, many = (width(outlook(chances, later=[later(20.0, one)])) for one in (0.6, 0.02))
    assert few > many


def test_luck_is_shared_between_owners() -> None:
    both = simulate(outlook(np.full(200, 0.3), rho=0.2))[0].by_owner(pd.Index(["a", "b"]))
    alone = simulate(outlook(np.full(200, 0.3), rho=0.01))[0].by_owner(pd.Index(["a", "b"]))
    together, apart = (np.corrcoef(one.T)[0, 1] for one in (both, alone))
    assert together > 0.7 > 0.5 > apart


def test_no_deals_are_no_money() -> None:
    found = simulate(outlook(np.zeros((0, 2))))
    assert [ends(one).sum() for one in found] == [0.0, 0.0]


@pytest.mark.parametrize("chance", [0.0, 0.05, 0.5, 0.9, 1.0])
def test_a_deal_drawn_anew_has_its_chance_although_the_quarter_runs_well(chance: float) -> None:
    first = np.full(40, 0.2)
    one = outlook(first, rho=0.15, cohort=Cohort(first, 20), share_by_now=0.4)
    drawn = simulate(one)[0]
    assert drawn.luck.mean() > 0.5, "the test's premise"
    found = drawn_deal(drawn, 3, chance, 100.0)
    assert (found > 0).mean() == pytest.approx(chance, abs=0.02)
    assert found.mean() == pytest.approx(100 * chance, abs=4)
