"""What an import staged, so that it can be landed again: rows that landed, and those kept beside.

`kept_SUBJECT` holds what an import staged and did not land, and a copy of the openings that did land.
An undone import lies there whole. `later_SUBJECT` (temporary) holds what was taken out of the store.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import duckdb

from analytics.store.gone import MARK_SEQ
from analytics.store.news import any_row
from analytics.store.staging import Staging
from analytics.store.subjects import SUBJECTS, Subject


@dataclass(frozen=True)
class Moved:
    """How many rows of imports that stay count now and did not before, and the other way round."""

    came: int = 0
    went: int = 0

    def __add__(self, other: Moved) -> Moved:
        return Moved(self.came + other.came, self.went + other.went)


def _columns(subject: Subject) -> str:
    return ", ".join([*subject.columns, "file_no", "line", "seq"])


def _same_row(subject: Subject) -> str:
    """Whether `s` and `k` are one staged row: of one key and moment an import lands one row only."""
    same = [f"k.{column} = s.{column}" for column in (*subject.key, "valid_at", "seq")]
    return " and ".join([*same, *(f"k.{column} is not distinct from s.{column}" for column in _PLACE)])


_PLACE = ("file_no", "line")
#: A deal marked as gone, or back: no staged row, it follows from the lists.
_MARK = f"(line is null and seq = {MARK_SEQ})"


def keep(con: duckdb.DuckDBPyConnection, import_id: int, names: Collection[str]) -> None:
    """Keep what is staged of these and did not land, and which of the landed rows were openings."""
    for name in names:
        landed = f"select 1 from store.{name} k where k.import_id = $id and {_same_row(SUBJECTS[name])}"
        if not any_row(con, f"select 1 from {name} where is_opening limit 1") and _count(con, name) == _count(
            con, f"store.{name}", f"import_id = {import_id} and not {_MARK}"
        ):
            continue  # all of it landed
        con.execute(
            f"insert into store.kept_{name} ({_columns(SUBJECTS[name])}, is_opening, import_id)"
            f" select {_columns(SUBJECTS[name])}, is_opening, $id from {name} s"
            f" where s.is_opening or not exists ({landed})",
            {"id": import_id},
        )


def keep_lists(con: duckdb.DuckDBPyConnection, import_id: int, staging: Staging) -> None:
    """Keep of which sources this import is a complete list, and the deals it names without a change."""
    for source, at in staging.full_lists.items():
        con.execute("insert into store.import_list values (?, ?, ?)", [import_id, source, at])
    if staging.full_lists:
        con.execute(
            "insert into store.import_named select distinct ?, deal_id from named_deal n"
            " where not exists (select 1 from deal_change c where c.deal_id = n.deal_id)",
            [import_id],
        )


def present(con: duckdb.DuckDBPyConnection, imports: Collection[int]) -> dict[str, set[int]]:
    """Which of these imports have staged rows of each subject."""
    found = {}
    for name in SUBJECTS:
        of = f"where import_id in ({_ids(imports)})"
        rows = con.execute(
            f"select import_id from store.{name} {of} union select import_id from store.kept_{name} {of}"
        ).fetchall()
        found[name] = {int(row[0]) for row in rows}
    return found


def take_out(
    con: duckdb.DuckDBPyConnection, name: str, imports: Collection[int], without_archive: Collection[int]
) -> None:
    """Move all that these imports staged of a subject from the store to `later_SUBJECT`.

    Of imports that landed before anything was kept, marks are moved too: their lists are not known.
    """
    columns, of = _columns(SUBJECTS[name]), f"import_id in ({_ids(imports)})"
    is_staged = f"(not {_MARK} or import_id in ({_ids(without_archive)}))"
    con.execute(
        f"""
        create or replace temp table later_{name} as
        with landed as (select {columns}, import_id from store.{name} where {of} and {is_staged}),
        kept as (select {columns}, import_id, is_opening from store.kept_{name} where {of})
        select s.*, exists (
            select 1 from landed k where k.import_id = s.import_id and {_same_row(SUBJECTS[name])}) as landed
        from kept s
        union all
        select {columns}, import_id, false as is_opening, true as landed from landed s
        where not exists (
            select 1 from kept k where k.import_id = s.import_id and {_same_row(SUBJECTS[name])})
        """
    )
    con.execute(f"delete from store.{name} where {of}")
    con.execute(f"delete from store.kept_{name} where {of}")


def put_aside(con: duckdb.DuckDBPyConnection, name: str, import_id: int) -> int:
    """Keep all that an import staged of a subject, none of it landed; returns how many rows had landed."""
    columns = _columns(SUBJECTS[name])
    con.execute(
        f"insert into store.kept_{name} ({columns}, import_id, is_opening)"
        f" select {columns}, import_id, is_opening from later_{name} where import_id = ?",
        [import_id],
    )
    return _count(con, f"later_{name}", f"landed and import_id = {import_id}")


def stage(con: duckdb.DuckDBPyConnection, name: str, import_id: int) -> None:
    """Make the temporary table SUBJECT what an import had staged of it."""
    con.execute(
        f"create or replace temp table {name} as select * exclude (import_id, landed) from later_{name}"
        " where import_id = ?",
        [import_id],
    )


def moved(con: duckdb.DuckDBPyConnection, name: str, imports: Collection[int], but: int) -> Moved:
    """Compare what landed of a subject before it was taken out with what landed now, but for one import."""
    others = f"import_id in ({_ids(set(imports) - {but})})"
    before = _count(con, f"later_{name}", f"landed and {others}")
    now = _count(con, f"store.{name}", f"{others} and not {_MARK}")
    stayed = _count(
        con,
        f"(from later_{name} where landed and {others}) s"
        f" join store.{name} k on k.import_id = s.import_id and {_same_row(SUBJECTS[name])}",
    )
    return Moved(now - stayed, before - stayed)


def _count(con: duckdb.DuckDBPyConnection, table: str, condition: str = "true") -> int:
    row = con.execute(f"select count(*) from {table} where {condition}").fetchone()
    assert row is not None
    return int(row[0])


def _ids(imports: Collection[int]) -> str:
    """Numbers of imports as SQL; they come from the store, and there is always one to compare with."""
    return ", ".join(str(int(number)) for number in imports) or "-1"
