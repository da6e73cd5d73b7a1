"""Which engine runs the queries of a command; and the files for the one that is not DuckDB."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from analytics.commands.progress import progress_bar
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.parquet import export
from analytics.wording import count


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    exporting = commands.add_parser(
        "export-parquet", help="write the store's tables as Parquet files, for Spark and others"
    )
    exporting.add_argument("folder", type=Path, metavar="FOLDER")
    exporting.set_defaults(run=_export)


def add_engine(command: argparse.ArgumentParser) -> None:
    """Let a command that only reads run on either engine."""
    command.add_argument("--engine", choices=("duckdb", "spark"), default="duckdb", help="default: duckdb")
    command.add_argument(
        "--tables", default="", metavar="FOLDER", help="with --engine spark: the tables as Parquet files"
    )


def chosen(given: argparse.Namespace, store: Store) -> Store:
    """What a command reads: the store, or tables on Spark. Raises BadInput."""
    tables = getattr(given, "tables", "")
    if not tables and getattr(given, "engine", "") != "spark":
        return store
    if given.engine != "spark":
        raise BadInput("--tables is for Spark", to_do="Add --engine spark.")
    if not tables:
        raise BadInput(
            "Spark reads tables, not a store",
            to_do="Name their folder with --tables; `python -m analytics export-parquet FOLDER` writes it.",
        )
    from analytics.store.spark import spark_store  # started only by who asks for it, and not always installed

    return spark_store(tables)


def _export(store: Store, given: argparse.Namespace) -> None:
    with progress_bar() as report:
        written = export(store, given.folder, report)
    print(f"Wrote {count(sum(written.values()), 'row')} of {count(len(written), 'table')} to {given.folder}.")
    print("Who can read these files sees everything. After an erasure, export again.")
