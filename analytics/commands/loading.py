"""Commands that put data into the store: demo, import, rejects."""

from __future__ import annotations

import argparse
import dataclasses
import json
from pathlib import Path
from typing import Any

from analytics.commands.progress import progress_bar
from analytics.commands.sample import WORLDS, build_sample
from analytics.fiscal import parse_day
from analytics.importing.files import load_files
from analytics.intake import KINDS
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import ImportResult
from analytics.wording import count


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    demo = commands.add_parser("demo", help="build the sample company's store")
    demo.add_argument("--world", choices=sorted(WORLDS), default="default", help="which sample company")
    demo.add_argument("--seed", type=_seed, default=7, help="another one of the same kind")
    demo.add_argument("--if-none", action="store_true", help="do nothing if there is a store already")
    demo.add_argument("--truth", type=Path, metavar="DIR", help="also write the hidden truth there, as CSV")
    demo.set_defaults(run=_demo)

    load = commands.add_parser("import", help="load files, a folder or a zip")
    load.add_argument("paths", nargs="+", type=Path, metavar="PATH")
    load.add_argument("--kind", choices=KINDS, default="auto")
    load.add_argument(
        "--mapping", type=Path, metavar="FILE.toml", help="which column is what (docs/import.md)"
    )
    load.add_argument("--as-of", metavar="DATE", help="the day on which the files were true")
    load.add_argument(
        "--partial",
        action="store_true",
        help="not a complete export: deals that it lacks are not marked as gone",
    )
    load.add_argument("--json", action="store_true", help="print the counts as JSON")
    load.set_defaults(run=_import)

    rejects = commands.add_parser("rejects", help="every rejected row with its reason")
    rejects.add_argument("--json", action="store_true")
    rejects.set_defaults(run=_rejects)


def _seed(text: str) -> int:
    if not text.isdecimal():
        raise BadInput("this --seed cannot be used", expected="a whole number from 0 on", got=repr(text))
    return int(text)


def _demo(store: Store, given: argparse.Namespace) -> None:
    if given.if_none and store.exists:
        return
    with progress_bar() as report:
        result = build_sample(store, given.world, given.seed, truth=given.truth, progress=report)
    if result is None:
        print(f"{store.path} holds this sample company already.")
    else:
        rows = sum(file.loaded for file in result.files)
        print(f"Built the sample company in {store.path}: {rows:,} dated rows.")
    print("Look at it with `make run`, or `python -m analytics forecast --as-of 2026-11-15 --json`.")


def _import(store: Store, given: argparse.Namespace) -> None:
    as_of = parse_day(given.as_of, what="--as-of") if given.as_of else None
    if given.mapping and not given.mapping.is_file():
        raise BadInput("this mapping file does not exist", where=str(given.mapping))
    with progress_bar() as report:
        result = load_files(
            store,
            given.paths,
            kind=given.kind,
            mapping=given.mapping,
            as_of=as_of,
            partial=given.partial,
            options=json.dumps([given.mapping.read_text("utf-8") if given.mapping else "", given.partial]),
            progress=report,
        )
    print_result(result, as_json=given.json)


def print_result(result: ImportResult, *, as_json: bool) -> None:
    """Print what an import did: rows read, loaded, unchanged and rejected per file, and the notes."""
    if as_json:
        files = [dataclasses.asdict(file) for file in result.files]
        print(json.dumps({"files": files, "notes": result.notes, "import_id": result.import_id}, indent=2))
        return
    width = max([len(file.file) for file in result.files] + [4])
    print(f"{'file':<{width}}  {'kind':<24} {'read':>10} {'loaded':>10} {'unchanged':>10} {'rejected':>10}")
    for file in result.files:
        print(
            f"{file.file:<{width}}  {file.kind:<24} {file.rows_read:>10,} {file.loaded:>10,}"
            f" {file.unchanged:>10,} {file.rejected:>10,}"
        )
    for note in result.notes:
        print(f"note: {note}")
    rejected = sum(file.rejected for file in result.files)
    if rejected:
        print(f"{count(rejected, 'row')} could not be read; `python -m analytics rejects` says why.")
    if result.import_id is None:
        print("These files were loaded before; nothing changed.")


def _rejects(store: Store, given: argparse.Namespace) -> None:
    rows = store.query("rejects")
    if given.json:
        print(rows.to_json(orient="records", indent=2))
        return
    shown = rows[["file", "line", "column_name", "reason"]].fillna("")
    for file, line, column, reason in shown.to_numpy().tolist():
        print(f"{file}:{line}: {column or 'row'}: {reason}")
    lines = rows[["import_id", "file", "line"]].drop_duplicates()
    print(count(len(lines), "rejected row") + "." if len(rows) else "No row was rejected.")
