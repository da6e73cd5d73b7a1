"""What a deal is before anything happens: its size, its buyer's nature, and the buyer's own calendar."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from analytics.sample_company.arrays import NEVER, Bools, Floats, Ints, stream
from analytics.sample_company.days import Days
from analytics.sample_company.grounds import Grounds, draw_grounds
from analytics.sample_company.options import WorldOptions
from analytics.sample_company.people import TEAMS, People

SEGMENT_NAMES = ("SMB", "Mid-market", "Enterprise")
CURRENCIES = ("USD", "EUR", "GBP")
#: typical amount per segment, and its spread in logs
_TYPICAL_AMOUNT = np.array([13_000.0, 42_000.0, 125_000.0])
_AMOUNT_SPREAD = np.array([0.55, 0.65, 0.80])


@dataclass
class Traits:
    """Fixed facts per deal, as parallel arrays. Nobody in sales sees them directly."""

    born: Ints  # day index on which the buyer starts to look
    segment: Ints
    expansion: Bools
    fit: Floats  # how well the product suits
    pain: Floats  # how much the problem hurts
    champion: Floats  # how able and willing the champion is
    skill: Floats  # of the rep on the seat when the deal is born
    slow: Floats  # log speed of a slow territory
    stays: Floats  # hidden facts, if the world has them: from the champion on lowers the log rate of loss
    clock: Floats  # log factor on whatever the buyer does, good or bad
    competitor: Bools
    needs_security: Bools
    event_day: Ints  # day index of the compelling event; NEVER where there is none
    budget_day: Ints  # day index on which the buyer's budget is decided first
    amount: Floats  # list value in the deal's currency
    currency: Ints
    seat: Ints  # at birth
    duplicate_of: Ints  # row of the deal this one repeats by mistake; -1 = none

    def take(self, rows: Ints) -> Self:
        """The same facts for some rows (repeats allowed)."""
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def __len__(self) -> int:
        return len(self.born)


def draw_traits(options: WorldOptions, days: Days, people: People) -> tuple[Traits, Grounds]:
    """All deals of the world, in the order in which their buyers start, and their hidden facts."""
    rng = stream(options.seed, "traits")
    born = _births(options, days, rng)
    count = len(born)
    seat = rng.integers(0, options.reps, count)
    team = people.seat_team[seat]
    segment = _pick(np.array([row[2] for row in TEAMS])[team], rng)
    pain, fit = rng.standard_normal(count), rng.standard_normal(count)
    champion = 0.35 * pain + 0.25 * fit + 0.9 * rng.standard_normal(count)
    amount = _TYPICAL_AMOUNT[segment] * np.exp(_AMOUNT_SPREAD[segment] * rng.standard_normal(count))
    expansion = rng.random(count) < 0.28
    currency_share = np.array([(1 - row[3] - row[4], row[3], row[4]) for row in TEAMS])
    rep = people.occupant[seat, born]
    grounds = draw_grounds(options, count)
    traits = Traits(
        born=born,
        segment=segment,
        expansion=expansion,
        fit=fit + 0.5 * expansion,
        pain=pain,
        champion=champion,
        skill=np.where(people.is_rep[rep], people.skill[rep], 0.0),
        slow=np.where(people.slow_seat[seat], -0.32, 0.0),
        stays=grounds.stays,
        clock=grounds.clock,
        competitor=rng.random(count) < np.where(expansion, 0.15, 0.45),
        needs_security=rng.random(count) < np.array([0.25, 0.6, 0.9])[segment],
        event_day=_event_days(born, pain, segment, rng),
        budget_day=_budget_days(born, pain, expansion, rng),
        amount=np.maximum(amount * np.where(expansion, 0.6, 1.0), 2_000.0),
        currency=_pick(currency_share[team], rng),
        seat=seat,
        duplicate_of=np.full(count, -1),
    )
    _add_duplicates(traits, rng)
    return traits, grounds


def _births(options: WorldOptions, days: Days, rng: np.random.Generator) -> Ints:
    """Arrivals per business day: growing year by year, slow in August and late December."""
    until = days.index(options.last_day) + 1
    years = np.arange(until) / 260.0
    middle = years[-1] / 2
    month = days.dates[:until].astype("datetime64[M]").astype(np.int64) % 12 + 1
    season = np.where(month == 8, 0.75, np.where(month == 12, 0.7, np.where(month == 1, 1.2, 1.05)))
    rate = options.deals_per_quarter * 0.93 / 65.0 * np.exp(options.growth * (years - middle)) * season
    return np.repeat(np.arange(until), rng.poisson(rate))


def _pick(chances: Floats, rng: np.random.Generator) -> Ints:
    """One category per row from that row's chances."""
    picked: Ints = (rng.random(len(chances))[:, None] > np.cumsum(chances, axis=1)[:, :-1]).sum(axis=1)
    return picked


def _event_days(born: Ints, pain: Floats, segment: Ints, rng: np.random.Generator) -> Ints:
    """Buyers in pain more often have a date that cannot move; bigger buyers have it further away."""
    has = rng.random(len(born)) < 1 / (1 + np.exp(-(-0.5 + 0.7 * pain)))
    away = np.array([45, 75, 110])[segment] * rng.weibull(2.0, len(born)) + 12
    return np.where(has, born + away.astype(np.int64), NEVER)


def _budget_days(born: Ints, pain: Floats, expansion: Bools, rng: np.random.Generator) -> Ints:
    """Some budgets are decided before the first meeting, the others on the buyer's calendar."""
    already = rng.random(len(born)) < 1 / (1 + np.exp(-(-0.7 + 0.4 * pain + 0.6 * expansion)))
    away = (5 + 55 * rng.weibull(1.5, len(born))).astype(np.int64)
    return np.where(already, born - 1, born + away)


def _add_duplicates(traits: Traits, rng: np.random.Generator) -> None:
    """A few deals are entered twice: the second one repeats a deal born shortly before."""
    count = len(traits)
    for row in np.flatnonzero(rng.random(count) < 0.004):
        original = row - int(rng.integers(1, 25))
        if original < 0 or traits.duplicate_of[original] >= 0:
            continue
        traits.duplicate_of[row] = original
        for column in (traits.seat, traits.segment, traits.currency, traits.amount, traits.expansion):
            column[row] = column[original]
