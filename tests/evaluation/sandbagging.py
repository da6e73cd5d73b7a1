"""How well understatement is found: against the hidden spells of deals and the hidden styles of reps."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

from analytics.risk.statements import understatement
from tests.evaluation.scores import interval
from tests.evaluation.worlds import Built

#: The week of each tested quarter at whose first day the open deals are judged.
WEEK = 6
QUARTERS = 4
ENOUGH_DEALS = 15
BELOW, ABOVE = "below its evidence", "above its evidence"
OWNER_BELOW = "states below its evidence"
_NULL = "no sandbagging"


def judged(worlds: list[Built]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Open deals and owners of all worlds and as-of dates, what was said of them and the truth."""
    deals, owners = [], []
    for built in worlds:
        rows, company = built.rows(), built.company
        for quarter in built.tested_quarters()[-QUARTERS:]:
            day = quarter.first_day + timedelta(days=7 * WEEK)
            known = rows[rows["landmark"] <= pd.Timestamp(day)]
            found = understatement(known, company, day)
            names = {"world": built.case.name, "group": built.case.group, "quarter": quarter.key}
            deals.append(found.deals.merge(_spells(built, day), on="deal_id", how="left").assign(**names))
            owners.append(found.owners.merge(_styles(built, day), on="owner_id").assign(**names))
    whole = pd.concat(deals, ignore_index=True)
    null = whole["group"] == _NULL
    whole["bias"] = whole["bias"].fillna(0).astype(int).where(~null, 0)
    return whole, pd.concat(owners, ignore_index=True)


def _spells(built: Built, day: object) -> pd.DataFrame:
    """deal_id, bias in force at the end of a day, is_slow (an honest territory that takes longer)."""
    spells = built.truth("spells")
    spells = spells[spells["from_at"] < pd.Timestamp(day) + pd.Timedelta(days=1)]  # type: ignore[arg-type]
    last = spells.sort_values("from_at", kind="stable").drop_duplicates("deal_id", keep="last")
    truth = built.truth("deals").rename(columns={"is_slow_territory": "is_slow"})
    return truth[["deal_id", "is_slow"]].merge(last[["deal_id", "bias"]], on="deal_id", how="left")


def _styles(built: Built, day: object) -> pd.DataFrame:
    """owner_id, style in force at a day."""
    reps = built.truth("reps")
    reps = reps[pd.to_datetime(reps["from_date"]) <= pd.Timestamp(day)]  # type: ignore[arg-type]
    last = reps.assign(at=pd.to_datetime(reps["from_date"])).sort_values("at", kind="stable")
    last = last.drop_duplicates("person_id", keep="last")
    return last.rename(columns={"person_id": "owner_id"})[["owner_id", "style"]]


def _auc(happened: np.ndarray, score: np.ndarray, weight: np.ndarray | None = None) -> float:
    if weight is not None and (weight * happened).sum() * (weight * ~happened).sum() == 0:
        return float("nan")
    return float(roc_auc_score(happened, score, sample_weight=weight))


def _with_interval(table: pd.DataFrame, happened: pd.Series, score: pd.Series) -> str:
    """AUC with its interval over worlds and quarters; '-' where nothing tells."""
    known = score.notna().to_numpy()
    is_so, value = happened.to_numpy(bool)[known], score.to_numpy(float)[known]
    if not 0 < is_so.sum() < len(is_so):
        return "-"
    blocks = (table["world"] + table["quarter"]).to_numpy(dtype=str)[known]
    low, high = interval(blocks, lambda weight: _auc(is_so, value, weight))
    return f"{_auc(is_so, value):.3f} ({low:.3f}-{high:.3f})"


def sandbag_table(deals: pd.DataFrame, owners: pd.DataFrame) -> pd.DataFrame:
    """A row per group of worlds: AUCs, and what the flags are worth."""
    rows = []
    for group in [*deals["group"].unique(), "all but no sandbagging"]:
        pooled = group.startswith("all but")
        mine = deals[(deals["group"] != _NULL) if pooled else (deals["group"] == group)]
        theirs = owners[(owners["group"] != _NULL) if pooled else (owners["group"] == group)]
        enough = theirs[theirs["n"] >= ENOUGH_DEALS]
        null = group == _NULL
        below, hidden = mine["statement"] == BELOW, mine["bias"] == -1
        rows.append(
            {
                "worlds": group,
                "deals": len(mine),
                "hidden share": hidden.mean(),
                "deal AUC below": _with_interval(mine, hidden, mine["sandbag_score"]),
                "deal AUC above": _with_interval(mine, mine["bias"] == 1, mine["overstated_score"]),
                "flagged": below.mean(),
                "flagged above": (mine["statement"] == ABOVE).mean(),
                "flags right": hidden[below].mean() if below.any() else np.nan,
                "found": below[hidden].mean() if hidden.any() else np.nan,
                "slow honest flagged": below[mine["is_slow"].fillna(False) & ~hidden].mean(),
                "not enough": (mine["statement"] == "not enough evidence").mean(),
                "reps": len(enough),
                "rep AUC below": "-" if null else _with_interval(
                    enough, enough["style"] == "sandbagger", enough["score"]
                ),
                "rep AUC above": "-" if null else _with_interval(
                    enough, enough["style"] == "happy ears", -enough["score"]
                ),
                "reps called": (theirs["verdict"] == OWNER_BELOW).mean(),
                "calls right": np.nan if null else (
                    theirs.loc[theirs["verdict"] == OWNER_BELOW, "style"] == "sandbagger"
                ).mean(),
            }
        )  # fmt: skip
    return pd.DataFrame(rows)
