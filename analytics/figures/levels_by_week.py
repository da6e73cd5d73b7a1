"""How deep an answer was when deals moved on, week by week, before and after a change."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import style
from analytics.figures.drawing import drawn_once

NOTHING = "No deal moved on in these weeks."
_HEIGHT = 280
_LEVELS = range(5)


@drawn_once
def levels_by_week(rows: pd.DataFrame, *, begins: str, dark: bool) -> go.Figure:
    """Stack rows of week, starts_on, level (0-4), deals by week: the deepest at the bottom, depth's own ramp.

    `begins`: what stands at the line where week 0 begins.
    """
    if rows.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=_HEIGHT)
    fig.update_layout(barmode="stack", bargap=0.12, margin={"l": 56, "r": 16, "t": 44, "b": 40})
    for level in reversed(_LEVELS):
        mine = rows[rows["level"] == level]
        fig.add_trace(
            go.Bar(
                x=mine["starts_on"] + pd.Timedelta(days=3.5),
                y=mine["deals"],
                width=0.86 * 7 * 24 * 3600 * 1000,
                marker={
                    "color": colours.depth[level].fill,
                    "line": {"color": colours.muted, "width": 0.8},
                },
                hovertext=[
                    f"Week of {first:%Y-%m-%d}: {wording.count(int(deals), 'deal')} at level {level}"
                    for first, deals in zip(mine["starts_on"], mine["deals"], strict=True)
                ],
                hoverinfo="text",
            )
        )
    start = rows["starts_on"].iloc[0] - pd.Timedelta(days=7 * int(rows["week"].iloc[0]))
    fig.add_shape(
        type="line", x0=start, x1=start, y0=0, y1=1, yref="paper", line={"color": colours.target, "width": 2}
    )
    fig.add_annotation(
        text=begins, x=start, y=1, yref="paper", xanchor="left", yanchor="top", xshift=5, showarrow=False,
        bgcolor=style.faded(colours.background, 0.8), font={"size": style.SMALL},
    )  # fmt: skip
    style.key(
        fig, [("■", colours.depth[level].fill, f"level {level}") for level in reversed(_LEVELS)], shift=-40
    )
    fig.update_yaxes(
        title={"text": "Deals", "font": {"size": style.SMALL}}, rangemode="tozero", showgrid=True
    )
    return fig


def describe(rows: pd.DataFrame) -> str:
    """The figure in a sentence."""
    if rows.empty:
        return NOTHING
    said = []
    for name, part in (("before", rows[rows["week"] < 0]), ("since", rows[rows["week"] >= 0])):
        deals = int(part["deals"].sum())
        by_level = part.groupby("level")["deals"].sum()
        levels = ", ".join(f"{int(by_level.get(level, 0))} at level {level}" for level in _LEVELS)
        said.append(f"{name} it began {wording.count(deals, 'deal')} moved on: {levels}")
    return f"In the weeks {'; '.join(said)}."
