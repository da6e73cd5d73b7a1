"""The command that tells what changed between two days: changes."""

from __future__ import annotations

import argparse
import json
import math
from datetime import date
from typing import Any

import pandas as pd

from analytics.commands.looking import scope_of
from analytics.company import Company, Scope, company_of, span_of
from analytics.fiscal import parse_day
from analytics.pipeline.changes import MEASURES, Changes, changes
from analytics.problems import BadInput
from analytics.store.database import Store

_OF_DEAL = {"deal_id": "deal_id", "name": "name", "change": "amount", "money": "money"} | {
    name: name for name in ("before", "after", "what")
}


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    changing = commands.add_parser("changes", help="what changed in a quarter's pipeline between two days")
    changing.add_argument("--since", required=True, metavar="DATE", help="from the end of this day")
    changing.add_argument("--as-of", required=True, metavar="DATE", help="to the end of this day")
    changing.add_argument("--quarter", metavar="2026Q4", help="default: the quarter of --as-of")
    changing.add_argument("--team", default="", help="only this team")
    changing.add_argument("--owner", default="", help="only this owner_id")
    changing.add_argument("--measure", default="open pipeline", choices=list(MEASURES))
    changing.add_argument("--json", action="store_true")
    changing.set_defaults(run=_changes)


def _changes(store: Store, given: argparse.Namespace) -> None:
    company = company_of(store)
    scope = scope_of(company, given)
    since = parse_day(given.since, what="--since")
    with store.reading():
        _check(store, company, scope, since)
        found = changes(store, company, scope, since, given.measure)
    if given.json:
        print(json.dumps(as_json(found), indent=2))
    else:
        print(_as_table(found))


def _check(store: Store, company: Company, scope: Scope, since: date) -> None:
    span = span_of(store, company)
    for option, day in (("--since", since), ("--as-of", scope.as_of)):
        if not span.first_day <= day <= span.last_day:
            raise BadInput(
                f"{option} lies outside the data",
                expected=f"a day from {span.first_day} to {span.last_day}",
                got=str(day),
            )
    if since > scope.as_of:
        raise BadInput(
            "--since lies after --as-of", expected=f"{scope.as_of} or a day before", got=str(since)
        )


def as_json(found: Changes) -> dict[str, Any]:
    """The buckets with their deals: amounts add up to end - start, those of the deals to their bucket."""
    return {
        "since": found.since.isoformat(),
        "as_of": found.scope.as_of.isoformat(),
        "quarter": found.scope.quarter.key,
        "measure": found.measure,
        "start": found.start,
        "end": found.end,
        "start_deals": found.start_deals,
        "end_deals": found.end_deals,
        "buckets": [
            {
                "bucket": row.bucket,
                "deals": _rows(found.of(str(row.bucket))[list(_OF_DEAL)].rename(columns=_OF_DEAL)),
                "amount": row.change,
                "n": row.deals,
                "deal_change": row.deal_change,
            }
            for row in found.buckets.itertuples()
        ],
        "undone": _rows(found.undone),
    }


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [
        {str(key): _plain(value) for key, value in row.items()}
        for row in table.astype(object).to_dict("records")
    ]


def _plain(value: Any) -> Any:
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return None if isinstance(value, float) and math.isnan(value) else value


def _as_table(found: Changes) -> str:
    lines = [(f"from {found.since}", found.start, found.start_deals)]
    table = found.buckets
    lines += list(zip(table["bucket"], table["change"], table["deals"], strict=True))
    lines.append((f"to {found.scope.as_of}", found.end, found.end_deals))
    title = f"{found.measure} of {found.scope.quarter.key}"
    told = [f"{name:<34} {amount:>18,.2f}  ({deals} deals)" for name, amount, deals in lines]
    return "\n".join([title, *told, f"changed and changed back: {found.undone['deal_id'].nunique()} deals"])
