"""The warnings that deals show, by the limits that a person has set."""

from __future__ import annotations

import pandas as pd

from analytics.risk.warning_limits import Limits
from analytics.risk.warning_rules import RULES


def warnings_of(rows: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """The warnings that are on and that deals show: a row per deal and warning.

    `rows`: the landmarks of one day, of ALL open deals (what no deal has is taken for not recorded), with
    what was usual (`with_usual`; without it those two warnings are not judged). Columns: deal_id, warning
    (key), label (the warning with its limit), text (what is so on this deal).
    """
    parts = []
    for rule in RULES:
        limit = limits[rule.key]
        if not limit.is_on:
            continue
        showing = rows[rule.on(rows, limit.value).fillna(False).astype(bool)]
        texts = [rule.told(row, limit.value) for row in showing.itertuples(index=False)]
        parts.append(
            pd.DataFrame(
                {
                    "deal_id": showing["deal_id"].to_numpy(),
                    "warning": rule.key,
                    "label": rule.label(limit.value),
                    "text": pd.Series(texts, dtype=object),
                }
            )
        )
    if not parts:
        return pd.DataFrame(columns=["deal_id", "warning", "label", "text"])
    return pd.concat(parts, ignore_index=True)
