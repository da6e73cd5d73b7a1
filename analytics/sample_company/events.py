"""What happens to deals in the CRM: they are entered, closed, reopened, and handed to somebody else."""

from __future__ import annotations

import numpy as np

from analytics.sample_company.arrays import NEVER, Bools, Floats, Ints
from analytics.sample_company.buyer import LEGAL, SIGNED, WON, BuyerState
from analytics.sample_company.crm import Crm, clock, log_changes, stated
from analytics.sample_company.people import HONEST
from analytics.sample_company.stages import (
    CLOSED,
    CLOSED_LOST,
    CLOSED_WON,
    OMITTED,
)
from analytics.sample_company.statements import bias_today, restate


def enter_deals(crm: Crm, state: BuyerState, rows: Ints, day: int, rng: np.random.Generator) -> None:
    """Deals get into the CRM days after they start; a hidden one late, or when it can't be hidden longer."""
    waiting = rows[crm.entered_on[rows] == NEVER]
    person = crm.stage.people.occupant[crm.seat[waiting], day]
    bias = bias_today(crm, waiting, person, day, np.zeros(len(waiting), dtype=bool))
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


def record_closes(crm: Crm, state: BuyerState, rows: Ints, day: int, rng: np.random.Generator) -> None:
    """Deals closed today: won ones get their final amount and date, lost ones keep what was stated."""
    over = rows[crm.is_open[rows] & (state.status[rows] >= WON)]
    if len(over) == 0:
        return
    before = stated(crm, over)
    won = state.status[over] == WON
    valid_at = clock(crm.stage.days.dates[day], len(over), 17, 22, rng)
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
    log_changes(crm, over, valid_at, before)
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
        valid_at=clock(days.dates[day], len(some), 5, 7, rng),
        owner=crm.owner[some],
        next_step=crm.next_step[some],
        activity=crm.activity[some],
    )
