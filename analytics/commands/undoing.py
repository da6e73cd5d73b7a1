"""Commands that show what was loaded and take an import out again: imports, undo."""

from __future__ import annotations

import argparse
from typing import Any

import pandas as pd

from analytics.business_case.scores import score_new
from analytics.commands.progress import progress_bar
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.undo import UndoResult, history, put_back, undo
from analytics.wording import count


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    imports = commands.add_parser("imports", help="what was loaded, when, by whom, and what was undone")
    imports.add_argument("--json", action="store_true")
    imports.set_defaults(run=_imports)

    undoing = commands.add_parser("undo", help="take an import out as a whole; later ones stay right")
    undoing.add_argument("import_id", metavar="IMPORT_ID", help="as `imports` lists it")
    undoing.add_argument("--reason", default="", metavar="TEXT", help="kept with the undo")
    undoing.add_argument("--back", action="store_true", help="take the undo back")
    undoing.set_defaults(run=_undo)


def _imports(store: Store, given: argparse.Namespace) -> None:
    rows = history(store)
    if given.json:
        print(rows.to_json(orient="records", indent=2, date_format="iso"))
        return
    print(
        f"{'import':>6}  {'loaded at (UTC)':<16}  {'kind':<12} {'files':>5} {'loaded':>10} {'unchanged':>10}"
        f" {'rejected':>10}  by"
    )
    for one in rows.to_dict("records"):
        undone = "" if pd.isna(one["undone_at"]) else ", undone"
        print(
            f"{one['import_id']:>6}  {one['loaded_at']:%Y-%m-%d %H:%M}  {one['kind']:<12} {one['files']:>5}"
            f" {one['loaded']:>10,} {one['unchanged']:>10,} {one['rejected']:>10,}"
            f"  {one['loaded_by'] or ''}{undone}"
        )
    if rows.empty:
        print("Nothing was loaded yet.")


def _undo(store: Store, given: argparse.Namespace) -> None:
    if not given.import_id.isdecimal():
        raise BadInput(
            "this import cannot be found",
            expected="the number of an import, as `python -m analytics imports` lists it",
            got=repr(given.import_id),
        )
    number = int(given.import_id)
    if given.back and given.reason:
        raise BadInput("--reason says why an import is undone; with --back it has no place")
    with progress_bar() as report:

        def landing(share: float, text: str) -> None:
            report(share * 0.8, text)

        if given.back:
            done = put_back(store, number, progress=landing)
        else:
            done = undo(store, number, reason=given.reason, progress=landing)
        score_new(store, lambda share, text: report(0.8 + share * 0.2, text))
    _tell(done, back=given.back)


def _tell(done: UndoResult, *, back: bool) -> None:
    what = "put back" if back else "taken out"
    print(f"Import {done.import_id}: {count(done.own, 'dated row')} {what}.")
    if done.later:
        print(
            f"{count(done.later, 'later import')} landed again: {count(done.came, 'row')} of theirs now"
            f" news, {count(done.went, 'row')} no longer."
        )
    if not back:
        print(f"To take this back: `python -m analytics undo {done.import_id} --back`.")
