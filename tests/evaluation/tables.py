"""The tables of `docs/evaluation.md` about the outcome model."""

from __future__ import annotations

import pickle

import numpy as np
import pandas as pd

from tests.evaluation.forward import PRODUCT, happened, tested_rows
from tests.evaluation.scores import (
    auc_within,
    calibration,
    calibration_floor,
    expected_calibration_error,
    interval,
    log_loss,
)
from tests.evaluation.worlds import Built

TRUTH = "truth"


def predictions(worlds: list[Built]) -> pd.DataFrame:
    """Tested landmarks of all worlds: group, world, quarter, happened, and p__METHOD__CLASS columns."""
    parts = []
    for built in worlds:
        rows = tested_rows(built, built.rows())
        columns = ["deal_id", "owner_id", "quarter", "week", "timing", "amount_company"]
        table = rows[columns].assign(world=built.case.name, group=built.case.group, happened=happened(rows))
        chances = {TRUTH: rows[["true_won", "true_lost", "true_slip"]].to_numpy()}
        for path in sorted(built.folder.glob("chances_*.pickle")):
            chances |= pickle.loads(path.read_bytes())
        for name, one in chances.items():
            table = table.assign(**{f"p__{name}__{at}": one[:, at] for at in range(3)})
        parts.append(table)
    return pd.concat(parts, ignore_index=True)


def methods_of(table: pd.DataFrame) -> list[str]:
    """The methods of which chances are known in every row."""
    names = dict.fromkeys(name.split("__")[1] for name in table.columns if name.startswith("p__"))
    return [name for name in names if table[f"p__{name}__0"].notna().all()]


def chances_of(table: pd.DataFrame, method: str) -> np.ndarray:
    """Row x class."""
    return table[[f"p__{method}__{at}" for at in range(3)]].to_numpy(dtype=float)


def blocks_of(table: pd.DataFrame) -> np.ndarray:
    """The quarter of the world: what intervals draw again."""
    return (table["world"] + " " + table["quarter"]).to_numpy(dtype=str)


def score_table(table: pd.DataFrame) -> pd.DataFrame:
    """A row per method: log loss, share of attainable skill, AUC, calibration, its error."""
    code = table["happened"].to_numpy()
    loss = {name: log_loss(code, chances_of(table, name)) for name in methods_of(table)}
    weeks = ["world", "quarter", "week"]
    due = table[table["timing"] == "in quarter"]
    rows = []
    for name in loss:
        won = chances_of(table, name)[:, 0]
        slope, intercept = calibration(code == 0, won, np.ones(len(won)))
        rows.append(
            {
                "method": name,
                "log loss": loss[name].mean(),
                "skill": _skill(loss, name, "base rate by week"),
                "skill over stage x week": _skill(loss, name, "stage x week"),
                "AUC won": auc_within(table, code == 0, won, weeks),
                "AUC slip, dated in quarter": auc_within(
                    due, due["happened"] == 2, chances_of(due, name)[:, 2], weeks
                ),
                "slope": slope,
                "intercept": intercept,
                "ECE": expected_calibration_error(code == 0, won),
                "ECE floor": calibration_floor(won, (table["world"] + table["deal_id"]).to_numpy(dtype=str)),
            }
        )
    return pd.DataFrame(rows).sort_values("log loss").reset_index(drop=True)


def _skill(loss: dict[str, np.ndarray], name: str, base: str) -> float:
    least = loss[base].mean()
    return float((least - loss[name].mean()) / (least - loss[TRUTH].mean()))


def difference(table: pd.DataFrame, new: str, old: str) -> tuple[float, float, float]:
    """How much higher the log loss of `new` is than that of `old`: mean, 95 % interval over quarters."""
    code = table["happened"].to_numpy()
    apart = log_loss(code, chances_of(table, new)) - log_loss(code, chances_of(table, old))
    low, high = interval(blocks_of(table), lambda weight: float(np.average(apart, weights=weight)))
    return float(apart.mean()), low, high


def slope_interval(table: pd.DataFrame, method: str) -> tuple[float, float, float]:
    """Calibration slope of P(won), with its interval over quarters of worlds."""
    won, chance = table["happened"].to_numpy() == 0, chances_of(table, method)[:, 0]
    slope = calibration(won, chance, np.ones(len(chance)))[0]
    low, high = interval(blocks_of(table), lambda weight: calibration(won, chance, weight)[0])
    return slope, low, high


def report(table: pd.DataFrame) -> str:
    """All of it as text, per group of worlds and pooled."""
    lines = []
    for group, mine in [*table.groupby("group", sort=False), ("all", table)]:
        lines.append(f"\n### {group}: {mine['world'].nunique()} worlds, {len(mine):,} landmarks")
        lines.append(score_table(mine).round(4).to_string())
        for name in methods_of(mine):
            if name not in (PRODUCT, TRUTH):
                gap, low, high = difference(mine, PRODUCT, name)
                lines.append(f"  {PRODUCT} - {name}: {gap:+.4f} ({low:+.4f} to {high:+.4f})")
        lines.append("  slope {:.3f} ({:.3f} to {:.3f})".format(*slope_interval(mine, PRODUCT)))
    return "\n".join(lines)
