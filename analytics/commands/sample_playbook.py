"""Two changes of the sales process that the sample company's leaders wrote down; no deal knows of them.

What people write is no part of the simulated world: no outcome depends on it, and the pages should say so.
"""

from __future__ import annotations

import json
from typing import Any

import pandas as pd

from analytics.playbook.draw import Draw, with_draw
from analytics.playbook.versions import EXIT, LEVEL
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.staging import Staging

#: Drawn on the day it was written down, of the past year's budget answers; anybody can cast the lot again.
_DRAW = Draw(
    3085910158,
    (
        ("Central Europe", "West Strategic"),
        ("East Enterprise", "East Velocity"),
        ("UK & Nordics", "West Mid-Market"),
    ),
)
_CRITERION: dict[str, Any] = {"kind": EXIT, "measure": LEVEL, "is_withdrawn": False}
_ROWS: list[dict[str, Any]] = [
    {
        **_CRITERION,
        "version_id": "sample-cost-first",
        "valid_at": "2026-04-02 15:10",
        "question": "impact",
        "stage": "Qualification",
        "level": 2,
        "teams": "[]",
        "starts_on": "2026-04-06",
        "title": "No way on without the cost",
        "hypothesis": "A customer who has said what the problem costs finds the money and stays in touch.",
        "author": "Sales operations",
    },
    {
        **_CRITERION,
        "version_id": "sample-budget-line",
        "valid_at": "2026-05-29 09:30",
        "question": "budget",
        "stage": "Proposal",
        "level": 3,
        "teams": json.dumps(_DRAW.teams),
        "starts_on": "2026-06-01",
        "title": "The budget line before we negotiate",
        "hypothesis": with_draw(
            "Who names the budget line and its owner before the price is talked about is not cut later.",
            _DRAW,
        ),
        "author": "Sales operations",
    },
    {
        "version_id": "sample-cost-first",
        "valid_at": "2026-09-03 11:00",
        "learned": "Asked for in every pipeline review now. Too early to say whether it moves anything.",
        "author": "Sales operations",
    },
]


def add_changes(store: Store) -> None:
    """Write them down, each on its day."""
    staging = Staging(restates=True)
    try:
        for row in _ROWS:
            name = f"sample/playbook {row['version_id']} {row['valid_at']}"
            file_no = staging.add_file("sample/playbook_version", "playbook_version", name, 1)
            dated = {**row, "valid_at": pd.Timestamp(row["valid_at"]), "line": 1}
            if "starts_on" in row:
                dated["starts_on"] = pd.Timestamp(row["starts_on"]).date()
            staging.add("playbook_version", pd.DataFrame([dated]), file_no=file_no)
        land(store, staging, kind="coaching")
    finally:
        staging.con.close()
