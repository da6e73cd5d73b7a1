"""Which questions go with winning, and with being decided in time: points a level deeper, with intervals."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once
from analytics.figures.marks import points_axis, zero_line

NOTHING = "There is no question to compare."
_ROW, _HEAD, _FOOT = 46, 62, 34
#: Prefix of the columns, heading, place from left to right.
_PANELS = (("", "won more often", (0.0, 0.47)), ("kept_", "decided in its quarter", (0.53, 1.0)))


@drawn_once
def question_effects(table: pd.DataFrame, *, dark: bool) -> go.Figure:
    """Draw `table`: label, and with the prefixes '' (won) and 'kept_': effect, low, high (shares per level),
    claimed, missing, n.

    Filled where the difference is claimed, hollow grey where it may be chance; said in words where there is
    none.
    """
    if table.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=_HEAD + _ROW * len(table) + _FOOT)
    levels = [float(-i) for i in range(len(table))]
    reach = _reach(table)
    for number, (kind, heading, place) in enumerate(_PANELS, start=1):
        axis = "x" if number == 1 else "x2"
        for claimed in (True, False):
            known = table[f"{kind}effect"].notna() & (table[f"{kind}claimed"] == claimed)
            at = [level for level, one in zip(levels, known, strict=True) if one]
            _dots(fig, table[known.to_numpy()], kind, at, axis, claimed=claimed, dark=dark)
        zero_line(fig, axis, place, heading, dark)
        points_axis(fig, "xaxis" if number == 1 else "xaxis2", place, reach)
        _remarks(fig, table, kind, place, levels, dark)
    names = [placing.wrapped(label, 30) for label in table["label"]]
    fig.update_yaxes(
        range=[levels[-1] - 0.6, 0.5],
        tickvals=levels,
        ticktext=names,
        tickfont={"color": colours.text, "size": style.SMALL},
    )
    left = placing.widest(names, style.SMALL) + 20
    fig.update_layout(margin={"l": left, "r": 12, "t": _HEAD, "b": _FOOT})
    marks = [
        ("●", colours.likely.ink, "stands out from chance"),
        ("○", colours.stated.ink, "may be chance"),
        ("", colours.muted, "points a level deeper, 95% interval"),
    ]
    style.key(fig, marks)
    fig.layout.annotations[-1].update(yshift=34)
    return fig


def describe(table: pd.DataFrame) -> str:
    """The figure in words."""
    if table.empty:
        return NOTHING
    said = "; ".join(
        f"{row.label}: won {_said(row, '')}, decided in its quarter {_said(row, 'kept_')}"
        for row in placing.rows(table)
    )
    return f"Points more for each level deeper, among deals alike: {said}."


def _said(row: Any, kind: str) -> str:
    if wording.is_missing(getattr(row, f"{kind}effect")):
        return str(getattr(row, f"{kind}missing"))
    effect, low, high = (_tenths(getattr(row, f"{kind}{name}")) for name in ("effect", "low", "high"))
    sure = "stands out" if getattr(row, f"{kind}claimed") else "may be chance"
    return f"{effect} ({low} to {high}, {sure})"


def _tenths(share: float) -> str:
    """Points with one decimal: differences a level are small."""
    return f"{100 * share:+.1f}"


def _reach(table: pd.DataFrame) -> float:
    """Half the axis: the widest interval of both panels, at least two points."""
    ends = table[["low", "high", "kept_low", "kept_high"]].abs().max().max()
    return max(0.02, placing.number(ends)) * 1.12


def _dots(
    fig: go.Figure,
    part: pd.DataFrame,
    kind: str,
    at: list[float],
    axis: str,
    *,
    claimed: bool,
    dark: bool,
) -> None:
    """Points with their intervals and the number above each."""
    colours = style.palette(dark)
    mark, ink = (
        (colours.likely.mark, colours.likely.ink) if claimed else (colours.stated.mark, colours.stated.ink)
    )
    middle = part[f"{kind}effect"]
    fig.add_trace(
        go.Scatter(
            name=f"{kind}effect {'claimed' if claimed else 'not claimed'}",
            x=middle,
            y=at,
            xaxis=axis,
            mode="markers+text",
            text=[_tenths(value) for value in middle],
            textposition="top center",
            textfont={"size": style.SMALL, "color": ink},
            marker={
                "size": 12,
                "color": mark if claimed else colours.background,
                "line": {"color": mark, "width": 2},
            },
            error_x={
                "type": "data",
                "symmetric": False,
                "array": part[f"{kind}high"] - middle,
                "arrayminus": middle - part[f"{kind}low"],
                "color": mark,
                "thickness": 3 if claimed else 1.5,
                "width": 0,
            },
            hovertext=[_hover(row, kind) for row in placing.rows(part)],
            hoverinfo="text",
        )
    )


def _hover(row: Any, kind: str) -> str:
    n, events = int(getattr(row, f"{kind}n")), int(getattr(row, f"{kind}events"))
    happened = "decided in its quarter" if kind else "won"
    return (
        f"<b>{placing.safe(row.label)}</b><br>{happened}: {_said(row, kind)} points a level"
        f"<br>{wording.count(n, 'deal')} compared, {events:,} of them {happened}"
    )


def _remarks(
    fig: go.Figure,
    table: pd.DataFrame,
    kind: str,
    place: tuple[float, float],
    levels: list[float],
    dark: bool,
) -> None:
    """Why there is no difference to show."""
    for row, level in zip(placing.rows(table), levels, strict=True):
        if wording.is_missing(getattr(row, f"{kind}effect")):
            fig.add_annotation(
                x=place[0],
                xref="paper",
                xanchor="left",
                y=level,
                text=f"<i>{placing.wrapped(getattr(row, f'{kind}missing'), 36)}</i>",
                align="left",
                font={"color": style.palette(dark).muted, "size": style.SMALL},
            )
