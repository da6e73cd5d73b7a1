"""How uncertain what was learned is: the weights of a fitted model, had chance dealt other history."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from analytics.risk.design import Design, prepared
from analytics.risk.outcome_model import OutcomeModel, cumulated, recency, sigmoid, thinned

Cluster = Literal["deal_id", "quarter"]
_ROWS = 15_000
_FEWEST = 10


def with_constant(design: Design, rows: pd.DataFrame) -> np.ndarray:
    """The model's columns for landmark rows, the constant first."""
    return np.column_stack([np.ones(len(rows)), design.matrix(prepared(rows))])


def redrawn(
    design: Design,
    weights: np.ndarray,
    learned: pd.DataFrame,
    strength: float,
    *,
    by: Cluster,
    draws: int,
    outcome: str = "outcome_0",
) -> np.ndarray:
    """Changes of the chance-to-win weights (weight x draw) when deals or quarters count by chance.

    One Newton step of a bootstrap with normal multipliers per cluster, from landmark rows with `outcome`
    known. The draws are the same for every model, so that differences of models are drawn together.
    """
    cluster, names = pd.factorize(learned[by])
    draw = np.random.default_rng(0).standard_normal((len(names), draws))
    x = with_constant(design, learned)
    chance = sigmoid(x @ weights)
    weight = recency(learned)
    left = ((learned[outcome] == "won").to_numpy(float) - chance) * weight
    pull = np.diag([1e-6, *[1 / strength] * (x.shape[1] - 1)])
    curvature = (x * (weight * chance * (1 - chance))[:, None]).T @ x + pull
    order = np.argsort(cluster, kind="stable")
    starts = np.searchsorted(cluster[order], np.arange(len(names)))
    of_clusters = np.add.reduceat((x * left[:, None])[order], starts, axis=0)
    step: np.ndarray = np.linalg.solve(curvature, of_clusters.T @ draw)
    return step


def redrawn_chances(
    model: OutcomeModel, rows: pd.DataFrame, today: pd.DataFrame, *, draws: int, ahead: int = 0
) -> np.ndarray:
    """Chances to be won by the end of each quarter up to `ahead`, by redrawn histories: draw x row x quarter.

    `rows`: the landmarks that the model was learned from; quarters of the past are redrawn, not deals, for
    the deals of one quarter share their luck.
    """
    known = thinned(rows[rows["outcome_0"].notna()], _ROWS)
    strength = model.strength * model.rows / max(len(known), 1)  # fewer rows, drawn in as much
    logits = np.repeat(model.logits(today)[None, :, : ahead + 1], draws, axis=0)
    x = with_constant(model.design, today)
    going_on = np.ones(len(known), dtype=bool)
    for quarters, step in enumerate(model.steps[: ahead + 1]):
        outcome = f"outcome_{quarters}"
        here = known[going_on & known[outcome].notna().to_numpy()]
        if here[outcome].eq("won").sum() >= _FEWEST:
            changes = redrawn(
                model.design, step.win, here, strength, by="quarter", draws=draws, outcome=outcome
            )
            logits[:, :, quarters, 0] += (x @ changes).T
        going_on &= known[outcome].eq("open").to_numpy()
    return np.stack([cumulated(one)[0] for one in logits])
