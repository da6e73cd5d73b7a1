"""What the product's model is compared with: common learners on the same landmarks, facts and weights."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from catboost import CatBoostClassifier
from interpret.glassbox import ExplainableBoostingClassifier
from lightgbm import LGBMClassifier
from sklearn.ensemble import HistGradientBoostingClassifier

from analytics.risk.design import prepared
from analytics.risk.features import REASONS
from tests.evaluation.scores import CLASSES, log_loss

_KINDS = sorted({kind for reason in REASONS for kind in reason.kinds})
_HALF_LIFE_QUARTERS = 6.0


@dataclass(frozen=True)
class Competitor:
    """A learner and the settings among which an earlier quarter chooses."""

    make: Callable[..., Any]
    settings: tuple[dict[str, Any], ...]


class NestedEbm:
    """Two explainable boosting machines as the product nests its models: won or not; lost or still open."""

    def __init__(self, **settings: Any) -> None:
        self._settings = settings

    def fit(self, table: pd.DataFrame, happened: np.ndarray, sample_weight: np.ndarray) -> None:
        won, left = happened == 0, happened != 0
        self._won = self._one().fit(table, won, sample_weight=sample_weight)
        self._lost = self._one().fit(table[left], happened[left] == 1, sample_weight=sample_weight[left])

    def predict_proba(self, table: pd.DataFrame) -> np.ndarray:
        won, lost = (one.predict_proba(table)[:, 1] for one in (self._won, self._lost))
        return np.column_stack([won, (1 - won) * lost, (1 - won) * (1 - lost)])

    def _one(self) -> ExplainableBoostingClassifier:
        return ExplainableBoostingClassifier(
            outer_bags=1, n_jobs=1, random_state=0, max_bins=32, max_interaction_bins=16,
            early_stopping_rounds=0, **self._settings,
        )  # fmt: skip


def _lightgbm(**settings: Any) -> LGBMClassifier:
    return LGBMClassifier(
        verbosity=-1, random_state=0, subsample=0.7, subsample_freq=1, colsample_bytree=0.5,
        **{"n_jobs": 1} | settings,
    )  # fmt: skip


def _catboost(**settings: Any) -> CatBoostClassifier:
    return CatBoostClassifier(
        loss_function="MultiClass", verbose=False, random_seed=0, thread_count=1, allow_writing_files=False,
        cat_features=_KINDS, max_ctr_complexity=1, **settings,
    )  # fmt: skip


def _hist(**settings: Any) -> HistGradientBoostingClassifier:
    return HistGradientBoostingClassifier(
        early_stopping=False, categorical_features=_KINDS, random_state=0, max_features=0.5, **settings
    )


COMPETITORS: dict[str, Competitor] = {
    "LightGBM": Competitor(
        _lightgbm,
        (
            {"num_leaves": 6, "learning_rate": 0.05, "n_estimators": 200, "min_child_samples": 400},
            {"num_leaves": 12, "learning_rate": 0.03, "n_estimators": 200, "min_child_samples": 400},
            {"num_leaves": 12, "learning_rate": 0.05, "n_estimators": 250, "min_child_samples": 150},
        ),
    ),
    "CatBoost": Competitor(
        _catboost,
        (
            {"depth": 4, "learning_rate": 0.08, "iterations": 250, "l2_leaf_reg": 30},
            {"depth": 6, "learning_rate": 0.06, "iterations": 200, "l2_leaf_reg": 60},
        ),
    ),
    "HistGradientBoosting": Competitor(
        _hist,
        (
            {"max_leaf_nodes": 6, "learning_rate": 0.05, "max_iter": 200, "min_samples_leaf": 400},
            {"max_leaf_nodes": 12, "learning_rate": 0.03, "max_iter": 200, "min_samples_leaf": 400},
            {"max_leaf_nodes": 12, "learning_rate": 0.05, "max_iter": 250, "min_samples_leaf": 150},
        ),
    ),
    "EBM": Competitor(
        NestedEbm,
        (
            {"learning_rate": 0.03, "max_rounds": 60, "min_samples_leaf": 200, "interactions": 8},
            {"learning_rate": 0.03, "max_rounds": 150, "min_samples_leaf": 200, "interactions": 8},
        ),
    ),
}


def facts(rows: pd.DataFrame, without: frozenset[str] = frozenset()) -> pd.DataFrame:
    """The columns that the product's model looks at, as numbers and words. `without`: reasons left out."""
    table = prepared(rows)
    numbers = [number.column for one in REASONS if one.key not in without for number in one.numbers]
    kinds = [kind for one in REASONS if one.key not in without for kind in one.kinds]
    found = table[[*dict.fromkeys(numbers), "stage_order", "week"]].astype(float)
    return found.assign(**{kind: table[kind].astype(str) for kind in dict.fromkeys(kinds)})


def foretell(
    name: str, settings: dict[str, Any], train: pd.DataFrame, tests: list[pd.DataFrame]
) -> list[np.ndarray]:
    """Fit on landmarks whose outcome is known; the chances (row x CLASSES) of each table of `tests`."""
    tables = [facts(one) for one in (train, *tests)]
    for kind in _KINDS:
        known = sorted(tables[0][kind].unique())
        for at, table in enumerate(tables):
            seen = table[kind].where(table[kind].isin(known), known[0])
            codes = pd.Categorical(seen, categories=known)
            tables[at] = table.assign(**{kind: seen if name == "CatBoost" else codes})
    happened = pd.Series(train["outcome_0"]).map({word: at for at, word in enumerate(CLASSES)}).to_numpy(int)
    age = (train["first_day"].max() - train["first_day"]).dt.days / 91.3
    model = COMPETITORS[name].make(**settings)
    model.fit(tables[0], happened, sample_weight=(0.5 ** (age / _HALF_LIFE_QUARTERS)).to_numpy())
    return [np.asarray(model.predict_proba(table)) for table in tables[1:]]


def chosen_settings(name: str, train: pd.DataFrame, last: pd.DataFrame) -> dict[str, Any]:
    """The settings that foretold the quarter `last` best from the landmarks before it."""
    happened = last["outcome_0"].map({word: at for at, word in enumerate(CLASSES)}).to_numpy(int)
    losses = [
        float(log_loss(happened, foretell(name, settings, train, [last])[0]).mean())
        for settings in COMPETITORS[name].settings
    ]
    return COMPETITORS[name].settings[int(np.argmin(losses))]
