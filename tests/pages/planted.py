"""A store with one deal, made for a page test."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.staging import Staging


def planted_store(
    folder: Path, *, name: str = "One", rejects: int = 0, owner: str = "", is_gone: bool = False
) -> Store:
    """One open deal, and so many rejected rows beside it."""
    staging = Staging()
    file_no = staging.add_file("planted.csv", "table", "planted", 1 + rejects)
    at = pd.Timestamp("2026-01-05 12:00")
    staging.add(
        "deal",
        pd.DataFrame({"deal_id": ["D1"], "valid_at": [at], "name": [name], "source": ["table:planted"]}),
        file_no=file_no,
    )
    change = {"deal_id": ["D1"], "valid_at": [at], "stage": ["Proposal"], "amount": [100.0]}
    change |= {"is_gone": [is_gone]}
    change |= {"close_date": [pd.Timestamp("2026-03-30")], "is_closed": [False], "probability": [0.5]}
    staging.add("deal_change", pd.DataFrame(change), file_no=file_no)
    if owner:
        person = {"person_id": ["U1"], "valid_at": [at], "name": [owner]}
        staging.add("person", pd.DataFrame(person), file_no=file_no)
        work = {"deal_id": ["D1"], "valid_at": [at], "owner_id": ["U1"]}
        staging.add("deal_work", pd.DataFrame(work), file_no=file_no)
    for line in range(rejects):
        staging.reject(file_no, 3 + line, "amount", "abc", "expected an amount like 1234.50, got 'abc'")
    store = Store(folder / "planted.duckdb")
    land(store, staging, kind="table")
    return store
