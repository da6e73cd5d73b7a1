"""The company's calendar: days in its time zone, fiscal quarters, weeks of a quarter."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from analytics.problems import BadInput

#: Years that a reader can ask for: every shift and comparison by weeks and quarters stays within dates.
_FIRST_YEAR, _LAST_YEAR = 1900, 2199


@dataclass(frozen=True, order=True)
class Quarter:
    """A fiscal quarter, from its first day to its last, called like 2026Q2."""

    first_day: date
    last_day: date
    key: str

    def __str__(self) -> str:
        return self.key

    def contains(self, day: date) -> bool:
        """Whether the day lies in this quarter."""
        return self.first_day <= day <= self.last_day

    def week_of(self, day: date) -> int:
        """The week of the quarter that the day lies in, 1 to 14; days outside count as its first or last."""
        inside = min(max(day, self.first_day), self.last_day)
        return (inside - self.first_day).days // 7 + 1

    def day_like(self, day: date, of: Quarter) -> date:
        """The day of this quarter that stands where `day` stands in the quarter `of`.

        Quarters have 90 to 92 days: days of the first half are counted from the first day, later ones from
        the last, so that first meets first and last meets last. A day outside counts as the nearest inside.
        """
        inside = min(max(day, of.first_day), of.last_day)
        gone, left = inside - of.first_day, of.last_day - inside
        return self.first_day + gone if gone <= left else self.last_day - left


@dataclass(frozen=True)
class Calendar:
    """How the company counts its days and quarters."""

    time_zone: str = "UTC"
    start_month: int = 1
    named_by: str = "end"  # a fiscal year is called after the calendar year it ends or starts in

    def __post_init__(self) -> None:
        if not 1 <= self.start_month <= 12:
            raise BadInput(
                "the fiscal year's first month is no month",
                expected="a number from 1 to 12",
                got=str(self.start_month),
                to_do="Correct it with `python -m analytics settings fiscal_year_start_month 2`.",
            )

    def end_of(self, day: date) -> datetime:
        """The last moment of a company day, as the store writes time (UTC, no zone)."""
        local = datetime.combine(day + timedelta(days=1), time(), tzinfo=ZoneInfo(self.time_zone))
        return local.astimezone(UTC).replace(tzinfo=None) - timedelta(microseconds=1)

    def start_of(self, day: date) -> datetime:
        """The first moment of a company day, as the store writes time (UTC, no zone)."""
        return self.end_of(day - timedelta(days=1)) + timedelta(microseconds=1)

    def day_of(self, moment: datetime) -> date:
        """The company day on which a stored moment lies."""
        return moment.replace(tzinfo=UTC).astimezone(ZoneInfo(self.time_zone)).date()

    def quarter_of(self, day: date) -> Quarter:
        """The fiscal quarter that a day lies in."""
        months_in = (day.month - self.start_month) % 12
        first_month = (self.start_month - 1 + months_in // 3 * 3) % 12 + 1
        first_year = day.year - (1 if first_month > day.month else 0)
        return self._quarter(first_year, first_month)

    def shift(self, quarter: Quarter, steps: int) -> Quarter:
        """The quarter `steps` later (earlier if negative)."""
        months = quarter.first_day.year * 12 + quarter.first_day.month - 1 + 3 * steps
        return self._quarter(months // 12, months % 12 + 1)

    def steps(self, from_: Quarter, to: Quarter) -> int:
        """How many quarters `to` lies after `from_` (negative: before)."""
        months = (to.first_day.year - from_.first_day.year) * 12 + to.first_day.month - from_.first_day.month
        return months // 3

    def parse(self, text: str) -> Quarter:
        """The quarter called like `2026Q2` (also `2026-Q2`, `Q2 2026`, `q2-2026`)."""
        match = re.fullmatch(r"(\d{4})[- ]?Q([1-4])|Q([1-4])[- ]?(\d{4})", text.strip(), re.IGNORECASE)
        if not match:
            raise BadInput("this is no quarter", expected="a quarter like 2026Q2", got=repr(text))
        year = int(match[1] or match[4])
        if not _FIRST_YEAR <= year <= _LAST_YEAR:
            raise BadInput(
                "this quarter is too far away", expected=f"a year {_FIRST_YEAR}-{_LAST_YEAR}", got=repr(text)
            )
        number = int(match[2] or match[3])
        fiscal_start_year = year - 1 if self._named_after_next_year else year
        months = fiscal_start_year * 12 + self.start_month - 1 + 3 * (number - 1)
        return self._quarter(months // 12, months % 12 + 1)

    @property
    def _named_after_next_year(self) -> bool:
        return self.start_month > 1 and self.named_by == "end"

    def _quarter(self, year: int, month: int) -> Quarter:
        first_day = date(year, month, 1)
        if year + (month + 2) // 12 > date.max.year:  # a close date of 9999 means never
            last_day = date.max
        else:
            last_day = date(year + (month + 2) // 12, (month + 2) % 12 + 1, 1) - timedelta(days=1)
        number = (month - self.start_month) % 12 // 3 + 1
        fiscal_start_year = year if month >= self.start_month else year - 1
        name = fiscal_start_year + (1 if self._named_after_next_year else 0)
        return Quarter(first_day, last_day, f"{name}Q{number}")


def parse_day(text: str, *, what: str = "date") -> date:
    """A day written as YYYY-MM-DD."""
    try:
        day = date.fromisoformat(text.strip())
    except ValueError:
        raise BadInput(
            f"this {what} cannot be read", expected="a day like 2026-11-15", got=repr(text)
        ) from None
    if not _FIRST_YEAR <= day.year <= _LAST_YEAR:
        raise BadInput(
            f"this {what} is too far away", expected=f"a year {_FIRST_YEAR}-{_LAST_YEAR}", got=repr(text)
        )
    return day
