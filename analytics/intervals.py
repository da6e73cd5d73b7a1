"""How far a counted share may be from the true one. A leaf: imports nothing of ours."""

from __future__ import annotations

import math

from scipy.stats import norm


def wilson(share: float, n: int, confidence: float = 0.90) -> tuple[float, float]:
    """Wilson's interval of a share of n; NaN without any.

    The share may be a mean over weeks, n times it no whole number.
    """
    if not n:
        return math.nan, math.nan
    z2 = float(norm.ppf(0.5 + confidence / 2)) ** 2
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n**2))) / (1 + z2 / n)
    # it holds the share itself: rounding leaves it out where the share is 0 or 1
    return min(max(middle - half, 0.0), share), max(min(middle + half, 1.0), share)
