from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pandas as pd
import pytest

from analytics.company import company_of
from analytics.pipeline.hygiene import MIN_STAYS
from analytics.risk.landmarks import landmark_rows
from analytics.risk.usual import with_usual
from analytics.store.database import Store
from tests.small_stores import STAGES, load

OPEN = {"is_closed": False, "is_won": False, "close_date": "2024-06-20", "amount": 10.0}
WON = {"stage": "Won", "is_closed": True, "is_won": True}


def history(n: int, first: date, days: int) -> list[dict[str, Any]]:
    """Deals that stay in Qualify for so many days, then twice as long in Propose, and are won."""
    rows = []
    for i in range(n):
        begins = first + timedelta(days=i % 5)
        steps = [
            (0, {**OPEN, "stage": "Qualify"}),
            (days, {**OPEN, "stage": "Propose"}),
            (3 * days, {**OPEN, **WON}),
        ]
        for after, state in steps:
            day = begins + timedelta(days=after)
            rows.append({"deal_id": f"{first}-{i}", "valid_at": f"{day} 08:00:00", **state})
    return rows


def usual(store: Store, changes: list[dict[str, Any]]) -> pd.DataFrame:
    still = {"deal_id": "open", "valid_at": "2024-01-02", "stage": "Qualify", **OPEN}
    changes = [*changes, still]
    ids = dict.fromkeys(row["deal_id"] for row in changes)
    load(
        store,
        deal=[{"deal_id": one, "source": "test", "created_at": None} for one in ids],
        deal_change=changes,
        stage=STAGES,
    )
    company = company_of(store)
    rows = landmark_rows(store, company, date(2024, 8, 1))
    found = with_usual(store, company, rows)
    return found[found["deal_id"] == "open"].groupby("quarter")[["usual_stage_days", "usual_cycle_days"]]


def test_usual_is_what_was_known_when_the_quarter_began(store: Store) -> None:
    of_quarters = usual(store, [*history(MIN_STAYS, date(2024, 1, 3), 10), *history(60, date(2024, 4, 3), 2)])
    assert (of_quarters.nunique(dropna=False) == 1).all().all()
    known = of_quarters.first()
    assert known.loc["2024Q1"].isna().all()
    assert known.loc["2024Q2"].tolist() == [10, 30]  # what ended in the second quarter is not known yet
    assert known.loc["2024Q3"].tolist() == [2, 6]


def test_too_few_stays_make_nothing_usual(store: Store) -> None:
    known = usual(store, history(MIN_STAYS - 1, date(2024, 1, 3), 10)).first()
    assert known.isna().all().all()


def test_a_deal_is_as_old_as_it_was_created(store: Store) -> None:
    changes = history(MIN_STAYS, date(2024, 1, 3), 10)
    ids = dict.fromkeys(row["deal_id"] for row in changes)
    load(
        store,
        deal=[{"deal_id": one, "source": "test", "created_at": "2023-12-01"} for one in ids],
        deal_change=changes,
        stage=STAGES,
    )
    days = store.query("won_cycles", as_of_end=pd.Timestamp("2024-03-31 23:59:59").to_pydatetime())
    assert days["deals"].tolist() == [MIN_STAYS]
    assert days["median_days"].tolist() == [pytest.approx(33 + 30 + 2)]


def test_a_win_that_was_taken_back_is_no_cycle(store: Store) -> None:
    changes = history(1, date(2024, 1, 3), 10)
    back = {"deal_id": changes[0]["deal_id"], "valid_at": "2024-03-01", "stage": "Propose", **OPEN}
    load(store, deal_change=[*changes, back], stage=STAGES)
    at = pd.Timestamp("2024-03-31").to_pydatetime()
    assert store.query("won_cycles", as_of_end=at)["deals"].tolist() == [0]
    before = pd.Timestamp("2024-02-20").to_pydatetime()
    assert store.query("won_cycles", as_of_end=before)["deals"].tolist() == [1]
