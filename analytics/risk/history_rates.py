"""The chance of every open deal by the rates of comparable past deals: the baseline of all later models.

Comparable: open on the same day of a past quarter, in the same stage, dated in / before / after that quarter
or not at all. Small groups are drawn towards the rate of all stages with the same timing, and those towards
the rate of all open deals (empirical Bayes with a fixed weight; methods.md A: "smoothed historical stage x
week rates are a very strong baseline").
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.company import Company
from analytics.fiscal import Quarter
from analytics.pipeline.deals import deals_as_of
from analytics.pipeline.stage_rates import Landmarks, landmarks
from analytics.problems import BadInput, NotEnough
from analytics.store.database import Store
from analytics.wording import percent

#: A group weighs as much as its parent when it has this many deals.
WEIGHT = 20.0
#: Fewer past deals than this carry no rate at all.
MIN_DEALS = 30
MIN_QUARTERS = 2


@dataclass(frozen=True)
class Scored:
    """Every deal open at a day, with its chances, and what they rest on.

    `deals`: the columns of `deals_as_of` plus `timing`, `p_won`, `p_lost`, `p_slip` (sum 1),
    `expected_amount`, `reasons`; the chances are NaN where `missing` says why.
    """

    deals: pd.DataFrame
    past: Landmarks
    amount_ratio: float  # what a won deal closes at / what it was stated at, on average
    missing: NotEnough | None

    @property
    def status(self) -> str:
        """One sentence: which method, on how much history."""
        if self.missing:
            return f"no chances: {self.missing}"
        n = int(self.past.rows["deals"].sum())
        return (
            f"smoothed history rates by stage and week: {n:,} open deals at the same day of"
            f" {len(self.past.quarters)} past quarters ({self.past.quarters[0]} to {self.past.quarters[-1]})"
        )


def must_not_be_over(quarter: Quarter, as_of: date) -> None:
    """Raises BadInput if the quarter ended before `as_of`; asked before what takes long is learned."""
    if quarter.last_day < as_of:
        raise BadInput(
            f"the quarter {quarter} ended on {quarter.last_day}, before the as-of date",
            expected="the as-of date's quarter or a later one",
            got=f"as of {as_of}",
            to_do="Choose an as-of date within the quarter to see it as it was then.",
        )


def score(store: Store, company: Company, as_of: date, quarter: Quarter) -> Scored:
    """Chances of every deal open at the end of `as_of` to be won, lost or still open when `quarter` ends.

    Raises BadInput if the quarter ended before `as_of`.
    """
    must_not_be_over(quarter, as_of)
    deals = deals_as_of(store, company, as_of, closed_since=as_of)
    deals = deals[deals["is_open"]].reset_index(drop=True)
    deals["timing"] = timing(deals["close_date"], quarter)
    past = landmarks(store, company, as_of, quarter)
    n, quarters = int(past.rows["deals"].sum()), len(past.quarters)
    if n < MIN_DEALS or quarters < MIN_QUARTERS:
        missing = NotEnough(
            f"{n} comparable past deals in {quarters} complete quarters; {MIN_DEALS} deals in {MIN_QUARTERS}"
            " quarters are needed",
            n,
        )
        empty = deals.assign(
            p_won=np.nan, p_lost=np.nan, p_slip=np.nan, expected_amount=np.nan, reasons=str(missing)
        )
        return Scored(empty, past, 1.0, missing)
    ratio = _amount_ratio(past.rows)
    return Scored(_with_chances(deals, past.rows, ratio), past, ratio, None)


def timing(close_date: pd.Series, quarter: Quarter) -> pd.Series:
    """Where close dates lie against a quarter: 'in quarter', 'earlier', 'later' or 'no date'."""
    first, last = pd.Timestamp(quarter.first_day), pd.Timestamp(quarter.last_day)
    words = np.select(
        [close_date.isna(), close_date < first, close_date > last],
        ["no date", "earlier", "later"],
        "in quarter",
    )
    return pd.Series(words, index=close_date.index)


def rates(rows: pd.DataFrame) -> pd.DataFrame:
    """Smoothed rates by (timing, stage) from landmark outcomes: `n`, `won`, `lost`, `p_won`, `p_lost`.

    The row ("timing", "") holds the rate of all stages with that timing, ("", "") that of all deals.
    """
    whole = rows[["deals", "won", "lost"]].sum()
    of_all = {"n": whole["deals"], "won": whole["won"], "lost": whole["lost"]}
    of_all |= {"p_won": whole["won"] / whole["deals"], "p_lost": whole["lost"] / whole["deals"]}
    table = {("", ""): of_all}
    for timing, group in rows.groupby(rows["timing"].astype(str)):
        table[(str(timing), "")] = _shrunken(group[["deals", "won", "lost"]].sum(), of_all)
        for stage, cell in group.groupby("stage"):
            counts = cell[["deals", "won", "lost"]].sum()
            table[(str(timing), str(stage))] = _shrunken(counts, table[(str(timing), "")])
    return pd.DataFrame.from_dict(table, orient="index")


def _shrunken(counts: pd.Series, parent: dict[str, float]) -> dict[str, float]:
    n = float(counts["deals"])
    return {
        "n": n,
        "won": float(counts["won"]),
        "lost": float(counts["lost"]),
        "p_won": (counts["won"] + WEIGHT * parent["p_won"]) / (n + WEIGHT),
        "p_lost": (counts["lost"] + WEIGHT * parent["p_lost"]) / (n + WEIGHT),
    }


def _amount_ratio(rows: pd.DataFrame) -> float:
    """What a won deal closes at by what it was stated at: the mean over deals, drawn towards 1."""
    n, summed = float(rows["won_with_amounts"].sum()), float(rows["closed_to_stated"].sum())
    return (summed + WEIGHT) / (n + WEIGHT)


def _with_chances(deals: pd.DataFrame, rows: pd.DataFrame, ratio: float) -> pd.DataFrame:
    table = rates(rows)
    keys = [
        best_key(table, timing, stage) for timing, stage in zip(deals["timing"], deals["stage"], strict=True)
    ]
    found = table.loc[keys] if keys else table.iloc[:0]
    p_won, p_lost = found["p_won"].to_numpy(float), found["p_lost"].to_numpy(float)
    scored = deals.assign(p_won=p_won, p_lost=p_lost, p_slip=1 - p_won - p_lost)
    scored["expected_amount"] = (scored["amount_company"] * scored["p_won"] * ratio).round(2)
    scored["reasons"] = [
        _reason(key, n, won, stated)
        for key, n, won, stated in zip(
            keys, found["n"].to_numpy(float), found["won"].to_numpy(float), deals["probability"], strict=True
        )
    ]
    return scored


def best_key(table: pd.DataFrame, timing: str, stage: str) -> tuple[str, str]:
    """The finest row of `rates` that speaks of such deals."""
    for key in ((timing, stage), (timing, "")):
        if key in table.index:
            return key
    return ("", "")


_WHEN = {
    "in quarter": "dated in the quarter",
    "earlier": "with a close date before the quarter",
    "later": "dated later",
    "no date": "without a close date",
    "": "",
}


def _reason(key: tuple[str, str], n: float, won: float, stated: float) -> str:
    timing, stage = key
    which = f"{stage} deals" if stage else "deals of all stages"
    text = f"{which} {_WHEN[timing]} on this day of past quarters: {won:.0f} of {n:.0f} won by the end"
    return text + (f"; the CRM states {percent(stated)}" if pd.notna(stated) else "")
