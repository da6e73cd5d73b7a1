"""From what was measured to a level 0-4: three sets of linear weights, learned from answers with levels.

1. *Topic*: how much the text looks like an answer to each of the seven questions.
2. *Gate*: whether it answers the question asked, from the topic scores and all else that was measured.
3. *Depth*: the chances of level 2, 3 and 4 at least, given that it answers.
The expected level, cut where it agreed best with authors that were left out, is the level.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from analytics.business_case.depth.features import QUESTIONS, Measured, measure
from analytics.business_case.depth.limits import YES_NO

LEVELS = (0, 1, 2, 3, 4)
#: How much rules and words count, in depth and in topic. Chosen with authors left out; flat around it.
_RULES, _TERMS = 0.2, 4.0
_TOPIC_RULES, _TOPIC_TERMS = 0.5, 3.5


@dataclass(frozen=True)
class Linear:
    """Weights of several yes-no questions."""

    weights: Any
    start: Any

    def scores(self, inputs: Any) -> Any:
        """Log odds, a row per row of `inputs`, a column per question."""
        return np.asarray(inputs @ self.weights.T) + self.start

    def chances(self, inputs: Any) -> Any:
        """The same as probabilities."""
        return 1 / (1 + np.exp(-self.scores(inputs)))


@dataclass(frozen=True)
class Scale:
    """Makes inputs of what was measured: words by their rarity, rules by their mean and spread."""

    terms: TfidfVectorizer
    middle: Any
    spread: Any

    def of(self, measured: list[Measured]) -> tuple[Any, Any]:
        """The inputs of the topic, and those of gate and depth: sparse, a row per answer."""
        terms = self.terms.transform([one.terms for one in measured])
        topics = np.array([one.topics for one in measured]) * _TOPIC_RULES
        rules = (np.array([one.rules for one in measured]) - self.middle) / self.spread * _RULES
        return (
            sparse.hstack([terms * _TOPIC_TERMS, sparse.csr_matrix(topics)], format="csr"),
            sparse.hstack([sparse.csr_matrix(rules), terms * _TERMS], format="csr"),
        )


@dataclass(frozen=True)
class DepthModel:
    """Learned numbers; gives each answer an expected level."""

    scale: Scale
    topic: Linear
    gate: Linear
    depth: Linear
    cuts: Any

    def expected(self, asked: Any, measured: list[Measured]) -> tuple[Any, Any]:
        """The expected level of each answer (0.0-4.0), and the number of the question it looks most like."""
        topics, wide = self.scale.of(measured)
        scores = self.topic.scores(topics)
        answers = self.gate.chances(gate_inputs(scores, wide, asked))[:, 0]
        above = np.minimum.accumulate(self.depth.chances(depth_inputs(wide, asked)), axis=1)
        return answers * (1 + above.sum(axis=1)), scores.argmax(axis=1)

    def judge(self, questions: list[str], measured: list[Measured]) -> tuple[Any, list[str]]:
        """Levels 0-4 within what the rules allow, and the question that each text looks most like."""
        if not measured:
            return np.array([], dtype=int), []
        level, subject = self.expected(numbered(questions), measured)
        lowest, highest = np.array([one.limits for one in measured]).T
        levels = np.clip(np.digitize(level, self.cuts), lowest, highest)
        for row, (question, one) in enumerate(zip(questions, measured, strict=True)):
            if one.bare:
                levels[row] = question in YES_NO
        return levels, [QUESTIONS[at] for at in subject]

    def levels(self, questions: list[str], answers: list[str]) -> Any:
        """Levels 0-4 of texts."""
        return self.judge(questions, [measure(text) for text in answers])[0]


def vectorizer(vocabulary: list[str] | None = None) -> TfidfVectorizer:
    """Terms come as lists; those of fewer than three answers are left out."""
    return TfidfVectorizer(analyzer=list, min_df=3, sublinear_tf=True, vocabulary=vocabulary)


def numbered(questions: list[str]) -> Any:
    """Each question's number; ValueError for one that is none of the seven."""
    return np.array([QUESTIONS.index(question) for question in questions], dtype=int)


def gate_inputs(scores: Any, wide: Any, asked: Any) -> Any:
    """The topic score of the question asked against the best other one, each pair of them, and all else."""
    rows = np.arange(len(asked))
    mine = scores[rows, asked]
    others = scores.copy()
    others[rows, asked] = -9.0
    best = others.max(axis=1)
    hot = np.eye(len(QUESTIONS))[asked]
    crossed = (hot[:, :, None] * scores[:, None, :]).reshape(len(asked), -1) * 0.2
    parts = np.column_stack([mine, best, mine - best, np.minimum(mine, 0), crossed, hot * 0.5])
    return sparse.hstack([sparse.csr_matrix(parts), wide], format="csr")


def depth_inputs(wide: Any, asked: Any) -> Any:
    """All that was measured, and the question asked."""
    return sparse.hstack([wide, sparse.csr_matrix(np.eye(len(QUESTIONS))[asked] * 0.5)], format="csr")
