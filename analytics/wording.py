"""Numbers, days and CRM texts as people read them. A leaf: imports nothing of ours but the missing values."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from datetime import date
from typing import Any

import pandas as pd
from babel import Locale
from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, get_currency_symbol

from analytics.problems import NotEnough

DASH = "–"
#: Unit, its letter, and the amount from which it is used: where the smaller unit would round up to 1,000.
_SHORT = ((1e9, "B", 999_500_000), (1e6, "M", 999_500), (1e3, "K", 999.5))


def is_missing(value: Any) -> bool:
    """Whether there is no number to show."""
    return value is None or isinstance(value, NotEnough) or bool(pd.isna(value))


def money(
    amount: Any, currency: str, *, exact: bool = False, signed: bool = False, locale: str = "en_US"
) -> str:
    """$9.3M for texts, or $9,312,450.00 with `exact`. A missing amount is a dash."""
    if is_missing(amount):
        return DASH
    value = float(amount)
    if exact:
        return _sign(value, signed=signed) + str(format_currency(abs(value), currency, locale=locale))
    for unit, letter, from_ in _SHORT:
        if abs(value) >= from_:
            digits = 0 if letter == "K" or abs(value) >= 99.95 * unit else 1
            number = format_decimal(
                round(abs(value) / unit, digits), format="#,##0.0" if digits else "#,##0", locale=locale
            )
            return (
                _sign(value, signed=signed) + get_currency_symbol(currency, locale=locale) + number + letter
            )
    value = round(value)
    whole = format_currency(abs(value), currency, format="¤#,##0", locale=locale, currency_digits=False)
    return _sign(value, signed=signed) + str(whole)


def _sign(value: float, *, signed: bool) -> str:
    return "-" if value < 0 else "+" if signed and value > 0 else ""


def percent(share: Any, *, signed: bool = False) -> str:
    """62% without decimals, 0.4% below one percent; missing is a dash."""
    if is_missing(share):
        return DASH
    value = float(share) * 100
    digits = 1 if 0 < abs(value) < 1 else 0
    text = f"{abs(value):.{digits}f}%"
    return ("-" if value < 0 else "+" if signed and value > 0 else "") + text


def points(share: Any) -> str:
    """A difference of two shares in points: +6, -9, +0.4; missing is a dash."""
    if is_missing(share):
        return DASH
    value = 100 * float(share)
    return f"{value:+.0f}" if abs(value) >= 0.95 else f"{value:+.1f}"


def times(ratio: Any) -> str:
    """3.1x, for coverage."""
    if is_missing(ratio) or math.isinf(float(ratio)):
        return DASH
    return f"{round(float(ratio), 1) + 0.0:.1f}x"  # + 0.0: no minus sign before a rounded zero


def day(value: Any, *, locale: str = "en_US") -> str:
    """15 Nov 2026 (the order is the locale's own)."""
    if is_missing(value):
        return DASH
    given = value if isinstance(value, date) else pd.Timestamp(value).date()
    return str(format_date(given, format="medium", locale=Locale.parse(locale)))


def count(n: int, singular: str, plural: str | None = None) -> str:
    """1 deal, 12 deals."""
    return f"{n:,} {singular if n == 1 else plural or singular + 's'}"


def listed(items: Iterable[str]) -> str:
    """A, B and C."""
    words = list(items)
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}" if words else ""


#: How deep an answer is, 0 to 4.
LEVELS = ("nothing", "surface", "specific", "explained", "evidenced")


def level_words(level: Any) -> str:
    """3 explained; a missing level is a dash."""
    return DASH if is_missing(level) else f"{int(level)} {LEVELS[int(level)]}"


#: Signs that nobody sees and that would break a file or turn what stands around them.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]+"
)


def without_unseen(text: str) -> str:
    """CRM text for a file: blanks instead of signs that nobody sees; its lines stay."""
    return _UNSEEN.sub(" ", text)


_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~>$:<&])")
#: Where Streamlit's Markdown sees an address, an icon or its logo, escaped or not.
_MADE_OF_TEXT = re.compile(
    r"(?<=https:)(?=//)|(?<=http:)(?=//)|(?<=www)(?=\.)|(?<=[-.\w+])(?=@[-\w])"
    r"|(?<=:)(?=material[/_]|streamlit:)",
    re.IGNORECASE,
)
_WORD_JOINER = "\u2060"  # nobody sees it, no line breaks at it
#: Several of them would begin a heading or a block of code.
_BLANKS = re.compile(r"[ \t\n]+")


def plain(text: Any) -> str:
    """CRM text made safe for Markdown: one line, shown as it was typed, `$`, `[`, `:`, addresses and all."""
    line = _BLANKS.sub(" ", without_unseen(str(text)))
    return _MARKDOWN.sub(r"\\\1", _MADE_OF_TEXT.sub(_WORD_JOINER, line))


#: Where a spreadsheet program may begin a cell, before a sign of a formula: at the start, and where it takes
#: the end of a line, a tab or the semicolon (in half of Europe, whatever the file's own separator) for one.
_CELL = r"(?:^|(?<=[;\t\n])){}(?=[^\S\t\n]*[=+\-@\uff1d\uff0b\uff0d\uff20])"
_FORMULA, _GUARDED = re.compile(_CELL.format("")), re.compile(_CELL.format("'"))


def without_formula(text: str, sign: str = "'") -> str:
    """CRM text for a cell of a CSV file: with a sign before whatever a spreadsheet program would run.

    Its lines end alike: `csv` puts no quotes around a carriage return, at which Excel begins a row.
    """
    return _FORMULA.sub(sign, text.replace("\r\n", "\n").replace("\r", "\n"))


def with_formula(text: str) -> str:
    """The text that `without_formula` was given, but for its lines' ends."""
    return _GUARDED.sub("", text)


_NUMBER = r"[+-]?[^\w\s=@|]{0,3}\d[\d.,]*\s?[\w%]*"
_SIGNED = re.compile(rf"{_NUMBER}(?: \({_NUMBER} to {_NUMBER}\))?")


def shown_without_formula(text: str) -> str:
    """The same for a table on a page, whose own menu saves it: with a sign that nobody sees.

    A signed number (+$1.2M), also with its range, stays as it is.
    """
    return text if _SIGNED.fullmatch(text) else without_formula(text, _WORD_JOINER)
