"""The tables of `docs/evaluation.md` about the quarter's end; intervals draw whole world-quarters again."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
from scipy.stats import norm

from analytics.forecast.baselines import METHODS, STAGE
from tests.evaluation.quarters import OURS, Foretold
from tests.evaluation.scores import interval

#: The weeks at which the range must hold, and those at which P50 is compared.
RANGE_WEEKS, POINT_WEEKS = (3, 6, 9), (3, 6)
#: The families of mechanisms; their worlds are pooled.
FAMILIES = ("queue", "proportional", "threshold")
NORMAL = f"{STAGE}, normal residuals"
_FEWEST_PAST = 2
_RANGE = norm.ppf(0.9)
Measure = Callable[[np.ndarray], float]


def points_of(found: Sequence[tuple[str, Foretold]], kind: str = "company") -> pd.DataFrame:
    """Points of all worlds (pairs of group and world), with their block (the quarter of a world)."""
    table = pd.concat([one.points.assign(group=group) for group, one in found], ignore_index=True)
    table = table[table["kind"] == kind]
    return table.assign(block=table["world"] + " " + table["quarter"]).reset_index(drop=True)


def said_of(found: Sequence[tuple[str, Foretold]]) -> pd.DataFrame:
    """What every method said of the company in the tested quarters; STAGE also with a range: sd, crps."""
    parts = []
    for group, one in found:
        ours = one.points[(one.points["kind"] == "company") & (one.points["variant"] == OURS)]
        ours = ours.assign(method=OURS, value=ours["p50"])
        said = pd.concat([ours, normal_residuals(one.said)], ignore_index=True)
        said = said[said["quarter"].isin(ours["quarter"]) & said["week"].isin(ours["week"])]
        world = ours["world"].iloc[0]
        parts.append(said.assign(group=group, world=world, block=world + " " + said["quarter"]))
    columns = ["group", "world", "block", "quarter", "week", "method", "value", "actual", "sd", "crps"]
    return pd.concat(parts, ignore_index=True)[columns]


def normal_residuals(said: pd.DataFrame, method: str = STAGE) -> pd.DataFrame:
    """`said` of one world with `sd` and `crps` of a normal range around `method`'s value.

    The sd at a week is the root mean square of the relative errors at that week of earlier quarters (at least
    two), times the value.
    """
    table = said.assign(sd=np.nan, off=said["actual"] / said["value"] - 1).reset_index(drop=True)
    mine = table[(table["method"] == method) & (table["value"] > 0)]
    for _, week in mine.groupby("week"):
        for quarter, now in week.groupby("quarter"):
            past = week.loc[week["quarter"] < quarter, "off"]
            if len(past) >= _FEWEST_PAST:
                table.loc[now.index, "sd"] = np.sqrt((past**2).mean()) * now["value"]
    return table.assign(crps=normal_crps(table["value"], table["sd"], table["actual"]))


def normal_crps(mean: pd.Series, sd: pd.Series, actual: pd.Series) -> pd.Series:
    """Continuous ranked probability score of a normal distribution (Gneiting and Raftery 2007)."""
    z = (actual - mean) / sd
    return pd.Series(sd * (z * (2 * norm.cdf(z) - 1) + 2 * norm.pdf(z) - 1 / np.sqrt(np.pi)))


def share(table: pd.DataFrame, top: pd.Series, bottom: pd.Series) -> tuple[float, float, float]:
    """sum(top) / sum(bottom) with its 95 % interval over blocks."""
    up, down = top.to_numpy(float), bottom.to_numpy(float)

    def measure(weight: np.ndarray) -> float:
        return float((weight * up).sum() / (weight * down).sum())

    return measure(np.ones(len(up))), *interval(table["block"].to_numpy(dtype=str), measure)


def ranges(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Per `by`: world-quarters, share held, width, CRPS and error of P50 over what was booked, bias."""
    rows = []
    for names, one in table.groupby(by, sort=False):
        held = one["actual"].between(one["p10"], one["p90"]).astype(float)
        ones = pd.Series(1.0, index=one.index)
        actual = one["actual"]
        rows.append(
            dict(zip(by, names, strict=False))
            | {
                "n": one["block"].nunique(),
                "held": with_interval(share(one, held, ones), 0),
                "below": f"{(one['actual'] < one['p10']).mean():.0%}",
                "above": f"{(one['actual'] > one['p90']).mean():.0%}",
                "width": (one["p90"] - one["p10"]).sum() / actual.sum(),
                "crps": one["crps"].sum() / actual.sum(),
                "wape": (one["p50"] - actual).abs().sum() / actual.sum(),
                "bias": with_interval(share(one, one["expected"] - actual, actual), 1),
                "bias of P50": (one["p50"] - actual).sum() / actual.sum(),
            }
        )
    return pd.DataFrame(rows)


def against_normal(said: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Per `by`: our CRPS and that of STAGE with normal residuals over the actual, the gain, its range."""
    keys = ["group", "block", "week"]
    ours = said[said["method"] == OURS].set_index(keys)["crps"].rename("ours")
    rival = said[(said["method"] == STAGE) & said["crps"].notna()].join(ours, on=keys).assign(all="pooled")
    rows = []
    for names, one in rival.groupby(by or ["all"], sort=False):
        held = ((one["actual"] - one["value"]).abs() <= _RANGE * one["sd"]).mean()
        gain = share(one, one["crps"] - one["ours"], one["crps"])
        rows.append(
            dict(zip(by, names, strict=False))
            | {
                "n": one["block"].nunique(),
                "ours": one["ours"].sum() / one["actual"].sum(),
                "rival": one["crps"].sum() / one["actual"].sum(),
                "gain": with_interval(gain, 0),
                "rival held": f"{held:.0%}",
                "rival width": 2 * _RANGE * one["sd"].sum() / one["actual"].sum(),
            }
        )
    return pd.DataFrame(rows)


def methods_table(said: pd.DataFrame, weeks: Sequence[int]) -> pd.DataFrame:
    """A row per method: WAPE with interval at each week, ours less its (where both spoke), bias pooled."""
    ours = said[said["method"] == OURS].set_index(["block", "week"])["value"].rename("ours")
    table = said.dropna(subset=["value"]).join(ours, on=["block", "week"])
    rows = []
    for method, mine in table.groupby("method"):
        row: dict[str, object] = {"method": method}
        for week in weeks:
            one = mine[mine["week"] == week]
            if len(one):
                off, our_off = (one["value"] - one["actual"]).abs(), (one["ours"] - one["actual"]).abs()
                row[f"n {week}"] = one["block"].nunique()
                row[f"week {week}"] = with_interval(share(one, off, one["actual"]), 1)
                row[f"ours less it, {week}"] = with_interval(share(one, our_off - off, one["actual"]), 1)
                row[f"bias {week}"] = f"{(one['value'] - one['actual']).sum() / one['actual'].sum():+.1%}"
        rows.append(row)
    order = {name: place for place, name in enumerate([OURS, *METHODS])}
    return pd.DataFrame(rows).sort_values("method", key=lambda names: names.map(order).fillna(99))


def target_table(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Brier score of the chance to reach the target, against each group's own rate (known in hindsight)."""
    known = table.dropna(subset=["target"]).assign(all="pooled")
    rows = []
    for names, one in known.groupby(by or ["all"], sort=False):
        reached = (one["actual"] >= one["target"]).astype(float)
        ours, base = (one["p_target"] - reached) ** 2, (reached.mean() - reached) ** 2
        rows.append(
            dict(zip(by, names, strict=False))
            | {
                "n": one["block"].nunique(),
                "points": len(one),
                "reached": reached.mean(),
                "said": one["p_target"].mean(),
                "brier": with_interval(share(one, ours, pd.Series(1.0, index=one.index)), 3, percent=False),
                "base rate": base.mean(),
                "gain": with_interval(share(one, base - ours, base), 0),
            }
        )
    return pd.DataFrame(rows)


def parts_table(table: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """What each part earns: the range of each variant, and by how much its CRPS lies above ours."""
    ours = table[table["variant"] == OURS].set_index(["block", "week", "key"])["crps"].rename("ours")
    joined = table.join(ours, on=["block", "week", "key"])
    gains = []
    for names, one in joined.groupby(["variant", *by], sort=False):
        gain = with_interval(share(one, one["crps"] - one["ours"], one["crps"]), 1)
        gains.append(dict(zip(["variant", *by], names, strict=True)) | {"ours lower by": gain})
    return ranges(table, ["variant", *by]).merge(pd.DataFrame(gains), on=["variant", *by])


def with_interval(found: tuple[float, float, float], digits: int, *, percent: bool = True) -> str:
    """'76% (66% to 85%)'."""
    kind = f".{digits}{'%' if percent else 'f'}"
    middle, low, high = (format(value, kind) for value in found)
    return f"{middle} ({low} to {high})"


def quarter_report(found: Sequence[tuple[str, Foretold]]) -> str:
    """All tables as text: the families pooled, all worlds, then each group."""
    groups = dict.fromkeys(group for group, _ in found)
    pooled = {"families": [one for one in found if one[0] in FAMILIES], "all": list(found)}
    pooled |= {group: [one for one in found if one[0] == group] for group in groups}
    lines = []
    for name, mine in pooled.items():
        if mine:
            lines += [f"\n## {name}: {len(mine)} worlds", *_tables(mine, name == "families")]
    return "\n".join(lines)


def _tables(found: Sequence[tuple[str, Foretold]], whole: bool) -> list[str]:
    points, said = points_of(found), said_of(found)
    ours = points[points["variant"] == OURS]
    inside = ours[ours["week"].isin(RANGE_WEEKS)].assign(weeks="3, 6, 9")
    tables = {
        "range by week": ranges(ours, ["week"]),
        "range, pooled": ranges(inside, ["weeks"]),
        f"CRPS against {NORMAL}": against_normal(said, ["week"]),
        "the same, pooled": against_normal(said, []),
        "methods": methods_table(said, sorted(said["week"].unique()) if whole else POINT_WEEKS),
        "target": target_table(ours, []),
        "parts, weeks 3, 6, 9": parts_table(points[points["week"].isin(RANGE_WEEKS)], []),
        "parts by week": parts_table(points, ["week"]) if whole else pd.DataFrame(),
    }
    for kind in ("team", "owner"):
        of_kind = points_of(found, kind)
        of_kind = of_kind[(of_kind["variant"] == OURS) & (of_kind["actual"] >= 0)]
        tables[f"range of each {kind}"] = ranges(of_kind, ["week"])
        if kind == "team":
            tables["target of teams"] = target_table(of_kind, [])

    return [f"\n{name}\n{one.round(3).to_string(index=False)}" for name, one in tables.items() if len(one)]
