"""Which questions stay empty: stages by questions, the share of deals that entered with little said."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No deal entered a stage in the last year."
FIFTHS = ("0–20%", "20–40%", "40–60%", "60–80%", "80–100%")
_ROW, _HEAD, _FOOT, _GAP = 52, 48, 34, 2  # px
#: A change smaller than this, or within what the two years' sizes allow, is not written.
_LEAST = 0.03


@drawn_once
def answers_empty(table: pd.DataFrame, *, dark: bool) -> go.Figure:
    """Draw `table`: stage, label, n, empty, share, low, high (of the last year; NaN: too few) and the same
    with `_before` (of the year before). The change is written where the two intervals do not overlap."""
    if table.empty or not table["n"].sum():
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    stages, labels = list(dict.fromkeys(table["stage"])), list(dict.fromkeys(table["label"]))
    cells = {(row.stage, row.label): row for row in placing.rows(table)}
    grid = [[cells[stage, label] for label in labels] for stage in stages]
    fig = style.figure(dark, height=_HEAD + _ROW * len(stages) + _FOOT)
    steps = len(colours.gap)
    fig.add_trace(
        go.Heatmap(
            z=[[_step(cell.share) for cell in line] for line in grid],
            x=list(range(len(labels))),
            y=list(range(len(stages))),
            zmin=0,
            zmax=steps - 1,
            colorscale=[
                [edge / steps, shade.fill] for i, shade in enumerate(colours.gap) for edge in (i, i + 1)
            ],
            showscale=False,
            xgap=_GAP,
            ygap=_GAP,
            hoverongaps=False,
            hoverinfo="text",
            hovertext=[[_hover(cell) for cell in line] for line in grid],
        )
    )
    for y, line in enumerate(grid):
        for x, cell in enumerate(line):
            step = _step(cell.share)
            colour = colours.muted if step is None else colours.gap[step].on
            fig.add_annotation(x=x, y=y, text=_text(cell), font={"color": colour, "size": style.SIZE})
    _axes(fig, table, stages, labels, colours)
    seen = [colours.grid, *(shade.fill for shade in colours.gap[1:])]
    style.key(fig, [("■", fill, said) for fill, said in zip(seen, FIFTHS, strict=True)])
    fig.layout.annotations[-1].update(y=0, yanchor="top", yshift=-8)
    return fig


def describe(table: pd.DataFrame) -> str:
    """The figure in words."""
    if table.empty or not table["n"].sum():
        return NOTHING
    said = []
    for stage, rows in table.groupby("stage", sort=False):
        shares = ", ".join(f"{row.label} {_text(row).replace('<br>', ' ')}" for row in placing.rows(rows))
        said.append(f"{stage}: {shares}")
    return f"Share of deals that entered a stage with little said about a question. {'; '.join(said)}."


def _step(share: Any) -> int | None:
    return None if wording.is_missing(share) else min(int(float(share) * 5), 4)


def _text(cell: Any) -> str:
    """62%, and below it the change where it is more than chance."""
    change = _change(cell)
    return wording.percent(cell.share) + (f"<br>{wording.points(change)}" if change else "")


def _change(cell: Any) -> float:
    if wording.is_missing(cell.share) or wording.is_missing(cell.share_before):
        return 0.0
    apart = cell.low > cell.high_before or cell.high < cell.low_before
    change = float(cell.share - cell.share_before)
    return change if apart and abs(change) >= _LEAST else 0.0


def _hover(cell: Any) -> str:
    if wording.is_missing(cell.share):
        return f"<b>{placing.safe(cell.stage)}: {placing.safe(cell.label)}</b><br>too few deals: {cell.n:,}"
    return "<br>".join(
        [
            f"<b>{placing.safe(cell.stage)}: {placing.safe(cell.label)}</b>",
            f"last year: {wording.percent(cell.share)} of {wording.count(int(cell.n), 'deal')}",
            f"the year before: {wording.percent(cell.share_before)} of {cell.n_before:,}",
        ]
    )


def _axes(
    fig: go.Figure, table: pd.DataFrame, stages: list[str], labels: list[str], colours: style.Palette
) -> None:
    text = {"color": colours.text, "size": style.SMALL}
    n = table.groupby("stage", sort=False)["n"].first()
    names = [f"{placing.short(stage, 22)}<br>{wording.count(int(n[stage]), 'deal')}" for stage in stages]
    headings = [
        placing.wrapped(label, max(11, *(len(word) for word in label.split()[:2]))) for label in labels
    ]
    fig.update_xaxes(
        tickvals=list(range(len(labels))),
        ticktext=headings,
        side="top",
        range=[-0.5, len(labels) - 0.5],
        tickfont=text,
    )
    fig.update_yaxes(
        tickvals=list(range(len(stages))), ticktext=names, range=[len(stages) - 0.5, -0.5], tickfont=text
    )
    fig.update_layout(margin={"l": placing.widest(names, style.SMALL) + 24, "t": _HEAD, "b": _FOOT})
