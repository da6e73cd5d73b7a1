"""What the checks read, once per day looked at."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from functools import cached_property

import pandas as pd

from analytics.company import Company, Scope
from analytics.pipeline.deals import NOT_RECORDED, deals_as_of
from analytics.quality.check import Found
from analytics.store.database import Store

#: Deals closed longer ago than this are not looked at any more.
CLOSED_DAYS = 365


@dataclass(frozen=True)
class Facts:
    """The state at the end of a day.

    `everyone`: deals_as_of() of the company, open or closed within a year; `deals`: those of the scope.
    `touched`: deal_id -> moment at which anything was last recorded. `recorded`: columns that any deal of the
    company has: who lacks it everywhere lacks it in the CRM.
    """

    store: Store = field(repr=False)
    company: Company
    scope: Scope
    everyone: pd.DataFrame
    people: pd.DataFrame
    stages: pd.DataFrame
    rates: pd.DataFrame
    touched: pd.Series
    is_last_day: bool

    @property
    def as_of(self) -> date:
        """The day."""
        return self.scope.as_of

    @cached_property
    def deals(self) -> pd.DataFrame:
        """The scope's deals."""
        return self.scope.within(self.everyone)

    @cached_property
    def open(self) -> pd.DataFrame:
        """The scope's open deals, Omitted too."""
        return self.deals[self.deals["is_open"]]

    @cached_property
    def won(self) -> pd.DataFrame:
        """The scope's deals won in the year up to the day."""
        return self.deals[self.deals["is_won_deal"]]

    @cached_property
    def closed(self) -> pd.DataFrame:
        """The scope's deals closed in the year up to the day."""
        return self.deals[~self.deals["is_open"]]

    def records(self, column: str) -> bool:
        """Whether the CRM says this of any deal at all."""
        there = self.everyone[column]
        return bool((there.notna() & (there != 0) & (there != "") & (there != NOT_RECORDED)).any())


def facts_as_of(store: Store, company: Company, scope: Scope, last_day: date) -> Facts:
    """Read what the checks need at the end of the scope's day; nothing later is used.

    `last_day`: of the data.
    """
    end = company.calendar.end_of(scope.as_of)
    since = scope.as_of - timedelta(days=CLOSED_DAYS)
    with store.reading():
        everyone = deals_as_of(store, company, scope.as_of, closed_since=since)
        touches = store.query("deal_touches", as_of_end=end).set_index("deal_id")["touched_at"]
        return _facts(store, company, scope, last_day, everyone, touches)


def open_facts_at(
    store: Store, company: Company, scope: Scope, days: list[date], last_day: date
) -> Iterator[Facts]:
    """What the checks of open deals need at the end of each of some days, the last day at the end.

    As facts_as_of() says it of each of them, but of open deals only, and of these only what the checks of the
    trend look at: one query for all days is much quicker than one for each.
    """
    if not days:
        return
    ends = [company.calendar.end_of(day) for day in days]
    with store.reading():
        deals = store.query("open_deals_at_moments", moments=ends, as_of_end=ends[-1])
        deals = deals.assign(
            is_open=True,
            is_won_deal=False,
            stage=deals["stage"].fillna(NOT_RECORDED),
            close_date=pd.to_datetime(deals["close_date"]),
            last_activity_on=pd.to_datetime(deals["last_activity_on"]),
        )
        for day, end in zip(days, ends, strict=True):
            everyone = deals[deals["moment"] == end].reset_index(drop=True)
            touches = everyone.set_index("deal_id")["touched_at"]
            yield _facts(store, company, replace(scope, as_of=day), last_day, everyone, touches)


def _facts(
    store: Store, company: Company, scope: Scope, last_day: date, everyone: pd.DataFrame, touches: pd.Series
) -> Facts:
    end = company.calendar.end_of(scope.as_of)
    return Facts(
        store=store,
        company=company,
        scope=scope,
        everyone=everyone,
        people=store.query("people_as_of", as_of_end=end),
        stages=store.query("stages_as_of", as_of_end=end),
        rates=store.query("rates_as_of", as_of_end=end),
        touched=touches,
        is_last_day=scope.as_of >= last_day,
    )


def failing(deals: pd.DataFrame, mask: pd.Series, why: str | pd.Series, note: str = "") -> Found:
    """The deals for which `mask` holds, each with why (which needs to be said of these only)."""
    return Found(deals=deals.assign(why=why)[mask.fillna(False).astype(bool)], note=note)
