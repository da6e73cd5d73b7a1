"""What a store says, table by table, without what differs each time: moments of writing and random ids."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from analytics.store.database import Store

#: Table -> number of rows, and a sum over what they say.
Said = dict[str, tuple[int, int]]
_DIFFERS = {
    *("loaded_at", "applied_at", "undone_at", "done_at", "started_at", "ended_at"),
    *("digest", "sha256", "decision_id"),
}
_WRITTEN = {"answer", "decision", "setting"}
#: What a sync notes of itself: only how many rows.
_OF_RUNS = {"sync_run", "sync_state", "kept_sync_state", "kept_sync_run"}
_COLUMNS = "select table_name, list(column_name) from duckdb_columns() where not internal group by table_name"


def said(path: Path) -> Said:
    """What the store says now. Raises BadInput if it cannot be read; {} where there is none yet."""
    store, found = Store(path), {}
    if not store.exists:
        return {}
    with store.reading() as con:
        tables = con.execute(
            f"{_COLUMNS.replace('where', 'where database_name = current_database() and')}"
        ).fetchall()
        for table, columns in tables:
            is_written = table in _WRITTEN or table.startswith("kept_")
            differs = _DIFFERS | ({"valid_at"} if is_written else set())
            kept = [f'"{column}"' for column in sorted(columns) if column not in differs]
            kept = ["1"] if table in _OF_RUNS else kept
            row = con.execute(
                f"select count(*), coalesce(sum(hash({', '.join(kept)})::hugeint), 0) from {table}"
            ).fetchone()
            assert row is not None
            found[table] = (int(row[0]), int(row[1]))
    return found


@contextmanager
def states_of(path: Path) -> Iterator[list[Said]]:
    """Everything that the store at `path` says between two transactions that happen inside."""
    states = [said(path)]
    writing = Store.writing

    @contextmanager
    def watched(self: Store, con: object) -> Iterator[None]:
        with writing(self, con):  # type: ignore[arg-type]
            yield
        if self.path == path:
            states.append(said(path))

    Store.writing = watched  # type: ignore[method-assign,assignment]
    try:
        yield states
    finally:
        Store.writing = writing  # type: ignore[method-assign]
    if states[-1] != (last := said(path)):
        states.append(last)


def differing(one: Said, other: Said) -> list[str]:
    """The tables in which two differ."""
    return sorted(table for table in one.keys() | other.keys() if one.get(table) != other.get(table))
