"""How a chance differs from a reference, split into reasons that add up to it exactly.

The logits are sums over reasons. A chance is a smooth function of them, so its difference from the reference
is the integral of its slope along the straight line between the two: reason j gets its share of the logit
times the slope (Aumann and Shapley 1974; methods.md B1). No order of the reasons is preferred.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.risk.design import prepared
from analytics.risk.outcome_model import NEVER, OutcomeModel, cumulated, sigmoid

#: Nodes of the Gauss-Legendre rule: with 48 the error stays below 1e-12 for logits that are 12 apart.
_NODES, _WEIGHTS = np.polynomial.legendre.leggauss(48)
#: A stage's week weighs as much as the stage when it has this many rows.
_WEIGHT = 50.0
#: Enough to know a mean: more rows only take memory.
_MOST_ROWS = 150_000


@dataclass
class Reference:
    """The normal deal of each stage and week: the mean of the model's columns over past landmarks."""

    of_all: np.ndarray
    of_stage: dict[str, np.ndarray]
    of_week: dict[tuple[str, int], np.ndarray]

    @classmethod
    def learned(cls, model: OutcomeModel, rows: pd.DataFrame) -> Reference:
        """From landmark rows; a stage's week is drawn to the stage, and that to all rows."""
        rows = rows.iloc[:: max(1, len(rows) // _MOST_ROWS)].reset_index(drop=True)
        matrix = model.design.matrix(prepared(rows))
        overall = matrix.mean(axis=0)
        of_stage, of_week = {}, {}
        for stage, at in rows.groupby("stage").indices.items():
            middle = (matrix[at].sum(axis=0) + _WEIGHT * overall) / (len(at) + _WEIGHT)
            of_stage[str(stage)] = middle
            weeks = rows["week"].to_numpy()[at]
            for week in np.unique(weeks):
                here = matrix[at[weeks == week]]
                of_week[(str(stage), int(week))] = (here.sum(axis=0) + _WEIGHT * middle) / (
                    len(here) + _WEIGHT
                )
        return cls(overall, of_stage, of_week)

    def for_rows(self, rows: pd.DataFrame) -> np.ndarray:
        """The reference's columns for each row."""
        found = [
            self.of_week.get((stage, week), self.of_stage.get(stage, self.of_all))
            for stage, week in zip(rows["stage"], rows["week"], strict=True)
        ]
        return np.array(found).reshape(len(rows), len(self.of_all))


@dataclass(frozen=True)
class Split:
    """Chances by the end of one quarter (rows x won, lost, open), those of the reference, what reasons add.

    `reasons` names the last axis of `parts` (rows x classes x reasons): start + parts = chances, to 1e-9.
    """

    start: np.ndarray
    chances: np.ndarray
    reasons: list[str]
    parts: np.ndarray


def split(model: OutcomeModel, rows: pd.DataFrame, reference: np.ndarray, ahead: int = 0) -> Split:
    """Split the chances of landmark rows by the end of the quarter `ahead` quarters on.

    `reference`: the model's columns to start from (row by row).
    """
    matrix = model.design.matrix(prepared(rows))
    reasons = list(dict.fromkeys(model.design.reason_of))
    member = np.array([[of == reason for reason in reasons] for of in model.design.reason_of], dtype=float)
    steps = model.steps[: ahead + 1]
    weights = np.stack([np.stack([step.win[1:], step.lose[1:]]) for step in steps])
    constants = np.stack([np.array([step.win[0], step.lose[0]]) for step in steps])
    moved = np.stack(
        [np.stack([((matrix - reference) * w) @ member for w in pair], axis=1) for pair in weights], axis=1
    )  # rows x quarters x models x reasons
    begin = np.einsum("rc,hmc->rhm", reference, weights) + constants
    over = rows["days_to_quarter_end"].to_numpy() <= 0
    begin[over, 0], moved[over, 0] = NEVER, 0.0
    return _along(begin, moved, reasons)


def _along(begin: np.ndarray, moved: np.ndarray, reasons: list[str]) -> Split:
    """Integrate the slope from `begin` (rows x quarters x models) by `moved` (... x reasons)."""
    end = begin + moved.sum(axis=-1)
    slopes = np.zeros((len(begin), 2, *begin.shape[1:]))
    for node, weight in zip(_NODES, _WEIGHTS, strict=True):
        share = (node + 1) / 2
        slopes += weight / 2 * _slopes(begin + share * (end - begin))
    parts = np.einsum("rohm,rhmj->roj", slopes, moved)
    start, chances = _by_end(begin), _by_end(end)
    parts = np.concatenate([parts, -parts.sum(axis=1, keepdims=True)], axis=1)  # open is what is left
    return Split(start, chances, reasons, _to_the_last_bit(start, chances, parts))


def _by_end(logits: np.ndarray) -> np.ndarray:
    return np.stack([of[:, -1] for of in cumulated(logits)], axis=1)


def _to_the_last_bit(start: np.ndarray, chances: np.ndarray, parts: np.ndarray) -> np.ndarray:
    """Give what the integration left over (below 1e-9) to the largest part."""
    left = chances - start - parts.sum(axis=2)
    largest = np.abs(parts).argmax(axis=2)
    mended = parts.copy()
    rows, classes = np.indices(largest.shape)
    mended[rows, classes, largest] += left
    return mended


def _slopes(logits: np.ndarray) -> np.ndarray:
    """How the chance to be won, lost by the last quarter changes with each logit: rows x 2 x quarters x 2."""
    win, lose = sigmoid(logits[..., 0]), sigmoid(logits[..., 1])
    stays = (1 - win) * (1 - lose)
    quarters = win.shape[1]
    before = np.concatenate([np.ones((len(win), 1)), np.cumprod(stays, axis=1)[:, :-1]], axis=1)
    found = np.zeros((len(win), 2, quarters, 2))
    later = np.zeros((len(win), 2))  # chance to be won, lost by the end if still open after this quarter
    for at in range(quarters - 1, -1, -1):
        w, lost = win[:, at], lose[:, at]
        on_win = before[:, at] * w * (1 - w)
        on_lose = before[:, at] * (1 - w) * lost * (1 - lost)
        found[:, 0, at, 0] = on_win * (1 - (1 - lost) * later[:, 0])
        found[:, 1, at, 0] = on_win * (-lost - (1 - lost) * later[:, 1])
        found[:, 0, at, 1] = -on_lose * later[:, 0]
        found[:, 1, at, 1] = on_lose * (1 - later[:, 1])
        stay = (1 - w) * (1 - lost)
        later = np.stack([w + stay * later[:, 0], (1 - w) * lost + stay * later[:, 1]], axis=1)
    return found
