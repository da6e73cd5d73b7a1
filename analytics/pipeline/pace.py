"""How won money built up over the weeks of this quarter and of past ones."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.company import Company, Scope
from analytics.fiscal import Quarter
from analytics.pipeline.deals import deals_as_of, won_in
from analytics.pipeline.quarter_end import total
from analytics.problems import NotEnough
from analytics.store.database import Store

PAST_QUARTERS = 8
_NEEDED = ["owner_id", "team", "is_won_deal", "booked_day", "amount_company"]


@dataclass(frozen=True)
class Pace:
    """Won money by week of the quarter.

    `weeks`: quarter, week (1-14; 0 = the first morning), won (cumulative, company's currency), is_current.
    `at_this_point`: per past quarter, what was won at this point and what it ended at.
    """

    weeks: pd.DataFrame
    at_this_point: pd.DataFrame
    share_won_by_now: float | NotEnough  # median share of a past quarter that was won at this point
    today_week: float  # weeks of the quarter gone at the as-of date


def first_quarter(company: Company, scope: Scope) -> Quarter:
    """The earliest quarter that the pace compares with."""
    return company.calendar.shift(scope.quarter, -PAST_QUARTERS)


def pace(store: Store, company: Company, scope: Scope, deals: pd.DataFrame | None = None) -> Pace:
    """Cumulative bookings of the scope in this and up to 8 past quarters that the store covers in full.

    `deals`: `deals_as_of` the scope's day, closed since `first_quarter` began, where it was read already.
    """
    calendar = company.calendar
    if deals is None:
        first_day = first_quarter(company, scope).first_day
        deals = deals_as_of(store, company, scope.as_of, closed_since=first_day)
    booked = scope.within(deals[_NEEDED])
    first_at = store.query("data_span").iloc[0]["first_at"]
    began = date.max if pd.isna(first_at) else calendar.day_of(first_at.to_pydatetime())
    quarters = [calendar.shift(scope.quarter, -steps) for steps in range(PAST_QUARTERS, -1, -1)]
    shown = [q for q in quarters if q.first_day >= began or q == scope.quarter]
    weeks, points = [], []
    for quarter in shown:
        won = booked[won_in(booked, quarter)]
        weeks.append(_by_week(won, quarter, scope))
        if quarter != scope.quarter and quarter.last_day <= scope.as_of:
            by_now = won[won["booked_day"] <= pd.Timestamp(quarter.day_like(scope.as_of, scope.quarter))]
            points.append(
                (quarter.key, total(by_now["amount_company"].dropna()), total(won["amount_company"].dropna()))
            )
    table = pd.DataFrame(points, columns=["quarter", "won_by_now", "won_in_the_end"])
    return Pace(pd.concat(weeks, ignore_index=True), table, _share(table), _weeks_gone(scope))


def _weeks_gone(scope: Scope) -> float:
    last = min(max(scope.as_of, scope.quarter.first_day), scope.quarter.last_day)
    return ((last - scope.quarter.first_day).days + 1) / 7


def _by_week(won: pd.DataFrame, quarter: Quarter, scope: Scope) -> pd.DataFrame:
    is_current = quarter == scope.quarter
    until = min(scope.as_of, quarter.last_day)  # the running quarter is no finished one either
    amounts = won["amount_company"].dropna()
    day = (won["booked_day"][amounts.index] - pd.Timestamp(quarter.first_day)).dt.days
    weeks = range((until - quarter.first_day).days // 7 + 2)
    rows = [(quarter.key, week, total(amounts[day < 7 * week]), is_current) for week in weeks]
    return pd.DataFrame(rows, columns=["quarter", "week", "won", "is_current"])


def _share(table: pd.DataFrame) -> float | NotEnough:
    usable = table[table["won_in_the_end"] > 0]
    if len(usable) < 2:
        return NotEnough("fewer than two past quarters with bookings", len(usable))
    return float((usable["won_by_now"] / usable["won_in_the_end"]).median())
