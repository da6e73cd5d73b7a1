"""Running the buyers through time: the world's own history, and its frozen state at any day of it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from analytics.sample_company import economy
from analytics.sample_company.arrays import Floats, Ints, stream
from analytics.sample_company.buyer import (
    LOST,
    UNBORN,
    WON,
    BuyerState,
    give_birth,
    step,
    today,
    unborn,
)
from analytics.sample_company.days import Days, calendar
from analytics.sample_company.grounds import Grounds
from analytics.sample_company.options import WorldOptions
from analytics.sample_company.people import People, hire_everybody
from analytics.sample_company.traits import Traits, draw_traits


@dataclass(frozen=True)
class Stage:
    """Everything that is fixed before the first day: calendar, people, deals-to-be and the economy."""

    options: WorldOptions
    days: Days
    people: People
    traits: Traits
    factors: Floats  # weeks x (common, segments)
    grounds: Grounds

    def factor(self, day: int, segment: Ints) -> Floats:
        """The log speed that the economy gives each segment's deals on a day."""
        levels = self.factors[self.days.week[day]]
        return np.asarray(levels[0] + levels[1 + segment])


def set_stage(options: WorldOptions) -> Stage:
    """Draw what is fixed from the seed."""
    days = calendar(options)
    people = hire_everybody(options, days)
    weeks = int(days.week[days.index(options.last_day)]) + 1
    factors = economy.history(weeks, options, stream(options.seed, "economy"))
    traits, grounds = draw_traits(options, days, people)
    return Stage(options, days, people, traits, factors, grounds)


def live_through(stage: Stage, until: int) -> Iterator[tuple[int, Ints, BuyerState]]:
    """Day by day up to day index `until`: (day, rows that lived that day, state of all deals).

    The state is the same object every day; whoever wants to keep it takes a copy.
    """
    options, traits = stage.options, stage.traits
    state = unborn(traits)
    starts = np.searchsorted(traits.born, np.arange(until + 2))
    for day in range(until + 1):
        rng = stream(options.seed, "buyer", day)
        give_birth(state, traits, np.arange(starts[day], starts[day + 1]))
        rows = _living(state, int(starts[day + 1]))
        here, who = state.take(rows), traits.take(rows)
        step(here, who, today(stage.days, day), stage.factor(day, who.segment), options, rng)
        state.put(rows, here)
        yield day, rows, state


def _living(state: BuyerState, count: int) -> Ints:
    """Deals that can still change: born and not closed for good."""
    status = state.status[:count]
    over = (status == UNBORN) | (status == WON) | ((status == LOST) & ~state.may_return[:count])
    return np.flatnonzero(~over)


def state_at(stage: Stage, day: int) -> BuyerState:
    """The true state of all deals at the end of a day, by living the same history once more."""
    state = unborn(stage.traits)
    for _, _, now in live_through(stage, day):
        state = now
    return state
