"""One caller's calls over the quarter: commit, most likely, best case as they were stated, and our number."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No call was submitted for this quarter yet."
_LINES = {
    "best_case": ("best case", "dot"),
    "most_likely": ("most likely", "solid"),
    "commit": ("commit", "dash"),
}
_LABEL = 20  # px between the names of lines


@drawn_once
def call_lines(
    calls: pd.DataFrame,
    ours: tuple[float, float, float],
    as_of: date,
    *,
    currency: str,
    locale: str,
    dark: bool,
) -> go.Figure:
    """Draw calls of one caller in order: day, commit, most_likely, best_case (money; NaN: not said).

    `ours`: expected, P10 and P90 at `as_of`, NaN where there is none. Hollow grey steps are what was called.
    """
    if calls.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=300)
    last = pd.Timestamp(as_of)
    ends: list[tuple[float, str, str]] = []
    for column, (words, dash) in _LINES.items():
        known = calls[["day", column]].dropna()
        if known.empty:
            continue
        days, money = [*known["day"], last], [*known[column], known[column].iloc[-1]]
        texts = [
            f"{words} {wording.money(value, currency, exact=True, locale=locale)}"
            f"<br>{wording.day(day, locale=locale)}"
            for day, value in zip(days, money, strict=True)
        ]
        fig.add_trace(
            go.Scatter(
                name=words,
                x=days,
                y=money,
                mode="lines+markers",
                line={"color": colours.stated.mark, "width": 2, "dash": dash, "shape": "hv"},
                marker={
                    "symbol": "circle-open",
                    "size": [7] * len(known) + [0],
                    "color": colours.stated.mark,
                },
                hovertext=texts,
                hoverinfo="text",
            )
        )
        ends.append((float(money[-1]), words, colours.stated.ink))
    expected, low, high = ours
    if not wording.is_missing(expected):
        _our_number(fig, last, (expected, low, high), currency, locale, dark)
        ends.append((float(expected), "expected", colours.likely.ink))
    texts = _names(fig, ends, last, currency, locale)
    top = max([high if not wording.is_missing(high) else 0.0, *(end for end, _, _ in ends), 1.0]) * 1.08
    values, ticks = placing.money_ticks(0.0, top, currency=currency, locale=locale, most=5)
    first = pd.Timestamp(calls["day"].min())
    fig.update_xaxes(range=[first - pd.Timedelta(days=1), last + pd.Timedelta(days=1)])
    fig.update_yaxes(range=[0, top], tickvals=values, ticktext=ticks, showgrid=True)
    fig.update_layout(
        margin={"l": placing.widest(ticks, style.SMALL) + 20, "r": placing.widest(texts) + 24, "b": 32}
    )
    return fig


def _our_number(
    fig: go.Figure, at: pd.Timestamp, ours: tuple[float, float, float], currency: str, locale: str, dark: bool
) -> None:
    colours = style.palette(dark)
    expected, low, high = ours
    ends = [wording.money(value, currency, locale=locale) for value in ours]
    fig.add_trace(
        go.Scatter(
            name="expected",
            x=[at],
            y=[expected],
            mode="markers",
            marker={"size": 11, "color": colours.likely.mark},
            error_y={
                "type": "data",
                "symmetric": False,
                "array": [max(high - expected, 0.0)],
                "arrayminus": [max(expected - low, 0.0)],
                "color": colours.likely.mark,
                "width": 0,
                "thickness": 3,
            },
            hovertext=[f"expected {ends[0]}<br>80% range {ends[1]} to {ends[2]}"],
            hoverinfo="text",
        )
    )


def _names(
    fig: go.Figure, ends: list[tuple[float, str, str]], at: pd.Timestamp, currency: str, locale: str
) -> list[str]:
    """Write each line's name right of its end, from the top down, none over another."""
    texts = []
    ranked = sorted(ends, reverse=True)
    top = max((end for end, _, _ in ends), default=1.0) or 1.0
    placed: float | None = None
    for end, words, colour in ranked:
        text = f"{words} {wording.money(end, currency, locale=locale)}"
        wanted = end / top * 230  # px, roughly
        height = wanted if placed is None else min(wanted, placed - _LABEL)
        placed = height
        fig.add_annotation(
            x=at,
            y=end,
            xanchor="left",
            xshift=12,
            yshift=height - wanted,
            text=text,
            font={"size": style.SIZE, "color": colour},
        )
        texts.append(text)
    return texts


def describe(calls: pd.DataFrame, ours: tuple[float, float, float], *, currency: str, locale: str) -> str:
    """The figure in a sentence."""
    if calls.empty:
        return NOTHING

    def short(value: Any) -> str:
        return wording.money(value, currency, locale=locale)

    first, last = calls.iloc[0], calls.iloc[-1]
    said = [
        f"{words} {short(first[column])} at first, {short(last[column])} now"
        for column, (words, _) in reversed(_LINES.items())
    ]
    text = f"{wording.count(len(calls), 'call')} of the quarter: {'; '.join(said)}."
    if wording.is_missing(ours[0]):
        return text
    return f"{text} Expected {short(ours[0])}, 80% range {short(ours[1])} to {short(ours[2])}."
