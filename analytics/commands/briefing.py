"""The command that writes a review's pre-read or minutes: brief."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any, get_args

from analytics.at_risk import at_risk
from analytics.brief import BriefKind, brief_files
from analytics.commands.looking import scope_of
from analytics.commands.progress import progress_bar
from analytics.company import Company, Scope, company_of, span_of
from analytics.fiscal import parse_day
from analytics.forecast.basis import basis_of
from analytics.forecast.quarter_forecast import forecast, whole_company
from analytics.number import number
from analytics.pipeline.owners import owners_as_of
from analytics.problems import BadInput
from analytics.risk.chances import history_of
from analytics.store.database import Store
from analytics.weekly_review import last_review, review_facts, weekly_review


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    briefing = commands.add_parser(
        "brief", help="the weekly review's pre-read or minutes as HTML, Excel and PowerPoint"
    )
    briefing.add_argument("--as-of", required=True, metavar="DATE")
    briefing.add_argument("--since", metavar="DATE", help="compared with (default: a week before)")
    briefing.add_argument("--quarter", metavar="2026Q4", help="default: the quarter of DATE")
    briefing.add_argument("--team", default="", help="only this team")
    briefing.add_argument("--owner", default="", help="only this owner_id")
    briefing.add_argument("--kind", choices=get_args(BriefKind), default="pre-read")
    briefing.add_argument("--out", required=True, type=Path, metavar="DIR")
    briefing.set_defaults(run=_brief)


def _brief(store: Store, given: argparse.Namespace) -> None:
    company = company_of(store)
    scope = scope_of(company, given)
    span = span_of(store, company)
    whose = _whose(store, company, scope)
    since = (
        parse_day(given.since, what="--since") if given.since else last_review(store, company, scope.as_of)
    )
    with progress_bar() as report:
        history = history_of(store, company, scope.as_of, lambda share, text: report(share / 2, text))
        basis = basis_of(
            store, company, scope.as_of, history, lambda share, text: report(0.5 + share / 2, text)
        )
    with store.reading():
        whole = whole_company(store, company, scope.as_of, scope.quarter, basis)
        found = number(store, company, forecast(store, company, scope, basis, whole))
        risk = at_risk(store, company, scope, history)
        facts = review_facts(store, company, scope, since, found, risk)
        review = weekly_review(store, company, facts, whose)
    written = _write(brief_files(review, given.kind, span), given.out)
    print("\n".join(str(path) for path in written))
    print(f"{whose}, {scope.quarter}, as of {scope.as_of}, since {since}.", file=sys.stderr)


def _whose(store: Store, company: Company, scope: Scope) -> str:
    """The scope's name; raises BadInput for a team or owner that nobody knows."""
    owners = owners_as_of(store, company, scope.as_of)
    if scope.team and scope.team not in owners.teams:
        raise BadInput("there is no such team", expected=", ".join(owners.teams) or "none", got=scope.team)
    if scope.owner_id:
        if scope.owner_id not in owners.names:
            raise BadInput(
                "there is no such owner", got=scope.owner_id, to_do="Give the owner_id as the CRM has it."
            )
        return owners.label(scope.owner_id)
    return f"Team {scope.team}" if scope.team else company.name or "The company"


def _write(files: dict[str, bytes], folder: Path) -> list[Path]:
    """All files into a folder, made where it is missing."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            (folder / name).write_bytes(content)
    except OSError as error:
        raise BadInput("the files cannot be written", where=str(folder), got=str(error)) from error
    return [folder / name for name in files]
