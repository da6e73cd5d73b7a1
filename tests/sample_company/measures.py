"""What the tests measure on a world, straight from its change rows."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.sample_company import World


def first_closes(world: World) -> pd.DataFrame:
    """Each closed deal's first row that shows it closed, by deal."""
    changes = world.subjects["deal_change"]
    return changes[changes["is_closed"].astype(bool)].drop_duplicates("deal_id").set_index("deal_id")


def as_of(world: World, day: date) -> pd.DataFrame:
    """Each deal's latest version at the end of a day, by deal."""
    changes = world.subjects["deal_change"]
    known = changes[changes["valid_at"] < pd.Timestamp(day) + pd.Timedelta(days=1)]
    return known.drop_duplicates("deal_id", keep="last").set_index("deal_id")


def closes_between(world: World, after: date, until: date) -> pd.DataFrame:
    """First rows after the end of one day and by the end of another that show a deal closed, by deal."""
    changes = world.subjects["deal_change"]
    start, stop = pd.Timestamp(after) + pd.Timedelta(days=1), pd.Timestamp(until) + pd.Timedelta(days=1)
    inside = changes[(changes["valid_at"] >= start) & (changes["valid_at"] < stop)]
    return inside[inside["is_closed"].astype(bool)].drop_duplicates("deal_id").set_index("deal_id")


def dated_in_quarter(world: World, quarter: pd.Period) -> pd.DataFrame:
    """Deals open at the quarter's start that are dated in it, with `slipped` and `won`."""
    before = (quarter.start_time - pd.Timedelta(days=1)).date()
    deals = as_of(world, before)
    inside = (deals["close_date"] >= quarter.start_time) & (deals["close_date"] <= quarter.end_time)
    deals = deals[inside & ~deals["is_closed"].astype(bool)].copy()
    closed = closes_between(world, before, quarter.end_time.date())
    deals["slipped"] = ~deals.index.isin(closed.index)
    deals["won"] = deals.index.isin(closed.index[closed["is_won"].astype(bool)])
    return deals


def full_quarters(world: World) -> list[pd.Period]:
    """The quarters that lie wholly in the history, the first one left out."""
    first = pd.Timestamp(world.options.first_day).to_period("Q") + 1
    last = pd.Timestamp(world.options.last_day).to_period("Q") - 1
    return list(pd.period_range(first, last, freq="Q"))
