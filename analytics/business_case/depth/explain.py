"""Why an answer has its level: the spans that earned it, and what the next level asks for, in plain words."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from analytics.business_case.depth.features import QUESTIONS, Measured, measure, topic_marks
from analytics.business_case.depth.fitted import shipped
from analytics.business_case.depth.marks import MEASURES, WHEN, Mark
from analytics.business_case.depth.missing import Case, missing, off_question
from analytics.business_case.depth.rule_names import EARNING, rule_words
from analytics.problems import BadInput

__all__ = ["SCORER_VERSION", "Depth", "Span", "explain", "explain_all", "rule_words"]

#: What cannot change a level: reading files, learning (its result is in the numbers), judging the scorer.
_NO_SCORING = frozenset({"answer_file", "evaluate", "gaming", "learn", "many", "train", "training"})
_FIRST_CLAUSE = re.compile(r"[^\s.!?;\n][^.!?;\n]{0,119}")


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of the answer and the rule that found it; `rule_words(rule)` says it in words."""

    rule: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Depth:
    """The level (0-4) of one answer, the spans it rests on, and what is missing for the next one."""

    level: int
    spans: list[Span]
    missing: str


def _version() -> str:
    """Changes with all that may change a level or a span: the code that scores, the learned numbers."""
    content = hashlib.sha256()
    for path in sorted(Path(__file__).parent.iterdir()):
        if path.suffix in (".py", ".npz") and path.stem not in _NO_SCORING:
            content.update(path.read_bytes())
    return content.hexdigest()[:12]


SCORER_VERSION: str = _version()


def explain(question: str, answer: str) -> Depth:
    """Level, spans that earned it, and what is missing for the next level."""
    return explain_all([question], [answer])[0]


def explain_all(questions: list[str], answers: list[str]) -> list[Depth]:
    """The same for many answers at once. `questions` are keys of the seven; BadInput for any other."""
    unknown = sorted(set(questions).difference(QUESTIONS))
    if unknown:
        raise BadInput("unknown question", expected=" or ".join(QUESTIONS), got=repr(unknown[0]))
    if not answers:
        return []
    measured = [measure(answer) for answer in answers]
    levels, subjects = shipped().judge(questions, measured)
    return [
        _explained(int(level), question, answer, one, subject)
        for level, question, answer, one, subject in zip(
            levels, questions, answers, measured, subjects, strict=True
        )
    ]


def _explained(level: int, question: str, answer: str, measured: Measured, subject: str) -> Depth:
    size = len(answer.strip()) if any(sign.isalnum() for sign in answer) else min(len(answer.strip()), 1)
    case = Case(question, subject, size, frozenset(mark.rule for mark in measured.marks))
    if level == 0 and size and off_question(case):
        marks: Iterable[Mark] = topic_marks(answer, subject)
    else:
        marks = _earning(level, measured.marks)
    spans = _apart(marks)
    if level >= 2 and not spans:
        spans = _statement(answer)
    return Depth(level, spans, missing(level, case))


def _earning(level: int, marks: list[Mark]) -> list[Mark]:
    """The marks of the first set of rules that found something."""
    for rules in EARNING[level]:
        found = [mark for mark in marks if mark.rule in rules]
        if found:
            return found
    return []


def _apart(marks: Iterable[Mark]) -> list[Span]:
    """Without overlaps: the longest wins; of equally long ones a number or date."""
    kept: list[Mark] = []
    for mark in sorted(
        marks, key=lambda one: (one.start - one.end, one.rule not in MEASURES | WHEN, one.start)
    ):
        if all(mark.end <= other.start or mark.start >= other.end for other in kept):
            kept.append(mark)
    return [Span(one.rule, one.start, one.end, one.text) for one in sorted(kept, key=lambda one: one.start)]


def _statement(answer: str) -> list[Span]:
    """The first clause: the wording as a whole says something, though no rule can point at a part of it."""
    found = _FIRST_CLAUSE.search(answer)
    return [Span("statement", found.start(), found.end(), found.group())] if found else []
