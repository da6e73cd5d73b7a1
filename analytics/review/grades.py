"""Whether a decision came true, as of a day: by what the deal did after it, and by nothing later.

A grade is about the decision, not about who made it; what cannot be told yet is open.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from analytics.fiscal import Quarter
from analytics.review.course import Course, Step
from analytics.review.decisions import (
    ACTION,
    CLOSE_OUT,
    DONE,
    DROPPED,
    KEEP,
    MOVE_CATEGORY,
    MOVE_DATE,
    NOT_DONE,
)
from analytics.store.subjects import CATEGORIES
from analytics.wording import count

HELD, NOT_HELD, STILL_OPEN, NOT_JUDGED = VERDICTS = ("held", "did not hold", "open", "cannot be judged")
_SURE = {category: place for place, category in enumerate(reversed(CATEGORIES))}
#: From which category on a move says that the deal will be won in the quarter.
_LIKELY = _SURE["Best Case"]

_PAST = "what was decided lay in the past already"

Say = Callable[[date], str]


@dataclass(frozen=True)
class Decided:
    """A decision as it is graded; `horizon`: the last day of the quarter that its date lies in."""

    kind: str
    at: datetime
    day: date
    quarter: Quarter
    horizon: date
    close_date: date | None = None
    category: str = ""
    due: date | None = None
    state: str = ""
    done_on: date | None = None
    state_note: str = ""
    seen_close_date: date | None = None
    seen_category: str = ""


@dataclass(frozen=True)
class Grade:
    """`verdict`: of VERDICTS; `reason` in words, with the day on which it was seen; `on`: that day, None
    while open; `followed_on`: the day on which the CRM was changed to what was decided (moves, close out)."""

    verdict: str
    reason: str
    on: date | None = None
    followed_on: date | None = None


def grade(decided: Decided, course: Course, as_of: date, say: Say) -> Grade:
    """Grade one decision by what is known at the end of a day; `say` writes a day in words."""
    known = course.until(as_of)
    if decided.kind == ACTION:
        return _action(decided, as_of, say)
    before = known.by(decided.at)
    if before.now is None:
        return Grade(NOT_JUDGED, "the deal was not known when it was decided")
    if not before.is_open:
        return Grade(NOT_JUDGED, "the deal was not open when it was decided")
    graded = _BY_KIND[decided.kind](decided, known, as_of, say)
    return replace(graded, followed_on=followed_on(decided, known))


def _keep(decided: Decided, known: Course, as_of: date, say: Say) -> Grade:
    """Its date must not leave the quarter and its category must not fall; won by then, it held."""
    if decided.seen_close_date is None:
        return Grade(NOT_JUDGED, "no close date stood in the CRM when it was decided")
    if decided.horizon < decided.day:
        return Grade(NOT_JUDGED, _PAST)
    until = known.until(min(as_of, decided.horizon))
    if ended := _ended(until, say):
        return ended
    now = until.now
    if now is None or now.close_date is None or now.close_date > decided.horizon:
        moved = until.since(lambda step: step.close_date is None or step.close_date > decided.horizon)
        to = "taken out" if now is None or now.close_date is None else f"moved to {say(now.close_date)}"
        return Grade(NOT_HELD, f"its date was {to}, past the quarter, on {_said(moved, say)}", moved)
    if decided.seen_category and _sure(now.category) < _sure(decided.seen_category):
        fell = until.since(lambda step: _sure(step.category) < _sure(decided.seen_category))
        words = f"moved from {decided.seen_category} to {now.category} on {_said(fell, say)}"
        return Grade(NOT_HELD, words, fell)
    if as_of > decided.horizon:
        return _too_late(decided.horizon, say)
    if as_of <= decided.seen_close_date:
        return Grade(STILL_OPEN, f"still open; the date that was kept is {say(decided.seen_close_date)}")
    return Grade(STILL_OPEN, f"still open, now dated {say(now.close_date)}, within the quarter")


def _move_date(decided: Decided, known: Course, as_of: date, say: Say) -> Grade:
    """The deal must be won by the decided day; moved on beyond it, it did not hold."""
    wanted = decided.close_date
    if wanted is None:
        return Grade(NOT_JUDGED, "no date was decided")
    if wanted < decided.day:
        return Grade(NOT_JUDGED, _PAST)
    until = known.until(min(as_of, wanted))
    if ended := _ended(until, say):
        return ended
    if as_of > wanted:
        return _too_late(wanted, say)
    now, followed = until.now, followed_on(decided, until)
    if followed and now is not None and now.close_date is not None and now.close_date > wanted:
        moved = until.since(lambda step: step.close_date is not None and step.close_date > wanted)
        return Grade(NOT_HELD, f"moved on to {say(now.close_date)} on {_said(moved, say)}", moved)
    return Grade(STILL_OPEN, f"still open; the decided date is {say(wanted)}")


def _move_category(decided: Decided, known: Course, as_of: date, say: Say) -> Grade:
    """Moved up, the deal must be won in the quarter; moved down, it must not be."""
    last, up = decided.quarter.last_day, _is_up(decided)
    if last < decided.day:
        return Grade(NOT_JUDGED, _PAST)
    until = known.until(min(as_of, last))
    if ended := _ended(until, say):
        opposite = {HELD: NOT_HELD, NOT_HELD: HELD}
        return ended if up else replace(ended, verdict=opposite.get(ended.verdict, ended.verdict))
    if as_of > last:
        return _too_late(last, say) if up else replace(_too_late(last, say), verdict=HELD)
    return Grade(STILL_OPEN, f"still open; {decided.quarter} ends on {say(last)}")


def _is_up(decided: Decided) -> bool:
    """Whether the move says that the deal will be won in the quarter."""
    to, from_ = _sure(decided.category), _sure(decided.seen_category)
    return to > from_ if decided.seen_category and to != from_ else to >= _LIKELY


def _sure(category: str) -> int:
    return _SURE.get(category, _SURE["Pipeline"])


def _close_out(decided: Decided, known: Course, as_of: date, say: Say) -> Grade:
    """The deal must be closed lost, and not won later."""
    if ended := _ended(known, say):
        if ended.verdict == NOT_JUDGED:
            return ended
        return replace(ended, verdict=NOT_HELD if known.won else HELD)
    if as_of > decided.quarter.last_day:
        return _too_late(decided.quarter.last_day, say)
    return Grade(STILL_OPEN, "the CRM still has it open")


def _action(decided: Decided, as_of: date, say: Say) -> Grade:
    """It must be done by the day on which it was due."""
    due, note = decided.due, f": {decided.state_note}" if decided.state_note else ""
    if decided.state == DONE and decided.done_on is not None:
        if due is None:
            return Grade(NOT_JUDGED, f"done on {say(decided.done_on)}; no day was due{note}", decided.done_on)
        late = (decided.done_on - due).days
        when = f"{count(late, 'day')} late" if late > 0 else "in time"
        verdict = NOT_HELD if late > 0 else HELD
        return Grade(verdict, f"done on {say(decided.done_on)}, {when}{note}", decided.done_on)
    if decided.state == DROPPED:
        return Grade(NOT_JUDGED, f"dropped{note}")
    if due is None:
        return Grade(STILL_OPEN, "no day was due")
    if decided.state == NOT_DONE:
        return Grade(
            NOT_HELD, f"reported not done; due {say(due)}{note}", min(as_of, due + timedelta(days=1))
        )
    if as_of > due:
        days = count((as_of - due).days, "day")
        return Grade(NOT_HELD, f"not reported done; due {say(due)}, {days} ago", due + timedelta(days=1))
    return Grade(STILL_OPEN, f"due {say(due)}")


def followed_on(decided: Decided, known: Course) -> date | None:
    """The day on which the CRM first had what was decided (the decision's, if it had it already), or None."""
    holds = _FOLLOWS.get(decided.kind)
    if holds is None:
        return None
    day = known.first_after(decided.at, lambda step: holds(decided, step))
    return None if day is None else max(day, decided.day)


def _has_date(decided: Decided, step: Step) -> bool:
    return step.close_date == decided.close_date


def _has_category(decided: Decided, step: Step) -> bool:
    return not step.is_closed and step.category == decided.category


def _is_lost(decided: Decided, step: Step) -> bool:
    return step.is_closed and not step.is_won


_FOLLOWS = {MOVE_DATE: _has_date, MOVE_CATEGORY: _has_category, CLOSE_OUT: _is_lost}
_BY_KIND = {KEEP: _keep, MOVE_DATE: _move_date, MOVE_CATEGORY: _move_category, CLOSE_OUT: _close_out}


def _ended(until: Course, say: Say) -> Grade | None:
    """The grade of what must be won, if the deal has ended or is gone."""
    on = until.ended_on
    if on is None and until.now is not None and until.now.is_gone:
        gone_on = until.since(lambda step: step.is_gone)
        return Grade(NOT_JUDGED, f"the deal is gone from the CRM since {_said(gone_on, say)}", gone_on)
    if on is None:
        return None
    return Grade(HELD, f"won on {say(on)}", on) if until.won else Grade(NOT_HELD, f"lost on {say(on)}", on)


def _too_late(day: date, say: Say) -> Grade:
    return Grade(NOT_HELD, f"still open at the end of {say(day)}", day + timedelta(days=1))


def _said(day: date | None, say: Say) -> str:
    return "a day that is not known" if day is None else say(day)
