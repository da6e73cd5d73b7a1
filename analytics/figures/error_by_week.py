"""How far off each method was, by week of the quarter: the model against every simple method."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No past quarter was foretold yet, so there is no error to show."
MOST = 9
_HEIGHT, _TOP, _BOTTOM, _LEFT = 420, 20, 48, 56
_LABEL = 18  # px; one line's label
_SYMBOLS = {
    "circle": "○",
    "square": "□",
    "diamond": "◇",
    "triangle-up": "△",
    "triangle-down": "▽",
    "star": "☆",
    "triangle-left": "◁",
    "triangle-right": "▷",
}


@drawn_once
def error_by_week(table: pd.DataFrame, *, ours: str, floor: pd.Series | None = None, dark: bool) -> go.Figure:
    """Draw `table`: week (1-based), method, wape (mean absolute error as share of the actual), n (quarters).

    `ours` is the model's name in `method`: solid, with a band where `low` and `high` are given. The others
    are grey, at most eight, the best in the mean first. `floor` (by week): the error that chance alone makes.
    """
    usable = table.dropna(subset=["wape"])
    if usable.empty:
        return style.empty(NOTHING, dark=dark)
    fig = style.figure(dark, height=_HEIGHT)
    methods = ordered(usable, ours)
    lines = {method: usable[usable["method"] == method].sort_values("week") for method in methods}
    top = _top(lines, ours)
    if floor is not None and len(floor.dropna()):
        _floor(fig, floor.dropna().sort_index(), dark)
    others = [method for method in methods if method != ours]
    for at, method in reversed(list(enumerate(others))):
        fig.add_trace(_other(method, lines[method], at, dark))
    if ours in lines:
        _ours(fig, ours, lines[ours], dark)
    weeks = sorted({int(week) for week in usable["week"]})
    _labels(fig, lines, ours, others, float(weeks[-1]), top, dark)
    _axes(fig, usable, weeks, top)
    return fig


def describe(table: pd.DataFrame, *, ours: str, floor: pd.Series | None = None) -> str:
    """The figure in sentences."""
    usable = table.dropna(subset=["wape"])
    if usable.empty:
        return NOTHING
    said = []
    for method in ordered(usable, ours):
        line = usable[usable["method"] == method].sort_values("week")
        first, last = line.iloc[0], line.iloc[-1]
        said.append(
            f"{method} {wording.percent(first['wape'])} in week {first['week']:.0f},"
            f" {wording.percent(last['wape'])} in week {last['week']:.0f}"
        )
    text = f"Mean error by week of the quarter over {_quarters(usable)}: {'; '.join(said)}."
    if floor is not None and len(floor.dropna()):
        low, high = (wording.percent(end) for end in (floor.min(), floor.max()))
        text += f" Chance alone makes {low} to {high}."
    return text


def ordered(usable: pd.DataFrame, ours: str) -> list[str]:
    """The methods that are drawn: ours, then the others by their mean error, at most nine together."""
    means = usable.groupby("method", sort=False)["wape"].mean().sort_values(kind="stable")
    others = [str(method) for method in means.index if method != ours]
    mine = [ours] if ours in means.index else []
    return [*mine, *others[: MOST - len(mine)]]


def _quarters(usable: pd.DataFrame) -> str:
    few, many = int(usable["n"].min()), int(usable["n"].max())
    return wording.count(many, "past quarter") if few == many else f"{few} to {many} past quarters"


def _top(lines: dict[str, pd.DataFrame], ours: str) -> float:
    """The axis' end: a method that was off by far more than all of it would squeeze the others."""
    highest = max(float(line["wape"].max()) for line in lines.values())
    mine = float(lines[ours]["wape"].max()) if ours in lines else 0.0
    return max(0.05, min(highest, max(1.0, 2 * mine))) * 1.06


def _floor(fig: go.Figure, floor: pd.Series, dark: bool) -> None:
    colours = style.palette(dark)
    fig.add_trace(
        go.Scatter(
            name="floor",
            x=[float(week) for week in floor.index],
            y=floor,
            mode="lines",
            line={"width": 0},
            fill="tozeroy",
            fillcolor=colours.grid,
            hoverinfo="skip",
        )
    )
    fig.add_annotation(
        x=float(floor.index[0]),
        y=0,
        xanchor="left",
        yanchor="bottom",
        xshift=6,
        yshift=2,
        text="chance alone makes this much",
        font={"size": style.SMALL, "color": colours.muted},
    )


def _hover(method: str, line: pd.DataFrame) -> list[str]:
    return [
        f"<b>{placing.safe(method)}</b>, week {row.week:.0f}<br>off by {wording.percent(row.wape)} on average"
        f"<br>{wording.count(int(row.n), 'past quarter')}"
        for row in placing.rows(line)
    ]


def _other(method: str, line: pd.DataFrame, at: int, dark: bool) -> go.Scatter:
    colours = style.palette(dark)
    grey = colours.stated.mark
    return go.Scatter(
        name=method,
        x=line["week"],
        y=line["wape"],
        mode="lines+markers",
        line={"color": style.faded(grey, 0.6), "width": 1.5},
        marker={
            "symbol": list(_SYMBOLS)[at % len(_SYMBOLS)],
            "size": 8,
            "color": colours.background,
            "line": {"color": grey, "width": 1.5},
        },
        hovertext=_hover(method, line),
        hoverinfo="text",
    )


def _ours(fig: go.Figure, ours: str, line: pd.DataFrame, dark: bool) -> None:
    colour = style.palette(dark).likely.mark
    if {"low", "high"} <= set(line.columns):
        known = line.dropna(subset=["low", "high"])
        fig.add_trace(
            go.Scatter(
                name=f"{ours}, range",
                x=[*known["week"], *known["week"][::-1]],
                y=[*known["high"], *known["low"][::-1]],
                mode="lines",
                line={"width": 0},
                fill="toself",
                fillcolor=style.faded(colour, 0.2),
                hoverinfo="skip",
            )
        )
    fig.add_trace(
        go.Scatter(
            name=ours,
            x=line["week"],
            y=line["wape"],
            mode="lines+markers",
            line={"color": colour, "width": 4},
            marker={"size": 9, "color": colour},
            hovertext=_hover(ours, line),
            hoverinfo="text",
        )
    )


def _labels(
    fig: go.Figure,
    lines: dict[str, pd.DataFrame],
    ours: str,
    others: list[str],
    last: float,
    top: float,
    dark: bool,
) -> None:
    """Each line's name and last error at its end, moved apart where they would overlap."""
    colours = style.palette(dark)
    glyphs = list(_SYMBOLS.values())
    texts, wanted = [], []
    for method, line in lines.items():
        error = float(line["wape"].iloc[-1])
        text = f"{placing.short(method, 26)} {wording.percent(error)}"
        glyph = "●" if method == ours else glyphs[others.index(method) % len(glyphs)]
        texts.append(f"<b>{glyph} {text}</b>" if method == ours else f"{glyph} {text}")
        wanted.append(min(error, top))
    unit = top / (_HEIGHT - _TOP - _BOTTOM)
    size = _LABEL * unit
    low = -0.4 * size  # a label may hang below zero, its middle not: Plotly would hide it
    places = placing.spread(wanted, [size] * len(wanted), low, top)
    for (method, line), text, at, place in zip(lines.items(), texts, wanted, places, strict=True):
        mine = method == ours
        fig.add_shape(
            type="line",
            x0=float(line["week"].iloc[-1]),
            x1=last + 0.45,
            y0=at,
            y1=place,
            line={
                "color": style.faded(colours.likely.mark if mine else colours.stated.mark, 0.6),
                "width": 1,
            },
        )
        fig.add_annotation(
            x=last + 0.5,
            y=place,
            xanchor="left",
            text=text,
            font={"color": colours.likely.ink if mine else colours.muted, "size": style.SMALL},
        )
    fig.update_layout(margin={"r": placing.widest(texts, style.SIZE) + 12})


def _axes(fig: go.Figure, usable: pd.DataFrame, weeks: list[int], top: float) -> None:
    step = placing.nice_step(top, 6)
    shares = [step * i for i in range(int(top / step) + 1)]
    fig.update_yaxes(
        range=[0, top],
        tickvals=shares,
        ticktext=[wording.percent(share) for share in shares],
        showgrid=True,
    )
    fig.update_xaxes(
        range=[weeks[0] - 0.3, weeks[-1] + 0.5],
        tickvals=weeks,
        title={
            "text": f"week of the quarter; mean of {_quarters(usable)}",
            "font": {"size": style.SMALL},
            "standoff": 6,
        },
    )
    fig.update_layout(margin={"l": _LEFT, "t": _TOP, "b": _BOTTOM})
