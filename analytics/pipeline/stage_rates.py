"""What the CRM's stage probabilities say, beside what deals of that stage really did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

import pandas as pd
from scipy.stats import binomtest

from analytics.company import Company
from analytics.fiscal import Quarter
from analytics.pipeline.deals import NOT_RECORDED
from analytics.store.database import Store

MOST_QUARTERS = 12
CONFIDENCE = 0.90


@dataclass(frozen=True)
class Landmarks:
    """The same day of past quarters, and how the deals that were open then had ended by the quarter's end."""

    quarters: list[Quarter]  # oldest first; complete before the as-of date, after the first day of history
    rows: pd.DataFrame  # queries/landmark_outcomes.sql; stage NULL shown as NOT_RECORDED
    new_business: pd.DataFrame  # queries/new_business.sql


def landmarks(store: Store, company: Company, as_of: date, quarter: Quarter) -> Landmarks:
    """Outcomes at the same day of the last complete quarters (at most 12), as known at `as_of`.

    For a later quarter than the as-of date's, the landmark lies as many quarters before the one that ends.
    """
    calendar = company.calendar
    looked_from = min(calendar.quarter_of(as_of), quarter)
    ahead = calendar.steps(looked_from, quarter)
    span = store.query("data_span").iloc[0]
    past: list[tuple[datetime, Quarter]] = []
    for steps in range(1, MOST_QUARTERS + 1):
        ended = calendar.shift(quarter, -steps)
        landmark = calendar.end_of(calendar.shift(ended, -ahead).day_like(as_of, looked_from))
        if pd.isna(span["first_at"]) or landmark < span["first_at"]:
            break
        if ended.last_day <= as_of:
            past.append((landmark, ended))
    past.reverse()
    parameters = {
        "landmarks": [landmark for landmark, _ in past],
        "ends": [calendar.end_of(ended.last_day) for _, ended in past],
        "as_of_end": calendar.end_of(as_of),
    }
    rows = store.query(
        "landmark_outcomes",
        **parameters,
        first_days=[ended.first_day for _, ended in past],
        last_days=[ended.last_day for _, ended in past],
    )
    rows["stage"] = rows["stage"].fillna(NOT_RECORDED)
    starts = [calendar.start_of(ended.first_day) for _, ended in past]
    new_business = store.query("new_business", **parameters, starts=starts)
    return Landmarks([ended for _, ended in past], rows, new_business)


def stage_rates(view_deals: pd.DataFrame, past: Landmarks, configured: pd.DataFrame) -> pd.DataFrame:
    """Per stage with open deals in the quarter: configured probability beside the measured win rate.

    Columns: `stage`, `deals`, `amount`, `weighted`, `configured` (0-1), `measured` (0-1, NA without history),
    `low`, `high` (Wilson's 90% interval), `n` (past deals), `won`.
    """
    counted = (
        past.rows["forecast_category"] != "Omitted"
    )  # as in the pipeline that the rates are held against
    dated = past.rows[(past.rows["timing"] == "in quarter") & counted]
    history = dated.groupby("stage")[["deals", "won"]].sum().rename(columns={"deals": "n"})
    table = (
        view_deals.groupby("stage")
        .agg(
            deals=("deal_id", "size"),
            amount=("amount_company", "sum"),
            weighted=("weighted", "sum"),
            order=("stage_order", "min"),
        )
        .join(history)
        .join(configured.set_index("stage")["probability"].rename("configured"))
    )
    table[["n", "won"]] = table[["n", "won"]].fillna(0).astype(int)
    intervals = [interval(int(won), int(n)) for won, n in zip(table["won"], table["n"], strict=True)]
    table[["measured", "low", "high"]] = pd.DataFrame(
        intervals, index=table.index, columns=["measured", "low", "high"]
    )
    return table.sort_values("order", kind="stable").drop(columns="order").reset_index()


def interval(won: int, n: int) -> tuple[float, float, float]:
    """A rate with Wilson's interval at 90%: (rate, low, high); NaN where n = 0. Wilson 1927, by SciPy."""
    if n == 0:
        return float("nan"), float("nan"), float("nan")
    found = binomtest(won, n).proportion_ci(confidence_level=CONFIDENCE, method="wilson")
    return won / n, float(found.low), float(found.high)


def weighted_at_measured(rates: pd.DataFrame) -> float:
    """Open pipeline x measured win rate, in money; a stage without history keeps what the CRM states."""
    measured = (rates["amount"] * rates["measured"]).where(rates["measured"].notna(), rates["weighted"])
    return round(float(measured.sum()), 2)
