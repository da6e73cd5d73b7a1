"""Coverage per rep: what is open and won in a quarter against the rep's own target."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from analytics.pipeline.deals import dated_in, won_in
from analytics.pipeline.quarter_end import QuarterEnd, Value, total
from analytics.problems import NotEnough

COLUMNS = ["owner_id", "open_pipeline", "won", "target", "coverage", "to_go_coverage", "missing"]


def coverage_by_owner(view: QuarterEnd, targets: Mapping[str, Value], owners: list[str]) -> pd.DataFrame:
    """A row per owner: COLUMNS; money in the company's currency.

    `targets`: of `targets_by` owner. coverage = open pipeline / target; to-go coverage = open pipeline /
    (target - won); NaN where `missing` says why.
    """
    deals, quarter = view.deals, view.scope.quarter
    is_open, won = deals[dated_in(deals, quarter)], deals[won_in(deals, quarter)]
    rows = []
    for owner in owners:
        open_money, won_money = (_of(one, owner) for one in (is_open, won))
        rows.append({"owner_id": owner, "open_pipeline": open_money, "won": won_money})
        rows[-1] |= _against(open_money, won_money, targets.get(owner))
    table = pd.DataFrame(rows, columns=COLUMNS)
    return table.astype(dict.fromkeys(COLUMNS[1:-1], float))


def _of(deals: pd.DataFrame, owner: str) -> float:
    return total(deals.loc[deals["owner_id"] == owner, "amount_company"].dropna().astype(float))


def _against(open_money: float, won: float, target: Value | None) -> dict[str, float | str | None]:
    if target is None or isinstance(target, NotEnough):
        why = "no target is loaded" if target is None else str(target).rstrip(".")
        return {"target": None, "coverage": None, "to_go_coverage": None, "missing": why}
    left = round(target - won, 2)
    why = "" if left > 0 else "the target is reached" if target > 0 else "the target is zero"
    return {
        "target": target,
        "coverage": open_money / target if target > 0 else None,
        "to_go_coverage": open_money / left if left > 0 else None,
        "missing": why,
    }
