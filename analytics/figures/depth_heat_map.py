"""Who digs how deep into which question: people or teams by questions, the mean level in every cell."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "Nobody has enough deals beyond the first stage to be shown."
LEVELS = ("0 nothing", "1 surface", "2 specific", "3 explained", "4 evidenced")
_ROW, _HEAD, _FOOT, _GAP = 32, 48, 34, 2  # px


@drawn_once
def depth_heat_map(cells: pd.DataFrame, *, dark: bool) -> go.Figure:
    """Draw `cells`: who, group ('' = none), note ('' or a mark behind the name), label (of the question),
    mean (0-4; NaN: too few deals), n. Rows and columns in the order of the frame."""
    if cells.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    labels = list(dict.fromkeys(cells["label"]))
    lines = _lines(cells)
    found = {(row.group, row.who, row.label): row for row in placing.rows(cells)}
    table = [[found.get((group, who, label)) for label in labels] for group, who, _ in lines]
    fig = style.figure(dark, height=_HEAD + _ROW * len(lines) + _FOOT)
    fig.add_trace(
        go.Heatmap(
            z=[[None if _level(cell) is None else _level(cell) for cell in line] for line in table],
            x=list(range(len(labels))),
            y=list(range(len(lines))),
            zmin=0,
            zmax=4,
            colorscale=_steps([shade.fill for shade in colours.depth]),
            showscale=False,
            xgap=_GAP,
            ygap=_GAP,
            hoverongaps=False,
            hoverinfo="text",
            hovertext=[["" if cell is None else _hover(cell) for cell in line] for line in table],
        )
    )
    for y, line in enumerate(table):
        for x, cell in enumerate(line):
            if cell is not None:
                level = _level(cell)
                text = wording.DASH if level is None else f"{cell.mean:.1f}"
                ink = colours.muted if level is None else colours.depth[level].on
                fig.add_annotation(x=x, y=y, text=text, font={"color": ink, "size": style.SIZE})
    _axes(fig, [name for _, _, name in lines], labels, colours)
    style.key(fig, [("■", _seen(at, colours), said) for at, said in enumerate(LEVELS)])
    fig.layout.annotations[-1].update(y=0, yanchor="top", yshift=-8)
    return fig


def describe(cells: pd.DataFrame) -> str:
    """The figure in words: per row the mean of every question."""
    if cells.empty:
        return NOTHING
    said = []
    for (_, who), rows in cells.groupby(["group", "who"], sort=False):
        means = ", ".join(
            f"{row.label} {wording.DASH if wording.is_missing(row.mean) else f'{row.mean:.1f}'}"
            for row in placing.rows(rows)
        )
        said.append(f"{who} ({wording.count(int(rows['n'].iloc[0]), 'deal')}): {means}")
    return f"Mean depth of answers, 0 to 4. {'; '.join(said)}."


def _lines(cells: pd.DataFrame) -> list[tuple[str, str, str]]:
    """Group, who and the row's name; a group begins with a row of its own."""
    lines: list[tuple[str, str, str]] = []
    for group, rows in cells.groupby("group", sort=False):
        if group:
            lines.append((str(group), "", f"<b>{placing.short(group)}</b>"))
        for row in placing.rows(rows.drop_duplicates("who")):
            note = f" ({placing.safe(row.note)})" if row.note else ""
            lines.append(
                (
                    str(group),
                    str(row.who),
                    f"{placing.short(row.who)}{note}, {wording.count(int(row.n), 'deal')}",
                )
            )
    return lines


def _level(cell: Any) -> int | None:
    """The step of the ramp nearest to a mean; None where there is none."""
    if cell is None or wording.is_missing(cell.mean):
        return None
    return int(min(max(round(float(cell.mean), 1), 0.0), 4.0) + 0.5)  # as written in the cell


def _steps(fills: list[str]) -> list[list[Any]]:
    """A colour scale of plain steps around the whole levels."""
    n = len(fills) - 1
    edges = [0.0, *((at + 0.5) / n for at in range(n)), 1.0]
    return [[edge, fill] for at, fill in enumerate(fills) for edge in (edges[at], edges[at + 1])]


def _seen(level: int, colours: style.Palette) -> str:
    """A level's colour for the key; the faintest would not be seen upon the background."""
    return colours.grid if level == 0 else colours.depth[level].fill


def _hover(cell: Any) -> str:
    head = f"<b>{placing.safe(cell.who)}: {placing.safe(cell.label)}</b>"
    deals = wording.count(int(cell.n), "deal")
    if wording.is_missing(cell.mean):
        return f"{head}<br>not shown: only {deals}"
    return f"{head}<br>{cell.mean:.2f} of 4 on {deals}<br>{cell.like:+.1f} beside deals of the same stage"


def _axes(fig: go.Figure, names: list[str], labels: list[str], colours: style.Palette) -> None:
    text = {"color": colours.text, "size": style.SMALL}
    fig.update_xaxes(
        tickvals=list(range(len(labels))),
        ticktext=[
            placing.wrapped(label, max(11, *(len(word) for word in label.split()))) for label in labels
        ],
        side="top",
        range=[-0.5, len(labels) - 0.5],
        tickfont=text,
        autotickangles=[0, 45],
        automargin=True,  # in a narrow window the headings stand aslant and need more room
    )
    fig.update_yaxes(
        tickvals=list(range(len(names))), ticktext=names, range=[len(names) - 0.5, -0.5], tickfont=text
    )
    fig.update_layout(margin={"l": placing.widest(names, style.SMALL) + 24, "t": _HEAD, "b": _FOOT})
