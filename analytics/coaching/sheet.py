"""The page for a 1:1 as one HTML file that needs nothing else: no script, no outside file; it prints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from jinja2 import Template

from analytics.html_files import html_template
from analytics.wording import DASH, day, is_missing, money


@dataclass(frozen=True)
class Part:
    """One thing that is said: its title, sentences, a question to ask, two answers side by side, replies."""

    title: str
    sentences: Sequence[str] = ()
    ask: str = ""
    beside: Sequence[tuple[str, str, str]] = ()  # heading, quoted answer, whose
    replies: Sequence[str] = ()


@dataclass(frozen=True)
class Section:
    """A heading with what is said under it, and a table (columns of money: `money`)."""

    heading: str
    parts: Sequence[Part] = ()
    table: pd.DataFrame | None = None
    money: Sequence[str] = field(default_factory=tuple)
    note: str = ""


@dataclass(frozen=True)
class Sheet:
    """What the file holds."""

    title: str
    scope: str
    lead: str
    rest: str
    sections: Sequence[Section]
    note: str
    currency: str
    locale: str


def html_sheet(sheet: Sheet) -> bytes:
    """The file, as UTF-8."""
    text = _template().render(
        sheet=sheet,
        language=sheet.locale.replace("_", "-"),
        cell=lambda value, column, section: _cell(value, column in section.money, sheet),
        records=lambda table: table.to_dict("records"),
    )
    return text.encode("utf-8")


def _cell(value: Any, is_money: bool, sheet: Sheet) -> str:
    if is_missing(value) or value == "":
        return DASH
    if is_money:
        return money(value, sheet.currency, exact=True, locale=sheet.locale)
    if isinstance(value, date):
        return day(value, locale=sheet.locale)
    return f"{value:.2f}" if isinstance(value, float) else str(value)


@cache
def _template() -> Template:
    return html_template(Path(__file__).with_name("sheet.html.jinja"))
