"""A quarter week by week, each week as it was known then: later data never rewrites it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from analytics.company import Company, Scope, span_of
from analytics.forecast.calls import Calls, call_of, calls_at
from analytics.forecast.change import expected_on
from analytics.forecast.quarter_forecast import Forecast
from analytics.pipeline.deals import dated_in, deals_as_of, won_in
from analytics.pipeline.quarter_end import target_of, total
from analytics.problems import NotEnough
from analytics.store.database import Store

Progress = Callable[[float, str], None]
MONEY = ("won", "commit", "best_case", "open_pipeline", "weighted_pipeline", "target", "called")
COLUMNS = ["day", "week", *MONEY]


def trend_days(store: Store, company: Company, scope: Scope) -> list[date]:
    """Days 0, 7, 14 ... of the scope's quarter as far as the data reaches back, and last its as-of day."""
    quarter = scope.quarter
    last = min(scope.as_of, quarter.last_day)
    weeks = [quarter.first_day + timedelta(days=gone) for gone in range(0, 98, 7)]
    began = span_of(store, company).first_day
    return [*(day for day in weeks if began <= day < last), last]


def weekly_trend(
    store: Store, company: Company, scope: Scope, progress: Progress | None = None
) -> pd.DataFrame:
    """A row for each of `trend_days`: COLUMNS; money in the company's currency, NaN where there is none.

    Every row is read as of its own day: deals, owners, stage probabilities, rates, target and call (the
    commit that stood for the scope) as they were known then.
    """
    report = progress or (lambda share, text: None)
    rows = []
    with store.reading():
        days = trend_days(store, company, scope)
        calls = calls_at(store, company, scope.as_of)
        for at, day in enumerate(days):
            report(at / len(days), f"week {scope.quarter.week_of(day)}")
            rows.append(_week(store, company, replace(scope, as_of=day), calls))
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype(dict.fromkeys(MONEY, float) | {"day": "datetime64[us]"})


def _week(store: Store, company: Company, scope: Scope, calls: Calls) -> dict[str, object]:
    quarter = scope.quarter
    everybody = deals_as_of(store, company, scope.as_of, closed_since=min(quarter.first_day, scope.as_of))
    deals = scope.within(everybody)
    is_open = deals[dated_in(deals, quarter)]
    money = is_open["amount_company"]
    target, call = target_of(store, company, scope, scope.as_of), call_of(calls, scope)
    called = call if isinstance(call, NotEnough) else call.amounts["commit"]
    return {
        "day": pd.Timestamp(scope.as_of),
        "week": quarter.week_of(scope.as_of),
        "won": _sum(deals.loc[won_in(deals, quarter), "amount_company"]),
        "commit": _sum(money[is_open["category"] == "Commit"]),
        "best_case": _sum(money[is_open["category"] == "Best Case"]),
        "open_pipeline": _sum(money),
        "weighted_pipeline": _sum(is_open["weighted"]),
        "target": float("nan") if isinstance(target, NotEnough) else target,
        "called": float("nan") if isinstance(called, NotEnough) else called,
    }


def _sum(money: pd.Series) -> float:
    return total(money.dropna())


def weekly_expected(
    store: Store, company: Company, found: Forecast, progress: Progress | None = None
) -> pd.Series:
    """day -> the scope's expected number on each of `trend_days`, from what was known on it.

    What is learned rests on complete quarters only, so that it is the same in every week of the running one.
    Empty where `found` has no number, or its quarter is not the as-of day's.
    """
    scope = found.view.scope
    if isinstance(found.expected, NotEnough) or not scope.quarter.contains(scope.as_of):
        return pd.Series(dtype=float)
    report = progress or (lambda share, text: None)
    days = trend_days(store, company, scope)
    values = {}
    for at, day in enumerate(days[:-1]):
        report(at / len(days), f"week {scope.quarter.week_of(day)}")
        values[pd.Timestamp(day)] = expected_on(store, company, found, day)
    values[pd.Timestamp(days[-1])] = found.expected
    return pd.Series(values)
