"""Where the quarter will end: simulated ends as dots, beside the target, what is won and what is stated."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import marks, placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "There is no range to draw for this quarter."
DOTS = 50  # 2% each: few enough to count, as in "12 of 50"
_TALLEST, _LARGEST, _SMALLEST = 150, 16, 5  # px; the dots' zone, and one dot's width
_BAND, _LABELS, _ROW = 26, 42, 27  # px; from the dots downwards
_KEY, _GOAL, _FOOT, _SIDE = 34, 22, 28, 30  # px; the key's line and the target's name, below, beside
_DIAMOND = 1.15  # a diamond of the same size looks so much larger than a dot
_QUANTILES = {
    "P10": (0.1, "9 in 10 end above"),
    "P50": (0.5, "half end above"),
    "P90": (0.9, "1 in 10 ends above"),
}


@dataclass(frozen=True)
class _Plan:
    """Where things stand: the money axis, and heights in px from the bottom of the plot."""

    low: float
    high: float
    size: float  # px; a dot's width
    step: float  # money; a column's width
    floor: float  # px; under the dots
    top: float

    @property
    def band(self) -> float:
        return self.floor - _BAND / 2


@drawn_once
def quarter_range(
    values: npt.NDArray[np.float64],
    *,
    won: float | None,
    target: float | None,
    stated: Mapping[str, Any],
    currency: str,
    locale: str,
    dark: bool,
) -> go.Figure:
    """Draw simulated quarter-end bookings (or quantiles of them; company money) as 50 dots of 2% each.

    Dots that reach the target are round, the others are diamonds. Below: P10 to P90, what is won so far
    (solid), and what is stated (`stated`: label -> money, hollow; a missing one is a dash with its reason).
    """
    dots = _dots(values)
    if not len(dots):
        return style.empty(NOTHING, dark=dark)
    goal = None if wording.is_missing(target) else float(target or 0.0)
    rows = _rows(won, stated)
    plan = _planned(dots, goal, rows)
    head = _KEY if goal is None else _KEY + _GOAL
    fig = style.figure(dark, height=round(head + plan.top + _FOOT))
    _target(fig, plan, goal, currency, locale, dark)
    for reached in (True, False):
        _stacks(fig, plan, dots, goal, reached, currency, locale, dark)
    _band(fig, plan, values, currency, locale, dark)
    for at, row in enumerate(rows):
        _number(fig, plan, at, row, goal, currency, locale, dark)
    _key(fig, values, goal, dark)
    ticks, texts = placing.money_ticks(plan.low, plan.high, currency=currency, locale=locale)
    fig.update_xaxes(range=[plan.low, plan.high], tickvals=ticks, ticktext=texts, showgrid=True)
    fig.update_yaxes(range=[0, plan.top], visible=False)
    fig.update_layout(margin={"l": _SIDE, "r": _SIDE, "t": head, "b": _FOOT})
    return fig


def describe(
    values: npt.NDArray[np.float64],
    *,
    won: float | None,
    target: float | None,
    stated: Mapping[str, Any],
    currency: str,
    locale: str,
) -> str:
    """The figure in sentences."""
    dots = _dots(values)
    if not len(dots):
        return NOTHING

    def said(amount: Any) -> str:
        return wording.money(amount, currency, locale=locale)

    ends = _finite(values)
    quantiles = wording.listed(
        f"{name} {said(np.quantile(ends, at))}" for name, (at, _) in _QUANTILES.items()
    )
    text = f"{DOTS} dots, each 2% of the simulated ends of the quarter: {quantiles}"
    if wording.is_missing(target):
        text += "; no target is loaded"
    else:
        text += f"; {_reaching(dots, target)} of {DOTS} dots reach the target of {said(target)}"
    told = (f"{label} {said(amount)}" for label, amount, _ in _rows(won, stated))
    return f"{text}. Beside them: {wording.listed(told)}."


def _finite(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    given: npt.NDArray[np.float64] = np.asarray(values, dtype=float)
    return given[np.isfinite(given)]


def _dots(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The quantiles in the middle of each of the 50 parts, ascending; none without values."""
    ends = _finite(values)
    return np.quantile(ends, (np.arange(DOTS) + 0.5) / DOTS) if len(ends) else ends


def _reaching(dots: npt.NDArray[np.float64], goal: float | None) -> int:
    return len(dots) if goal is None else int((dots >= goal).sum())


def _rows(won: float | None, stated: Mapping[str, Any]) -> list[tuple[str, Any, bool]]:
    """Label, amount and whether it is booked: what is won, then what is stated, smallest first."""
    told = sorted(stated.items(), key=lambda one: np.inf if wording.is_missing(one[1]) else float(one[1]))
    return [("Won so far", won, True), *((label, amount, False) for label, amount in told)]


def _planned(dots: npt.NDArray[np.float64], goal: float | None, rows: list[tuple[str, Any, bool]]) -> _Plan:
    marks = [float(amount) for _, amount, _ in rows if not wording.is_missing(amount)]
    all_marks = [*marks, float(dots[0]), float(dots[-1]), *([] if goal is None else [goal])]
    wide = max(max(all_marks) - min(all_marks), abs(max(all_marks)) * 0.02, 1.0)
    low, high = min(all_marks) - 0.03 * wide, max(all_marks) + 0.03 * wide
    size, step, tallest = _dot_size(dots, goal, high - low)
    floor = _BAND + _LABELS + _ROW * len(rows)
    return _Plan(low, high, size, step, floor, floor + max(tallest * size, 60) + 10)


def _dot_size(dots: npt.NDArray[np.float64], goal: float | None, span: float) -> tuple[float, float, int]:
    """The largest dot (px) whose highest column still fits, a column's width in money, and its dots."""
    px = placing.NARROW - 2 * _SIDE
    for size in range(_LARGEST, _SMALLEST - 1, -1):
        step = size / px * span
        tallest = int(np.unique(_columns(dots, goal, step), return_counts=True)[1].max())
        if tallest * size <= _TALLEST:
            return float(size), step, tallest
    return _TALLEST / tallest, step, tallest  # nearly certain: one pile, its dots overlapping


def _columns(dots: npt.NDArray[np.float64], goal: float | None, step: float) -> npt.NDArray[np.int64]:
    """Each dot's column. A column begins at the target, so that no dot stands on its wrong side."""
    start = dots[0] if goal is None else goal
    return np.floor((dots - start) / step + 1e-9).astype(np.int64)


def _stacks(
    fig: go.Figure,
    plan: _Plan,
    dots: npt.NDArray[np.float64],
    goal: float | None,
    reached: bool,
    currency: str,
    locale: str,
    dark: bool,
) -> None:
    columns = _columns(dots, goal, plan.step)
    here = np.ones(len(dots), bool) if goal is None else dots >= goal
    here = here if reached else ~here
    if not here.any():
        return
    height = dict.fromkeys(columns, 0)
    places = []
    for column in columns[here]:
        places.append(height[column])
        height[column] += 1
    colours = style.palette(dark)
    start = dots[0] if goal is None else goal
    words = "" if goal is None else "<br>reaches the target" if reached else "<br>below the target"
    fig.add_trace(
        go.Scatter(
            name="reached" if reached else "missed",
            x=start + (columns[here] + 0.5) * plan.step,
            y=[plan.floor + (place + 0.5) * plan.size for place in places],
            mode="markers",
            cliponaxis=False,
            marker={
                "symbol": "circle" if reached else "diamond",
                "size": max((plan.size - 2) / (1 if reached else _DIAMOND), 4),
                "color": colours.likely.mark if reached else colours.risk.mark,
            },
            hovertext=[
                f"1 of {DOTS} dots, 2%<br>near {wording.money(dot, currency, locale=locale)}{words}"
                for dot in dots[here]
            ],
            hoverinfo="text",
        )
    )


def _target(fig: go.Figure, plan: _Plan, goal: float | None, currency: str, locale: str, dark: bool) -> None:
    if goal is None:
        return
    colour = style.palette(dark).target
    fig.add_shape(
        type="line",
        x0=goal,
        x1=goal,
        y0=0,
        y1=plan.top,
        line={"color": colour, "width": 2},
        layer="below",
    )
    text = f"Target {wording.money(goal, currency, locale=locale)}"
    fig.add_annotation(
        x=goal,
        y=plan.top,
        yanchor="bottom",
        text=f"<b>{text}</b>",
        xshift=_shifts(plan, [goal], [text])[0],
        font={"color": colour},
    )


def _band(
    fig: go.Figure,
    plan: _Plan,
    values: npt.NDArray[np.float64],
    currency: str,
    locale: str,
    dark: bool,
) -> None:
    """P10 to P90 under the dots, P50 cut into it, and their labels."""
    colours = style.palette(dark)
    ends = _finite(values)
    at = [float(np.quantile(ends, share)) for share, _ in _QUANTILES.values()]
    exact = [wording.money(one, currency, exact=True, locale=locale) for one in at]
    fig.add_trace(marks.ranges([(at[0], at[2], plan.band)], dark=dark, width=12))
    fig.add_trace(
        go.Scatter(
            name="P50",
            x=at,
            y=[plan.band] * 3,
            mode="markers",
            marker={
                "symbol": "line-ns",
                "size": [6, 10, 6],
                "line": {"color": colours.likely.ink, "width": [2, 4, 2]},
            },
            hovertext=[
                f"<b>{name}</b> {text}<br>{words}"
                for (name, (_, words)), text in zip(_QUANTILES.items(), exact, strict=True)
            ],
            hoverinfo="text",
        )
    )
    lines = [
        (f"{name} {wording.money(one, currency, locale=locale)}", words)
        for (name, (_, words)), one in zip(_QUANTILES.items(), at, strict=True)
    ]
    shifts = _shifts(plan, at, [f"{first}<br>{second}" for first, second in lines])
    for one, (first, second), shift in zip(at, lines, shifts, strict=True):
        fig.add_shape(
            type="line",
            xsizemode="pixel",
            xanchor=one,
            x0=0,
            x1=shift,
            y0=plan.band - 8,
            y1=plan.floor - _BAND - 2,
            line={"color": colours.muted, "width": 1},
        )
        fig.add_annotation(
            x=one,
            y=plan.floor - _BAND,
            yanchor="top",
            xshift=shift,
            text=f"<b>{first}</b><br>{second}",
            font={"color": colours.likely.ink, "size": style.SMALL},
            bgcolor=colours.background,
            borderpad=1,
        )


def _number(
    fig: go.Figure,
    plan: _Plan,
    at: int,
    row: tuple[str, Any, bool],
    goal: float | None,
    currency: str,
    locale: str,
    dark: bool,
) -> None:
    """One row under the band: a mark where the number is, its name beside it."""
    label, amount, solid = row
    colours = style.palette(dark)
    hue = colours.won if solid else colours.stated
    level = plan.floor - _BAND - _LABELS - _ROW * (at + 0.5)
    name = placing.short(label, 34)
    if wording.is_missing(amount):
        why = "" if amount is None or isinstance(amount, float) else f" ({placing.short(amount, 60)})"
        text, x, left = f"{name} {wording.DASH}{why}", plan.low, False
    else:
        text, x = f"{name} <b>{wording.money(amount, currency, locale=locale)}</b>", float(amount)
        left = _on_left(plan, x, goal, text)
        fig.add_trace(
            go.Scatter(
                name=label,
                x=[x],
                y=[level],
                mode="markers",
                marker=marks.dot(hue.mark, dark) if solid else marks.ring(dark),
                hovertext=[
                    f"<b>{placing.safe(label)}</b>"
                    f"<br>{wording.money(amount, currency, exact=True, locale=locale)}"
                    f"<br>{'booked' if solid else 'stated in the CRM'}"
                ],
                hoverinfo="text",
            )
        )
    fig.add_annotation(
        x=x,
        y=level,
        xanchor="right" if left else "left",
        xshift=-12 if left else 12,
        text=text,
        font={"color": hue.ink, "size": style.SMALL},
        bgcolor=colours.background,
        borderpad=1,
    )


def _on_left(plan: _Plan, x: float, goal: float | None, text: str) -> bool:
    """Whether a name stands left of its mark: away from the target's line, if there is room for it."""
    px = placing.NARROW - 2 * _SIDE
    before = (x - plan.low) / (plan.high - plan.low) * px + _SIDE
    needed = placing.widest([text], style.SMALL) + 16
    fits_left, fits_right = needed <= before, needed <= px + 2 * _SIDE - before
    return fits_left and (not fits_right or (goal is not None and x < goal))


def _key(fig: go.Figure, values: npt.NDArray[np.float64], goal: float | None, dark: bool) -> None:
    colours = style.palette(dark)
    entries = [("●", colours.likely.mark, "2% of the simulated ends")]
    if goal is not None:
        share = float((_finite(values) >= goal).mean())
        entries = [
            ("●", colours.likely.mark, f"reaches the target: <b>{wording.percent(share)}</b>"),
            ("◆", colours.risk.mark, f"below it: {wording.percent(1 - share)}"),
            ("", colours.muted, "each dot 2%"),
        ]
    style.key(fig, entries, shift=8 - _SIDE)
    if goal is not None:
        fig.layout.annotations[-1].yshift = 8 + _GOAL


def _shifts(plan: _Plan, at: list[float], texts: list[str]) -> list[float]:
    """By how many pixels each label moves aside so that none overlap, from the narrowest figure up."""
    px = placing.NARROW - 2 * _SIDE
    wanted = [(value - plan.low) / (plan.high - plan.low) * px for value in at]
    sizes = [placing.widest([text], style.SMALL + 1) + 12.0 for text in texts]
    places = placing.spread(wanted, sizes, -_SIDE, px + _SIDE)
    return [place - want for place, want in zip(places, wanted, strict=True)]
