"""What was said beside what happened: past quarters' deals by tenths of their foretold chance to be won."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "There is no model whose past error could be measured."
_HEIGHT = 400
_EDGE = 0.02  # so that a dot at nothing is drawn whole


@drawn_once
def calibration_dots(calibration: pd.DataFrame, *, dark: bool) -> go.Figure:
    """Draw said, happened, low, high (shares), n (deals). On the line the chances kept their word.

    With noise_low and noise_high a band shows where right chances would fall by luck.
    """
    if calibration.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=_HEIGHT)
    fig.add_shape(
        type="line", x0=0, y0=0, x1=1, y1=1, line={"color": colours.muted, "width": 1, "dash": "dot"}
    )
    if {"noise_low", "noise_high"} <= set(calibration.columns):
        _noise(fig, calibration, dark)
    x: list[float | None] = []
    y: list[float | None] = []
    for row in placing.rows(calibration):
        x += [row.said, row.said, None]
        y += [row.low, row.high, None]
    line = {"color": colours.likely.mark, "width": 3}
    fig.add_trace(go.Scatter(x=x, y=y, mode="lines", line=line, hoverinfo="skip"))
    fig.add_trace(
        go.Scatter(
            x=calibration["said"],
            y=calibration["happened"],
            mode="markers",
            marker={"size": 11, "color": colours.likely.mark},
            hovertext=[_said(row) for row in placing.rows(calibration)],
            hoverinfo="text",
        )
    )
    top = float(min(1.0, calibration[["said", "high"]].to_numpy().max() + 0.05))
    fig.update_xaxes(
        title={"text": "Said", "font": {"size": style.SMALL}}, range=[-_EDGE, top], tickformat=".0%"
    )
    fig.update_yaxes(
        title={"text": "Happened", "font": {"size": style.SMALL}},
        range=[-_EDGE, top],
        tickformat=".0%",
        showgrid=True,
    )
    fig.update_layout(margin={"l": 64, "r": 16, "t": 16, "b": 48})
    return fig


def _noise(fig: go.Figure, calibration: pd.DataFrame, dark: bool) -> None:
    """The band in which perfectly right chances fall nine times of ten, named where it is widest."""
    colours = style.palette(dark)
    for column, fill in (("noise_low", None), ("noise_high", "tonexty")):
        fig.add_trace(
            go.Scatter(
                x=calibration["said"],
                y=calibration[column],
                mode="lines",
                line={"width": 0},
                fill=fill,
                fillcolor=style.faded(colours.stated.mark, 0.25),
                hoverinfo="skip",
            )
        )
    ends = calibration.iloc[-2:]
    fig.add_annotation(
        x=float(ends["said"].mean()),
        y=float(ends["noise_low"].mean()),
        xanchor="left",
        yanchor="top",
        text="right chances fall here by luck",
        showarrow=False,
        font={"color": colours.muted, "size": style.SMALL},
    )


def describe(calibration: pd.DataFrame) -> str:
    """The figure in a sentence."""
    if calibration.empty:
        return NOTHING
    return "Chances said and what happened, by tenths: " + "; ".join(
        _said(row).replace("<br>", ", ") for row in placing.rows(calibration)
    )


def _said(row: object) -> str:
    said, happened, low, high, n = (getattr(row, key) for key in ("said", "happened", "low", "high", "n"))
    return (
        f"said {wording.percent(said)}<br>happened {wording.percent(happened)}"
        f" ({wording.percent(low)} to {wording.percent(high)}, {wording.count(int(n), 'deal')})"
    )
