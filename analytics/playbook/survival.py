"""How long something takes when some are not through yet: they count with the time so far (Kaplan, Meier)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import stats


@dataclass(frozen=True)
class Left:
    """The share that is left after each of `days` (ascending), with its interval."""

    days: np.ndarray
    share: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def until(self, share: float) -> tuple[float, float, float]:
        """The day on which no more than `share` are left, and its interval; NaN where nobody saw it."""
        low, high = self.low, self.high  # fewer left: sooner
        middle, soonest, latest = (self._reached(line, share) for line in (self.share, low, high))
        return middle, soonest, latest

    def _reached(self, line: np.ndarray, share: float) -> float:
        below = np.flatnonzero(line <= share + 1e-9)
        return float(self.days[below[0]]) if len(below) else np.nan


def left_after(days: np.ndarray, through: np.ndarray, covered: float) -> Left:
    """`days`: waited; `through`: whether it was over then. Greenwood's variance, interval on the log-log
    scale, so that it stays within 0 and 1."""
    at, codes = np.unique(days, return_inverse=True)
    ended = np.bincount(codes, weights=through.astype(float), minlength=len(at))
    here = np.bincount(codes, minlength=len(at)).astype(float)
    at_risk = here[::-1].cumsum()[::-1]
    share = np.cumprod(1 - ended / at_risk)
    still = at_risk - ended
    grown = np.divide(ended, at_risk * still, out=np.zeros_like(ended), where=still > 0)
    error = np.sqrt(np.cumsum(grown))
    inside = (share > 1e-12) & (share < 1)
    log = np.log(np.where(inside, share, 0.5))
    reach = stats.norm.ppf((1 + covered) / 2) * error / np.abs(log)
    low = np.where(inside, np.exp(log * np.exp(reach)), share)
    high = np.where(inside, np.exp(log * np.exp(-reach)), share)
    if len(share) and not inside[-1] and share[-1] <= 1e-12:  # after the last one nobody is left to tell
        low[-1], high[-1] = 0.0, high[-2] if len(high) > 1 else 1.0
    return Left(at, share, low, high)
