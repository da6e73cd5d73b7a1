"""The next best question to ask about a deal, and why this one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.business_case.case import Cases
from analytics.business_case.questions import Question

#: From level 4 on nothing is missing; a stale answer is asked again at one level less.
_TOP = 4
_STALE = 0.5
#: A contradiction makes a question this many levels more urgent.
_CONTRADICTED = 1.5


@dataclass(frozen=True)
class NextQuestion:
    """What to ask, which question it belongs to, how much it would add to the case depth, and why."""

    question: Question
    ask: str
    gain: float  # points of case depth (0-4) if the answer reaches level 4
    reason: str


def next_question(cases: Cases, deal_id: str, contradicted: pd.DataFrame, as_of: date) -> NextQuestion | None:
    """The question with the most to gain: weight x (missing levels + staleness + contradiction).

    None if every question is evidenced, fresh and uncontradicted. Ties go to the earlier question.
    """
    rows = cases.answers[cases.answers["deal_id"] == deal_id]
    return _best(cases.questions, rows, contradicted[contradicted["deal_id"] == deal_id])


def next_questions(cases: Cases, contradicted: pd.DataFrame) -> dict[str, NextQuestion]:
    """deal_id -> its `next_question`, for every deal of the cases that has one."""
    against = {str(deal_id): rows for deal_id, rows in contradicted.groupby("deal_id", sort=False)}
    nothing = contradicted.iloc[:0]
    found = {
        str(deal_id): _best(cases.questions, rows, against.get(str(deal_id), nothing))
        for deal_id, rows in cases.answers.groupby("deal_id", sort=False)
    }
    return {deal_id: one for deal_id, one in found.items() if one}


def _best(questions: list[Question], answers: pd.DataFrame, mine: pd.DataFrame) -> NextQuestion | None:
    whole = sum(one.weight for one in questions)
    rows = answers.set_index("question")
    best: tuple[float, Question, Any] | None = None
    for one in questions:
        row: Any = rows.loc[one.key]
        against = _CONTRADICTED * bool((mine["question"] == one.key).any())
        urgency = float(one.weight * (_TOP - row["level"] + _stale(row) + against))
        if urgency > 0 and (best is None or urgency > best[0]):
            best = (urgency, one, row)
    if best is None:
        return None
    _, question, row = best
    said_against = [str(text) for text in mine.loc[mine["question"] == question.key, "text"]]
    gain = question.weight * (_TOP - int(row["level"])) / whole
    ask = question.follow_up[min(int(row["level"]), _TOP - 1)]
    return NextQuestion(question, ask, gain, _reason(question, row, said_against))


def _stale(row: Any) -> float:
    """1 where an answer is less than half as fresh as on its day."""
    return float(bool(row["is_answered"]) and row["freshness"] < _STALE)


def _reason(question: Question, row: Any, against: list[str]) -> str:
    if against:
        return against[0]
    if not row["is_answered"]:
        return f"{question.label} has no answer yet."
    if row["level"] < _TOP:
        told = "" if pd.isna(row["missing"]) else f" {row['missing']}"
        return f"{question.label} stands at level {int(row['level'])} of 4.{told}"
    return f"{question.label} is evidenced, but {int(row['age'])} days old: is it still so?"
