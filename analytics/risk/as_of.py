"""The state that held at a moment: each row joined with the last step before it."""

from __future__ import annotations

import numpy as np
import pandas as pd


def as_of_join(rows: pd.DataFrame, steps: pd.DataFrame, on: str, by: str = "deal_id") -> pd.DataFrame:
    """`rows` with the columns of the last step of the same `by` with `valid_at` at or before the moment `on`.

    Rows keep their order and index; the columns are missing where there was no step yet. Of several steps at
    one moment the last given counts.
    """
    if rows.empty:
        return pd.concat([rows, steps.drop(columns=[by, "valid_at"]).iloc[:0].set_index(rows.index)], axis=1)
    ordered = rows.assign(_order=np.arange(len(rows))).astype({on: "datetime64[us]"})
    ordered = ordered.sort_values(on, kind="stable")
    right = steps.astype({"valid_at": "datetime64[us]", by: ordered[by].dtype})
    joined = pd.merge_asof(
        ordered, right.sort_values("valid_at", kind="stable"), left_on=on, right_on="valid_at", by=by
    )
    return joined.sort_values("_order").drop(columns=["_order", "valid_at"]).set_index(rows.index)


def days_between(earlier: pd.Series, later: pd.Series) -> pd.Series:
    """Days from one moment to another, with fractions; negative where `later` comes first."""
    return (later - earlier).dt.total_seconds() / 86_400


def rates_at(rows: pd.DataFrame, rates: pd.DataFrame, company_currency: str, on: str) -> pd.Series:
    """What a unit of each row's `currency` is worth in the company's at the moment `on`; NaN: not known.

    `rates`: the query rate_steps.
    """
    moments = rows[["currency", on]].rename(columns={on: "moment"})
    found = as_of_join(moments, rates, "moment", by="currency")["rate"].astype(float)
    return found.where(rows["currency"] != company_currency, 1.0)
