"""What each warning went with in the company's own past: how many more of the deals that showed it slipped.

Compared are landmarks of the same stage and week (a linear model with a constant per stage and week; the
difference is the Mantel-Haenszel one), so that a warning that early deals show does not get their slips.
Rows of one deal, of one owner and of one quarter belong together: the interval is from variances clustered by
quarter and deal, or by quarter and owner where that is wider (Cameron, Gelbach and Miller 2011), with
Student's t for as many quarters as there are.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from analytics.problems import NotEnough
from analytics.risk.warning_limits import Limits
from analytics.risk.warning_rules import RULES

#: Deals on either side, and past quarters that hold both, below which no effect is given.
MIN_DEALS = 30
MIN_QUARTERS = 4
_CLUSTERS = ("deal_id", "owner_id", "quarter")  # rows of one of them belong together
COVERED = 0.90  # of the intervals
_LAST_DAYS = 3  # landmarks so near to the quarter's end are compared among themselves


def measured(rows: pd.DataFrame, limits: Limits) -> pd.DataFrame:
    """A row per warning: what it went with among deals dated in their landmark's quarter.

    `rows`: landmarks of the whole history with what was usual (`with_usual`); those whose quarter is over
    count. Columns: warning (key), label, n_with and n_without (deals), quarters, slip_with and slip_without
    (share of landmarks still open at the quarter's end), effect, low, high (difference at the same stage and
    week, share, positive = more slip; 90% interval), won_effect, won_low, won_high (the same of being won),
    missing (NotEnough or None: then effects are NaN). Off warnings are measured too.
    """
    past = past_landmarks(rows)
    cells = past.groupby(["stage", "week", past["days_to_quarter_end"] <= _LAST_DAYS], sort=False).ngroup()
    past = past.assign(**{key: pd.factorize(past[key])[0] for key in _CLUSTERS})  # numbers group faster
    found = []
    for rule in RULES:
        limit = limits[rule.key].value
        flag = rule.on(past, limit)
        judged = flag.notna()
        one = _effects(past[judged], flag[judged].astype(float).to_numpy(), cells[judged].to_numpy())
        found.append({"warning": rule.key, "label": rule.label(limit), **one})
    return pd.DataFrame(found)


def past_landmarks(rows: pd.DataFrame) -> pd.DataFrame:
    """The landmarks that effects are measured on: dated in their quarter, which is over; no Omitted deals.

    On a quarter's last day everything that is still open has slipped: nothing is left to compare.
    """
    dated = (rows["timing"] == "in quarter") & (rows["category"] != "Omitted")
    return rows[dated & rows["outcome_0"].notna() & (rows["days_to_quarter_end"] > 0)]


def _effects(past: pd.DataFrame, flag: np.ndarray, cells: np.ndarray) -> dict[str, object]:
    slipped = (past["outcome_0"] == "open").to_numpy(float)
    won = (past["outcome_0"] == "won").to_numpy(float)
    is_on = flag == 1
    n_with, n_without = (int(past.loc[side, "deal_id"].nunique()) for side in (is_on, ~is_on))
    both = set(past.loc[is_on, "quarter"]) & set(past.loc[~is_on, "quarter"])
    known = {
        "n_with": n_with,
        "n_without": n_without,
        "quarters": len(both),
        "slip_with": slipped[is_on].mean() if n_with else np.nan,
        "slip_without": slipped[~is_on].mean() if n_without else np.nan,
    }
    missing = _too_little(n_with, n_without, len(both))
    effects: dict[str, float] = {}
    for name, happened in (("", slipped), ("won_", won)):
        numbers = (np.nan,) * 3 if missing else difference(flag, happened, cells, past)
        effects |= dict(zip((f"{name}effect", f"{name}low", f"{name}high"), numbers, strict=True))
    if missing is None and np.isnan(effects["effect"]):
        missing = NotEnough("no stage and week had deals with and without it", n_with)
    return known | effects | {"missing": missing}


def _too_little(n_with: int, n_without: int, quarters: int) -> NotEnough | None:
    if not n_with and not n_without:
        return NotEnough("nothing recorded in past quarters could tell", 0)
    if min(n_with, n_without) < MIN_DEALS:
        side = "showed it" if n_with <= n_without else "did not show it"
        return NotEnough(f"of {MIN_DEALS} past deals needed, so many {side}", min(n_with, n_without))
    if quarters < MIN_QUARTERS:
        return NotEnough(f"{MIN_QUARTERS} past quarters needed", quarters)
    return None


def difference(
    flag: np.ndarray, happened: np.ndarray, cells: np.ndarray, past: pd.DataFrame
) -> tuple[float, float, float]:
    """How much more often it `happened` (0/1) with the `flag` (0/1) than without, within the same cell.

    Share, with its 90% interval clustered by `deal_id`, `owner_id` and `quarter` of `past`; NaN where no
    cell holds both sides.
    """
    unusual = flag - _means(flag, cells)
    size = float((unusual**2).sum())
    if size < 1e-9:
        return np.nan, np.nan, np.nan
    effect = float((unusual * happened).sum()) / size
    left = happened - _means(happened, cells) - effect * unusual
    score = unusual * left / size
    deals, owners, quarters = (pd.factorize(past[key])[0] for key in _CLUSTERS)
    n = int(quarters.max()) + 1
    by_quarter = _variance(score, quarters)
    shared = [
        _variance(score, group) + by_quarter - _variance(score, group * n + quarters)
        for group in (deals, owners)
    ]
    variance = max(by_quarter, *shared) * n / (n - 1)
    reach = float(stats.t.ppf((1 + COVERED) / 2, n - 1)) * variance**0.5
    return effect, effect - reach, effect + reach


def _means(values: np.ndarray, cells: np.ndarray) -> np.ndarray:
    """The mean of each row's cell."""
    size, sums = np.bincount(cells), np.bincount(cells, values)
    means: np.ndarray = np.divide(sums, size, out=np.zeros_like(sums), where=size > 0)[cells]
    return means


def _variance(score: np.ndarray, groups: np.ndarray) -> float:
    return float((np.bincount(groups, score) ** 2).sum())
