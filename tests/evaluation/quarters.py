"""The quarter's end on worlds whose truth is known: each tested quarter foretold as it would have been then.

Rung and strength are those that `learn` chooses when the quarter begins (with much history, to save time,
when the first tested one begins); rho, amounts and what new deals still bring come from the quarters before
it. Landmarks are read once per world: nothing of a landmark depends on later days (`tests/risk`), and
outcomes are cut to what was known.
"""

from __future__ import annotations

import pickle
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TypeVar
from unittest.mock import patch

import numpy as np
import pandas as pd

from analytics.company import span_of
from analytics.forecast import draws as simulation
from analytics.forecast.baselines import baselines, earlier
from analytics.forecast.bookings import bookings
from analytics.forecast.calls import calls_at
from analytics.forecast.draws import QUANTILES, Outlook, simulate
from analytics.forecast.later_deals import later_deals
from analytics.forecast.luck import RHOS, rho_weights
from analytics.forecast.record import (
    MOST_QUARTERS,
    Record,
    crps,
    first_cohort,
    record_of,
    share_won_by,
    wins_over_time,
)
from analytics.forecast.targets import Key, Targets
from analytics.risk.amounts import Amounts
from analytics.risk.chances import History
from analytics.risk.forward import known_before
from analytics.risk.ladder import Learned, from_first_outcomes, learn
from analytics.risk.outcome_model import OutcomeModel, fit
from analytics.risk.redrawn import redrawn_chances
from tests.evaluation.worlds import WEEKS, Built

T = TypeVar("T")
#: Quarters that are foretold in every world.
TESTED = 5
HISTORIES, DRAWS = 50, 4_000
#: Up to as many landmarks rung and strength are chosen anew for every quarter.
_FEW_ROWS = 40_000
OURS, NO_SO_FAR = "Plumbline", "without the quarter so far"
FIXED, INDEPENDENT, CERTAIN = "correlation .05", "independent deals", "chances taken as certain"
TRUTH = "true chances"
_FIXED_RHO = {FIXED: 0.05, INDEPENDENT: 0.0}


@dataclass(frozen=True)
class Foretold:
    """One world. `points`: world, quarter, week, kind, key, variant, actual, expected, p10, p50, p90, crps,
    pit, target, p_target. `said`: quarter, week, method, value, actual: other methods, in all quarters of the
    record, so that their past errors are known.
    """

    points: pd.DataFrame
    said: pd.DataFrame


@dataclass(frozen=True)
class Then:
    """What was known when a quarter began, and its landmarks with the chances that followed from it."""

    deals: pd.DataFrame  # as in Record, at WEEKS
    redrawn: np.ndarray
    amounts: Amounts
    wins: np.ndarray
    rho: np.ndarray
    has_model: bool


def kept(path: Path, make: Callable[[], T]) -> T:
    """What `make` returns, from the file if it is there."""
    if not path.exists():
        path.write_bytes(pickle.dumps(make()))
    found: T = pickle.loads(path.read_bytes())
    return found


def foretold(built: Built) -> Foretold:
    """Everything that is said of the tested quarters of a world, from its folder if it is there."""
    return kept(built.folder / "quarters.pickle", partial(_foretold, built))


def choice(built: Built, rows: pd.DataFrame, quarter: str) -> Learned:
    """What `learn` chooses when a quarter begins; the model itself is not kept."""

    def make() -> Learned:
        learned = learn(known_before(rows, quarter))
        return replace(learned, rows=pd.DataFrame(), model=None)

    return kept(built.folder / f"choice_{quarter}.pickle", make)


def _foretold(built: Built) -> Foretold:
    rows, company = built.rows(), built.company
    last_day = built.case.options.last_day
    won = bookings(built.store, company, last_day)
    began = span_of(built.store, company).first_day
    tested = [one.key for one in built.tested_quarters()][-TESTED:]
    targets = Targets(built.store, company, last_day)
    points = []
    for quarter in tested:
        chosen = choice(built, rows, quarter if len(rows) <= _FEW_ROWS else tested[0])
        history = History(last_day, rows, chosen, None)
        record = kept(
            built.folder / f"record_{chosen.rung}_{chosen.strength}.pickle",
            partial(record_of, history, won, company, began, targets, quarters=len(rows)),
        )
        points.append(_points(built, then_of(rows, record, chosen, quarter), record, won))
    said = _said(built, rows, record, won)
    return Foretold(pd.concat(points, ignore_index=True).assign(world=built.case.name), said)


def then_of(rows: pd.DataFrame, record: Record, chosen: Learned, quarter: str) -> Then:
    """Learn what was complete when `quarter` began. `record`: by the same kind of model, all quarters."""
    usable = from_first_outcomes(rows)
    before = known_before(usable, quarter)
    deals = record.deals[(record.deals["quarter"] == quarter) & record.deals["week"].isin(WEEKS)]
    deals = deals.reset_index(drop=True)
    model = _model(before, chosen)
    if model is None:
        redrawn = np.repeat(deals["p_won"].to_numpy(float)[None], HISTORIES, axis=0)
    else:
        keys = ["landmark", "deal_id"]
        mine = deals[keys].merge(usable, on=keys, how="left")
        deals = deals.assign(p_won=model.chances(mine)["p_won"].to_numpy())
        redrawn = redrawn_chances(model, before, mine, draws=HISTORIES)[:, :, 0]
    tested = record.quarters
    past = record.cohorts[max(tested.index(quarter) - MOST_QUARTERS, 0) : tested.index(quarter)]
    return Then(
        deals,
        redrawn,
        Amounts.learned(before),
        wins_over_time(before),
        rho_weights(past),
        has_model=model is not None,
    )


def _model(before: pd.DataFrame, chosen: Learned) -> OutcomeModel | None:
    if chosen.rung == "rates":
        return None
    return fit(before, chosen.rung, strength=chosen.strength, ahead=0)


def outlook_at(built: Built, then: Then, won: pd.DataFrame, day: pd.Timestamp) -> Outlook:
    """What the product draws from at a landmark of the quarter."""
    at = np.flatnonzero(then.deals["landmark"] == day)
    deals, company = then.deals.iloc[at], built.company
    quarter = company.calendar.quarter_of(day.date())
    later = later_deals(
        won,
        company.calendar,
        as_of=day.date(),
        quarter=quarter,
        began=span_of(built.store, company).first_day,
        owners=pd.Index(sorted(deals["owner_id"].unique())),
    )
    first_day, last_day = pd.Timestamp(quarter.first_day), pd.Timestamp(quarter.last_day)
    cohort = first_cohort(then.deals, day) if then.has_model else None
    return Outlook.of(
        deals.assign(amount_ratio=then.amounts.ratio(deals["timing"])),
        chances=deals[["p_won"]].to_numpy(float),
        redrawn=then.redrawn[:, at, None],
        spread=then.amounts.spread,
        rho=then.rho,
        so_far=(cohort, share_won_by(then.wins, day, first_day, last_day)),
        later=[later],
    )


def variants_of(outlook: Outlook) -> dict[str, Outlook]:
    """The same with one part taken out."""
    certain = np.repeat(outlook.chances[None], HISTORIES, axis=0)
    return {
        OURS: outlook,
        NO_SO_FAR: replace(outlook, cohort=None),
        FIXED: outlook,
        INDEPENDENT: replace(outlook, cohort=None),
        CERTAIN: replace(outlook, redrawn=certain),
    }


def _points(built: Built, then: Then, record: Record, won: pd.DataFrame) -> pd.DataFrame:
    """All weeks, scopes and variants of one quarter."""
    found = []
    targets = Targets(built.store, built.company, built.case.options.last_day)
    for day in then.deals["landmark"].unique():
        totals = record.totals[record.totals["landmark"] == day].reset_index(drop=True)
        outlook = outlook_at(built, then, won, pd.Timestamp(day))
        date = pd.Timestamp(day).date()
        known = targets.at(built.company.calendar.quarter_of(date), date)
        for name, variant in variants_of(outlook).items():
            rhos = np.full(len(RHOS), _FIXED_RHO[name]) if name in _FIXED_RHO else RHOS
            with patch.object(simulation, "RHOS", rhos):
                mine = _summed(totals, variant, known)
            found.append(mine.assign(variant=name, week=_week(then, day)))
    return pd.concat(found, ignore_index=True).assign(quarter=then.deals["quarter"].iloc[0])


def _week(then: Then, day: pd.Timestamp) -> int:
    return int(then.deals.loc[then.deals["landmark"] == day, "week"].iloc[0])


def _summed(totals: pd.DataFrame, outlook: Outlook, targets: dict[Key, float]) -> pd.DataFrame:
    """The company, each team and each owner: what was foretold, and what happened."""
    owners = pd.Index(totals["owner_id"])
    so_far = totals["won_so_far"].to_numpy(float)
    draws = simulate(outlook, draws=DRAWS)[0].by_owner(owners) + so_far
    adjusted = outlook.adjusted()
    by_deal = pd.Series((adjusted[:, 0] * outlook.amounts).round(2))
    open_money = by_deal.groupby(outlook.owner_ids).sum().reindex(owners).fillna(0.0).to_numpy()
    new = (outlook.later[0].by_owner() * outlook.later_factor(adjusted)).round(2).reindex(owners).fillna(0.0)
    expected = so_far + open_money + new.to_numpy()
    scopes = [("company", "", np.arange(len(totals)))]
    scopes += [("team", str(key), np.asarray(at)) for key, at in totals.groupby("team").indices.items()]
    scopes += [("owner", key, np.array([at])) for at, key in enumerate(owners)]
    return pd.DataFrame(
        [
            _one(
                draws[:, at].sum(axis=1),
                float(totals["actual"].to_numpy()[at].sum()),
                targets.get((kind, key), np.nan),
            )
            | {"kind": kind, "key": key, "expected": float(expected[at].sum())}
            for kind, key, at in scopes
        ]
    )


def _one(draws: np.ndarray, actual: float, target: float) -> dict[str, object]:
    low, middle, high = np.quantile(draws, QUANTILES)
    return {
        "actual": actual,
        "p10": low,
        "p50": middle,
        "p90": high,
        "crps": crps(draws, actual),
        "pit": float((draws < actual).mean() + 0.5 * (draws == actual).mean()),
        "target": target,
        "p_target": float((draws >= target).mean()) if target == target else np.nan,
    }


def _said(built: Built, rows: pd.DataFrame, record: Record, won: pd.DataFrame) -> pd.DataFrame:
    """What simpler methods said of the company in all quarters of the record, and the truth's chances."""
    calls = calls_at(built.store, built.company, built.case.options.last_day)
    before = earlier(from_first_outcomes(rows), won, record.quarters)
    deals, totals = (pd.concat(parts) for parts in zip(before, (record.deals, record.totals), strict=True))
    said = baselines(deals, totals, calls, record.quarters)
    actual = record.totals.groupby(["quarter", "landmark"])["actual"].sum()
    said = pd.concat([said, _by_truth(built, record)])
    return said.join(actual, on=["quarter", "landmark"])[["quarter", "week", "method", "value", "actual"]]


def _by_truth(built: Built, record: Record) -> pd.DataFrame:
    """Won, each open deal by its true chance, and what we expect of deals not created yet."""
    truth = built.truth("oracle")[["deal_id", "landmark", "p_won"]].rename(columns={"p_won": "true"})
    deals = record.deals.merge(truth, on=["deal_id", "landmark"])
    money = deals["true"] * deals["amount_company"].fillna(0.0) * deals["amount_ratio"]
    by = ["quarter", "landmark", "week"]
    found = deals.assign(value=money).groupby(by)["value"].sum()
    totals = record.totals.groupby(["quarter", "landmark"])[["won_so_far", "new_expected"]].sum().sum(axis=1)
    table = found.reset_index().join(totals.rename("rest"), on=["quarter", "landmark"])
    return table.assign(value=table["value"] + table["rest"], method=TRUTH)
