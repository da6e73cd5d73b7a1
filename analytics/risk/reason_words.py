"""Each reason in plain words, with the values that a reader can check in the CRM or in the business case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from analytics.business_case.questions import Question
from analytics.company import Company
from analytics.risk.features import NAMES
from analytics.store.subjects import QUESTIONS
from analytics.wording import count, day, is_missing, listed, money, percent

NORMAL = "normal"
_SHOWS = ("says nothing", "is only asserted", "is specific", "is explained", "is evidenced")
_PARTS = {
    "has_economic_buyer": "economic buyer",
    "has_champion": "champion",
    "has_security_or_legal": "security or legal",
}


@dataclass(frozen=True)
class Facts:
    """What the words need: the deal's landmark, its answers by question asked, and the company."""

    row: Any  # a landmark row, as a named tuple
    company: Company
    answers: Mapping[str, Any] = field(default_factory=dict)  # one of the seven -> a row of Cases.answers
    labels: Mapping[str, str] = field(default_factory=dict)

    def day(self, value: Any) -> str:
        """A day in the company's way of writing."""
        return day(value, locale=self.company.locale)


def _days(value: float) -> str:
    return count(int(max(value, 0)), "day")


def _whole(value: float) -> int:
    return 0 if is_missing(value) else int(value)


def _stage(facts: Facts) -> str:
    return f"in {facts.row.stage}"


def _calendar(facts: Facts) -> str:
    return f"{_days(facts.row.days_to_quarter_end)} before the quarter ends"


def _close_date(facts: Facts) -> str:
    row = facts.row
    if is_missing(row.close_date):
        return "no close date"
    ahead = int(row.days_to_close - row.days_to_quarter_end)
    if ahead > 0:
        return f"dated {facts.day(row.close_date)}, {_days(ahead)} after the quarter ends"
    if row.days_to_close < 0:
        return f"dated {facts.day(row.close_date)}, {_days(-row.days_to_close)} ago"
    return f"dated {facts.day(row.close_date)}, within the quarter"


def _category(facts: Facts) -> str:
    return f"forecast category {facts.row.category}"


def _stated(facts: Facts) -> str:
    return f"the CRM states a probability of {percent(facts.row.probability)}"


def _amount(facts: Facts) -> str:
    row = facts.row
    if is_missing(row.amount):
        return "no amount"
    text = f"amount {money(row.amount, row.currency, locale=facts.company.locale)}"
    if is_missing(row.first_amount) or not row.first_amount or row.first_amount == row.amount:
        return text
    first = money(row.first_amount, row.currency, locale=facts.company.locale)
    return f"{text}, first stated at {first}"


def _pushes(facts: Facts) -> str:
    row = facts.row
    pushed = "close date never pushed"
    if row.pushes:
        pushed = f"close date pushed {count(int(row.pushes), 'time')}, last by {_days(row.last_push_length)}"
    return pushed + (f", pulled in {count(int(row.pulls), 'time')}" if row.pulls else "")


def _time_in_stage(facts: Facts) -> str:
    row = facts.row
    text = f"in {row.stage} for {_days(row.stage_days)}"
    if row.stage_moves_28 > 0:
        text += f", moved on {count(int(row.stage_moves_28), 'time')} in the last 28 days"
    return text + (f", taken back {count(int(row.stage_moves_back), 'time')}" if row.stage_moves_back else "")


def _category_moves(facts: Facts) -> str:
    raised, cut = _whole(facts.row.category_raises_28), _whole(facts.row.category_cuts_28)
    if not raised and not cut:
        return "category not moved in the last 28 days"
    moves = [f"{word} {count(n, 'time')}" for word, n in (("raised", raised), ("cut", cut)) if n]
    return f"category {listed(moves)} in the last 28 days"


def _activity(facts: Facts) -> str:
    row = facts.row
    acted = (
        "no activity recorded"
        if is_missing(row.activity_days)
        else f"last activity {_days(row.activity_days)} ago"
    )
    if not row.has_next_step:
        return f"{acted}, no next step"
    since = "" if is_missing(row.next_step_days) else f", next step as it is for {_days(row.next_step_days)}"
    return acted + since


def _people(facts: Facts) -> str:
    new = _whole(facts.row.new_people_28)
    text = f"{count(_whole(facts.row.stakeholders), 'contact')} at the customer"
    text += f", {new} new in the last 28 days" if new > 0 else ""
    there = [word for column, word in _PARTS.items() if getattr(facts.row, column)]
    missing = [word for column, word in _PARTS.items() if not getattr(facts.row, column)]
    text += f"; with {listed(there)}" if there else ""
    return text + (f"; no {', no '.join(missing)}" if missing else "")


def _question(key: str) -> Callable[[Facts], str]:
    def words(facts: Facts) -> str:
        label = facts.labels.get(key, key.replace("_", " ")).lower()
        answer = facts.answers.get(key)
        level = _whole(getattr(facts.row, f"level_{key}"))
        if answer is not None and not answer.is_answered:
            return f"{label} not answered"
        if answer is None and not level and facts.labels and key not in facts.labels:
            return f"{label} not asked"
        text = f"{label} {_SHOWS[level]} (level {level} of 4)"
        if answer is None:  # of an earlier week, or of a question that is no longer asked
            return text
        text += f", answered {facts.day(answer.answered_on)}"
        if not is_missing(answer.source):
            text += f" from {answer.source}"
        if not is_missing(answer.confirmed_by):
            text += f", confirmed by {answer.confirmed_by}"
        return text

    return words


def _contradictions(facts: Facts) -> str:
    n = _whole(facts.row.contradictions)
    return (
        f"{count(n, 'contradiction')} between case and CRM" if n else "no contradiction between case and CRM"
    )


def _case_age(facts: Facts) -> str:
    if is_missing(facts.row.last_answer_days):
        return "none of the seven questions answered"
    return f"the last answer to any of the seven questions {_days(facts.row.last_answer_days)} ago"


def _owner(facts: Facts) -> str:
    n = _whole(facts.row.rep_n)
    if not n:
        return "the owner has no past quarters here yet"
    how = "more" if facts.row.rep_index > 0 else "less"
    return f"the owner's deals of past quarters (n={n}, once a quarter) were won {how} often than such deals"


def _tenure(facts: Facts) -> str:
    tenure = facts.row.rep_tenure_days
    if is_missing(tenure):
        return "the owner has been here since the history began" if facts.row.owner_id else "no owner"
    return f"the owner has had deals here for {'a year or longer' if tenure >= 365 else _days(tenure)}"


def _quota(facts: Facts) -> str:
    share = facts.row.rep_attainment
    if is_missing(share):
        return "the owner has no target"
    return f"the owner has won {percent(share)} of the quarter's target so far"


def _age(facts: Facts) -> str:
    entered = _whole(facts.row.created_days_before_first_seen)
    text = f"created {_days(facts.row.age_days)} ago"
    return text + (f", entered {_days(entered)} after that" if entered > 0 else "")


def _kind(facts: Facts) -> str:
    row = facts.row
    return f"{row.deal_type}, source {row.lead_source}, team {row.team}"


WORDS: dict[str, Callable[[Facts], str]] = {
    "stage": _stage,
    "calendar": _calendar,
    "close date": _close_date,
    "category": _category,
    "stated probability": _stated,
    "amount": _amount,
    "pushes": _pushes,
    "time in stage": _time_in_stage,
    "category moves": _category_moves,
    "activity": _activity,
    "people": _people,
    **{key: _question(key) for key in QUESTIONS},
    "contradictions": _contradictions,
    "age of the case": _case_age,
    "owner's past": _owner,
    "tenure": _tenure,
    "quota": _quota,
    "age": _age,
    "kind of deal": _kind,
}
assert set(WORDS) == set(NAMES), "every reason has its words"


def first_labels(questions: list[Question]) -> dict[str, str]:
    """One of the seven -> the short name of the company's first question that asks it; none: not asked."""
    labels: dict[str, str] = {}
    for one in questions:
        labels.setdefault(one.asks, one.label)
    return labels


def answers_by_question(answers: pd.DataFrame, questions: list[Question]) -> dict[str, dict[str, Any]]:
    """deal_id -> one of the seven -> the answer that counts (the deepest of the questions that ask it)."""
    asks = {one.key: one.asks for one in questions}
    found: dict[str, dict[str, Any]] = {}
    for one in answers.sort_values("level", kind="stable").itertuples():
        found.setdefault(str(one.deal_id), {})[asks[str(one.question)]] = one
    return found


def normal_words(stage: str, week: int) -> str:
    """What the reasons are held against. Weeks count from 1, as on every page."""
    return f"a normal deal in {stage} in week {week + 1} of the quarter"
