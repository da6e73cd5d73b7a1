"""The open actions of a team's deals that are due soon, or have been for some time."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from analytics.company import Company
from analytics.review.decisions import decisions_as_of, open_actions
from analytics.store.database import Store


def actions_due(store: Store, company: Company, as_of: date, deals: pd.DataFrame, days: int) -> pd.DataFrame:
    """Actions decided about `deals` that nobody has reported on and that are due within so many days.

    The longest due first: deal_id, name, action, action_owner_name, due, days_over (negative: still to come).
    """
    rows = open_actions(decisions_as_of(store, company, as_of))
    soon = rows["due"] <= pd.Timestamp(as_of + timedelta(days=days))
    mine = rows[soon & rows["deal_id"].isin(deals["deal_id"])]
    names = deals.drop_duplicates("deal_id").set_index("deal_id")["name"]
    return mine.assign(
        name=mine["deal_id"].map(names), days_over=(pd.Timestamp(as_of) - mine["due"]).dt.days
    )[["deal_id", "name", "action", "action_owner_name", "due", "days_over"]].reset_index(drop=True)
