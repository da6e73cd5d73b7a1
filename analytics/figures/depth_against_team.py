"""How deep each question is answered: one rep, the team on like deals, and the rep a year before."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import marks, placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "There are no deals to compare."
_ROW, _HEAD, _FOOT, _N = 42, 36, 40, 76
_WORDS = ("0", "1 surface", "2 specific", "3 explained", "4 evidenced")


@drawn_once
def depth_against_team(table: pd.DataFrame, *, dark: bool) -> go.Figure:
    """Draw `table`: label, value, low, high, team, past (levels 0-4; NaN: not told), n, differs.

    Solid dot with its range: the rep, in full colour where it differs from the team. Upright line: the team.
    Hollow circle: the rep in the four quarters before.
    """
    if table.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=_HEAD + _ROW * len(table) + _FOOT)
    levels = [float(-at) for at in range(len(table))]
    _team(fig, table, levels, dark)
    _past(fig, table, levels, dark)
    for differs in (True, False):
        rows = [at for at, one in enumerate(table["differs"]) if bool(one) == differs]
        _rep(
            fig,
            table,
            rows,
            levels,
            colours.likely.mark if differs else style.faded(colours.likely.mark, 0.5),
        )
    _legend(fig, table, dark)
    names = [placing.wrapped(label, 24) for label in table["label"]]
    fig.update_yaxes(
        range=[levels[-1] - 0.6, 0.6],
        tickvals=levels,
        ticktext=names,
        tickfont={"color": colours.text, "size": style.SIZE},
    )
    top = _reach(table)
    fig.update_xaxes(
        range=[-0.05, top], tickvals=list(range(int(top) + 1)), ticktext=_WORDS[: int(top) + 1], showgrid=True
    )
    left = placing.widest(names, style.SIZE) + 20
    fig.update_layout(margin={"l": left, "r": _N, "t": _HEAD, "b": _FOOT})
    return fig


def describe(table: pd.DataFrame) -> str:
    """The figure in a sentence."""
    if table.empty:
        return NOTHING
    return f"Depth of the answers, 0 to 4: {'; '.join(_said(row) for row in placing.rows(table))}."


def _said(row: Any) -> str:
    if wording.is_missing(row.value):
        return f"{row.label}: too few deals ({row.n}), team {row.team:.1f}"
    past = "" if wording.is_missing(row.past) else f", a year before {row.past:.1f}"
    likely = f"{row.value:.1f} ({row.low:.1f} to {row.high:.1f})"
    return f"{row.label}: {likely}, team {row.team:.1f}{past}, {wording.count(int(row.n), 'deal')}"


def _reach(table: pd.DataFrame) -> float:
    """The axis' end: the next level above all that is drawn, at least 2."""
    most = placing.number(table[["high", "team", "past"]].max().max())
    return min(4.0, max(2.0, float(int(most + 0.85)) + 0.0)) + 0.1


def _rep(fig: go.Figure, table: pd.DataFrame, rows: list[int], levels: list[float], colour: str) -> None:
    part = table.iloc[rows]
    fig.add_trace(
        go.Scatter(
            name="this rep",
            x=part["value"],
            y=[levels[at] for at in rows],
            mode="markers",
            marker={"size": 13, "color": colour},
            error_x={
                "type": "data",
                "symmetric": False,
                "array": part["high"] - part["value"],
                "arrayminus": part["value"] - part["low"],
                "color": colour,
                "thickness": 3,
                "width": 0,
            },
            hovertext=[_hover(row) for row in placing.rows(part)],
            hoverinfo="text",
        )
    )


def _hover(row: Any) -> str:
    return f"<b>{placing.safe(row.label)}</b><br>{placing.safe(_said(row).split(': ', 1)[1])}"


def _team(fig: go.Figure, table: pd.DataFrame, levels: list[float], dark: bool) -> None:
    fig.add_trace(
        go.Scatter(
            name="team",
            x=table["team"],
            y=levels,
            mode="markers",
            marker=marks.tick(style.palette(dark).target, half=11),
            hoverinfo="skip",
        )
    )


def _past(fig: go.Figure, table: pd.DataFrame, levels: list[float], dark: bool) -> None:
    colours = style.palette(dark)
    ring = {"symbol": "circle-open", "size": 13, "color": colours.likely.mark, "line": {"width": 2}}
    fig.add_trace(
        go.Scatter(name="past", x=table["past"], y=levels, mode="markers", marker=ring, hoverinfo="skip")
    )


def _legend(fig: go.Figure, table: pd.DataFrame, dark: bool) -> None:
    """What each mark is, above the rows; the number of deals right of them."""
    colours = style.palette(dark)
    words = [f"<span style='color:{colours.likely.ink}'>● this rep</span>", "│ team on like deals"]
    if table["past"].notna().any():
        words.append(f"<span style='color:{colours.likely.ink}'>○ this rep, a year before</span>")
    fig.add_annotation(
        x=0, xref="paper", xanchor="left", y=1, yref="paper", yanchor="bottom", yshift=8,
        text="   ".join(words), font={"color": colours.text, "size": style.SMALL},
    )  # fmt: skip
    for at, row in enumerate(placing.rows(table)):
        text = f"n={row.n}" if not wording.is_missing(row.value) else f"n={row.n}, few"
        fig.add_annotation(
            x=1, xref="paper", xanchor="left", xshift=8, y=-at, text=text,
            font={"color": colours.muted, "size": style.SMALL},
        )  # fmt: skip
