"""Targets per quarter: for reps from their teams' usual business, for managers and the company from those."""

from __future__ import annotations

import numpy as np

from analytics.sample_company.arrays import Floats, Ints, stream
from analytics.sample_company.crm import Crm
from analytics.sample_company.days import quarter_start
from analytics.sample_company.log import Log
from analytics.sample_company.people import TEAMS
from analytics.sample_company.traits import CURRENCIES

#: managers promise a little less than their people together, the company a little less than its managers
OVER_ASSIGNED = 0.95
#: how a year divides into quarters
_SEASON = np.array([0.92, 0.98, 0.93, 1.20])
_WON_SHARE_OF_OFFERED = 0.34


def set_targets(crm: Crm, day: int, quarter: int, log: Log) -> None:
    """On the first day of a quarter: note everybody's target and begin to count again."""
    people = crm.stage.people
    seat_amount = _seat_targets(crm, quarter)
    person = people.occupant[:, day]
    on_seat = people.is_rep[person]
    crm.target = np.full(len(people.person_id), np.inf)
    crm.target[person[on_seat]] = seat_amount[on_seat]
    crm.won_amount[:] = 0.0
    start = quarter_start(np.array([quarter]))[0]
    valid_at = crm.stage.days.dates[day].astype("datetime64[s]") - np.timedelta64(10 * 86_400 - 9 * 3600, "s")
    team_sum = np.zeros(len(TEAMS))
    np.add.at(team_sum, people.seat_team, seat_amount)
    team_amount = _round(team_sum * OVER_ASSIGNED, 5_000)
    for owner, amount in (
        (person[on_seat], seat_amount[on_seat]),
        (people.manager[:, day], team_amount),
        (np.array([-1]), _round(np.array([team_amount.sum()]) * OVER_ASSIGNED, 10_000)),
    ):
        log.add(len(owner), owner=owner, quarter_start=start, valid_at=valid_at, amount=amount)


def _seat_targets(crm: Crm, quarter: int) -> Floats:
    """What the seat's leads are usually worth, grown with the company, and a bit of haggling."""
    stage = crm.stage
    options, people = stage.options, stage.people
    per_team = _usual_offer_per_seat(crm)
    years = (quarter - int(stage.days.quarter[stage.days.index(options.last_day)])) / 4.0
    haggling = np.exp(stream(options.seed, "targets").normal(0, 0.12, len(people.seat_team)))
    growth = np.exp((options.growth + 0.03) * years)
    amount = per_team[people.seat_team] * _WON_SHARE_OF_OFFERED * _SEASON[quarter % 4] * growth * haggling
    return _round(amount, 2_500)


def _usual_offer_per_seat(crm: Crm) -> Floats:
    """Dollars of list value that a seat of each team is offered in a quarter, from the team's mix."""
    stage = crm.stage
    traits = stage.traits
    team = stage.people.seat_team[traits.seat]
    rate = np.array([1.0, 1.09, 1.27])[: len(CURRENCIES)][traits.currency]
    seats: Ints = np.bincount(stage.people.seat_team, minlength=len(TEAMS))
    quarters = len(np.unique(stage.days.quarter[traits.born]))
    offered = np.zeros(len(TEAMS))
    np.add.at(offered, team, traits.amount * rate)
    return np.asarray(offered / np.maximum(seats, 1) / quarters)


def _round(amount: Floats, step: float) -> Floats:
    return np.asarray(np.round(amount / step) * step)
