"""Builders of small stores: rows are written in Python, staged and landed like any import."""

from __future__ import annotations

import contextlib
import itertools
import re
import tempfile
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from analytics.business_case.scores import score_new
from analytics.commands.sample import SHEETS
from analytics.company import Company, Scope, company_of
from analytics.intake import stage_files
from analytics.sample_company import World
from analytics.sheets import known_of
from analytics.store.database import Store
from analytics.store.landing import ImportResult, land
from analytics.store.staging import Staging
from analytics.store.subjects import SUBJECTS

Row = Mapping[str, Any]
_numbers = itertools.count(1)

#: Stages with their configured probabilities; closed ones last.
STAGES: list[Row] = [
    {"stage": "Qualify", "sort_order": 1, "probability": 0.1, "is_closed": False, "is_won": False},
    {"stage": "Propose", "sort_order": 2, "probability": 0.5, "is_closed": False, "is_won": False},
    {"stage": "Negotiate", "sort_order": 3, "probability": 0.8, "is_closed": False, "is_won": False},
    {"stage": "Won", "sort_order": 4, "probability": 1.0, "is_closed": True, "is_won": True},
    {"stage": "Lost", "sort_order": 5, "probability": 0.0, "is_closed": True, "is_won": False},
]


def staged(
    subjects: Mapping[str, Sequence[Row]],
    *,
    full_list: tuple[str, str] | None = None,
    restates: bool = False,
    opening: Iterable[str] = (),
    sha: str | None = None,
) -> Staging:
    """A staged import: one file per subject; rows without `valid_at` hold since always."""
    staging = Staging(restates=restates)
    if full_list:
        staging.full_lists[full_list[0]] = datetime.fromisoformat(full_list[1])
    name = sha or f"import {next(_numbers)}"
    for subject, rows in subjects.items():
        file_no = staging.add_file(f"{subject}.csv", "test", f"{name}/{subject}", len(rows))
        if not rows:
            continue
        frame = pd.DataFrame([{"valid_at": "1970-01-01", **row} for row in rows])
        frame["valid_at"] = pd.to_datetime(frame["valid_at"], format="ISO8601")
        for column, kind in SUBJECTS[subject].columns.items():
            if column in frame and kind in ("DATE", "TIMESTAMP"):
                frame[column] = pd.to_datetime(frame[column], format="ISO8601")
        staging.add(subject, frame, file_no=file_no, is_opening=subject in opening)
    return staging


@cache
def _empty_store() -> bytes:
    """The file of a store with nothing in it. Making its tables is half of what loading a few rows takes."""
    with tempfile.TemporaryDirectory() as folder, duckdb.connect(":memory:") as con:
        empty = Store(Path(folder) / "empty.duckdb")
        with empty.writing(con):
            pass
        return empty.path.read_bytes()


def load(store: Store, *, kind: str = "test", **subjects_and_options: Any) -> ImportResult:
    """Land rows: load(store, deal_change=[...], person=[...], restates=True)."""
    options = {
        key: subjects_and_options.pop(key)
        for key in ("full_list", "restates", "opening", "sha")
        if key in subjects_and_options
    }
    staging = staged(subjects_and_options, **options)
    if not store.exists:
        with contextlib.suppress(OSError):  # landing says what is wrong with the place
            store.path.write_bytes(_empty_store())
    try:
        return land(store, staging, kind=kind)
    finally:
        staging.con.close()


def setting(key: str, value: str) -> Row:
    """A row of the subject `setting`."""
    return {"key": key, "value": value}


def described(changes: Sequence[Row], **values: Any) -> list[Row]:
    """A row of the subject `deal` for every deal that the changes name."""
    ids = dict.fromkeys(row["deal_id"] for row in changes)
    return [{"deal_id": deal_id, "source": "test", "name": f"Deal {deal_id}", **values} for deal_id in ids]


def view_of(store: Store, as_of: str, quarter: str, **scope: str) -> tuple[Company, Scope]:
    """The company of a store and a scope of it."""
    company = company_of(store)
    return company, Scope(date.fromisoformat(as_of), company.calendar.parse(quarter), **scope)


def contents(store: Store, *, of: Iterable[str] | None = None) -> dict[str, list[tuple[Any, ...]]]:
    """Every row of every table (or of those named), in a fixed order."""
    found = {}
    with store.reading() as con:
        names = of or [row[0] for row in con.execute("select table_name from duckdb_tables()").fetchall()]
        for name in names:
            rows = con.execute(f"select * from {name}").fetchall()
            found[name] = sorted(rows, key=repr)
    return found


def edit(path: Path, *statements: str) -> None:
    """Change a store's file behind Plumbline's back."""
    con = duckdb.connect(str(path))
    try:
        for statement in statements:
            con.execute(statement)
    finally:
        con.close()


def snapshots(deals: Mapping[str, Row], at: str) -> list[Row]:
    """What a weekly file says: every deal's state at one moment."""
    return [{"deal_id": deal_id, "valid_at": at, **state} for deal_id, state in deals.items()]


def deals_of_sheets(store: Store, world: World, *, also: Sequence[str] = (), every: int = 60) -> None:
    """The sample's Blue Sheets with the deals that they name or may mean, `also`, and a few others.

    `world`: the default one, whose deals the sheets are about.
    """
    subjects = world.subjects
    deals = subjects["deal"].drop_duplicates("deal_id")
    named = {match for path in SHEETS.glob("*.docx") for match in _deal_ids(path)}
    accounts = deals.loc[deals["deal_id"].isin(named), "account_name"]
    kept = {*named, *also, *deals.loc[deals["account_name"].isin(accounts), "deal_id"]}
    kept |= set(deals["deal_id"].iloc[::every])
    staging = Staging()
    for name, frame in subjects.items():
        rows = frame[frame["deal_id"].isin(kept)] if "deal_id" in frame else frame
        staging.add(name, rows, file_no=staging.add_file(name, "sample", name, len(rows)))
    land(store, staging, kind="sample")
    land(store, stage_files([SHEETS], kind="blue-sheets", known=known_of(store)), kind="blue-sheets")
    score_new(store)


def _deal_ids(path: Path) -> list[str]:
    """The ids of deals that stand in a Word document."""
    with zipfile.ZipFile(path) as document:
        text = re.sub(r"<[^>]+>", "", document.read("word/document.xml").decode("utf-8"))
    return re.findall(r"NB-\d{6}", text)
