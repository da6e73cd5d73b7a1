"""Where labels and ticks go: texts made safe and short, labels that would overlap moved apart.

A figure's width is only known in the browser, so labels are placed for the narrowest one (NARROW): what
does not overlap there does not overlap on a wider screen.
"""

from __future__ import annotations

import html
import math
import re
import textwrap
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

import pandas as pd
from babel.dates import format_date, format_skeleton

from analytics import wording

NARROW = 620  # px: a figure in a 900 px window with the sidebar open
_TAG = re.compile(r"<[^>]*>")
_WIDE, _SLIM = set("mwMW@%"), set("iljtfrI.,:;'|!()[] ")


def safe(text: Any) -> str:
    """CRM text as it was typed: Plotly would take `<b>` or `<a>` in it for markup."""
    return html.escape(" ".join(str(text).split()), quote=False)


def short(text: Any, most: int = 26) -> str:
    """Safe text of at most `most` characters, cut with an ellipsis. The whole text belongs on hover."""
    words = " ".join(str(text).split())
    return safe(words if len(words) <= most else words[: most - 1].rstrip() + "…")


def wrapped(text: Any, per_line: int = 22) -> str:
    """Safe text on at most two lines; what does not fit is cut with an ellipsis."""
    lines = textwrap.wrap(" ".join(str(text).split()), per_line, max_lines=2, placeholder=" …")
    return "<br>".join(safe(line) for line in lines)


def width(text: str, size: int = 14) -> float:
    """Roughly how many pixels a line of text takes; rather too many than too few."""
    shares = (0.92 if c in _WIDE else 0.36 if c in _SLIM else 0.70 if c.isupper() else 0.59 for c in text)
    return size * sum(shares)


def widest(texts: Iterable[str], size: int = 14) -> int:
    """The pixels of the longest line of some texts, markup not counted."""
    lines = (line for text in texts for line in text.split("<br>"))
    return math.ceil(max((width(html.unescape(_TAG.sub("", line)), size) for line in lines), default=0))


def number(value: Any, otherwise: float = 0.0) -> float:
    """A number to draw: a missing or infinite one becomes `otherwise`."""
    if wording.is_missing(value) or math.isinf(float(value)):
        return otherwise
    return float(value)


def spread(
    wanted: Sequence[float], sizes: Sequence[float], low: float = -math.inf, high: float = math.inf
) -> list[float]:
    """Centres as near as possible to the wanted ones, in their order, without overlap, within [low, high].

    Neighbours that touch move together, as in Datawrapper's and the FT's line charts. If there is too little
    room for all, they keep their distance and run over `high`.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    blocks: list[tuple[float, float, list[int]]] = []  # centre, size, members
    for i in order:
        block = (_held(wanted[i], sizes[i], low, high), sizes[i], [i])
        while blocks and blocks[-1][0] + blocks[-1][1] / 2 > block[0] - block[1] / 2 + 1e-9:
            block = _joined(blocks.pop(), block, wanted, sizes, (low, high))
        blocks.append(block)
    placed = [0.0] * len(wanted)
    for centre, size, members in blocks:
        edge = centre - size / 2
        for i in members:
            placed[i] = edge + sizes[i] / 2
            edge += sizes[i]
    return placed


def _held(centre: float, size: float, low: float, high: float) -> float:
    return max(low + size / 2, min(high - size / 2, centre))


def _joined(
    first: tuple[float, float, list[int]],
    second: tuple[float, float, list[int]],
    wanted: Sequence[float],
    sizes: Sequence[float],
    limits: tuple[float, float],
) -> tuple[float, float, list[int]]:
    members = [*first[2], *second[2]]
    size = first[1] + second[1]
    edge, offsets = 0.0, 0.0
    for i in members:
        offsets += wanted[i] - (edge + sizes[i] / 2)
        edge += sizes[i]
    return _held(offsets / len(members) + size / 2, size, *limits), size, members


def thinned(at: Sequence[float], sizes: Sequence[float], weights: Sequence[float]) -> list[int]:
    """Which labels to show when not all fit: the weightiest first, none overlapping. Indices, ascending."""
    chosen: list[int] = []
    for i in sorted(range(len(at)), key=lambda i: -weights[i]):
        if all(abs(at[i] - at[j]) >= (sizes[i] + sizes[j]) / 2 for j in chosen):
            chosen.append(i)
    return sorted(chosen)


def nice_step(span: float, most: int) -> float:
    """A round step (1, 2, 2.5 or 5 times a power of ten) that divides a span into at most `most` parts."""
    raw = max(span, 1e-9) / most
    power = 10.0 ** math.floor(math.log10(raw))
    return next(step * power for step in (1, 2, 2.5, 5, 10) if step * power >= raw * (1 - 1e-9))


def money_ticks(
    low: float, high: float, *, currency: str, locale: str, most: int = 5
) -> tuple[list[float], list[str]]:
    """Round amounts between `low` and `high`, and how they are written."""
    step = max(nice_step(high - low, most), 1.0)
    values = [step * i for i in range(math.ceil(low / step - 1e-9), math.floor(high / step + 1e-9) + 1)]
    return values, [wording.money(value, currency, locale=locale) for value in values]


def day_ticks(
    low: pd.Timestamp, high: pd.Timestamp, *, locale: str, most: int = 7
) -> tuple[list[pd.Timestamp], list[str]]:
    """Starts of months (or Mondays, when the span is short) between two days, and how they are written."""
    months = (high - low).days / 30.4
    if months < 2.5:
        days = pd.date_range(low.normalize(), high, freq="W-MON")
        days = days[:: max(1, math.ceil(len(days) / most))]
        return list(days), [_written(day, "MMMd", locale) for day in days]
    yearly = 12 * math.ceil(months / most / 12)
    step = next((step for step in (1, 2, 3, 6) if months / step <= most), yearly)
    starts = [
        day
        for day in pd.date_range(low.normalize(), high, freq="MS")
        if (day.year * 12 + day.month - 1) % step == 0
    ]
    texts = []
    for i, day in enumerate(starts):
        with_year = i == 0 or day.year != starts[i - 1].year
        texts.append(_written(day, "yMMM", locale) if with_year else _month(day, locale))
    return starts, texts


def _written(day: date, skeleton: str, locale: str) -> str:
    return str(format_skeleton(skeleton, day, locale=locale))


def _month(day: date, locale: str) -> str:
    return str(format_date(day, "LLL", locale=locale))


def rows(frame: pd.DataFrame) -> list[Any]:
    """The rows with their columns as attributes."""
    return list(frame.itertuples(index=False))
