"""Stage entries: one row per deal and stage it reached, with what was known in its first week there.

What comes after is compared from that moment on only, so that a deal never gets credit for an answer that it
could be given because it lived longer (immortal time; methods.md B1).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.company import Company
from analytics.risk.chances import History
from analytics.store.subjects import QUESTIONS

#: A deal counts as decided late if it took longer than this share of the decided ones did.
_DECIDED_BY = 0.9
#: No stage is given less time than this to show what became of its deals.
_SHORTEST_DAYS = 60
LEVELS = [f"level_{question}" for question in QUESTIONS]
_KEPT = [
    *("deal_id", "name", "account_name", "owner_id", "team", "region", "deal_type", "lead_source"),
    *("landmark", "quarter", "close_date", "category", "amount_company", "age_days", "entry_stage_order"),
    *LEVELS,
]


@dataclass(frozen=True)
class Entries:
    """`rows`: see `stage_entries`; `stages`: the open stages in order, those that were seen;
    `days`: per stage the days within which most of its deals were decided."""

    rows: pd.DataFrame
    stages: list[str]
    days: dict[str, int]
    as_of: date


def entries_of(history: History, company: Company) -> Entries:
    """The stage entries of a history, made once for all who ask."""
    found: Entries = history.once(
        ("entries", history.as_of), lambda: stage_entries(history.rows, company, history.as_of)
    )
    return found


def stage_entries(landmarks: pd.DataFrame, company: Company, as_of: date) -> Entries:
    """A row per deal and stage it reached, at the first landmark at which it was there or beyond.

    `landmarks`: of `landmark_rows` (or History.rows), of the whole history; nothing later than `as_of` is
    used. Deals that were in a stage when the history begins, or that began in a later one, have no row for
    it: nobody saw them enter.
    `rows`: deal_id, name, account_name, stage, stage_order, landmark (the first week's day), owner_id, team,
    region, deal_type, lead_source, quarter, close_date and category (as stated then), amount_company (NaN:
    none), age_days, `level_*` (0-4, of the seven questions as they stood then), passed_by (it was beyond the
    stage already), left_on (first landmark beyond the stage, or the close; NaT: still there), closed_on
    (NaT: open), closed_won, final_amount_company.
    Outcomes, NaN where it is too early to tell: `won` (1.0 / 0.0: won within `days[stage]` of entering, for
    entries at least so old), `kept` (1.0 / 0.0: closed, won or lost, by the end of the quarter that its close
    date lay in at entry; not asked of deals without a date, or with one that had passed already).
    """
    known = landmarks[landmarks["landmark"] <= pd.Timestamp(as_of)].sort_values(["deal_id", "landmark"])
    orders = known.groupby("stage")["stage_order"].max().dropna().sort_values()
    begins = known["landmark"].min()
    furthest = known.groupby("deal_id", sort=False)["stage_order"].cummax()
    parts = []
    for stage, order in orders.items():
        there = known[(furthest >= order).to_numpy() & (known["entry_stage_order"] <= order).to_numpy()]
        first = there.drop_duplicates("deal_id")
        seen = first[(first["landmark"] > begins).to_numpy()]
        beyond = known[(furthest > order).to_numpy()].drop_duplicates("deal_id").set_index("deal_id")
        part = seen[_KEPT].assign(
            stage=stage,
            stage_order=order,
            passed_by=(seen["stage_order"] > order).to_numpy(),
            left_on=beyond["landmark"].reindex(seen["deal_id"]).to_numpy(),
        )
        parts.append(part)
    rows = pd.concat(parts, ignore_index=True) if parts else _nothing(known)
    return _with_outcomes(rows, known, list(map(str, orders.index)), company, as_of)


def _nothing(known: pd.DataFrame) -> pd.DataFrame:
    empty = known.head(0)[_KEPT].assign(stage="", stage_order=0.0, passed_by=False)
    return empty.assign(left_on=pd.Series(dtype="datetime64[us]"))


def _with_outcomes(
    rows: pd.DataFrame, known: pd.DataFrame, stages: list[str], company: Company, as_of: date
) -> Entries:
    """How the deals ended, as far as it was known at the as-of date."""
    day = pd.Timestamp(as_of)
    ends = known.drop_duplicates("deal_id", keep="last").set_index("deal_id")
    ends = ends[["closed_on", "closed_won", "final_amount_company"]]
    rows = rows.join(ends.where(ends["closed_on"] <= day), on="deal_id")
    rows["left_on"] = rows["left_on"].fillna(rows["closed_on"])
    took = (rows["closed_on"] - rows["landmark"]).dt.days
    days = {stage: decided_within(took[rows["stage"] == stage]) for stage in stages}
    within = rows["stage"].map(days).astype(float)
    won = (rows["closed_won"].eq(True) & (took <= within)).astype(float)
    old = (day - rows["landmark"]).dt.days >= within
    return Entries(rows.assign(won=won.where(old), kept=_kept(rows, company, as_of)), stages, days, as_of)


def decided_within(took: pd.Series) -> int:
    """Days within which most of the decided deals were decided."""
    decided = took.dropna()
    return (
        max(int(np.ceil(decided.quantile(_DECIDED_BY))), _SHORTEST_DAYS) if len(decided) else _SHORTEST_DAYS
    )


def _kept(rows: pd.DataFrame, company: Company, as_of: date) -> pd.Series:
    """Whether the deal was decided by the end of the quarter in which its close date lay at entry."""
    dates = rows["close_date"].dropna().unique()
    calendar = company.calendar
    last = {one: pd.Timestamp(calendar.quarter_of(pd.Timestamp(one).date()).last_day) for one in dates}
    ends = pd.to_datetime(rows["close_date"].map(last))
    asked = (rows["close_date"] >= rows["landmark"]) & (ends <= pd.Timestamp(as_of))
    return (rows["closed_on"] <= ends).astype(float).where(asked)
