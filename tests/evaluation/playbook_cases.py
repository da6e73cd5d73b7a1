"""The worlds on which the playbook is measured; none of their seeds was used to build anything."""

from __future__ import annotations

from datetime import date

from analytics.commands.sample import WORLDS
from analytics.sample_company import WorldOptions

#: three years and about 3,000 deals
_SIZE = WorldOptions(deals_per_quarter=250, first_day=date(2023, 11, 15))
FIRST_SEED = 5000
NULL_WORLDS, TESTED, POOLED = 50, 20, 20

#: worlds in which no question matters: two ways to make one
NULLS: dict[str, WorldOptions] = {
    "answers are dice": _SIZE.but(depth_matters=False),
    "answers tell facts without weight": _SIZE.but(matters=(0.0,) * 7),
}
#: worlds in which some do
MATTERS: dict[str, WorldOptions] = {
    name: _SIZE.but(
        matters=WORLDS[name].matters,
        matters_dates=WORLDS[name].matters_dates,
        clarity=WORLDS[name].clarity,
    )
    for name in ("matters-cause", "matters-people", "matters-dates")
}


def null_seeds() -> range:
    """Seeds of the worlds in which nothing matters."""
    return range(FIRST_SEED, FIRST_SEED + NULL_WORLDS)


def tested_seeds() -> range:
    """Seeds of the worlds in which claims are counted."""
    return range(FIRST_SEED + 100, FIRST_SEED + 100 + TESTED)


def pooled_seeds() -> range:
    """More seeds of the same worlds, for what the true difference is."""
    return range(FIRST_SEED + 200, FIRST_SEED + 200 + POOLED)
