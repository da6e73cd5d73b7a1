"""What is measured of an answer: what the rules found, and together with what; its subject; its words."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np

from analytics.business_case.depth.limits import TELLS, bare, limits
from analytics.business_case.depth.marks import LONGEST, MEASURES, PEOPLE, WHEN, Mark, find_marks
from analytics.business_case.depth.patterns import PATTERNS
from analytics.business_case.depth.phrases import PhraseTable, Word, phrases, words_of
from analytics.business_case.depth.topics import TOPICS
from analytics.business_case.depth.vocabulary import COMMON, MARKS

QUESTIONS = tuple(TOPICS)
_RULES = tuple(
    dict.fromkeys(
        [*MARKS, *PATTERNS, *sorted(PEOPLE), "own_number", "own_date", "bare_number", "loose_number"]
    )
)
_AT = {rule: at for at, rule in enumerate(_RULES)}
_QUESTION_AT = {key: at for at, key in enumerate(QUESTIONS)}
_TOPICS = PhraseTable(TOPICS)
_COMMON = frozenset(phrases(COMMON))
_SAID = frozenset({"evidence", "quotation", "document"})
_REASON = frozenset({"cause", "if_then", "so_then", "change"})
#: What says who told it, when and how, or nothing at all: what is left of a text without it is its substance.
_FRAME = PEOPLE | _SAID | {
    "role", "date", "own_date", "period", "loose_number", "bare_number", "activity", "placeholder", "hedge",
    "enthusiasm", "pitch", "they", "our", "plan", "time_word", "seller",
}  # fmt: skip
_OPENING, _ENOUGH = 6, 8

#: In the pattern of a text these rules' words are replaced by the rule's name; the earlier one wins.
_MASKED = (
    "person", "honorific", "initial_name", "date", "period", "money", "percent", "duration", "ratio", "count",
    "role", "evidence", "cause", "seller", "customer", "hedge", "pitch",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Measured:
    """One answer as the model sees it: `rules` and `topics` are numbers, `terms` words and patterns."""

    marks: list[Mark]
    limits: tuple[int, int]
    bare: bool
    rules: list[float]
    topics: list[float]
    terms: list[str]


def measure(text: str) -> Measured:
    """Measure one answer, without regard to the question that was asked."""
    text = text[:LONGEST]
    words = words_of(text)
    marks = find_marks(text, words)
    return Measured(
        marks=marks,
        limits=limits(text, (mark.rule for mark in marks)),
        bare=bare(words),
        rules=_rule_features(words, marks),
        topics=_topic_features(words),
        terms=[*_word_terms(words), *_shapes(text, words, marks)],
    )


def topic_marks(text: str, question: str) -> list[Mark]:
    """The words of a text that speak of a question's subject."""
    return [
        Mark("other_question", start, end, text[start:end])
        for name, start, end in _TOPICS.find(words_of(text[:LONGEST]))
        if name == question
    ]


def _rule_features(words: list[Word], marks: list[Mark]) -> list[float]:
    present = np.zeros(len(_RULES))
    counts = dict.fromkeys(("our", "they", "pitch", "placeholder"), 0)
    sentences: dict[int, set[str]] = {}
    for mark in marks:
        sentences.setdefault(mark.sentence, set()).add(mark.rule)
        present[_AT[mark.rule]] = 1.0
        if mark.rule in counts:
            counts[mark.rule] += 1
    rules = {mark.rule for mark in marks}
    per = max(len(words), 4)
    return [
        *present.tolist(),
        *(float(value) for value in _together(rules, list(sentences.values()))),
        *(count / per for count in counts.values()),
        float(len(words) <= 4),
        *_substance(words, marks),
        1 - len({word for word, _, _ in words}) / max(len(words), 1),
    ]


def _substance(words: list[Word], marks: list[Mark]) -> list[float]:
    """How much is left without source, person, date and filling (eight words are enough); if hardly any."""
    framed = bytearray(LONGEST + 1)
    for mark in marks:
        if mark.rule in _FRAME:
            framed[mark.start : mark.end] = b"1" * (mark.end - mark.start)
    left = {
        word
        for word, start, _ in words
        if (len(word) > 3 or word >= "\u3040") and word not in _COMMON and not framed[start]
    }
    return [float(np.log1p(min(len(left), _ENOUGH))), float(len(left) <= 2)]


def _together(rules: set[str], sentences: list[set[str]]) -> list[bool]:
    """What stands together in the answer, and in one sentence: person and date, owner and document."""
    person, date, said = bool(rules & PEOPLE), "date" in rules, bool(rules & _SAID)
    owner = person or "role" in rules
    measured = bool(rules & MEASURES or "deadline" in rules)
    told = bool(rules & TELLS)
    near = [found for found in sentences if found & PEOPLE or "role" in found]
    return [
        person and date, person and said, date and said, owner and date, person and measured,
        bool(rules & _REASON), measured, owner,
        any(found & _SAID or "date" in found for found in near),
        any(found & _SAID and "date" in found for found in near),
        any(found & (MEASURES | WHEN) for found in near),
        person and not rules & {"customer", "role", "evidence"},
        told, said and not told, owner and not told, owner and said and date and not told,
    ]  # fmt: skip


def _topic_features(words: list[Word]) -> list[float]:
    """Per question: how many of its words, their share, how many at the opening, how many phrases."""
    shared: dict[tuple[int, int], list[str]] = {}
    for name, start, end in _TOPICS.find(words):
        shared.setdefault((start, end), []).append(name)
    opening = words[min(_OPENING, len(words)) - 1][2] if words else 0
    weight, first, longer = (np.zeros(len(QUESTIONS)) for _ in range(3))
    single = {(start, end) for _, start, end in words}
    for place, names in shared.items():
        for name in names:
            at = _QUESTION_AT[name]
            weight[at] += 1 / len(names)
            first[at] += place[1] <= opening
            longer[at] += place not in single
    size = np.sqrt(len(words) + 1)
    parts = (np.log1p(weight), weight / size, np.minimum(first, 2), np.minimum(longer, 2), weight == 0)
    return [float(value) for part in parts for value in part]


def _word_terms(words: list[Word]) -> list[str]:
    """Words and pairs of words, without accents and single letters."""
    plain = [_plain(word) for word, _, _ in words if len(word) > 1]
    return plain + [f"{one} {two}" for one, two in pairwise(plain)]


@lru_cache(maxsize=100_000)
def _plain(word: str) -> str:
    if word.isascii():
        return word
    return "".join(sign for sign in unicodedata.normalize("NFKD", word) if not unicodedata.combining(sign))


def _shapes(text: str, words: list[Word], marks: list[Mark]) -> list[str]:
    """Patterns that no customer's own words disturb: `^role person date`. One, two and three in a row."""
    names: dict[int, tuple[int, int]] = {}
    for mark in marks:
        if mark.rule in _MASKED:
            rank = _MASKED.index(mark.rule)
            if mark.start not in names or rank < names[mark.start][0]:
                names[mark.start] = (rank, mark.end)
    row: list[str] = []
    until = -1
    for word, start, end in words:
        if start < until:
            continue
        rank, until = names.get(start, (-1, end))
        row.append(f"^{_MASKED[rank]}" if rank >= 0 else f"^{_shape(word, text[start : start + 2], start)}")
    pairs = [f"{one} {two}" for one, two in pairwise(row)]
    triples = [f"{one} {two}" for one, two in zip(pairs, row[2:], strict=False)]
    return row + pairs + triples


def _shape(word: str, written: str, start: int) -> str:
    if word[0].isdigit():
        return "number"
    if start and len(written) == 2 and written.isupper():
        return "acronym"
    if len(word) < 4 or word in _COMMON:
        return word
    return "name" if start and written[0].isupper() else "word"
