"""One deal's chance over the weeks: what the evidence carried, what the CRM stated, and what moved it."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "There are no earlier weeks to compare."
_LEFT, _RIGHT = 48, 130  # px; the names of the lines stand right of them


@drawn_once
def chance_lines(weeks: pd.DataFrame, *, locale: str, dark: bool) -> go.Figure:
    """Draw `chance_history`: landmark, quarter, p_won, stated, why. Solid = evidenced, hollow grey = stated.

    A quarter's line ends with the quarter: the next is about another end. Filled dots mark what moved it.
    """
    if len(weeks) < 2:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=300)
    wide = weeks["landmark"].iloc[-1] - weeks["landmark"].iloc[0]
    ends = weeks.groupby("quarter", sort=False)["landmark"].first().shift(-1)
    for quarter, here in weeks.groupby("quarter", sort=False):
        fig.add_trace(_line(here, "stated", "stated", dark))
        fig.add_trace(_line(here, "p_won", "evidenced", dark))
        share = (ends[quarter] - here["landmark"].iloc[0]) / wide  # NaT for the last, which has the margin
        fig.add_annotation(x=here["landmark"].iloc[0], y=1, yref="paper", text=_until(quarter, share),
                           xanchor="left", yanchor="bottom",
                           font={"size": style.SMALL, "color": colours.muted})  # fmt: skip
    moved = weeks[weeks["why"] != ""]
    fig.add_trace(
        go.Scatter(
            x=moved["landmark"],
            y=moved["p_won"],
            mode="markers",
            marker={
                "size": 11,
                "color": colours.likely.mark,
                "line": {"color": colours.background, "width": 1},
            },
            hovertext=[_said(row.landmark, row.p_won, row.why, locale) for row in placing.rows(moved)],
            hoverinfo="text",
        )
    )
    last = weeks.iloc[-1]
    for column, words, hue in (("p_won", "evidenced", colours.likely), ("stated", "stated", colours.stated)):
        fig.add_annotation(x=last["landmark"], y=last[column], xanchor="left", xshift=10,
                           text=f"{words} {wording.percent(last[column])}",
                           font={"size": style.SIZE, "color": hue.ink})  # fmt: skip
    top = float(min(1.0, weeks[["p_won", "stated"]].max().max() + 0.12))
    fig.update_yaxes(range=[0, top], tickformat=".0%", showgrid=True)
    fig.update_layout(margin={"l": _LEFT, "r": _RIGHT, "t": 36, "b": 32})
    return fig


def describe(weeks: pd.DataFrame, *, locale: str) -> str:
    """The figure in a sentence."""
    if len(weeks) < 2:
        return NOTHING
    first, last = weeks.iloc[0], weeks.iloc[-1]
    moved = weeks[weeks["why"] != ""]
    text = (
        f"Chance over {len(weeks)} weeks: evidenced {wording.percent(first['p_won'])} at first,"
        f" {wording.percent(last['p_won'])} now; stated {wording.percent(last['stated'])} now."
    )
    if len(moved):
        text += " Moved by: " + "; ".join(
            f"{wording.day(row.landmark, locale=locale)} {row.why}" for row in placing.rows(moved)
        )
    return text


def _until(quarter: object, share: float) -> str:
    """What a quarter's line is about, as far as there is room for it in the narrowest window."""
    room = share * (placing.NARROW - _LEFT - _RIGHT)
    texts = (f"by the end of {quarter}", str(quarter))
    return next((text for text in texts if not placing.width(text, style.SMALL) + 8 > room), "")


def _line(here: pd.DataFrame, column: str, name: str, dark: bool) -> go.Scatter:
    colours = style.palette(dark)
    stated = column == "stated"
    hue = colours.stated if stated else colours.likely
    return go.Scatter(
        name=name,
        x=here["landmark"],
        y=here[column],
        mode="lines+markers" if stated else "lines",
        line={
            "color": hue.mark,
            "width": 2,
            "dash": "dot" if stated else "solid",
            "shape": "hv" if stated else None,
        },
        marker={"symbol": "circle-open", "size": 6, "color": hue.mark},
        hovertemplate=f"{name} %{{y:.0%}}<extra></extra>",
    )


def _said(landmark: object, chance: float, why: str, locale: str) -> str:
    return f"{wording.day(landmark, locale=locale)}: {wording.percent(chance)}<br>{placing.safe(why)}"
