"""Whether what a person put beside the model was nearer to the outcome than the model and than the rep.

Judged once the deal has ended or the quarter is over. A probability is held against won in the quarter (1) or
not (0) by the squared difference (Brier 1950), an amount against what the deal was won at.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analytics.company import Company
from analytics.fiscal import Quarter
from analytics.problems import BadInput
from analytics.review.course import Course, day_said
from analytics.review.grades import HELD, NOT_HELD, NOT_JUDGED, STILL_OPEN, Say
from analytics.wording import is_missing, listed, money, percent

COLUMNS = [
    "deal_id", "quarter", "day", "valid_at", "author", "reason", "probability", "amount", "model", "rep",
    "seen_amount", "verdict", "why", "graded_on", "is_replaced", "is_won", "final_amount", "than_model",
    "than_rep", "money_error", "seen_money_error",
]  # fmt: skip
#: A model's chance is of the same week as the override.
_SAME_WEEK = 7


@dataclass(frozen=True)
class _Outcome:
    """Won in the quarter or not, since when that is known, at which amount (NaN: not won, not known), and in
    words what happened."""

    is_won: bool
    on: date
    amount: float
    happened: str
    said_on: date


def graded_overrides(
    steps: pd.DataFrame,
    courses: Mapping[str, Course],
    amounts: pd.Series,
    company: Company,
    as_of: date,
    chances: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """A row per version of an override that put a number, in order: COLUMNS.

    `steps`: of `override_steps`; `amounts`: deal_id -> company currency, of won deals; `chances`: deal_id,
    quarter, landmark, p_won: what the model would have said, where an override does not know it. `model`,
    `rep`: chances then (0-1). `than_model`, `than_rep`: how much nearer it was than theirs, as difference of
    squared errors (positive: nearer); `money_error` - of the amount that was put, `seen_money_error` - of the
    one stated then: absolute, company currency. NaN where there is none.
    """
    rows = steps.assign(model=steps["seen_chance"].astype(float), rep=steps["seen_probability"].astype(float))
    if chances is not None and len(rows):
        rows["model"] = rows["model"].fillna(_then(rows, chances))
    following = _following(rows)
    found = [
        _graded(row, following[at], courses, amounts, company, as_of)
        for at, row in enumerate(rows.itertuples())
        if not (is_missing(row.probability) and is_missing(row.amount))
    ]
    table = pd.DataFrame(found, columns=COLUMNS)
    numbers = [
        "probability", "amount", "model", "rep", "seen_amount", "final_amount", "than_model", "than_rep",
        "money_error", "seen_money_error",
    ]  # fmt: skip
    return table.astype(dict.fromkeys(numbers, float)).assign(
        graded_on=pd.to_datetime(table["graded_on"]), is_replaced=table["is_replaced"].astype(bool)
    )


def _then(rows: pd.DataFrame, chances: pd.DataFrame) -> pd.Series:
    """The model's chance of the last landmark of the same quarter before each override, within a week."""
    asked = rows[["deal_id", "quarter", "day"]].reset_index(names="at")
    both = asked.merge(chances, on=["deal_id", "quarter"])
    age = (both["day"] - both["landmark"]).dt.days
    both = both[(age >= 0) & (age < _SAME_WEEK)].sort_values("landmark")
    return both.drop_duplicates("at", keep="last").set_index("at")["p_won"].astype(float)


def _following(rows: pd.DataFrame) -> list[Any]:
    """Per version the next one of the same deal and quarter; None for the last."""
    following: dict[tuple[str, str], Any] = {}
    found: list[Any] = []
    for row in reversed(list(rows.itertuples())):
        key = (str(row.deal_id), str(row.quarter))
        found.append(following.get(key))
        following[key] = row
    return found[::-1]


def _graded(
    row: Any,
    later: Any,
    courses: Mapping[str, Course],
    amounts: pd.Series,
    company: Company,
    as_of: date,
) -> dict[str, Any]:
    course = courses.get(row.deal_id, Course(()))
    told = {name: getattr(row, name) for name in COLUMNS if hasattr(row, name)}
    empty = dict.fromkeys(
        ("final_amount", "than_model", "than_rep", "money_error", "seen_money_error"), np.nan
    )
    told |= empty | {"is_replaced": False, "is_won": None, "graded_on": None}

    def say(day: date) -> str:
        return day_said(day, company.locale)

    quarter = _quarter(row, company)
    if quarter is None:
        return told | {"verdict": NOT_JUDGED, "why": f"{row.quarter} is no quarter"}
    if later is not None:
        before = course.by(later.valid_at.to_pydatetime())
        if _outcome(before, quarter, later.day.date(), np.nan) is None:
            gone = is_missing(later.probability) and is_missing(later.amount)
            how = "taken back" if gone else "replaced"
            words = f"{how} by {later.author} on {say(later.day.date())}, before it could be judged"
            return told | {"verdict": NOT_JUDGED, "why": words, "is_replaced": True, "graded_on": later.day}
    outcome = _outcome(course, quarter, as_of, float(amounts.get(row.deal_id, np.nan)))
    if outcome is None:
        if course.now is None or course.now.is_gone:
            return told | {"verdict": NOT_JUDGED, "why": "the deal is gone from the CRM"}
        return told | {"verdict": STILL_OPEN, "why": f"still open; {quarter} ends on {say(quarter.last_day)}"}
    return told | _judged(row, outcome, say, company)


def _quarter(row: Any, company: Company) -> Quarter | None:
    try:
        return company.calendar.parse(row.quarter)
    except BadInput:
        return None


def _outcome(course: Course, quarter: Quarter, as_of: date, amount: float) -> _Outcome | None:
    """What became of a deal in a quarter by the end of a day; None while that is open."""
    known = course.until(min(as_of, quarter.last_day))
    ended = known.ended_on
    if ended is not None and known.won and ended < quarter.first_day:
        return _Outcome(False, ended, np.nan, f"won before {quarter}, on", ended)
    if ended is not None:
        worth = amount if known.won else np.nan
        return _Outcome(known.won, ended, worth, "won on" if known.won else "lost on", ended)
    if not known.is_open or as_of <= quarter.last_day:
        return None
    day_after = quarter.last_day + timedelta(days=1)
    return _Outcome(False, day_after, np.nan, "still open at the end of", quarter.last_day)


def _judged(row: Any, outcome: _Outcome, say: Say, company: Company) -> dict[str, Any]:
    """The grade of a probability; where only an amount was put, of the amount."""
    happened = float(outcome.is_won)
    ended = f"{outcome.happened} {say(outcome.said_on)}"
    found: dict[str, Any] = {
        "graded_on": outcome.on,
        "is_won": outcome.is_won,
        "final_amount": outcome.amount,
        "money_error": abs(_number(row.amount) - outcome.amount),
        "seen_money_error": abs(_number(row.seen_amount) - outcome.amount),
    }
    if is_missing(row.probability):
        return found | _judged_amount(found, ended, company)
    mine = (row.probability - happened) ** 2
    others = {"the model's": _number(row.model), "the rep's": _number(row.rep)}
    gains = {who: (chance - happened) ** 2 - mine for who, chance in others.items()}
    found |= {"than_model": gains["the model's"], "than_rep": gains["the rep's"]}
    known = {who: gain for who, gain in gains.items() if not np.isnan(gain)}
    if not known:
        return found | {"verdict": NOT_JUDGED, "why": f"{ended}; no other chance is known of that day"}
    said = {
        "nearer than": [f"{who} {percent(others[who])}" for who, gain in known.items() if gain > 0],
        "as near as": [f"{who} {percent(others[who])}" for who, gain in known.items() if gain == 0],
        "farther than": [f"{who} {percent(others[who])}" for who, gain in known.items() if gain < 0],
    }
    words = ", ".join(f"{how} {listed(who)}" for how, who in said.items() if who)
    verdict = HELD if all(gain > 0 for gain in known.values()) else NOT_HELD
    return found | {"verdict": verdict, "why": f"{ended}: {percent(row.probability)} was {words}"}


def _judged_amount(found: Mapping[str, Any], ended: str, company: Company) -> dict[str, Any]:
    mine, seen = found["money_error"], found["seen_money_error"]
    if np.isnan(mine) or np.isnan(seen):
        why = (
            "no amount to hold it against"
            if found["is_won"]
            else "an amount is judged where the deal is won in the quarter"
        )
        return {"verdict": NOT_JUDGED, "why": f"{ended}; {why}"}
    off, then = (money(error, company.currency, locale=company.locale) for error in (mine, seen))
    return {
        "verdict": HELD if mine < seen else NOT_HELD,
        "why": f"{ended}: the amount was off by {off}, the stated one by {then}",
    }


def _number(value: Any) -> float:
    return np.nan if is_missing(value) else float(value)
