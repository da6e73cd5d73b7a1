"""How the forecast and the simpler methods did in past quarters, side by side."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from analytics.forecast.accuracy import compared, in_words
from analytics.forecast.baselines import earlier, with_calls, without_calls
from analytics.forecast.basis import Basis
from analytics.forecast.calls import Calls
from analytics.problems import NotEnough


@dataclass(frozen=True)
class Track:
    """`points`: those of `Record` of one kind ('company' or 'team'); `compared`: with what happened."""

    points: pd.DataFrame
    compared: pd.DataFrame

    def in_words(self, week: int, key: str = "") -> str | NotEnough:
        """How far off the number was at this week (from 0) of past quarters; `key`: '' or the team."""
        if self.points.empty:
            return NotEnough("no past quarter could be foretold from those before it yet", 0)
        return in_words(self.compared, self.points, max(week, 0), key)


def track_of(basis: Basis, calls: Calls, kind: str = "company") -> Track:
    """The record of the company or its teams beside every baseline."""
    record = basis.record
    if record.points.empty:
        return Track(pd.DataFrame(), pd.DataFrame())
    points = record.points[record.points["kind"] == kind].reset_index(drop=True)
    said = basis.once(f"simple methods, {kind}", lambda: _without_calls(basis, kind))
    return Track(points, compared(points, with_calls(said, calls, kind), kind))


def _without_calls(basis: Basis, kind: str) -> pd.DataFrame:
    """What needs no call, which readers see of differently: made once for all of them."""
    record = basis.record
    deals, totals = earlier(basis.history.rows, basis.won, record.quarters)
    both = pd.concat([deals, record.deals]), pd.concat([totals, record.totals])
    return without_calls(*both, record.quarters, kind)
