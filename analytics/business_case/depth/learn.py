"""Learns the numbers of the depth model from answers with levels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import cohen_kappa_score
from sklearn.model_selection import StratifiedKFold

from analytics.business_case.depth.features import QUESTIONS, Measured, measure
from analytics.business_case.depth.gaming import gamed
from analytics.business_case.depth.model import (
    LEVELS,
    DepthModel,
    Linear,
    Scale,
    depth_inputs,
    gate_inputs,
    numbered,
    vectorizer,
)

_SEED = 7
#: A good answer under another question teaches the gate, but is far rarer in life than there are such pairs.
_MISPLACED = 0.005
_MISPLACED_TOPIC, _LEVEL_0_TOPIC = 0.4, 1.5
#: Weight of a gamed copy: more costs agreement with honest answers, less lets numbers and names earn a level.
_GAMED = 0.1
#: Weight of answers written to show weak points: they are not as frequent in life, and choose no cut.
_HARD = 0.3


@dataclass(frozen=True)
class _Rows:
    """Answers to learn from: measured, question asked (its number), level, author, how much each counts."""

    measured: list[Measured]
    asked: Any
    level: Any
    author: Any
    weight: Any

    @classmethod
    def of(cls, answers: pd.DataFrame, real: int) -> _Rows:
        """Measure answers; those after the first `real` ones are gamed."""
        return cls(
            [measure(text) for text in answers["answer"]],
            numbered(list(answers["question"])),
            answers["level"].to_numpy(dtype=int),
            answers["author"].to_numpy(),
            np.where(np.arange(len(answers)) < real, np.where(answers["author"] == "e", _HARD, 1.0), _GAMED),
        )

    def at(self, rows: Any) -> _Rows:
        """Some of the rows."""
        measured = [self.measured[row] for row in rows]
        return _Rows(measured, self.asked[rows], self.level[rows], self.author[rows], self.weight[rows])


def learn(answers: pd.DataFrame) -> DepthModel:
    """The model of `question`, `answer`, `level`, `author`; its cuts come from authors left out in turn."""
    rows = _Rows.of(pd.concat([answers, gamed(answers)], ignore_index=True), real=len(answers))
    expected = np.zeros(len(answers))
    for known, held in _folds(rows):
        expected[held], _ = _fitted(rows.at(known), np.zeros(4)).expected(
            rows.asked[held], rows.at(held).measured
        )
    chosen = np.flatnonzero(rows.weight[: len(answers)] == 1.0)
    return _fitted(rows, _best_cuts(expected[chosen], rows.level[chosen]))


def kappa(given: Any, found: Any) -> float:
    """Quadratic weighted kappa of two rows of levels: 1 = the same, 0 = as by chance."""
    return float(cohen_kappa_score(given, found, weights="quadratic", labels=list(LEVELS)))


def _folds(rows: _Rows) -> list[tuple[Any, Any]]:
    """Each author left out in turn: all rows of the others, and the real answers of this one."""
    real = rows.weight == 1.0
    authors = np.unique(rows.author[real])
    if len(authors) == 1:
        raise ValueError("the cuts need answers of two authors at least")
    return [
        (np.flatnonzero(rows.author != one), np.flatnonzero((rows.author == one) & real)) for one in authors
    ]


def _fitted(rows: _Rows, cuts: Any) -> DepthModel:
    scale = _scale([one for one, weight in zip(rows.measured, rows.weight, strict=True) if weight == 1.0])
    topics, wide = scale.of(rows.measured)
    asked, level, weight = rows.asked, rows.level, rows.weight
    scores = np.zeros((len(level), len(QUESTIONS)))
    for known, held in StratifiedKFold(6, shuffle=True, random_state=_SEED).split(asked, asked):
        part = _topic(topics[known], asked[known], level[known], weight[known])
        scores[held] = part.scores(topics[held])
    answers = level > 0
    inputs = depth_inputs(wide, asked)[answers]
    above = [_yes_or_no(inputs, level[answers] > cut, 2.0, weight[answers]) for cut in LEVELS[1:-1]]
    return DepthModel(
        scale=scale,
        topic=_topic(topics, asked, level, weight),
        gate=_gate(scores, wide, rows),
        depth=_joined(above),
        cuts=cuts,
    )


def _scale(measured: list[Measured]) -> Scale:
    rules = np.array([one.rules for one in measured])
    spread = rules.std(axis=0)
    terms = vectorizer().fit([one.terms for one in measured])
    return Scale(terms, rules.mean(axis=0), np.where(spread == 0, 1.0, spread))


def _topic(inputs: Any, asked: Any, level: Any, weight: Any) -> Linear:
    """Per question: real answers to it against level 0 under it, and (lighter) good answers to the others."""
    models = []
    for key in range(len(QUESTIONS)):
        own = asked == key
        good = own & (level > 0)
        use = own | (level >= 2)
        share = weight * np.where(good, 1.0, np.where(own, _LEVEL_0_TOPIC, _MISPLACED_TOPIC))
        models.append(_yes_or_no(inputs[use], good[use], 2.0, share[use]))
    return _joined(models)


def _gate(scores: Any, wide: Any, rows: _Rows) -> Linear:
    """Learned from all answers, and from good ones put under each question that they were not given to."""
    n, good = len(rows.level), np.flatnonzero(rows.level >= 2)
    pairs = np.array([(row, key) for row in good for key in range(len(QUESTIONS)) if key != rows.asked[row]])
    at = np.concatenate([np.arange(n), pairs[:, 0]])
    asked = np.concatenate([rows.asked, pairs[:, 1]])
    real = np.arange(len(at)) < n
    share = rows.weight[at] * np.where(real, 1.0, _MISPLACED)
    inputs = gate_inputs(scores[at], wide[at], asked)
    return _joined([_yes_or_no(inputs, (rows.level[at] > 0) & real, 1.0, share)])


def _yes_or_no(inputs: Any, truth: Any, strength: float, weight: Any) -> LogisticRegression:
    model = LogisticRegression(
        C=strength, solver="liblinear", dual=True, tol=1e-3, max_iter=1000, random_state=_SEED
    )
    return model.fit(inputs, truth, sample_weight=weight)


def _joined(models: list[LogisticRegression]) -> Linear:
    # rounded, so that the shipped file is short and says what the model says
    weights = np.vstack([one.coef_ for one in models]).round(4)
    return Linear(weights, np.concatenate([one.intercept_ for one in models]).round(4))


def _best_cuts(expected: Any, level: Any) -> Any:
    """Where to cut the expected level for the best kappa: each cut in turn, three times, steps of 0.05."""
    cuts = np.array([0.5, 1.5, 2.5, 3.5])
    for at in [0, 1, 2, 3] * 3:
        steps = np.arange(at + 0.2, at + 1.05, 0.05)
        tries = [np.sort(np.where(np.arange(4) == at, value, cuts)) for value in steps]
        cuts = max(tries, key=lambda one: kappa(level, np.digitize(expected, one)))
    return cuts
