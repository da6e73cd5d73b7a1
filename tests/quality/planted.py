"""A store in which every deal is in order but those planted for one check each."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from analytics.store.database import Store
from tests.small_stores import STAGES, Row, load

AS_OF = date(2026, 3, 15)
QUIET_WEEK = date(2026, 1, 11)  # the last day of the week without a change
MONDAYS = [date(2025, 9, 1) + timedelta(days=7 * week) for week in range(28)]
STARTED = "2025-09-01 09:00"
GOOD: Row = {
    "stage": "Propose",
    "forecast_category": "Pipeline",
    "amount": 10_000,
    "close_date": "2026-03-30",
    "is_closed": False,
    "is_won": False,
}
HEALTHY = 40
#: What is wrong with each planted deal: code of the check -> deal_id -> what differs from a good one.
PLANTED: dict[str, dict[str, dict[str, Any]]] = {
    "DQ01": {"no amount": {"amount": None}},
    "DQ02": {"no date": {"close_date": None}},
    "DQ03": {"no owner": {"owner_id": None}},
    "DQ04": {"stranger's": {"owner_id": "nobody knows"}},
    "DQ05": {"outsider's": {"owner_id": "out"}},
    "DQ06": {"odd stage": {"stage": "Limbo", "probability": 0.5}},
    "DQ07": {"no step": {"next_step": " "}},
    "DQ08": {"no people": {"stakeholders": False}},
    "DQ09": {"bare win": {"won": True, "answers": False}},
    "DQ11": {"late": {"close_date": "2026-03-14"}},
    "DQ12": {"left": {"owner_id": "gone"}},
    "DQ13": {"asleep": {"asleep": True}},
    "DQ14": {"old rate": {"currency": "SEK"}},
    "DQ16": {"closed stage": {"stage": "Won", "probability": 0.9}},
    "DQ17": {
        "early commit": {"forecast_category": "Commit", "stage": "Qualify", "probability": 0.1},
        "closed category": {"forecast_category": "Closed"},
    },
    "DQ18": {"typed": {"probability": 0.71}},
    "DQ19": {"born late": {"won": True, "created_at": "2026-03-10 09:00"}},
    "DQ20": {"nothing": {"won": True, "amount": 0}},
    "DQ21": {"cents": {"amount": 1_000_000}, "negative": {"amount": -10_000}},
    "DQ22": {"no rate": {"currency": "NOK"}},
    "DQ23": {"wrong event": {"event": "Contract with the old supplier ends on 2026-06-30, signed notice."}},
    "DQ24": {"twin": {"amount": 9_000, "name": "Portal 2026 @ Twin AG", "account_name": "Twin AG"}},
}
_WORK = ("owner_id", "next_step")
_DEAL = ("name", "account_name", "currency", "created_at")
_OURS = ("stakeholders", "answers", "won", "asleep", "event", *_WORK, *_DEAL)


def planted_store(store: Store) -> Store:
    """Fill a store: healthy deals that move every week but one, and those of PLANTED."""
    every: dict[str, dict[str, Any]] = {f"good {n}": {} for n in range(HEALTHY)}
    every |= {f"lost {n}": {"lost": True} for n in range(40)}
    every["larger twin"] = {"name": "Twin AG: Portal", "account_name": "Twin AG"}
    for deals in PLANTED.values():
        every |= deals
    load(
        store,
        deal=[_deal(deal_id, wrong) for deal_id, wrong in every.items()],
        deal_change=[row for deal_id, wrong in every.items() for row in _changes(deal_id, wrong)],
        deal_work=[_work(deal_id, wrong) for deal_id, wrong in every.items()],
        stakeholder=[
            {"deal_id": deal_id, "contact_id": "c", "name": "Jo", "valid_at": STARTED}
            for deal_id, wrong in every.items()
            if wrong.get("stakeholders", True)
        ],
        answer=[row for deal_id, wrong in every.items() for row in _answers(deal_id, wrong)],
        stage=STAGES,
        person=[
            {"person_id": "boss", "name": "Boss", "team": "North"},
            {"person_id": "ann", "name": "Ann", "team": "North", "manager_id": "boss"},
            {"person_id": "out", "name": "Out"},
            {"person_id": "gone", "name": "Gone", "team": "North", "manager_id": "boss", "is_active": False},
        ],
        currency_rate=[
            {"currency": "EUR", "rate": 1.1, "valid_at": "2026-03-01"},
            {"currency": "SEK", "rate": 0.1, "valid_at": "2025-09-01"},
        ],
    )
    return store


def _deal(deal_id: str, wrong: dict[str, Any]) -> Row:
    own = {"name": f"Deal {deal_id}", "account_name": f"Account {deal_id}", "created_at": STARTED}
    return {"deal_id": deal_id, "source": "test", **own, **{k: v for k, v in wrong.items() if k in _DEAL}}


def _work(deal_id: str, wrong: dict[str, Any]) -> Row:
    own = {"owner_id": "ann", "next_step": "Send the offer"}
    own |= {key: value for key, value in wrong.items() if key in _WORK}
    return {"deal_id": deal_id, "valid_at": STARTED, **own}


def _answers(deal_id: str, wrong: dict[str, Any]) -> list[Row]:
    if not wrong.get("answers", True):
        return []
    row = {"deal_id": deal_id, "question": "problem", "answer": "Orders are lost.", "valid_at": STARTED}
    event = {**row, "question": "compelling_event", "answer": wrong.get("event"), "valid_at": "2026-03-09"}
    return [row, event] if "event" in wrong else [row]


def _changes(deal_id: str, wrong: dict[str, Any]) -> list[Row]:
    own = {key: value for key, value in wrong.items() if key not in (*_OURS, "lost")}
    state = {**GOOD, **own, "deal_id": deal_id}
    if wrong.get("lost"):
        ends = {"is_closed": True, "stage": "Lost", "valid_at": "2026-02-03 09:00"}
        return [{**state, "valid_at": STARTED}, {**state, **ends}]
    if wrong.get("won"):
        before = {**state, "amount": state["amount"] or 5_000}
        ends = {"is_closed": True, "is_won": True, "stage": "Won", "valid_at": "2026-02-10 09:00"}
        return [{**before, "valid_at": STARTED}, {**state, **ends}]
    if wrong.get("asleep"):
        return [{**state, "valid_at": STARTED}]
    days = [monday for monday in MONDAYS if not QUIET_WEEK - timedelta(days=7) < monday <= QUIET_WEEK]
    if deal_id == "good 0":
        days.append(AS_OF)
    usual = state.get("probability", 0.5)
    return [
        {**state, "probability": usual + 0.001 * (at % 2), "valid_at": f"{one} 10:00"}
        for at, one in enumerate(days)
    ]
