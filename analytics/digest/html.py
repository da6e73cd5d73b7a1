"""A digest as one HTML page that needs nothing else: no script, no outside file; it prints to PDF."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from analytics.digest import words
from analytics.digest.content import Digest
from analytics.digest.week import leads_there, worth_asking_too
from analytics.html_files import html_template
from analytics.wording import DASH, count, day, is_missing, money, without_unseen


def html_page(digest: Digest, light: str, dark: str) -> bytes:
    """The page, as UTF-8; `light`, `dark`: the house colours as CSS variables."""
    company, week = digest.company, digest.week
    others = worth_asking_too(week, digest.best)
    text = _template().render(
        digest=digest,
        week=week,
        headline=words.headline(week, company),
        best_title=words.best_title(week),
        how_chosen=words.HOW_CHOSEN,
        rows=lambda frame: list(frame.itertuples(index=False)),
        step=words.step,
        pieces=pieces,
        leads=lambda row: leads_there(week, row.question, row.level),
        others=[list(deals.itertuples(index=False)) for deals in others],
        money=lambda amount: money(amount, company.currency, locale=company.locale),
        day=lambda value: day(value, locale=company.locale),
        due=_due,
        light=Markup(light),  # nosec B704 # our own colours
        dark=Markup(dark),  # nosec B704 # our own colours
        language=company.locale.replace("_", "-"),
    )
    return text.encode("utf-8")


@cache
def _template() -> Template:
    return html_template(Path(__file__).with_name("digest.html.jinja"), _shown)


def _shown(value: Any) -> Any:
    """A text without unseen signs; what is missing is a dash."""
    if type(value) is str:
        return without_unseen(value)
    return DASH if value is None or value != value else value


def pieces(row: Any) -> list[tuple[str, bool]]:
    """The answer's text in pieces, each with whether it is what earned the level."""
    text = "" if is_missing(row.answer) else str(row.answer)
    spans = [] if is_missing(row.spans) else json.loads(str(row.spans))
    found, at = [], 0
    for start, end in sorted((int(one[-2]), int(one[-1])) for one in spans):
        if start < at or end > len(text) or not text[start:end].strip():
            continue
        found += [(text[at:start], False), (text[start:end], True)]
        at = end
    return [(piece, is_evidence) for piece, is_evidence in [*found, (text[at:], False)] if piece]


def _due(days_over: Any) -> str:
    """Since or until when, in days."""
    days = int(days_over)
    if days > 0:
        return f"{count(days, 'day')} overdue"
    return "today" if days == 0 else f"in {count(-days, 'day')}"
