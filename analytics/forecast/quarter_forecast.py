"""Expected bookings of a quarter, their range, and the exact bridge from the weighted pipeline."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from analytics.company import Company, Scope
from analytics.fiscal import Quarter
from analytics.forecast.basis import Basis, basis_of
from analytics.forecast.draws import QUANTILES, Drawn, simulate
from analytics.forecast.expected import Expected, expected_in
from analytics.forecast.lines import COLUMNS, NEW, NOT_CREATED_YET, STEPS, WEIGHTED, WON, lines_of
from analytics.pipeline.quarter_end import QuarterEnd, Value, quarter_end, total
from analytics.problems import NotEnough
from analytics.risk.history_rates import must_not_be_over
from analytics.risk.statements import BELOW as STATED_BELOW
from analytics.risk.statements import statements_of
from analytics.store.database import Store
from analytics.wording import count


@dataclass(frozen=True)
class Step:
    """One step of a bridge; its deals add up to its amount exactly."""

    step: str
    deals: pd.Series  # deal_id -> amount

    @property
    def amount(self) -> float:
        """The step's money."""
        return total(self.deals)


@dataclass(frozen=True)
class Whole:
    """One quarter of the whole company: made once, cut into scopes, so that their parts add up.

    `lines`: of `lines_of`, all open deals; `drawn`: the simulated quarter.
    """

    basis: Basis
    expected: Expected
    drawn: Drawn
    lines: pd.DataFrame


@dataclass(frozen=True)
class Forecast:
    """The forecast of one scope's quarter as of a day; a number that cannot be given says why.

    `bridge`: from won and the weighted pipeline to `expected`; `lines`: the same by deal and reason: deal_id,
    step, reason, text, amount. `draws`: simulated quarter-end bookings; `deals`: the scope's open deals with
    chance and expected_amount; `later`: expected money of deals not created yet, by owner.
    """

    view: QuarterEnd
    expected: Value
    p10: Value
    p50: Value
    p90: Value
    p_target: Value
    bridge: list[Step]
    lines: pd.DataFrame
    draws: np.ndarray
    deals: pd.DataFrame
    later: pd.Series
    baselines: Mapping[str, float]
    status: str
    notes: list[str]
    whole: Whole = field(repr=False)


def whole_company(store: Store, company: Company, as_of: date, quarter: Quarter, basis: Basis) -> Whole:
    """Chances, money and simulated ends of one quarter for all open deals. Raises BadInput if it is over."""
    with store.reading():
        expected = expected_in(store, company, as_of, quarter, basis)
    drawn = simulate(expected.outlook)[expected.at]
    return Whole(basis, expected, drawn, lines_of(expected, _below(company, as_of, quarter, basis)))


def _below(company: Company, as_of: date, quarter: Quarter, basis: Basis) -> frozenset[str]:
    """The deals stated below their evidence; what is said of statements holds for the running quarter."""
    if basis.history.learned.model is None or company.calendar.quarter_of(as_of) != quarter:
        return frozenset()
    said = statements_of(basis.history, company).deals
    return frozenset(said.loc[said["statement"] == STATED_BELOW, "deal_id"])


def forecast(
    store: Store, company: Company, scope: Scope, basis: Basis | None = None, whole: Whole | None = None
) -> Forecast:
    """Expected bookings of the scope's quarter, their range, and the bridge to them.

    `basis`, `whole`: what was made for the scope's day and quarter, where a caller has it already. Raises
    BadInput if the quarter ended before the as-of date.
    """
    must_not_be_over(scope.quarter, scope.as_of)
    view = quarter_end(store, company, scope)
    if whole is None:
        basis = basis or basis_of(store, company, scope.as_of)
        whole = whole_company(store, company, scope.as_of, scope.quarter, basis)
    stated = _stated(view, whole)
    if whole.expected.chances.missing:
        return stated
    later = _later(whole, scope)
    lines = _lines(view, whole, stated.deals, later)
    steps = steps_of(lines, STEPS, always=(WON, WEIGHTED))
    won = total(view.measures[WON].parts)
    draws = won + whole.drawn.by_owner(_owners(whole, scope)).sum(axis=1)
    p10, p50, p90, p_target = range_of(draws, view.measures["target"].value)
    return replace(
        stated,
        expected=round(sum(step.amount for step in steps), 2),
        p10=p10,
        p50=p50,
        p90=p90,
        p_target=p_target,
        bridge=steps,
        lines=lines,
        draws=draws,
        later=later,
    )


def range_of(draws: np.ndarray, target: Value) -> tuple[float, float, float, Value]:
    """P10, P50 and P90 of simulated ends, to the cent, and the share of them that reach the target (0-1)."""
    low, middle, high = (round(float(value), 2) for value in np.quantile(draws, QUANTILES))
    return low, middle, high, target if isinstance(target, NotEnough) else float((draws >= target).mean())


def _owners(whole: Whole, scope: Scope) -> pd.Index:
    """The owners whose deals lie in the scope."""
    owners: pd.Index = pd.Index(scope.within(whole.expected.deals)["owner_id"].unique())
    return owners.union(whole.expected.later.index) if scope.is_company else owners


def _later(whole: Whole, scope: Scope) -> pd.Series:
    """Expected money of deals not created yet, of the scope's owners."""
    later = whole.expected.later
    return later[later.index.isin(_owners(whole, scope))]


def _lines(view: QuarterEnd, whole: Whole, deals: pd.DataFrame, later: pd.Series) -> pd.DataFrame:
    won = view.measures[WON].parts
    booked = pd.DataFrame(
        {"deal_id": won.index, "step": WON, "reason": WON, "text": "booked", "amount": won.to_numpy(float)}
    )
    mine = whole.lines[whole.lines["deal_id"].isin(deals["deal_id"])]
    outlook = whole.expected.outlook.later[whole.expected.at]
    text = f"{outlook.mean:.0f} such deals in the whole company, by the last {len(outlook.numbers)} quarters"
    new = pd.DataFrame(
        {
            "deal_id": [NOT_CREATED_YET],
            "step": NEW,
            "reason": NEW,
            "text": text,
            "amount": round(float(later.sum()), 2),
        }
    )
    return pd.concat([booked, mine, new], ignore_index=True)[COLUMNS]


def steps_of(lines: pd.DataFrame, order: Sequence[str], always: Sequence[str] = ()) -> list[Step]:
    """The steps in `order`, each with its deals, the largest first; those of `always` even if empty."""
    cents = (lines["amount"] * 100).round()
    summed = cents.groupby([lines["step"], lines["deal_id"]], sort=False).sum() / 100
    there = set(summed.index.get_level_values(0))
    found = []
    for step in order:
        if step in there:
            deals = summed.loc[step]
            found.append(Step(step, deals.reindex(deals.abs().sort_values(ascending=False).index)))
        elif step in always:
            found.append(Step(step, pd.Series(dtype=float)))
    return found


def _stated(view: QuarterEnd, whole: Whole) -> Forecast:
    """What is won and stated, and that there are no chances; `forecast` puts the number where there are."""
    deals = view.scope.within(whole.expected.deals).reset_index(drop=True)
    missing = whole.expected.chances.missing or NotEnough("not made yet")
    return Forecast(
        view=view,
        expected=missing,
        p10=missing,
        p50=missing,
        p90=missing,
        p_target=missing,
        bridge=[Step(key, view.measures[key].parts) for key in (WON, WEIGHTED)],
        lines=pd.DataFrame(columns=COLUMNS),
        draws=np.zeros(0),
        deals=deals,
        later=pd.Series(dtype=float),
        baselines=_baselines(view),
        status=whole.expected.chances.status,
        notes=_notes(whole, deals),
        whole=whole,
    )


def _baselines(view: QuarterEnd) -> dict[str, float]:
    won = view.measures[WON].parts
    named = {
        "won + weighted pipeline": ["weighted_pipeline"],
        "won + commit": ["commit"],
        "won + commit + best case": ["commit", "best_case"],
    }
    return {
        name: round(total(won) + sum(total(view.measures[key].parts) for key in keys), 2)
        for name, keys in named.items()
    }


def _notes(whole: Whole, deals: pd.DataFrame) -> list[str]:
    chances, record = whole.expected.chances, whole.basis.record
    notes = [] if chances.has_model else ["Chances are smoothed history rates: no deal-level model."]
    if not chances.missing:
        tested = len(record.quarters)
        checked = (
            f"the luck that the deals of a quarter share was measured on {count(tested, 'past quarter')}"
            if tested
            else "no past quarter could be foretold yet to measure the luck that the deals of a quarter share"
        )
        notes.append(f"The range: {checked} (latent correlation {whole.expected.outlook.mean_rho:.3f}).")
    new = whole.expected.outlook.later[whole.expected.at]
    if new.missing:
        notes.append(f"Nothing is expected from deals not created yet: {new.missing}.")
    without = int(deals["amount_company"].isna().sum())
    if without:
        notes.append(f"{without} open deals have no amount (or no currency rate) and add nothing.")
    return notes
