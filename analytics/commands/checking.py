"""The command that a nightly job runs: is the store sound, and what in the data makes the number wrong."""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict
from typing import Any

import pandas as pd

from analytics.audit.trail import trail_of
from analytics.company import Company, Scope, company_of, span_of
from analytics.fiscal import parse_day
from analytics.problems import BadInput, NotEnough
from analytics.quality.check import Effect, Result
from analytics.quality.ignored import ignored_as_of
from analytics.quality_page import QualityView, headline, quality_view, size
from analytics.store.copies import check
from analytics.store.database import Store
from analytics.wording import count, is_missing


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    checking = commands.add_parser("check", help="whether the store is sound, and what is wrong in the data")
    checking.add_argument("--as-of", metavar="DATE", help="check the data of this day; default: the last one")
    checking.add_argument("--json", action="store_true")
    checking.add_argument(
        "--strict",
        action="store_true",
        help="exit 2 also where a check of severity error failed and is not ignored",
    )
    checking.add_argument(
        "--quick", action="store_true", help="only whether the store can be read, for a health check"
    )
    checking.set_defaults(run=_check)


def _check(store: Store, given: argparse.Namespace) -> None:
    if given.quick:
        _say_if_read(store)
        return
    if problems := check(store):
        raise BadInput(
            f"{count(len(problems), 'problem')} found: " + "; ".join(problems),
            where=str(store.path),
            to_do="`python -m analytics restore FILE` brings a backup back.",
        )
    if problems := trail_of(store.path).problems():
        raise BadInput("; ".join(problems), where=str(trail_of(store.path).path))
    company = company_of(store)
    view = _view(store, company, given)
    if given.json:
        print(json.dumps(as_json(view), indent=2, default=str))
    else:
        print(f"{store.path} is sound.")
        print(_as_text(view, company) if view else "It holds no deals yet, so there is no data to check.")
    if given.strict and view:
        _refuse_errors(view)


def _say_if_read(store: Store) -> None:
    """One line, or what is in the way; a company that has imported nothing yet is healthy."""
    if not store.exists:
        print(f"{store.path} is not there yet: nothing was imported.")
        return
    found = store.query("data_span").iloc[0]
    print(f"{store.path} can be read: {count(int(found['deals']), 'deal')}.")


def _view(store: Store, company: Company, given: argparse.Namespace) -> QualityView | None:
    """The checks of the whole company; None where there is no deal yet."""
    if store.query("data_span").iloc[0]["deals"] == 0:
        return None
    span = span_of(store, company)
    as_of = parse_day(given.as_of, what="--as-of") if given.as_of else span.last_day
    if not span.first_day <= as_of <= span.last_day:
        raise BadInput(
            "--as-of lies outside the data",
            expected=f"a day from {span.first_day} to {span.last_day}",
            got=str(as_of),
        )
    scope = Scope(as_of, company.calendar.quarter_of(as_of))
    return quality_view(store, company, scope, ignored_as_of(store, company, as_of))


def _refuse_errors(view: QualityView) -> None:
    errors = [one.check for one in view.in_state("failed") if one.check.severity == "error"]
    if errors:
        named = ", ".join(f"{one.code} {one.title.lower()}" for one in errors)
        raise BadInput(
            f"{count(len(errors), 'check')} of severity error failed: {named}",
            to_do="The page Data quality has their deals; what cannot be fixed can be ignored there.",
        )


def _as_text(view: QualityView, company: Company) -> str:
    lines = [f"As of {view.scope.as_of}: {' '.join(headline(view, company))}"]
    for one in view.results:
        found = size(one, company) if one.state in ("failed", "ignored") else one.note
        what = f"  {one.check.code} {one.state:<15} {one.check.severity:<7} {one.check.title}"
        lines.append(f"{what}: {found}" if found else what)
    return "\n".join(lines)


def as_json(view: QualityView | None) -> dict[str, Any]:
    """The command's answer; "checks" is empty where there is no deal yet."""
    return {
        "sound": True,
        "as_of": str(view.scope.as_of) if view else None,
        "quarter": view.scope.quarter.key if view else None,
        "open_deals": view.open_deals if view else 0,
        "open_money": view.open_money if view else None,
        "checks": [_check_as_json(one) for one in view.results] if view else [],
    }


def _check_as_json(one: Result) -> dict[str, Any]:
    return {
        "code": one.check.code,
        "title": one.check.title,
        "kind": one.check.kind,
        "severity": one.check.severity,
        "state": one.state,
        "money": None if isinstance(one.money, NotEnough) else one.money,
        "note": one.note,
        "who": one.check.who,
        "fix": one.check.fix,
        "ignored": asdict(one.ignored) if one.ignored else None,
        "changes": asdict(one.changes) if isinstance(one.changes, Effect) else None,
        "deals": _deals_as_json(one.deals),
        "things": one.things.to_dict("records"),
    }


def _deals_as_json(deals: pd.DataFrame) -> list[dict[str, Any]]:
    if deals.empty:
        return []
    amounts = [None if is_missing(amount) else float(amount) for amount in deals["amount_company"]]
    return [
        {"deal_id": deal_id, "amount": amount, "why": why}
        for deal_id, amount, why in zip(deals["deal_id"], amounts, deals["why"], strict=True)
    ]
