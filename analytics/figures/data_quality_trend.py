"""The share of what is open that fails a check, week by week: all checks together, and the worst of them."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import plotly.graph_objects as go
from babel.dates import format_skeleton

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "There are no earlier weeks to compare."
_HEIGHT, _TOP, _BOTTOM = 320, 16, 32
_PER_LINE = 24  # signs of a name beside its line
_BOLD = 1.12  # how much wider bold text is


@drawn_once
def data_quality_trend(weeks: pd.DataFrame, *, locale: str, dark: bool) -> go.Figure:
    """Draw `weeks`: day, name, share (0-1, missing = not judged). The first name is the one that matters.

    Its line is solid and coloured, the others are thin and grey; names stand at the lines' ends.
    """
    lines = _lines(weeks)
    if not lines:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=_HEIGHT)
    high = max(0.02, float(weeks["share"].max())) * 1.15
    for at, (name, line) in reversed(list(enumerate(lines))):
        fig.add_trace(
            go.Scatter(
                name=name,
                x=line["day"],
                y=line["share"],
                mode="lines+markers",
                line={
                    "color": colours.risk.mark if at == 0 else colours.stated.mark,
                    "width": 3.5 if at == 0 else 1.5,
                },
                marker={"size": 7 if at == 0 else 4},
                cliponaxis=False,
                hovertext=[_hover(name, row, locale) for row in placing.rows(line)],
                hoverinfo="text",
            )
        )
    right = _names(fig, lines, high, dark)
    ticks = [day for at, day in enumerate(sorted(set(weeks["day"]), reverse=True)) if at % 4 == 0]
    fig.update_xaxes(
        tickvals=ticks, ticktext=[str(format_skeleton("MMMd", day, locale=locale)) for day in ticks]
    )
    fig.update_yaxes(range=[0, high], tickformat=".1~%", nticks=5, showgrid=True)
    fig.update_layout(margin={"l": 56, "r": right, "t": _TOP, "b": _BOTTOM})
    return fig


def describe(weeks: pd.DataFrame, *, locale: str) -> str:
    """The figure in a sentence."""
    lines = _lines(weeks)
    if not lines:
        return NOTHING
    told = [
        f"{name} {wording.percent(line['share'].iloc[0])} on"
        f" {wording.day(line['day'].iloc[0], locale=locale)},"
        f" {wording.percent(line['share'].iloc[-1])} on {wording.day(line['day'].iloc[-1], locale=locale)}"
        for name, line in lines
    ]
    return f"Lines by week. {'; '.join(told)}."


def _lines(weeks: pd.DataFrame) -> list[tuple[str, pd.DataFrame]]:
    """Each name with its weeks, in the given order; those judged in fewer than two weeks are left out."""
    known = weeks.dropna(subset=["share"]).sort_values("day", kind="stable")
    found = [(str(name), known[known["name"] == name]) for name in weeks["name"].unique()]
    return [(name, line) for name, line in found if len(line) > 1]


def _names(fig: go.Figure, lines: Sequence[tuple[str, pd.DataFrame]], high: float, dark: bool) -> int:
    """Write each line's name at its end, apart from each other; gives the room that takes, in px."""
    colours = style.palette(dark)
    ends = [float(line["share"].iloc[-1]) for _, line in lines]
    unit = high / (_HEIGHT - _TOP - _BOTTOM)
    texts = [
        f"{wording.percent(end)} {placing.wrapped(name, _PER_LINE)}"
        for (name, _), end in zip(lines, ends, strict=True)
    ]
    sizes = [(18.0 * (1 + text.count("<br>")) + 2) * unit for text in texts]
    for at, (text, place) in enumerate(zip(texts, placing.spread(ends, sizes, 0, high), strict=True)):
        fig.add_annotation(
            x=1,
            xref="paper",
            y=place,
            xanchor="left",
            align="left",
            xshift=12,
            text=f"<b>{text}</b>" if at == 0 else text,
            font={"color": colours.risk.ink if at == 0 else colours.muted, "size": style.SMALL},
        )
    return round(_BOLD * placing.widest(texts, style.SMALL)) + 20


def _hover(name: str, row: object, locale: str) -> str:
    day, share = getattr(row, "day"), getattr(row, "share")  # noqa: B009
    return f"<b>{placing.safe(name)}</b><br>{wording.day(day, locale=locale)}: {wording.percent(share)}"
