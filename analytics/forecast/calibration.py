"""Whether deals came true as often as their chances said, beside what chance alone would show."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.special import ndtr

from analytics.forecast.accuracy import CONFIDENCE, FEWEST
from analytics.intervals import wilson
from analytics.problems import NotEnough

_SIMULATIONS = 300
_FEWEST_DEALS = 100


@dataclass(frozen=True)
class Calibration:
    """Chances of past quarters' open deals against what happened.

    `bins`: equal numbers of rows by rising chance: said, happened (mean shares), low, high (Wilson interval
    of `happened`), noise_low, noise_high (between which perfectly calibrated chances would fall nine times of
    ten), n (deals; one that is open in several quarters counts in each). `error`: mean |said - happened|;
    `noise`: what perfectly calibrated chances would show on average, `noise_high`: and in the worst of twenty
    cases; an error below it is no sign of bad chances.
    """

    bins: pd.DataFrame
    error: float
    noise: float
    noise_high: float
    deals: int
    quarters: int


def calibration(
    deals: pd.DataFrame, chance: str = "p_won", *, bins: int = 10, rho: float = 0.0, seed: int = 0
) -> Calibration | NotEnough:
    """`deals`: of `Record`; `chance`: p_won, p_stage or p_category.

    The noise is simulated: each deal of a quarter has one luck in all its weeks, so that weeks add no
    certainty; `rho` is the latent correlation between the deals of a quarter (0: none).
    """
    table = deals.dropna(subset=[chance]).reset_index(drop=True) if len(deals) else deals
    quarters = table["quarter"].nunique() if len(table) else 0
    if quarters < FEWEST:
        return NotEnough(f"{FEWEST} past quarters are needed to check the chances", quarters)
    unit, names = pd.factorize(table["quarter"] + "\\t" + table["deal_id"])
    if len(names) < _FEWEST_DEALS:
        return NotEnough(f"{_FEWEST_DEALS} past deals are needed to check the chances", len(names))
    said = table[chance].to_numpy(float)
    place = pd.qcut(pd.Series(said).rank(method="first"), bins, labels=False).to_numpy(int)
    size = np.bincount(place)
    means = np.bincount(place, said) / size
    happened = np.bincount(place, table["is_won"].to_numpy(float)) / size
    n = pd.Series(unit).groupby(place).nunique().to_numpy()
    luck = _Luck(unit, pd.factorize(table["quarter"])[0], rho)
    simulated = np.stack([np.bincount(place, luck.draw(rng) < said, bins) / size for rng in _streams(seed)])
    apart = np.abs(simulated - means) @ size / size.sum()
    around = [wilson(float(share), int(many)) for share, many in zip(happened, n, strict=True)]
    edge = (1 - CONFIDENCE) / 2
    noise_low, noise_high = np.quantile(simulated, [edge, 1 - edge], axis=0)
    found = pd.DataFrame({"said": means, "happened": happened, "n": n})
    found[["low", "high"]] = around
    return Calibration(
        found.assign(noise_low=noise_low, noise_high=noise_high),
        float(np.abs(happened - means) @ size / size.sum()),
        float(apart.mean()),
        float(np.quantile(apart, 0.95)),
        len(names),
        quarters,
    )


@dataclass(frozen=True)
class _Luck:
    """Uniform luck per row: the same for all weeks of a deal in a quarter, in part for all deals of one."""

    unit: np.ndarray
    quarter: np.ndarray
    rho: float

    def draw(self, rng: np.random.Generator) -> np.ndarray:
        own = rng.standard_normal(self.unit.max() + 1)[self.unit]
        shared = rng.standard_normal(self.quarter.max() + 1)[self.quarter]
        return np.asarray(ndtr(np.sqrt(1 - self.rho) * own + np.sqrt(self.rho) * shared))


def _streams(seed: int) -> list[np.random.Generator]:
    return [np.random.default_rng([seed, number]) for number in range(_SIMULATIONS)]
