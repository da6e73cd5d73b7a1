"""How often decisions held, by kind, by deal and by person; and overrides against the model and the rep.

Shares are withheld below FEWEST judged decisions: a few could be luck. Nothing is ranked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import stats

from analytics.forecast.accuracy import CONFIDENCE
from analytics.intervals import wilson
from analytics.problems import NotEnough
from analytics.review.grades import HELD, NOT_HELD, NOT_JUDGED, STILL_OPEN

#: Fewer judged decisions than this have no share.
FEWEST = 8
COUNTS = {"held": HELD, "did_not_hold": NOT_HELD, "open": STILL_OPEN, "cannot_be_judged": NOT_JUDGED}
COLUMNS = ["decisions", "judged", *COUNTS, "share", "low", "high"]


@dataclass(frozen=True)
class Paired:
    """Mean difference of squared errors (other - override; positive: the override was nearer), per deal, with
    its 90% interval over `n` deals."""

    n: int
    mean: float
    low: float
    high: float


def tally(entries: pd.DataFrame, by: str | None = None) -> pd.DataFrame:
    """Counts of verdicts, per value of a column (as it is first met) or together: by, COLUMNS.

    `judged` = held + did not hold; `share` = held / judged with its Wilson interval (90%), NaN where fewer
    than FEWEST were judged.
    """
    groups = entries.assign(all="all").groupby(by or "all", sort=False)
    rows = []
    for name, mine in groups:
        counts = {key: int((mine["verdict"] == verdict).sum()) for key, verdict in COUNTS.items()}
        judged = counts["held"] + counts["did_not_hold"]
        share, low, high = _share(counts["held"], judged)
        shares = {"share": share, "low": low, "high": high}
        rows.append({(by or "all"): name, "decisions": len(mine), "judged": judged, **counts, **shares})
    table = pd.DataFrame(rows, columns=[by or "all", *COLUMNS])
    return table if by else table.drop(columns="all")


def _share(held: int, judged: int) -> tuple[float, float, float]:
    if judged < FEWEST:
        return np.nan, np.nan, np.nan
    return held / judged, *wilson(held / judged, judged)


def nearer(overrides: pd.DataFrame, than: str) -> Paired | NotEnough:
    """Overrides of a probability against others; `than`: 'than_model' or 'than_rep' of `graded_overrides`.

    A deal counts once, by the mean of its overrides. NotEnough below FEWEST deals.
    """
    known = overrides[overrides[than].notna()]
    mine = known.groupby("deal_id")[than].mean().to_numpy(float)
    n = len(mine)
    if n < FEWEST:
        return NotEnough(f"{FEWEST} deals with an outcome are needed", n)
    mean, spread = float(mine.mean()), float(mine.std(ddof=1)) / np.sqrt(n)
    reach = float(stats.t.ppf(0.5 + CONFIDENCE / 2, n - 1)) * spread
    return Paired(n, mean, mean - reach, mean + reach)


def off_by(overrides: pd.DataFrame) -> tuple[int, float, float]:
    """Won deals whose amount was overridden: how many, and by how much (mean, company currency) the override
    and the amount stated then were off; NaN where there are none. A deal counts once, by its overrides' mean.
    """
    known = overrides[overrides["money_error"].notna() & overrides["seen_money_error"].notna()]
    if known.empty:
        return 0, np.nan, np.nan
    by_deal = known.groupby("deal_id")[["money_error", "seen_money_error"]].mean()
    mine, stated = by_deal.mean()
    return len(by_deal), float(mine), float(stated)
