"""Commands that answer from the store: score, forecast."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.commands.progress import progress_bar
from analytics.company import Company, Scope, company_of
from analytics.fiscal import Quarter, parse_day
from analytics.forecast.basis import basis_of
from analytics.forecast.quarter_forecast import Forecast, Step, forecast
from analytics.pipeline.tables import without_formulas
from analytics.problems import BadInput, NotEnough
from analytics.risk.chances import chances_as_of, history_of
from analytics.risk.statements import BELOW, understatement
from analytics.store.database import Store

SCORE_COLUMNS = {
    "deal_id": "deal_id",
    "name": "name",
    "owner_id": "owner_id",
    "amount_company": "amount",
    "stage": "stage",
    "category": "forecast_category",
    "close_date": "close_date",
    "p_won": "p_won",
    "p_lost": "p_lost",
    "p_slip": "p_slip",
    "expected_amount": "expected_amount",
    "probability": "stated_probability",
    "sandbag_score": "sandbag_score",
    "understated_amount": "understated_amount",
    "case_depth": "case_depth",
    "reasons": "reasons",
}


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    scoring = commands.add_parser("score", help="a row per open deal with its chances, as CSV")
    scoring.add_argument("--as-of", required=True, metavar="DATE")
    scoring.add_argument("--quarter", metavar="2026Q4", help="default: the quarter of DATE")
    scoring.add_argument("--out", required=True, type=Path, metavar="FILE.csv")
    scoring.set_defaults(run=_score)

    forecasting = commands.add_parser(
        "forecast", help="the quarter's expected bookings and the bridge to them"
    )
    forecasting.add_argument("--as-of", required=True, metavar="DATE")
    forecasting.add_argument("--quarter", metavar="2026Q4", help="default: the quarter of DATE")
    forecasting.add_argument("--team", default="", help="only this team")
    forecasting.add_argument("--owner", default="", help="only this owner_id")
    forecasting.add_argument("--json", action="store_true")
    forecasting.set_defaults(run=_forecast)


def _scope(company: Company, given: argparse.Namespace) -> Scope:
    as_of = parse_day(given.as_of, what="--as-of")
    calendar = company.calendar
    quarter: Quarter = calendar.parse(given.quarter) if given.quarter else calendar.quarter_of(as_of)
    return Scope(as_of, quarter, getattr(given, "team", ""), getattr(given, "owner", ""))


def _score(store: Store, given: argparse.Namespace) -> None:
    company = company_of(store)
    scope = _scope(company, given)
    with progress_bar() as report, store.reading():
        history = history_of(store, company, scope.as_of, report)
        scored = chances_as_of(store, company, scope.as_of, scope.quarter, history)
    said = understatement(history.rows, company, scope.as_of, history.learned.model).deals
    # Empty, never 0: where no deal has an answer there is no depth.
    has_answers = bool(scored.cases.answers["is_answered"].any())
    depth = scored.deals["case_depth"].round(3) if has_answers else None
    deals = scored.deals.assign(case_depth=depth)
    # Money only where the statement is called below its evidence: small gaps of all deals are no finding.
    understated = said["understated_amount"].where(said["statement"] == BELOW, 0.0)
    judged = said[["deal_id", "sandbag_score"]].assign(
        understated_amount=understated.where(said["sandbag_score"].notna())
    )
    deals = deals.merge(judged, on="deal_id", how="left")
    table = deals.reindex(columns=list(SCORE_COLUMNS)).rename(columns=SCORE_COLUMNS)
    table["close_date"] = pd.to_datetime(table["close_date"]).dt.strftime("%Y-%m-%d")
    try:
        without_formulas(table, keep=("deal_id", "owner_id")).to_csv(given.out, index=False)
    except OSError as error:
        raise BadInput("the file cannot be written", where=str(given.out), got=str(error)) from error
    print(
        f"{len(table):,} open deals as of {scope.as_of} for {scope.quarter}. Status: {scored.status}",
        file=sys.stderr,
    )


def _forecast(store: Store, given: argparse.Namespace) -> None:
    company = company_of(store)
    scope = _scope(company, given)
    with progress_bar() as report, store.reading():
        found = forecast(store, company, scope, basis_of(store, company, scope.as_of, progress=report))
    answer = _as_json(found)
    if given.json:
        print(json.dumps(answer, indent=2))
        return
    for key, value in answer.items():
        if key != "bridge":
            print(f"{key}: {value}")
    for step in found.bridge:
        print(f"  {step.step:<45} {step.amount:>18,.2f}  ({len(step.deals)} deals)")


def _as_json(found: Forecast) -> dict[str, Any]:
    scope, measures = found.view.scope, found.view.measures
    return {
        "as_of": scope.as_of.isoformat(),
        "quarter": scope.quarter.key,
        "week": scope.quarter.week_of(scope.as_of),
        "won": _number(measures["won"].value),
        "commit": _number(measures["commit"].value),
        "best_case": _number(measures["best_case"].value),
        "weighted_pipeline": _number(measures["weighted_pipeline"].value),
        "expected": _number(found.expected),
        "p10": _number(found.p10),
        "p50": _number(found.p50),
        "p90": _number(found.p90),
        "target": _number(measures["target"].value),
        "p_target": _number(found.p_target),
        "bridge": [_step(step) for step in found.bridge],
        "baselines": dict(found.baselines),
        "status": found.status,
        "notes": found.notes,
    }


def _step(step: Step) -> dict[str, Any]:
    deals = [{"deal_id": deal_id, "amount": float(amount)} for deal_id, amount in step.deals.items()]
    return {"step": step.step, "amount": step.amount, "deals": deals}


def _number(value: float | NotEnough) -> float | None:
    return None if isinstance(value, NotEnough) else float(value)
