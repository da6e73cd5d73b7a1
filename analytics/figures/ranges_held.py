"""Past quarters: the range that was foretold at one week, and where each really ended."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import marks, placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No past quarter was foretold yet, so there is no range to check."
_ROW, _HEAD, _FOOT = 40, 60, 28
_COLUMN = 118  # px; right of the plot: where it ended


@drawn_once
def ranges_held(table: pd.DataFrame, *, currency: str, locale: str, dark: bool) -> go.Figure:
    """Draw `table`, a row per quarter, the oldest on top: quarter, p10, p50, p90, actual, stated; all money.

    Optional: target. `stated` is won + weighted pipeline at that week, hollow. A dot ended inside its range,
    a cross outside. A missing actual is a dash.
    """
    rows = _told(table)
    if rows.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=_HEAD + _ROW * len(rows) + _FOOT)
    low, high = _span(rows)
    fig.add_trace(marks.ranges(zip(rows["p10"], rows["p90"], rows["level"], strict=True), dark=dark))
    for column, words, marker in (
        ("p50", "foretold in the middle", marks.tick(colours.likely.ink, half=5)),
        *([("target", "target", marks.tick(colours.target, half=9))] if "target" in rows else []),
        ("stated", "won + weighted pipeline, as stated then", marks.ring(dark)),
    ):
        fig.add_trace(_marks(rows, column, words, marker, currency, locale))
    for inside, hue, symbol in ((True, colours.won, "circle"), (False, colours.lost, "x")):
        words = f"ended here, {'inside' if inside else 'outside'} the range"
        here = rows[rows["inside"] == inside]
        fig.add_trace(
            _marks(here, "actual", words, marks.dot(hue.mark, dark, symbol=symbol), currency, locale)
        )
    _column(fig, rows, currency, locale, dark)
    ticks, texts = placing.money_ticks(low, high, currency=currency, locale=locale, most=4)
    fig.update_xaxes(range=[low, high], tickvals=ticks, ticktext=texts, showgrid=True)
    names = [placing.short(quarter, 14) for quarter in rows["quarter"]]
    fig.update_yaxes(
        range=[float(rows["level"].iloc[-1]) - 0.6, 0.6],
        tickvals=rows["level"],
        ticktext=names,
        tickfont={"color": colours.text, "size": style.SIZE},
    )
    left = placing.widest(names) + 20
    _key(fig, rows, left, dark)
    fig.update_layout(margin={"l": left, "r": _COLUMN, "t": _HEAD, "b": _FOOT})
    return fig


def describe(table: pd.DataFrame, *, currency: str, locale: str) -> str:
    """The figure in sentences."""
    rows = _told(table)
    if rows.empty:
        return NOTHING
    ended = rows.dropna(subset=["actual"])
    each = []
    for row in placing.rows(rows):
        low, high, end = (
            wording.money(one, currency, locale=locale) for one in (row.p10, row.p90, row.actual)
        )
        each.append(f"{row.quarter} {low} to {high}, ended at {end} ({_held(row)})")
    held = f"{int(ended['inside'].sum())} of {wording.count(len(ended), 'quarter')}"
    return f"The range from P10 to P90 held in {held}: {'; '.join(each)}."


def _told(table: pd.DataFrame) -> pd.DataFrame:
    """The quarters that have a range, by time, with `inside` (bool) and `level` (height)."""
    rows = table.dropna(subset=["p10", "p90"]).sort_values("quarter", kind="stable")
    numbers = [name for name in ("p10", "p50", "p90", "actual", "stated", "target") if name in rows]
    rows = rows.astype(dict.fromkeys(numbers, float))
    inside = rows["actual"].between(rows["p10"], rows["p90"])
    return rows.assign(inside=inside, level=[float(-at) for at in range(len(rows))])


def _held(row: Any) -> str:
    if wording.is_missing(row.actual):
        return "not ended"
    return "inside" if row.inside else "above" if row.actual > row.p90 else "below"


def _span(rows: pd.DataFrame) -> tuple[float, float]:
    columns = [name for name in ("p10", "p90", "actual", "stated", "target") if name in rows]
    values = rows[columns]
    low, high = float(values.min().min()), float(values.max().max())
    room = 0.05 * max(high - low, 0.02 * abs(high), 1.0)
    return low - room, high + room


def _marks(
    rows: pd.DataFrame, column: str, words: str, marker: dict[str, Any], currency: str, locale: str
) -> go.Scatter:
    return go.Scatter(
        name=column,
        x=rows[column],
        y=rows["level"],
        mode="markers",
        marker=marker,
        hovertext=_hover(rows, column, words, currency, locale),
        hoverinfo="text",
    )


def _hover(rows: pd.DataFrame, column: str, words: str, currency: str, locale: str) -> list[str]:
    found = []
    for row in placing.rows(rows):
        value, low, middle, high = (
            wording.money(getattr(row, name), currency, exact=True, locale=locale)
            for name in (column, "p10", "p50", "p90")
        )
        found.append(
            f"<b>{placing.safe(row.quarter)}</b><br>{value} {words}<br>P10 {low}, P50 {middle}, P90 {high}"
        )
    return found


def _column(fig: go.Figure, rows: pd.DataFrame, currency: str, locale: str, dark: bool) -> None:
    """Right of each row: where it ended, and whether that was inside."""
    colours = style.palette(dark)
    for row in placing.rows(rows):
        ended = not wording.is_missing(row.actual)
        hue = colours.won if row.inside else colours.lost
        end = wording.money(row.actual, currency, locale=locale)
        fig.add_annotation(
            x=1,
            xref="paper",
            xanchor="left",
            xshift=8,
            y=row.level,
            text=f"<b>{end}</b> {_held(row)}",
            font={"size": style.SMALL, "color": hue.ink if ended else colours.muted},
        )


def _key(fig: go.Figure, rows: pd.DataFrame, left: int, dark: bool) -> None:
    """What the marks are, in two lines."""
    colours = style.palette(dark)
    told = [
        ("▬", marks.range_colour(dark), "foretold P10 to P90"),
        ("┃", colours.likely.ink, "P50"),
        ("○", colours.stated.ink, "won + weighted, as stated then"),
    ]
    real = [
        ("●", colours.won.mark, "ended inside"),
        ("✖", colours.lost.mark, "ended outside"),
        *([("┃", colours.target, "target")] if "target" in rows else []),
    ]
    style.key(fig, real, shift=style.MARGIN - left)
    style.key(fig, told, shift=style.MARGIN - left)
    fig.layout.annotations[-1].yshift = 30
