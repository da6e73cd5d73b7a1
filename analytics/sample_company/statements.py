"""What reps state when they go over a deal: stage, amount, close date, category, next step.

They see the buyer late and dimly, and tidy up before the call. A statement on a day uses only what the
buyer had done before that day.
"""

from __future__ import annotations

import numpy as np

from analytics.sample_company.arrays import NEVER, Bools, Dates, Ints
from analytics.sample_company.buyer import LEGAL, READY
from analytics.sample_company.crm import Crm, believed_phase, clock, log_changes, stated
from analytics.sample_company.days import month_end, on_business_day, quarter_end, quarter_of
from analytics.sample_company.people import HONEST
from analytics.sample_company.stages import (
    BEST_CASE,
    COMMIT,
    NEGOTIATION,
    OMITTED,
    PIPELINE,
    STAGE_OF_PHASE,
)

#: A rep's rule of thumb: business days from the start of each phase to a signature, per segment.
_RULE_OF_THUMB = np.array(
    [
        [66, 57, 45, 34, 23, 15, 8],
        [105, 90, 70, 54, 38, 23, 11],
        [150, 130, 104, 78, 56, 34, 15],
    ],
    dtype=np.float64,
)


def bias_today(crm: Crm, rows: Ints, person: Ints, day: int, near: Bools) -> Ints:
    """The strategic bias in force on each deal."""
    style = crm.stage.people.style(person, day)
    return crm.temperament.bias(rows, style, crm.won_amount[person] >= crm.target[person], near)


def who_updates(crm: Crm, rows: Ints, day: int, rng: np.random.Generator) -> Ints:
    """Deals touched today: mostly on Mondays before the call, more at quarter ends and when overdue."""
    days, people = crm.stage.days, crm.stage.people
    person = people.occupant[crm.seat[rows], day]
    base = np.array([0.80, 0.10, 0.10, 0.14, 0.26])[days.weekday[day]]
    rate = base * (0.45 + 1.0 * people.diligence[person])
    if days.to_quarter_end[day] < 8 or days.from_quarter_start[day] < 5:
        rate = rate * 1.5
    rate = rate * crm.habits.attention[rows] * np.where(crm.is_quiet[rows], 0.8, 1.0)
    touched: Ints = rows[rng.random(len(rows)) < rate]
    return touched


def restate(crm: Crm, rows: Ints, day: int, rng: np.random.Generator, is_new: bool = False) -> None:
    """A rep goes over these deals and states what they believe, or want to be believed."""
    if len(rows) == 0:
        return
    person = crm.stage.people.occupant[crm.seat[rows], day]
    phase = believed_phase(crm, rows, day)
    ends_soon = crm.stage.days.to_quarter_end[day] <= 8
    bias = bias_today(crm, rows, person, day, (phase == READY) & ends_soon)
    valid_at = clock(crm.stage.days.dates[day], len(rows), 7, 15, rng)
    before = stated(crm, rows)
    old_bias = crm.bias[rows].copy()
    advanced = _state_stage(crm, rows, phase, bias, rng, is_new)
    _state_amount(crm, rows, phase, bias, bias != old_bias, rng, is_new)
    _state_close_date(crm, rows, phase, bias, advanced | (bias != old_bias), day, rng, is_new)
    _state_category(crm, rows, phase, bias, day, rng)
    crm.bias[rows] = bias
    log_changes(crm, rows, valid_at, before, is_new)
    turned = (bias != old_bias) | (is_new & (bias != HONEST))
    crm.spells.add(int(turned.sum()), row=rows[turned], valid_at=valid_at[turned], bias=bias[turned])
    _log_work(crm, rows, valid_at, phase, day, rng, is_new)


def _state_stage(
    crm: Crm, rows: Ints, phase: Ints, bias: Ints, rng: np.random.Generator, is_new: bool
) -> Bools:
    """The stage, seldom taken back; says where it advanced."""
    offset = np.where((phase > 0) & (phase < LEGAL), crm.habits.stage_offset[rows], 0)
    wanted = STAGE_OF_PHASE[phase] + offset + crm.temperament.stage_shift(rows, bias)
    wanted = np.clip(wanted, 0, NEGOTIATION)
    old = crm.stated_stage[rows]
    takes_back = rng.random(len(rows)) < 0.06
    crm.stated_stage[rows] = np.where((wanted > old) | takes_back | is_new, wanted, old)
    return crm.stated_stage[rows] > old


def _state_amount(
    crm: Crm, rows: Ints, phase: Ints, bias: Ints, turned: Bools, rng: np.random.Generator, is_new: bool
) -> None:
    """Stated on entry or left empty; revised now and then, and when the strategy for the deal turns."""
    true = crm.stage.traits.amount[rows]
    error = crm.habits.amount_error[rows] ** np.where(phase >= 3, 0.5, 1.0) * np.exp(
        rng.normal(0, 0.04, len(rows))
    )
    stated = true * error * crm.temperament.amount(rows, bias)
    step = np.where(stated < 20_000, 100.0, np.where(stated < 100_000, 500.0, 1000.0))
    stated = np.maximum(np.round(stated / step), 1) * step
    empty = np.isnan(crm.amount[rows])
    chance = rng.random(len(rows))
    revises = (phase >= 1) & (chance < 0.13)
    fills = empty & (chance < (0.9 if is_new else 0.3)) & ~(crm.habits.forgets_amount[rows] & (phase < 2))
    keeps = ~(revises | fills | (turned & ~empty))
    crm.amount[rows] = np.where(keeps, crm.amount[rows], stated)


def _state_close_date(
    crm: Crm,
    rows: Ints,
    phase: Ints,
    bias: Ints,
    news: Bools,
    day: int,
    rng: np.random.Generator,
    is_new: bool,
) -> None:
    """Estimate again on entry, on some news, and when the old date has come too close or gone by."""
    date = crm.stage.days.dates[day]
    left = (crm.close_date[rows] - date).astype(np.int64)
    chance = rng.random(len(rows))
    quarter_over = crm.stage.days.from_quarter_start[day] < 5
    minds = crm.stage.people.diligence[crm.stage.people.occupant[crm.seat[rows], day]]
    overdue = (left < 0) & (chance < 0.30 + 0.40 * minds + 0.25 * quarter_over)
    too_close = (left >= 0) & (left < 12) & (phase < LEGAL) & (chance < 0.38)
    revises = np.full(len(rows), is_new) | overdue | too_close | (chance < np.where(news, 0.50, 0.13))
    if not revises.any():
        return
    some = rows[revises]
    stated = _stated_close(crm, some, phase[revises], bias[revises], day, rng)
    was = crm.close_date[some]
    pushes_only = (overdue | too_close)[revises] & ~np.isnat(was)
    stated = np.where(pushes_only & (stated <= was), _park(was + 20, crm.habits.parks[some]), stated)
    crm.close_date[some] = np.maximum(stated, date)


def _stated_close(crm: Crm, rows: Ints, phase: Ints, bias: Ints, day: int, rng: np.random.Generator) -> Dates:
    """The believed day of signature, bent by strategy and parked on a convenient day."""
    traits, days = crm.stage.traits, crm.stage.days
    working = _RULE_OF_THUMB[traits.segment[rows], phase] * np.where(traits.expansion[rows], 0.75, 1.0)
    working = working * crm.habits.date_error[rows] * np.exp(rng.normal(0, 0.12, len(rows)))
    event = traits.event_day[rows]
    heard = crm.habits.knows_event[rows] & (event > day) & (event < NEVER) & (phase >= 1)
    working = np.where(heard, np.minimum(working, event - day), working)
    remaining = crm.temperament.remaining_days(rows, bias, working * 1.4 + 2)
    stated = days.dates[day] + np.round(remaining).astype("timedelta64[D]")
    return _park(stated, crm.habits.parks[rows])


def _park(dates: Dates, parks: Ints) -> Dates:
    """Move a date to the nearest month end or quarter end, as people do."""
    back = dates - np.timedelta64(12, "D")
    quarter = quarter_end(quarter_of(dates - np.timedelta64(20, "D")))
    parked = np.where(parks == 1, month_end(back), np.where(parks == 2, quarter, dates))
    return on_business_day(np.asarray(parked, dtype="datetime64[D]"))


def _state_category(
    crm: Crm, rows: Ints, phase: Ints, bias: Ints, day: int, rng: np.random.Generator
) -> None:
    """The rep's judgement: the stage, what they feel about the deal, whether it is due this quarter."""
    traits = crm.stage.traits
    feeling = 0.3 * traits.pain[rows] + 0.3 * traits.champion[rows] * (phase >= 2)
    score = crm.stated_stage[rows] + 0.6 * feeling + crm.habits.category_mood[rows]
    score = score + crm.temperament.category_shift(bias) + rng.normal(0, 0.3, len(rows))
    this_quarter = quarter_of(crm.close_date[rows]) <= crm.stage.days.quarter[day]
    wanted = np.select(
        [score < -1.1, (score >= 3.4) & this_quarter, score >= 2.4], [OMITTED, COMMIT, BEST_CASE], PIPELINE
    )
    moves = rng.random(len(rows)) < 0.6
    crm.category[rows] = np.where(moves, wanted, crm.category[rows])
    own = crm.habits.overrides[rows]
    stage_probability = np.array([0.05, 0.15, 0.35, 0.55, 0.8])[crm.stated_stage[rows]]
    crm.probability[rows] = np.where(
        phase >= 2, np.round(np.clip(stage_probability + own, 0.01, 0.95), 2), np.nan
    )


def _log_work(
    crm: Crm, rows: Ints, valid_at: Dates, phase: Ints, day: int, rng: np.random.Generator, is_new: bool
) -> None:
    """Owner, next step and last activity: touched less often than the deal is."""
    chance = rng.random((3, len(rows)))
    date = crm.stage.days.dates[day]
    spoke = chance[0] < np.where(crm.is_quiet[rows], 0.22, 0.66)
    ago = rng.geometric(0.35, len(rows))
    activity = np.where(spoke, np.maximum(date - ago, crm.activity[rows]), crm.activity[rows])
    activity = np.where(
        np.isnat(crm.activity[rows]), np.where(spoke, date - ago, crm.activity[rows]), activity
    )
    writes = chance[1] < (0.55 if is_new else 0.33)
    step = np.where(writes, phase * 1000 + rng.integers(0, 1000, len(rows)), crm.next_step[rows])
    owner = crm.owner[rows]
    changed = (step != crm.next_step[rows]) | is_new
    changed |= (activity != crm.activity[rows]) & ~np.isnat(activity)
    crm.activity[rows], crm.next_step[rows] = activity, step
    crm.work.add(
        int(changed.sum()),
        row=rows[changed],
        valid_at=valid_at[changed],
        owner=owner[changed],
        next_step=step[changed],
        activity=activity[changed],
    )
