"""Marks that mean the same in every figure: the range, what is stated, a tick, no difference."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style

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


def zero_line(fig: go.Figure, axis: str, place: tuple[float, float], heading: str, dark: bool) -> None:
    """A line at 0 through a panel of differences, and the panel's heading above its middle."""
    colours = style.palette(dark)
    line = {"color": colours.muted, "width": 1}
    fig.add_shape(type="line", xref=axis, x0=0, x1=0, y0=0, y1=1, yref="paper", line=line, layer="below")
    fig.add_annotation(
        x=sum(place) / 2,
        xref="paper",
        xanchor="center",
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=6,
        text=f"<b>{heading}</b>",
        font={"color": colours.text},
    )


def points_axis(fig: go.Figure, name: str, place: tuple[float, float], reach: float) -> None:
    """A panel's axis of differences, from -reach to reach, labelled in points."""
    step = placing.nice_step(reach, 2)
    ticks = [-step, 0.0, step]
    fig.update_layout(
        {
            name: {
                "domain": place,
                "anchor": "y",
                "range": [-reach, reach],
                "tickvals": ticks,
                "ticktext": [wording.points(tick) if tick else "0" for tick in ticks],
                "showgrid": True,
            }
        }
    )
