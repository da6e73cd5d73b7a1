"""The deals as of a day, one row each, with what pandas derives per deal."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.company import Company
from analytics.fiscal import Quarter
from analytics.store.database import Store

NOT_RECORDED = "(not recorded)"


def deals_as_of(
    store: Store, company: Company, as_of: date, *, closed_since: date, deal_id: str | None = None
) -> pd.DataFrame:
    """Deals open at the end of `as_of`, and those closed from `closed_since` to then.

    One row per deal. Added to the columns of `queries/deals_as_of.sql`: `booked_day` (company day on which
    the CRM first showed the deal as closed), `weighted` (amount x probability, to the cent),
    `category`, `is_open`, `is_won_deal`. Amounts are in the company's currency (`amount_company`).
    Nothing later than `as_of` is used. Deals that are gone are left out. With `deal_id` only that deal, gone
    or not.
    """
    calendar = company.calendar
    deals = store.query(
        "deals_as_of",
        as_of_end=calendar.end_of(as_of),
        closed_since=calendar.start_of(closed_since),
        deal_id=deal_id,
    )
    if deal_id is None:
        deals = deals[~deals["is_gone"]].reset_index(drop=True)
    return _derive(deals, company)


def _derive(deals: pd.DataFrame, company: Company) -> pd.DataFrame:
    closed = deals["is_closed"].astype(bool)
    won = closed & deals["is_won"].astype(bool)
    local = deals["closed_at"].dt.tz_localize("UTC").dt.tz_convert(company.calendar.time_zone)
    category = deals["forecast_category"].fillna("Pipeline").where(~won, "Closed")
    return deals.assign(
        is_open=~closed,
        is_won_deal=won,
        booked_day=local.dt.tz_localize(None).dt.normalize(),
        close_date=pd.to_datetime(deals["close_date"]),
        last_activity_on=pd.to_datetime(deals["last_activity_on"]),
        category=category,
        stage=deals["stage"].fillna(NOT_RECORDED),
        team=deals["team"].fillna(""),
        owner_id=deals["owner_id"].fillna(""),
        owner_name=deals["owner_name"].fillna(deals["owner_id"]).fillna("(no owner)"),
        weighted=(deals["amount_company"] * deals["probability"]).round(2),
    )


def dated_in(deals: pd.DataFrame, quarter: Quarter) -> pd.Series:
    """Open deals whose close date lies in the quarter (boolean, by row); the category Omitted is left out."""
    day = deals["close_date"]
    inside = (day >= pd.Timestamp(quarter.first_day)) & (day <= pd.Timestamp(quarter.last_day))
    return deals["is_open"] & inside & (deals["category"] != "Omitted")


def won_in(deals: pd.DataFrame, quarter: Quarter) -> pd.Series:
    """Won deals booked in the quarter (boolean, by row)."""
    day = deals["booked_day"]
    inside = (day >= pd.Timestamp(quarter.first_day)) & (day <= pd.Timestamp(quarter.last_day))
    return deals["is_won_deal"] & inside
