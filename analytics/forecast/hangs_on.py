"""What the number hangs on: the deals that move the chance to reach the target most; what must be true."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.forecast.quarter_forecast import Forecast
from analytics.pipeline.quarter_end import Value, total
from analytics.problems import NotEnough

_CANDIDATES, _SHOWN = 60, 10
COLUMNS = [
    "deal_id", "name", "owner_name", "amount", "chance", "expected_amount", "if_won", "if_not", "p50_if_won",
    "p50_if_not", "moves",
]  # fmt: skip


@dataclass(frozen=True)
class HangsOn:
    """Deals by how much the number hangs on them, and what it takes to reach the target.

    `deals`: COLUMNS, those that move it most first: `if_won`, `if_not` are the chances to reach the target if
    the deal is won, or not in this quarter (NaN without a target), all else as it is; `moves`: by how much
    the chance (without a target: the P50) is expected to move once the deal's outcome is known.
    `to_go`: target - won; `needed`: the share of the open pipeline dated in the quarter that it takes;
    `usual`: the share that past quarters still brought from the same week on: quarter, share.
    `top3`, `largest`: share of the three largest and of the largest deal in what open deals should bring.
    """

    deals: pd.DataFrame
    to_go: Value
    needed: Value
    usual: pd.DataFrame
    top3: Value
    largest: Value


def hangs_on(found: Forecast) -> HangsOn:
    """Empty and NotEnough where there are no chances."""
    to_go = _to_go(found)
    needed = _share(to_go, total(found.view.measures["open_pipeline"].parts))
    usual = _usual(found)
    if isinstance(found.expected, NotEnough):
        missing = found.expected
        return HangsOn(pd.DataFrame(columns=COLUMNS), to_go, needed, usual, missing, missing)
    expected = found.deals["expected_amount"].fillna(0.0).sort_values(ascending=False)
    whole = float(expected.sum())
    return HangsOn(
        deals=_deals(found),
        to_go=to_go,
        needed=needed,
        usual=usual,
        top3=_share(float(expected.iloc[:3].sum()), whole),
        largest=_share(float(expected.iloc[:1].sum()), whole),
    )


def _to_go(found: Forecast) -> Value:
    gap = found.view.measures["gap"].value
    if isinstance(gap, NotEnough):
        return gap
    return gap if gap > 0 else NotEnough("the target is reached")


def _share(part: Value, whole: float) -> Value:
    if isinstance(part, NotEnough):
        return part
    return part / whole if whole > 0 else NotEnough("no open pipeline in the quarter")


def _deals(found: Forecast) -> pd.DataFrame:
    deals = found.deals.dropna(subset=["amount_company"])
    moves = deals["amount_company"] * deals["chance"] * (1 - deals["chance"])
    deals = deals.loc[moves.sort_values(ascending=False).index[:_CANDIDATES]]
    target = found.view.measures["target"].value
    rows = [_moved(found, deal, target) for deal in deals.itertuples(index=False)]
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.sort_values("moves", ascending=False, kind="stable").head(_SHOWN).reset_index(drop=True)


def _moved(found: Forecast, deal: object, target: Value) -> tuple[object, ...]:
    """One deal's row: the draws with it won for certain, and without it."""
    drawn = found.whole.drawn
    at = drawn.deal_ids.get_loc(deal.deal_id)  # type: ignore[attr-defined]
    without = found.draws - np.asarray(drawn.won[:, [at]].todense()).ravel()
    amount = deal.amount_company * deal.amount_ratio  # type: ignore[attr-defined]
    ways = (without + amount, without)
    middles = [float(np.median(one)) for one in ways]
    if isinstance(target, NotEnough):
        reached, apart = [np.nan, np.nan], middles[0] - middles[1]
    else:
        reached = [float((one >= target).mean()) for one in ways]
        apart = reached[0] - reached[1]
    moves = 2 * deal.chance * (1 - deal.chance) * apart  # type: ignore[attr-defined]
    named = (deal.deal_id, deal.name, deal.owner_name, deal.amount_company)  # type: ignore[attr-defined]
    return (*named, deal.chance, deal.expected_amount, *reached, *middles, moves)  # type: ignore[attr-defined]


def _usual(found: Forecast) -> pd.DataFrame:
    """What past quarters still brought from the same week on, by the open pipeline dated in them then."""
    scope, record = found.view.scope, found.whole.basis.record
    if record.deals.empty or not scope.quarter.contains(scope.as_of):
        return pd.DataFrame(columns=["quarter", "share"])
    week = (scope.as_of - scope.quarter.first_day).days // 7
    deals, totals = scope.within(record.deals), scope.within(record.totals)
    deals = deals[(deals["week"] == week) & (deals["timing"] == "in quarter")]
    dated = deals[deals["category"] != "Omitted"].groupby("quarter")["amount_company"].sum()
    totals = totals[totals["landmark"].isin(deals["landmark"].unique())]
    brought = totals.groupby("quarter")[["open_won", "new_won"]].sum().sum(axis=1)
    share = (brought / dated[dated > 0]).dropna()
    order = [quarter for quarter in record.quarters if quarter in share.index]
    return pd.DataFrame({"quarter": order, "share": share.reindex(order).to_numpy(float)})
