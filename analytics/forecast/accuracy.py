"""How far the forecast was off in past quarters, beside the simpler methods; always with how many quarters.

Weeks of one quarter resemble each other: whatever is pooled over weeks says how many quarters it rests on.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.stats import norm, t

from analytics.forecast.baselines import CALLED, STAGE, STAGE_PERCENT
from analytics.intervals import wilson
from analytics.problems import NotEnough
from analytics.wording import listed, percent

OURS = "Plumbline"
#: The methods that the sentence beside the number compares with, in its words.
SPOKEN = {STAGE_PERCENT: "won + weighted pipeline", CALLED: "the submitted commit"}
#: Fewer quarters than this say nothing about how far to trust a number.
FEWEST = 3
#: Of the intervals around shares that are given here.
CONFIDENCE = 0.90
_CENT = 0.01


def compared(points: pd.DataFrame, baselines: pd.DataFrame, kind: str = "company") -> pd.DataFrame:
    """What each method said beside what happened: quarter, week, key, method, value, actual, ours.

    `points`: of `Record`; `baselines`: of `baselines`. The forecast itself (its P50, also in `ours`) is the
    method OURS. Methods that had nothing to say have no row there.
    """
    by = ["quarter", "week", "key"]
    columns = [*by, "method", "value", "actual", "ours"]
    if points.empty:
        return pd.DataFrame(columns=columns)
    mine = points[points["kind"] == kind]
    base = mine[[*by, "actual"]].assign(ours=mine["p50"])
    others = baselines.loc[baselines["kind"] == kind, [*by, "method", "value"]]
    ours = base.assign(method=OURS, value=base["ours"])
    table = pd.concat([ours, others.merge(base, on=by)], ignore_index=True)
    return table.dropna(subset=["value"])[columns].reset_index(drop=True)


def errors(table: pd.DataFrame, by: list[str] | None = None) -> pd.DataFrame:
    """Error of each method, by `by` (['week'], ['key'] ...; pooled without): method, n, wape, bias, ours.

    `n`: quarters; wape = sum|value - actual| / sum actual, bias = sum(value - actual) / sum actual (positive:
    foretold too much), `ours`: the forecast's WAPE on the very points that the method spoke of.
    """
    groups = [*(by or []), "method"]
    off = table.assign(
        off=table["value"] - table["actual"],
        apart=(table["value"] - table["actual"]).abs(),
        ours=(table["ours"] - table["actual"]).abs(),
    )
    sums = off.groupby(groups)[["off", "apart", "ours", "actual"]].sum()
    n = off.groupby(groups)["quarter"].nunique()
    whole = sums["actual"].where(sums["actual"] > 0)
    found = pd.DataFrame(
        {"n": n, "wape": sums["apart"] / whole, "bias": sums["off"] / whole, "ours": sums["ours"] / whole}
    )
    return found.reset_index().sort_values([*groups[:-1], "wape"]).reset_index(drop=True)


def coverage(points: pd.DataFrame, by: list[str] | None = None) -> pd.DataFrame:
    """How often the 80 % range held: n (quarters), points, held, share, low, high, width.

    `low`, `high`: Wilson interval of the share that counts a quarter and key once, however many of their
    weeks are pooled; `width`: of P10-P90, over what was booked. A point on the edge counts as held.
    """
    groups = by or []
    columns = [*groups, "n", "points", "held", "share", "low", "high", "width"]
    if points.empty:
        return pd.DataFrame(columns=columns)
    table = points.assign(
        all="pooled",
        held=points["actual"].between(points["p10"], points["p90"]),
        width=points["p90"] - points["p10"],
        unit=points["quarter"] + "\t" + points["kind"] + "\t" + points["key"],
    )
    rows = []
    for name, one in table.groupby(groups or ["all"]):
        share, units = float(one["held"].mean()), one["unit"].nunique()
        low, high = wilson(share, units)
        width = one["width"].sum() / one["actual"].sum() if one["actual"].sum() > 0 else np.nan
        counts = (one["quarter"].nunique(), len(one), int(one["held"].sum()))
        rows.append((*(name if groups else ()), *counts, share, low, high, width))
    return pd.DataFrame(rows, columns=columns)


def scores(points: pd.DataFrame, by: list[str] | None = None) -> pd.DataFrame:
    """Scores of the whole range over what was booked, lower is better: n, crps, pinball_10, _50, _90."""
    groups = by or []
    columns = ["crps", "pinball_10", "pinball_50", "pinball_90"]
    if points.empty:
        return pd.DataFrame(columns=[*groups, "n", *columns])
    table = points.assign(all="pooled")
    for level in (10, 50, 90):
        over = table["actual"] - table[f"p{level}"]
        table[f"pinball_{level}"] = np.maximum(over * level / 100, over * (level / 100 - 1))
    grouped = table.groupby(groups or ["all"])
    found = grouped[columns].sum().div(grouped["actual"].sum(), axis=0)
    found.insert(0, "n", grouped["quarter"].nunique())
    return found.reset_index()[[*groups, "n", *columns]]


def normal_crps(table: pd.DataFrame, points: pd.DataFrame, method: str = STAGE) -> pd.DataFrame:
    """The forecast's CRPS beside a baseline's with normal residuals, by week: week, n, ours, baseline, gain.

    The baseline's spread at a week is the root mean square of its relative errors there in earlier tested
    quarters (at least FEWEST - 1; of all keys). Both over what was booked; gain = 1 - ours / baseline.
    """
    said = table[(table["method"] == method) & (table["value"] > 0)].assign(
        off=lambda one: one["actual"] / one["value"] - 1
    )
    rows = []
    for (quarter, week), now in said.groupby(["quarter", "week"]):
        past = said[(said["quarter"] < quarter) & (said["week"] == week)]
        if past["quarter"].nunique() >= FEWEST - 1:
            spread = (float(np.sqrt((past["off"] ** 2).mean())) * now["value"]).clip(lower=_CENT)
            z = (now["actual"] - now["value"]) / spread
            score = spread * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi))
            rows.append(now.assign(baseline=score))
    columns = ["week", "n", "ours", "baseline", "gain"]
    if not rows:
        return pd.DataFrame(columns=columns)
    by = ["quarter", "week", "key"]
    both = pd.concat(rows)[[*by, "actual", "baseline"]].merge(points[[*by, "crps"]], on=by)
    sums = both.groupby("week")[["actual", "crps", "baseline"]].sum()
    found = sums[["crps", "baseline"]].div(sums["actual"], axis=0).rename(columns={"crps": "ours"})
    found = found.assign(
        n=both.groupby("week")["quarter"].nunique(), gain=1 - found["ours"] / found["baseline"]
    )
    return found.reset_index()[columns]


def bias_by_key(points: pd.DataFrame, said: str = "p50") -> pd.DataFrame:
    """Whether each team (or owner) is foretold too high or too low: key, n, bias, low, high; worst first.

    bias = sum(said - actual) / sum actual, positive: too high; `low`, `high`: 90 % interval that counts a
    quarter once (Student's t; NaN with fewer than FEWEST). `said`: p50 or expected.
    """
    columns = ["key", "n", "bias", "low", "high"]
    if points.empty:
        return pd.DataFrame(columns=columns)
    table = points.assign(off=points[said] - points["actual"])
    rows = []
    for key, one in table.groupby(["key", "quarter"])[["off", "actual"]].mean().groupby(level="key"):
        n, whole = len(one), float(one["actual"].sum())
        bias = float(one["off"].sum()) / whole if whole > 0 else np.nan
        rest = float(((one["off"] - bias * one["actual"]) ** 2).sum())
        around = np.nan
        if n >= FEWEST and whole > 0:
            around = t.ppf(0.5 + CONFIDENCE / 2, n - 1) * np.sqrt(n / (n - 1) * rest) / whole
        rows.append((key, n, bias, bias - around, bias + around))
    return pd.DataFrame(rows, columns=columns).sort_values(
        "bias", key=abs, ascending=False, ignore_index=True
    )


def target_chances(points: pd.DataFrame) -> dict[str, float] | NotEnough:
    """Brier score of the chance to reach the target: n (quarters), brier, base_rate, gain.

    The base rate of a quarter is the share of earlier quarters that reached it, drawn to one half by two
    quarters. gain = 1 - brier / base_rate, positive: better than the base rate.
    """
    has_targets = {"target", "p_target"} <= set(points.columns)
    known = points.dropna(subset=["target", "p_target"]) if has_targets else points.iloc[:0]
    n = known["quarter"].nunique() if len(known) else 0
    if n < FEWEST:
        return NotEnough(f"{FEWEST} past quarters with a target are needed", n)
    reached = (known["actual"] >= known["target"]).astype(float)
    by_quarter = reached.groupby(known["quarter"]).mean().sort_index()
    before = (by_quarter.cumsum() - by_quarter + 1.0) / (np.arange(len(by_quarter)) + 2.0)
    brier = float(((known["p_target"] - reached) ** 2).mean())
    base = float(((known["quarter"].map(before) - reached) ** 2).mean())
    return {"n": n, "brier": brier, "base_rate": base, "gain": 1 - brier / base}


def in_words(table: pd.DataFrame, points: pd.DataFrame, week: int, key: str = "") -> str | NotEnough:
    """The sentence beside the number: how far off it was at this week (from 0) of past quarters.

    `table`: of `compared`; `points`: those of the same kind; `key`: the team or owner, '' = the company. A
    week later than any tested one counts as the last that was.
    """
    mine = table[table["key"] == key]
    weeks = mine.loc[mine["week"] <= week, "week"]
    at = weeks.max() if len(weeks) else week
    off = errors(mine[mine["week"] == at]).set_index("method")
    quarters, wape = off["n"].to_dict(), off["wape"].to_dict()
    n = quarters.get(OURS, 0)
    if n < FEWEST:
        return NotEnough(f"{FEWEST} past quarters are needed to say how far off this number was", n)
    if np.isnan(wape[OURS]):
        return NotEnough("nothing was booked in the past quarters", n)
    others = [
        f"{name} by {percent(wape[method])}{_fewer(quarters[method], n)}"
        for method, name in SPOKEN.items()
        if method in wape
    ]
    held = int(coverage(points[(points["key"] == key) & (points["week"] == at)])["held"].iloc[0])
    said = listed([f"this was off by {percent(wape[OURS])} on average", *others])
    return f"At week {at + 1} of the last {n} quarters {said}; its 80% range held {held} of {n}."


def _fewer(n: int, of: int) -> str:
    return "" if n == of else f" ({n} of them)"
