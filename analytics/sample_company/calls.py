"""The weekly forecast call: what reps, managers and the VP say the quarter will end at."""

from __future__ import annotations

import numpy as np

from analytics.sample_company.arrays import Floats, Ints
from analytics.sample_company.crm import Crm
from analytics.sample_company.days import quarter_of, quarter_start
from analytics.sample_company.log import Log
from analytics.sample_company.people import HAPPY, SANDBAG
from analytics.sample_company.stages import BEST_CASE, COMMIT

COMPANY = -1


class CallSheet:
    """The calls of one quarter as they stand, so that only changed ones are noted."""

    def __init__(self, log: Log) -> None:
        self.log = log
        self.quarter = -1
        self.last: Floats = np.empty((0, 3))

    def monday(self, crm: Crm, day: int, rng: np.random.Generator) -> None:
        """Everybody's call on a Monday at 16:00, after the morning's updates."""
        people = crm.stage.people
        count = len(people.person_id)
        quarter = int(crm.stage.days.quarter[day])
        if quarter != self.quarter:
            self.quarter, self.last = quarter, np.full((count + 1, 3), -1.0)
        reps = np.unique(people.occupant[:, day])
        calls = np.full((count + 1, 3), np.nan)
        calls[reps] = _rep_calls(crm, reps, day, rng)
        _roll_up(crm, calls, day, rng)
        called = np.flatnonzero(~np.isnan(calls).any(axis=1))
        said = calls[called]
        skipped = rng.random(len(called)) < 0.06
        news = (said != self.last[called]).any(axis=1) & ~skipped
        self._note(called[news], said[news], crm, day)

    def _note(self, called: Ints, said: Floats, crm: Crm, day: int) -> None:
        self.last[called] = said
        company = called == len(crm.stage.people.person_id)
        self.log.add(
            len(called),
            owner=np.where(company, COMPANY, called),
            submitted_by=np.where(company, 0, called),
            quarter_start=quarter_start(np.array([self.quarter]))[0],
            valid_at=crm.stage.days.dates[day].astype("datetime64[s]") + np.timedelta64(16 * 3600, "s"),
            commit_amount=said[:, 0],
            best_case_amount=said[:, 1],
            most_likely_amount=said[:, 2],
        )


def _rep_calls(crm: Crm, reps: Ints, day: int, rng: np.random.Generator) -> Floats:
    """Won so far, plus what is stated as commit and best case for this quarter, plus the rep's manner."""
    people = crm.stage.people
    rows = np.flatnonzero(crm.is_open)
    rows = rows[quarter_of(crm.close_date[rows]) <= crm.stage.days.quarter[day]]
    amount = np.nan_to_num(crm.amount[rows]) * crm.rates.by_day[day, crm.stage.traits.currency[rows]]
    owner = people.occupant[crm.seat[rows], day]
    count = len(people.person_id)
    commit = np.bincount(owner, weights=amount * (crm.category[rows] == COMMIT), minlength=count)[reps]
    best = np.bincount(owner, weights=amount * (crm.category[rows] == BEST_CASE), minlength=count)[reps]
    style = people.style(reps, day)
    manner = np.where(style == SANDBAG, 0.85, np.where(style == HAPPY, 1.12, 1.0))
    manner = manner * np.exp(rng.normal(0, 0.05, len(reps)))
    won = crm.won_amount[reps]
    stated = np.column_stack(
        [commit * manner, (commit + best) * manner, (commit * 0.85 + 0.35 * best) * manner]
    )
    return np.asarray(np.round((won[:, None] + stated) / 1_000) * 1_000)


def _roll_up(crm: Crm, calls: Floats, day: int, rng: np.random.Generator) -> None:
    """Managers add up their team and take a little off; the VP does the same with the managers."""
    people = crm.stage.people
    company = np.zeros(3)
    for team in range(len(people.manager)):
        members = np.unique(people.occupant[people.seat_team == team, day])
        boss = int(people.manager[team, day])
        total = calls[members].sum(axis=0)
        judged = total * np.array([0.96, 0.9, 0.97]) * np.exp(rng.normal(0, 0.03))
        calls[boss] = np.round(judged / 5_000) * 5_000
        company += calls[boss]
    calls[-1] = np.round(company * np.array([0.97, 0.95, 0.98]) / 10_000) * 10_000
