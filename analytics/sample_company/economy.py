"""What all deals have in common: a slow common factor, and one per segment, week by week.

A factor is a log speed. It reverts slowly to zero, so that a quarter as a whole is good or bad,
while its level on a day says all there is to know about its future.
"""

from __future__ import annotations

import numpy as np

from analytics.sample_company.arrays import Floats
from analytics.sample_company.options import WorldOptions

#: Share of a week's level that is left a week later (half-life about ten weeks).
PERSISTENCE = 0.93
SEGMENTS = 3


def weeks_ahead(
    start: Floats, weeks: int, paths: int, options: WorldOptions, rng: np.random.Generator
) -> Floats:
    """Continue `start` (1 + SEGMENTS levels) for some weeks; returns paths x (weeks + 1) x levels.

    The first week of every path is `start` itself.
    """
    sd = np.array([options.common_factor] + [options.segment_factor] * SEGMENTS)
    shocks = rng.standard_normal((weeks, paths, 1 + SEGMENTS)) * sd * np.sqrt(1 - PERSISTENCE**2)
    levels = np.empty((paths, weeks + 1, 1 + SEGMENTS))
    levels[:, 0] = start
    for week in range(weeks):
        levels[:, week + 1] = PERSISTENCE * levels[:, week] + shocks[week]
    return levels


def history(weeks: int, options: WorldOptions, rng: np.random.Generator) -> Floats:
    """The world's own path: weeks x (common, then one per segment)."""
    sd = np.array([options.common_factor] + [options.segment_factor] * SEGMENTS)
    start = rng.standard_normal(1 + SEGMENTS) * sd
    only: Floats = weeks_ahead(start, weeks, 1, options, rng)[0]
    return only
