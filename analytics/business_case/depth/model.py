"""From marks to a level 0-4: an ordinal model, trained in memory from the answers in the repository."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.ensemble import ExtraTreesClassifier
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedKFold
from sklearn.preprocessing import StandardScaler

from analytics.business_case.depth.marks import Mark, find_marks, sentences_of, tokens_of
from analytics.business_case.depth.vocabulary import MARKS, SLOTS

TRAINING = Path(__file__).parents[1] / "training"
FILES = ("answers_a.csv", "answers_b.csv", "examples.csv")
QUESTIONS = tuple(SLOTS)
LEVELS = (0, 1, 2, 3, 4)
_REGEX_MARKS = [
    "money",
    "percent",
    "duration",
    "ratio",
    "count",
    "comparison",
    "date",
    "period",
    "deadline",
    "quotation",
    "honorific",
    "initial_name",
    "document",
    "acronym",
    "seller_money",
    "bare_yes",
    "question",
    "if_then",
    "so_then",
    "person",
    "named_role",
    "role_with_name",
]
_NAMES = tuple(dict.fromkeys([*MARKS, *_REGEX_MARKS]))
_MEASURES = (
    "money",
    "percent",
    "duration",
    "ratio",
    "count",
    "comparison",
    "date",
    "period",
    "deadline",
    "quantity_word",
)
_PEOPLE = frozenset({"person", "honorific", "initial_name", "named_role", "role_with_name"})
_AT = {name: at for at, name in enumerate(_NAMES)}
FEATURES = (
    *_NAMES,
    *(f"seller_{name}" for name in _MEASURES),
    *(f"slot_{key}" for key in QUESTIONS),
    "slot_asked", "slot_best_other", "slot_margin",
    "person_and_date", "person_and_evidence", "date_and_evidence", "role_and_date", "named_and_measure",
    "explained", "measured", "owner", "evidence_near", "full_evidence", "first_person_share", "their_share", "words_log", "short",
    "seller_share", "pitch_share", "concrete", "names_only",
)  # fmt: skip


def load(*names: str) -> pd.DataFrame:
    """Training answers of the named files, one under the other."""
    frames = [pd.read_csv(TRAINING / name, keep_default_na=False, dtype={"answer": str}) for name in names]
    return pd.concat(frames, ignore_index=True)


def features_of(question: str, text: str, marks: list[Mark]) -> list[float]:
    """The measured features of one answer. Length only as a capped log."""
    ours = _seller_sentences(marks)
    counts = np.zeros(len(_NAMES))
    sold = dict.fromkeys(_MEASURES, 0)
    slots = dict.fromkeys(QUESTIONS, 0.0)
    kinds: dict[int, set[str]] = {}
    for mark in marks:
        if mark.rule.startswith("slot:"):
            slots[mark.rule[5:]] += 1
            continue
        kinds.setdefault(mark.sentence, set()).add("people" if mark.rule in _PEOPLE else mark.rule)
        if mark.sentence in ours and mark.rule in sold:
            sold[mark.rule] += 1
        else:
            counts[_AT[mark.rule]] += 1
    got = {name for name in _NAMES if counts[_AT[name]]}
    words = len(tokens_of(text))
    return [
        *np.minimum(counts, 3),
        *(min(value, 3) for value in sold.values()),
        *_slot_values(question, slots),
        *_combined(got, kinds, text),
        *_shares(counts, words, got, len(ours), len(sentences_of(text)) + 1),
    ]


def _seller_sentences(marks: list[Mark]) -> set[int]:
    return {mark.sentence for mark in marks if mark.rule in ("seller", "generic_cust")}


def _slot_values(question: str, slots: dict[str, float]) -> list[float]:
    capped = {key: min(value, 5.0) for key, value in slots.items()}
    other = max((value for key, value in capped.items() if key != question), default=0.0)
    asked = capped.get(question, 0.0)
    return [*capped.values(), asked, other, asked - other]


def _combined(got: set[str], kinds: dict[int, set[str]], text: str) -> list[float]:
    people = bool(got & _PEOPLE)
    owner = people or "role" in got
    explained = bool(got & {"cause", "if_then", "so_then", "change"})
    measured = bool(got & {"money", "percent", "duration", "ratio", "comparison", "count", "deadline"})
    evidence = bool(got & {"evidence", "quotation", "document"})
    near = any(
        ({"people", "role"} & found) and ({"evidence", "quotation", "document", "date"} & found)
        for found in kinds.values()
    )
    full = any(
        ({"people", "role"} & found) and ({"evidence", "quotation", "document"} & found) and "date" in found
        for found in kinds.values()
    )
    return [
        float(value)
        for value in (
            people and "date" in got, people and evidence, "date" in got and evidence, owner and "date" in got,
            people and measured, explained, measured, owner, near, full,
        )
    ]  # fmt: skip


def _shares(counts: Any, words: int, got: set[str], ours: int, sentences: int) -> list[float]:
    per = max(words, 4)
    concrete = len(
        got & {"customer", "role", "acronym", "count", "money", "document", "person", "consequence"}
    )
    return [
        counts[_AT["our"]] / per, counts[_AT["they"]] / per, float(np.log1p(min(words, 60))), float(words <= 4),
        ours / sentences, counts[_AT["pitch"]] / per, float(concrete),
        float(bool(got & _PEOPLE) and not got & {"customer", "role", "evidence"}),
    ]  # fmt: skip


_SHOWN = (
    "person",
    "honorific",
    "initial_name",
    "date",
    "period",
    "money",
    "percent",
    "duration",
    "ratio",
    "count",
)
_MASKED = (*_SHOWN, "role", "evidence", "cause", "seller", "customer", "hedge", "pitch")


def masked(text: str, marks: list[Mark]) -> str:
    """The text with what the rules found replaced by the rule's name: patterns that no customer's words disturb."""
    names: dict[int, tuple[str, int]] = {}
    for mark in marks:
        if mark.rule not in _MASKED:
            continue
        held = names.get(mark.start)
        if held is None or _MASKED.index(mark.rule) < _MASKED.index(held[0]):
            names[mark.start] = (mark.rule, mark.end)
    out: list[str] = []
    until = -1
    for word, start, end in tokens_of(text):
        if start < until:
            continue
        if start in names:
            out.append(f"x{names[start][0]}")
            until = names[start][1]
        elif word[0].isdigit():
            out.append("xnumber")
        elif text[start].isupper() and start > 0 and text[start : start + 2].isupper():
            out.append("xacronym")
        else:
            out.append(
                word
                if len(word) < 4 or word in _COMMON
                else "xname"
                if text[start].isupper() and start
                else "w"
            )
        until = max(until, end)
    return " ".join(out)


_COMMON: frozenset[str] = frozenset(
    [
        "with",
        "that",
        "this",
        "they",
        "their",
        "from",
        "have",
        "been",
        "were",
        "will",
        "would",
        "should",
        "could",
        "when",
        "them",
    ]
)


#: Questions whose answers say much the same; an answer moved within a group may still be an answer.
_GROUP = {"problem": "case", "root_cause": "case", "impact": "case"}


def _misplaced(questions: list[str], level: Any, share: float, seed: int) -> tuple[list[int], list[str]]:
    """Good answers put under a question that they do not answer: level 0 by the rubric."""
    chance = np.random.default_rng(seed)
    rows = [int(at) for at in np.flatnonzero(level >= 2) if chance.random() < share]
    asked = []
    for at in rows:
        own = _GROUP.get(questions[at], questions[at])
        others = [key for key in QUESTIONS if _GROUP.get(key, key) != own]
        asked.append(str(others[int(chance.integers(len(others)))]))
    return rows, asked


def _topic_rules(marks: list[Mark]) -> list[float]:
    """What the rules say about the subject of a text: slot words per question, and which marks it has."""
    slots = dict.fromkeys(QUESTIONS, 0.0)
    names = dict.fromkeys(_NAMES, 0.0)
    for mark in marks:
        if mark.rule.startswith("slot:"):
            slots[mark.rule[5:]] += 1
        else:
            names[mark.rule] = 1.0
    whole = max(sum(slots.values()), 1.0)
    return [*(min(n, 4) / 4 for n in slots.values()), *(n / whole for n in slots.values()), *names.values()]


def _pairs(topics: Any, questions: list[str]) -> Any:
    """Question asked x question answered, as log chances; and the margin to the best other question."""
    asked = np.array([[float(question == key) for key in QUESTIONS] for question in questions])
    logs = np.log(topics + 0.02)
    mine = (logs * asked).sum(axis=1, keepdims=True)
    other = np.where(asked > 0, -9.0, logs).max(axis=1, keepdims=True)
    crossed = (asked[:, :, None] * (logs[:, None, :] + 2.0)).reshape(len(questions), -1)
    return np.hstack([crossed * 0.5, mine, mine - other, other])


def _gated(chances: Any, gate: Any) -> Any:
    """Chances with the part that the gate doubts moved to level 0. Steepness and share chosen across authors."""
    doubt = 0.7 / (1 + np.exp(2 * (gate + 2)))
    out = chances * (1 - doubt)[:, None]
    out[:, 0] += doubt
    return out


class DepthModel:
    """Fitted on answers with levels; gives each answer the chance of every level."""

    def __init__(
        self,
        seed: int = 7,
        weights: tuple[float, float, float] = (1 / 3, 1 / 3, 1 / 3),
    ) -> None:
        self.seed, self.weights = seed, weights

    def fit(self, answers: pd.DataFrame) -> DepthModel:
        """Learn from `question`, `answer`, `level`."""
        texts, questions = list(answers["answer"]), list(answers["question"])
        level = answers["level"].to_numpy(dtype=int)
        self._topic_words = TfidfVectorizer(
            ngram_range=(1, 2), min_df=1, sublinear_tf=True, strip_accents="unicode"
        )
        self._words = TfidfVectorizer(
            ngram_range=(1, 2), min_df=2, sublinear_tf=True, strip_accents="unicode"
        )
        self._shapes = TfidfVectorizer(ngram_range=(1, 3), min_df=3, sublinear_tf=True, token_pattern=r"\S+")
        self._scale = StandardScaler()
        marks = [find_marks(text) for text in texts]
        topics = self._fit_topics(texts, questions, level, marks)
        gate = self._fit_gate(topics, questions, level)
        dense = self._dense(texts, questions, marks, topics, gate)
        self._scale.fit(dense)
        self._words.fit(texts)
        self._shapes.fit([masked(text, found) for text, found in zip(texts, marks, strict=True)])
        wide = self._wide(texts, questions, marks, dense)
        self._cuts = [LogisticRegression(C=1.0, max_iter=500).fit(wide, level > cut) for cut in LEVELS[:-1]]
        self._trees = ExtraTreesClassifier(
            250, min_samples_leaf=2, max_features=0.3, random_state=self.seed, n_jobs=1
        ).fit(dense, level)
        self._direct = LogisticRegression(C=1.0, max_iter=500).fit(wide, level)
        return self

    def _fit_topics(self, texts: list[str], questions: list[str], level: Any, marks: list[list[Mark]]) -> Any:
        """The question that a text answers; for the training texts, as judged without the text itself."""
        self._topic_words.fit(texts)
        every = self._topic_inputs(texts, marks)
        asked = np.array(questions)
        good = level >= 1
        out = np.zeros((len(texts), len(QUESTIONS)))
        for known, held in StratifiedKFold(8, shuffle=True, random_state=self.seed).split(texts, asked):
            use = known[good[known]]
            out[held] = self._topic_model().fit(every[use], asked[use]).predict_proba(every[held])
        self._topic = self._topic_model().fit(every[good], asked[good])
        return out[:, self._topic_order()]

    @staticmethod
    def _topic_model() -> LogisticRegression:
        return LogisticRegression(C=2.0, max_iter=300)

    def _topic_order(self) -> list[int]:
        return [list(self._topic.classes_).index(key) for key in QUESTIONS]

    def _topic_inputs(self, texts: list[str], marks: list[list[Mark]]) -> Any:
        found = sparse.csr_matrix(np.array([_topic_rules(one) for one in marks]))
        return sparse.hstack([self._topic_words.transform(texts) * 1.5, found], format="csr")

    def _topics(self, texts: list[str], marks: list[list[Mark]]) -> Any:
        return self._topic.predict_proba(self._topic_inputs(texts, marks))[:, self._topic_order()]

    def _fit_gate(self, topics: Any, questions: list[str], level: Any) -> Any:
        """Whether a text answers the question asked, learned with answers moved under other questions."""
        rows, moved = _misplaced(questions, level, 1.0, self.seed)
        real, unreal = _pairs(topics, questions), _pairs(topics[rows], moved)
        good = (level >= 1).astype(int)
        out = np.zeros(len(questions))
        owner = np.array(rows, dtype=int)
        for known, held in StratifiedKFold(8, shuffle=True, random_state=self.seed).split(real, good):
            kept = np.isin(owner, known)
            inputs = np.vstack([real[known], unreal[kept]])
            truth = np.concatenate([good[known], np.zeros(int(kept.sum()), dtype=int)])
            out[held] = self._gate_model().fit(inputs, truth).decision_function(real[held])
        truth = np.concatenate([good, np.zeros(len(rows), dtype=int)])
        self._gate = self._gate_model().fit(np.vstack([real, unreal]), truth)
        return out

    @staticmethod
    def _gate_model() -> LogisticRegression:
        return LogisticRegression(C=0.3, max_iter=500, class_weight="balanced")

    def _dense(
        self, texts: list[str], questions: list[str], marks: list[list[Mark]], topics: Any, gate: Any
    ) -> Any:
        rules = np.array(
            [features_of(*row) for row in zip(questions, texts, marks, strict=True)], dtype=float
        )
        asked = np.array([[float(question == key) for key in QUESTIONS] for question in questions])
        mine = (topics * asked).sum(axis=1, keepdims=True)
        best = topics.max(axis=1, keepdims=True)
        extra = [
            np.log(mine + 0.02),
            np.log(mine + 0.02) - np.log(best + 0.02),
            best,
            np.reshape(gate, (-1, 1)),
        ]
        return np.hstack([rules, asked, topics, *extra])

    def _wide(self, texts: list[str], questions: list[str], marks: list[list[Mark]], dense: Any) -> Any:
        shapes = [masked(text, found) for text, found in zip(texts, marks, strict=True)]
        scaled = sparse.csr_matrix(self._scale.transform(dense) * 0.25)
        return sparse.hstack(
            [scaled, self._words.transform(texts) * 1.5, self._shapes.transform(shapes) * 1.5], format="csr"
        )

    def chances(self, questions: list[str], texts: list[str], marks: list[list[Mark]] | None = None) -> Any:
        """The chance of every level, a row per answer."""
        found = [find_marks(text) for text in texts] if marks is None else marks
        topics = self._topics(texts, found)
        gate = self._gate.decision_function(_pairs(topics, questions))
        dense = self._dense(texts, questions, found, topics, gate)
        wide = self._wide(texts, questions, found, dense)
        above = np.column_stack([cut.predict_proba(wide)[:, 1] for cut in self._cuts])
        above = np.minimum.accumulate(above, axis=1)
        ordinal = (
            np.diff(np.hstack([np.ones((len(texts), 1)), above, np.zeros((len(texts), 1))]), axis=1) * -1
        )
        first, second, third = self.weights
        trees = self._trees.predict_proba(dense)
        mixed = first * ordinal + second * self._direct.predict_proba(wide) + third * trees
        return _gated(mixed, gate)

    def levels(self, questions: list[str], texts: list[str], marks: list[list[Mark]] | None = None) -> Any:
        """Levels 0-4: the likeliest one; an answer without a letter is 0."""
        if not texts:
            return np.array([], dtype=int)
        likeliest = self.chances(questions, texts, marks).argmax(axis=1)
        empty = np.array([not any(sign.isalpha() for sign in text) for text in texts])
        return np.where(empty, 0, likeliest)


@lru_cache(maxsize=1)
def shipped() -> DepthModel:
    """The model of this project: trained at first use on all answers in the repository, then kept in memory."""
    return DepthModel().fit(load(*FILES))
