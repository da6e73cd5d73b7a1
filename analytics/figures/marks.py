"""Marks that mean the same in every figure of the forecast: the range, what is stated, a tick."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

from analytics import wording
from analytics.figures import style

RANGE_FILL = 0.55  # opacity; less is lost on a projector, more hides the ticks upon it


def ranges(ends: Iterable[tuple[Any, Any, float]], *, dark: bool, width: int = 14) -> go.Scatter:
    """P10 to P90 as thick lines: (low, high, level) each; one with a missing end is left out."""
    x: list[float | None] = []
    y: list[float | None] = []
    for low, high, level in ends:
        if not (wording.is_missing(low) or wording.is_missing(high)):
            x += [float(low), float(high), None]
            y += [level, level, None]
    line = {"color": range_colour(dark), "width": width}
    return go.Scatter(name="range", x=x, y=y, mode="lines", line=line, hoverinfo="skip")


def range_colour(dark: bool) -> str:
    """The colour of a range, for keys as well."""
    return style.faded(style.palette(dark).likely.mark, RANGE_FILL)


def ring(dark: bool) -> dict[str, Any]:
    """The marker of a stated number: hollow and grey."""
    return {
        "symbol": "circle-open",
        "size": 13,
        "color": style.palette(dark).stated.ink,
        "line": {"width": 2.5},
    }


def dot(colour: str, dark: bool, *, symbol: str = "circle") -> dict[str, Any]:
    """The marker of a number that is known or evidenced: solid, its rim clear of what lies under it."""
    return {
        "symbol": symbol,
        "size": 13,
        "color": colour,
        "line": {"color": style.palette(dark).background, "width": 1.5},
    }


def tick(colour: str, *, half: int, width: int = 3) -> dict[str, Any]:
    """An upright line of `half` px to both sides."""
    return {"symbol": "line-ns", "size": half / 0.7, "line": {"color": colour, "width": width}}
