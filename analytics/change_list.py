"""Changes of answers as a table to download."""

from __future__ import annotations

import pandas as pd

_COLUMNS = {
    "day": "Changed",
    "author_name": "Author",
    "name": "Deal",
    "deal_id": "Deal ID",
    "account_name": "Account",
    "label": "Question",
    "level_before": "Level before",
    "level": "Level",
    "direction": "Direction",
    "answer": "Answer",
    "answer_before": "Answer before",
    "source": "Source",
}


def changes_table(rows: pd.DataFrame) -> pd.DataFrame:
    """A row per change of `feed.answer_changes`; levels 0-4, empty before a first answer."""
    return rows[[*_COLUMNS]].rename(columns=_COLUMNS)
