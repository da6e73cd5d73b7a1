"""Expected bookings of a quarter, their range, and the exact bridge from the weighted pipeline."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.stats import norm

from analytics.company import Company, Scope
from analytics.pipeline.quarter_end import QuarterEnd, Value, quarter_end, total
from analytics.problems import NotEnough
from analytics.risk.chances import Chances, History, chances_as_of, history_of
from analytics.store.database import Store

#: Deals of one quarter share part of their luck: latent correlation (methods.md B3: prior .05; not measured).
SHARED_LUCK = 0.05
DRAWS = 10_000
NOT_CREATED_YET = "(not created yet)"


@dataclass(frozen=True)
class Step:
    """One step of the bridge; its deals add up to its amount exactly."""

    step: str
    deals: pd.Series  # deal_id -> amount

    @property
    def amount(self) -> float:
        """The step's money."""
        return total(self.deals)


@dataclass(frozen=True)
class Forecast:
    """The forecast of one quarter as of a day; a number that cannot be given says why."""

    view: QuarterEnd
    expected: Value
    p10: Value
    p50: Value
    p90: Value
    p_target: Value
    bridge: list[Step]
    baselines: Mapping[str, float]
    status: str
    notes: list[str]


@dataclass(frozen=True)
class _Scored:
    """The scope's open deals with their chances to be won within the quarter itself, and their origin."""

    deals: pd.DataFrame  # amount_company, p_won, baseline_won, expected_amount
    chances: Chances

    @property
    def missing(self) -> NotEnough | None:
        return self.chances.missing

    @property
    def amount_ratio(self) -> float:
        return self.chances.baseline.amount_ratio


def forecast(store: Store, company: Company, scope: Scope, history: History | None = None) -> Forecast:
    """Expected bookings of the scope's quarter from the chances of its open deals.

    `history`: what was learned up to the scope's as-of date, where a caller has it already.
    """
    view = quarter_end(store, company, scope)
    scored = _within_quarter(store, company, scope, history or history_of(store, company, scope.as_of))
    baselines = _baselines(view)
    if scored.missing:
        missing = scored.missing
        return Forecast(
            view,
            missing,
            missing,
            missing,
            missing,
            missing,
            _stated_steps(view),
            baselines,
            scored.chances.status,
            [*_notes(view, scored)],
        )
    new = _not_created_yet(scored, scope)
    steps = _bridge(view, scored, new)
    expected = round(sum(step.amount for step in steps), 2)
    draws = _draws(view, scored, new)
    p10, p50, p90 = (round(float(value), 2) for value in np.quantile(draws, [0.1, 0.5, 0.9]))
    target = view.measures["target"].value
    p_target = target if isinstance(target, NotEnough) else float((draws >= target).mean())
    return Forecast(
        view,
        expected,
        p10,
        p50,
        p90,
        p_target,
        steps,
        baselines,
        scored.chances.status,
        [*_notes(view, scored)],
    )


def _within_quarter(store: Store, company: Company, scope: Scope, history: History) -> _Scored:
    """Chances to be won within the quarter itself: by its end, less by the end of the quarter before.

    Both by the same method: a quarter too far for the model is held against rates, not against the model.
    """
    by_end = chances_as_of(store, company, scope.as_of, scope.quarter, history)
    deals = scope.within(by_end.deals).reset_index(drop=True)
    if company.calendar.quarter_of(scope.as_of) < scope.quarter and not by_end.missing:
        sooner = chances_as_of(
            store, company, scope.as_of, company.calendar.shift(scope.quarter, -1), history
        ).deals.set_index("deal_id")
        alike = {"p_won": "p_won" if by_end.has_model else "baseline_won", "baseline_won": "baseline_won"}
        for column, same in alike.items():
            before = sooner[same].reindex(deals["deal_id"]).to_numpy()
            deals[column] = (deals[column] - before).clip(lower=0)
        ratio = by_end.baseline.amount_ratio
        deals["expected_amount"] = (deals["amount_company"] * deals["p_won"] * ratio).round(2)
        deals = deals.drop(columns=["p_lost", "p_slip"])  # they were about its end, not about it alone
    return _Scored(deals, by_end)


def _stated_steps(view: QuarterEnd) -> list[Step]:
    return [
        Step("won", view.measures["won"].parts),
        Step("weighted_pipeline", view.measures["weighted_pipeline"].parts),
    ]


def _bridge(view: QuarterEnd, scored: _Scored, new: pd.Series) -> list[Step]:
    deals = scored.deals.set_index("deal_id").dropna(subset=["amount_company"])
    weighted = view.measures["weighted_pipeline"].parts
    by_rate = (deals["amount_company"] * deals["baseline_won"]).round(2)
    by_deal = (deals["amount_company"] * deals["p_won"]).round(2)
    dated = deals.index.isin(view.measures["open_pipeline"].parts.index)
    return [
        *_stated_steps(view),
        Step("stage probabilities against measured rates", _difference(by_rate[dated], weighted)),
        Step("not in the weighted pipeline", by_rate[~dated]),
        Step("each deal's own evidence", _difference(by_deal, by_rate)),
        Step("amounts at close", _difference(deals["expected_amount"], by_deal)),
        Step("not created yet", new.loc[NOT_CREATED_YET:NOT_CREATED_YET]),
    ]


def _difference(to: pd.Series, from_: pd.Series) -> pd.Series:
    return to.sub(from_, fill_value=0.0).round(2)


def _not_created_yet(scored: _Scored, scope: Scope) -> pd.Series:
    """What past quarters still won from deals created after this day: `mean` and `spread` in money."""
    rows = scored.chances.baseline.past.new_business
    if not scope.is_company or rows.empty:
        return pd.Series({NOT_CREATED_YET: 0.0, "spread": 0.0})
    amounts = rows["amount"].astype(float)
    spread = float(amounts.std(ddof=1)) if len(amounts) > 1 else float(amounts.mean())
    return pd.Series({NOT_CREATED_YET: round(float(amounts.mean()), 2), "spread": spread})


def _draws(view: QuarterEnd, scored: _Scored, new: pd.Series) -> np.ndarray:
    """Simulated quarter-end bookings: one shared factor, independent luck per deal (one-factor copula)."""
    rng = np.random.default_rng(0)  # the same question gets the same answer
    deals = scored.deals.dropna(subset=["amount_company", "p_won"])
    cut = norm.ppf(deals["p_won"].to_numpy().clip(1e-9, 1 - 1e-9))
    amounts = deals["amount_company"].to_numpy() * scored.amount_ratio
    luck = rng.standard_normal(DRAWS)
    sums = np.zeros(DRAWS)
    own_scale, shared_scale = np.sqrt(1 - SHARED_LUCK), np.sqrt(SHARED_LUCK)
    for threshold, amount in zip(cut, amounts, strict=True):
        needed = (threshold - shared_scale * luck) / own_scale
        sums += amount * (rng.standard_normal(DRAWS) < needed)
    later = rng.normal(new[NOT_CREATED_YET], new["spread"], DRAWS).clip(min=0)
    won = view.measures["won"].value
    assert not isinstance(won, NotEnough)
    return np.asarray(won + sums + later)


def _baselines(view: QuarterEnd) -> dict[str, float]:
    won = view.measures["won"].parts
    named = {
        "won + weighted pipeline": ["weighted_pipeline"],
        "won + commit": ["commit"],
        "won + commit + best case": ["commit", "best_case"],
    }
    return {
        name: round(total(won) + sum(total(view.measures[key].parts) for key in keys), 2)
        for name, keys in named.items()
    }


def _notes(view: QuarterEnd, scored: _Scored) -> list[str]:
    notes = [] if scored.chances.has_model else ["Chances are smoothed history rates: no deal-level model."]
    if not scored.missing:
        notes.append(
            f"The range assumes that deals of a quarter share part of their luck (latent correlation"
            f" {SHARED_LUCK}); it has not been checked against past quarters yet."
        )
    without = int(scored.deals["amount_company"].isna().sum())
    if without:
        notes.append(f"{without} open deals have no amount (or no currency rate) and add nothing.")
    if not view.scope.is_company:
        notes.append("Deals not created yet are only estimated for the whole company.")
    return notes
