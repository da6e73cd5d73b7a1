"""Commands about the number: forecast, backtest."""

from __future__ import annotations

import argparse
import json
import math
from dataclasses import replace
from datetime import date
from typing import Any

import numpy as np
import pandas as pd

from analytics.commands.engines import add_engine
from analytics.commands.looking import scope_of
from analytics.commands.progress import progress_bar
from analytics.company import Company, Scope, company_of, span_of
from analytics.fiscal import parse_day
from analytics.forecast.accuracy import OURS, coverage, errors, scores, target_chances
from analytics.forecast.basis import Basis, basis_of
from analytics.forecast.calibration import calibration
from analytics.forecast.calls import Calls, calls_at
from analytics.forecast.change import since_week_earlier
from analytics.forecast.quarter_forecast import Forecast, Step, forecast, whole_company
from analytics.forecast.record import MOST_QUARTERS
from analytics.forecast.today import baselines_now
from analytics.forecast.track import track_of
from analytics.learned import publish
from analytics.next_quarters import AHEAD
from analytics.number import Number, number
from analytics.problems import BadInput, NotEnough
from analytics.review.overrides import overridden, overrides_as_of
from analytics.risk.history_rates import must_not_be_over
from analytics.store.database import Store


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    forecasting = commands.add_parser(
        "forecast", help="where the quarter will end, how sure that is, and the bridge to it"
    )
    forecasting.add_argument("--as-of", required=True, metavar="DATE")
    forecasting.add_argument("--quarter", metavar="2026Q4", help="default: the quarter of DATE")
    forecasting.add_argument("--team", default="", help="only this team")
    forecasting.add_argument("--owner", default="", help="only this owner_id")
    forecasting.add_argument("--json", action="store_true")
    forecasting.add_argument("--reasons", action="store_true", help="with every deal's reasons (in the JSON)")
    add_engine(forecasting)
    forecasting.set_defaults(run=_forecast)

    testing = commands.add_parser(
        "backtest", help="what would have been foretold in past quarters, beside what happened"
    )
    testing.add_argument("--as-of", metavar="DATE", help="default: the last day of the data")
    testing.add_argument("--quarters", type=int, default=MOST_QUARTERS, metavar="N")
    testing.add_argument("--json", action="store_true")
    add_engine(testing)
    testing.set_defaults(run=_backtest)

    publishing = commands.add_parser(
        "publish", help="learn what the pages of a day wait for, so that the app only reads it"
    )
    publishing.add_argument("--as-of", metavar="DATE", help="default: the last day of the data")
    publishing.set_defaults(run=_publish)


def _forecast(store: Store, given: argparse.Namespace) -> None:
    company = company_of(store)
    scope = scope_of(company, given)
    must_not_be_over(scope.quarter, scope.as_of)
    with progress_bar() as report:
        basis = basis_of(store, company, scope.as_of, progress=report)
    with store.reading():
        whole = whole_company(store, company, scope.as_of, scope.quarter, basis)
        found = forecast(store, company, scope, basis, whole)
        calls = calls_at(store, company, scope.as_of)
        answer = _as_json(number(store, company, found), calls)
        answer |= {
            "from_last_week": _change(store, company, found),
            "next_quarters": _next_quarters(store, company, scope, basis),
            **_overrides(store, company, found),
        }
    if given.reasons:
        answer["reasons"] = _rows(found.lines)
    if given.json:
        print(json.dumps(answer, indent=2))
        return
    for key, value in answer.items():
        if not isinstance(value, list | dict) or key in ("baselines", "notes"):
            print(f"{key}: {value}")
    for step in found.bridge:
        print(f"  {step.step:<45} {step.amount:>18,.2f}  ({len(step.deals)} deals)")


def _publish(store: Store, given: argparse.Namespace) -> None:
    as_of = parse_day(given.as_of, what="--as-of") if given.as_of else None
    with progress_bar() as report:
        day = publish(store, as_of, report)
    print(f"Published beside the store: what was learned up to {day.isoformat()}.")


def _as_json(found: Number, calls: Calls) -> dict[str, Any]:
    one, hangs = found.forecast, found.hangs
    scope, measures = one.view.scope, one.view.measures
    return {
        "as_of": scope.as_of.isoformat(),
        "quarter": scope.quarter.key,
        "week": scope.quarter.week_of(scope.as_of),
        "won": _number(measures["won"].value),
        "commit": _number(measures["commit"].value),
        "best_case": _number(measures["best_case"].value),
        "weighted_pipeline": _number(measures["weighted_pipeline"].value),
        "expected": _number(one.expected),
        "p10": _number(one.p10),
        "p50": _number(one.p50),
        "p90": _number(one.p90),
        "target": _number(measures["target"].value),
        "p_target": _number(one.p_target),
        "bridge": [_step(step) for step in one.bridge],
        "baselines": dict(one.baselines) | _known(baselines_now(one, calls)),
        "status": one.status,
        "notes": one.notes,
        "track_record": str(found.trust),
        "parts": {name.lower(): _rows(table) for name, table in found.parts.items()},
        "hangs_on": {
            "deals": _rows(hangs.deals),
            "to_go": _number(hangs.to_go),
            "needed_share_of_open_pipeline": _number(hangs.needed),
            "past_shares": _rows(hangs.usual),
            "top3_share": _number(hangs.top3),
            "largest_share": _number(hangs.largest),
        },
    }


def _change(store: Store, company: Company, found: Forecast) -> dict[str, Any]:
    """The bridge from the number of a week earlier."""
    moved = since_week_earlier(store, company, found)
    if moved.missing:
        return {"since": moved.since.isoformat(), "missing": str(moved.missing), "bridge": []}
    return {
        "since": moved.since.isoformat(),
        "before": moved.before,
        "after": moved.after,
        "bridge": [_step(step) for step in moved.steps],
    }


def _overrides(store: Store, company: Company, found: Forecast) -> dict[str, Any]:
    """What people put beside the number; never part of `expected`."""
    scope = found.view.scope
    with_them = overridden(found, overrides_as_of(store, company, scope.as_of, scope.quarter.key))
    days = with_them.deals["day"].dt.strftime("%Y-%m-%d")
    return {
        "overrides": _rows(with_them.deals.assign(day=days)),
        "expected_with_overrides": _number(with_them.expected),
    }


def _next_quarters(store: Store, company: Company, scope: Scope, basis: Basis) -> list[dict[str, Any]]:
    """The quarters after the asked one, as far as a deal-level model looks ahead."""
    calendar, found = company.calendar, []
    this = calendar.quarter_of(scope.as_of)
    for ahead in range(1, AHEAD + 1):
        quarter = calendar.shift(scope.quarter, ahead)
        if calendar.steps(this, quarter) > AHEAD:
            break
        whole = whole_company(store, company, scope.as_of, quarter, basis)
        one = forecast(store, company, replace(scope, quarter=quarter), basis, whole)
        told: dict[str, Any] = {"quarter": quarter.key, "target": _number(one.view.measures["target"].value)}
        for key in ("expected", "p10", "p50", "p90", "p_target"):
            told[key] = _number(getattr(one, key))
        found.append(told)
    return found


def _backtest(store: Store, given: argparse.Namespace) -> None:
    if given.quarters < 1:
        raise BadInput("--quarters asks for none", expected="1 or more", got=str(given.quarters))
    company = company_of(store)
    as_of: date = parse_day(given.as_of, what="--as-of") if given.as_of else span_of(store, company).last_day
    with progress_bar() as report:
        basis = basis_of(store, company, as_of, quarters=given.quarters, progress=report)
    answer = {"as_of": as_of.isoformat(), **_tested(basis, calls_at(store, company, as_of))}
    if given.json:
        print(json.dumps(answer, indent=2))
        return
    for key, value in answer.items():
        if key != "points":
            print(f"{key}: {value}")


def _tested(basis: Basis, calls: Calls) -> dict[str, Any]:
    """What was foretold in past quarters beside what happened, point by point and pooled."""
    track, record = track_of(basis, calls), basis.record
    if track.points.empty:
        return {"quarters": [], "status": "no past quarter can be foretold from those before it yet"}
    said = track.compared[track.compared["method"] != OURS]
    baselines = {
        key: dict(zip(mine["method"], mine["value"], strict=True))
        for key, mine in said.groupby(["quarter", "week"])
    }
    columns = ["quarter", "week", "actual", "expected", "p10", "p50", "p90", "target", "p_target"]
    points = [
        row | {"week": row["week"] + 1, "baselines": baselines.get((row["quarter"], row["week"]), {})}
        for row in _rows(track.points[columns])
    ]
    chances = target_chances(track.points)
    return {
        "quarters": record.quarters,
        "points": points,
        "errors_by_week": _rows(errors(track.compared, ["week"])),
        "errors": _rows(errors(track.compared)),
        "coverage_by_week": _rows(coverage(track.points, ["week"])),
        "coverage": _rows(coverage(track.points)),
        "scores": _rows(scores(track.points)),
        "target_chances": str(chances) if isinstance(chances, NotEnough) else chances,
        "log_loss": _log_loss(record.deals),
        "calibration": _calibration(record.deals),
    }


def _log_loss(deals: pd.DataFrame) -> dict[str, float]:
    """Mean log loss of won or not, lower is better: of the model and of two baselines."""
    columns = {"Plumbline": "p_won", "stage x week": "p_stage", "category x week": "p_category"}
    won = deals["is_won"].to_numpy(bool)
    found = {}
    for name, column in columns.items():
        chance = deals[column].to_numpy(float).clip(1e-6, 1 - 1e-6)
        found[name] = float(-np.log(np.where(won, chance, 1 - chance)).mean())
    return found


def _calibration(deals: pd.DataFrame) -> dict[str, Any] | str:
    found = calibration(deals)
    if isinstance(found, NotEnough):
        return str(found)
    return {
        "error": found.error,
        "noise": found.noise,
        "noise_high": found.noise_high,
        "deals": found.deals,
        "quarters": found.quarters,
        "bins": _rows(found.bins),
    }


def _step(step: Step) -> dict[str, Any]:
    deals = [{"deal_id": deal_id, "amount": float(amount)} for deal_id, amount in step.deals.items()]
    return {"step": step.step, "amount": step.amount, "deals": deals}


def _rows(table: pd.DataFrame) -> list[dict[str, Any]]:
    """A table's rows; what is missing is null."""
    rows = table.to_dict("records")
    return [{str(key): _plain(value) for key, value in row.items()} for row in rows]


def _plain(value: Any) -> Any:
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and math.isnan(value) else value


def _known(values: dict[str, float | NotEnough]) -> dict[str, float]:
    return {name: value for name, value in values.items() if not isinstance(value, NotEnough)}


def _number(value: float | NotEnough) -> float | None:
    return None if isinstance(value, NotEnough) else float(value)
