"""The running quarter seen as a past one is: what the simpler methods say of it today."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.company import Scope
from analytics.forecast.baselines import METHODS, baselines_today, earlier
from analytics.forecast.calls import Calls
from analytics.forecast.quarter_forecast import Forecast
from analytics.forecast.record import KEPT
from analytics.pipeline.quarter_end import Value
from analytics.problems import NotEnough
from analytics.risk.baselines import BASELINES, smoothed_rates
from analytics.risk.ladder import from_first_outcomes

_RATES = {"p_stage": "stage x week", "p_category": "category x week"}


def baselines_now(found: Forecast, calls: Calls) -> dict[str, Value]:
    """Method (of baselines.METHODS) -> the scope's quarter-end bookings by it, for company and teams.

    They look at the running quarter only.
    """
    scope, basis = found.view.scope, found.whole.basis
    if scope.is_part or not scope.quarter.contains(scope.as_of):
        why = NotEnough("the simpler methods are kept for the running quarter of the company and its teams")
        return dict.fromkeys(METHODS, why)
    if isinstance(found.expected, NotEnough):
        return dict.fromkeys(METHODS, found.expected)
    deals, totals = _today(found)
    past = earlier(basis.history.rows, basis.won, basis.record.quarters)
    kind = "team" if scope.team else "company"
    both = pd.concat([past[0], basis.record.deals]), pd.concat([past[1], basis.record.totals])
    # on its last day the running quarter is complete: it is in the record too
    before = [one[one["quarter"] != scope.quarter.key] if len(one) else one for one in both]
    table = baselines_today(
        before[0],
        before[1],
        calls,
        deals,
        totals,
        kind,
    )
    values = table[table["key"] == scope.team].set_index("method")["value"]
    nothing = NotEnough("it has nothing to say here yet")
    return {name: nothing if pd.isna(values.get(name)) else float(values[name]) for name in METHODS}


def _today(found: Forecast) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The whole company's rows of `Record.deals` and `Record.totals` as of today, outcomes unknown."""
    whole = found.whole
    history, scope = whole.basis.history, found.view.scope
    usable = from_first_outcomes(history.rows)
    train = usable[usable["outcome_0"].notna()]
    today = history.today
    chances = {column: smoothed_rates(train, today, BASELINES[name])[:, 0] for column, name in _RATES.items()}
    expected = whole.expected.deals.set_index("deal_id")["model_chance"]
    deals = today[KEPT].assign(
        **chances,
        p_won=expected.reindex(today["deal_id"]).to_numpy(float),
        amount_ratio=history.amounts.ratio(today["timing"]),
        final_amount=np.nan,
    )
    return deals, _totals(found, deals, Scope(scope.as_of, scope.quarter))


def _totals(found: Forecast, deals: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    basis, day = found.whole.basis, pd.Timestamp(scope.as_of)
    won = basis.won[basis.won["booked_day"].between(pd.Timestamp(scope.quarter.first_day), day)]
    whose = pd.concat([won, deals])[["owner_id", "team"]].drop_duplicates("owner_id", keep="last")
    table = whose.set_index("owner_id").assign(
        won_so_far=won.groupby("owner_id")["amount_company"].sum(), new_expected=found.whole.expected.later
    )
    table = table.fillna({"won_so_far": 0.0, "new_expected": 0.0}).reset_index()
    return table.assign(quarter=scope.quarter.key, landmark=day, actual=np.nan)
