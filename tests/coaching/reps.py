"""Made-up reps whose deals are alike, but for what a test plants."""

from __future__ import annotations

from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pandas as pd

from analytics.coaching.habits import Habits, habits
from analytics.company import Company
from analytics.fiscal import Calendar
from analytics.playbook.entries import Entries
from analytics.risk.chances import History
from analytics.risk.statements import Statements
from analytics.store.subjects import QUESTIONS

DAY = date(2026, 11, 15)
COMPANY = Company("Made up", "USD", "en_US", Calendar("UTC", 1, "end"))
_WEEKS, _STAGES = 10, ("Discovery", "Proposal")


def landmarks(reps: int = 12, deals: int = 14, seed: int = 0) -> pd.DataFrame:
    """A row per deal and week: `deals` of each of `reps` ('R00' ...), most closed, some open on DAY."""
    random = np.random.default_rng(seed)
    deal = np.repeat(np.arange(reps * deals), _WEEKS)
    week = np.tile(np.arange(_WEEKS), reps * deals)
    owner = deal // deals
    started = pd.Timestamp(DAY) - pd.to_timedelta(7 * (_WEEKS - 1 + 3 * (deal % deals)), unit="D")
    day = pd.DatetimeIndex(started + pd.to_timedelta(7 * week, unit="D"))
    later = week >= _WEEKS // 2
    quarter = day.to_period("Q")
    rows = pd.DataFrame(
        {
            "deal_id": [f"D{one:04d}" for one in deal],
            "name": [f"Deal {one}" for one in deal],
            "account_name": "Account",
            "owner_id": [f"R{one:02d}" for one in owner],
            "team": np.where(owner % 2, "East", "West"),
            "landmark": day,
            "first_day": day - pd.to_timedelta(7 * 20, unit="D"),  # every landmark lies on a week
            "last_day": quarter.end_time.normalize(),
            "quarter": quarter.astype(str),
            "week": 1,
            "stage": np.where(later, _STAGES[1], _STAGES[0]),
            "stage_order": np.where(later, 2.0, 1.0),
            "deal_type": np.where(deal % 3, "New", "Old"),
            "amount_company": 1_000.0 * (1 + deal % 7),
            "age_days": 7.0 * week + 1,
            "category": "Pipeline",
            "timing": "in quarter",
            "close_date": day + pd.Timedelta(days=30),
            "outcome_0": None,
            "rep_tenure_days": np.nan,
        }
    )
    for key in QUESTIONS:
        rows[f"level_{key}"] = _of_deal(random, deal, [0.0, 1.0, 2.0, 3.0, 4.0])
    levels = rows[[f"level_{key}" for key in QUESTIONS]]
    return rows.assign(
        answered=(levels > 0).sum(axis=1).astype(float),
        case_depth=levels.mean(axis=1),
        last_answer_days=_of_deal(random, deal, [3.0, 10.0, 20.0, 40.0]),
        pushes=(random.random(len(rows)) < 0.1).astype(float),
        stakeholders=_of_deal(random, deal, [0.0, 1.0, 2.0, 3.0]),
        has_economic_buyer=_of_deal(random, deal, [0.0, 0.0, 1.0]),
        has_next_step=_of_deal(random, deal, [0.0, 1.0, 1.0, 1.0]),
        next_step_days=_of_deal(random, deal, [2.0, 7.0, 15.0]),
        contradictions=_of_deal(random, deal, [0.0, 0.0, 1.0]),
    ).assign(pushes=lambda table: table.groupby("deal_id")["pushes"].cumsum())


def _of_deal(random: np.random.Generator, deal: np.ndarray, values: list[float]) -> np.ndarray:
    """One value per deal, the same in all its weeks."""
    return random.choice(values, size=deal.max() + 1)[deal]


def entered(rows: pd.DataFrame) -> Entries:
    """The first week of each deal in each stage, with the levels of then."""
    first = rows.sort_values("landmark", kind="stable").drop_duplicates(["deal_id", "stage"])
    return Entries(first.reset_index(drop=True), list(_STAGES), dict.fromkeys(_STAGES, 90), DAY)


def judged(rows: pd.DataFrame, owners: pd.DataFrame | None = None) -> Habits:
    """The habits of these landmarks; statements say nothing unless `owners` are given."""
    history = cast(History, SimpleNamespace(rows=rows, as_of=DAY))
    return habits(history, entered(rows), COMPANY, statements(owners))


def statements(owners: pd.DataFrame | None = None) -> Statements:
    """What is stated, judged: nothing, or these owners."""
    columns = ["owner_id", "bias", "low", "high", "n", "won", "score", "verdict", "realised", "words"]
    known = pd.DataFrame(columns=columns) if owners is None else owners
    deals = pd.DataFrame({name: pd.Series(dtype=object) for name in
                          ("deal_id", "statement", "sandbag_score", "overstated_score")})  # fmt: skip
    return Statements(deals, pd.DataFrame(), known)


def row(found: Habits, owner_id: str, topic: str) -> Any:
    """One row of the habits."""
    rows = found.rows
    return rows[(rows["owner_id"] == owner_id) & (rows["topic"] == topic)].iloc[0]
