"""The quarter's money by forecast category, stage, team, owner and month."""

from __future__ import annotations

import pandas as pd

from analytics.pipeline.deals import dated_in, won_in
from analytics.pipeline.quarter_end import QuarterEnd
from analytics.store.subjects import CATEGORIES

BY = {
    "category": "Forecast category",
    "stage": "Stage",
    "team": "Team",
    "owner": "Owner",
    "month": "Month",
}

_NEEDED = [
    *("is_open", "is_won_deal", "close_date", "booked_day", "amount_company", "weighted"),
    *("category", "stage", "stage_order", "team", "owner_id", "owner_name"),
]


def breakdown(view: QuarterEnd, by: str) -> pd.DataFrame:
    """The quarter's deals grouped by one of BY.

    One row per group: `group`, `deals` (open), `won`, `open`, `weighted` (money). The columns' sums are the
    measures won, open pipeline and weighted pipeline.
    """
    deals, quarter = view.deals[_NEEDED], view.scope.quarter
    relevant = deals.assign(is_dated=dated_in(deals, quarter), is_booked=won_in(deals, quarter))
    relevant = relevant[relevant["is_dated"] | relevant["is_booked"]]
    relevant = relevant.assign(
        group=_group(relevant, by),
        won=relevant["amount_company"].where(relevant["is_booked"], 0).fillna(0),
        open=relevant["amount_company"].where(relevant["is_dated"], 0).fillna(0),
        weighted=relevant["weighted"].where(relevant["is_dated"], 0).fillna(0),
    )
    table = relevant.groupby("group", sort=False).agg(
        deals=("is_dated", "sum"),
        won=("won", "sum"),
        open=("open", "sum"),
        weighted=("weighted", "sum"),
        order=("stage_order", "min"),
    )
    return _sorted(table, by).drop(columns="order").round(2).reset_index()


def _group(deals: pd.DataFrame, by: str) -> pd.Series:
    if by == "month":
        day = deals["close_date"].where(deals["is_dated"], deals["booked_day"])
        return pd.Series(day.dt.strftime("%Y-%m"), index=day.index)
    if by == "owner":
        return _owner(deals)
    column = {"category": "category", "stage": "stage", "team": "team"}[by]
    return deals[column].where(deals[column] != "", "(no team)")


def _owner(deals: pd.DataFrame) -> pd.Series:
    """The owner's name, with the id where two people share a name."""
    people = deals[["owner_id", "owner_name"]].drop_duplicates()
    shared = set(people.loc[people.duplicated("owner_name"), "owner_name"])
    with_id = deals["owner_name"] + " (" + deals["owner_id"] + ")"
    return deals["owner_name"].where(~deals["owner_name"].isin(shared), with_id)


def _sorted(table: pd.DataFrame, by: str) -> pd.DataFrame:
    if by == "category":
        known = [name for name in CATEGORIES if name in table.index]
        return table.reindex([*known, *(name for name in table.index if name not in known)])
    if by == "stage":
        return table.sort_values("order", na_position="first", kind="stable")
    if by == "month":
        return table.sort_index()
    return (
        table.assign(size=table["won"] + table["open"])
        .sort_values("size", ascending=False)
        .drop(columns="size")
    )
