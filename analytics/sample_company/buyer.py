"""The buyer: milestones, clocks, queues and gates. The one place where a deal's fate is decided.

A day's transition (`step`) is the same code for the world's own history and for the continuations of
the exact oracle. It uses nothing but the state, the fixed traits, the calendar and the factors.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Self

import numpy as np

from analytics.sample_company.arrays import NEVER, Bools, Floats, Ints
from analytics.sample_company.days import Days
from analytics.sample_company.options import WorldOptions
from analytics.sample_company.traits import Traits

#: Milestones, in order. A deal is in the phase whose work is under way.
PHASES = (
    "problem recognised",
    "evaluation",
    "champion",
    "economic buyer",
    "security review",
    "legal and procurement",
    "ready to sign",
)
PROBLEM, EVALUATION, CHAMPION, ECONOMIC_BUYER, SECURITY, LEGAL, READY = range(7)

UNBORN, ACTIVE, SIGNED, DEAD, WON, LOST = range(6)
#: Why a deal is dead.
REASONS = ("", "no decision", "competitor", "budget refused", "duplicate")
NO_REASON, NO_DECISION, COMPETITOR, BUDGET_REFUSED, DUPLICATE = range(5)

#: business days a phase takes, per segment (SMB, mid-market, enterprise)
_PHASE_DAYS = np.array(
    [
        [18, 27, 22, 18, 16, 13, 7],
        [28, 42, 33, 27, 26, 20, 10],
        [37, 56, 44, 36, 36, 27, 12],
    ],
    dtype=np.float64,
)
_LOSS_PER_DAY = np.array([0.0062, 0.0070, 0.0085, 0.0095, 0.0110, 0.0125, 0.0135])
_LOSS_PACE = np.array([1.35, 0.95, 0.68])
_SHAPE = 1.7


@dataclass
class BuyerState:
    """Where each buyer stands at the end of a day. Can be copied, repeated and continued."""

    status: Ints
    phase: Ints
    days_in_phase: Ints
    queue: Ints  # how many contracts lie before ours in the buyer's legal queue
    progress: Floats  # used by the 'threshold' family only
    has_budget: Bools
    budget_day: Ints  # of the next decision, or of the one that granted it
    reason: Ints
    signed_on: Ints  # day index, NEVER before
    may_return: Bools

    def take(self, rows: Ints) -> Self:
        """A copy of the state of some rows (repeats allowed)."""
        return type(self)(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    def put(self, rows: Ints, other: BuyerState) -> None:
        """Write back what `take(rows)` gave and `step` changed."""
        for field in fields(self):
            getattr(self, field.name)[rows] = getattr(other, field.name)


@dataclass(frozen=True)
class Today:
    """What the calendar says to every buyer on one day."""

    index: int
    closing_push: float  # on signatures
    late_push: float  # on the work of legal and security
    loss_purge: float  # on reps' wish to clean up
    is_working: float  # slower in holidays


def today(days: Days, index: int) -> Today:
    """The season of a day: pushes before quarter and month ends, a slow August and Christmas."""
    quarter, month = float(days.to_quarter_end[index]), float(days.to_month_end[index])
    is_last_quarter = days.quarter[index] % 4 == 3
    number = days.dates[index].astype("datetime64[M]").astype(int) % 12 + 1
    push = 0.24 + 6.0 * np.exp(-quarter / 4.5) * (1.25 if is_last_quarter else 1.0)
    push += 0.6 * np.exp(-month / 2.0)
    return Today(
        index=index,
        closing_push=float(push),
        late_push=float(1 + 1.3 * np.exp(-quarter / 9.0)),
        loss_purge=float(1 + 9 * np.exp(-month / 0.8) + 10 * np.exp(-quarter / 1.0)),
        is_working=0.75 if number == 8 else 1.0,
    )


def unborn(traits: Traits) -> BuyerState:
    """The state before the first day."""
    count = len(traits)
    return BuyerState(
        status=np.full(count, UNBORN),
        phase=np.zeros(count, dtype=np.int64),
        days_in_phase=np.zeros(count, dtype=np.int64),
        queue=np.zeros(count, dtype=np.int64),
        progress=np.zeros(count),
        has_budget=np.zeros(count, dtype=bool),
        budget_day=traits.budget_day.copy(),
        reason=np.zeros(count, dtype=np.int64),
        signed_on=np.full(count, NEVER),
        may_return=np.zeros(count, dtype=bool),
    )


def give_birth(state: BuyerState, traits: Traits, rows: Ints) -> None:
    """Start these deals; a deal entered twice is dead from the start."""
    twin = traits.duplicate_of[rows] >= 0
    state.status[rows] = np.where(twin, DEAD, ACTIVE)
    state.reason[rows] = np.where(twin, DUPLICATE, NO_REASON)


def step(
    state: BuyerState,
    traits: Traits,
    now: Today,
    factor: Floats,
    options: WorldOptions,
    rng: np.random.Generator,
) -> None:
    """One business day for these buyers and for the reps who close their deals in the CRM, in place."""
    chance = rng.random((5, len(state.status)))
    speed = _speed(state, traits, now, factor)
    active = state.status == ACTIVE
    _record_closes(state, now, chance[0])
    _return_from_lost(state, chance[0])
    _decide_budget(state, traits, now, factor, active, chance[1])
    active &= state.status == ACTIVE
    dies = active & (chance[2] < 1 - np.exp(-_loss_rate(state, traits, now, factor)))
    _die(state, traits, dies, chance[3])
    active &= ~dies
    moves = active & _finishes_phase(state, traits, now, speed, options, chance[3], rng)
    moves &= (state.phase < READY) | state.has_budget
    signs = moves & (state.phase == READY)
    _advance(state, traits, moves & ~signs, chance[4])
    _sign(state, now, signs, chance[4])
    state.days_in_phase[active & ~moves] += 1


def _speed(state: BuyerState, traits: Traits, now: Today, factor: Floats) -> Floats:
    """How fast this buyer works today, 1 = as planned."""
    until_event = traits.event_day - now.index
    pull = np.where((until_event >= 0) & (until_event < 60), 1.0 - until_event / 60.0, 0.0)
    log_speed = factor + traits.slow + 0.16 * traits.skill + 0.22 * traits.pain + 1.0 * pull
    log_speed += np.where(state.phase >= CHAMPION, 0.28 * traits.champion, 0.0)
    log_speed += np.where(traits.expansion, 0.35, 0.0)
    log_speed += np.where(state.phase >= CHAMPION, 0.5 * traits.stays, 0.0) + traits.clock
    speed: Floats = np.exp(log_speed) * now.is_working
    return speed


def _loss_rate(state: BuyerState, traits: Traits, now: Today, factor: Floats) -> Floats:
    """The day's hazard of ending in no decision or with a competitor."""
    rate = _LOSS_PER_DAY[state.phase] * _LOSS_PACE[traits.segment]
    log_odds = -0.30 * factor - 0.42 * traits.pain - 0.25 * traits.fit - 0.15 * traits.skill
    log_odds = log_odds - np.where(state.phase >= CHAMPION, 0.35 * traits.champion, 0.0)
    log_odds = log_odds + np.where(traits.competitor, 0.25 - 0.25 * traits.fit, 0.0)
    log_odds = log_odds - np.where(state.phase >= CHAMPION, traits.stays, 0.0) + traits.clock
    stalled = state.days_in_phase > 2.0 * _PHASE_DAYS[traits.segment, state.phase]
    missed = (now.index > traits.event_day) & (state.phase < LEGAL)
    rate = rate * np.exp(log_odds) * np.where(stalled, 2.2, 1.0) * np.where(missed, 1.6, 1.0)
    return np.asarray(rate * np.where(state.has_budget, 0.7, 1.0))


def _finishes_phase(
    state: BuyerState,
    traits: Traits,
    now: Today,
    speed: Floats,
    options: WorldOptions,
    chance: Floats,
    rng: np.random.Generator,
) -> Bools:
    """Which buyers finish the work of their phase today; a signature also waits for its season."""
    scale = _PHASE_DAYS[traits.segment, state.phase] / speed
    late = (state.phase >= SECURITY) & (state.phase < READY)
    scale = np.where(late, scale / now.late_push, scale)
    scale = np.where(state.phase == READY, scale / now.closing_push, scale)
    if options.hazard == "threshold":
        noise = 0.30 / np.sqrt(scale) * rng.standard_normal(len(scale))
        state.progress += np.where(state.status == ACTIVE, 1.0 / scale + noise, 0.0)
        return np.where(state.phase == READY, chance < 1 - np.exp(-1 / scale), state.progress >= 0.9)
    if options.hazard == "proportional":
        return chance < 1 - np.exp(-1.1 / scale)
    age = (state.days_in_phase + 0.5) / scale
    shape = np.where(state.phase == READY, 1.0, _SHAPE)
    done: Bools = chance < 1 - np.exp(-shape / scale * age ** (shape - 1))
    return _serve_queue(state, scale, done, chance)


def _serve_queue(state: BuyerState, scale: Floats, done: Bools, chance: Floats) -> Bools:
    """Legal works off a queue, one contract at a time; ours is done when none lies before it."""
    in_legal = (state.phase == LEGAL) & (state.status == ACTIVE)
    served = in_legal & (chance < 1 - np.exp(-3.0 / scale))
    finished: Bools = np.where(in_legal, served & (state.queue == 0), done)
    state.queue -= served & (state.queue > 0)
    return finished


def _decide_budget(
    state: BuyerState, traits: Traits, now: Today, factor: Floats, active: Bools, chance: Floats
) -> None:
    """The budget gate: on its date and with the economic buyer engaged it is granted, moved or refused."""
    due = active & ~state.has_budget & (now.index >= state.budget_day)
    too_early = due & (state.phase < ECONOMIC_BUYER) & (state.budget_day >= traits.born)
    state.budget_day[too_early] = now.index + 16
    due &= state.phase >= ECONOMIC_BUYER
    granted = 1 / (1 + np.exp(-(1.1 + 0.7 * traits.pain + 0.35 * traits.champion + 0.4 * factor)))
    grant = due & (chance < granted)
    refuse = due & ~grant & (chance > 1 - 0.45 * (1 - granted))
    state.has_budget |= grant
    state.budget_day[grant] = now.index
    state.budget_day[due & ~grant] = now.index + 32
    state.status[refuse] = DEAD
    state.reason[refuse] = BUDGET_REFUSED


def _die(state: BuyerState, traits: Traits, dies: Bools, chance: Floats) -> None:
    to_rival = dies & traits.competitor & (state.phase >= EVALUATION) & (chance < 0.6)
    state.status[dies] = DEAD
    state.reason[dies] = NO_DECISION
    state.reason[to_rival] = COMPETITOR


def _advance(state: BuyerState, traits: Traits, moves: Bools, chance: Floats) -> None:
    """On to the next phase; buyers without a security review pass it by, legal assigns a place in line."""
    state.phase += moves
    state.phase += moves & (state.phase == SECURITY) & ~traits.needs_security
    state.days_in_phase[moves] = 0
    state.progress[moves] = 0.0
    enters_legal = moves & (state.phase == LEGAL)
    line = np.floor(-np.log1p(-chance) * (1.0 + 0.8 * traits.segment) + 0.5).astype(np.int64)
    state.queue[enters_legal] = line[enters_legal]


def _sign(state: BuyerState, now: Today, signs: Bools, chance: Floats) -> None:
    """A signature: nearly always in the CRM on the same day, sometimes noted days later (back-dated)."""
    state.signed_on[signs] = now.index
    state.status[signs] = np.where(chance[signs] < 0.95, WON, SIGNED)


def _record_closes(state: BuyerState, now: Today, chance: Floats) -> None:
    """Reps note late signatures within days, and dead deals when they clean up at month end."""
    late = (state.status == SIGNED) & (chance < 0.35)
    state.status[late] = WON
    rate = np.where(state.reason == DUPLICATE, 0.10, 0.013) * now.loss_purge
    rate = np.where(state.reason == COMPETITOR, 1.6 * rate, rate)
    noted = (state.status == DEAD) & (chance < 1 - np.exp(-rate))
    state.status[noted] = LOST
    again = noted & (state.reason == NO_DECISION) & (np.modf(chance * 977.0)[0] < 0.03)
    state.may_return |= again


def _return_from_lost(state: BuyerState, chance: Floats) -> None:
    """Now and then a buyer who had gone quiet calls again, and the deal is reopened."""
    back = (state.status == LOST) & state.may_return & (np.modf(chance * 991.0)[0] < 0.02)
    state.status[back] = ACTIVE
    state.reason[back] = NO_REASON
    state.phase[back] = np.maximum(state.phase[back] - 1, EVALUATION)
    state.days_in_phase[back] = 0
    state.progress[back] = 0.0
    state.may_return[back] = False
