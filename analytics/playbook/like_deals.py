"""The difference of a measure between two sets of deals alike in stage, size, type, team and owner."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analytics.playbook.adjusted import jackknife
from analytics.problems import NotEnough

#: Owners needed, so that deals of one owner may resemble each other in the interval.
FEWEST_OWNERS = 5
_FEWEST = 20  # deals


@dataclass(frozen=True)
class Effect:
    """A difference with its 95% interval; `n` deals of `owners` owners."""

    value: float
    low: float
    high: float
    n: int
    owners: int


def effect_of(rows: pd.DataFrame, y: str, terms: list[str]) -> Effect | NotEnough:
    """What the first of `terms` (columns of yes and no) goes with in `y`, the other terms and the kind of
    deal being equal: least squares with a constant per owner, intervals that let one owner's deals be alike
    (the jackknife over owners, with Student's t).
    """
    owners = rows["owner_id"].fillna("").astype(str)
    if len(rows) < _FEWEST or owners.nunique() < FEWEST_OWNERS:
        return NotEnough(f"{_FEWEST} deals of {FEWEST_OWNERS} owners needed", len(rows))
    columns = pd.concat([rows[terms].astype(float), kind_of_deal(rows)], axis=1)
    groups = owners.to_numpy()
    within = columns - columns.groupby(groups).transform("mean")
    target = rows[y].astype(float) - rows[y].astype(float).groupby(groups).transform("mean")
    if within[terms[0]].abs().max() < 1e-9:
        return NotEnough("no owner has deals on both sides", len(rows))
    kept = [name for name in within if name in terms or within[name].abs().max() > 1e-9]
    # Both sides are less each owner's mean, so that leaving one owner out changes nothing of the others. With
    # few and uneven owners this errs to the safe side, where the usual sandwich claims too often.
    values, errors, n = jackknife(within[kept].to_numpy(), target.to_numpy(), owners)
    value, reach = float(values[0]), float(stats.t.ppf(0.975, n - 1) * errors[0])
    return Effect(value, value - reach, value + reach, len(rows), n)


def alike(rows: pd.DataFrame) -> pd.Series:
    """The measure `y` less what stage, size and type of the deal explain of it."""
    columns = kind_of_deal(rows.assign(team=""))
    left = columns - columns.mean()
    y = rows["y"].astype(float)
    weights = np.linalg.lstsq(left.to_numpy(float), (y - y.mean()).to_numpy(), rcond=None)[0]
    return pd.Series(y.to_numpy() - left.to_numpy(float) @ weights, index=rows.index)


def kind_of_deal(rows: pd.DataFrame) -> pd.DataFrame:
    """Stage, size, type and team as columns."""
    size = np.log1p(rows["amount_company"].clip(lower=0))
    groups = rows[["stage", "deal_type", "team"]].fillna("").astype(str)
    flags = pd.get_dummies(groups, drop_first=True, dtype=float)
    return flags.assign(size=size.fillna(size.mean()).fillna(0.0), no_size=size.isna().astype(float))
