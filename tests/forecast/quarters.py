"""Quarters by hand, as `Record` holds them: a few landmarks, deals with round amounts, known outcomes."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

import pandas as pd

from analytics.fiscal import Calendar
from analytics.forecast.calls import AMOUNTS, Calls

CALENDAR = Calendar()
WEEKS = (0, 4, 8)
KEYS = [f"{year}Q{number}" for year in (2023, 2024) for number in (1, 2, 3, 4)]


def deal(name: str, amount: float, **more: Any) -> dict[str, Any]:
    """An open deal dated in its quarter; 10 % stated, by stage half comes, by category a quarter."""
    stated = {"stage": "Propose", "category": "Pipeline", "timing": "in quarter", "probability": 0.1}
    chances = {"p_won": 0.3, "p_stage": 0.5, "p_category": 0.25, "amount_ratio": 1.0}
    ended = {"is_won": False, "final_amount": 0.0}
    whose = {"owner_id": "ann", "team": "North", "region": "World"}
    return {"deal_id": name, "amount_company": amount, **whose, **stated, **chances, **ended, **more}


def deals_of(rows: dict[str, Sequence[dict[str, Any]]]) -> pd.DataFrame:
    """The deals of each quarter, all open at each of WEEKS."""
    return pd.DataFrame(
        [
            {
                "quarter": key,
                **_days(key),
                "week": week,
                "landmark": _days(key)["first_day"] + _after(week),
                **one,
            }
            for key, deals in rows.items()
            for week in WEEKS
            for one in deals
        ]
    )


def totals_of(rows: dict[str, Sequence[float]], *, owner: str = "ann", team: str = "North") -> pd.DataFrame:
    """What one owner had won by each of WEEKS and in the end: quarter -> won at each week, actual."""
    return pd.DataFrame(
        [
            {
                "quarter": key,
                "landmark": _days(key)["first_day"] + _after(week),
                "owner_id": owner,
                "team": team,
                "region": "World",
                "won_so_far": float(won[at]),
                "new_expected": 5.0,
                "actual": float(won[-1]),
            }
            for key, won in rows.items()
            for at, week in enumerate(WEEKS)
        ]
    )


def points_of(rows: Sequence[tuple[Any, ...]], kind: str = "company", key: str = "") -> pd.DataFrame:
    """Points from (quarter, week, actual, p10, p50, p90)."""
    table = pd.DataFrame(rows, columns=["quarter", "week", "actual", "p10", "p50", "p90"])
    first = table["quarter"].map(lambda one: _days(one)["first_day"])
    landmark = first + pd.to_timedelta(7 * table["week"], unit="D")
    return table.assign(landmark=landmark, kind=kind, key=key, expected=table["p50"], crps=1.0, pit=0.5)


def calls_of(
    said: Sequence[tuple[str, str, str, float]], people: Sequence[tuple[str, str | None, str]]
) -> Calls:
    """Calls from (owner, quarter, day, commit), people from (person, manager, team), known since always."""
    submitted = pd.DataFrame(
        [
            (owner, _days(key)["first_day"], pd.Timestamp(day), commit, commit * 1.5, commit * 1.2)
            for owner, key, day, commit in said
        ],
        columns=["owner_id", "quarter_start", "valid_at", *AMOUNTS],
    ).sort_values("valid_at", kind="stable")
    who = pd.DataFrame(people, columns=["person_id", "manager_id", "team"], dtype=object)
    return Calls(submitted, who.assign(valid_at=pd.Timestamp(date(1970, 1, 1)), is_active=True))


def _days(key: str) -> dict[str, pd.Timestamp]:
    quarter = CALENDAR.parse(key)
    return {"first_day": pd.Timestamp(quarter.first_day), "last_day": pd.Timestamp(quarter.last_day)}


def _after(week: int) -> pd.Timedelta:
    return pd.Timedelta(days=7 * week)
