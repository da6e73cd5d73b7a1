"""What each rep called a quarter at, against what was won; and how many deals stated as commit were won."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pandas as pd
from scipy import stats

from analytics.company import Company
from analytics.fiscal import Quarter
from analytics.forecast.accuracy import CONFIDENCE
from analytics.forecast.bookings import bookings
from analytics.forecast.calls import calls_at
from analytics.intervals import wilson
from analytics.risk.owner_history import COUNTED_WEEK
from analytics.store.database import Store

#: Past quarters that are looked at, at most.
QUARTERS = 8
#: The call that counts is the one that stood so many days before the quarter's end.
DAYS_LEFT = 28
#: A bias has an interval from so many quarters on; a share of commits from so many commits on.
FEWEST_QUARTERS, FEWEST_COMMITS = 4, 8


def past_quarters(company: Company, as_of: date, most: int = QUARTERS) -> list[Quarter]:
    """The quarters that were over at the end of a day, the latest last."""
    calendar, found = company.calendar, []
    step = calendar.quarter_of(as_of)
    if step.last_day > as_of:
        step = calendar.shift(step, -1)
    for _ in range(most):
        found.append(step)
        step = calendar.shift(step, -1)
    return found[::-1]


def called_and_won(store: Store, company: Company, as_of: date) -> pd.DataFrame:
    """A row per owner and past quarter in which they called: owner_id, quarter, called, won.

    `called`: the most likely amount (else the commit) that stood DAYS_LEFT days before the quarter's end;
    `won`: booked in it by the deals they own now. Company currency. Whoever leads people calls for them all
    and has no row.
    """
    with store.reading():
        calls, booked = calls_at(store, company, as_of), bookings(store, company, as_of)
    leads = set(calls.people_on(as_of)["manager_id"].dropna())
    rows = []
    for quarter in past_quarters(company, as_of):
        said = calls.on(quarter.last_day - timedelta(days=DAYS_LEFT), quarter.first_day)
        amount = said["most_likely_amount"].fillna(said["commit_amount"]).dropna()
        days = booked["booked_day"]
        inside = (days >= pd.Timestamp(quarter.first_day)) & (days <= pd.Timestamp(quarter.last_day))
        won = booked[inside].groupby("owner_id")["amount_company"].sum()
        rows += [
            {"owner_id": owner, "quarter": quarter.key, "called": float(value), "won": won.get(owner, 0.0)}
            for owner, value in amount.items()
            if owner and owner not in leads
        ]
    table = pd.DataFrame(rows, columns=["owner_id", "quarter", "called", "won"])
    return table.astype({"called": float, "won": float})


def call_bias(called: pd.DataFrame) -> pd.DataFrame:
    """Per owner (index): n (quarters), bias, low, high.

    bias = sum(called - won) / sum(won), positive = called more than was won; its 90% interval treats the
    quarters as a sample. All NaN below FEWEST_QUARTERS quarters or where nothing was won.
    """
    rows = {}
    for owner, mine in called.groupby("owner_id"):
        rows[str(owner)] = {"n": len(mine), **_ratio(mine)}
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["n", "bias", "low", "high"])
    return table.rename_axis("owner_id").astype({"n": int, "bias": float, "low": float, "high": float})


def _ratio(mine: pd.DataFrame) -> dict[str, float]:
    n, whole = len(mine), float(mine["won"].sum())
    if n < FEWEST_QUARTERS or whole <= 0:
        return dict.fromkeys(("bias", "low", "high"), np.nan)
    off = (mine["called"] - mine["won"]).to_numpy(float)
    bias = float(off.sum()) / whole
    rest = off - bias * mine["won"].to_numpy(float)
    error = float(np.sqrt(n / (n - 1) * (rest**2).sum())) / whole
    reach = float(stats.t.ppf(0.5 + CONFIDENCE / 2, n - 1)) * error
    low = max(bias - reach, -1.0)  # nobody calls less than nothing
    return {"bias": bias, "low": low, "high": bias + reach}


def commits(rows: pd.DataFrame, company: Company, as_of: date) -> pd.DataFrame:
    """Deals stated as commit for a past quarter in its fifth week: what became of each.

    `rows`: of `landmark_rows`; a row per deal and quarter: deal_id, name, account_name, owner_id, quarter,
    amount_company, `kept` (won in that quarter).
    """
    stated = commit_rows(rows, company, as_of)
    columns = ["deal_id", "name", "account_name", "owner_id", "quarter", "amount_company"]
    return stated[columns].assign(kept=stated["outcome_0"].eq("won")).reset_index(drop=True)


def commit_rows(rows: pd.DataFrame, company: Company, as_of: date) -> pd.DataFrame:
    """The landmarks of `commits`, whole: one per deal and past quarter."""
    quarters = {one.key for one in past_quarters(company, as_of)}
    asked = (
        (rows["landmark"] <= pd.Timestamp(as_of))
        & (rows["week"] == COUNTED_WEEK)
        & (rows["category"] == "Commit")
        & (rows["timing"] == "in quarter")
        & rows["quarter"].isin(quarters)
        & rows["outcome_0"].notna()
    )
    found: pd.DataFrame = rows[asked].drop_duplicates(["deal_id", "quarter"])
    return found


def commits_kept(stated: pd.DataFrame) -> pd.DataFrame:
    """Per owner (index): n, kept, share, low, high (90%); the share is NaN below FEWEST_COMMITS."""
    rows = {}
    for owner, mine in stated.groupby("owner_id"):
        n, kept = len(mine), int(mine["kept"].sum())
        share, (low, high) = kept / n, wilson(kept / n, n)
        known = {"share": share, "low": low, "high": high}
        rows[str(owner)] = {"n": n, "kept": kept} | (known if n >= FEWEST_COMMITS else {})
    table = pd.DataFrame.from_dict(rows, orient="index", columns=["n", "kept", "share", "low", "high"])
    types = {"n": int, "kept": int} | dict.fromkeys(("share", "low", "high"), float)
    return table.rename_axis("owner_id").astype(types)
