"""Reads the hand-worked cases of changes (hand_worked_changes.toml) into a store."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import Any

from analytics.store.database import Store
from tests.small_stores import STAGES, Row, described, load

FILE = Path(__file__).with_name("hand_worked_changes.toml")
HAND_WORKED: dict[str, Any] = tomllib.loads(FILE.read_text(encoding="utf-8"))
CASES: list[dict[str, Any]] = HAND_WORKED["case"]
PEOPLE: list[Row] = [
    {"person_id": "ann", "name": "Ann", "team": "West"},
    {"person_id": "bob", "name": "Bob", "team": "West"},
    {"person_id": "eve", "name": "Eve", "team": "East"},
    {"person_id": "bob", "name": "Bob", "team": "East", "valid_at": "2024-05-20"},
]
RATES: list[Row] = [
    {"currency": "EUR", "rate": 1.1},
    {"currency": "EUR", "rate": 1.2, "valid_at": "2024-05-15"},
]
_OPEN = {"stage": "Propose", "is_closed": False, "is_won": False, "is_gone": False}
_WORDS: dict[str, dict[str, Any]] = {
    "won": {"stage": "Won", "is_closed": True, "is_won": True},
    "lost": {"stage": "Lost", "is_closed": True, "is_won": False},
    "open": _OPEN,
    "gone": {"is_gone": True},
    "back": {"is_gone": False},
    "no date": {"close_date": None},
    "no amount": {"amount": None},
}


def deal_id(at: int) -> str:
    """The deal of a case."""
    return f"D{at:02}"


def load_cases(store: Store) -> None:
    """Every case is one deal."""
    changes: list[Row] = []
    work: list[Row] = []
    currencies: dict[str, str] = {}
    for at, case in enumerate(CASES):
        state: dict[str, Any] = {**_OPEN, "forecast_category": None}
        for step in case["steps"]:
            day, said = (part.strip() for part in step.split("|"))
            for word in (part.strip() for part in said.split(",")):
                if word in ("ann", "bob", "eve"):
                    work.append({"deal_id": deal_id(at), "valid_at": day, "owner_id": word})
                elif match := re.fullmatch(r"([\d.]+) EUR", word):
                    currencies[deal_id(at)] = "EUR"
                    state["amount"] = float(match[1])
                else:
                    state |= _read(word)
            changes.append({"deal_id": deal_id(at), "valid_at": day, **state})
    deals = [{**row, "currency": currencies.get(row["deal_id"])} for row in described(changes)]
    load(
        store,
        deal=deals,
        deal_change=changes,
        deal_work=work,
        person=PEOPLE,
        currency_rate=RATES,
        stage=STAGES,
    )


def _read(word: str) -> dict[str, Any]:
    if word in _WORDS:
        return _WORDS[word]
    if re.fullmatch(r"\d{4}-\d\d-\d\d", word):
        return {"close_date": word}
    if re.fullmatch(r"[\d.]+", word):
        return {"amount": float(word)}
    return {"forecast_category": word}
