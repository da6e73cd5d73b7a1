"""The deals that move the chance to reach the target most: the chance if each slips, and if it is won."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No single deal moves the chance to reach the target."
NO_CHANCE = "Without a target there is no chance to reach it."
MOST = 10
_ROW, _HEAD, _FOOT = 40, 54, 30
_KINDS = {"if_slips": ("◆", "diamond", "if it slips"), "if_won": ("●", "circle", "if it is won")}


def swing_rows(table: pd.DataFrame) -> pd.DataFrame:
    """The at most ten rows that are drawn, in the table's order: those to call about first."""
    return table.head(MOST)


@drawn_once
def swing_bars(table: pd.DataFrame, base: float | None, *, dark: bool) -> go.Figure:
    """Draw `table`: label, if_slips, if_won (chances to reach the target, 0-1) around `base`, the one now."""
    if wording.is_missing(base):
        return style.empty(NO_CHANCE, dark=dark)
    if table.empty:
        return style.empty(NOTHING, dark=dark)
    now = placing.number(base)
    rows = swing_rows(table)
    colours = style.palette(dark)
    fig = style.figure(dark, height=_HEAD + _ROW * len(rows) + _FOOT)
    levels = [float(-at) for at in range(len(rows))]
    _base(fig, now, levels, dark)
    fig.add_trace(_bars(rows, levels, dark))
    for kind in _KINDS:
        fig.add_trace(_ends(rows, kind, now, levels, dark))
    _shares(fig, rows, levels, dark)
    low, high = _span(rows, now)
    step = placing.nice_step(high - low, 5)
    ticks = [step * i for i in range(int(1 / step + 1e-9) + 1) if low <= step * i <= high]
    fig.update_xaxes(
        range=[low, high], tickvals=ticks, ticktext=[wording.percent(one) for one in ticks], showgrid=True
    )
    names = [placing.wrapped(label, 26) for label in rows["label"]]
    fig.update_yaxes(
        range=[levels[-1] - 0.6, 0.6],
        tickvals=levels,
        ticktext=names,
        tickfont={"color": colours.text, "size": style.SMALL},
    )
    left = placing.widest(names, style.SMALL) + 20
    hues = {"if_slips": colours.risk.mark, "if_won": colours.won.mark}
    style.key(
        fig,
        [(glyph, hues[kind], words) for kind, (glyph, _, words) in _KINDS.items()],
        shift=style.MARGIN - left,
    )
    fig.layout.annotations[-1].yshift = 30
    fig.update_layout(margin={"l": left, "r": 16, "t": _HEAD, "b": _FOOT})
    return fig


def describe(table: pd.DataFrame, base: float | None) -> str:
    """The figure in a sentence."""
    if wording.is_missing(base):
        return NO_CHANCE
    if table.empty:
        return NOTHING
    each = (
        f"{row.label} {wording.percent(row.if_slips)} if it slips, {wording.percent(row.if_won)} if it is won"
        for row in placing.rows(swing_rows(table))
    )
    return f"Chance to reach the target, now {wording.percent(base)}: {'; '.join(each)}."


def _span(rows: pd.DataFrame, now: float) -> tuple[float, float]:
    """The axis: all chances with room for their labels."""
    chances = [now, *(float(one) for kind in _KINDS for one in rows[kind].dropna())]
    room = 0.16 * max(max(chances) - min(chances), 0.1)
    return min(chances) - room, max(chances) + room


def _base(fig: go.Figure, now: float, levels: list[float], dark: bool) -> None:
    colour = style.palette(dark).text
    line = {"color": colour, "width": 2}
    fig.add_shape(type="line", x0=now, x1=now, y0=levels[-1] - 0.6, y1=0.6, line=line, layer="below")
    fig.add_annotation(
        x=now,
        y=1,
        yref="paper",
        yanchor="bottom",
        text=f"<b>now {wording.percent(now)}</b>",
        font={"color": colour},
    )


def _bars(rows: pd.DataFrame, levels: list[float], dark: bool) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for row, level in zip(placing.rows(rows), levels, strict=True):
        if not (wording.is_missing(row.if_slips) or wording.is_missing(row.if_won)):
            x += [float(row.if_slips), float(row.if_won), None]
            y += [level, level, None]
    line = {"color": style.faded(style.palette(dark).muted, 0.5), "width": 4}
    return go.Scatter(name="swing", x=x, y=y, mode="lines", line=line, hoverinfo="skip")


def _ends(rows: pd.DataFrame, kind: str, now: float, levels: list[float], dark: bool) -> go.Scatter:
    colours = style.palette(dark)
    _, symbol, words = _KINDS[kind]
    return go.Scatter(
        name=kind,
        x=[None if wording.is_missing(one) else float(one) for one in rows[kind]],
        y=levels,
        mode="markers",
        marker={
            "symbol": symbol,
            "size": 13,
            "color": colours.won.mark if kind == "if_won" else colours.risk.mark,
            "line": {"color": colours.background, "width": 1},
        },
        hovertext=[
            f"<b>{placing.safe(row.label)}</b><br>chance to reach the target {words}:"
            f" {wording.percent(getattr(row, kind))}, now {wording.percent(now)}"
            for row in placing.rows(rows)
        ],
        hoverinfo="text",
    )


def _shares(fig: go.Figure, rows: pd.DataFrame, levels: list[float], dark: bool) -> None:
    """Both chances in percent, each on the outer side of its mark."""
    colours = style.palette(dark)
    for row, level in zip(placing.rows(rows), levels, strict=True):
        for kind, ink in (("if_slips", colours.risk.ink), ("if_won", colours.won.ink)):
            _share(fig, row, kind, level, ink)


def _share(fig: go.Figure, row: Any, kind: str, level: float, ink: str) -> None:
    mine = getattr(row, kind)
    if wording.is_missing(mine):
        return
    other = row.if_won if kind == "if_slips" else row.if_slips
    on_left = kind == "if_slips" if wording.is_missing(other) or mine == other else mine < other
    fig.add_annotation(
        x=float(mine),
        y=level,
        xanchor="right" if on_left else "left",
        xshift=-11 if on_left else 11,
        text=f"<b>{wording.percent(mine)}</b>",
        font={"size": style.SMALL, "color": ink},
    )
