"""Lands a staged import in the store: whole or not at all, and only what is new.

A staged row is new unless the store, or the row before it, already says the same. What a row says is
compared with the row that precedes it in time, so that history holds a row only where something changed.
Of several staged rows of one key at one moment only the last is looked at: nobody can ever see the others,
and a later export that repeats them must not find them "new" because they were dropped the first time.
"""

from __future__ import annotations

import getpass
import hashlib
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from analytics.store.database import Store
from analytics.store.staging import Staging
from analytics.store.subjects import SUBJECTS, Subject

Progress = Callable[[float, str], None]

#: An export that lacks more than this share of at least so many open deals is taken for a partial one.
_LARGE_DROP = 0.5
_LARGE_DROP_FROM = 5


@dataclass(frozen=True)
class FileCounts:
    """What became of the rows of one file; `rows_read = loaded + unchanged + rejected`."""

    file: str
    kind: str
    rows_read: int
    loaded: int
    unchanged: int
    rejected: int


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
    with tempfile.TemporaryDirectory(prefix="plumbline-") as folder:
        yield Store(Path(folder) / "rehearsal.duckdb")


def _land(
    staging: Staging, kind: str, as_of: date | None, options: str, author: str, report: Progress
) -> ImportResult:
    con = staging.con
    digest = _digest(con, kind, as_of, options)
    _refuse(con)
    if _seen(con, digest):
        return ImportResult(_counts(con, landed=False), [*staging.notes], None, seen_before=True)
    import_id = _next_import_id(con)
    loaded_at = _loading_time(con)
    con.execute("create or replace temp table landed_line (file_no INTEGER, line BIGINT)")
    for position, subject in enumerate(SUBJECTS.values()):
        report(position / len(SUBJECTS), f"writing {subject.name.replace('_', ' ')}")
        _land_subject(con, subject, import_id, loaded_at, restates=staging.restates)
    notes = [*staging.notes, *_mark_gone(con, staging.full_lists, import_id, loaded_at)]
    files = _counts(con, landed=True)
    con.execute(
        "insert into store.import values (?, ?, ?, ?, ?, ?, ?)",
        [import_id, loaded_at, kind, as_of, digest, author or _user(), json.dumps(notes)],
    )
    _record_files(con, files, import_id)
    report(1.0, "done")
    return ImportResult(files, notes, import_id)


def _digest(con: duckdb.DuckDBPyConnection, kind: str, as_of: date | None, options: str) -> str:
    rows = con.execute("select concat_ws(' ', sha256, read_as) from staged_file").fetchall()
    text = json.dumps([kind, str(as_of), options, sorted(row[0] for row in rows)])
    return hashlib.sha256(text.encode()).hexdigest()


def _seen(con: duckdb.DuckDBPyConnection, digest: str) -> bool:
    return con.execute("select 1 from store.import where digest = ?", [digest]).fetchone() is not None


def _next_import_id(con: duckdb.DuckDBPyConnection) -> int:
    row = con.execute("select coalesce(max(import_id), 0) + 1 from store.import").fetchone()
    assert row is not None
    return int(row[0])


def _loading_time(con: duckdb.DuckDBPyConnection) -> datetime:
    """Now, but never before an earlier import: a clock that jumps back must not reorder what we learned."""
    row = con.execute("select max(loaded_at) from store.import").fetchone()
    now = datetime.now(UTC).replace(tzinfo=None)
    return max(now, row[0]) if row and row[0] else now


def _land_subject(
    con: duckdb.DuckDBPyConnection, subject: Subject, import_id: int, loaded_at: datetime, *, restates: bool
) -> None:
    """Insert the subject's new rows. Identifiers come from SUBJECTS; values are parameters."""
    if not _any(con, f"select 1 from {subject.name} limit 1"):
        return
    key, said = ", ".join(subject.key), ", ".join(subject.values)
    same_key = " and ".join(f"k.{column} = s.{column}" for column in subject.key)
    keys_of_s = ", ".join(f"s.{column}" for column in subject.key)
    accepted = "deal_id not in (select deal_id from refused)" if "deal_id" in subject.key else "true"
    is_first = not _any(con, f"select 1 from store.{subject.name} limit 1")
    columns = f"{key}, valid_at, {said}"
    # Where the store already has this very row, a re-sent history row is no news. A source that restates
    # the whole day (a table snapshot) may go back to an earlier value, so there only the last word counts.
    repeated = (
        "false"
        if restates or is_first
        else f"exists (select 1 from store.{subject.name} k where {same_key} and k.valid_at = s.valid_at"
        + "".join(f" and k.{column} is not distinct from s.{column}" for column in subject.values)
        + ")"
    )
    opening = "false" if is_first else "s.is_opening"
    known = (
        ""
        if is_first
        else f"select {columns}, import_id, file_no, line, seq, false as is_new from store.{subject.name} k"
        f" where exists (select 1 from {subject.name} s where {same_key}) union all "
    )
    differs = " or ".join(
        f"{column} is distinct from lag({column}) over earlier" for column in subject.values
    )
    con.execute(
        f"""
        insert into store.{subject.name} ({columns}, loaded_at, import_id, file_no, line, seq)
        with doubled as (  -- ranking is dear, so only what was said more than once of a moment is ranked
            select {key}, valid_at from {subject.name} group by {key}, valid_at having count(*) > 1
        ),
        ranked as (
            select s.*, row_number() over (partition by {keys_of_s}, s.valid_at
                order by s.is_opening, s.seq desc, s.file_no desc) as newest
            from {subject.name} s join doubled k on {same_key} and k.valid_at = s.valid_at
        ),
        last_words as (
            select {columns}, file_no, line, seq, is_opening from {subject.name} s
            where not exists (select 1 from doubled k where {same_key} and k.valid_at = s.valid_at)
            union all
            select {columns}, file_no, line, seq, is_opening from ranked where newest = 1
        ),
        timeline as (
            {known}
            select {columns}, $import_id as import_id, file_no, line, seq, true as is_new
            from last_words s
            where not ({opening} and exists (select 1 from store.{subject.name} k where {same_key}))
              and not {repeated} and {accepted}
        ),
        compared as (
            select *, (row_number() over earlier = 1 or {differs}) as says_more
            from timeline
            window earlier as (partition by {key} order by valid_at, import_id, seq)
        )
        select {columns}, $loaded_at, import_id, file_no, line, seq from compared where is_new and says_more
        """,
        {"import_id": import_id, "loaded_at": loaded_at},
    )
    con.execute(
        f"insert into landed_line select file_no, line from store.{subject.name}"
        " where import_id = ? and line is not null",
        [import_id],
    )


def _refuse(con: duckdb.DuckDBPyConnection) -> None:
    """Create `refused`, the deals whose id another source has, and `rejected_row` with each of their rows.

    They are temporary: a transaction writes to one database only, and that is the store.
    """
    con.execute(
        "create or replace temp table refused as select s.deal_id, any_value(k.source) as source"
        " from deal s join store.deal k on k.deal_id = s.deal_id and k.source <> s.source"
        " where not exists (select 1 from store.deal o where o.deal_id = s.deal_id and o.source = s.source)"
        " group by s.deal_id"
    )
    lines = " union ".join(
        f"select file_no, line, deal_id from {subject.name} where line is not null"
        for subject in SUBJECTS.values()
        if "deal_id" in subject.key
    )
    con.execute(
        "create or replace temp table rejected_row as select * from staged_reject union all"
        " select file_no, line, 'deal_id', deal_id, 'the store has a deal with this id from another source, '"
        " || source || '; if it is another deal, give the ids of this table a prefix in a mapping file:"
        """ [table] id_prefix = "B-"; if it is the same, import it from the one source only'"""
        f" from ({lines}) join refused using (deal_id)"
    )


def _any(con: duckdb.DuckDBPyConnection, sql: str) -> bool:
    return con.execute(sql).fetchone() is not None


def _mark_gone(
    con: duckdb.DuckDBPyConnection, full_lists: Mapping[str, datetime], import_id: int, loaded_at: datetime
) -> list[str]:
    """Mark deals that a full list no longer names as gone, and bring back those that it names again.

    Returns what a person should know about it.
    """
    notes = []
    for source, at in full_lists.items():
        con.execute(_STATE_SQL, {"source": source, "at": at})
        missing, known = _missing(con)
        unreadable = missing and _any(con, "select 1 from named_deal where deal_id is null")
        many = known >= _LARGE_DROP_FROM and missing > _LARGE_DROP * known
        if many or (missing and not _any(con, "select 1 from deal_change limit 1")):
            notes.append(
                f"{missing} of the {known} open deals of {source} are not in these files. That looks like a"
                " partial export, so none was marked as gone. If it is complete, delete the missing deals in"
                " the CRM's recycle bin or load a complete export."
            )
            continue
        values = {"at": at, "import_id": import_id, "loaded_at": loaded_at}
        con.execute(_BACK_SQL, values)
        if unreadable:
            notes.append(
                f"{missing} open deals of {source} are not in these files, but there are rejected rows whose"
                " deal cannot be read, so none was marked as gone. Correct those rows and import again."
            )
            continue
        con.execute(_GONE_SQL, values)
        if missing:
            notes.append(
                f"{missing} open deals of {source} are not in these files any more and are marked as gone;"
                " they return when a later export names them."
            )
    return notes


# The latest version of each of a source's deals at a time, and whether this import names it.
_STATE_SQL = """
    create or replace temp table deal_state as
    with last_moment as (
        select deal_id, max(valid_at) as valid_at
        from store.deal_change where valid_at <= $at group by deal_id
    ),
    latest as (
        select c.*, row_number() over (
            partition by c.deal_id order by c.import_id desc, c.seq desc) as newest
        from store.deal_change c join last_moment l on l.deal_id = c.deal_id and l.valid_at = c.valid_at
    ),
    of_source as (select distinct deal_id from store.deal where source = $source),
    named as (select deal_id from deal_change union select deal_id from named_deal)
    select l.*, n.deal_id is not null as is_named
    from latest l join of_source using (deal_id) left join named n using (deal_id)
    where newest = 1
"""
_AS_STATED = "deal_id, $at, stage, forecast_category, amount, close_date, probability, is_closed, is_won"
_GONE_SQL = f"""
    insert into store.deal_change (deal_id, valid_at, stage, forecast_category, amount, close_date,
        probability, is_closed, is_won, is_gone, loaded_at, import_id, seq)
    select {_AS_STATED}, true, $loaded_at, $import_id, 1000000000000
    from deal_state, (select coalesce(bool_or(is_closed), false) as yes from deal_change) lists_closed
    where not is_named and not coalesce(is_gone, false)
        and (lists_closed.yes or not coalesce(is_closed, false))
"""
_BACK_SQL = """
    insert into store.deal_change (deal_id, valid_at, stage, forecast_category, amount, close_date,
        probability, is_closed, is_won, is_gone, loaded_at, import_id, seq)
    with stated as (
        select *, row_number() over (partition by deal_id order by valid_at desc, seq desc) as newest
        from deal_change where deal_id in (select deal_id from deal_state where is_gone)
    )
    select s.deal_id, $at, s.stage, s.forecast_category, s.amount, s.close_date, s.probability, s.is_closed,
        s.is_won, false, $loaded_at, $import_id, 1000000000000
    from deal_state state join stated s using (deal_id)
    where state.is_gone and s.newest = 1 and not coalesce(s.is_gone, false) and state.import_id < $import_id
"""


def _missing(con: duckdb.DuckDBPyConnection) -> tuple[int, int]:
    """Open deals of the source that this import does not name, of how many open ones."""
    row = con.execute(
        "select count(*) filter (where not is_named), count(*) from deal_state"
        " where not coalesce(is_gone, false) and not coalesce(is_closed, false)"
    ).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def _counts(con: duckdb.DuckDBPyConnection, *, landed: bool) -> list[FileCounts]:
    # A row that was loaded but for an unreadable cell counts as rejected: somebody should look at it.
    loaded = (
        "select file_no, count(distinct line) as n from landed_line l where not exists ("
        " select 1 from rejected_row r where r.file_no = l.file_no and r.line = l.line) group by file_no"
        if landed
        else "select 0 as file_no, 0 as n"
    )
    rows = con.execute(
        f"""
        with loaded as ({loaded}),
        rejected as (select file_no, count(distinct line) as n from rejected_row group by file_no)
        select f.file, f.kind, f.rows_read, coalesce(l.n, 0), coalesce(r.n, 0)
        from staged_file f left join loaded l using (file_no) left join rejected r using (file_no)
        order by f.file_no
        """
    ).fetchall()
    return [
        FileCounts(file, kind, read, loaded, read - loaded - rejected, rejected)
        for file, kind, read, loaded, rejected in rows
    ]


def _record_files(con: duckdb.DuckDBPyConnection, files: list[FileCounts], import_id: int) -> None:
    numbers = con.execute("select file_no, sha256 from staged_file order by file_no").fetchall()
    for (file_no, sha256), file in zip(numbers, files, strict=True):
        con.execute(
            "insert into store.import_file values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(import_id, file_no, file.file, file.kind, sha256),
                *(file.rows_read, file.loaded, file.unchanged, file.rejected),
            ],
        )
    con.execute(
        "insert into store.reject select ?, r.file_no, f.file, line, column_name, value, reason"
        " from rejected_row r join staged_file f using (file_no)",
        [import_id],
    )


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return ""  # a container user without a name
