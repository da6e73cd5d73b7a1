"""What won deals close at, by what was stated of them while they were open."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

#: A group weighs as much as all deals together when this many deals-weeks of it were won.
_WEIGHT = 100.0
#: An amount that was a placeholder must not carry the mean.
_MOST = 3.0
_IN_QUARTER = "in quarter"
#: Spread of log(closed / stated) before anything is known, and its weight in deals-weeks.
_SPREAD, _SPREAD_WEIGHT = 0.3, 50.0


@dataclass(frozen=True)
class Amounts:
    """Closed / stated amount: money by money, for deals dated in the quarter and others, and its spread."""

    in_quarter: float
    otherwise: float
    spread: float  # standard deviation of log(closed / stated)

    @classmethod
    def learned(cls, rows: pd.DataFrame) -> Amounts:
        """From landmark rows: those that were won by their quarter's end, with both amounts known.

        Groups are drawn towards all, and all towards 1.
        """
        won = rows[(rows["outcome_0"] == "won") & (rows["amount_company"] > 0)]
        won = won[won["final_amount_company"].notna()]
        stated = won["amount_company"].to_numpy(float)
        closed = np.minimum(won["final_amount_company"].to_numpy(float), _MOST * stated)
        size = stated.mean() if len(stated) else 1.0
        overall = (closed.sum() + _WEIGHT * size) / (stated.sum() + _WEIGHT * size)
        inside = (won["timing"] == _IN_QUARTER).to_numpy()
        groups = [
            (closed[here].sum() + _WEIGHT * size * overall) / (stated[here].sum() + _WEIGHT * size)
            for here in (inside, ~inside)
        ]
        logs = np.log(np.clip(closed / np.maximum(stated, 1e-9), 0.05, _MOST))
        variance = ((logs - logs.mean()) ** 2).sum() if len(logs) else 0.0
        spread = np.sqrt((variance + _SPREAD_WEIGHT * _SPREAD**2) / (len(logs) + _SPREAD_WEIGHT))
        return cls(float(groups[0]), float(groups[1]), float(spread))

    def ratio(self, timing: pd.Series) -> np.ndarray:
        """Expected closed / stated amount of deals by their `timing` ('in quarter' or another)."""
        return np.where(timing == _IN_QUARTER, self.in_quarter, self.otherwise)
