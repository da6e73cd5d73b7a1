"""The CRM itself: what stands in it, who has which habit of keeping it, and the logs of its changes."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analytics.sample_company.arrays import NEVER, Bools, Dates, Floats, Ints, stream
from analytics.sample_company.buyer import DEAD, PHASES, BuyerState
from analytics.sample_company.history import Stage
from analytics.sample_company.log import Log
from analytics.sample_company.money import Rates
from analytics.sample_company.people import HONEST
from analytics.sample_company.stages import (
    PIPELINE,
)
from analytics.sample_company.strategy import Temperament


@dataclass
class Habits:
    """How each deal gets reported, strategy aside; drawn once per deal."""

    sees_late: Ints  # business days until news arrives
    stage_offset: Ints
    date_error: Floats
    amount_error: Floats
    category_mood: Floats
    parks: Ints  # 0 exact day, 1 month end, 2 quarter end
    knows_event: Bools
    entry_delay: Ints
    overrides: Floats  # own probability minus the stage's; NaN = never overrides
    forgets_amount: Bools
    attention: Floats  # some deals are touched daily, some are forgotten


@dataclass
class Crm:
    """The CRM's current values per deal, and the logs of all its changes."""

    stage: Stage
    rates: Rates
    habits: Habits
    temperament: Temperament
    seat: Ints
    entered_on: Ints
    is_open: Bools
    stated_stage: Ints
    category: Ints
    amount: Floats  # NaN = not recorded
    close_date: Dates
    probability: Floats
    bias: Ints
    owner: Ints  # -1 = missing
    activity: Dates
    next_step: Ints
    reached: Ints  # deal x phase: day index on which the buyer got there (last time)
    first_reached: Ints
    is_quiet: Bools  # the buyer has stopped answering
    granted_on: Ints  # day index of the budget
    queue_seen: Ints  # contracts before ours when legal began
    won_amount: Floats  # per person, US dollars, this quarter
    target: Floats  # per person, this quarter
    changes: Log = field(
        default_factory=lambda: Log(
            "row", "valid_at", "stage", "category", "amount", "close_date", "probability"
        )
    )
    work: Log = field(default_factory=lambda: Log("row", "valid_at", "owner", "next_step", "activity"))
    spells: Log = field(default_factory=lambda: Log("row", "valid_at", "bias"))
    closes: Log = field(default_factory=lambda: Log("row", "day", "won", "amount_usd", "owner"))


def open_crm(stage: Stage, rates: Rates) -> Crm:
    """An empty CRM."""
    count, people = len(stage.traits), len(stage.people.person_id)
    nothing = np.datetime64("NaT", "D")
    return Crm(
        stage=stage,
        rates=rates,
        habits=_draw_habits(stage),
        temperament=Temperament(stage.options, count),
        seat=stage.traits.seat.copy(),
        entered_on=np.full(count, NEVER),
        is_open=np.zeros(count, dtype=bool),
        stated_stage=np.full(count, -1),
        category=np.full(count, PIPELINE),
        amount=np.full(count, np.nan),
        close_date=np.full(count, nothing),
        probability=np.full(count, np.nan),
        bias=np.full(count, HONEST),
        owner=np.full(count, -1),
        activity=np.full(count, nothing),
        next_step=np.full(count, -1),
        reached=np.full((count, len(PHASES)), NEVER),
        first_reached=np.full((count, len(PHASES)), NEVER),
        is_quiet=np.zeros(count, dtype=bool),
        granted_on=np.full(count, NEVER),
        queue_seen=np.zeros(count, dtype=np.int64),
        won_amount=np.zeros(people),
        target=np.full(people, np.inf),
    )


def _draw_habits(stage: Stage) -> Habits:
    rng = stream(stage.options.seed, "habits")
    traits, people = stage.traits, stage.people
    count = len(traits)
    rep = people.occupant[traits.seat, traits.born]
    careless = 1 - people.diligence[rep]
    return Habits(
        sees_late=1 + rng.poisson(1 + 6 * careless),
        stage_offset=rng.choice([-1, 0, 1], count, p=[0.10, 0.68, 0.22]),
        date_error=people.optimism[rep] * np.exp(rng.normal(0, 0.30, count)),
        amount_error=np.exp(rng.normal(0.01, 0.10, count)),
        category_mood=rng.normal(0, 0.7, count),
        parks=rng.choice([0, 1, 2], count, p=[0.18, 0.47, 0.35]),
        knows_event=rng.random(count) < 0.35 + 0.5 * people.diligence[rep],
        entry_delay=rng.geometric(0.35, count),
        overrides=np.where(rng.random(count) < 0.08, rng.normal(0.05, 0.1, count), np.nan),
        forgets_amount=rng.random(count) < 0.10,
        attention=rng.choice([0.12, 0.5, 1.1, 1.7], count, p=[0.12, 0.2, 0.48, 0.2]),
    )


def watch(crm: Crm, rows: Ints, state: BuyerState, day: int) -> None:
    """Note when each buyer reached each phase (a reopened buyer reaches some of them again)."""
    phase = state.phase[rows]
    steps = np.arange(len(PHASES))
    here = steps <= phase[:, None]
    reached = crm.reached[rows]
    reached = np.where(here, np.minimum(reached, day), NEVER)
    crm.reached[rows] = reached
    crm.first_reached[rows] = np.minimum(crm.first_reached[rows], reached)
    crm.is_quiet[rows] = state.status[rows] == DEAD
    crm.granted_on[rows] = np.where(state.has_budget[rows], state.budget_day[rows], NEVER)
    crm.queue_seen[rows] = np.maximum(crm.queue_seen[rows], state.queue[rows])


def believed_phase(crm: Crm, rows: Ints, day: int) -> Ints:
    """The phase that the rep believes the buyer to be in: as it was some days ago."""
    seen: Ints = (crm.reached[rows] <= (day - crm.habits.sees_late[rows])[:, None]).sum(axis=1) - 1
    return np.maximum(seen, 0)


def clock(date: np.datetime64, count: int, first: int, last: int, rng: np.random.Generator) -> Dates:
    """Times of a day between two hours, to the second."""
    seconds: Dates = date.astype("datetime64[s]") + rng.integers(first * 3600, last * 3600, count)
    return seconds


def stated(crm: Crm, rows: Ints) -> tuple[Ints, Ints, Floats, Dates, Floats]:
    """What stands in the CRM for these deals: stage, category, amount, close date, probability."""
    return (
        crm.stated_stage[rows],
        crm.category[rows],
        crm.amount[rows],
        crm.close_date[rows],
        crm.probability[rows],
    )


def log_changes(
    crm: Crm,
    rows: Ints,
    valid_at: Dates,
    before: tuple[Ints, Ints, Floats, Dates, Floats],
    is_new: bool = False,
) -> None:
    """Rows where something changed."""
    after = stated(crm, rows)
    changed = np.full(len(rows), is_new)
    for old, new in zip(before, after, strict=True):
        both_missing = (old != old) & (new != new)
        changed |= (old != new) & ~both_missing
    crm.changes.add(
        int(changed.sum()),
        row=rows[changed],
        valid_at=valid_at[changed],
        stage=after[0][changed],
        category=after[1][changed],
        amount=after[2][changed],
        close_date=after[3][changed],
        probability=after[4][changed],
    )
