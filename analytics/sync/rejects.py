"""Says of which record a rejected row is: the files of a sync are gone when somebody reads of it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from analytics.store.staging import Staging

#: The columns that say it, the deal's before the row's own.
_IDS = ("OpportunityId", "deal_id", "hs_object_id", "Id")


def name_records(staging: Staging, folder: Path) -> None:
    """Add the record's id to the reason of each rejected row of the folder's files."""
    wrong = staging.con.execute(
        "select distinct f.file, r.file_no, r.line from staged_reject r join staged_file f using (file_no)"
    ).fetchall()
    for file in {file for file, _, _ in wrong}:
        path = folder / Path(file).name
        lines = {line: file_no for of, file_no, line in wrong if of == file}
        if path.is_file():
            for line, record in _records(path):
                if line in lines:
                    staging.con.execute(
                        "update staged_reject set reason = reason || ? where file_no = ? and line = ?",
                        [f" (record {record}: correct it in the CRM)", lines[line], line],
                    )


def _records(path: Path) -> Iterator[tuple[int, str]]:
    """The line on which each row of a file begins, and the id of its record."""
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.reader(file)
        header = next(rows)
        column = next((header.index(name) for name in _IDS if name in header), 0)
        line = rows.line_num + 1
        for row in rows:
            if len(row) > column:
                yield line, row[column]
            line = rows.line_num + 1
