"""What a review of the risk code found, each with the smallest case that shows it."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.company import Company
from analytics.risk.forward import forward_test, known_before
from analytics.risk.landmarks import landmark_rows
from analytics.store.database import Store


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
