"""What each step of the call added: the reps' calls, their managers', the company's, and the forecast."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.forecast.accuracy import OURS, errors
from analytics.forecast.calls import Calls, team_managers

STEPS = ["reps' calls summed", "managers' calls summed", "the company's call", OURS]


def value_added(calls: Calls, points: pd.DataFrame, what: str = "commit") -> pd.DataFrame:
    """Error of each of STEPS: week, method, n (quarters), wape, bias; only where all of them had spoken.

    `points`: of `Record`; `what`: commit, best_case or most_likely. Reps are those who called and to whom
    nobody reports, managers those whom a team reports to. Empty where no point has all of them.
    """
    if points.empty:
        return pd.DataFrame(columns=["week", "method", "n", "wape", "bias"])
    mine = points[points["kind"] == "company"]
    starts = mine["landmark"] - pd.to_timedelta(7 * mine["week"], unit="D")
    found = [
        _spoken(calls, pd.Timestamp(day), pd.Timestamp(start), f"{what}_amount")
        for day, start in zip(mine["landmark"].array, starts.array, strict=True)
    ]
    said = pd.DataFrame(found, columns=STEPS[:-1], index=mine.index, dtype=float).assign(
        **{OURS: mine["p50"]}
    )
    base = ["quarter", "week", "key", "actual", "ours"]
    whole = mine.assign(ours=mine["p50"])[base].join(said.dropna(), how="inner")
    table = whole.melt(id_vars=base, value_vars=STEPS, var_name="method", value_name="value")
    order = {step: place for place, step in enumerate(STEPS)}
    return (
        errors(table, ["week"])
        .drop(columns="ours")
        .sort_values("method", key=lambda methods: methods.map(order))
        .sort_values("week", kind="stable")
        .reset_index(drop=True)
    )


def _spoken(calls: Calls, day: pd.Timestamp, first_day: pd.Timestamp, what: str) -> list[float]:
    """What reps, managers and the company had called by a day; NaN where nobody had."""
    said = calls.on(day, first_day)[what].dropna()
    people = calls.people_on(day)
    reps = set(people["person_id"]) - set(people["manager_id"].dropna())
    managers = set(team_managers(people))
    return [
        float(said[said.index.isin(who)].sum(min_count=1)) if len(said) else np.nan
        for who in (reps, managers, {""})
    ]
