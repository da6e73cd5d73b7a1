"""What such evidence normally gets stated, learned from other owners' deals.

Evidence is what an owner does not choose to state: people, activity, age, the business case, kind of deal,
team, time in stage, past slips, the owner's tenure and quota. A statement is the close date, the forecast
category, the amount, the stage.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.risk.design import Design, prepared
from analytics.risk.features import REASONS

#: Reasons of the outcome model that are statements, or follow from them, or from how they came true.
_NOT_EVIDENCE = frozenset(
    {reason.key for reason in REASONS if reason.family == "statement"}
    | {"category moves", "contradictions", "owner's past"}
)
#: Stage is evidence for the date and the category; for the stage itself it cannot be.
_STAGE = ("stage", "time in stage")
#: Columns that hardly differ within an owner: they could tell one owner's habit as a rule for all.
_OF_OWNERS = ("tenure", "quota")
#: Pull towards no effect: as if so many deals, or owners, had shown none. Weeks of a deal count as one deal.
_PULL_DEALS, _PULL_OWNERS = 30.0, 10.0
_FOLDS = 8
#: With fewer owners than this a deal is judged by all other deals, its owner's too.
_FEWEST_OWNERS = 4
_FEWEST_ROWS = 30


@dataclass(frozen=True)
class Evidence:
    """The evidence of each landmark as numbers, and the fold in which it is left out when learning."""

    matrix: np.ndarray
    reason_of: np.ndarray  # the reason of the outcome model that each column belongs to
    fold: np.ndarray
    deal: np.ndarray  # numbers, for counting
    owner: np.ndarray

    def usual(
        self, values: pd.Series, learn_from: np.ndarray | None = None, *, by_stage: bool = True
    ) -> np.ndarray:
        """What such evidence usually gets for `values` (a row per landmark), by other owners' deals only.

        `learn_from`: the rows to learn from; `by_stage`: whether the stage is part of the evidence. NaN
        everywhere where too few values are known.
        """
        y = values.to_numpy(dtype=float)
        known = np.isfinite(y) & (True if learn_from is None else learn_from)
        found = np.full(len(y), np.nan)
        if known.sum() < _FEWEST_ROWS:
            return found
        used = np.isin(self.reason_of, () if by_stage else _STAGE, invert=True)
        x = np.column_stack([np.ones(len(y)), self.matrix[:, used]])
        pull = np.diag([1e-6, *self._pull(known)[used]])
        folds = range(int(self.fold.max()) + 1)
        squares, products = [], []
        for one in folds:
            here = known & (self.fold == one)
            of_fold = x[here]
            squares.append(of_fold.T @ of_fold)
            products.append(of_fold.T @ y[here])
        for one in folds:
            others = sum(squares) - squares[one] + pull
            weights = np.linalg.solve(others, sum(products) - products[one])
            here = self.fold == one
            found[here] = x[here] @ weights
        return found

    def _pull(self, known: np.ndarray) -> np.ndarray:
        """The pull on each column, in rows."""
        rows = known.sum()
        per_deal, per_owner = (rows / len(np.unique(one[known])) for one in (self.deal, self.owner))
        of_owners = np.isin(self.reason_of, _OF_OWNERS)
        return np.asarray(np.where(of_owners, _PULL_OWNERS * per_owner, _PULL_DEALS * per_deal))


def evidence_of(rows: pd.DataFrame) -> Evidence:
    """The evidence of landmark rows."""
    table = prepared(rows)
    design = Design.fitted(table, bends=True, larger=False, without=_NOT_EVIDENCE)
    matrix = np.column_stack([design.matrix(table), _quota_left(rows)])
    deal, owner = (pd.factorize(rows[key])[0] for key in ("deal_id", "owner_id"))
    return Evidence(matrix, np.array([*design.reason_of, "quota"]), _folds(rows), deal, owner)


def _quota_left(rows: pd.DataFrame) -> np.ndarray:
    """Quota attained x time left, around 0 with deviation 1: who is done early may state the rest later."""
    attained = np.log1p(rows["rep_attainment"].clip(0, 3)).fillna(0)
    product = (attained * rows["days_to_quarter_end"]).to_numpy(float)
    return np.asarray((product - product.mean()) / max(float(product.std()), 1e-9))


def _folds(rows: pd.DataFrame) -> np.ndarray:
    """A fold per row. All deals of an owner share one: nobody takes part in what they are judged by."""
    owner = rows.groupby("deal_id")["owner_id"].transform("last")
    groups = owner if owner.nunique() >= _FEWEST_OWNERS else rows["deal_id"]
    codes, _ = pd.factorize(groups, sort=True)
    return np.asarray(codes % _FOLDS)


def standardised(values: pd.Series, usual: np.ndarray) -> pd.Series:
    """How far each value lies above what is usual, in standard deviations of that distance."""
    distance = values - usual
    spread = float(distance.std())
    return pd.Series(distance / spread if spread > 1e-9 else np.nan, index=values.index)


def mean_of(parts: Sequence[pd.Series]) -> pd.Series:
    """The mean of those parts that are known; NaN where none is."""
    return pd.Series(pd.concat(parts, axis=1).mean(axis=1))
