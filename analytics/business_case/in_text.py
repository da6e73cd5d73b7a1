"""Dates and amounts in the words of an answer, read the way a colleague would."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from babel.dates import get_month_names

#: Short names of months in one language that are words of another.
_OTHER_WORDS = frozenset({"out", "set", "ago", "sie", "mag", "gen", "lis"})
_LOCALES = ("en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "da", "nb", "fi", "cs", "lt")
_ISO = re.compile(r"\b(20\d\d)-(\d\d)-(\d\d)\b")
_SLASHED = re.compile(r"(?<![\d.,/])(?!24/7)(\d{1,2})/(\d{1,2})(?:/(20\d\d|\d\d))?(?![\w/%]|[.,]\d)")
_DOTTED = re.compile(r"(?<![\d.,/])(\d{1,2})\.\s?(\d{1,2})\.(20\d\d|\d\d)?(?![\w%])")
_DAY_MONTH = re.compile(
    r"\b(\d{1,2})(?:st|nd|rd|th|er|º|\.)?\s?(?:of |de |di )?([^\W\d_]{3,})\.?,?"
    r"(?:\s'?(20\d\d|\d\d)\b(?![:.]))?"
)
_MONTH_DAY = re.compile(
    r"\b([A-Z][a-z]{2,8})\.?\s(\d{1,2})(?:st|nd|rd|th)?\b(?!\s?[%:]|[.,]?\d)(?:,?\s(20\d\d)\b)?"
)
_MONTH = re.compile(
    r"\b(?:in|by|until|till|before|from|end of|mid|late|early|since|im|ab|bis|en|em|w|fin)"
    r"\s([^\W\d_]{3,})\b(?:\s(20\d\d)\b)?(?!\s\d)"
)
#: Pattern, and which of its groups are year, month and day (0: none).
_IN_WORDS = ((_DAY_MONTH, 3, 2, 1), (_MONTH_DAY, 3, 1, 2), (_MONTH, 2, 1, 0))
_QUARTER = re.compile(r"\bq([1-4])(?:[\s/-]*(20\d\d|\d\d))?\b", re.IGNORECASE)
_AMOUNT = re.compile(
    r"(?<![\w.,])(?P<before>[€$£¥]|\b(?:[A-Z]{3}|R|Rs)\b)?\s?"
    r"(?P<number>\d{1,3}(?:[.,'’ \u00a0]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?)\s?"
    r"(?P<scale>k|K|m|M|mn|mio|Mio|MM|bn|thousand|million|millions|Mill?ionen|tsd|Tsd|lakh|crore)?"
    r"(?P<after>\s?(?:€|\$|£|¥|[KMTk]?(?:EUR|USD|GBP|CHF|SEK|NOK|DKK|PLN|CAD|AUD|JPY|INR|ZAR|BRL|CZK)|euros?|dollars?|pounds?))?"
    r"(?![\w%])"
)
#: How far back a day without a year may lie: what a rep was told lately, rather than next year's event.
_BACK = timedelta(days=61)
_SCALES = {"k": 1e3, "tsd": 1e3, "thousand": 1e3, "m": 1e6, "mn": 1e6, "mio": 1e6, "mm": 1e6, "million": 1e6}
_SCALES |= {"millions": 1e6, "millionen": 1e6, "milionen": 1e6, "bn": 1e9, "lakh": 1e5, "crore": 1e7}
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP", "¥": "JPY", "R": "ZAR", "Rs": "INR"}
_WORDS = {"euro": "EUR", "euros": "EUR", "dollar": "USD", "dollars": "USD", "pound": "GBP", "pounds": "GBP"}
_PER_PIECE = re.compile(
    r"^\s?(?:/|per |a |each|pro )\s?(?:user|seat|device|unit|month|mo\b|licen|store|day)", re.IGNORECASE
)


@dataclass(frozen=True)
class Amount:
    """A sum of money in a text; `currency` is '' where the text names none."""

    value: float
    currency: str
    text: str


@lru_cache(maxsize=1)
def _months() -> dict[str, int]:
    names: dict[str, int] = {}
    for locale in _LOCALES:
        for width in ("wide", "abbreviated"):
            for context in ("format", "stand-alone"):
                for number, name in get_month_names(width, context, locale).items():
                    if not name.strip(".").isdigit():
                        names.setdefault(name.strip(".").lower(), number)
    return {name: number for name, number in names.items() if name not in _OTHER_WORDS} | {"sept": 9}


def dates_in(text: str, near: date, *, day_first: bool = True) -> list[date]:
    """The days that a text names, in order of time, without doubles.

    A day without a year is the next one after `near`, or the last one if that is at most two months back; a
    month or quarter counts as its last day. `day_first` decides 4/3 where neither number does.
    """
    found: set[date] = set()
    for match in _ISO.finditer(text):
        _add(found, int(match[1]), int(match[2]), int(match[3]))
    for match in _SLASHED.finditer(text):
        first, second = int(match[1]), int(match[2])
        is_day_first = first > 12 or (day_first and second <= 12)
        day, month = (first, second) if is_day_first else (second, first)
        _near(found, match[3], month, day, near)
    for match in _DOTTED.finditer(text):
        _near(found, match[3], int(match[2]), int(match[1]), near)
    for pattern, year_at, month_at, day_at in _IN_WORDS:
        for match in pattern.finditer(text):
            if number := _months().get(match[month_at].lower()):
                _near(found, match[year_at], number, int(match[day_at]) if day_at else 0, near)
    for match in _QUARTER.finditer(text):
        _near(found, match[2], int(match[1]) * 3, 0, near)
    return sorted(found)


def _add(found: set[date], year: int, month: int, day: int) -> None:
    if 1 <= month <= 12 and 0 <= day <= monthrange(year, month)[1]:
        found.add(date(year, month, day or monthrange(year, month)[1]))


def _near(found: set[date], year: str | None, month: int, day: int, near: date) -> None:
    """Add a day; without a year, the one within the year that starts two months before `near`."""
    if year:
        _add(found, int(year) if len(year) == 4 else 2000 + int(year), month, day)
        return
    possible: set[date] = set()
    for candidate in (near.year - 1, near.year, near.year + 1):
        _add(possible, candidate, month, day)
    found |= set(sorted(one for one in possible if one >= near - _BACK)[:1])


def amounts_in(text: str) -> list[Amount]:
    """The sums of money that a text names, largest first; prices per piece and bare numbers are none."""
    found = []
    for match in _AMOUNT.finditer(text):
        scale = (match["scale"] or "").lower()
        after = (match["after"] or "").strip()
        before = match["before"] or ""
        if len(after) == 4 and after[0] in "KkMT":  # KEUR, MSEK
            scale, after = {"t": "k"}.get(after[0].lower(), after[0].lower()), after[1:]
        currency = _SIGNS.get(before) or _SIGNS.get(after) or _WORDS.get(after.lower()) or after or before
        if not (scale or currency) or _PER_PIECE.match(text[match.end() :]):
            continue
        if (before and before not in _SIGNS and before not in _CODES) or (
            match["scale"] == "m" and not currency
        ):
            continue
        found.append(Amount(_number(match["number"]) * _SCALES.get(scale, 1.0), currency, match[0].strip()))
    return sorted(found, key=lambda one: -one.value)


_CODES = frozenset(
    {"EUR", "USD", "GBP", "CHF", "SEK", "NOK", "DKK", "PLN", "CAD", "AUD", "NZD", "SGD", "JPY", "CNY", "INR"}
    | {"BRL", "ZAR", "CZK", "HUF", "TRY", "NGN", "KES", "MXN"}
)


def _number(text: str) -> float:
    """1,234.50 and 1.234,50 and 1'234: the last sign followed by one or two digits is the decimal one."""
    plain = re.sub(r"['’ \u00a0]", "", text)
    decimal = re.search(r"[.,](\d{1,2})$", plain)
    whole = re.sub(r"[.,]", "", plain[: decimal.start()] if decimal else plain)
    return float(f"{whole}.{decimal[1]}" if decimal else whole)
