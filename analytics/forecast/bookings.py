"""The won deals of the past: when they were first seen, when booked, for how much, and by whom."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.company import Company
from analytics.pipeline.deals import deals_as_of
from analytics.store.database import Store

COLUMNS = ["deal_id", "first_seen_on", "booked_day", "amount_company", "owner_id", "team", "region"]


def bookings(store: Store, company: Company, as_of: date) -> pd.DataFrame:
    """The deals that stand won at the end of `as_of`, a row each: COLUMNS.

    Days are the company's; money in its currency (a deal without an amount or rate counts 0). Owner, team
    and region as of then.
    """
    span = store.query("data_span").iloc[0]
    if pd.isna(span["first_at"]):
        return pd.DataFrame(columns=COLUMNS)
    began = company.calendar.day_of(span["first_at"].to_pydatetime())
    deals = deals_as_of(store, company, as_of, closed_since=min(began, as_of))
    won = deals[deals["is_won_deal"]]
    zone = company.calendar.time_zone
    seen = won["first_seen_at"].dt.tz_localize("UTC").dt.tz_convert(zone).dt.tz_localize(None)
    return won.assign(
        first_seen_on=seen.dt.normalize(),
        amount_company=won["amount_company"].fillna(0.0).astype(float),
        region=won["region"].fillna(""),
    )[COLUMNS].reset_index(drop=True)
