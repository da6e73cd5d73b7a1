"""The command that tells of every open deal: score."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

import pandas as pd

from analytics.commands.engines import add_engine
from analytics.commands.progress import progress_bar
from analytics.company import Company, Scope, company_of
from analytics.fiscal import Quarter, parse_day
from analytics.pipeline.tables import without_formulas
from analytics.problems import BadInput
from analytics.risk.chances import chances_as_of, history_of
from analytics.risk.statements import BELOW, statements_of
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
    add_engine(scoring)
    scoring.set_defaults(run=_score)


def scope_of(company: Company, given: argparse.Namespace) -> Scope:
    """What the options --as-of, --quarter, --team and --owner ask for."""
    as_of = parse_day(given.as_of, what="--as-of")
    calendar = company.calendar
    quarter: Quarter = calendar.parse(given.quarter) if given.quarter else calendar.quarter_of(as_of)
    return Scope(as_of, quarter, getattr(given, "team", ""), getattr(given, "owner", ""))


def _score(store: Store, given: argparse.Namespace) -> None:
    company = company_of(store)
    scope = scope_of(company, given)
    with progress_bar() as report, store.reading():
        history = history_of(store, company, scope.as_of, report)
        scored = chances_as_of(store, company, scope.as_of, scope.quarter, history)
    said = statements_of(history, company).deals
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
