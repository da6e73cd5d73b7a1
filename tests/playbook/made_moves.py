"""Deals that moved on, made with a known change of one answer's depth and nothing else."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analytics.playbook.compare import Comparison, compare
from analytics.playbook.draw import Draw
from analytics.playbook.entries import LEVELS, Entries
from analytics.playbook.versions import EXIT, Change, Version
from analytics.problems import NotEnough

START, AS_OF = date(2026, 5, 4), date(2026, 11, 15)
TEAMS = tuple(f"Team {letter}" for letter in "ABCDEFGHIJKL")


def version(**given: Any) -> Version:
    stated: dict[str, Any] = {
        "kind": EXIT,
        "question": "impact",
        "title": "t",
        "hypothesis": "h",
        "author": "a",
        "starts_on": START,
        "stage": "Proposal",
        "level": 2,
        **given,
    }
    return Version("v", Change(**stated), START, None, False, ())


def made_moves(
    seed: int,
    *,
    effect: float = 0.0,
    time: float = 0.0,
    teams: tuple[str, ...] = TEAMS[:6],
    treated: tuple[str, ...] | None = None,
    per_owner: int = 16,
    team_spread: float = 0.0,
) -> pd.DataFrame:
    """Departures over a year around START. `effect`: levels that `impact` gains after START in the treated
    teams (None: all); `time`: what every question gains then; `team_spread`: sd of what each team's own
    change adds to it, which no version caused."""
    rng = np.random.default_rng(seed)
    owners = [(f"{team} {number}", team) for team in teams for number in range(5)]
    picked = rng.integers(0, len(owners), per_owner * len(owners))
    days = rng.integers(-195, 196, len(picked))
    after = days >= 0
    whose = np.array([owners[at][1] for at in picked])
    skill = rng.normal(0, 0.6, len(owners))[picked]
    drift = rng.normal(0, team_spread, len(teams))[[teams.index(one) for one in whose]]
    size = rng.lognormal(10, 1, len(picked))
    size[after] *= 1.6  # larger deals after it, and larger deals are answered deeper
    with_it = after & np.isin(whose, treated if treated is not None else teams)
    base = 1.4 + skill + 0.3 * (np.log(size) - 10.2) + time * after
    levels = {name: base + rng.normal(0, 0.8, len(picked)) for name in LEVELS}
    levels["level_impact"] = levels["level_impact"] + effect * with_it + drift * after
    return pd.DataFrame(
        {
            "deal_id": [f"D{number:05d}" for number in range(len(picked))],
            "stage": "Proposal",
            "left_on": [pd.Timestamp(START) + pd.Timedelta(days=int(day)) for day in days],
            "owner_id": [owners[at][0] for at in picked],
            "team": whose,
            "deal_type": rng.choice(["New", "Expansion"], len(picked)),
            "amount_company": size,
            **levels,
        }
    )


def compared(moves: pd.DataFrame, as_of: date = AS_OF, **given: Any) -> Comparison:
    found = compare(version(**given), nothing_entered(as_of), moves, "impact")
    assert not isinstance(found, NotEnough)
    return found


def nothing_entered(as_of: date) -> Entries:
    return Entries(pd.DataFrame(), ["Proposal"], {"Proposal": 90}, as_of)


def days(number: int) -> timedelta:
    return timedelta(days=number)


def drawn(teams: tuple[str, ...], seed: int) -> Draw:
    return Draw(seed, tuple(zip(teams[::2], teams[1::2], strict=True)))
