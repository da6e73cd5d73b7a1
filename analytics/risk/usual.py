"""What was usual when a quarter began: how long a stage lasts, and how long a deal takes until it is won."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from analytics.company import Company
from analytics.pipeline.hygiene import MIN_STAYS
from analytics.store.database import Store


def with_usual(store: Store, company: Company, rows: pd.DataFrame) -> pd.DataFrame:
    """Landmark rows with `usual_stage_days` (of the row's stage) and `usual_cycle_days` (created to won).

    Medians, in days, of the stays completed and the deals won before the landmark's quarter began, so that
    nothing changes what is usual within a quarter. NaN where fewer than 20 of them were known.
    """
    stage = pd.Series(np.nan, index=rows.index)
    cycle = pd.Series(np.nan, index=rows.index)
    with store.reading():
        for first_day in rows["first_day"].unique():
            of_quarter = rows["first_day"] == first_day
            before = company.calendar.end_of(pd.Timestamp(first_day).date() - timedelta(days=1))
            stays = store.query("stage_stays", as_of_end=before)
            known = stays[stays["stays"] >= MIN_STAYS].set_index("stage")["median_days"].astype(float)
            stage[of_quarter] = rows.loc[of_quarter, "stage"].map(known).astype(float)
            won = store.query("won_cycles", as_of_end=before).iloc[0]
            if won["deals"] >= MIN_STAYS:
                cycle[of_quarter] = float(won["median_days"])
    return rows.assign(usual_stage_days=stage, usual_cycle_days=cycle)
