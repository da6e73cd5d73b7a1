"""A past quarter week by week: the number with its range, what was stated, and where it really ended."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import marks, placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No week of this quarter was foretold for this scope."
_HEIGHT, _TOP, _BOTTOM = 380, 34, 46
_LABEL = 17  # px; a line of words at the right
_WEEKS = {"text": "week of the quarter", "font": {"size": style.SMALL}}


@drawn_once
def weeks_to_end(
    weeks: pd.DataFrame, actual: float, *, week: int, currency: str, locale: str, dark: bool
) -> go.Figure:
    """Draw `weeks`: week (from 1), expected, p10, p90, stated (won + weighted); money, NaN: not drawn.

    `actual`: where the quarter ended; `week`: the one that is looked at. Weeks outside whose range the end
    lay have a cross.
    """
    if weeks.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    rows = weeks.sort_values("week")
    fig = style.figure(dark, height=_HEIGHT)
    low, high = _span(rows, actual)
    fig.add_trace(_band(rows, dark))
    fig.add_trace(_line(rows, "stated", currency, locale, dark))
    fig.add_trace(_line(rows, "expected", currency, locale, dark))
    last = float(rows["week"].max())
    fig.add_shape(
        type="line", x0=0.6, x1=last + 0.4, y0=actual, y1=actual, line={"color": colours.won.mark, "width": 3}
    )
    fig.add_trace(_outside(rows, actual, currency, locale, dark))
    chosen = {"color": colours.muted, "width": 1, "dash": "dot"}
    fig.add_shape(type="line", x0=week, x1=week, y0=0, y1=1, yref="paper", line=chosen, layer="below")
    fig.add_annotation(
        x=week, y=1, yref="paper", yanchor="bottom", text=f"week {week}", font={"color": colours.muted}
    )
    right = _labels(fig, rows, actual, (low, high), currency, locale, dark)
    ticks, texts = placing.money_ticks(low, high, currency=currency, locale=locale, most=5)
    fig.update_yaxes(range=[low, high], tickvals=ticks, ticktext=texts, showgrid=True)
    asked = rows["week"].astype(int).tolist()
    fig.update_xaxes(range=[0.6, last + 0.4], tickvals=asked, title=_WEEKS)
    left = placing.widest(texts, style.SMALL) + 20
    fig.update_layout(margin={"l": left, "r": right, "t": _TOP, "b": _BOTTOM})
    return fig


def describe(weeks: pd.DataFrame, actual: float, *, week: int, currency: str, locale: str) -> str:
    """The figure in sentences."""
    if weeks.empty:
        return NOTHING
    ended = wording.money(actual, currency, locale=locale)
    each = [_said(row, actual, currency, locale) for row in placing.rows(weeks.sort_values("week"))]
    return f"Lines by week; the quarter ended at {ended}, week {week} is marked. {'; '.join(each)}."


def _said(row: Any, actual: float, currency: str, locale: str) -> str:
    expected, low, high, stated = (
        wording.money(one, currency, locale=locale) for one in (row.expected, row.p10, row.p90, row.stated)
    )
    held = "no range" if wording.is_missing(row.p10) else "held" if row.p10 <= actual <= row.p90 else "missed"
    return f"Week {int(row.week)}: {expected} expected ({low} to {high}, {held}), {stated} stated"


def _span(rows: pd.DataFrame, actual: float) -> tuple[float, float]:
    values = rows[["expected", "p10", "p90", "stated"]].astype(float)
    low, high = min(0.0, float(values.min().min()), actual), max(1.0, float(values.max().max()), actual)
    return low, high + 0.06 * (high - low)


def _band(rows: pd.DataFrame, dark: bool) -> go.Scatter:
    known = rows.dropna(subset=["p10", "p90"])
    x = [*known["week"], *known["week"][::-1]]
    y = [*known["p90"].astype(float), *known["p10"].astype(float)[::-1]]
    return go.Scatter(
        name="range",
        x=x,
        y=y,
        fill="toself",
        fillcolor=style.faded(style.palette(dark).likely.mark, 0.22),
        line={"width": 0},
        mode="lines",
        hoverinfo="skip",
    )


def _line(rows: pd.DataFrame, column: str, currency: str, locale: str, dark: bool) -> go.Scatter:
    colours = style.palette(dark)
    known = rows.dropna(subset=[column])
    is_stated = column == "stated"
    words = "won + weighted, as stated" if is_stated else "expected"
    colour = colours.stated.ink if is_stated else colours.likely.mark
    marker = {**marks.ring(dark), "size": 9} if is_stated else {**marks.dot(colour, dark), "size": 9}
    return go.Scatter(
        name=column,
        x=known["week"].tolist(),
        y=known[column].astype(float).tolist(),
        mode="lines+markers",
        line={"color": colour, "width": 1.5 if is_stated else 3, "dash": "dot" if is_stated else "solid"},
        marker=marker,
        hovertext=[
            f"<b>Week {int(row.week)}</b><br>"
            f"{wording.money(getattr(row, column), currency, exact=True, locale=locale)} {words}"
            for row in placing.rows(known)
        ],
        hoverinfo="text",
    )


def _outside(rows: pd.DataFrame, actual: float, currency: str, locale: str, dark: bool) -> go.Scatter:
    """A cross on the end's line in the weeks whose range did not hold it."""
    known = rows.dropna(subset=["p10", "p90"])
    missed = known[(known["p10"] > actual) | (known["p90"] < actual)]
    return go.Scatter(
        name="outside",
        x=missed["week"].tolist(),
        y=[actual] * len(missed),
        mode="markers",
        marker={**marks.dot(style.palette(dark).lost.mark, dark, symbol="x"), "size": 11},
        hovertext=[
            f"<b>Week {int(row.week)}</b><br>the range was"
            f" {wording.money(row.p10, currency, locale=locale)} to"
            f" {wording.money(row.p90, currency, locale=locale)}"
            for row in placing.rows(missed)
        ],
        hoverinfo="text",
        cliponaxis=False,
    )


def _labels(
    fig: go.Figure,
    rows: pd.DataFrame,
    actual: float,
    span: tuple[float, float],
    currency: str,
    locale: str,
    dark: bool,
) -> int:
    """What each line is, at its right end, none upon another. Returns the room they take, px."""
    colours, last = style.palette(dark), rows.iloc[-1]
    said = [("ended at", actual, colours.won.ink)]
    said += [
        ("expected", last["expected"], colours.likely.ink),
        ("stated", last["stated"], colours.stated.ink),
    ]
    told = [
        (f"{words} {wording.money(value, currency, locale=locale)}", float(value), colour)
        for words, value, colour in said
        if not wording.is_missing(value)
    ]
    if rows["p10"].notna().any():
        at = rows.dropna(subset=["p10", "p90"]).iloc[-1]
        told.append(("80% range", (float(at["p10"]) + float(at["p90"])) / 2, colours.likely.ink))
    per_px = (span[1] - span[0]) / (_HEIGHT - _TOP - _BOTTOM)
    places = placing.spread([value for _, value, _ in told], [_LABEL * per_px] * len(told), *span)
    for (text, _, colour), place in zip(told, places, strict=True):
        words = f"<b>{text}</b>" if text.startswith("ended") else text
        fig.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=8, y=place, text=words, font={"color": colour}
        )
    return placing.widest([text for text, _, _ in told], style.SIZE + 1) + 20
