"""Lands a staged import in the store: whole or not at all, and only what is new (analytics/store/news.py)."""

from __future__ import annotations

import getpass
import hashlib
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import duckdb

from analytics import scratch
from analytics.store.archive import keep, keep_lists
from analytics.store.counting import FileCounts as FileCounts
from analytics.store.counting import counts, record_files, record_rejects
from analytics.store.database import Store
from analytics.store.erasing import take_out_of_staged
from analytics.store.gone import mark_gone
from analytics.store.news import land_subject, refuse, staged
from analytics.store.replay import order_of, rebuild
from analytics.store.staging import Staging
from analytics.store.subjects import SUBJECTS

Progress = Callable[[float, str], None]
#: The address of whoever is signed in; '' where nobody signs in.
signed_in: ContextVar[str] = ContextVar("signed in", default="")


@dataclass(frozen=True)
class ImportResult:
    """What an import did, or would do (a rehearsal)."""

    files: list[FileCounts]
    notes: list[str]
    import_id: (
        int | None
    )  # None: nothing was written, the same import had landed before or this was a rehearsal
    seen_before: bool = False  # the same files with the same options had landed before


class _Rehearsed(Exception):
    """Ends a rehearsal: the store is left as it was."""


Look = Callable[[duckdb.DuckDBPyConnection], None]


def land(
    store: Store,
    staging: Staging,
    *,
    kind: str,
    as_of: date | None = None,
    options: str = "",
    author: str = "",
    progress: Progress | None = None,
    unless: Look | None = None,
    rehearse: bool = False,
    look: Look | None = None,
) -> ImportResult:
    """Write a staged import to the store in one transaction.

    `options` is whatever else changes the meaning of the files (the mapping's text); the same files with the
    same options change nothing the second time. `author` is who loads it, by default the process's user.
    `unless` is called with the store attached as `store` before anything is written, while nobody else can
    write; what it raises leaves the store as it was.

    With `rehearse` all is done and counted, `look` is called with the store as it would be (attached as
    `store`), and then all is taken back: nothing is kept, and a store that did not exist still does not.
    The same staging can be landed afterwards.
    """
    with _stage_for(store, rehearse) as stage:
        found: list[ImportResult] = []
        try:
            with stage.writing(staging.con):
                if unless is not None:
                    unless(staging.con)
                found.append(_land(staging, kind, as_of, options, author, progress or (lambda *_: None)))
                if look is not None:
                    look(staging.con)
                if rehearse:
                    raise _Rehearsed
        except _Rehearsed:
            return replace(found[0], import_id=None)
    return found[0]


@contextmanager
def _stage_for(store: Store, rehearse: bool) -> Iterator[Store]:
    """The store itself; a rehearsal for one that does not exist yet takes place beside it."""
    if not rehearse or store.exists:
        yield store
        return
    with scratch.folder() as folder:
        yield Store(folder / "rehearsal.duckdb")


def _land(
    staging: Staging, kind: str, as_of: date | None, options: str, author: str, report: Progress
) -> ImportResult:
    con = staging.con
    digest = _digest(con, kind, as_of, options)
    take_out_of_staged(staging)
    refuse(con)
    if _seen(con, digest):
        return ImportResult(counts(con, landed=False), [*staging.notes], None, seen_before=True)
    import_id = _next_import_id(con)
    loaded_at = _loading_time(con)
    con.execute("create or replace temp table landed_line (file_no INTEGER, line BIGINT)")
    names = staged(con)
    for position, name in enumerate(names):
        report(position / len(names), f"writing {name.replace('_', ' ')}")
        land_subject(con, SUBJECTS[name], import_id, loaded_at, restates=staging.restates)
    notes = [*staging.notes, *mark_gone(con, staging.full_lists, import_id, loaded_at)]
    files = counts(con, landed=True)
    con.execute(
        "insert into store.import (import_id, loaded_at, kind, as_of, digest, loaded_by, notes, restates,"
        " staged_notes) values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        [
            *(import_id, loaded_at, kind, as_of, digest, doer(author)),
            *(json.dumps(notes), staging.restates, json.dumps(staging.notes)),
        ],
    )
    record_files(con, files, import_id)
    record_rejects(con, import_id)
    keep(con, import_id, names)
    keep_lists(con, import_id, staging)
    if _comes_late(con, import_id, staging):
        before = [*order_of(con, but=import_id), import_id]
        rebuild(con, import_id, before, order_of(con), report)
        files, notes = _recorded(con, import_id)
        con.execute(  # landing others again has put theirs here
            "create or replace temp table rejected_row as select file_no, line, column_name, value, reason,"
            " is_refusal from store.reject where import_id = ?",
            [import_id],
        )
    report(1.0, "done")
    return ImportResult(files, notes, import_id)


def _comes_late(con: duckdb.DuckDBPyConnection, import_id: int, staging: Staging) -> bool:
    """Note of which source and moment a snapshot is; whether one of a later moment has landed before it."""
    if not staging.restates:
        return False
    row = con.execute(
        "select count(distinct source), min(source), (select max(valid_at) from deal_change) from deal"
    ).fetchone()
    assert row is not None
    sources, source, moment = row
    if sources != 1 or moment is None:
        return False
    moment = staging.full_lists.get(source, moment)
    con.execute(
        "update store.import set snapshot_of = ?, taken_at = ? where import_id = ?",
        [source, moment, import_id],
    )
    later = "select 1 from store.import where snapshot_of = ? and taken_at > ? and undone_at is null"
    return con.execute(later, [source, moment]).fetchone() is not None


def _recorded(con: duckdb.DuckDBPyConnection, import_id: int) -> tuple[list[FileCounts], list[str]]:
    rows = con.execute(
        "select file, kind, rows_read, loaded, unchanged, rejected from store.import_file"
        " where import_id = ? order by file_no",
        [import_id],
    ).fetchall()
    notes = con.execute("select notes from store.import where import_id = ?", [import_id]).fetchone()
    assert notes is not None
    return [FileCounts(*row) for row in rows], json.loads(notes[0])


def _digest(con: duckdb.DuckDBPyConnection, kind: str, as_of: date | None, options: str) -> str:
    rows = con.execute("select concat_ws(' ', sha256, read_as) from staged_file").fetchall()
    text = json.dumps([kind, str(as_of), options, sorted(row[0] for row in rows)])
    return hashlib.sha256(text.encode()).hexdigest()


def _seen(con: duckdb.DuckDBPyConnection, digest: str) -> bool:
    found = con.execute("select 1 from store.import where digest = ? and undone_at is null", [digest])
    return found.fetchone() is not None


def _next_import_id(con: duckdb.DuckDBPyConnection) -> int:
    row = con.execute("select coalesce(max(import_id), 0) + 1 from store.import").fetchone()
    assert row is not None
    return int(row[0])


def _loading_time(con: duckdb.DuckDBPyConnection) -> datetime:
    """Now, but never before an earlier import: a clock that jumps back must not reorder what we learned."""
    row = con.execute("select max(loaded_at) from store.import").fetchone()
    now = datetime.now(UTC).replace(tzinfo=None)
    return max(now, row[0]) if row and row[0] else now


def doer(author: str) -> str:
    """Who does this: whoever is signed in, else as they say, else the process's user."""
    return signed_in.get() or author or user()


def user() -> str:
    """Who runs this process; '' where nobody has a name."""
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""  # a container user without a name
