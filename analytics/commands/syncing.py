"""The command that reads a live CRM: sync."""

from __future__ import annotations

import argparse
import json
from importlib import import_module
from pathlib import Path
from typing import Any

from analytics.commands.progress import progress_bar
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.sync.core import Run
from analytics.wording import count

#: Live sources: modules of analytics.sync with `sync(store, full=, mapping=, share=, progress=) -> Run`.
SYSTEMS = {"salesforce": "Salesforce", "hubspot": "HubSpot"}


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    syncing = commands.add_parser("sync", help="read what has changed in a live CRM")
    syncing.add_argument("system", choices=SYSTEMS)
    syncing.add_argument(
        "--full", action="store_true", help="read everything again, not only what has changed"
    )
    syncing.add_argument(
        "--mapping", type=Path, metavar="FILE.toml", help="own fields, stages, categories (docs/sync.md)"
    )
    syncing.add_argument(
        "--share",
        type=_share,
        default=0.8,
        metavar="0-1",
        help="stop when this share of the CRM's daily calls is used, by whomever (default 0.8)",
    )
    syncing.add_argument("--json", action="store_true", help="print what was done as JSON")
    syncing.set_defaults(run=_sync)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = 0.0
    if not 0 < share <= 1:
        raise BadInput("this --share cannot be used", expected="a number above 0, up to 1", got=repr(text))
    return share


def _sync(store: Store, given: argparse.Namespace) -> None:
    if given.mapping and not given.mapping.is_file():
        raise BadInput("this mapping file does not exist", where=str(given.mapping))
    source = import_module(f"analytics.sync.{given.system}")  # its libraries take a second to load
    with progress_bar() as report:
        run: Run = source.sync(
            store, full=given.full, mapping=given.mapping, share=given.share, progress=report
        )
    if given.json:
        print(json.dumps(_as_json(run), indent=2))
    else:
        _print(run)


def _as_json(run: Run) -> dict[str, Any]:
    return {
        "system": run.system,
        "crm_as_of": f"{run.crm_as_of.isoformat()}Z" if run.crm_as_of else None,
        "rows": run.rows,
        "rejected": run.rejected,
        "imports": run.imports,
        "calls_used": run.calls_used,
        "calls_allowed": run.calls_allowed,
        "notes": run.notes,
    }


def _print(run: Run) -> None:
    as_of = f"{run.crm_as_of:%Y-%m-%d %H:%M} UTC" if run.crm_as_of else "unknown"
    print(f"{SYSTEMS[run.system]} as of {as_of}: {count(run.rows, 'new row')}.")
    if run.calls_used is not None and run.calls_allowed is not None:
        print(f"API calls of the day, by everybody: {run.calls_used:,} of {run.calls_allowed:,}.")
    for note in run.notes:
        print(f"note: {note}")
    if run.rejected:
        print(f"{count(run.rejected, 'row')} could not be read; `python -m analytics rejects` says why.")
