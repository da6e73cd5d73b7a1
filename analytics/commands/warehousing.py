"""The command that reads a warehouse: warehouse parquet, warehouse postgres."""

from __future__ import annotations

import argparse
import dataclasses
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

from analytics import scratch
from analytics.commands.loading import print_result
from analytics.commands.progress import progress_bar
from analytics.fiscal import parse_day
from analytics.importing.files import load_files
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import ImportResult
from analytics.sync.core import exact
from analytics.warehouse.engines import Warehouse
from analytics.warehouse.parquet import ParquetFolder
from analytics.warehouse.reading import SOURCES, Plan, plan, write_files, write_sql


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    group = commands.add_parser("warehouse", help="read the CRM's tables from Parquet files or Postgres")
    engines = group.add_subparsers(dest="engine", required=True, metavar="parquet|postgres")
    parquet = engines.add_parser("parquet", help="a folder with a folder of Parquet files per table")
    parquet.add_argument("folder", type=Path, metavar="FOLDER")
    postgres = engines.add_parser("postgres", help="the database that PLUMBLINE_POSTGRES_URL names")
    postgres.add_argument(
        "--timeout", type=_seconds, default=1800, metavar="SECONDS", help="per SELECT (default 1800)"
    )
    for engine in (parquet, postgres):
        _add_options(engine)
        engine.set_defaults(run=_warehouse)


def _add_options(engine: argparse.ArgumentParser) -> None:
    engine.add_argument("--schema", default="", metavar="NAME", help="where the tables are, if not clear")
    engine.add_argument("--source", choices=SOURCES, help="who left the tables there (else: by their looks)")
    engine.add_argument("--sql", type=Path, metavar="FOLDER", help="SELECTs of your own, a .sql file each")
    engine.add_argument("--show-sql", action="store_true", help="print the SQL that would run; load nothing")
    engine.add_argument(
        "--write-sql",
        type=Path,
        metavar="FOLDER",
        help="write the .sql files there, to change; load nothing",
    )
    engine.add_argument("--mapping", type=Path, metavar="FILE.toml", help="own stages, categories, columns")
    engine.add_argument("--as-of", metavar="DATE", help="the day on which the tables were true")
    engine.add_argument(
        "--partial", action="store_true", help="not all deals: those that are missing are not marked as gone"
    )
    engine.add_argument("--json", action="store_true", help="print the counts as JSON")


def _seconds(text: str) -> int:
    if not text.isdecimal() or not 0 < int(text) <= 86_400:
        raise BadInput("this --timeout cannot be used", expected="seconds, 1 to 86400", got=repr(text))
    return int(text)


def _warehouse(store: Store, given: argparse.Namespace) -> None:
    as_of = parse_day(given.as_of, what="--as-of") if given.as_of else None
    if given.mapping and not given.mapping.is_file():
        raise BadInput("this mapping file does not exist", where=str(given.mapping))
    with _working_folder() as work, _opened(given, work) as opened:
        planned = plan(opened, given.source, given.sql)
        if given.show_sql or given.write_sql:
            _show(planned, given)
            return
        folder = work / planned.source
        folder.mkdir()
        with progress_bar() as report:
            empty = write_files(opened, planned, folder, lambda share, text: report(share * 0.4, text))
            opened.close()  # a long import must not hold the warehouse
            result = load_files(
                store,
                [folder],
                kind=planned.kind,
                called=f"warehouse {given.engine}",
                mapping=exact(given.mapping),
                as_of=as_of,
                partial=given.partial,
                options=_options(planned, given),
                progress=lambda share, text: report(0.4 + share * 0.6, text),
            )
    print_result(_with_notes(result, planned, empty), as_json=given.json)


@contextmanager
def _working_folder() -> Iterator[Path]:
    with scratch.folder() as folder:
        yield folder


@contextmanager
def _opened(given: argparse.Namespace, work: Path) -> Iterator[Warehouse]:
    one: Warehouse
    if given.engine == "parquet":
        one = ParquetFolder(given.folder, work, given.schema)
    else:
        postgres = import_module("analytics.warehouse.postgres")  # its driver takes a while to load
        one = postgres.Postgres(given.schema, given.timeout)
    with closing(one):
        yield one


def _show(planned: Plan, given: argparse.Namespace) -> None:
    if given.show_sql:
        print(planned.as_text())
    if given.write_sql:
        paths = write_sql(planned, given.write_sql)
        print(f"-- {len(paths)} files written to {given.write_sql}; to use them: --sql {given.write_sql}")


def _options(planned: Plan, given: argparse.Namespace) -> str:
    """What else than its answers says what an import means."""
    mapping = given.mapping.read_text("utf-8") if given.mapping else ""
    return json.dumps([planned.source, mapping, given.partial])


def _with_notes(result: ImportResult, planned: Plan, empty: list[str]) -> ImportResult:
    notes = [*result.notes]
    if planned.unused:
        notes.append(f"Without tables, so not read: {', '.join(planned.unused)}.")
    if empty:
        notes.append(f"Without rows: {', '.join(empty)}.")
    return dataclasses.replace(result, notes=notes)
