"""The exact oracle: each deal frozen in its true state and continued many times by the code that made it."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd

from analytics.sample_company import economy
from analytics.sample_company.arrays import Floats, Ints, stream
from analytics.sample_company.buyer import LOST, WON, BuyerState, step, today
from analytics.sample_company.history import Stage, set_stage, state_at
from analytics.sample_company.world import World

#: deals x continuations that are worked on at once
_AT_ONCE = 400_000


def exact_outcomes(world: World, at: date, quarter_end: date, continuations: int = 400) -> pd.DataFrame:
    """True chances of every deal open in the CRM at the end of day `at`: deal_id, p_won, p_lost, p_slip.

    Won (lost) means recorded as such after `at` and by `quarter_end`; slip means open then. The economy's
    level on the day belongs to the frozen state; its future is drawn anew, one path per continuation that
    all deals share. Raises ValueError when the calendar of the world does not reach `quarter_end`.
    """
    stage = set_stage(world.options)
    if pd.Timestamp(quarter_end) > pd.Timestamp(stage.days.dates[-1]):
        raise ValueError(
            f"quarter_end {quarter_end} lies beyond {stage.days.dates[-1]}, the end of this world"
        )
    start, stop = stage.days.index(at), stage.days.index(quarter_end)
    deal_ids, rows = _open_in_crm(world, at)
    frozen = state_at(stage, start).take(rows)
    closed = np.zeros((len(rows), 2))
    per_batch = max(_AT_ONCE // max(len(rows), 1), 1)
    for batch, first in enumerate(range(0, continuations, per_batch)):
        count = min(per_batch, continuations - first)
        closed += _continue(stage, frozen, rows, start, stop, count, batch)
    won, lost = closed[:, 0] / continuations, closed[:, 1] / continuations
    return pd.DataFrame({"deal_id": deal_ids, "p_won": won, "p_lost": lost, "p_slip": 1.0 - won - lost})


def _open_in_crm(world: World, at: date) -> tuple[np.ndarray, Ints]:
    """Ids and rows of the deals whose latest version at the end of the day is open."""
    changes = world.subjects["deal_change"]
    known = changes[changes["valid_at"] < pd.Timestamp(at) + pd.Timedelta(days=1)]
    latest = known.drop_duplicates("deal_id", keep="last")
    still_open = latest.loc[~latest["is_closed"].astype(bool), "deal_id"]
    row_of = world.truth["deals"].set_index("deal_id")["row"]
    return still_open.to_numpy(), row_of.loc[still_open].to_numpy()


def _continue(
    stage: Stage, frozen: BuyerState, rows: Ints, start: int, stop: int, count: int, batch: int
) -> Floats:
    """How often each deal is won and lost in `count` continuations; a deal's first close counts."""
    options, days = stage.options, stage.days
    rng = stream(options.seed, "oracle", start, stop, batch)
    weeks = int(days.week[stop] - days.week[start])
    level = stage.factors[days.week[start]]
    paths = economy.weeks_ahead(level, max(weeks, 0), count, options, rng)
    who = np.repeat(np.arange(len(rows)), count)
    path = np.tile(np.arange(count), len(rows))
    state, traits = frozen.take(who), stage.traits.take(rows[who])
    closed = np.zeros((len(rows), 2))
    for day in range(start + 1, stop + 1):
        levels = paths[:, days.week[day] - days.week[start]]
        factor = levels[path, 0] + levels[path, 1 + traits.segment]
        step(state, traits, today(days, day), factor, options, rng)
        over = state.status >= WON
        for column, status in enumerate((WON, LOST)):
            closed[:, column] += np.bincount(who[state.status == status], minlength=len(rows))
        if over.any():
            left = np.flatnonzero(~over)
            who, path, state, traits = who[left], path[left], state.take(left), traits.take(left)
    return closed
