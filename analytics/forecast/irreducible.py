"""The error that nobody can go below: so many deals of such sizes, each won or not by its own luck."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.forecast.luck import GRID, given, luck_weights, thresholds

#: Of a normal distribution with standard deviation 1: mean absolute error, CRPS, half of the 80 % range.
_ERROR, _CRPS, _HALF = 0.7979, 0.5642, 1.2816


def irreducible(deals: pd.DataFrame, totals: pd.DataFrame, rho: float, kind: str = "company") -> pd.DataFrame:
    """By week: how far off a forecast is that knows every chance perfectly. Shares of what is expected.

    `deals`, `totals`: of `Record`; `rho`: latent correlation between the deals of a quarter, 0 = none;
    `kind`: 'company' or 'team'. A row per week: week, n (quarters), deals (open, mean), alike (to how many
    deals of equal size and chance they come down), wape, crps, half_width (of the 80 % range). From the
    model's own chances and amounts; deals not created yet and amounts that change at close come on top.
    """
    columns = ["week", "n", "deals", "alike", "wape", "crps", "half_width"]
    if deals.empty:
        return pd.DataFrame(columns=columns)
    by = ["quarter", "week", "key"]
    keyed = deals.dropna(subset=["p_won"]).assign(key="" if kind == "company" else deals["team"])
    weeks = keyed[["quarter", "landmark", "week"]].drop_duplicates()
    booked = totals.assign(key="" if kind == "company" else totals["team"])
    booked = booked.drop(columns="week", errors="ignore").merge(weeks, on=["quarter", "landmark"])
    known = booked.groupby(by)[["won_so_far", "new_expected"]].sum().sum(axis=1)
    rows = []
    for at, one in keyed.groupby(by):
        money = (one["amount_company"].fillna(0.0) * one["amount_ratio"]).to_numpy()
        mean, spread, alike = _moments(one["p_won"].to_numpy(), money, rho)
        rows.append((*at, len(one), alike, spread, mean + known.get(at, 0.0)))
    table = pd.DataFrame(rows, columns=[*by, "deals", "alike", "spread", "expected"]).groupby("week")
    share = table["spread"].sum() / table["expected"].sum()
    found = table[["deals", "alike"]].mean().assign(n=table["quarter"].nunique())
    found = found.assign(wape=_ERROR * share, crps=_CRPS * share, half_width=_HALF * share).reset_index()
    return found[columns]


def _moments(chances: np.ndarray, money: np.ndarray, rho: float) -> tuple[float, float, float]:
    """Mean and standard deviation of the money won, and the number of equal deals with that much luck.

    Total variance over the quarter's luck F: Var E[B | F] + E Var[B | F].
    """
    weights = luck_weights(None, 0.0, rho)
    at = given(thresholds(chances)[None, :], rho, GRID[:, None])
    means, variances = at @ money, (at * (1 - at)) @ money**2
    mean = float(weights @ means)
    variance = float(weights @ (means - mean) ** 2 + weights @ variances)
    stake = float((chances * money) @ (chances * money))
    alike = float((chances @ money) ** 2 / stake) if stake > 0 else 0.0
    return mean, float(np.sqrt(variance)), alike
