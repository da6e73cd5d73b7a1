"""The strategic layer: whether a rep states less, or more, than they believe, and on which deal.

This is a choice on top of honest observation. It never touches the buyer.
"""

from __future__ import annotations

import numpy as np

from analytics.sample_company.arrays import Bools, Floats, Ints, stream
from analytics.sample_company.options import WorldOptions
from analytics.sample_company.people import HAPPY, HONEST, SANDBAG

#: Share of a sandbagger's deals that are understated, before and after the quarter's target is met.
SHARE_BEFORE_TARGET, SHARE_AFTER_TARGET = 0.55, 0.85
SHARE_HAPPY = 0.60


class Temperament:
    """What each deal would suffer under a rep with a strategy; drawn once per deal."""

    def __init__(self, options: WorldOptions, count: int) -> None:
        rng = stream(options.seed, "strategy")
        self.chance = rng.random(count)
        self.shift_days = rng.integers(30, 80, count)
        self.shrink = rng.uniform(0.70, 0.92, count)
        self.inflate = rng.uniform(1.05, 1.30, count)
        self.entry_delay = rng.integers(8, 45, count)
        self.lowers_stage = rng.random(count) < 0.6
        self.comes_clean = rng.random(count) < 0.45

    def bias(self, rows: Ints, style: Ints, target_met: Bools, near_signature: Bools) -> Ints:
        """The bias in force on each deal today: SANDBAG, HONEST or HAPPY.

        Some sandbagged deals come clean shortly before the signature.
        """
        share = np.where(target_met, SHARE_AFTER_TARGET, SHARE_BEFORE_TARGET)
        hides = (style == SANDBAG) & (self.chance[rows] < share)
        hides &= ~(near_signature & self.comes_clean[rows])
        cheers = (style == HAPPY) & (self.chance[rows] < SHARE_HAPPY)
        return np.where(hides, SANDBAG, np.where(cheers, HAPPY, HONEST))

    def amount(self, rows: Ints, bias: Ints) -> Floats:
        """Factor on the amount that is believed."""
        return np.where(bias == SANDBAG, self.shrink[rows], np.where(bias == HAPPY, self.inflate[rows], 1.0))

    def remaining_days(self, rows: Ints, bias: Ints, days: Floats) -> Floats:
        """Calendar days to the close as stated, from those believed."""
        later = days + self.shift_days[rows]
        return np.where(bias == SANDBAG, later, np.where(bias == HAPPY, 0.6 * days, days))

    def stage_shift(self, rows: Ints, bias: Ints) -> Ints:
        """Stages lower or higher than believed."""
        return np.where(self.lowers_stage[rows], bias, 0)

    def category_shift(self, bias: Ints) -> Floats:
        """On the scale on which a category is judged (about one stage)."""
        return np.where(bias == SANDBAG, -1.2, np.where(bias == HAPPY, 0.9, 0.0))
