"""Versions of the playbook written into a store as if it had been on a past day."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pandas as pd

from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.staging import Staging


def plant(store: Store, version_id: str, starts_on: date, **given: Any) -> str:
    """An exit criterion of the first day of `starts_on`, unless `given` says otherwise."""
    row: dict[str, Any] = {
        "version_id": version_id,
        "valid_at": pd.Timestamp(starts_on) + pd.Timedelta(hours=9),
        "kind": "exit criteria",
        "question": "impact",
        "stage": "Qualification",
        "level": 2,
        "teams": (),
        "starts_on": starts_on,
        "title": "No way on without the cost",
        "hypothesis": "Who knows what the problem costs finds the money",
        "measure": "level",
        "author": "Ann",
        "is_withdrawn": False,
        "line": 1,
        **given,
    }
    row["teams"] = json.dumps(row["teams"])
    staging = Staging(restates=True)
    try:
        file_no = staging.add_file("planted", "playbook_version", f"{version_id} {row['valid_at']}", 1)
        staging.add("playbook_version", pd.DataFrame([row]), file_no=file_no)
        land(store, staging, kind="coaching")
    finally:
        staging.con.close()
    return version_id
