"""What was right once and has not been looked after since."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.freshness import freshness_of
from analytics.quality.check import ADMIN, OWNER, REVOPS, Check, Found, NotJudged
from analytics.quality.facts import Facts, failing
from analytics.wording import count, day

UNTOUCHED_DAYS = 30
RATE_DAYS = 92


def _past_close_date(facts: Facts) -> Found:
    closes = facts.open["close_date"]
    days = (pd.Timestamp(facts.as_of) - closes).dt.days
    return failing(facts.open, days > 0, "close date " + _days(days[days > 0]) + " ago")


def _inactive_owner(facts: Facts) -> Found | NotJudged:
    if facts.people.empty:
        return NotJudged("not enough data", "No people are loaded (Salesforce: User).")
    gone = facts.people.loc[~facts.people["is_active"].astype(bool), "person_id"]
    return failing(facts.open, facts.open["owner_id"].isin(gone), "owner is no longer active")


def _untouched(facts: Facts) -> Found | NotJudged:
    """As the landmarks age a deal: since the last activity, but a change of the deal counts as well."""
    touched = facts.open["deal_id"].map(facts.touched)
    latest = pd.concat([touched, facts.open["last_activity_on"].astype(touched.dtype)], axis=1).max(axis=1)
    end = pd.Timestamp(facts.company.calendar.end_of(facts.as_of))
    days = (end - latest).dt.days
    return failing(
        facts.open, days > UNTOUCHED_DAYS, "nothing recorded for " + _days(days[days > UNTOUCHED_DAYS])
    )


def _old_rate(facts: Facts) -> Found | NotJudged:
    foreign = facts.open[facts.open["currency"] != facts.company.currency]
    if foreign.empty:
        return NotJudged("not applicable", f"Every open deal is in {facts.company.currency}.")
    ages = _rate_ages(facts)
    days = foreign["currency"].map(ages)
    said = "rate of " + foreign["currency"].astype(str) + " is " + _days(days) + " old"
    return failing(foreign, days > RATE_DAYS, said)


def _rate_ages(facts: Facts) -> dict[str, int]:
    """Currency -> days since its rate was set; a rate without a date is as old as its import."""
    ages = {}
    rate: Any
    for rate in facts.rates.itertuples():
        since = rate.valid_at if rate.valid_at.year > 1970 else rate.loaded_at
        ages[str(rate.currency)] = (pd.Timestamp(facts.as_of) - since).days
    return ages


def _days(days: pd.Series) -> pd.Series:
    """1 day, 46 days."""
    return days.map({n: count(int(n), "day") for n in days.dropna().unique()}).astype(object)


def _stale_source(facts: Facts) -> Found | NotJudged:
    if not facts.is_last_day:
        return NotJudged("skipped", "This is about the last day of the data.")
    fresh = freshness_of(facts.store, facts.company)
    if fresh.is_sample:
        return NotJudged("not applicable", fresh.text)
    rows = [
        {"Problem": one, "Since": day(fresh.since, locale=facts.company.locale)} for one in fresh.problems
    ]
    return Found(things=pd.DataFrame(rows), note=fresh.text)


CHECKS = (
    Check(
        "DQ11", "Close date in the past", "stale", "error", "open deals",
        "A date that has gone by is no date: the deal counts nothing in a later quarter.",
        "Ask when it will really be signed and move the date, or close the deal.",
        OWNER, _past_close_date,
    ),
    Check(
        "DQ12", "Owner no longer active", "stale", "warning", "open deals",
        "Nobody works the deal, and its number rests on somebody who has left.",
        "Hand the deal over.",
        REVOPS, _inactive_owner,
    ),
    Check(
        "DQ13", f"Untouched for more than {UNTOUCHED_DAYS} days", "stale", "warning", "open deals",
        "No change, no activity, no answer: what is stated may no longer hold.",
        "Call the customer, then confirm or close the deal.",
        OWNER, _untouched,
    ),
    Check(
        "DQ14", f"Currency rate older than {RATE_DAYS} days", "stale", "warning", "open deals",
        "Amounts in this currency are converted at a rate of last quarter.",
        "Load the rates again (Salesforce: CurrencyType).",
        REVOPS, _old_rate,
    ),
    Check(
        "DQ15", "Data not refreshed", "stale", "error", "the store",
        "The CRM has moved on; every page shows how it was.",
        "Load an export or run the sync, and look why the last one failed.",
        ADMIN, _stale_source, in_trend=False,
    ),
)  # fmt: skip
