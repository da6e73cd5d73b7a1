"""Hidden facts of a buyer, one per question, for worlds in which it is known which questions matter.

They are independent of the pain, the fit, the champion and of each other. How much each of them moves the
buyer is an option of the world; the answers report them, well or badly, whether they move anybody or not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from analytics.sample_company.arrays import Floats, stream
from analytics.sample_company.options import WorldOptions
from analytics.store.subjects import QUESTIONS


@dataclass(frozen=True)
class Grounds:
    """`facts`: deal x question, standard normal; the rest per deal, 0 in a world without them."""

    facts: Floats
    stays: Floats  # from the champion on lowers the log rate of loss, and speeds up
    clock: Floats  # log factor on everything the buyer does: sooner won and sooner lost alike


def draw_grounds(options: WorldOptions, count: int) -> Grounds:
    """The hidden facts of all deals, and what they do to their buyers."""
    nothing = np.zeros(count)
    if not options.has_grounds:
        return Grounds(np.zeros((count, len(QUESTIONS))), nothing, nothing)
    facts = stream(options.seed, "grounds").standard_normal((count, len(QUESTIONS)))
    none = (0.0,) * len(QUESTIONS)
    stays, clock = (facts @ np.array(weights or none) for weights in (options.matters, options.matters_dates))
    return Grounds(facts, stays, clock)
