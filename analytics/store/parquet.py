"""The store's tables as a folder of Parquet files, for another engine: a folder per table."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from analytics.problems import BadInput
from analytics.store.database import Store, migrations

#: What imports keep for an undo, and what the store keeps for itself: no query reads it.
_OWN = ("kept_", "erased", "import_list", "import_named", "migration")
_ROWS_AT_ONCE = 1_000_000
#: Spark and others pass over names that begin so.
_MARK = "_PLUMBLINE"


def export(store: Store, to: Path, progress: Callable[[float, str], None] | None = None) -> dict[str, int]:
    """Write every table that queries read; returns rows per table.

    The folder appears whole or not at all; one of an earlier export is replaced. Raises BadInput.
    """
    report = progress or (lambda share, text: None)
    if to.exists() and not (to / _MARK).exists():
        raise BadInput(
            "this is there already, and no earlier export",
            where=str(to),
            to_do="Name a new folder.",
        )
    new, old = (to.with_name(f"{to.name}.{end}") for end in ("unfinished", "replaced"))
    try:
        shutil.rmtree(new, ignore_errors=True)
        new.mkdir(parents=True)
        written = _write(store, new, report)
        (new / _MARK).write_text(f"layout {migrations()[-1][0]}\n", encoding="utf-8")
        shutil.rmtree(old, ignore_errors=True)
        if to.exists():
            to.rename(old)
        new.rename(to)
    except OSError as error:
        raise BadInput("the folder cannot be written", where=str(to), got=str(error)) from error
    finally:
        shutil.rmtree(new, ignore_errors=True)
        shutil.rmtree(old, ignore_errors=True)
    report(1.0, "written")
    return written


def _write(store: Store, folder: Path, report: Callable[[float, str], None]) -> dict[str, int]:
    written = {}
    with store.reading() as con:
        tables = [
            str(row[0])
            for row in con.execute("select table_name from duckdb_tables() order by table_name").fetchall()
        ]
        tables = [name for name in tables if not name.startswith(_OWN)]
        for number, name in enumerate(tables):
            report(number / len(tables), f"writing {name}")
            (folder / name).mkdir()
            reader = con.sql(f'select * from "{name}"').to_arrow_reader(_ROWS_AT_ONCE)
            written[name] = _write_table(reader, folder / name / "part-0.parquet")
    return written


def _write_table(reader: pa.RecordBatchReader, path: Path) -> int:
    rows = 0
    with pq.ParquetWriter(path, reader.schema, compression="zstd") as writer:
        for batch in reader:
            writer.write_batch(batch)
            rows += batch.num_rows
    return rows
