"""How good chances are: log loss, skill, ranking, calibration; intervals over whole quarters of worlds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from sklearn.metrics import roc_auc_score

CLASSES = ("won", "lost", "open")
_LEAST = 1e-6
_BINS = 10
_DRAWS = 400
_SURE = (0.025, 0.975)


def log_loss(happened: np.ndarray, chances: np.ndarray) -> np.ndarray:
    """The log loss of each row; `happened` indexes CLASSES, the columns of `chances`."""
    found: np.ndarray = -np.log(np.clip(chances[np.arange(len(happened)), happened], _LEAST, 1))
    return found


def auc_within(rows: pd.DataFrame, happened: np.ndarray, score: np.ndarray, by: list[str]) -> float:
    """AUC inside each cell of `by`, averaged by size; NaN where no cell holds both kinds."""
    table = rows[by].assign(_happened=np.asarray(happened, bool), _score=score)
    found, sizes = [], []
    for _, cell in table.groupby(by):
        if 0 < cell["_happened"].sum() < len(cell):
            found.append(roc_auc_score(cell["_happened"], cell["_score"]))
            sizes.append(len(cell))
    return float(np.average(found, weights=sizes)) if found else float("nan")


def calibration(happened: np.ndarray, chance: np.ndarray, weight: np.ndarray) -> tuple[float, float]:
    """Slope and intercept of a logistic regression of what happened on the chance's logit (1, 0: right)."""
    clipped = np.clip(chance, 1e-4, 1 - 1e-4)
    design = np.column_stack([np.ones_like(clipped), np.log(clipped / (1 - clipped))])
    found = np.array([0.0, 1.0])
    for _ in range(8):
        now = 1 / (1 + np.exp(-design @ found))
        slope = design.T @ (weight * (happened - now))
        curve = (design * (weight * now * (1 - now))[:, None]).T @ design
        found = found + np.linalg.solve(curve, slope)
    return float(found[1]), float(found[0])


def expected_calibration_error(happened: np.ndarray, chance: np.ndarray) -> float:
    """Mean distance between chance and frequency in ten bins of equal size."""
    order = np.argsort(chance, kind="stable")
    gaps = [abs(happened[at].mean() - chance[at].mean()) * len(at) for at in np.array_split(order, _BINS)]
    return float(sum(gaps) / len(chance))


def calibration_floor(chance: np.ndarray, deals: np.ndarray, seed: int = 0) -> float:
    """The same error of chances that are right by construction; the weeks of one deal share one draw."""
    rng = np.random.default_rng(seed)
    _, of = np.unique(deals, return_inverse=True)
    errors = [expected_calibration_error(rng.random(of.max() + 1)[of] < chance, chance) for _ in range(20)]
    return float(np.mean(errors))


def interval(
    blocks: np.ndarray, measure: Callable[[np.ndarray], float], seed: int = 0
) -> tuple[float, float]:
    """95 % interval of `measure(weights of rows)`, whole blocks drawn again with replacement."""
    names, of = np.unique(blocks, return_inverse=True)
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(_DRAWS):
        times = np.bincount(rng.integers(len(names), size=len(names)), minlength=len(names))
        found.append(measure(times[of].astype(float)))
    low, high = np.nanquantile(found, _SURE)
    return float(low), float(high)
