"""A store of owners who sell alike and state differently, for the tests of statements."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from analytics.store.database import Store
from tests.small_stores import STAGES, Row, described, load

AS_OF = date(2025, 9, 3)
_FIRST = date(2024, 1, 1)
_DEALS = 30
#: Stage, probability, category as most state it, and a step lower.
_WAY = (
    ("Qualify", "Pipeline", "Pipeline"),
    ("Propose", "Best Case", "Pipeline"),
    ("Negotiate", "Commit", "Best Case"),
)


@dataclass(frozen=True)
class Habit:
    """How an owner states, and how long the owner's deals take."""

    days_later: int = 0
    category_lower: bool = False
    amount_share: float = 1.0
    days: int = 90
    team: str = "North"


def habits(**special: Habit) -> dict[str, Habit]:
    """Ten owners who state what happens, and the special ones."""
    return {f"U{number}": Habit() for number in range(10)} | special


def store_of(store: Store, owners: dict[str, Habit], seed: int = 1) -> Store:
    """Write every owner's deals, open and closed, up to AS_OF."""
    rng = np.random.default_rng(seed)
    changes: list[Row] = []
    works: list[Row] = []
    for owner, habit in owners.items():
        for number in range(_DEALS):
            deal_id = f"{owner}-{number}"
            start = _FIRST + timedelta(days=int(rng.integers(0, 600)))
            of_deal = list(_changes(deal_id, start, habit, rng))
            changes += of_deal
            works += [
                {
                    "deal_id": deal_id,
                    "valid_at": row["valid_at"],
                    "owner_id": owner,
                    "last_activity_on": row["valid_at"][:10],
                }
                for row in of_deal
            ]
    people = [{"person_id": owner, "name": owner, "team": habit.team} for owner, habit in owners.items()]
    load(store, stage=STAGES, person=people, deal=described(changes), deal_change=changes, deal_work=works)
    return store


def _changes(deal_id: str, start: date, habit: Habit, rng: np.random.Generator) -> Iterator[Row]:
    days = int(habit.days * rng.uniform(0.7, 1.3))
    amount = float(rng.lognormal(10.5, 0.4))
    won = bool(rng.random() < 0.6)
    for at, (stage, category, lower) in enumerate(_WAY):
        day = start + timedelta(days=days * at // 3)
        wrong = int(rng.normal(0, 25)) + habit.days_later
        is_low = habit.category_lower != (rng.random() < 0.15)
        close = start + timedelta(days=days + wrong)
        if day <= AS_OF:
            yield {
                "deal_id": deal_id,
                "valid_at": f"{day} 09:00",
                "stage": stage,
                "forecast_category": lower if is_low else category,
                "amount": round(amount * habit.amount_share, 2),
                "close_date": str(close),
                "is_closed": False,
                "is_won": False,
            }
    end = start + timedelta(days=days)
    if end <= AS_OF:
        yield {
            "deal_id": deal_id,
            "valid_at": f"{end} 09:00",
            "stage": "Won" if won else "Lost",
            "forecast_category": None,
            "amount": round(amount * float(rng.lognormal(0, 0.1)), 2),
            "close_date": str(end),
            "is_closed": True,
            "is_won": won,
        }
