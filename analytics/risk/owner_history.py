"""What each owner's past says at a landmark: only from quarters that were over by then."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np
import pandas as pd

from analytics.company import Company
from analytics.risk.as_of import as_of_join, days_between, rates_at
from analytics.store.database import Store

#: The week of a past quarter at which an owner's deals are counted: once per deal and quarter.
COUNTED_WEEK = 4
#: A cell of stage and timing weighs as much as all deals of its timing when it has this many deals.
_CELL_WEIGHT = 20.0
_AT_FIRST = pd.Timedelta(days=30)
_LONGEST_TENURE = 365.0
#: Prior of an owner's offset from the rates: normal around 0 with standard deviation 0.35 logits (assumed).
_PRIOR_PRECISION = 1 / 0.35**2


def owner_history(
    store: Store, company: Company, rows: pd.DataFrame, steps: pd.DataFrame, as_of_end: datetime
) -> pd.DataFrame:
    """Landmark rows with `rep_index`, `rep_n`, `rep_tenure_days`, `rep_attainment`.

    `rep_index`: how much more often than stage and date said the owner's deals were won in quarters complete
    before the landmark's, in logits, drawn to 0 (one Newton step from a normal prior; methods.md B5);
    `rep_n` deals. `rep_attainment`: won so far in the quarter / target, NaN where the owner has none.
    """
    past = _past(rows)
    joined = rows[["owner_id", "first_day"]].merge(past, on=["owner_id", "first_day"], how="left")
    work = store.query("deal_work_steps", as_of_end=as_of_end)[["deal_id", "valid_at", "owner_id"]]
    return rows.assign(
        rep_index=joined["rep_index"].fillna(0.0).to_numpy(),
        rep_n=joined["rep_n"].fillna(0.0).to_numpy(),
        rep_tenure_days=_tenure(rows, work),
        rep_attainment=_attainment(store, company, rows, steps, work, as_of_end),
    )


def _past(rows: pd.DataFrame) -> pd.DataFrame:
    """owner_id, first_day (of a quarter), rep_index, rep_n from the quarters before it."""
    counted = rows[(rows["week"] == COUNTED_WEEK) & rows["outcome_0"].notna()]
    counted = counted.drop_duplicates(["deal_id", "quarter"])
    won = (counted["outcome_0"] == "won").astype(float)
    expected = _expected(counted, won)
    sums = (
        pd.DataFrame(
            {
                "owner_id": counted["owner_id"],
                "first_day": counted["first_day"],
                "over": won - expected,
                "weight": expected * (1 - expected),
                "n": 1.0,
            }
        )
        .groupby(["owner_id", "first_day"])[["over", "weight", "n"]]
        .sum()
    )
    quarters = np.sort(rows["first_day"].unique())
    owners = sums.index.get_level_values("owner_id").unique()
    every = pd.MultiIndex.from_product([owners, quarters], names=["owner_id", "first_day"])
    running = sums.reindex(every, fill_value=0.0).groupby("owner_id").cumsum()
    before = running.groupby("owner_id").shift(1, fill_value=0.0)
    index = before["over"] / (before["weight"] + _PRIOR_PRECISION)
    return pd.DataFrame({"rep_index": index, "rep_n": before["n"]}).reset_index()


def _expected(counted: pd.DataFrame, won: pd.Series) -> pd.Series:
    """Per row the smoothed rate of its stage and timing over the quarters up to its own."""
    values = np.full(len(counted), np.nan)
    for first_day in np.sort(counted["first_day"].unique()):
        known = counted["first_day"] <= first_day
        mine = (counted["first_day"] == first_day).to_numpy()
        table = counted[known].assign(won=won[known])
        rate = table.groupby("timing")["won"].agg(["sum", "size"])
        whole = table["won"].mean()
        by_timing = (rate["sum"] + _CELL_WEIGHT * whole) / (rate["size"] + _CELL_WEIGHT)
        cells = table.groupby(["timing", "stage"])["won"].agg(["sum", "size"]).reset_index()
        parent = cells["timing"].map(by_timing)
        cells["rate"] = (cells["sum"] + _CELL_WEIGHT * parent) / (cells["size"] + _CELL_WEIGHT)
        found = counted[mine][["timing", "stage"]].merge(cells, on=["timing", "stage"], how="left")
        values[mine] = found["rate"].to_numpy()
    return pd.Series(values, index=counted.index)


def _tenure(rows: pd.DataFrame, work: pd.DataFrame) -> pd.Series:
    """Days since the owner first had a deal, at most a year; NaN for those who were there when history began.

    Without these limits tenure would be a second calendar: everybody's grows with the history.
    """
    first = work.groupby("owner_id")["valid_at"].min()
    came_later = first[first > work["valid_at"].min() + _AT_FIRST]
    since = came_later.reindex(rows["owner_id"]).set_axis(rows.index)
    return days_between(since, rows["moment"]).clip(upper=_LONGEST_TENURE)


def _attainment(
    store: Store,
    company: Company,
    rows: pd.DataFrame,
    steps: pd.DataFrame,
    work: pd.DataFrame,
    as_of_end: datetime,
) -> pd.Series:
    """Won so far this quarter / the quarter's target as known then, per owner; NaN without a target."""
    won = _won_so_far(company, rows, steps, work)
    owners = rows[["owner_id", "first_day", "moment"]].drop_duplicates(["owner_id", "moment"])
    found = as_of_join(
        owners.assign(key=_key(owners, "first_day")), _targets(store, as_of_end), "moment", "key"
    )
    found = found.assign(currency=found["currency"].fillna(company.currency))
    rates = store.query("rate_steps", as_of_end=as_of_end)
    found["target"] = found["target"] * rates_at(found, rates, company.currency, "moment")
    joined = rows[["owner_id", "moment"]].merge(
        found[["owner_id", "moment", "target"]], on=["owner_id", "moment"], how="left"
    )
    target = joined["target"].where(joined["target"] > 0)
    return pd.Series(won.to_numpy() / target.to_numpy(), index=rows.index)


def _targets(store: Store, as_of_end: datetime) -> pd.DataFrame:
    """The owners' targets over time: key (owner and quarter), valid_at, target, currency."""
    targets = store.query("target_steps", as_of_end=as_of_end)
    targets = targets[targets["owner_id"] != ""]
    return pd.DataFrame(
        {
            "key": _key(targets, "quarter_start"),
            "valid_at": targets["valid_at"],
            "target": targets["amount"].astype(float),
            "currency": targets["currency"],
        }
    )


def _key(rows: pd.DataFrame, first_day: str) -> pd.Series:
    return rows["owner_id"] + "|" + pd.to_datetime(rows[first_day]).dt.strftime("%Y-%m-%d")


def _won_so_far(company: Company, rows: pd.DataFrame, steps: pd.DataFrame, work: pd.DataFrame) -> pd.Series:
    """Money won by each row's owner from the quarter's first moment to the landmark, company currency."""
    wins = _wins(steps)
    wins = as_of_join(wins.rename(columns={"valid_at": "at"}), work, "at").sort_values("at", kind="stable")
    wins = wins.assign(owner_id=wins["owner_id"].fillna(""))
    totals = pd.DataFrame(
        {
            "owner_id": wins["owner_id"],
            "valid_at": wins["at"],
            "total": wins.groupby("owner_id")["money"].cumsum(),
        }
    )
    calendar = company.calendar
    day_before = {day: calendar.end_of(day.date() - timedelta(days=1)) for day in rows["first_day"].unique()}
    asked = rows[["owner_id", "moment"]].assign(before=rows["first_day"].map(day_before))
    return (_total(asked, totals, "moment") - _total(asked, totals, "before")).clip(lower=0)


def _wins(steps: pd.DataFrame) -> pd.DataFrame:
    """deal_id, valid_at, money (company currency): won deals, and with a minus those that no longer are."""
    won = steps["is_closed"] & steps["is_won"] & ~steps["is_gone"]
    was = won.groupby(steps["deal_id"], sort=False).shift(1, fill_value=False)
    money = (steps["amount"] * steps["rate"]).fillna(0.0).where(won & ~was)
    taken_back = -money.groupby(steps["deal_id"], sort=False).ffill()
    change = steps.assign(money=money.where(won, taken_back))[won != was]
    return change[["deal_id", "valid_at", "money"]]


def _total(rows: pd.DataFrame, totals: pd.DataFrame, on: str) -> pd.Series:
    return as_of_join(rows[["owner_id", on]], totals, on, by="owner_id")["total"].fillna(0.0)
