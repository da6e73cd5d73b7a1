"""Undoes an import as a whole, and takes that back: the store is as if it had never landed, or never gone.

Neither can be given back: what reading the files of later imports told (their notes), and what people wrote
while they saw the import.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import duckdb
import pandas as pd

from analytics.problems import BadInput
from analytics.store.database import Store, query_text
from analytics.store.landing import doer
from analytics.store.replay import order_of, rebuild

Progress = Callable[[float, str], None]
_TOLD = (
    *("import_id", "loaded_at", "kind", "as_of", "loaded_by", "undone_at", "undone_by", "undo_reason"),
    *("files", "rows_read", "loaded", "unchanged", "rejected", "can_undo", "why_not"),
)


@dataclass(frozen=True)
class UndoResult:
    """What an undo (or taking one back) changed, in dated rows of the store."""

    import_id: int
    own: int  # rows of the import itself that were taken out, or put back
    came: int  # rows of later imports that count now and did not before
    went: int  # rows of later imports that counted and do not now
    later: int  # how many later imports count


def history(store: Store) -> pd.DataFrame:
    """Every import, newest first: import_id, loaded_at, kind, as_of, loaded_by, undone_at, undone_by,
    undo_reason, files (how many), rows_read, loaded, unchanged, rejected, can_undo, why_not ('' = can be)."""
    with store.reading():
        rows = store.query("import_history")
    rows["why_not"] = [_why_not(one) for one in rows.itertuples()]
    rows["can_undo"] = rows["why_not"] == ""
    counted = ["files", "rows_read", "loaded", "unchanged", "rejected"]
    rows[counted] = rows[counted].astype(int)
    return rows[[*_TOLD]]


def undo(
    store: Store, import_id: int, *, author: str = "", reason: str = "", progress: Progress | None = None
) -> UndoResult:
    """Take an import out, and land those after it as if it had never been. Nothing is lost: see `put_back`.

    Raises BadInput if it cannot be undone. Answers that count now may want judging: `score_new`.
    """
    return _change(store, import_id, author, reason, progress, is_back=False)


def put_back(
    store: Store, import_id: int, *, author: str = "", progress: Progress | None = None
) -> UndoResult:
    """Take an undo back: the import counts again, at its old place in the order. Raises BadInput."""
    return _change(store, import_id, author, "", progress, is_back=True)


def _change(
    store: Store, import_id: int, author: str, reason: str, progress: Progress | None, *, is_back: bool
) -> UndoResult:
    with store.reading():
        pass  # says so where there is no store, before one is made
    with store.changing() as con:
        _must_be_possible(con, import_id, is_back=is_back)
        without, with_it = order_of(con, but=import_id), order_of(con, also=import_id)
        orders = (without, with_it) if is_back else (with_it, without)
        _record(con, import_id, doer(author), reason, is_back=is_back)  # landing asks what counts
        done = rebuild(con, import_id, *orders, progress or (lambda *_: None))
        later = len(with_it) - 1 - with_it.index(import_id)
    return UndoResult(import_id, done.own, done.others.came, done.others.went, later)


def _record(
    con: duckdb.DuckDBPyConnection, import_id: int, author: str, reason: str, *, is_back: bool
) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    con.execute(
        "update store.import set undone_at = ?, undone_by = ?, undo_reason = ? where import_id = ?",
        [*((None, None, None) if is_back else (now, author, reason)), import_id],
    )
    if not is_back:  # what the store holds decides anew when it is put back
        con.execute("delete from store.reject where import_id = ? and is_refusal", [import_id])
    con.execute("insert into store.undoing values (?, ?, ?, ?, ?)", [import_id, now, author, reason, is_back])


def _must_be_possible(con: duckdb.DuckDBPyConnection, import_id: int, *, is_back: bool) -> None:
    con.execute("use store")
    try:
        rows = con.execute(query_text("import_history")).df()
    finally:
        con.execute("use memory")
    found = rows[rows["import_id"] == import_id]
    if found.empty:
        raise BadInput(
            "there is no such import",
            expected="one that `python -m analytics imports` lists",
            got=str(import_id),
        )
    one = next(found.itertuples())
    if why := _why_not_back(one) if is_back else _why_not(one):
        what = "its undo cannot be taken back" if is_back else "it cannot be undone"
        raise BadInput(f"{what}: {why}", where=f"import {import_id}")


def _why_not(one: Any) -> str:
    """Why an import (a row of import_history.sql) cannot be undone; '' if it can be."""
    if not pd.isna(one.undone_at):
        return f"it was undone on {one.undone_at:%Y-%m-%d} by {one.undone_by or 'somebody without a name'}"
    if one.kind == "erasure":
        return "a name that was erased is nowhere any more"
    if one.kind == "sample" and not one.other_deals:
        return "the sample company is all that this store holds; use a new store (--store FILE) instead"
    return _why_not_replayed(one)


def _why_not_back(one: Any) -> str:
    if pd.isna(one.undone_at):
        return "it is not undone"
    if not pd.isna(one.same_again):
        return f"the same files were loaded again as import {one.same_again:.0f}; undo that one first"
    if not one.has_archive and not pd.isna(one.undone_before):
        return (
            "it was loaded by an earlier version of Plumbline, which kept only what was new then;"
            f" put import {one.undone_before:.0f} back first"
        )
    return _why_not_replayed(one)


def _why_not_replayed(one: Any) -> str:
    if one.later_without_archive:
        return (
            f"imports after it ({one.later_without_archive}) came with an earlier version of Plumbline,"
            " which kept only what was new then; undo those first, the latest one before the others"
        )
    return ""
