"""Lands recorded imports again, in their order, after one of them was taken out, put back, or came late.

What the store holds is what landing the imports that count, one after the other, leaves. So an undo takes out
the rows of the import and of those after it, and lands the latter again by the very same functions. Only
subjects that it can touch are looked at: those of which the import has rows, the marks of gone deals, and all
about deals if the import decided which source a deal belongs to.

The order is that of loading, but snapshots of one source follow each other by their moments: one that comes
late is landed before those of later moments (otherwise its changes would be carried on past them).
"""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

import duckdb

from analytics.store.archive import Moved, keep, moved, present, put_aside, stage, take_out
from analytics.store.counting import counts, record_files, record_rejects
from analytics.store.gone import mark_gone
from analytics.store.news import any_row, land_subject, refuse, staged
from analytics.store.subjects import SUBJECTS

Progress = Callable[[float, str], None]
_STAGED = ("staged_file", "named_deal", "staged_reject")
_ABOUT_DEALS = [name for name, subject in SUBJECTS.items() if "deal_id" in subject.key]


@dataclass(frozen=True)
class Recorded:
    """An import as the store records it."""

    import_id: int
    loaded_at: datetime
    restates: bool | None  # None: landed before anything was kept; its rows are known as far as they landed
    staged_notes: list[str]
    full_lists: dict[str, datetime]
    is_snapshot: bool


@dataclass(frozen=True)
class Rebuilt:
    """Rows of the import itself that were taken out, or put back; and rows of others that moved with it."""

    own: int
    others: Moved


@dataclass(frozen=True)
class _Scope:
    """What is landed again: subjects, which imports have rows of each, whether sources are judged anew."""

    names: list[str]
    present: dict[str, set[int]]
    judges: bool


def order_of(con: duckdb.DuckDBPyConnection, but: int | None = None, also: int | None = None) -> list[int]:
    """The imports that count, in the order in which they land; without one of them, or with another one."""
    rows = con.execute(
        "select import_id, snapshot_of, taken_at from store.import"
        " where (undone_at is null or import_id = $also) and import_id is distinct from $but"
        " order by import_id",
        {"also": also, "but": but},
    ).fetchall()
    moments = {number: (source, at) for number, source, at in rows if at is not None}
    order: list[int] = []
    for number, source, at in rows:
        later = [
            one
            for one in order
            if at is not None and one in moments and moments[one][0] == source and moments[one][1] > at
        ]
        if later:
            order = [one for one in order if one not in later]
        order += [number, *later]
    return order


def rebuild(
    con: duckdb.DuckDBPyConnection, own: int, before: Sequence[int], after: Sequence[int], report: Progress
) -> Rebuilt:
    """Bring the store from what landing `before` leaves to what landing `after` leaves.

    `own` is the import that was taken out, put in or has come late. Staged tables of `con` are left alone.
    """
    start = sum(
        1 for _ in itertools.takewhile(lambda pair: pair[0] == pair[1], zip(before, after, strict=False))
    )
    whole = sorted({*before[start:], *after[start:]})
    recorded = _recorded(con, whole)
    causes = _causes(own, before, after, recorded)
    scope = _scope(con, causes, recorded)
    old = [one.import_id for one in recorded.values() if one.restates is None]
    for name in scope.names:
        take_out(con, name, whole, old)
    if "deal" in scope.names and _sources_differ(con, causes):
        more = [name for name in _ABOUT_DEALS if name not in scope.names]
        for name in more:
            take_out(con, name, whole, old)
        scope = _Scope([*scope.names, *more], scope.present, judges=True)
    rows = 0
    if own not in after:
        rows = sum(put_aside(con, name, own) for name in scope.names)
    again = [recorded[number] for number in after[start:]]
    for position, one in enumerate(again):
        report(position / len(again), f"landing import {one.import_id} again")
        if one.import_id == own or _concerns(scope, one):
            _land_again(con, one, scope)
    if own in after:
        rows = _landed(con, own, scope.names)
    others = sum((moved(con, name, whole, own) for name in scope.names), Moved())
    for name in [*scope.names, *_STAGED] if again else []:
        con.execute(f"drop table if exists temp.{name}")
    report(1.0, "done")
    return Rebuilt(rows, others)


def _causes(own: int, before: Sequence[int], after: Sequence[int], recorded: dict[int, Recorded]) -> set[int]:
    """The imports that may make others say something else: `own`, and those that change places."""
    one, other = ([number for number in order if number != own] for order in (before, after))
    return {own} if one == other else {own, *(each for each, it in recorded.items() if it.is_snapshot)}


def _recorded(con: duckdb.DuckDBPyConnection, imports: Sequence[int]) -> dict[int, Recorded]:
    lists: dict[int, dict[str, datetime]] = {}
    for import_id, source, at in con.execute("from store.import_list order by rowid").fetchall():
        lists.setdefault(import_id, {})[source] = at
    rows = con.execute(
        "select import_id, loaded_at, restates, staged_notes, taken_at is not null from store.import"
    ).fetchall()
    return {
        number: Recorded(number, at, restates, json.loads(notes or "[]"), lists.get(number, {}), is_snapshot)
        for number, at, restates, notes, is_snapshot in rows
        if number in set(imports)
    }


def _scope(con: duckdb.DuckDBPyConnection, causes: set[int], recorded: dict[int, Recorded]) -> _Scope:
    found = present(con, list(recorded))
    names = [name for name in SUBJECTS if causes & found[name]]
    has_lists = any(one.full_lists for one in recorded.values())
    if any(recorded[number].full_lists for number in causes) or (has_lists and "deal" in names):
        names = list(dict.fromkeys([*names, "deal_change"]))
    return _Scope(names, found, judges=False)


def _sources_differ(con: duckdb.DuckDBPyConnection, causes: set[int]) -> bool:
    """Whether a deal of these imports is one of another source in any other import."""
    return any_row(
        con,
        "select 1 from (select deal_id, source from later_deal"
        " union all select deal_id, source from store.deal) where deal_id in"
        f" (select deal_id from later_deal where import_id in ({', '.join(map(str, sorted(causes)))}))"
        " group by deal_id having count(distinct source) > 1 limit 1",
    )


def _concerns(scope: _Scope, one: Recorded) -> bool:
    has_rows = any(one.import_id in scope.present[name] for name in scope.names)
    return has_rows or bool("deal_change" in scope.names and one.full_lists)


def _land_again(con: duckdb.DuckDBPyConnection, one: Recorded, scope: _Scope) -> None:
    """Land an import whose rows lie in the tables of what was taken out."""
    for name in scope.names:
        stage(con, name, one.import_id)
    _stage_files(con, one.import_id, judges=scope.judges)
    if scope.judges:
        refuse(con)
    con.execute("create or replace temp table landed_line (file_no INTEGER, line BIGINT)")
    held = staged(con, scope.names)
    for name in SUBJECTS:
        if name in held:
            land_subject(
                con, SUBJECTS[name], one.import_id, one.loaded_at, restates=one.restates in (True, None)
            )
        elif name not in scope.names and one.import_id in scope.present[name]:
            con.execute(
                f"insert into landed_line select file_no, line from store.{name}"
                " where import_id = ? and line is not null",
                [one.import_id],
            )
    if one.restates is not None and "deal_change" in scope.names:
        notes = [*one.staged_notes, *mark_gone(con, one.full_lists, one.import_id, one.loaded_at)]
        con.execute(
            "update store.import set notes = ? where import_id = ?", [json.dumps(notes), one.import_id]
        )
    record_files(con, counts(con, landed=True), one.import_id)
    if scope.judges:
        record_rejects(con, one.import_id)
    keep(con, one.import_id, held)


def _stage_files(con: duckdb.DuckDBPyConnection, import_id: int, *, judges: bool) -> None:
    """The files, rejected rows, named deals and (unless they are judged anew) refused deals of an import."""
    rejects = "select file_no, line, column_name, value, reason, coalesce(is_refusal, false) as is_refusal"
    found = f"from store.reject where import_id = {import_id}"
    tables = {
        "staged_file": "select file_no, file, kind, sha256, rows_read, null as read_as from store.import_file"
        f" where import_id = {import_id}",
        "named_deal": f"select deal_id from store.import_named where import_id = {import_id}",
        "staged_reject": f"select * exclude (is_refusal) from ({rejects} {found}) where not is_refusal",
    }
    if not judges:
        tables["rejected_row"] = f"{rejects} {found}"
        tables["refused"] = f"select distinct value as deal_id {found} and is_refusal"
    for name, sql in tables.items():
        con.execute(f"create or replace temp table {name} as {sql}")


def _landed(con: duckdb.DuckDBPyConnection, import_id: int, names: Sequence[str]) -> int:
    total = 0
    for name in names:
        row = con.execute(
            f"select count(*) from store.{name} where import_id = ? and line is not null", [import_id]
        ).fetchone()
        assert row is not None
        total += int(row[0])
    return total
