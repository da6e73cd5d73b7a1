"""How far a measure moved after a change, on like deals, and what moved beside it."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from math import ceil, floor
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import marks, placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "There are too few deals to draw a difference."
_ROW = 46
_STEPS = (0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0)


@drawn_once
def before_after(rows: pd.DataFrame, *, is_share: bool, dark: bool) -> go.Figure:
    """Draw rows of what, change, low, high (levels or shares; no interval: NaN) as dots around no change.

    The first row is the change itself, solid; what stands beside it is grey.
    """
    if rows.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=72 + _ROW * len(rows))
    fig.add_shape(
        type="line", x0=0, x1=0, y0=0.6, y1=0.4 - len(rows), line={"color": colours.muted, "width": 1}
    )
    for at, row in enumerate(rows.to_dict("records")):
        colour = colours.likely.mark if at == 0 else colours.stated.mark
        if not wording.is_missing(row["low"]):
            fig.add_trace(
                go.Scatter(
                    x=[row["low"], row["high"]],
                    y=[-at, -at],
                    mode="lines",
                    line={"color": style.faded(colour, marks.RANGE_FILL), "width": 12},
                    hoverinfo="skip",
                )
            )
        fig.add_trace(
            go.Scatter(
                x=[row["change"]],
                y=[-at],
                mode="markers",
                marker=marks.dot(colour, dark),
                hovertext=[placing.safe(_said(row, is_share=is_share))],
                hoverinfo="text",
            )
        )
        fig.add_annotation(
            x=row["change"],
            y=-at,
            text=_value(row["change"], is_share=is_share),
            yshift=17,
            font={"size": style.SMALL, "color": colours.text},
        )
    title = "points" if is_share else "levels"
    span = _span(rows)
    ticks = _ticks(*span)
    fig.update_xaxes(
        title={"text": f"Change after it began, {title} (right = more)", "font": {"size": style.SMALL}},
        showgrid=True,
        range=span,
        tickvals=ticks,
        ticktext=[_value(one, is_share=is_share) for one in ticks],
    )
    fig.update_yaxes(
        tickvals=[-at for at in range(len(rows))],
        ticktext=[placing.wrapped(str(one), 24) for one in rows["what"]],
        tickfont={"color": colours.text, "size": style.SIZE},
        range=[0.4 - len(rows), 0.75],
    )
    fig.update_layout(margin={"l": 212, "r": 24, "t": 12, "b": 48})
    return fig


def _span(rows: pd.DataFrame) -> list[float]:
    """From the lowest to the highest that is drawn, with no change inside."""
    ends = pd.concat([rows["change"], rows["low"], rows["high"]]).astype(float)
    low, high = min(float(ends.min()), 0.0), max(float(ends.max()), 0.0)
    room = 0.08 * (high - low or 1.0)
    return [low - room, high + room]


def _ticks(low: float, high: float) -> list[float]:
    """At most nine round numbers, no change among them."""
    step = next((one for one in _STEPS if (high - low) / one <= 8), _STEPS[-1])
    return [step * at for at in range(ceil(low / step), floor(high / step) + 1)]


def _value(value: float, *, is_share: bool) -> str:
    text = f"{100 * value:+.0f}" if is_share else f"{value:+.2f}"
    return "0" if float(text) == 0 else text.replace("-", "−")


def _said(row: Mapping[Hashable, Any], *, is_share: bool) -> str:
    said = f"{row['what']}: {_value(row['change'], is_share=is_share)}"
    if wording.is_missing(row["low"]):
        return said
    low, high = (_value(row[name], is_share=is_share) for name in ("low", "high"))
    return f"{said} ({low} to {high})"


def describe(rows: pd.DataFrame, *, is_share: bool) -> str:
    """The figure in a sentence."""
    if rows.empty:
        return NOTHING
    said = "; ".join(_said(row, is_share=is_share) for row in rows.to_dict("records"))
    return f"Change after it began on like deals, in {'points' if is_share else 'levels'}: {said}."
