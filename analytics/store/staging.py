"""Where an import is prepared before it touches the store: tables in memory, one per subject."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

import duckdb
import pandas as pd

from analytics.store.subjects import SUBJECTS


@dataclass
class Staging:
    """Rows on their way into the store, in an in-memory DuckDB that the intake fills.

    Tables: one per subject with its columns plus `file_no`, `line` (1-based line of the file the row came
    from), `seq` (order within the import: decides between rows with the same `valid_at`) and `is_opening`
    (true: this row only says how things stood at first; it is dropped where the store already knows the key).
    `staged_file` has a row per file read (`read_as`: what else than its content decides what it says),
    `staged_reject` one per problem found, `named_deal` one per deal that a list of deals names, also where
    its row is rejected (NULL: a row whose deal cannot be read).
    """

    con: duckdb.DuckDBPyConnection = field(default_factory=lambda: duckdb.connect(":memory:"))
    #: sources of which this import is a complete list, and when it was taken: missing deals are marked gone
    full_lists: dict[str, datetime] = field(default_factory=dict)
    #: a table snapshot restates its whole day: what it says at a time replaces what an earlier file said then
    restates: bool = False
    #: things a person should know about this import, each one something they can act on
    notes: list[str] = field(default_factory=list)
    #: rows of a list without ids and the deal of each (analytics.intake.matching.COLUMNS)
    matches: pd.DataFrame | None = None
    #: stages of which the files do not say what they mean: stage, deals, amount, probability, category
    unsaid_stages: pd.DataFrame | None = None
    #: forecast categories that are not understood: value, deals, amount
    unsaid_categories: pd.DataFrame | None = None

    def __post_init__(self) -> None:
        for subject in SUBJECTS.values():
            columns = ", ".join(f"{name} {kind}" for name, kind in subject.columns.items())
            # Identifiers come from SUBJECTS, never from input.
            self.con.execute(
                f"create table {subject.name} ({columns}, file_no INTEGER, line BIGINT, seq BIGINT,"
                " is_opening BOOLEAN default false)"
            )
        self.con.execute(
            "create table staged_file (file_no INTEGER, file VARCHAR, kind VARCHAR, sha256 VARCHAR,"
            " rows_read BIGINT, read_as VARCHAR)"
        )
        self.con.execute("create table named_deal (deal_id VARCHAR)")
        self.con.execute(
            "create table staged_reject (file_no INTEGER, line BIGINT, column_name VARCHAR,"
            " value VARCHAR, reason VARCHAR)"
        )

    def add_file(self, file: str, kind: str, sha256: str, rows_read: int) -> int:
        """Note a file that is being read; returns its number for the rows that come from it."""
        row = self.con.execute("select coalesce(max(file_no), 0) + 1 from staged_file").fetchone()
        assert row is not None
        self.con.execute(
            "insert into staged_file values (?, ?, ?, ?, ?, null)", [row[0], file, kind, sha256, rows_read]
        )
        return int(row[0])

    def read_as(self, file_no: int, what: str) -> None:
        """Note what else than its content decides what a file says: read another way it is another import."""
        self.con.execute(
            "update staged_file set read_as = concat_ws('; ', read_as, ?) where file_no = ?", [what, file_no]
        )

    def add(self, subject: str, frame: pd.DataFrame, *, file_no: int, is_opening: bool = False) -> None:
        """Stage a frame that has the subject's columns (a missing one is NULL) and perhaps `line`."""
        wanted = SUBJECTS[subject].columns
        rows = frame.reindex(columns=[*wanted, "line"])
        rows["line"] = rows["line"].fillna(pd.Series(range(2, len(rows) + 2), index=rows.index))
        self.con.register("frame_to_stage", rows)
        names = ", ".join(wanted)
        casts = ", ".join(f"cast({name} as {kind})" for name, kind in wanted.items())
        self.con.execute(
            f"insert into {subject} ({names}, file_no, line, seq, is_opening)"
            f" select {casts}, ?, line, ? + row_number() over (), ? from frame_to_stage",
            [file_no, self._last_seq(subject), is_opening],
        )
        self.con.unregister("frame_to_stage")

    def _last_seq(self, subject: str) -> int:
        row = self.con.execute(f"select coalesce(max(seq), 0) from {subject}").fetchone()
        assert row is not None
        return int(row[0])

    def reject(self, file_no: int, line: int, column: str, value: str, reason: str) -> None:
        """Keep a row that could not be read: line, column, what stood there, what is wrong."""
        self.con.execute(
            "insert into staged_reject values (?, ?, ?, ?, ?)", [file_no, line, column, value[:500], reason]
        )
