"""The warnings: each is one function of landmark rows and a limit.

A warning is true, false, or not judged (NA) where the company records nothing that could tell, or where
what is usual is not known yet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.pipeline.hygiene import LAST_DAYS, QUIET_DAYS
from analytics.wording import count

Shown = Callable[[pd.DataFrame, float], pd.Series]
_EARLY = 0.5  # stages whose stated probability is below this


@dataclass(frozen=True)
class Limit:
    """Where a person has set a warning, and whether it is shown on deals."""

    value: float
    is_on: bool = True


@dataclass(frozen=True)
class Rule:
    """One warning. `words` has {n} where the limit stands; `told` says in words what is so on a row."""

    key: str
    words: str
    unit: str
    default: Limit
    allowed: tuple[float, float]  # lowest and highest limit
    shows: Shown
    told: Callable[[Any, float], str]

    def label(self, limit: float) -> str:
        """The warning with its limit, as a heading."""
        return self.words.format(n=f"{limit:g}")

    def on(self, rows: pd.DataFrame, limit: float) -> pd.Series:
        """Whether each landmark row shows the warning: boolean, NA where it could not be judged."""
        return self.shows(rows, limit).astype("boolean")


def _recorded(rows: pd.DataFrame, column: str) -> pd.Series:
    """Whether any deal of the row's landmark has this: who lacks it everywhere lacks it in the CRM."""
    there = rows[column].notna() & (rows[column] != 0)
    return there.groupby(rows["landmark"]).transform("any").astype(bool)


def _where(judged: pd.Series, found: pd.Series) -> pd.Series:
    """`found` where it could be judged, NA elsewhere."""
    return found.astype("boolean").where(judged)


def _no_activity(rows: pd.DataFrame, days: float) -> pd.Series:
    since = rows["activity_days"]
    return _where(_recorded(rows, "activity_days"), since.isna() | (since > days))


def _single_threaded(rows: pd.DataFrame, people: float) -> pd.Series:
    return _where(_recorded(rows, "stakeholders"), rows["stakeholders"] < people)


def _no_economic_buyer(rows: pd.DataFrame, days: float) -> pd.Series:
    unknown = (rows["has_economic_buyer"] == 0) & (rows["days_to_close"] <= days)
    return _where(_recorded(rows, "has_economic_buyer"), unknown)


def _past_close_date(rows: pd.DataFrame, days: float) -> pd.Series:
    return rows["days_to_close"] < -days


def _pushed(rows: pd.DataFrame, times: float) -> pd.Series:
    return rows["pushes"] >= times


def _no_review(rows: pd.DataFrame, weeks: float) -> pd.Series:
    answers, people = _recorded(rows, "level_gotchas"), _recorded(rows, "has_security_or_legal")
    not_begun = (answers & (rows["level_gotchas"] < 2)) | (people & (rows["has_security_or_legal"] == 0))
    return _where(answers | people, not_begun & (rows["days_to_close"] <= 7 * weeks))


def _no_event(rows: pd.DataFrame, weeks: float) -> pd.Series:
    missing = (rows["level_compelling_event"] < 2) & (rows["days_to_close"] <= 7 * weeks)
    return _where(_recorded(rows, "level_compelling_event"), missing)


def _budget_in_commit(rows: pd.DataFrame, level: float) -> pd.Series:
    missing = (rows["category"] == "Commit") & (rows["level_budget"] < level)
    return _where(_recorded(rows, "level_budget"), missing)


def _stage_stuck(rows: pd.DataFrame, times: float) -> pd.Series:
    return _longer(rows, "stage_days", "usual_stage_days", times)


def _old(rows: pd.DataFrame, times: float) -> pd.Series:
    return _longer(rows, "age_days", "usual_cycle_days", times)


def _longer(rows: pd.DataFrame, column: str, usual: str, times: float) -> pd.Series:
    if usual not in rows:
        return pd.Series(pd.NA, index=rows.index, dtype="boolean")
    return _where(rows[usual] > 0, rows[column] > times * rows[usual])


def _next_step_old(rows: pd.DataFrame, days: float) -> pd.Series:
    old = (rows["has_next_step"] == 0) | (rows["next_step_days"] > days)
    return _where(_recorded(rows, "has_next_step"), old)


def _amount_fell(rows: pd.DataFrame, percent: float) -> pd.Series:
    return (rows["entry_amount"] > 0) & (rows["amount"] <= rows["entry_amount"] * (1 - percent / 100))


def _case_stands_still(rows: pd.DataFrame, weeks: float) -> pd.Series:
    moved = rows["stage_since"] > rows["first_seen_at"]
    still = _case_days(rows)
    found = moved & (still >= 7 * weeks) & (rows["stage_days"] < still)
    return _where(_recorded(rows, "answered"), found)


def _case_days(rows: pd.DataFrame) -> pd.Series:
    """Days since an answer changed; of a deal without answers, since it was created."""
    return rows["last_answer_days"].fillna(rows["age_days"])


def _parked_early(rows: pd.DataFrame, days: float) -> pd.Series:
    close = rows["close_date"]
    ends_quarter = (close.dt.month - rows["last_day"].dt.month) % 3 == 0
    left = close.dt.days_in_month - close.dt.day
    found = ends_quarter & (left < days) & (rows["probability"] < _EARLY)
    return _where(rows["probability"].notna(), found)


def _days(value: float) -> str:
    return count(round(value), "day")


def _no_activity_told(row: Any, limit: float) -> str:
    since = row.activity_days
    return f"no activity for {_days(since)}" if since == since else "no activity recorded"


def _to_close(row: Any) -> str:
    left = row.days_to_close
    return f"{_days(left)} before the close date" if left >= 0 else f"{_days(-left)} after the close date"


def _review_told(row: Any, limit: float) -> str:
    lacks = ["the gotchas answer below level 2"] if row.level_gotchas < 2 else []
    lacks += ["nobody from security or legal"] if not row.has_security_or_legal else []
    return f"{' and '.join(lacks)}, {_to_close(row)}"


def _times_told(what: str, value: float, usual: float) -> str:
    return f"{what} {_days(value)}, {value / usual:.1f} times the usual {_days(usual)}"


def _next_step_told(row: Any, limit: float) -> str:
    if not row.has_next_step:
        return "no next step"
    return f"next step unchanged for {_days(row.next_step_days)}"


def _fell_told(row: Any, limit: float) -> str:
    return f"amount {1 - row.amount / row.entry_amount:.0%} below the first one"


def _still_told(row: Any, limit: float) -> str:
    if row.last_answer_days != row.last_answer_days:
        return f"no answer given, the stage moved {_days(row.stage_days)} ago"
    return f"no answer changed for {_days(row.last_answer_days)}, the stage moved {_days(row.stage_days)} ago"


RULES: tuple[Rule, ...] = (
    Rule(
        "no_activity",
        "No activity for more than {n} days",
        "days",
        Limit(QUIET_DAYS),
        (1, 365),
        _no_activity,
        _no_activity_told,
    ),
    Rule(
        "single_threaded",
        "Fewer than {n} people known at the customer",
        "people",
        Limit(2),
        (1, 20),
        _single_threaded,
        lambda row, limit: f"{count(int(row.stakeholders), 'person', 'people')} known at the customer",
    ),
    Rule(
        "no_economic_buyer",
        "No economic buyer known {n} days before close",
        "days",
        Limit(30),
        (0, 365),
        _no_economic_buyer,
        lambda row, limit: f"no economic buyer known, {_to_close(row)}",
    ),
    Rule(
        "past_close_date",
        "Close date passed by more than {n} days",
        "days",
        Limit(0),
        (0, 365),
        _past_close_date,
        lambda row, limit: f"close date passed {_days(-row.days_to_close)} ago",
    ),
    Rule(
        "pushed",
        "Close date moved later {n} times or more",
        "times",
        Limit(2),
        (1, 20),
        _pushed,
        lambda row, limit: (
            f"close date moved later {count(int(row.pushes), 'time')}, by {_days(row.days_pushed)} in all"
        ),
    ),
    Rule(
        "review_not_begun",
        "Security or legal review not begun {n} weeks before close",
        "weeks",
        Limit(6),
        (0, 52),
        _no_review,
        _review_told,
    ),
    Rule(
        "no_compelling_event",
        "No compelling event {n} weeks before close",
        "weeks",
        Limit(4),
        (0, 52),
        _no_event,
        lambda row, limit: f"compelling event at level {row.level_compelling_event:g}, {_to_close(row)}",
    ),
    Rule(
        "budget_in_commit",
        "In Commit with budget below level {n}",
        "level",
        Limit(3),
        (1, 4),
        _budget_in_commit,
        lambda row, limit: f"in Commit, budget at level {row.level_budget:g}",
    ),
    Rule(
        "stage_stuck",
        "In its stage for more than {n} times the usual stay",
        "times",
        Limit(2),
        (0.5, 20),
        _stage_stuck,
        lambda row, limit: _times_told(f"in {row.stage} for", row.stage_days, row.usual_stage_days),
    ),
    Rule(
        "next_step_old",
        "Next step unchanged for more than {n} days",
        "days",
        Limit(21),
        (1, 365),
        _next_step_old,
        _next_step_told,
    ),
    Rule(
        "amount_fell",
        "Amount fell by {n}% or more",
        "percent",
        Limit(10),
        (1, 100),
        _amount_fell,
        _fell_told,
    ),
    Rule(
        "case_stands_still",
        "Stage moved, but no answer changed for {n} weeks",
        "weeks",
        Limit(3),
        (1, 52),
        _case_stands_still,
        _still_told,
    ),
    Rule(
        "parked_early",
        "Early stage, dated on the quarter's last {n} days",
        "days",
        Limit(LAST_DAYS),
        (1, 31),
        _parked_early,
        lambda row, limit: f"in {row.stage} at {row.probability:.0%}, dated {row.close_date:%Y-%m-%d}",
    ),
    Rule(
        "old",
        "Older than {n} times the usual time until a deal is won",
        "times",
        Limit(2),
        (0.5, 20),
        _old,
        lambda row, limit: _times_told("open for", row.age_days, row.usual_cycle_days),
    ),
)
RULE = {rule.key: rule for rule in RULES}
