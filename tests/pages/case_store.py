"""A store with three open deals and their cases, made for the tests of the business-case pages.

Levels are overruled, so that no test here hangs on the scorer.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from analytics.store.database import Store
from tests.small_stores import STAGES, load

AS_OF = "2024-05-15"  # in 2024Q2
UGLY = "![x](https://evil.example/p.png) **b** :red[c] $a$"

DEALS: list[dict[str, Any]] = [
    {"deal_id": "A", "stage": "Propose", "amount": 100_000.0, "close_date": "2024-06-10"},
    {"deal_id": "B", "stage": "Negotiate", "amount": 200_000.0, "close_date": "2024-06-20"},
    {"deal_id": "C", "stage": "Negotiate", "amount": None, "close_date": "2024-11-20"},
]
#: deal, question, day, level, text
ANSWERS: list[tuple[str, str, str, int, str]] = [
    ("A", "problem", "2024-05-02", 1, "They want an audit trail"),
    ("A", "problem", "2024-05-10", 3, "The audit of 3 May found 212 untraced returns, so the plant stopped"),
    ("A", "budget", "2024-05-12", 4, "CFO mail of 4 May: 60k approved for the audit trail"),
    ("B", "problem", "2023-06-01", 2, "Returns in the Graz plant are booked on paper"),
    ("B", "budget", "2024-05-13", 1, "Yes, budget is there"),
    ("C", "problem", "2024-05-14", 0, UGLY),
]


def case_store(folder: Path, *, method: str = "seven", with_answers: bool = True) -> Store:
    """The three deals, their answers with agreed levels, and a Blue Sheet of deal A."""
    store = Store(folder / "cases.duckdb")
    change = {"valid_at": "2023-05-01", "forecast_category": "Commit", "is_closed": False, "is_won": False}
    changes = [{**change, **deal} for deal in DEALS]
    described = [
        {"deal_id": one["deal_id"], "name": f"Deal {one['deal_id']}", "account_name": one["deal_id"]}
        for one in DEALS
    ]
    people = [
        {"person_id": "U1", "name": "Mara", "team": "North"},
        {"person_id": "U2", "name": "Tom", "team": "South"},
    ]
    work = [{"deal_id": one["deal_id"], "owner_id": "U1" if one["deal_id"] == "A" else "U2"} for one in DEALS]
    end = {**change, "deal_id": "Z", "valid_at": AS_OF, "is_closed": True, "stage": "Lost"}
    subjects: dict[str, Any] = {
        "deal": [*({**one, "source": "test"} for one in described), {"deal_id": "Z", "source": "test"}],
        "deal_change": [*changes, end],
        "deal_work": work,
        "person": people,
        "stage": STAGES,
        "setting": [{"key": "method", "value": method}],
    }
    if with_answers:
        subjects |= _answers() | _sheet()
    load(store, **subjects)
    return store


def _answers() -> dict[str, Any]:
    answers, levels = [], []
    for deal_id, question, day, level, text in ANSWERS:
        key = {"deal_id": deal_id, "question": question}
        answers.append({**key, "valid_at": f"{day}T09:00:00", "answer": text, "author": "U1"})
        levels.append(
            {
                **key,
                "answered_at": f"{day}T09:00:00",
                "valid_at": f"{day}T10:00:00",
                "level": level,
                "reason": "agreed",
                "author": "U2",
            }
        )
    return {"answer": answers, "depth_overrule": levels}


def _sheet() -> dict[str, Any]:
    at = {"document_id": "S1", "valid_at": "2024-05-03"}
    return {
        "document": [{**at, "file": "graz.docx", "size": 1}],
        "document_paragraph": [
            {**at, "paragraph": 7, "text": "Red flag: the audit team has not met us", "place": "Red flags"}
        ],
        "document_deal": [{**at, "deal_id": "A", "how": "id"}],
    }
