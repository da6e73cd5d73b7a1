"""A brief as one HTML page that needs nothing else: no script, no outside file; it prints to PDF."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

from jinja2 import Template
from markupsafe import Markup

from analytics.brief.parts import Brief, Waterfall, each, without_unseen
from analytics.figures.style import DARK, LIGHT, Palette
from analytics.html_files import html_template


def html_page(brief: Brief) -> bytes:
    """The page, as UTF-8."""
    text = _template().render(
        brief=brief,
        bars=_bars,
        colours=Markup(_colours(LIGHT)),  # nosec B704 # our own
        dark_colours=Markup(_colours(DARK)),  # nosec B704 # our own
        footer=Markup(_css_text(f"{brief.title} · {brief.scope_words}")),  # nosec B704 # escaped
        language=brief.company.locale.replace("_", "-"),
    )
    return text.encode("utf-8")


@cache
def _template() -> Template:
    return html_template(Path(__file__).with_name("brief.html.jinja"), _shown)


def _shown(value: Any) -> Any:
    """A text in one line without unseen signs."""
    return without_unseen(value) if type(value) is str else value


def _bars(found: Waterfall) -> list[dict[str, Any]]:
    """Each bar of a waterfall with its place on the axis in percent."""
    low, high = found.axis
    wide = (high - low) or 1.0
    bars = []
    for row in each(found.bars):
        begin = (max(row.low, low) - low) / wide
        length = max((row.high - max(row.low, low)) / wide, 0.0)
        bars.append(
            {
                "step": row.step,
                "amount": row.amount,
                "kind": row.kind,
                "hue": row.hue,
                "deals": row.deals,
                "is_cut": row.kind != "change" and low > 0,
                "left": f"{100 * begin:.2f}",
                "width": f"{100 * length:.2f}",
            }
        )
    return bars


def _colours(palette: Palette) -> str:
    """The house colours as CSS variables."""
    named = {
        "text": palette.text,
        "muted": palette.muted,
        "grid": palette.grid,
        "background": palette.background,
        "raised": palette.raised,
        "won": palette.won.mark,
        "won-ink": palette.won.ink,
        "likely": palette.likely.mark,
        "likely-ink": palette.likely.ink,
        "lost": palette.lost.mark,
        "lost-ink": palette.lost.ink,
        "risk-ink": palette.risk.ink,
        "stated": palette.stated.mark,
        "stated-ink": palette.stated.ink,
    }
    return " ".join(f"--{name}: {colour};" for name, colour in named.items())


def _css_text(text: str) -> str:
    """A text as a CSS string: every sign that is not plain stands as its number."""
    return re.sub(r"[^A-Za-z0-9 .,:%-]", lambda found: f"\\{ord(found[0]):06x}", text)
