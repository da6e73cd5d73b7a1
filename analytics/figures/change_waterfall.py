"""What changed between two days: a horizontal waterfall by money or by the number of deals."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.bridge_waterfall import connectors, waterfall_rows
from analytics.figures.drawing import drawn_once

NOTHING = "Nothing was there on either day."
#: kind of a step -> what its colour says.
KINDS = {"won": "won", "lost": "lost or gone", "in": "came in or grew", "out": "went out or shrank"}
_ROW, _HEAD, _FOOT = 32, 30, 30
_PER_LINE = 30
_NEAR = 0.6  # where all sums stay above this share of the highest, zero is out of sight


@drawn_once
def change_waterfall(
    steps: pd.DataFrame, *, by_money: bool, currency: str, locale: str, dark: bool
) -> go.Figure:
    """Draw `steps` from top to bottom: step (label), amount (money or deals), kind, n (deals).

    `kind`: start, end, or what a change is (KINDS). All of it is stated in the CRM: the two ends are hollow
    and grey, a change has the colour of what became of the deals. Raises BadInput where the end is not the
    sum of the start and the changes.
    """
    if steps.empty or not steps["n"].any():
        return style.empty(NOTHING, dark=dark)
    rows = _rows(steps)
    written = _Written(by_money, currency, locale)
    low, high, from_zero = _span(rows)
    fig = style.figure(dark, height=_HEAD + _ROW * len(rows) + _FOOT)
    connectors(fig, rows, dark)
    fig.add_trace(_bars(rows if from_zero else rows[~rows["is_end"]], written, dark))
    if not from_zero:
        fig.add_trace(_ends(rows[rows["is_end"]], written, dark))
    names = [_name(row) for row in placing.rows(rows)]
    left = placing.widest(names, style.SIZE) + 20
    room = _amounts(fig, rows, (low, high), written, left, dark)
    fig.update_xaxes(range=[low, high + room], **written.ticks(low, high), showgrid=True)
    fig.update_yaxes(
        range=[-len(rows) + 0.4, 0.6],
        tickvals=rows["level"],
        ticktext=names,
        tickfont={"color": style.palette(dark).text, "size": style.SMALL},
    )
    entries = [("□", style.palette(dark).stated.ink, "stated in the CRM")]
    there = [kind for kind in KINDS if (rows["kind"] == kind).any()]
    entries += [("■", _hue(kind, dark).mark, KINDS[kind]) for kind in there]
    style.key(fig, entries, shift=-left + style.MARGIN)
    fig.update_layout(margin={"l": left, "r": 16, "t": _HEAD, "b": _FOOT})
    return fig


def describe(steps: pd.DataFrame, *, by_money: bool, currency: str, locale: str) -> str:
    """The figure in a sentence."""
    if steps.empty or not steps["n"].any():
        return NOTHING
    written = _Written(by_money, currency, locale)
    each = (f"{row.step} {written.value(row)}" for row in placing.rows(_rows(steps)))
    return f"Waterfall by {'money' if by_money else 'number of deals'}: {'; '.join(each)}."


def _rows(steps: pd.DataFrame) -> pd.DataFrame:
    is_end = steps["kind"].isin(["start", "end"])
    rows = waterfall_rows(steps.assign(kind=steps["kind"].where(is_end, "change")))
    return rows.assign(kind=steps["kind"], is_end=is_end)


class _Written:
    """How the amounts are written: money short, deals as they are."""

    def __init__(self, by_money: bool, currency: str, locale: str) -> None:
        self.by_money, self.currency, self.locale = by_money, currency, locale

    def value(self, row: Any, *, exact: bool = False) -> str:
        amount = placing.number(row.amount)
        if not self.by_money:
            return (
                wording.count(int(amount), "deal") if row.is_end else f"{int(amount):+,}" if amount else "0"
            )
        return wording.money(amount, self.currency, exact=exact, signed=not row.is_end, locale=self.locale)

    def beside(self, row: Any) -> str:
        """The amount, and the deals that it is of."""
        if not self.by_money:
            text = self.value(row)
            return text if row.is_end or abs(row.amount) == row.n else f"{text} of {row.n:,}"
        return f"{self.value(row)} · {wording.count(int(row.n), 'deal')}"

    def hover(self, row: Any) -> str:
        lines = [f"<b>{placing.safe(row.step)}</b>", self.value(row, exact=True)]
        return "<br>".join([*lines, wording.count(int(row.n), "deal")])

    def ticks(self, low: float, high: float) -> dict[str, Any]:
        if not self.by_money:
            return {"nticks": 5, "tickformat": ",d"}
        ticks, texts = placing.money_ticks(low, high, currency=self.currency, locale=self.locale, most=4)
        return {"tickvals": ticks, "ticktext": texts}


def _span(rows: pd.DataFrame) -> tuple[float, float, bool]:
    """The axis, and whether it begins at zero: not where the changes are small against the sums."""
    low, high = float(rows["sum"].min()), float(rows["sum"].max())
    if low > _NEAR * high > 0:
        wide = max(high - low, 0.02 * high)
        return low - 0.12 * wide, high + 0.02 * wide, False
    return min(0.0, low) * 1.02, max(high, 1.0), True


def _name(row: Any) -> str:
    text = placing.wrapped(row.step, _PER_LINE)
    return "<br>".join(f"<b>{line}</b>" for line in text.split("<br>")) if row.is_end else text


def _hue(kind: str, dark: bool) -> style.Hue:
    colours = style.palette(dark)
    known = {"won": colours.won, "lost": colours.lost, "in": colours.likely, "out": colours.risk}
    return known.get(kind, colours.stated)


def _looks(rows: pd.DataFrame, dark: bool) -> dict[str, Any]:
    background = style.palette(dark).background
    kinds = [(row.is_end, _hue(row.kind, dark).mark) for row in placing.rows(rows)]
    fills = [background if is_end else mark for is_end, mark in kinds]
    return {"color": fills, "line": {"color": [mark for _, mark in kinds], "width": 2}}


def _bars(rows: pd.DataFrame, written: _Written, dark: bool) -> go.Bar:
    return go.Bar(
        name="changes",
        x=rows["high"] - rows["low"],
        base=rows["low"],
        y=rows["level"],
        orientation="h",
        width=0.56,
        customdata=rows["step"],
        marker=_looks(rows, dark),
        hovertext=[written.hover(row) for row in placing.rows(rows)],
        hoverinfo="text",
    )


def _ends(rows: pd.DataFrame, written: _Written, dark: bool) -> go.Scatter:
    """Where zero is out of sight an end is a place on the axis, not a length."""
    return go.Scatter(
        name="ends",
        x=rows["sum"],
        y=rows["level"],
        mode="markers",
        cliponaxis=False,
        customdata=rows["step"],
        marker={"size": 15, **_looks(rows, dark)},
        hovertext=[written.hover(row) for row in placing.rows(rows)],
        hoverinfo="text",
    )


def _amounts(
    fig: go.Figure, rows: pd.DataFrame, span: tuple[float, float], written: _Written, left: int, dark: bool
) -> float:
    """Each row's amount right of its bar. Returns the room that this takes on the axis' right."""
    texts = [written.beside(row) for row in placing.rows(rows)]
    for row, text in zip(placing.rows(rows), texts, strict=True):
        fig.add_annotation(
            x=row.high,
            y=row.level,
            text=f"<b>{text}</b>" if row.is_end else text,
            xanchor="left",
            xshift=12 if row.is_end else 6,
            font={"size": style.SMALL, "color": _hue(row.kind, dark).ink},
        )
    needed = placing.widest(texts, style.SMALL + 1) + 14
    return (span[1] - span[0]) * needed / max(placing.NARROW - left - 16 - needed, 100)
