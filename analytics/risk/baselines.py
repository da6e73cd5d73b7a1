"""What a model must beat: the smoothed rates of comparable past landmarks."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.risk.outcome_model import CLASSES

#: A cell weighs as much as the coarser one it is drawn towards when it has this many deals' weeks.
_WEIGHT = 20.0
BASELINES: dict[str, list[str]] = {
    "base rate by week": ["week"],
    "stage x week": ["timing", "stage", "week"],
    "category x week": ["timing", "category", "week"],
}


def smoothed_rates(
    train: pd.DataFrame, rows: pd.DataFrame, by: list[str], weight: np.ndarray | None = None
) -> np.ndarray:
    """Chances (row x CLASSES) by the rates of past landmarks alike in `by`, each drawn to the coarser one.

    `train` needs `outcome_0`. The strong baselines of methods.md A are stage and category by week, apart for
    deals dated in, before and after the quarter. `weight`: how much each row of `train` counts.
    """
    counts = np.ones(len(train)) if weight is None else weight
    happened = np.column_stack([train["outcome_0"].to_numpy() == name for name in CLASSES]).astype(float)
    happened *= counts[:, None]
    chances = np.tile(happened.sum(axis=0) / max(counts.sum(), 1e-9), (len(rows), 1))
    for depth in range(1, len(by) + 1):
        keys = by[:depth]
        table = train[keys].assign(**{name: happened[:, at] for at, name in enumerate(CLASSES)}, n=counts)
        cells = table.groupby(keys)[[*CLASSES, "n"]].sum().reset_index()
        found = rows[keys].merge(cells, on=keys, how="left")[[*CLASSES, "n"]].fillna(0.0).to_numpy()
        chances = (found[:, :3] + _WEIGHT * chances) / (found[:, 3:] + _WEIGHT)
    return chances
