"""Each open deal: the chance that the CRM states for the quarter against the one its evidence carries."""

from __future__ import annotations

import zlib
from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No open deal with a chance in this scope."
_HEIGHT = 460
_NAMED = 6
_ASIDE = 0.018
_NEAR = 0.09  # two names closer than this (in shares) would overlap
#: kind -> meaning of its colour and its shape; the shape alone tells the kinds apart
LOOKS: dict[str, tuple[style.Meaning, str, str]] = {
    "Likely to slip": ("risk", "triangle-right", "▶"),
    "Likely lost": ("lost", "x", "✖"),
    "Stated above its evidence": ("risk", "diamond", "◆"),
    "Hollow commit": ("lost", "square", "■"),
    "Stated below its evidence": ("upside", "triangle-up", "▲"),
    "May come earlier": ("upside", "star", "★"),
    "As stated": ("stated", "circle-open", "○"),
}


@drawn_once
def stated_against_evidenced(deals: pd.DataFrame, *, currency: str, locale: str, dark: bool) -> go.Figure:
    """Draw `deals` (at_risk: name, kind, stated, evidenced, at_stake), largest at_stake first.

    Across: stated; up: evidenced; size: money at stake. On the line both agree. The deals farthest off by
    money are named. Row order is kept in `customdata`, so that a click names its deal.
    """
    known = deals.dropna(subset=["stated", "evidenced"])
    if known.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=_HEIGHT)
    fig.add_shape(
        type="line", x0=0, y0=0, x1=1, y1=1, line={"color": colours.muted, "width": 1, "dash": "dot"}
    )
    largest = max(placing.number(known["at_stake"].max()), 1.0)
    for kind in reversed(LOOKS):
        here = known[known["kind"] == kind]
        if len(here):
            fig.add_trace(_dots(here, kind, largest, currency, locale, dark))
    _names(fig, known, dark)
    shares = [0, 0.25, 0.5, 0.75, 1]
    ticks = {"tickvals": shares, "ticktext": [wording.percent(one) for one in shares], "range": [-0.03, 1.03]}
    fig.update_xaxes(
        title={"text": "Stated in the CRM for the quarter", "font": {"size": style.SMALL}}, **ticks
    )
    fig.update_yaxes(title={"text": "Evidenced", "font": {"size": style.SMALL}}, showgrid=True, **ticks)
    _key(fig, [kind for kind in LOOKS if (known["kind"] == kind).any()], dark)
    fig.update_layout(margin={"l": 64, "r": 16, "t": 64, "b": 48})
    return fig


def describe(deals: pd.DataFrame, *, currency: str, locale: str) -> str:
    """The figure in a sentence."""
    known = deals.dropna(subset=["stated", "evidenced"])
    if known.empty:
        return NOTHING
    kinds = known["kind"].value_counts()
    counted = wording.listed(f"{str(kind).lower()} {n}" for kind, n in kinds.items())
    first = known.iloc[0]
    return (
        f"Stated against evidenced chance of {wording.count(len(known), 'open deal')}: {counted}. Most money"
        f" at stake: {first['name']}, stated {wording.percent(first['stated'])}, evidenced"
        f" {wording.percent(first['evidenced'])}."
    )


def _dots(
    here: pd.DataFrame, kind: str, largest: float, currency: str, locale: str, dark: bool
) -> go.Scatter:
    meaning, shape, _ = LOOKS[kind]
    hue = getattr(style.palette(dark), meaning)
    share = (here["at_stake"].fillna(0).astype(float) / largest).clip(0, 1)
    return go.Scatter(
        name=kind,
        x=here["stated"] + _sideways(here),
        y=here["evidenced"],
        mode="markers",
        customdata=here["deal_id"],
        marker={
            "symbol": shape,
            "size": 5 + 15 * share**0.5,
            "color": hue.mark,
            "opacity": 0.55 if kind == "As stated" else 0.9,
            "line": {
                "width": 1,
                "color": hue.ink if shape.endswith("open") else style.palette(dark).background,
            },
        },
        hovertext=[_hover(row, kind, currency, locale) for row in placing.rows(here)],
        hoverinfo="text",
    )


def _sideways(here: pd.DataFrame) -> pd.Series:
    """Many deals state the same few probabilities: each stands a little aside, always at the same place."""
    places = [zlib.crc32(str(deal_id).encode()) % 1000 / 999 - 0.5 for deal_id in here["deal_id"]]
    return pd.Series(places, index=here.index, dtype=float) * 2 * _ASIDE


def _hover(row: Any, kind: str, currency: str, locale: str) -> str:
    stake = wording.money(row.at_stake, currency, locale=locale)
    return (
        f"<b>{placing.safe(row.name)}</b><br>{kind}<br>stated {wording.percent(row.stated)},"
        f" evidenced {wording.percent(row.evidenced)}<br>{stake} at stake"
    )


def _key(fig: go.Figure, kinds: list[str], dark: bool) -> None:
    """What the marks are, four to a line."""
    colours = style.palette(dark)
    entries = [(LOOKS[kind][2], getattr(colours, LOOKS[kind][0]).ink, kind) for kind in kinds]
    for line in (entries[4:], entries[:4]):
        if line:
            style.key(fig, line, shift=-40)
    if len(entries) > 4:
        fig.layout.annotations[-1].yshift = 28


def _names(fig: go.Figure, known: pd.DataFrame, dark: bool) -> None:
    """The deals with most at stake that are not as stated, where there is room for their names."""
    placed: list[tuple[float, float]] = []
    told = known[known["kind"] != "As stated"].head(4 * _NAMED)
    for row in placing.rows(told.assign(drawn_at=told["stated"] + _sideways(told))):
        at = (float(row.drawn_at), float(row.evidenced))
        taken = any(abs(at[1] - y) < _NEAR / 2 and abs(at[0] - x) < 0.5 for x, y in placed)
        if taken or len(placed) >= _NAMED:
            continue
        placed.append(at)
        to_left = at[0] > 0.6
        fig.add_annotation(
            x=at[0],
            y=at[1],
            text=placing.short(row.name, 24),
            xanchor="right" if to_left else "left",
            xshift=-12 if to_left else 12,
            font={"size": style.SMALL, "color": style.palette(dark).text},
        )
