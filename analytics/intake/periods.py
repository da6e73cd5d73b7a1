"""Quarters and months as people write them: 'Q1 FY26', '2026Q1', 'Jan 26', '2026-01'."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from analytics.intake.values import MONTHS

_NOISE = re.compile(
    r"\((?:[^)]*)\)|\b(?:target|quota|goal|plan|amount|ziel|objectif|objetivo|meta|obiettivo|doel)s?\b"
)
_YEAR = r"(?P<word>fy|gj|ej|cy|af)?[\s\-/_.]*'?(?P<year>20\d\d|\d\d)"
_QUARTERS = tuple(
    re.compile(pattern)
    for pattern in (
        rf"[qtk]\s?(?P<number>[1-4])[\s\-/_.,]*{_YEAR}",
        rf"(?P<number>[1-4])(?:\.|er|e|o)?\s?[qtk][a-z]*[\s\-/_.,]*{_YEAR}",
        rf"{_YEAR}[\s\-/_.,]*[qtk]\s?(?P<number>[1-4])",
    )
)
_MONTHS = tuple(
    re.compile(pattern)
    for pattern in (
        r"(?P<year>20\d\d)[-/.](?P<number>\d{1,2})",
        r"(?P<number>\d{1,2})[-/.](?P<year>20\d\d)",
        r"(?P<name>[a-z]{3,10})\.?[\s\-/_.,']*(?P<year>20\d\d|\d\d)",
        r"(?P<year>20\d\d)[\s\-/_.,']*(?P<name>[a-z]{3,10})\.?",
    )
)
_DAY = re.compile(r"(20\d\d)-(\d\d)-(\d\d)(?: 00:00:00)?")


@dataclass(frozen=True)
class FiscalYears:
    """When a fiscal year begins, and whether it is called after the calendar year it ends or starts in."""

    start_month: int = 1
    named_by: str = "end"

    def quarter(self, year: int, number: int) -> date:
        """The first day of a quarter of a fiscal year."""
        starts_in = year - 1 if self.start_month > 1 and self.named_by == "end" else year
        months = starts_in * 12 + self.start_month - 1 + 3 * (number - 1)
        return date(months // 12, months % 12 + 1, 1)


@dataclass(frozen=True)
class Period:
    """A quarter or a month. `months`: 3, 1, or 0 = a first day, which may begin either."""

    first_day: date
    months: int


def period_of(text: str, years: FiscalYears) -> Period | None:
    """What a label or a cell says; None if it is no quarter and no month."""
    plain = "".join(s for s in unicodedata.normalize("NFKD", text).casefold() if not unicodedata.combining(s))
    plain = " ".join(_NOISE.sub(" ", plain).split()).strip(" -_:")
    if match := _DAY.fullmatch(plain):
        year, number, day = map(int, match.groups())
        return Period(date(year, number, 1), 0) if day == 1 and 1 <= number <= 12 else None
    for pattern in _QUARTERS:
        if match := pattern.fullmatch(plain):
            calendar = FiscalYears() if match["word"] == "cy" else years
            return Period(calendar.quarter(_year(match["year"]), int(match["number"])), 3)
    for pattern in _MONTHS:
        if (match := pattern.fullmatch(plain)) and (month := _month(match)):
            return Period(date(_year(match["year"]), month, 1), 1)
    return None


def _year(text: str) -> int:
    return int(text) + (2000 if len(text) == 2 else 0)


def _month(match: re.Match[str]) -> int | None:
    groups = match.groupdict()
    if "number" in groups:
        number = int(groups["number"])
        return number if 1 <= number <= 12 else None
    names = enumerate(MONTHS, 1)
    return next((number for number, starts in names if groups["name"].startswith(starts)), None)


def periods_of(header: Sequence[str], years: FiscalYears) -> dict[int, Period]:
    """Which columns are quarters or months. First days that lie less than a quarter apart are months."""
    found = {place: period for place, label in enumerate(header) if (period := period_of(label, years))}
    days = sorted(period.first_day for period in found.values() if period.months == 0)
    gaps = [(b.year - a.year) * 12 + b.month - a.month for a, b in pairwise(days)]
    months = 1 if gaps and min(gaps) < 3 else 3
    return {place: Period(p.first_day, p.months or months) for place, p in found.items()}
