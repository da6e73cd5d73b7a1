"""What reps report: a CRM kept by people who see the buyer late and dimly, and tidy up before the call.

Per business day: deals are entered, some are updated, reps' calls are noted (Mondays), closes are recorded.
A report on a day uses only what the buyer had done before that day.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from analytics.sample_company.arrays import NEVER, Bools, Dates, Floats, Ints, stream
from analytics.sample_company.buyer import DEAD, LEGAL, PHASES, READY, SIGNED, WON, BuyerState
from analytics.sample_company.days import month_end, on_business_day, quarter_end, quarter_of
from analytics.sample_company.history import Stage
from analytics.sample_company.log import Log
from analytics.sample_company.money import Rates
from analytics.sample_company.people import HONEST
from analytics.sample_company.stages import (
    BEST_CASE,
    CLOSED,
    CLOSED_LOST,
    CLOSED_WON,
    COMMIT,
    NEGOTIATION,
    OMITTED,
    PIPELINE,
    STAGE_OF_PHASE,
)
from analytics.sample_company.strategy import Temperament

#: A rep's rule of thumb: business days from the start of each phase to a signature, per segment.
_RULE_OF_THUMB = np.array(
    [
        [66, 57, 45, 34, 23, 15, 8],
        [105, 90, 70, 54, 38, 23, 11],
        [150, 130, 104, 78, 56, 34, 15],
    ],
    dtype=np.float64,
)


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


def enter_deals(crm: Crm, state: BuyerState, rows: Ints, day: int, rng: np.random.Generator) -> None:
    """Deals get into the CRM days after they start; a hidden one late, or when it can't be hidden longer."""
    waiting = rows[crm.entered_on[rows] == NEVER]
    person = crm.stage.people.occupant[crm.seat[waiting], day]
    bias = _bias(crm, waiting, person, day, np.zeros(len(waiting), dtype=bool))
    delay = crm.habits.entry_delay[waiting] + np.where(bias < HONEST, crm.temperament.entry_delay[waiting], 0)
    status = state.status[waiting]
    due = (day >= crm.stage.traits.born[waiting] + delay) & (status <= SIGNED)
    due |= (crm.reached[waiting, LEGAL] < day) | (status == WON) | (status == SIGNED)
    due |= (crm.stage.traits.duplicate_of[waiting] >= 0) & (status < WON)
    new = waiting[due & (state.status[waiting] <= WON)]
    crm.entered_on[new] = day
    crm.is_open[new] = True
    crm.owner[new] = crm.stage.people.occupant[crm.seat[new], day]
    restate(crm, new, day, rng, is_new=True)


def _bias(crm: Crm, rows: Ints, person: Ints, day: int, near: Bools) -> Ints:
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
    bias = _bias(crm, rows, person, day, (phase == READY) & ends_soon)
    valid_at = _clock(crm.stage.days.dates[day], len(rows), 7, 15, rng)
    before = _stated(crm, rows)
    old_bias = crm.bias[rows].copy()
    advanced = _state_stage(crm, rows, phase, bias, rng, is_new)
    _state_amount(crm, rows, phase, bias, bias != old_bias, rng, is_new)
    _state_close_date(crm, rows, phase, bias, advanced | (bias != old_bias), day, rng, is_new)
    _state_category(crm, rows, phase, bias, day, rng)
    crm.bias[rows] = bias
    _log_changes(crm, rows, valid_at, before, is_new)
    turned = (bias != old_bias) | (is_new & (bias != HONEST))
    crm.spells.add(int(turned.sum()), row=rows[turned], valid_at=valid_at[turned], bias=bias[turned])
    _log_work(crm, rows, valid_at, phase, day, rng, is_new)


def _clock(date: np.datetime64, count: int, first: int, last: int, rng: np.random.Generator) -> Dates:
    """Times of a day between two hours, to the second."""
    seconds: Dates = date.astype("datetime64[s]") + rng.integers(first * 3600, last * 3600, count)
    return seconds


def _stated(crm: Crm, rows: Ints) -> tuple[Ints, Ints, Floats, Dates, Floats]:
    return (
        crm.stated_stage[rows],
        crm.category[rows],
        crm.amount[rows],
        crm.close_date[rows],
        crm.probability[rows],
    )


def _log_changes(
    crm: Crm,
    rows: Ints,
    valid_at: Dates,
    before: tuple[Ints, Ints, Floats, Dates, Floats],
    is_new: bool = False,
) -> None:
    """Rows where something changed."""
    after = _stated(crm, rows)
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


def record_closes(crm: Crm, state: BuyerState, rows: Ints, day: int, rng: np.random.Generator) -> None:
    """Deals closed today: won ones get their final amount and date, lost ones keep what was stated."""
    over = rows[crm.is_open[rows] & (state.status[rows] >= WON)]
    if len(over) == 0:
        return
    before = _stated(crm, over)
    won = state.status[over] == WON
    valid_at = _clock(crm.stage.days.dates[day], len(over), 17, 22, rng)
    final = crm.stage.traits.amount[over] * (1 - _discount(crm, over, day, rng))
    forgotten = rng.random(len(over)) < 0.006
    final = np.where(forgotten, np.nan, np.round(final / 10) * 10)
    signed = np.where(won, np.minimum(state.signed_on[over], day), day)
    crm.amount[over] = np.where(won, final, crm.amount[over])
    crm.close_date[over] = crm.stage.days.dates[signed]
    crm.stated_stage[over] = np.where(won, CLOSED_WON, CLOSED_LOST)
    crm.category[over] = np.where(won, CLOSED, OMITTED)
    crm.probability[over] = np.nan
    crm.is_open[over] = False
    _log_changes(crm, over, valid_at, before)
    _book(crm, over, won, day)


def _discount(crm: Crm, rows: Ints, day: int, rng: np.random.Generator) -> Floats:
    """Given at the close: more before the quarter ends and against a competitor."""
    rush = np.exp(-crm.stage.days.to_quarter_end[day] / 6.0)
    middle = 0.03 + 0.05 * rush + 0.03 * crm.stage.traits.competitor[rows]
    given: Floats = np.clip(middle * rng.gamma(1.6, 1 / 1.6, len(rows)), 0, 0.45)
    return given


def _book(crm: Crm, rows: Ints, won: Bools, day: int) -> None:
    amount = np.nan_to_num(crm.amount[rows]) * crm.rates.by_day[day, crm.stage.traits.currency[rows]]
    owner = crm.stage.people.occupant[crm.seat[rows], day]
    crm.closes.add(len(rows), row=rows, day=day, won=won, amount_usd=amount * won, owner=owner)
    np.add.at(crm.won_amount, owner, amount * won)


def reopen(crm: Crm, state: BuyerState, rows: Ints, day: int, rng: np.random.Generator) -> None:
    """Deals that were closed lost and are worked again."""
    entered = crm.entered_on[rows] < day
    back = rows[entered & ~crm.is_open[rows] & (state.status[rows] < SIGNED)]
    if len(back) == 0:
        return
    crm.is_open[back] = True
    crm.stated_stage[back] = -1
    crm.close_date[back] = np.datetime64("NaT", "D")
    restate(crm, back, day, rng, is_new=True)


def hand_over(crm: Crm, day: int, rng: np.random.Generator) -> None:
    """Owners follow the seats: people leave, territories are cut anew in January, a field stays empty."""
    days, people = crm.stage.days, crm.stage.people
    rows = np.flatnonzero(crm.is_open)
    if days.from_quarter_start[day] == 8 and days.quarter[day] % 4 == 0:
        moving = rows[rng.random(len(rows)) < 0.07]
        team = people.seat_team[crm.seat[moving]]
        seats_per_team = [
            np.flatnonzero(people.seat_team == t) for t in range(int(people.seat_team.max()) + 1)
        ]
        crm.seat[moving] = [rng.choice(seats_per_team[t]) for t in team]
    now = people.occupant[crm.seat[rows], day]
    empties = (rng.random(len(rows)) < 0.00012) & (crm.owner[rows] >= 0)
    missing_stays = (crm.owner[rows] < 0) & (rng.random(len(rows)) < 0.95)
    owner = np.where(empties | missing_stays, -1, now)
    changed = owner != crm.owner[rows]
    some = rows[changed]
    crm.owner[some] = owner[changed]
    crm.work.add(
        len(some),
        row=some,
        valid_at=_clock(days.dates[day], len(some), 5, 7, rng),
        owner=crm.owner[some],
        next_step=crm.next_step[some],
        activity=crm.activity[some],
    )
