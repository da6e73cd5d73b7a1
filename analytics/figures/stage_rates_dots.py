"""Per stage: the win probability the CRM is configured with, beside the share that was really won."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No open deal is dated in this quarter, so there is no stage to compare."
_ROW, _HEAD = 42, 34
_COLUMNS = {"configured": 50, "measured": 142, "n": 226}  # right edges, px from the plot's right edge


@drawn_once
def stage_rates_dots(rates: pd.DataFrame, *, currency: str, locale: str, dark: bool) -> go.Figure:
    """Draw `rates` (stage_rates(): stage, configured, measured, low, high, n, won) from top to bottom.

    Hollow grey ring = configured, solid dot with its interval = measured. Without history: said in words.
    """
    if rates.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=_HEAD + _ROW * len(rates) + 34)
    levels = [float(-i) for i in range(len(rates))]
    for level in levels:
        fig.add_shape(
            type="line",
            x0=0,
            x1=1,
            y0=level,
            y1=level,
            line={"color": colours.grid, "width": 1},
            layer="below",
        )
    fig.add_trace(_intervals(rates, levels, dark))
    fig.add_trace(_rings(rates, levels, dark))
    fig.add_trace(_dots(rates, levels, dark))
    _columns(fig, rates, levels, dark)
    names = [placing.wrapped(stage) for stage in rates["stage"]]
    shares = [0, 0.25, 0.5, 0.75, 1]
    fig.update_xaxes(range=[-0.02, 1.02], tickvals=shares, ticktext=[wording.percent(s) for s in shares])
    fig.update_yaxes(
        range=[levels[-1] - 0.5, 0.5],
        tickvals=levels,
        ticktext=names,
        tickfont={"color": colours.text, "size": style.SIZE},
    )
    fig.update_layout(margin={"l": placing.widest(names) + 24, "r": _COLUMNS["n"] + 12, "t": _HEAD, "b": 28})
    return fig


def describe(rates: pd.DataFrame, *, currency: str, locale: str) -> str:
    """The figure in a sentence."""
    if rates.empty:
        return NOTHING
    return f"Win rates by stage: {'; '.join(_said(row) for row in placing.rows(rates))}."


def _said(row: Any) -> str:
    configured = (
        "no probability configured"
        if wording.is_missing(row.configured)
        else f"{wording.percent(row.configured)} configured"
    )
    if wording.is_missing(row.measured):
        return f"{row.stage} {configured}, no history yet"
    span = f"{wording.percent(row.low)} to {wording.percent(row.high)}"
    return f"{row.stage} {configured}, {wording.percent(row.measured)} measured ({span}, n={row.n})"


def _hover(rates: pd.DataFrame) -> list[str]:
    texts = []
    for row in placing.rows(rates):
        configured = f"configured in the CRM: {wording.percent(row.configured)}"
        if wording.is_missing(row.measured):
            measured = "no history yet"
        else:
            interval = f"{wording.percent(row.low)} to {wording.percent(row.high)}"
            measured = (
                f"won of past deals: {wording.percent(row.measured)} ({row.won:,} of {row.n:,})<br>"
                f"90% interval: {interval}"
            )
        texts.append(f"<b>{placing.safe(row.stage)}</b><br>{configured}<br>{measured}")
    return texts


def _intervals(rates: pd.DataFrame, levels: list[float], dark: bool) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for low, high, level in zip(rates["low"], rates["high"], levels, strict=True):
        if not (wording.is_missing(low) or wording.is_missing(high)):
            x += [float(low), float(high), None]
            y += [level, level, None]
    colour = style.palette(dark).likely.mark
    return go.Scatter(
        name="90% interval", x=x, y=y, mode="lines", line={"color": colour, "width": 3}, hoverinfo="skip"
    )


def _rings(rates: pd.DataFrame, levels: list[float], dark: bool) -> go.Scatter:
    colour = style.palette(dark).stated
    return go.Scatter(
        name="configured",
        x=_drawn(rates["configured"]),
        y=levels,
        mode="markers",
        marker={"symbol": "circle-open", "size": 17, "color": colour.ink, "line": {"width": 2.5}},
        hovertext=_hover(rates),
        hoverinfo="text",
    )


def _dots(rates: pd.DataFrame, levels: list[float], dark: bool) -> go.Scatter:
    return go.Scatter(
        name="measured",
        x=_drawn(rates["measured"]),
        y=levels,
        mode="markers",
        marker={"size": 12, "color": style.palette(dark).likely.mark},
        hovertext=_hover(rates),
        hoverinfo="text",
    )


def _drawn(shares: pd.Series) -> list[float | None]:
    return [None if wording.is_missing(share) else float(share) for share in shares]


def _columns(fig: go.Figure, rates: pd.DataFrame, levels: list[float], dark: bool) -> None:
    colours = style.palette(dark)
    heads = {
        "configured": (f'<span style="color:{colours.stated.ink}">○</span> CRM', colours.stated.ink),
        "measured": (f'<span style="color:{colours.likely.mark}">●</span> measured', colours.likely.ink),
        "n": ("past deals", colours.muted),
    }
    for column, (text, colour) in heads.items():
        _cell(fig, _COLUMNS[column], 0.5, text, colour, head=True)
    for row, level in zip(placing.rows(rates), levels, strict=True):
        _cell(fig, _COLUMNS["configured"], level, wording.percent(row.configured), colours.stated.ink)
        if wording.is_missing(row.measured) or not row.n:
            _cell(fig, _COLUMNS["n"], level, "no history yet", colours.muted)
            continue
        _cell(fig, _COLUMNS["measured"], level, f"<b>{wording.percent(row.measured)}</b>", colours.likely.ink)
        _cell(fig, _COLUMNS["n"], level, f"n={row.n:,}", colours.muted)


def _cell(fig: go.Figure, right: int, level: float, text: str, colour: str, *, head: bool = False) -> None:
    fig.add_annotation(
        x=1,
        xref="paper",
        xanchor="right",
        xshift=right,
        y=level,
        yanchor="bottom" if head else "middle",
        text=text,
        font={"color": colour, "size": style.SMALL if head else style.SIZE},
    )
