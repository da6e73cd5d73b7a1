"""What happened between two days, read from the store: both ends of every deal, and each step in between."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import numpy as np
import pandas as pd

from analytics.company import Company, Scope
from analytics.pipeline.deals import NOT_RECORDED, deals_as_of
from analytics.store.database import Store

#: From weak to strong; what is none of these counts as Pipeline, as everywhere.
CATEGORIES = ("Omitted", "Pipeline", "Best Case", "Commit")
_STATE = [
    "name", "account_name", "currency", "stage", "category", "amount", "money", "close_date", "owner_id",
    "owner_name", "team", "is_open", "is_won", "is_gone", "is_mine", "is_in", "ended_on",
]  # fmt: skip


@dataclass(frozen=True)
class Window:
    """The deals at both ends and in between.

    `before`, `after`: by deal_id (the same deals in the same order), missing where there was no such deal:
    name, account_name, currency, stage, category, amount (deal's currency), money (company's), close_date,
    owner_id, owner_name, team, is_there (recorded and not gone), is_open, is_won, is_gone, is_mine (in the
    scope), is_in (in the measure), ended_on (day of the close).
    `steps`: deal_id, at, is_before and the same states, ascending, of the deals that changed in the window:
    the state before it (if there was one) and after each change.
    `rate_before`, `rate_after`: what a unit of a deal's currency was worth (NaN: not known).
    """

    before: pd.DataFrame
    after: pd.DataFrame
    steps: pd.DataFrame
    rate_before: pd.Series
    rate_after: pd.Series


def read_window(
    store: Store, company: Company, scope: Scope, since: date, categories: tuple[str, ...]
) -> Window:
    """Read the states at the end of `since` and of the scope's day, and every change between the two."""
    calendar = company.calendar
    since_end, end = calendar.end_of(since), calendar.end_of(scope.as_of)
    with store.reading():
        first = _plain(deals_as_of(store, company, since, closed_since=since))
        last = _plain(deals_as_of(store, company, scope.as_of, closed_since=since))
        steps = _steps(store, company, since_end, end)
        people = [store.query("people_as_of", as_of_end=one) for one in (since_end, end)]
        rates = store.query("rate_steps", as_of_end=end)
    then, now = (_rates(rates, company, one) for one in (since_end, end))
    was = steps[steps["is_before"]].drop_duplicates("deal_id", keep="last")
    became = steps.drop_duplicates("deal_id", keep="last")
    before = _end(first, was, people[0], then, company)
    after = _end(last, became, people[1], now, company)
    ids = before.index.union(after.index)
    before, after = (
        _measured(one.reindex(ids), scope, categories).reindex(columns=[*_STATE, "is_there"])
        for one in (before, after)
    )
    steps = _with_people(steps, people[1], now, company)
    steps = steps.assign(is_there=~steps["is_gone"], ended_on=pd.Series(pd.NaT, index=steps.index))
    return Window(
        before,
        after,
        _measured(steps, scope, categories),
        _of_currency(before["currency"].fillna(after["currency"]), then, company),
        _of_currency(after["currency"].fillna(before["currency"]), now, company),
    )


def _steps(store: Store, company: Company, since_end: datetime, end: datetime) -> pd.DataFrame:
    """The mechanics and the owner of each deal that changed, at every moment at which one of them did."""
    mechanics = store.query("window_steps", since_end=since_end, as_of_end=end)
    owners = store.query("window_owners", since_end=since_end, as_of_end=end)
    mechanics, owners = (_plain(_at(one, since_end)) for one in (mechanics, owners))
    known = owners["deal_id"].isin(mechanics["deal_id"])
    moments = pd.concat([mechanics, owners[known]])[["deal_id", "at"]]
    moments = moments.drop_duplicates().sort_values(["at", "deal_id"], kind="stable")
    facts = mechanics.drop(columns="is_before")
    joined = pd.merge_asof(moments, facts.sort_values("at", kind="stable"), on="at", by="deal_id")
    owners = owners[["deal_id", "at", "owner_id"]].sort_values("at", kind="stable")
    joined = pd.merge_asof(joined, owners, on="at", by="deal_id")
    joined = joined[joined["is_closed"].notna()]  # somebody had it before it was first seen
    flags = {name: joined[name].astype(bool) for name in ("is_closed", "is_won", "is_gone")}
    joined = joined.assign(**flags, is_before=joined["at"] <= since_end)
    return _named(joined.sort_values(["deal_id", "at"], kind="stable").reset_index(drop=True), company)


def _plain(table: pd.DataFrame) -> pd.DataFrame:
    """Texts as plain objects: of thousands of rows each is looked at alone, which Arrow's are slow at."""
    texts = table.select_dtypes(include=["object", "str", "string"]).columns
    return table.astype(dict.fromkeys(texts, object))


def _at(steps: pd.DataFrame, since_end: datetime) -> pd.DataFrame:
    """What held before the window holds at its first moment."""
    moment = pd.Timestamp(since_end).to_datetime64().astype("datetime64[us]")
    at = steps["valid_at"].to_numpy().astype("datetime64[us]")
    return steps.assign(at=np.where(steps["is_before"].to_numpy(bool), moment, at)).drop(columns="valid_at")


def _named(steps: pd.DataFrame, company: Company) -> pd.DataFrame:
    """The steps in the words of `deals_as_of`."""
    closed = steps["is_closed"]
    won = closed & steps["is_won"]
    return steps.assign(
        close_date=pd.to_datetime(steps["close_date"]),
        stage=steps["stage"].fillna(NOT_RECORDED),
        category=steps["forecast_category"].fillna("Pipeline").where(~won, "Closed"),
        amount=steps["amount"].astype(float),
        currency=steps["currency"].fillna(company.currency),
        owner_id=steps["owner_id"].fillna(""),
        is_open=~closed & ~steps["is_gone"],
        is_won=won & ~steps["is_gone"],
    )


def _end(
    deals: pd.DataFrame, steps: pd.DataFrame, people: pd.DataFrame, rates: pd.Series, company: Company
) -> pd.DataFrame:
    """One end of the window by deal_id: of `deals_as_of`, and of deals that were closed or gone by then."""
    there = deals.rename(columns={"amount_company": "money", "booked_day": "ended_on"})
    there = there.assign(is_won=there["is_won_deal"], is_gone=False, is_there=True)
    others = steps[~steps["deal_id"].isin(there["deal_id"])]
    others = _with_people(others, people, rates, company)
    gone_on = _day(others["at"], company).where(others["is_gone"])  # who closed long ago has no day here
    others = others.assign(is_there=~others["is_gone"], ended_on=gone_on)
    columns = ["deal_id", *(name for name in _STATE if name not in ("is_mine", "is_in")), "is_there"]
    both = [one[columns] for one in (there, others) if len(one)]
    table = pd.concat(both, ignore_index=True) if both else there[columns]
    return table.set_index("deal_id")


def _with_people(
    steps: pd.DataFrame, people: pd.DataFrame, rates: pd.Series, company: Company
) -> pd.DataFrame:
    """Steps with the owner's name and team, and with money in the company's currency."""
    who = people.set_index("person_id")
    names, teams = (steps["owner_id"].map(who[one]).astype(object) for one in ("name", "team"))
    rate = _of_currency(steps["currency"], rates, company)
    return steps.assign(
        owner_name=names.fillna(steps["owner_id"]).replace("", "(no owner)"),
        team=teams.fillna(""),
        money=(steps["amount"] * rate).round(2),
    )


def _rates(steps: pd.DataFrame, company: Company, moment: datetime) -> pd.Series:
    """currency -> what a unit of it was worth at a moment."""
    known = steps[steps["valid_at"] <= moment].drop_duplicates("currency", keep="last")
    rates = known.set_index("currency")["rate"].astype(float)
    rates[company.currency] = 1.0
    return rates


def _of_currency(currencies: pd.Series, rates: pd.Series, company: Company) -> pd.Series:
    return pd.Series(currencies.fillna(company.currency).map(rates).astype(float))


def _day(moments: pd.Series, company: Company) -> pd.Series:
    local = moments.dt.tz_localize("UTC").dt.tz_convert(company.calendar.time_zone)
    days: pd.Series = local.dt.tz_localize(None).dt.normalize()
    return days


def _measured(states: pd.DataFrame, scope: Scope, categories: tuple[str, ...]) -> pd.DataFrame:
    """States with `is_mine` and `is_in`; where there is no deal, all is false."""
    flags = {
        name: states[name].astype("boolean").fillna(False).astype(bool)
        for name in ("is_open", "is_won", "is_gone", "is_there")
    }
    # an open deal in a category that we do not know, or in Closed, counts as Pipeline
    odd = flags["is_open"] & ~states["category"].isin(CATEGORIES)
    states = states.assign(
        **flags,
        category=states["category"].mask(odd, "Pipeline"),
        close_date=pd.to_datetime(states["close_date"]),
        amount=states["amount"].astype(float),
        money=states["money"].astype(float),
    )
    first, last = pd.Timestamp(scope.quarter.first_day), pd.Timestamp(scope.quarter.last_day)
    dated = states["close_date"].between(first, last)
    mine = pd.Series(states.index.isin(scope.within(states).index), index=states.index) & states["is_there"]
    return states.assign(
        is_mine=mine, is_in=mine & states["is_open"] & dated & states["category"].isin(categories)
    )
