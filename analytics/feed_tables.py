"""The team feed's table of gaps closed, and the weeks that a reader can choose."""

from __future__ import annotations

from datetime import date, timedelta

import pandas as pd

from analytics.company import DataSpan
from analytics.digest.week import DAYS
from analytics.digest.words import step

#: Weeks back that can be chosen.
WEEKS_BACK = 13
_COLUMNS = {
    "name": "Deal",
    "account_name": "Account",
    "label": "Question",
    "amount_company": "Amount",
    "step": "From and to",
    "author_name": "Found by",
    "day": "Found on",
    "owner_name": "Owner",
    "answer": "Answer",
}


def week_ends(as_of: date, span: DataSpan) -> list[date]:
    """The last days of the weeks up to a day, the latest first."""
    ends = [as_of - timedelta(days=DAYS * back) for back in range(WEEKS_BACK)]
    return [one for one in ends if one >= span.first_day] or [as_of]


def closed_table(rows: pd.DataFrame) -> pd.DataFrame:
    """A row per gap closed, of `digest.week.closed`; money in the company's currency."""
    table = rows.assign(step=[step(row) for row in rows.itertuples()])
    return table[list(_COLUMNS)].rename(columns=_COLUMNS)
