"""How long deals take in each stage: the day by which half were through, and by which 80% were."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No deal has entered a stage yet."
_ROW, _HEAD, _FOOT = 52, 40, 50
_RIGHT = 176  # px: the column with who waits now


@drawn_once
def stage_waits(table: pd.DataFrame, *, currency: str, locale: str, dark: bool) -> go.Figure:
    """Draw `table`: stage, n, through, median, low, high, long (days; NaN: not seen), waiting, waiting_long,
    money_long, missing."""
    if table.empty or not table["n"].sum():
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=_HEAD + _ROW * len(table) + _FOOT)
    levels = [float(-i) for i in range(len(table))]
    spans: list[tuple[float | None, float | None]] = []
    for row, level in zip(placing.rows(table), levels, strict=True):
        if not wording.is_missing(row.median):
            end = row.long if not wording.is_missing(row.long) else row.median
            spans += [(0.0, level), (end, level), (None, None)]
    line = {"color": colours.grid, "width": 8}
    fig.add_trace(
        go.Scatter(
            x=[x for x, _ in spans], y=[y for _, y in spans], mode="lines", line=line, hoverinfo="skip"
        )
    )
    _long(fig, table, levels, dark)
    _medians(fig, table, levels, dark)
    for row, level in zip(placing.rows(table), levels, strict=True):
        _beside(fig, row, level, currency, locale, dark)
    _frame(fig, table, levels, colours)
    return fig


def describe(table: pd.DataFrame, *, currency: str, locale: str) -> str:
    """The figure in words."""
    if table.empty or not table["n"].sum():
        return NOTHING
    said = "; ".join(
        f"{row.stage}: {row.missing}"
        if row.missing is not None
        else f"{row.stage}: half within {_days(row.median)}, 80% within {_days(row.long)},"
        f" {row.waiting_long:,} of {row.waiting:,} open deals longer"
        f" ({wording.money(row.money_long, currency, locale=locale)})"
        for row in placing.rows(table)
    )
    return f"Time in each stage. {said}."


def _days(value: Any) -> str:
    return wording.DASH if wording.is_missing(value) else wording.count(round(float(value)), "day")


def _known(table: pd.DataFrame, levels: list[float], column: str) -> tuple[pd.DataFrame, list[float]]:
    shown = table[column].notna()
    return table[shown], [level for level, one in zip(levels, shown, strict=True) if one]


def _medians(fig: go.Figure, table: pd.DataFrame, levels: list[float], dark: bool) -> None:
    colours = style.palette(dark)
    part, at = _known(table, levels, "median")
    high = part["high"].fillna(part["median"])
    fig.add_trace(
        go.Scatter(
            x=part["median"],
            y=at,
            mode="markers+text",
            text=[f"{value:.0f}" for value in part["median"]],
            textposition="top center",
            textfont={"size": style.SMALL, "color": colours.likely.ink},
            marker={"size": 13, "color": colours.likely.mark},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": high - part["median"],
                "arrayminus": part["median"] - part["low"],
                "color": colours.likely.mark,
                "thickness": 3,
                "width": 0,
            },
            hovertext=[_hover(row) for row in placing.rows(part)],
            hoverinfo="text",
        )
    )


def _long(fig: go.Figure, table: pd.DataFrame, levels: list[float], dark: bool) -> None:
    colours = style.palette(dark)
    part, at = _known(table, levels, "long")
    fig.add_trace(
        go.Scatter(
            x=part["long"],
            y=at,
            mode="markers+text",
            text=[f"{value:.0f}" for value in part["long"]],
            textposition="top center",
            textfont={"size": style.SMALL, "color": colours.text},
            marker={"symbol": "line-ns", "size": 16, "line": {"color": colours.text, "width": 2}},
            hovertext=[_hover(row) for row in placing.rows(part)],
            hoverinfo="text",
        )
    )


def _hover(row: Any) -> str:
    return (
        f"<b>{placing.safe(row.stage)}</b><br>half through within {_days(row.median)}"
        f" ({_days(row.low)} to {_days(row.high)})<br>80% within {_days(row.long)}"
        f"<br>{wording.count(int(row.n), 'deal')}, {row.through:,} of them through"
    )


def _beside(fig: go.Figure, row: Any, level: float, currency: str, locale: str, dark: bool) -> None:
    """Right of a row: who waits longer now; or why there is no time to show."""
    colours = style.palette(dark)
    if row.missing is not None:
        text = f"<i>{placing.short(row.missing, 60)}</i>"
        font = {"color": colours.muted, "size": style.SMALL}
        fig.add_annotation(x=0, xref="paper", xanchor="left", y=level, text=text, font=font)
        return
    if wording.is_missing(row.long):
        text = f"{row.waiting:,} open"
    else:
        cash = wording.money(row.money_long, currency, locale=locale)
        text = f"<b>{row.waiting_long:,}</b> of {row.waiting:,} open<br>{cash} of them"
        text = text if row.waiting_long else f"none of {row.waiting:,} open"
    fig.add_annotation(
        x=1,
        xref="paper",
        xanchor="left",
        xshift=16,
        y=level,
        text=text,
        align="left",
        font={"color": colours.text, "size": style.SMALL},
    )


def _frame(fig: go.Figure, table: pd.DataFrame, levels: list[float], colours: style.Palette) -> None:
    longest = placing.number(table[["long", "high", "median"]].max().max(), 1.0)
    names = [
        f"{placing.wrapped(row.stage, 24)}<br>{wording.count(int(row.n), 'deal')}"
        for row in placing.rows(table)
    ]
    fig.update_xaxes(
        range=[0, max(longest, 1.0) * 1.08],
        showgrid=True,
        title={"text": "days", "font": {"size": style.SMALL, "color": colours.muted}},
    )
    fig.update_yaxes(
        range=[levels[-1] - 0.6, 0.6],
        tickvals=levels,
        ticktext=names,
        tickfont={"color": colours.text, "size": style.SMALL},
    )
    left = placing.widest(names, style.SMALL) + 20
    fig.update_layout(margin={"l": left, "r": _RIGHT, "t": _HEAD, "b": _FOOT})
    fig.add_annotation(
        x=1,
        xref="paper",
        xanchor="left",
        xshift=16,
        y=1,
        yref="paper",
        yanchor="bottom",
        yshift=8,
        text="waiting longer now",
        font={"color": colours.muted, "size": style.SMALL},
    )
    marks = [("●", colours.likely.ink, "half are through"), ("┃", colours.text, "80% are through")]
    style.key(fig, marks)
