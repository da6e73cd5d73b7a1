"""What each rep called quarters at against what was won: a dot per rep with its interval, by name."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "Nobody has called enough quarters to compare with what was won."
_ROW, _HEAD, _FOOT = 26, 30, 46  # px
_LOW, _HIGH = -1.05, 2.0  # the axis: a call is never below nothing; far above it is cut, with an arrow


@drawn_once
def call_bias(rows: pd.DataFrame, *, dark: bool) -> go.Figure:
    """Draw `rows`: who, n (quarters), bias (0.1 = called 10% above what was won), low, high.

    NaN rows are left out; a line that leaves out 0 is coloured, another one grey.
    """
    known = rows[rows["bias"].notna()]
    if known.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=_HEAD + _ROW * len(known) + _FOOT)
    last = len(known) - 0.5
    fig.add_shape(type="line", x0=0, x1=0, y0=-0.5, y1=last, line={"color": colours.muted, "width": 1})
    for at, row in enumerate(placing.rows(known)):
        told = row.low > 0 or row.high < 0
        colour = colours.likely.mark if told else colours.stated.mark
        ends = [max(row.low, _LOW), min(row.high, _HIGH)]
        line = {"color": colour, "width": 4}
        fig.add_trace(go.Scatter(x=ends, y=[at, at], mode="lines", line=line, opacity=0.55, hoverinfo="skip"))
        fig.add_trace(
            go.Scatter(
                x=[min(row.bias, _HIGH)],
                y=[at],
                mode="markers",
                marker={"size": 10, "color": colour},
                hovertext=[_hover(row)],
                hoverinfo="text",
            )
        )
        if row.high > _HIGH:
            fig.add_annotation(
                x=_HIGH, y=at, text="›", xanchor="left", font={"color": colour, "size": style.SIZE + 4}
            )
    _axes(fig, [placing.short(row.who) for row in placing.rows(known)], colours)
    style.key(
        fig,
        [
            ("●", colours.likely.mark, "differs from what was won"),
            ("●", colours.stated.mark, "cannot be told apart from right"),
        ],
    )
    return fig


def describe(rows: pd.DataFrame) -> str:
    """The figure in words."""
    known = rows[rows["bias"].notna()]
    if known.empty:
        return NOTHING
    said = (f"{row.who} {_words(row)}" for row in placing.rows(known))
    return f"Calls against what was won: {'; '.join(said)}."


def _words(row: Any) -> str:
    low, high = (wording.percent(max(value, -1.0), signed=True) for value in (row.low, row.high))
    return f"{wording.percent(row.bias, signed=True)} (between {low} and {high})"


def _hover(row: Any) -> str:
    return f"<b>{placing.safe(row.who)}</b><br>{_words(row)}<br>{wording.count(int(row.n), 'quarter')}"


def _axes(fig: go.Figure, names: list[str], colours: style.Palette) -> None:
    ticks = [-1, -0.5, 0, 0.5, 1, 1.5, 2]
    fig.update_xaxes(
        range=[_LOW - 0.02, _HIGH + 0.08],
        tickvals=ticks,
        ticktext=["as won" if tick == 0 else wording.percent(tick, signed=True) for tick in ticks],
        showgrid=True,
        title={
            "text": "← called below, called above →",
            "font": {"size": style.SMALL, "color": colours.muted},
        },
    )
    fig.update_yaxes(
        tickvals=list(range(len(names))),
        ticktext=names,
        range=[len(names) - 0.5, -0.5],
        tickfont={"color": colours.text, "size": style.SMALL},
    )
    fig.update_layout(margin={"l": placing.widest(names, style.SMALL) + 24, "r": 24, "t": _HEAD, "b": _FOOT})
