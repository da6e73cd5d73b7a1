"""Whether what is recorded tells the deals that are won from those that are lost.

A model can foretell when deals close without knowing which way: fast movers close, won or lost. This is asked
apart, among decided deals only.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from analytics.risk.forward import Forward

_FEWEST = 30
_DRAWS = 400
_RANGE = (5, 95)


@dataclass(frozen=True)
class Separation:
    """AUC of P(won) / (P(won) + P(lost)) among deals decided in the quarter, foretold; 90 % interval."""

    auc: float
    low: float
    high: float
    deals: int

    @property
    def tells_apart(self) -> bool:
        """Whether it is surely better than a coin."""
        return self.low > 0.5


def separation(tested: Forward, method: str) -> Separation | None:
    """One landmark per deal and quarter (the first one); None below 30 won or lost deals.

    The interval redraws deals (bootstrap).
    """
    rows, chances = tested.rows, tested.chances[method]
    decided = rows["outcome_0"].isin(["won", "lost"]).to_numpy()
    table = pd.DataFrame(
        {
            "deal_id": rows["deal_id"],
            "quarter": rows["quarter"],
            "won": rows["outcome_0"] == "won",
            "share": chances[:, 0] / np.maximum(chances[:, 0] + chances[:, 1], 1e-9),
            "week": rows["week"],
        }
    )[decided].sort_values("week", kind="stable")
    first = table.groupby(["deal_id", "quarter"]).nth(0)
    won, share = first["won"].to_numpy(), first["share"].to_numpy()
    if min(won.sum(), (~won).sum()) < _FEWEST:
        return None
    rng = np.random.default_rng(0)
    drawn = []
    for _ in range(_DRAWS):
        at = rng.integers(0, len(won), len(won))
        if 0 < won[at].sum() < len(at):
            drawn.append(roc_auc_score(won[at], share[at]))
    low, high = np.percentile(drawn, _RANGE)
    return Separation(float(roc_auc_score(won, share)), float(low), float(high), first["deal_id"].nunique())
