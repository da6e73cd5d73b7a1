"""What became of deals by how deep a question was answered when they entered each stage."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No deal has entered a stage and ended yet."
_ROW, _BETWEEN, _HEAD, _FOOT = 25, 0.7, 40, 34  # px; rows of air between stages
_N = 76  # px: the column with the number of deals


@drawn_once
def answers_by_stage(levels: pd.DataFrame, *, outcome: str, dark: bool) -> go.Figure:
    """Draw `levels`: stage, level (0-4), n, share, low, high (NaN: too few deals), rate (the company's own at
    that stage). `outcome`: what the share is of, in words ("won")."""
    if levels.empty or not levels["n"].sum():
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    places, heads = _places(levels)
    bottom = min(places) - 0.7
    fig = style.figure(dark, height=round(_HEAD + _ROW * -bottom + _FOOT))
    for level, shade in enumerate(colours.depth):
        part = levels[(levels["level"] == level).to_numpy() & levels["share"].notna().to_numpy()]
        at = [place for place, here in zip(places, _drawn(levels, level), strict=True) if here]
        _dots(fig, part, at, shade, outcome, dark)
    _rates(fig, levels, places, outcome, dark)
    for row, place in zip(placing.rows(levels), places, strict=True):
        _row_text(fig, row, place, dark)
    fig.update_xaxes(range=[-0.02, 1.02], tickformat=".0%", showgrid=True, tickvals=[0, 0.25, 0.5, 0.75, 1])
    names = [placing.short(stage, 22) for stage in heads]
    fig.update_yaxes(
        range=[bottom, 0.2],
        tickvals=list(heads.values()),
        ticktext=names,
        tickfont={"color": colours.text, "size": style.SIZE},
    )
    left = placing.widest(names, style.SIZE) + 20
    fig.update_layout(margin={"l": left, "r": _N, "t": _HEAD, "b": _FOOT})
    marks = [
        ("●", colours.depth[3].fill, "level when the stage began (0–4) with 95% interval"),
        ("┆", colours.text, f"all deals at that stage: {outcome}"),
    ]
    style.key(fig, marks)
    return fig


def describe(levels: pd.DataFrame, *, outcome: str) -> str:
    """The figure in words: per stage the share at each level."""
    if levels.empty or not levels["n"].sum():
        return NOTHING
    said = []
    for stage, rows in levels.groupby("stage", sort=False):
        shares = ", ".join(
            f"level {row.level} {wording.percent(row.share)} of {row.n:,}" for row in placing.rows(rows)
        )
        said.append(f"{stage} (all {wording.percent(rows['rate'].iloc[0])}): {shares}")
    return f"Share {outcome} by level when the stage began. {'; '.join(said)}."


def _places(levels: pd.DataFrame) -> tuple[list[float], dict[str, float]]:
    """The height of each row, and of each stage's name; air between the stages."""
    places, heads, down = [], {}, -0.5
    for stage, rows in levels.groupby("stage", sort=False):
        heads[str(stage)] = down - (len(rows) - 1) / 2
        places += [down - i for i in range(len(rows))]
        down -= len(rows) + _BETWEEN
    return places, heads


def _drawn(levels: pd.DataFrame, level: int) -> list[bool]:
    return list((levels["level"] == level) & levels["share"].notna())


def _dots(
    fig: go.Figure, part: pd.DataFrame, at: list[float], shade: style.Shade, outcome: str, dark: bool
) -> None:
    colours = style.palette(dark)
    fig.add_trace(
        go.Scatter(
            x=part["share"],
            y=at,
            mode="markers+text",
            text=[str(level) for level in part["level"]],
            textfont={"size": style.SMALL, "color": shade.on},
            marker={"size": 20, "color": shade.fill, "line": {"color": colours.muted, "width": 1}},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": part["high"] - part["share"],
                "arrayminus": part["share"] - part["low"],
                "color": colours.muted,
                "thickness": 2,
                "width": 0,
            },
            hovertext=[_hover(row, outcome) for row in placing.rows(part)],
            hoverinfo="text",
        )
    )


def _hover(row: Any, outcome: str) -> str:
    return (
        f"<b>{placing.safe(row.stage)}, level {row.level}</b><br>{wording.percent(row.share)} {outcome}"
        f" ({wording.percent(row.low)} to {wording.percent(row.high)})"
        f"<br>{row.happened:,} of {wording.count(int(row.n), 'deal')}"
        f"<br>all deals at this stage: {wording.percent(row.rate)}"
    )


def _rates(fig: go.Figure, levels: pd.DataFrame, places: list[float], outcome: str, dark: bool) -> None:
    """The company's own rate, a dashed line through each stage's rows."""
    line = {"color": style.palette(dark).text, "width": 1.5, "dash": "dot"}
    for _, rows in levels.assign(place=places).groupby("stage", sort=False):
        rate = rows["rate"].iloc[0]
        if not wording.is_missing(rate):
            ends = {"y0": rows["place"].min() - 0.45, "y1": rows["place"].max() + 0.45}
            fig.add_shape(type="line", x0=rate, x1=rate, **ends, line=line, layer="below")


def _row_text(fig: go.Figure, row: Any, place: float, dark: bool) -> None:
    """How many deals, right of the row; and why there is no dot."""
    muted = {"color": style.palette(dark).muted, "size": style.SMALL}
    fig.add_annotation(
        x=1, xref="paper", xanchor="right", xshift=_N - 8, y=place, text=f"n={row.n:,}", font=muted
    )
    if wording.is_missing(row.share):
        few = "no deal" if not row.n else "too few deals to show"
        fig.add_annotation(x=0, xanchor="left", y=place, text=f"<i>{row.level}: {few}</i>", font=muted)
