"""Why an answer has its level: the spans that earned it, and what the next level asks for, in plain words."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.business_case.depth.marks import Mark, find_marks
from analytics.business_case.depth.model import shipped

_MEASURE = frozenset({"money", "percent", "duration", "ratio", "count", "comparison", "deadline"})
_REASON = frozenset({"cause", "if_then", "so_then", "consequence"})
_SOURCE = frozenset({"evidence", "strong_evidence", "quotation", "document", "date"})
_PEOPLE = frozenset({"person", "honorific", "initial_name", "named_role", "role_with_name", "role"})
_CONCRETE = frozenset({"customer", "role", "acronym"})
#: Level -> the rules whose spans can have earned it.
_EARNING = {
    0: frozenset[str](),
    1: frozenset({"pitch", "enthusiasm", "hedge", "bare_yes"}),
    2: _CONCRETE | _PEOPLE,
    3: _CONCRETE | _MEASURE | _REASON,
    4: _MEASURE | _REASON | _SOURCE | _PEOPLE,
}
_ASKED = {
    "problem": "what goes wrong at the customer, in which team or process",
    "root_cause": "why it goes wrong: the step, system or decision behind it",
    "impact": "what it costs or risks, and for whom at the customer",
    "budget": "where the money comes from and who released it",
    "stakeholders": "who decides, who signs, and whether we talk to them",
    "gotchas": "which audit, legal, security or purchasing step could slow it down",
    "compelling_event": "what happens at the customer, and on which date",
}


@dataclass(frozen=True)
class Span:
    """A piece of the answer and the rule that found it."""

    rule: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Depth:
    """The level of one answer, why, and what is missing for the next one."""

    level: int
    spans: list[Span]
    missing: str


def explain(question: str, answer: str) -> Depth:
    """Level, spans that earned it, and what is missing for the next level."""
    return explain_all([question], [answer])[0]


def explain_all(questions: list[str], answers: list[str]) -> list[Depth]:
    """The same for many answers at once."""
    marks = [find_marks(answer) for answer in answers]
    levels = shipped().levels(questions, answers, marks)
    return [
        Depth(int(level), _earning(int(level), found), _missing(int(level), question, answer, found))
        for level, question, answer, found in zip(levels, questions, answers, marks, strict=True)
    ]


def _earning(level: int, marks: list[Mark]) -> list[Span]:
    """The spans of the rules that count for this level, overlapping ones joined under the longest."""
    ours = {mark.sentence for mark in marks if mark.rule == "seller"} if level >= 2 else set()
    kept: list[Mark] = []
    for mark in sorted(marks, key=lambda one: (one.start - one.end, one.start, one.rule)):
        if mark.rule not in _EARNING[level] or (mark.rule in _MEASURE and mark.sentence in ours):
            continue
        if all(mark.end <= other.start or mark.start >= other.end for other in kept):
            kept.append(mark)
    return [
        Span(mark.rule, mark.start, mark.end, mark.text) for mark in sorted(kept, key=lambda one: one.start)
    ]


def _missing(level: int, question: str, answer: str, marks: list[Mark]) -> str:
    asked = _ASKED.get(question, "what was asked")
    if level == 0:
        if not answer.strip():
            return f"No answer yet. Say {asked}."
        return f"This does not answer the question. Say {asked}."
    if level == 1:
        return f"This could stand in any deal. Name something of this customer: {asked}."
    if level == 2:
        return "Concrete, but neither why nor how much: what causes it or follows from it, how much, by when?"
    if level == 3:
        return _missing_evidence({mark.rule for mark in marks})
    return "Nothing: it is explained and evidenced. Keep it fresh."


def _missing_evidence(rules: set[str]) -> str:
    wanted = []
    if not rules & _PEOPLE:
        wanted.append("who told you (name or exact role)")
    if "date" not in rules:
        wanted.append("when")
    if not rules & {"evidence", "strong_evidence", "quotation", "document"}:
        wanted.append("in which meeting, mail or document")
    if not wanted:
        return "Says why or how much; tie it to its source: who said so, when, in which meeting or document?"
    return f"Says why or how much, but not how we know: {', '.join(wanted)}?"
