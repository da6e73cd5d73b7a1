"""This quarter and the next ones: what is won, the range, the target, and what is stated."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import marks, placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No quarter can be foretold yet."
TOO_LITTLE = "not enough history"
_ROW, _HEAD, _FOOT = 66, 56, 28
_GAP = 14  # px; around the two columns of words


@drawn_once
def next_quarters(table: pd.DataFrame, *, currency: str, locale: str, dark: bool) -> go.Figure:
    """Draw `table`, a row per quarter from top to bottom, on one money axis that begins at zero.

    quarter, won, p10, p50, p90, expected, target, stated (won + weighted pipeline dated there), p_target
    (0-1). Missing ones are said, not drawn.
    """
    if table.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    rows = table.assign(level=[float(-at) for at in range(len(table))])
    fig = style.figure(dark, height=_HEAD + _ROW * len(rows) + _FOOT)
    low, high = _span(rows)
    fig.add_trace(_won(rows, currency, locale, dark))
    fig.add_trace(marks.ranges(zip(rows["p10"], rows["p90"], rows["level"], strict=True), dark=dark))
    ranged = rows[[_has_range(row) for row in placing.rows(rows)]]  # a bare point would look sure
    for here, column, words, marker in (
        (rows, "target", "target", marks.tick(colours.target, half=10)),
        (rows, "stated", "won + weighted pipeline, as stated", marks.ring(dark)),
        (ranged, "expected", "expected", marks.dot(colours.likely.mark, dark)),
    ):
        fig.add_trace(_marks(here, column, words, marker, currency, locale))
    right = _columns(fig, rows, currency, locale, dark)
    ticks, texts = placing.money_ticks(low, high, currency=currency, locale=locale, most=3)
    fig.update_xaxes(range=[low, high], tickvals=ticks, ticktext=texts, showgrid=True)
    names = [f"<b>{placing.short(quarter, 22)}</b>" for quarter in rows["quarter"]]
    fig.update_yaxes(
        range=[float(rows["level"].iloc[-1]) - 0.5, 0.5],
        tickvals=rows["level"],
        ticktext=names,
        tickfont={"color": colours.text, "size": style.SIZE},
    )
    left = placing.widest(names, style.SIZE + 1) + 20
    _key(fig, left, dark)
    fig.update_layout(margin={"l": left, "r": right, "t": _HEAD, "b": _FOOT})
    return fig


def describe(table: pd.DataFrame, *, currency: str, locale: str) -> str:
    """The figure in sentences."""
    if table.empty:
        return NOTHING
    return " ".join(_said(row, currency, locale) for row in placing.rows(table))


def _said(row: Any, currency: str, locale: str) -> str:
    won, expected, low, high, stated, target = (
        wording.money(getattr(row, name), currency, locale=locale)
        for name in ("won", "expected", "p10", "p90", "stated", "target")
    )
    ends = f"P10 {low}, P90 {high}" if _has_range(row) else TOO_LITTLE
    reach = (
        "no target"
        if wording.is_missing(row.target)
        else f"target {target}, chance {wording.percent(row.p_target)}"
    )
    return f"{row.quarter}: {won} won, {expected} expected ({ends}), {stated} stated, {reach}."


def _has_range(row: Any) -> bool:
    return not (wording.is_missing(row.p10) or wording.is_missing(row.p90))


def _span(rows: pd.DataFrame) -> tuple[float, float]:
    values = rows[["won", "p10", "p90", "expected", "target", "stated"]].apply(pd.to_numeric, errors="coerce")
    low, high = min(0.0, float(values.min().min())), max(1.0, float(values.max().max()))
    return low - 0.02 * (high - low), high + 0.04 * (high - low)


def _drawn(column: pd.Series) -> list[float | None]:
    return [None if wording.is_missing(value) else float(value) for value in column]


def _hover(rows: pd.DataFrame, column: str, words: str, currency: str, locale: str) -> list[str]:
    found = []
    for row in placing.rows(rows):
        value = wording.money(getattr(row, column), currency, exact=True, locale=locale)
        middle = wording.money(row.p50, currency, exact=True, locale=locale)
        found.append(f"<b>{placing.safe(row.quarter)}</b><br>{value} {words}<br>P50 {middle}")
    return found


def _won(rows: pd.DataFrame, currency: str, locale: str, dark: bool) -> go.Bar:
    return go.Bar(
        name="won",
        x=_drawn(rows["won"]),
        y=rows["level"],
        orientation="h",
        width=0.42,
        marker={"color": style.palette(dark).won.mark},
        hovertext=_hover(rows, "won", "won", currency, locale),
        hoverinfo="text",
    )


def _marks(
    rows: pd.DataFrame, column: str, words: str, marker: dict[str, Any], currency: str, locale: str
) -> go.Scatter:
    return go.Scatter(
        name=column,
        x=_drawn(rows[column]),
        y=rows["level"],
        mode="markers",
        marker=marker,
        hovertext=_hover(rows, column, words, currency, locale),
        hoverinfo="text",
    )


def _columns(fig: go.Figure, rows: pd.DataFrame, currency: str, locale: str, dark: bool) -> int:
    """Right of each row: what is expected with its range, and the chance. Returns their width in px."""
    colours = style.palette(dark)
    told = placing.rows(rows)
    columns = (
        ("expected", colours.likely.ink, [_expected_words(row, currency, locale) for row in told]),
        ("chance", colours.text, [_chance_words(row, currency, locale) for row in told]),
    )
    at = _GAP
    for heading, colour, pairs in columns:
        _cell(fig, at, 0.5, f"<b>{heading}</b>", colour, "bottom")
        for row, (first, second) in zip(told, pairs, strict=True):
            _cell(fig, at, row.level, f"<b>{first}</b><br>{_small(second)}", colour)
        at += placing.widest([heading, *(second for _, second in pairs)], style.SIZE) + _GAP
    return at


def _expected_words(row: Any, currency: str, locale: str) -> tuple[str, str]:
    expected, low, high = (
        wording.money(getattr(row, name), currency, locale=locale) for name in ("expected", "p10", "p90")
    )
    return expected, f"{low} to {high}" if _has_range(row) else TOO_LITTLE


def _chance_words(row: Any, currency: str, locale: str) -> tuple[str, str]:
    if wording.is_missing(row.target):
        return wording.DASH, "no target"
    return wording.percent(row.p_target), f"target {wording.money(row.target, currency, locale=locale)}"


def _small(text: str) -> str:
    return f'<span style="font-size:{style.SMALL}px">{text}</span>'


def _cell(fig: go.Figure, shift: int, level: float, text: str, colour: str, anchor: str = "middle") -> None:
    fig.add_annotation(
        x=1,
        xref="paper",
        xanchor="left",
        xshift=shift,
        y=level,
        yanchor=anchor,
        align="left",
        text=text,
        font={"color": colour, "size": style.SIZE + (1 if anchor == "middle" else 0)},
    )


def _key(fig: go.Figure, left: int, dark: bool) -> None:
    colours = style.palette(dark)
    entries = [
        ("■", colours.won.mark, "won"),
        ("▬", marks.range_colour(dark), "P10 to P90"),
        ("●", colours.likely.mark, "expected"),
        ("┃", colours.target, "target"),
        ("○", colours.stated.ink, "won + weighted, as stated"),
    ]
    style.key(fig, entries, shift=style.MARGIN - left)
    fig.layout.annotations[-1].yshift = 30
