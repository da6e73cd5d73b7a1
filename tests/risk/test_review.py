"""What a review of the risk code found, each with the smallest case that shows it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.company import Company, company_of
from analytics.risk.forward import forward_test, known_before
from analytics.risk.landmarks import landmark_rows
from analytics.store.database import Store
from tests.pipeline.test_quarter_end_view import deal
from tests.small_stores import STAGES, Row, described, load, setting


def test_a_quarters_last_day_is_neither_learned_from_nor_foretold(
    small_world: Store, small_company: Company
) -> None:
    """On 30 September the third quarter is over, but that day's landmarks have no outcome: none, not won."""
    last = date(2026, 9, 30)
    rows = landmark_rows(small_world, small_company, last)
    assert rows.loc[rows["landmark"] == pd.Timestamp(last), "outcome_0"].isna().all()
    tested = forward_test(rows, {}, quarters=1)
    assert tested.rows["outcome_0"].notna().all()
    assert set(tested.rows["quarter"]) == {"2026Q3"}
    later = pd.concat([rows, rows.tail(1).assign(quarter="2026Q4", first_day=pd.Timestamp("2026-10-01"))])
    assert known_before(later, "2026Q4")["outcome_0"].notna().all()


OWNED: list[Row] = [
    {"deal_id": one, "owner_id": "u1", "valid_at": "2023-01-02"} for one in ("early", "first", "late", "open")
]


def won(deal_id: str, at: str) -> list[Row]:
    closed = {"stage": "Won", "is_closed": True, "is_won": True}
    return [deal(deal_id, 100, "2024-01-10"), deal(deal_id, 100, at, **closed)]


def test_quota_is_what_was_won_since_the_quarter_began_by_the_targets_own_currency(store: Store) -> None:
    """In New York the second quarter begins at 04:00 UTC; a win at its very first moment belongs to it."""
    changes = [
        *won("early", "2024-04-01 03:59"),
        *won("first", "2024-04-01 04:00"),
        *won("late", "2024-05-11 04:00"),
        deal("open", 100, "2024-01-10"),
    ]
    load(
        store,
        deal=described(changes, currency="USD"),
        deal_change=changes,
        deal_work=OWNED,
        stage=STAGES,
        setting=[setting("time_zone", "America/New_York")],
        currency_rate=[{"currency": "EUR", "rate": 2.0}],
        target=[{"owner_id": "u1", "quarter_start": "2024-04-01", "amount": 200, "currency": "EUR"}],
    )
    rows = landmark_rows(store, company_of(store), date(2024, 5, 20), [date(2024, 5, 10)])
    assert rows.set_index("deal_id").loc["open", "rep_attainment"] == 100 / (200 * 2.0)
