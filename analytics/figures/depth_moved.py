"""How the depth of each question has moved since the weeks before, with its interval."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "There are too few deals, now or before, to tell what moved."
_ROW, _HEAD, _FOOT = 38, 30, 46  # px
_LEAST = 0.5  # levels that the axis reaches to at least


@drawn_once
def depth_moved(rows: pd.DataFrame, *, dark: bool) -> go.Figure:
    """Draw `rows`: label, change (levels), low, high; NaN rows are left out. A line that leaves out 0 is
    solid and coloured, one that does not is grey."""
    known = rows[rows["change"].notna()]
    if known.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    labels = list(known["label"])
    fig = style.figure(dark, height=_HEAD + _ROW * len(labels) + _FOOT)
    fig.add_shape(
        type="line", x0=0, x1=0, y0=-0.5, y1=len(labels) - 0.5, line={"color": colours.muted, "width": 1}
    )
    for at, row in enumerate(placing.rows(known)):
        told = row.low > 0 or row.high < 0
        colour = colours.likely.mark if told else colours.stated.mark
        fig.add_trace(
            go.Scatter(
                x=[row.low, row.high],
                y=[at, at],
                mode="lines",
                line={"color": colour, "width": 4},
                opacity=0.6,
                hoverinfo="skip",
            )
        )
        fig.add_trace(
            go.Scatter(
                x=[row.change],
                y=[at],
                mode="markers",
                marker={"size": 12, "color": colour},
                hovertext=[_hover(row)],
                hoverinfo="text",
            )
        )
    reach = max(float(known[["low", "high"]].abs().max().max()) * 1.08, _LEAST)
    _axes(fig, labels, reach, colours)
    style.key(
        fig,
        [("●", colours.likely.mark, "moved"), ("●", colours.stated.mark, "cannot be told apart from before")],
    )
    return fig


def describe(rows: pd.DataFrame) -> str:
    """The figure in words."""
    known = rows[rows["change"].notna()]
    if known.empty:
        return NOTHING
    return (
        f"Change of the mean depth: {'; '.join(f'{row.label} {_words(row)}' for row in placing.rows(known))}."
    )


def _words(row: Any) -> str:
    change, low, high = (f"{round(value, 1) + 0.0:+.1f}" for value in (row.change, row.low, row.high))
    return f"{change} (between {low} and {high})"


def _hover(row: Any) -> str:
    return (
        f"<b>{placing.safe(row.label)}</b><br>{_words(row)}<br>"
        f"{wording.count(int(row.n), 'deal')} now, {int(row.n_before):,} before"
    )


def _axes(fig: go.Figure, labels: list[str], reach: float, colours: style.Palette) -> None:
    names = [placing.wrapped(label, 20) for label in labels]
    fig.update_xaxes(
        range=[-reach, reach],
        showgrid=True,
        tickformat="+.1~f",
        title={
            "text": "← shallower, in levels of 0 to 4, deeper →",
            "font": {"size": style.SMALL, "color": colours.muted},
        },
    )
    fig.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=names,
        range=[len(labels) - 0.5, -0.5],
        tickfont={"color": colours.text, "size": style.SIZE},
    )
    fig.update_layout(margin={"l": placing.widest(names, style.SIZE) + 24, "r": 20, "t": _HEAD, "b": _FOOT})
