"""The luck that all deals of a quarter share: how large it was in past quarters, what this one shows so far.

One-factor model (methods.md B3): a deal with chance p is won where e < (c + sqrt(rho) F) / sqrt(1 - rho),
with c the normal quantile of p, e its own luck and F the quarter's, both standard normal. Averaged over F
the chance is p again. A deal-level model knows no quarter's F beforehand; while the quarter runs, the deals
won so far tell about it (Bayes' rule).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri
from scipy.stats import lognorm, norm

#: Shared luck by a latent correlation; methods.md B3: prior .05, bounds .01 to .20.
RHOS: np.ndarray = np.geomspace(0.01, 0.20, 13)
_PRIOR = lognorm(s=0.7, scale=0.05)
#: The grid of F, and its weights before the quarter begins.
GRID: np.ndarray = np.linspace(-4, 4, 81)
_STANDARD: np.ndarray = norm.pdf(GRID) / norm.pdf(GRID).sum()
_TINY = 1e-9
#: What the quarter has shown so far counts half at most: early wins also say when deals close, not only how
#: many; and towards its end the open deals speak for themselves (chosen on development worlds).
_PERSISTENCE = 0.5


@dataclass(frozen=True)
class Cohort:
    """The deals open when a quarter began, by their chances to be won in it, and how many of them were."""

    chances: np.ndarray
    won: int


def thresholds(chances: np.ndarray) -> np.ndarray:
    """Chances (0-1) -> normal quantiles, finite."""
    found: np.ndarray = ndtri(np.clip(chances, _TINY, 1 - _TINY))
    return found


def given(cuts: float | np.ndarray, rho: float | np.ndarray, luck: float | np.ndarray) -> np.ndarray:
    """Chances of deals with thresholds `cuts` where the quarter's luck is known (arrays broadcast)."""
    found: np.ndarray = ndtr((cuts + np.sqrt(rho) * luck) / np.sqrt(1 - np.asarray(rho)))
    return found


def rho_weights(past: Sequence[Cohort]) -> np.ndarray:
    """How likely each of RHOS is after the past quarters: prior x likelihood of the numbers of deals won.

    Without past quarters the prior alone. Each quarter is one observation, whatever its number of deals.
    """
    logs = np.log(_PRIOR.pdf(RHOS) * RHOS)  # the grid is even in log(rho)
    for cohort in past:
        cuts = thresholds(cohort.chances)
        for at, rho in enumerate(RHOS):
            chances = given(cuts[None, :], rho, GRID[:, None])
            mean, variance = chances.sum(axis=1), (chances * (1 - chances)).sum(axis=1)
            likely = norm.pdf(cohort.won, mean, np.sqrt(variance + _TINY))
            logs[at] += np.log((likely * _STANDARD).sum() + 1e-300)
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())


def luck_weights(cohort: Cohort | None, share_by_now: float, rho: float) -> np.ndarray:
    """How likely each value of GRID is, given how many of the quarter's first deals are won so far.

    `cohort`: with the number won up to now; None before the quarter. `share_by_now`: which share of such
    deals' wins past quarters had by this day (0-1).
    """
    if cohort is None or share_by_now <= 0 or not len(cohort.chances):
        return _STANDARD
    expected = share_by_now * given(thresholds(cohort.chances)[None, :], rho, GRID[:, None]).sum(axis=1)
    counts = _PERSISTENCE * (1 - share_by_now**2)
    logs = np.log(_STANDARD) + counts * (cohort.won * np.log(expected + _TINY) - expected)
    weights = np.exp(logs - logs.max())
    return np.asarray(weights / weights.sum())
