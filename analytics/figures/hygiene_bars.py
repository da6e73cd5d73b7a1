"""The money behind each hygiene finding; what could not be judged is said, not shown as zero."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No checks were run."
_RANK = {"found": 0, "clear": 1, "not judged": 2}


@drawn_once
def hygiene_bars(findings: pd.DataFrame, *, currency: str, locale: str, dark: bool) -> go.Figure:
    """Draw `findings`: label, money, deals (count), state (found, clear, not judged), optionally note."""
    if findings.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    rows = table(findings)
    fig = style.figure(dark, height=8 + 38 * len(rows) + 28)
    levels = [float(-i) for i in range(len(rows))]
    sizes = [placing.number(row.money) if row.state == "found" else 0.0 for row in placing.rows(rows)]
    fig.add_trace(
        go.Bar(
            name="money",
            x=sizes,
            y=levels,
            width=0.6,
            orientation="h",
            marker={"color": colours.risk.mark},
            hovertext=[_hover(row, currency, locale) for row in placing.rows(rows)],
            hoverinfo="text",
        )
    )
    names = [placing.wrapped(label, 26) for label in rows["label"]]
    left = placing.widest(names) + 24
    span = _labels(fig, rows, sizes, levels, currency, locale, dark)
    values, texts = placing.money_ticks(*span, currency=currency, locale=locale, most=4)
    fig.update_xaxes(
        range=list(span), tickvals=values, ticktext=texts, showgrid=any(sizes), visible=any(sizes)
    )
    fig.update_yaxes(
        range=[levels[-1] - 0.5, 0.5],
        tickvals=levels,
        ticktext=names,
        tickfont={"color": colours.text, "size": style.SIZE},
    )
    line = {"color": colours.muted, "width": 1}
    fig.add_shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", line=line)
    fig.update_layout(margin={"l": left, "b": 28})
    return fig


def describe(findings: pd.DataFrame, *, currency: str, locale: str) -> str:
    """The figure in a sentence."""
    if findings.empty:
        return NOTHING
    rows = table(findings)
    found = [
        f"{row.label} {_text(row, currency, locale)}" for row in placing.rows(rows) if row.state == "found"
    ]
    clear = int((rows["state"] == "clear").sum())
    unjudged = int((rows["state"] == "not judged").sum())
    said = [f"Found: {'; '.join(found)}" if found else "Nothing found"]
    if clear:
        said.append(f"{wording.count(clear, 'check')} clear")
    if unjudged:
        said.append(f"{unjudged} not judged for want of data")
    return f"Bars of the money behind each finding. {'; '.join(said)}."


def table(findings: pd.DataFrame) -> pd.DataFrame:
    """The findings as drawn: those with deals by money, then the clear ones, then those not judged."""
    ranked = findings.assign(
        rank=findings["state"].map(_RANK),
        size=findings["money"].map(placing.number).astype(float),
        count=findings["deals"].map(placing.number).astype(float),
    )
    ordered = ranked.sort_values(["rank", "size", "count"], ascending=[True, False, False], kind="stable")
    return ordered.drop(columns=["rank", "size", "count"]).reset_index(drop=True)


def _text(row: Any, currency: str, locale: str) -> str:
    if row.state == "not judged":
        return "not judged"
    if row.state == "clear":
        return "clear"
    deals = wording.count(int(placing.number(row.deals)), "deal")
    if not placing.number(row.money):
        return f"{deals}, no amount"
    return f"{wording.money(row.money, currency, locale=locale)} in {deals}"


def _hover(row: Any, currency: str, locale: str) -> str:
    lines = [f"<b>{placing.safe(row.label)}</b>", _text(row, currency, locale)]
    if row.state == "found":
        lines.append(wording.money(row.money, currency, exact=True, locale=locale))
    note = getattr(row, "note", "")
    if not wording.is_missing(note) and note:
        lines.append(placing.safe(note))
    return "<br>".join(lines)


def _labels(
    fig: go.Figure,
    rows: pd.DataFrame,
    sizes: list[float],
    levels: list[float],
    currency: str,
    locale: str,
    dark: bool,
) -> tuple[float, float]:
    """Write each finding's size behind its bar; gives the range of the axis."""
    colours = style.palette(dark)
    for row, size, level in zip(placing.rows(rows), sizes, levels, strict=True):
        text = _text(row, currency, locale)
        is_found = row.state == "found"
        fig.add_annotation(
            x=max(0.0, size),
            y=level,
            xanchor="left",
            xshift=8,
            text=text if is_found else f"<i>{text}</i>",
            font={"color": colours.text if is_found else colours.muted, "size": style.SMALL},
        )
    texts = [_text(row, currency, locale) for row in placing.rows(rows)]
    fig.update_layout(margin={"r": placing.widest(texts, style.SMALL) + 20})
    return min(0.0, *sizes), max(1.0, *sizes)
