"""What an answer lacks for the next level, in words that fit the question and what is there already."""

from __future__ import annotations

from dataclasses import dataclass

from analytics.business_case.depth.limits import OWNERS
from analytics.business_case.depth.marks import MEASURES, PEOPLE, WHEN
from analytics.business_case.depth.rule_names import REASONS

#: Question -> what to say at all, and what makes it explained.
_ASKED = {
    "problem": (
        "what goes wrong at the customer, in which team or process",
        "why it goes wrong, how often, or what it leads to",
    ),
    "root_cause": (
        "which step, system or decision at the customer is behind it",
        "why that makes it go wrong, since when, how often",
    ),
    "impact": (
        "who at the customer feels it, and in what",
        "what it costs or puts at risk: money, time, customers",
    ),
    "budget": (
        "whose money it is: which budget, fund or cost centre",
        "how much, released by when, and on what it depends",
    ),
    "stakeholders": (
        "who decides and who signs, by role",
        "why it hangs on them: limits, votes, who can stop it",
    ),
    "gotchas": (
        "which audit, legal, security or purchasing step could slow it down",
        "how long it takes, or why it blocks",
    ),
    "compelling_event": (
        "what happens at the customer that needs this done",
        "on which date, and what happens if it is missed",
    ),
}
_READS_LIKE = {
    "problem": "the problem",
    "root_cause": "the root cause",
    "impact": "why it matters",
    "budget": "the budget",
    "stakeholders": "the stakeholders",
    "gotchas": "risks and gotchas",
    "compelling_event": "the compelling event",
}
_SHORT = 40


@dataclass(frozen=True)
class Case:
    """What decides the words: question asked, question that the text reads like, its length, its rules."""

    question: str
    subject: str
    size: int
    rules: frozenset[str]


def off_question(case: Case) -> bool:
    """Whether a level 0 comes from an answer to another question."""
    return case.subject != case.question and case.size > _SHORT and "placeholder" not in _short_rules(case)


def _short_rules(case: Case) -> frozenset[str]:
    return case.rules if case.size <= _SHORT else frozenset()


def missing(level: int, case: Case) -> str:
    """One line: what is there, and what is missing for the next level."""
    what, why = _ASKED[case.question]
    if level == 0:
        return f"{_why_nothing(case)} Say {what}."
    if level == 1:
        return f"{_why_shallow(case)} Say {what}."
    if level == 2:
        return f"{_what_is_concrete(case)} Say {why}."
    if level == 3:
        return _what_is_unproven(case)
    return "Nothing: it is explained and evidenced. Keep it fresh."


def _why_nothing(case: Case) -> str:
    if not case.size:
        return "No answer yet."
    if off_question(case):
        return f"Answers another question: this reads like {_READS_LIKE[case.subject]}."
    if "placeholder" in _short_rules(case) or case.size <= 3:
        return "A placeholder, not an answer."
    if case.rules & {"seller", "activity", "own_number", "own_date"}:
        return "About our own sale, not about the customer."
    return "This does not answer the question."


def _why_shallow(case: Case) -> str:
    if "own_number" in case.rules:
        return "A number, but not this customer's: our price, seats or demo, or companies in general."
    if case.rules & PEOPLE and "role" not in case.rules:
        return "A name, but neither role nor the part that this person plays."
    if "hedge" in case.rules:
        return "A belief that could stand in any deal."
    if "seller" in case.rules:
        return "Our own offer, not the customer's case."
    return "This could stand in any deal."


def _what_is_concrete(case: Case) -> str:
    if case.rules & OWNERS and case.rules & {"evidence", "quotation", "document"}:
        return "Concrete and with a source, but neither why nor how much."
    if "own_number" in case.rules:
        return "Concrete, but the numbers are our own."
    if case.rules & MEASURES:
        return "A number, but neither why nor what it means to them."
    return "Concrete, but neither why nor how much."


def _what_is_unproven(case: Case) -> str:
    there = [
        words
        for words, rules in (("why", REASONS), ("how much", MEASURES), ("by when", WHEN))
        if case.rules & rules
    ]
    wanted = [
        words
        for words, rules in (
            ("who told you (name or exact role)", OWNERS),
            ("when you learned it", frozenset({"date", "own_date"})),
            ("in which meeting, mail or document", frozenset({"evidence", "quotation", "document"})),
        )
        if not case.rules & rules
    ]
    told = f"Says {' and '.join(there[:2])}" if there else "Explained"
    if not wanted:
        return f"{told}; tie it to its source: who said so, when, in which meeting, mail or document?"
    return f"{told}, but not how we know: {', '.join(wanted)}?"
