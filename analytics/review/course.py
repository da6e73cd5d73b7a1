"""How one deal went: its dated steps, cut at a moment, so that what was decided can be held against it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache

import pandas as pd

from analytics import wording
from analytics.company import Company


@dataclass(frozen=True)
class Step:
    """How the CRM had a deal from a moment on; `day`: the company day of it."""

    at: datetime
    day: date
    close_date: date | None
    category: str
    is_closed: bool
    is_won: bool
    is_gone: bool


@dataclass(frozen=True)
class Course:
    """A deal's steps, the earliest first."""

    steps: tuple[Step, ...]

    def until(self, day: date) -> Course:
        """What was known at the end of a day."""
        return Course(tuple(step for step in self.steps if step.day <= day))

    def by(self, moment: datetime) -> Course:
        """What was known at a moment."""
        return Course(tuple(step for step in self.steps if step.at <= moment))

    @property
    def now(self) -> Step | None:
        """The last step; None where the deal is not known."""
        return self.steps[-1] if self.steps else None

    @property
    def is_open(self) -> bool:
        """Whether it stands open at last."""
        return self.now is not None and not self.now.is_closed and not self.now.is_gone

    @property
    def won(self) -> bool:
        """Whether it stands won at last."""
        return self.now is not None and self.now.is_closed and self.now.is_won

    @property
    def ended_on(self) -> date | None:
        """The day on which it came to the end it has now; None while it is open."""
        if self.now is None or not self.now.is_closed:
            return None
        won = self.now.is_won
        return self.since(lambda step: step.is_closed and step.is_won == won)

    def since(self, holds: Callable[[Step], bool]) -> date | None:
        """The day from which on something holds without a break until the last step; None if it does not."""
        found = None
        for step in reversed(self.steps):
            if not holds(step):
                break
            found = step.day
        return found

    def first_after(self, moment: datetime, holds: Callable[[Step], bool]) -> date | None:
        """The first day on which something holds, from a moment on (the state at the moment counts)."""
        before = self.by(moment).now
        if before is not None and holds(before):
            return before.day
        return next((step.day for step in self.steps if step.at > moment and holds(step)), None)


@lru_cache(maxsize=4096)
def day_said(day: date, locale: str) -> str:
    """A day in words; a ledger says the same days over and over."""
    return wording.day(day, locale=locale)


def courses_of(steps: pd.DataFrame, company: Company) -> dict[str, Course]:
    """deal_id -> its course; of `queries/decided_deal_steps.sql`."""
    zone = company.calendar.time_zone
    days = steps["valid_at"].dt.tz_localize("UTC").dt.tz_convert(zone).dt.date
    dates = [None if pd.isna(day) else pd.Timestamp(day).date() for day in steps["close_date"]]
    rows = zip(
        steps["deal_id"],
        [at.to_pydatetime() for at in steps["valid_at"]],
        days,
        dates,
        steps["category"],
        steps["is_closed"],
        steps["is_won"],
        steps["is_gone"],
        strict=True,
    )
    found: dict[str, list[Step]] = {}
    for deal_id, at, day, close_date, category, is_closed, is_won, is_gone in rows:
        step = Step(at, day, close_date, category, bool(is_closed), bool(is_won), bool(is_gone))
        found.setdefault(deal_id, []).append(step)
    return {deal_id: Course(tuple(mine)) for deal_id, mine in found.items()}
