"""What became of the rows of an import's files."""

from __future__ import annotations

from dataclasses import dataclass

import duckdb


@dataclass(frozen=True)
class FileCounts:
    """What became of the rows of one file; `rows_read = loaded + unchanged + rejected`."""

    file: str
    kind: str
    rows_read: int
    loaded: int
    unchanged: int
    rejected: int


def counts(con: duckdb.DuckDBPyConnection, *, landed: bool) -> list[FileCounts]:
    """Count the staged files' rows; `landed`: those in `landed_line` are in the store."""
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


def record_files(con: duckdb.DuckDBPyConnection, files: list[FileCounts], import_id: int) -> None:
    """Write what became of each staged file; what was written of this import before is replaced."""
    numbers = con.execute("select file_no, sha256 from staged_file order by file_no").fetchall()
    con.execute("delete from store.import_file where import_id = ?", [import_id])
    for (file_no, sha256), file in zip(numbers, files, strict=True):
        con.execute(
            "insert into store.import_file values (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                *(import_id, file_no, file.file, file.kind, sha256),
                *(file.rows_read, file.loaded, file.unchanged, file.rejected),
            ],
        )


def record_rejects(con: duckdb.DuckDBPyConnection, import_id: int) -> None:
    """Write the rejected rows, instead of what was written of this import before."""
    con.execute("delete from store.reject where import_id = ?", [import_id])
    con.execute(
        "insert into store.reject select ?, r.file_no, f.file, line, column_name, value, reason, is_refusal"
        " from rejected_row r join staged_file f using (file_no)",
        [import_id],
    )
