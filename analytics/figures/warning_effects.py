"""What each warning went with: how many more of the deals that showed it slipped, and were won."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once
from analytics.figures.marks import points_axis, zero_line

NOTHING = "There is no warning to measure."
_ROW, _HEAD, _FOOT = 44, 34, 34
_N = 84  # px: the column with the number of deals, right of the plot
#: Prefix of the columns, heading, place from left to right.
_PANELS = (("", "slipped", (0.0, 0.47)), ("won_", "won", (0.53, 1.0)))


@drawn_once
def warning_effects(table: pd.DataFrame, *, dark: bool) -> go.Figure:
    """Draw `table`: label, effect, low, high, won_effect, won_low, won_high (shares), n_with, missing.

    Left: slipped more often (right of zero) or less. Right: the same of being won. Full colour where the
    interval leaves zero out. Without enough data: said in words.
    """
    if table.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=_HEAD + _ROW * len(table) + _FOOT)
    levels = [float(-i) for i in range(len(table))]
    known = [i for i, row in enumerate(placing.rows(table)) if not wording.is_missing(row.effect)]
    reach = _reach(table)
    for number, (kind, heading, place) in enumerate(_PANELS, start=1):
        axis = "x" if number == 1 else "x2"
        for clear in (True, False):
            rows = [i for i in known if _is_clear(table, kind, i) == clear]
            colour = colours.likely.mark if clear else style.faded(colours.likely.mark, 0.45)
            _dots(fig, table, kind, rows, levels, axis, colour)
        zero_line(fig, axis, place, heading, dark)
        points_axis(fig, "xaxis" if number == 1 else "xaxis2", place, reach)
    _remarks(fig, table, levels, dark)
    names = [placing.wrapped(label, 30) for label in table["label"]]
    fig.update_yaxes(
        range=[levels[-1] - 0.6, 0.5],
        tickvals=levels,
        ticktext=names,
        tickfont={"color": colours.text, "size": style.SMALL},
    )
    fig.update_layout(margin={"l": placing.widest(names, style.SMALL) + 20, "r": _N, "t": _HEAD, "b": _FOOT})
    return fig


def describe(table: pd.DataFrame) -> str:
    """The figure in a sentence."""
    if table.empty:
        return NOTHING
    return f"What each warning went with: {'; '.join(_said(row) for row in placing.rows(table))}."


def _said(row: Any) -> str:
    if wording.is_missing(row.effect):
        return f"{row.label}: {row.missing}"
    slip, won = (
        f"{wording.points(middle)} ({wording.points(low)} to {wording.points(high)})"
        for middle, low, high in (
            (row.effect, row.low, row.high),
            (row.won_effect, row.won_low, row.won_high),
        )
    )
    return f"{row.label}: slipped {slip} points, won {won} points, {wording.count(int(row.n_with), 'deal')}"


def _reach(table: pd.DataFrame) -> float:
    """Half the axis: the widest interval of both panels, at least ten points."""
    ends = table[["low", "high", "won_low", "won_high"]].abs().max().max()
    return max(0.1, placing.number(ends)) * 1.12


def _is_clear(table: pd.DataFrame, kind: str, i: int) -> bool:
    return bool(table[f"{kind}low"].iloc[i] > 0 or table[f"{kind}high"].iloc[i] < 0)


def _dots(
    fig: go.Figure,
    table: pd.DataFrame,
    kind: str,
    rows: list[int],
    levels: list[float],
    axis: str,
    colour: str,
) -> None:
    """Points with their intervals and the number above each."""
    part = table.iloc[rows]
    at = [levels[i] for i in rows]
    middle = part[f"{kind}effect"]
    fig.add_trace(
        go.Scatter(
            name=f"{kind}effect",
            x=middle,
            y=at,
            xaxis=axis,
            mode="markers+text",
            text=[wording.points(value) for value in middle],
            textposition="top center",
            textfont={"size": style.SMALL},
            marker={"size": 11, "color": colour},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": part[f"{kind}high"] - middle,
                "arrayminus": middle - part[f"{kind}low"],
                "color": colour,
                "thickness": 3,
                "width": 0,
            },
            hovertext=[_hover(row) for row in placing.rows(part)],
            hoverinfo="text",
        )
    )


def _hover(row: Any) -> str:
    slipped = (
        f"slipped: {wording.percent(row.slip_with)} with it, {wording.percent(row.slip_without)} without"
    )
    return (
        f"<b>{placing.safe(row.label)}</b><br>{slipped}<br>at the same stage and week:"
        f" {wording.points(row.effect)} points ({wording.points(row.low)} to {wording.points(row.high)})"
        f"<br>won: {wording.points(row.won_effect)} points"
        f" ({wording.points(row.won_low)} to {wording.points(row.won_high)})"
        f"<br>{wording.count(int(row.n_with), 'past deal')} with it, {row.n_without:,} without"
    )


def _remarks(fig: go.Figure, table: pd.DataFrame, levels: list[float], dark: bool) -> None:
    """The number of deals right of each row, or why there is no effect."""
    muted = style.palette(dark).muted
    rows = [
        ("past deals", 0.5, "bottom"),
        *((f"n={row.n_with:,}", 0.0, "middle") for row in placing.rows(table)),
    ]
    for (text, shift, anchor), level in zip(rows, [0.0, *levels], strict=True):
        fig.add_annotation(
            x=1,
            xref="paper",
            xanchor="right",
            xshift=_N - 8,
            y=level + shift,
            yanchor=anchor,
            text=text,
            font={"color": muted, "size": style.SMALL},
        )
    for row, level in zip(placing.rows(table), levels, strict=True):
        if wording.is_missing(row.effect):
            fig.add_annotation(
                x=0,
                xref="paper",
                xanchor="left",
                y=level,
                text=f"<i>{placing.short(row.missing, 60)}</i>",
                font={"color": muted, "size": style.SMALL},
            )
