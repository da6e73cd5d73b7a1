"""From one number to another, step by step: a horizontal waterfall that shows its sums."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once
from analytics.problems import BadInput

NOTHING = "There are no steps between the two numbers."
_ROW, _HEAD, _FOOT = 34, 30, 30
_PER_LINE = 30
_NEAR = 0.7  # steps that all stay above this share of the highest sum are drawn without zero in sight
_CENT = 0.005


@drawn_once
def bridge_waterfall(steps: pd.DataFrame, *, currency: str, locale: str, dark: bool) -> go.Figure:
    """Draw `steps` from top to bottom: step (label), amount (company money), kind, stated (bool).

    `kind`: start, change, subtotal or end; the amount of a change is a difference, of the others a sum.
    Hollow grey is stated, solid is evidenced. A click's `customdata` is the step's label.
    Raises BadInput where a subtotal or end is not the sum of what stands above it.
    """
    if steps.empty:
        return style.empty(NOTHING, dark=dark)
    rows = waterfall_rows(steps)
    colours = style.palette(dark)
    levels = [float(-at) for at in range(len(rows))]
    low, high, from_zero = _span(rows)
    fig = style.figure(dark, height=_HEAD + _ROW * len(rows) + _FOOT)
    connectors(fig, rows, dark)
    bars = rows if from_zero else rows[rows["kind"] == "change"]
    fig.add_trace(_bars(bars, currency, locale, dark))
    if not from_zero:
        fig.add_trace(_sums(rows[rows["kind"] != "change"], currency, locale, dark))
    room = _amounts(fig, rows, (low, high), currency, locale, dark)
    names = [_name(row) for row in placing.rows(rows)]
    ticks, texts = placing.money_ticks(low, high, currency=currency, locale=locale, most=4)
    fig.update_xaxes(range=[low, high + room], tickvals=ticks, ticktext=texts, showgrid=True)
    fig.update_yaxes(
        range=[levels[-1] - 0.6, 0.6],
        tickvals=levels,
        ticktext=names,
        tickfont={"color": colours.text, "size": style.SMALL},
    )
    if from_zero:
        line = {"color": colours.muted, "width": 1}
        fig.add_shape(type="line", x0=0, x1=0, y0=0, y1=1, yref="paper", line=line)
    left = _left(names)
    _key(fig, rows, left, dark)
    fig.update_layout(margin={"l": left, "r": 16, "t": _HEAD, "b": _FOOT})
    return fig


def describe(steps: pd.DataFrame, *, currency: str, locale: str) -> str:
    """The figure in a sentence."""
    if steps.empty:
        return NOTHING
    each = (f"{row.step} {_value(row, currency, locale)}" for row in placing.rows(waterfall_rows(steps)))
    return f"Waterfall: {'; '.join(each)}."


def waterfall_rows(steps: pd.DataFrame) -> pd.DataFrame:
    """`steps` with `low`, `high` (the bar's ends), `sum` (after the step) and `level` (its height).

    Raises BadInput where a subtotal or end is not the sum of what stands above it.
    """
    at = 0.0
    found = []
    for i, row in enumerate(placing.rows(steps)):
        before, amount = at, placing.number(row.amount)
        at = at + amount if row.kind == "change" else amount
        if row.kind in ("subtotal", "end") and abs(at - before) > _CENT:
            raise BadInput(
                "the steps do not add up",
                where=str(row.step),
                expected=f"{before:,.2f}",
                got=f"{at:,.2f}",
                to_do="Give every step, also the small ones.",
            )
        base = before if row.kind == "change" else 0.0
        found.append((min(base, at), max(base, at), at, float(-i)))
    ends = pd.DataFrame(found, columns=["low", "high", "sum", "level"], index=steps.index)
    return steps.join(ends)


def _span(rows: pd.DataFrame) -> tuple[float, float, bool]:
    """The money axis, and whether it begins at zero: not where all steps are small against the sums."""
    changes = rows[rows["kind"] == "change"]
    sums = pd.concat([rows["sum"], changes["low"], changes["high"]])
    high, low = float(sums.max()), float(sums.min())
    if low > _NEAR * high > 0:
        wide = max(high - low, 0.02 * high)
        return low - 0.12 * wide, high + 0.02 * wide, False
    return min(0.0, low) * 1.02, max(high, 1.0), True


def _value(row: Any, currency: str, locale: str, *, exact: bool = False) -> str:
    return wording.money(row.amount, currency, exact=exact, signed=row.kind == "change", locale=locale)


def _name(row: Any) -> str:
    text = placing.wrapped(row.step, _PER_LINE)
    return text if row.kind == "change" else "<br>".join(f"<b>{line}</b>" for line in text.split("<br>"))


def _left(names: list[str]) -> int:
    """The left margin, px: the sums' names are bold, which is wider."""
    return placing.widest(names, style.SIZE) + 20


def _looks(row: Any, dark: bool) -> tuple[str, str]:
    """The fill and the outline of a row's bar."""
    colours = style.palette(dark)
    if row.stated:
        return colours.background, colours.stated.mark
    hue = _hue(row, colours)
    return hue.mark, hue.mark


def _hue(row: Any, colours: style.Palette) -> style.Hue:
    amount = placing.number(row.amount)
    if row.stated or (row.kind == "change" and amount == 0):
        return colours.stated
    if row.kind != "change":
        return colours.likely
    return colours.won if amount > 0 else colours.lost


def _hover(row: Any, currency: str, locale: str) -> str:
    text = f"<b>{placing.safe(row.step)}</b><br>{_value(row, currency, locale, exact=True)}"
    if row.kind == "change":
        text += f"<br>then {wording.money(row.sum, currency, exact=True, locale=locale)}"
    return f"{text}<br>{'stated' if row.stated else 'evidenced'}"


def _bars(rows: pd.DataFrame, currency: str, locale: str, dark: bool) -> go.Bar:
    looks = [_looks(row, dark) for row in placing.rows(rows)]
    return go.Bar(
        name="steps",
        x=rows["high"] - rows["low"],
        base=rows["low"],
        y=rows["level"],
        orientation="h",
        width=0.56,
        customdata=rows["step"],
        marker={
            "color": [fill for fill, _ in looks],
            "line": {"color": [line for _, line in looks], "width": 2},
        },
        hovertext=[_hover(row, currency, locale) for row in placing.rows(rows)],
        hoverinfo="text",
    )


def _sums(rows: pd.DataFrame, currency: str, locale: str, dark: bool) -> go.Scatter:
    """Where zero is out of sight a sum is a place on the axis, not a length."""
    looks = [_looks(row, dark) for row in placing.rows(rows)]
    return go.Scatter(
        name="sums",
        x=rows["sum"],
        y=rows["level"],
        mode="markers",
        cliponaxis=False,
        customdata=rows["step"],
        marker={
            "size": 15,
            "color": [fill for fill, _ in looks],
            "line": {"color": [line for _, line in looks], "width": 2.5},
        },
        hovertext=[_hover(row, currency, locale) for row in placing.rows(rows)],
        hoverinfo="text",
    )


def connectors(fig: go.Figure, rows: pd.DataFrame, dark: bool) -> None:
    """A thin line from each bar's end to the next bar; `rows`: of `waterfall_rows`."""
    line = {"color": style.palette(dark).muted, "width": 1}
    for row in placing.rows(rows.iloc[:-1]):
        at = {"x0": row.sum, "x1": row.sum, "y0": row.level - 0.28, "y1": row.level - 0.72}
        fig.add_shape(type="line", line=line, layer="below", **at)


def _amounts(
    fig: go.Figure, rows: pd.DataFrame, span: tuple[float, float], currency: str, locale: str, dark: bool
) -> float:
    """Each row's amount right of its bar. Returns the money that this takes on the axis' right."""
    texts = [_value(row, currency, locale) for row in placing.rows(rows)]
    sums = rows["kind"] != "change"
    for row, text, is_sum in zip(placing.rows(rows), texts, sums, strict=True):
        fig.add_annotation(
            x=row.high,
            y=row.level,
            text=f"<b>{text}</b>" if is_sum else text,
            xanchor="left",
            xshift=12 if is_sum else 6,
            font={"size": style.SMALL, "color": _hue(row, style.palette(dark)).ink},
        )
    plot = placing.NARROW - _left([_name(row) for row in placing.rows(rows)]) - 16
    needed = placing.widest(texts, style.SMALL + 1) + 14
    return (span[1] - span[0]) * needed / max(plot - needed, 100)


def _key(fig: go.Figure, rows: pd.DataFrame, left: int, dark: bool) -> None:
    colours = style.palette(dark)
    sums = rows[rows["kind"] != "change"]
    entries = []
    if rows["stated"].any():
        entries.append(("□", colours.stated.ink, "stated"))
    if not sums["stated"].all():
        entries.append(("■", colours.likely.mark, "evidenced"))
    entries += [("■", colours.won.mark, "adds"), ("■", colours.lost.mark, "takes away")]
    style.key(fig, entries, shift=-left + style.MARGIN)
