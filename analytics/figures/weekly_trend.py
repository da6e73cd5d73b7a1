"""A quarter week by week: what was won and stated, against target, call and what was expected."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go
from babel.dates import format_skeleton

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No week of this quarter is recorded yet."
_HEIGHT = 360
_PARTS = (("won", "won"), ("commit", "commit"), ("best_case", "best case"), ("pipeline", "pipeline"))
_LINES = (("target", "target"), ("called", "called"), ("expected", "expected"))


@drawn_once
def weekly_trend(trend: pd.DataFrame, *, currency: str, locale: str, dark: bool) -> go.Figure:
    """Draw a bar per week: won solid, then what the CRM states, the surer the fuller; lines over it.

    `trend`: day, won, commit, best_case, open_pipeline, target, called and perhaps expected (money; NaN:
    there was none). Expected is evidenced and so solid and coloured, the target and the call are lines.
    """
    if trend.empty:
        return style.empty(NOTHING, dark=dark)
    rows = _parts(trend)
    fig = style.figure(dark, height=_HEIGHT)
    for key, name in _PARTS:
        fig.add_trace(_bar(rows, key, name, currency, locale, dark))
    lines = [(key, name) for key, name in _LINES if key in rows and rows[key].notna().any()]
    for key, name in lines:
        fig.add_trace(_line(rows, key, name, currency, locale, dark))
    _axes(fig, rows, [key for key, _ in lines], currency, locale)
    _key(fig, [key for key, _ in lines], dark)
    return fig


def describe(trend: pd.DataFrame, *, currency: str, locale: str) -> str:
    """The figure in a sentence."""
    if trend.empty:
        return NOTHING
    rows = _parts(trend)
    first, last = rows.iloc[0], rows.iloc[-1]

    def told(row: pd.Series) -> str:
        names = [*_PARTS, *((key, name) for key, name in _LINES if key in rows and pd.notna(row[key]))]
        return ", ".join(f"{name} {wording.money(row[key], currency, locale=locale)}" for key, name in names)

    days = [wording.day(row["day"], locale=locale) for row in (first, last)]
    return f"Bars by week. On {days[0]}: {told(first)}. On {days[1]}: {told(last)}."


def _parts(trend: pd.DataFrame) -> pd.DataFrame:
    """`trend` with `pipeline`: what is open beyond commit and best case; and each part's base and place."""
    rows = trend.assign(
        pipeline=(trend["open_pipeline"] - trend["commit"] - trend["best_case"]).round(2),
        place=range(len(trend)),
    )
    base = pd.Series(0.0, index=rows.index)
    for key, _ in _PARTS:
        rows[f"base_{key}"] = base
        base = base + rows[key]
    return rows.assign(top=base)


def _bar(rows: pd.DataFrame, key: str, name: str, currency: str, locale: str, dark: bool) -> go.Bar:
    colours = style.palette(dark)
    stated = colours.stated.mark
    fill = colours.won.mark if key == "won" else style.faded(stated, style.STATED_FILL[key])
    return go.Bar(
        name=name,
        x=rows["place"],
        y=rows[key],
        base=rows[f"base_{key}"],
        width=0.62,
        marker={
            "color": fill,
            "line": {"color": colours.won.mark if key == "won" else stated, "width": 1.5},
        },
        hovertext=[_hover(row, key, name, currency, locale) for _, row in rows.iterrows()],
        hoverinfo="text",
    )


def _line(rows: pd.DataFrame, key: str, name: str, currency: str, locale: str, dark: bool) -> go.Scatter:
    colours = style.palette(dark)
    looks: dict[str, dict[str, Any]] = {
        "target": {"mode": "lines", "line": {"color": colours.target, "width": 2, "dash": "dash"}},
        "called": {
            "mode": "markers",
            "marker": {
                "symbol": "diamond-open",
                "size": 11,
                "color": colours.stated.ink,
                "line": {"width": 2},
            },
        },
        "expected": {
            "mode": "lines+markers",
            "line": {"color": colours.likely.mark, "width": 3},
            "marker": {"size": 7},
        },
    }
    return go.Scatter(
        name=name,
        x=rows["place"],
        y=rows[key],
        hovertext=[_hover(row, key, name, currency, locale) for _, row in rows.iterrows()],
        hoverinfo="text",
        cliponaxis=False,
        **looks[key],
    )


def _hover(row: pd.Series, key: str, name: str, currency: str, locale: str) -> str:
    value = wording.money(row[key], currency, exact=True, locale=locale)
    return f"<b>{wording.day(row['day'], locale=locale)}</b><br>{name} {value}"


def _axes(fig: go.Figure, rows: pd.DataFrame, lines: list[str], currency: str, locale: str) -> None:
    tops = [float(rows[key].max()) for key in ("top", *lines)]
    lows = [0.0, *(float(rows[key].min()) for key in ("top", "won"))]
    high, low = max(1.0, *tops) * 1.05, min(lows) * 1.05
    ticks, texts = placing.money_ticks(low, high, currency=currency, locale=locale, most=5)
    fig.update_yaxes(range=[low, high], tickvals=ticks, ticktext=texts, showgrid=True)
    last = len(rows) - 1
    every = 2 if last > 7 else 1
    names = [
        format_skeleton("MMMd", row.day, locale=locale) if (last - at) % every == 0 else ""
        for at, row in enumerate(placing.rows(rows))
    ]
    names[last] = f"<b>{names[last]}</b>"
    fig.update_xaxes(range=[-0.6, last + 0.6], tickvals=rows["place"], ticktext=names)
    left = placing.widest(texts, style.SMALL) + 22
    fig.update_layout(margin={"l": left, "r": 16, "t": 34, "b": 30})


def _key(fig: go.Figure, lines: list[str], dark: bool) -> None:
    colours = style.palette(dark)
    stated = colours.stated
    entries = [
        ("■", colours.won.mark, "won"),
        ("■", stated.mark, "commit"),
        ("▨", stated.mark, "best case"),
        ("□", stated.ink, "other pipeline"),
    ]
    named = {
        "target": ("╌", colours.target, "target"),
        "called": ("◇", stated.ink, "called"),
        "expected": ("━", colours.likely.mark, "expected"),
    }
    style.key(fig, [*entries, *(named[key] for key in lines)])
