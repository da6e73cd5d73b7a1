"""How the reps spread in the depth of their answers: a row per question, a dot per rep, the median marked."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No rep has enough deals beyond the first stage to be shown."
_ROW, _HEAD, _FOOT = 62, 34, 52  # px
_NEAR, _LANE = 0.075, 0.16  # of a level between dots of one lane; of a row between lanes
_MOST_LANES = 5


@drawn_once
def depth_spread(reps: pd.DataFrame, *, dark: bool) -> go.Figure:
    """Draw `reps`: label (of the question), mean (0-4), n (deals), who ('' = not said); a row per dot."""
    if reps.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    labels = list(dict.fromkeys(reps["label"]))
    fig = style.figure(dark, height=_HEAD + _ROW * len(labels) + _FOOT)
    for at, label in enumerate(labels):
        mine = reps[reps["label"] == label].sort_values("mean", kind="stable")
        fig.add_shape(
            type="line", x0=0, x1=4, y0=at, y1=at, line={"color": colours.grid, "width": 1}, layer="below"
        )
        fig.add_trace(
            go.Scatter(
                x=mine["mean"],
                y=[at + lane for lane in _lanes(mine["mean"].tolist())],
                mode="markers",
                marker={
                    "size": [_size(n) for n in mine["n"]],
                    "color": style.faded(colours.likely.mark, 0.72),
                    "line": {"color": colours.background, "width": 1},
                },
                hovertext=[_hover(row) for row in placing.rows(mine)],
                hoverinfo="text",
            )
        )
        _median(fig, at, float(mine["mean"].median()), colours)
    _axes(fig, labels, colours)
    style.key(
        fig,
        [
            ("●", colours.likely.mark, "one rep; the larger, the more deals"),
            ("┃", colours.text, "the middle rep"),
        ],
    )
    return fig


def describe(reps: pd.DataFrame) -> str:
    """The figure in words: per question the middle rep and the range."""
    if reps.empty:
        return NOTHING
    said = []
    for label, mine in reps.groupby("label", sort=False):
        low, middle, high = (float(mine["mean"].quantile(share)) for share in (0, 0.5, 1))
        said.append(
            f"{label}: {wording.count(len(mine), 'rep')} from {low:.1f} to {high:.1f}, middle {middle:.1f}"
        )
    return f"Mean depth of answers, 0 to 4, a dot per rep. {'; '.join(said)}."


def _size(n: Any) -> float:
    return float(min(8 + float(n) ** 0.5 * 1.4, 17))


def _lanes(values: list[float]) -> list[float]:
    """How far above or below the line each dot stands, so that equal ones do not hide each other."""
    lanes: list[float] = []
    placed: list[float] = []
    for value in values:
        free = [one for one in range(_MOST_LANES) if one >= len(placed) or value - placed[one] >= _NEAR]
        lane = free[0] if free else min(range(len(placed)), key=lambda one: placed[one])
        placed += [-1.0] * (lane + 1 - len(placed))
        placed[lane] = value
        lanes.append(((lane + 1) // 2) * _LANE * (1 if lane % 2 else -1))
    return lanes


def _median(fig: go.Figure, at: int, value: float, colours: style.Palette) -> None:
    fig.add_shape(
        type="line",
        x0=value,
        x1=value,
        y0=at - 0.4,
        y1=at + 0.4,
        line={"color": colours.text, "width": 3},
    )
    fig.add_annotation(
        x=value,
        y=at - 0.4,
        text=f"{value:.1f}",
        yanchor="bottom",
        font={"size": style.SMALL, "color": colours.text},
    )


def _hover(row: Any) -> str:
    who = placing.safe(row.who) if row.who else "A rep"
    deals = wording.count(int(row.n), "deal")
    return f"<b>{who}</b><br>{placing.safe(row.label)}: {row.mean:.1f} of 4<br>{deals}"


def _axes(fig: go.Figure, labels: list[str], colours: style.Palette) -> None:
    names = [placing.wrapped(label, 20) for label in labels]
    fig.update_xaxes(
        range=[-0.08, 4.08],
        tickvals=[0, 1, 2, 3, 4],
        ticktext=["0 nothing", "1 surface", "2 specific", "3 explained", "4 evidenced"],
        showgrid=True,
        tickfont={"color": colours.muted, "size": style.SMALL},
    )
    fig.update_yaxes(
        tickvals=list(range(len(labels))),
        ticktext=names,
        range=[len(labels) - 0.45, -0.6],
        tickfont={"color": colours.text, "size": style.SIZE},
    )
    fig.update_layout(
        margin={"l": placing.widest(names, style.SIZE) + 24, "r": 34, "t": _HEAD, "b": _FOOT - 18}
    )
