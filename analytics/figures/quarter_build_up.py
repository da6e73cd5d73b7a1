"""Won, then what is stated on top of it, against the target: one bar."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No deals are won or dated in this quarter."
_TOP, _BOTTOM, _LABELS = 0.84, 0.44, 0.34  # the bar from top to bottom, and the labels below it
_SIDE = 26  # px; half a tick's text must fit beside the bar


@dataclass(frozen=True)
class _Mark:
    at: float
    text: str
    dash: str
    width: int


@drawn_once
def quarter_build_up(
    parts: pd.DataFrame,
    target: float | None,
    *,
    weighted: float | None = None,
    currency: str,
    locale: str,
    dark: bool,
) -> go.Figure:
    """Draw `parts` as one bar from 0: won solid, the rest hollow, for it is only stated.

    `parts`: label, key (won, commit, best_case or pipeline), amount; in the order to stack. `weighted` is
    the weighted pipeline without won: its tick stands at won + weighted. Negative amounts go left of 0.
    """
    if parts.empty:
        return style.empty(NOTHING, dark=dark)
    table = _stacked(parts)
    won = _won(parts)
    marks = _marks(target, weighted, won, currency, locale)
    low = min(0.0, table["start"].min(), *(mark.at for mark in marks))
    high = max(1.0, table["end"].max(), *(mark.at for mark in marks)) * 1.02
    fig = style.figure(dark, height=190)
    for row in placing.rows(table):
        fig.add_trace(_bar(row, currency, locale, dark))
    _part_labels(fig, table, (low, high), currency, locale, dark)
    _mark_labels(fig, marks, (low, high), dark)
    _axes(fig, (low, high), currency, locale, dark)
    return fig


def describe(
    parts: pd.DataFrame,
    target: float | None,
    *,
    weighted: float | None = None,
    currency: str,
    locale: str,
) -> str:
    """The figure in a sentence."""
    if parts.empty:
        return NOTHING
    each = (
        f"{row.label} {wording.money(row.amount, currency, locale=locale)}" for row in placing.rows(parts)
    )
    text = f"Bar of this quarter's money: {wording.listed(each)}"
    if not wording.is_missing(weighted):
        total = _won(parts) + placing.number(weighted)
        text += f"; won and weighted pipeline come to {wording.money(total, currency, locale=locale)}"
    if wording.is_missing(target):
        return f"{text}; no target is loaded."
    return f"{text}; the target is {wording.money(target, currency, locale=locale)}."


def _won(parts: pd.DataFrame) -> float:
    return sum(placing.number(amount) for amount in parts.loc[parts["key"] == "won", "amount"])


def _stacked(parts: pd.DataFrame) -> pd.DataFrame:
    right = left = 0.0
    rows = []
    for row in placing.rows(parts):
        size = placing.number(row.amount)
        base = right if size >= 0 else left
        right, left = (base + size, left) if size >= 0 else (right, base + size)
        rows.append(
            (row.label, row.key, row.amount, base, size, min(base, base + size), max(base, base + size))
        )
    return pd.DataFrame(rows, columns=["label", "key", "amount", "base", "size", "start", "end"])


def _bar(row: Any, currency: str, locale: str, dark: bool) -> go.Bar:
    colours = style.palette(dark)
    solid = row.key == "won"
    fill = style.faded(colours.stated.mark, style.STATED_FILL.get(row.key, 0.0))
    exact = wording.money(row.amount, currency, exact=True, locale=locale)
    kind = "booked" if solid else "stated in the CRM"
    return go.Bar(
        name=row.label,
        x=[row.size],
        base=[row.base],
        y=[(_TOP + _BOTTOM) / 2],
        width=_TOP - _BOTTOM,
        orientation="h",
        marker={
            "color": colours.won.mark if solid else fill,
            "line": {"color": colours.won.mark if solid else colours.stated.mark, "width": 2},
        },
        hovertext=[f"<b>{placing.safe(row.label)}</b><br>{exact}<br>{kind}"],
        hoverinfo="text",
    )


def _marks(
    target: float | None, weighted: float | None, won: float, currency: str, locale: str
) -> list[_Mark]:
    marks = []
    if not wording.is_missing(target):
        amount = placing.number(target)
        marks.append(_Mark(amount, f"Target {wording.money(amount, currency, locale=locale)}", "solid", 3))
    if not wording.is_missing(weighted):
        amount = won + placing.number(weighted)
        text = f"Won + weighted {wording.money(amount, currency, locale=locale)}"
        marks.append(_Mark(amount, text, "dot", 2))
    return marks


def _part_labels(
    fig: go.Figure,
    table: pd.DataFrame,
    span: tuple[float, float],
    currency: str,
    locale: str,
    dark: bool,
) -> None:
    colours = style.palette(dark)
    rows = placing.rows(table)
    texts = [
        f"<b>{wording.money(row.amount, currency, locale=locale)}</b><br>{placing.short(row.label, 18)}"
        for row in rows
    ]
    middles = [(row.start + row.end) / 2 for row in rows]
    for row, at, text, shift in zip(rows, middles, texts, _shifts(middles, texts, span), strict=True):
        _leader(fig, at, shift, (_BOTTOM - 0.02, _LABELS), colours.muted)
        fig.add_annotation(
            x=at,
            y=_LABELS,
            yanchor="top",
            xshift=shift,
            text=text,
            font={"color": colours.won.ink if row.key == "won" else colours.stated.ink},
        )


def _mark_labels(fig: go.Figure, marks: list[_Mark], span: tuple[float, float], dark: bool) -> None:
    colour = style.palette(dark).target
    shifts = _shifts([mark.at for mark in marks], [mark.text for mark in marks], span)
    for mark, shift in zip(marks, shifts, strict=True):
        line = {"color": colour, "width": mark.width, "dash": mark.dash}
        fig.add_shape(type="line", x0=mark.at, x1=mark.at, y0=_BOTTOM - 0.04, y1=0.92, line=line)
        _leader(fig, mark.at, shift, (0.92, 1), colour)
        fig.add_annotation(
            x=mark.at, y=1, yanchor="bottom", xshift=shift, text=mark.text, font={"color": colour}
        )


def _shifts(at: list[float], texts: list[str], span: tuple[float, float]) -> list[float]:
    """By how many pixels each label moves aside so that none overlap, from the narrowest figure up."""
    px = placing.NARROW - 2 * _SIDE
    wanted = [(value - span[0]) / (span[1] - span[0]) * px for value in at]
    sizes = [placing.widest([text], style.SIZE + 1) + 14.0 for text in texts]
    places = placing.spread(wanted, sizes, -_SIDE, px + _SIDE)
    return [place - want for place, want in zip(places, wanted, strict=True)]


def _leader(fig: go.Figure, at: float, shift: float, heights: tuple[float, float], colour: str) -> None:
    line = {"color": colour, "width": 1}
    fig.add_shape(
        type="line", xsizemode="pixel", xanchor=at, x0=0, x1=shift, y0=heights[0], y1=heights[1], line=line
    )


def _axes(fig: go.Figure, span: tuple[float, float], currency: str, locale: str, dark: bool) -> None:
    values, texts = placing.money_ticks(*span, currency=currency, locale=locale)
    fig.update_xaxes(range=list(span), tickvals=values, ticktext=texts)
    fig.update_yaxes(range=[0, 1], visible=False)
    line = {"color": style.palette(dark).text, "width": 1}
    fig.add_shape(type="line", x0=0, x1=0, y0=_BOTTOM - 0.04, y1=_TOP + 0.04, line=line)
    fig.update_layout(margin={"t": 28, "b": 26, "l": _SIDE, "r": _SIDE})
