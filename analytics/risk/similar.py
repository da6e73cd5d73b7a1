"""Past deals that stood like this one, and how they ended."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.risk.chances import History
from analytics.risk.design import prepared

_WEEKS_APART = 1


def similar_deals(history: History, deal_id: str, most: int = 5) -> pd.DataFrame:
    """The past deals most alike in what the chance depends on, in the same stage and week of a past quarter.

    Columns: deal_id, landmark (the week compared), distance (logits), stage, days_to_close, pushes,
    activity_days, case_depth, amount_company, outcome_0 (at that quarter's end), closed_on, closed_won (None:
    still open). Alike: the sum of squared differences of the model's terms is small. Empty without a model.
    """
    model = history.learned.model
    today = history.today[history.today["deal_id"] == deal_id]
    if model is None or today.empty:
        return history.rows.iloc[:0].assign(distance=pd.Series(dtype=float))
    rows = history.rows
    alike = rows[
        rows["outcome_0"].notna()
        & (rows["deal_id"] != deal_id)
        & (rows["stage"] == today["stage"].iloc[0])
        & ((rows["week"] - today["week"].iloc[0]).abs() <= _WEEKS_APART)
    ]
    weights = model.steps[0].win[1:]
    here = model.design.matrix(prepared(today)) * weights
    there = model.design.matrix(prepared(alike)) * weights
    distance = np.sqrt(((there - here) ** 2).sum(axis=1))
    nearest = alike.assign(distance=distance).sort_values("distance", kind="stable")
    return pd.DataFrame(nearest.drop_duplicates("deal_id").head(most).reset_index(drop=True))
