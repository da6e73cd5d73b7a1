"""From a normal deal's chance to this deal's, reason by reason, in points."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "There is no chance to explain for this deal."
_ROW, _SHOWN = 40, 9
_PER_LINE = 36


def waterfall_rows(reasons: pd.DataFrame) -> pd.DataFrame:
    """The steps that are drawn: `label`, `start`, `end` (shares), `kind` ('normal', 'step', 'rest', 'deal').

    `reasons`: one deal's rows of Chances.reasons, the normal deal first. The strongest reasons stand by
    themselves, the many small ones are one step, so that the steps add up to the deal's chance.
    """
    if reasons.empty:
        return pd.DataFrame(columns=["label", "start", "end", "kind"])
    normal, told = reasons.iloc[0], reasons.iloc[1:]
    ordered = told.iloc[(-told["won"].abs()).argsort(kind="stable")]
    rows: list[tuple[str, float, float, str]] = [(str(normal["text"]), 0.0, float(normal["won"]), "normal")]
    at = float(normal["won"])
    for row in placing.rows(ordered.head(_SHOWN)):
        rows.append((str(row.text), at, at + float(row.won), "step"))
        at += float(row.won)
    rest = ordered.iloc[_SHOWN:]
    if len(rest):
        name = f"{wording.count(len(rest), 'smaller reason')} together"
        rows.append((name, at, at + float(rest["won"].sum()), "rest"))
    rows.append(("this deal", 0.0, float(reasons["won"].sum()), "deal"))
    return pd.DataFrame(rows, columns=["label", "start", "end", "kind"])


@drawn_once
def reasons_waterfall(reasons: pd.DataFrame, *, dark: bool) -> go.Figure:
    """Draw `waterfall_rows(reasons)`: up is to the right, down to the left, sums solid."""
    rows = waterfall_rows(reasons)
    if rows.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=44 + _ROW * len(rows))
    levels = [float(-at) for at in range(len(rows))]
    hues = [_colour(row, dark) for row in placing.rows(rows)]
    fig.add_trace(
        go.Bar(
            x=rows["end"] - rows["start"],
            base=rows["start"],
            y=levels,
            orientation="h",
            width=0.62,
            marker={"color": hues},
            hovertext=[f"{placing.safe(row.label)}<br>{_value(row)}" for row in placing.rows(rows)],
            hoverinfo="text",
        )
    )
    for row, level in zip(placing.rows(rows), levels, strict=True):
        fig.add_annotation(
            x=max(float(row.start), float(row.end)),
            y=level,
            text=f"<b>{_value(row)}</b>",
            xanchor="left",
            xshift=6,
            font={"size": style.SMALL, "color": colours.text},
        )
    names = [placing.wrapped(label, _PER_LINE) for label in rows["label"]]
    top = float(rows[["start", "end"]].to_numpy().max())
    low = min(float(rows[["start", "end"]].to_numpy().min()), 0.0)
    wide = top - low
    fig.update_xaxes(
        range=[low - 0.02 * wide, top + 0.12 * wide],
        tickformat=".1~%",
        zeroline=True,
        zerolinecolor=colours.grid,
    )
    fig.update_yaxes(
        tickvals=levels,
        ticktext=names,
        tickfont={"color": colours.text, "size": style.SMALL},
        range=[levels[-1] - 0.6, 0.6],
    )
    left = placing.widest(names, style.SMALL) + 20
    fig.update_layout(margin={"l": left, "r": 24, "t": 12, "b": 32})
    return fig


def describe(reasons: pd.DataFrame) -> str:
    """The figure in a sentence."""
    rows = waterfall_rows(reasons)
    if rows.empty:
        return NOTHING
    steps = "; ".join(
        f"{row.label} {_value(row)}" for row in placing.rows(rows) if row.kind in ("step", "rest")
    )
    return (
        f"From {rows.iloc[0]['label']} at {wording.percent(rows.iloc[0]['end'])} to this deal at"
        f" {wording.percent(rows.iloc[-1]['end'])}: {steps}."
    )


def _value(row: Any) -> str:
    if row.kind in ("normal", "deal"):
        return wording.percent(row.end)
    return wording.points(row.end - row.start)


def _colour(row: Any, dark: bool) -> str:
    colours = style.palette(dark)
    if row.kind == "normal":
        return colours.stated.mark
    if row.kind == "deal":
        return colours.likely.mark
    return colours.won.mark if row.end >= row.start else colours.lost.mark
