"""Where the money has no business case: stages by questions, the share below the bar in every cell."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "No open deal has a stage and a question to compare."
FIFTHS = ("0–20%", "20–40%", "40–60%", "60–80%", "80–100%")
_ROW, _HEAD, _GAP = 46, 48, 2  # px


@drawn_once
def case_gaps(gaps: pd.DataFrame, *, currency: str, locale: str, dark: bool) -> go.Figure:
    """Draw `gaps`: stage, label (of the question), share (0-1), money, missing, deals, deals_missing."""
    if gaps.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    stages, labels = list(dict.fromkeys(gaps["stage"])), list(dict.fromkeys(gaps["label"]))
    fig = style.figure(dark, height=_HEAD + _ROW * len(stages) + 34)
    cells = {(row.stage, row.label): row for row in placing.rows(gaps)}
    table = [[cells.get((stage, label)) for label in labels] for stage in stages]
    fig.add_trace(
        go.Heatmap(
            z=[[None if cell is None else _step(cell.share) for cell in line] for line in table],
            x=list(range(len(labels))),
            y=list(range(len(stages))),
            zmin=0,
            zmax=len(colours.gap) - 1,
            colorscale=_steps([shade.fill for shade in colours.gap]),
            showscale=False,
            xgap=_GAP,
            ygap=_GAP,
            hoverongaps=False,
            hoverinfo="text",
            hovertext=[
                ["" if cell is None else _hover(cell, currency, locale) for cell in line] for line in table
            ],
        )
    )
    for y, line in enumerate(table):
        for x, cell in enumerate(line):
            step = None if cell is None else _step(cell.share)
            colour = colours.muted if step is None else colours.gap[step].on
            text = wording.DASH if cell is None else wording.percent(cell.share)
            fig.add_annotation(x=x, y=y, text=text, font={"color": colour, "size": style.SIZE})
    _axes(fig, [_row_name(gaps, stage, currency, locale) for stage in stages], labels, colours)
    style.key(
        fig, [("■", _seen(shade, colours), said) for shade, said in zip(colours.gap, FIFTHS, strict=True)]
    )
    fig.layout.annotations[-1].update(y=0, yanchor="top", yshift=-8)
    return fig


def describe(gaps: pd.DataFrame, *, currency: str, locale: str) -> str:
    """The figure in words: per stage its money, and the share below the bar for every question."""
    if gaps.empty:
        return NOTHING
    said = []
    for stage, rows in gaps.groupby("stage", sort=False):
        shares = ", ".join(f"{row.label} {wording.percent(row.share)}" for row in placing.rows(rows))
        said.append(f"{stage} ({wording.money(rows['money'].iloc[0], currency, locale=locale)}): {shares}")
    return f"Share of each stage's money whose answer is below the bar. {'; '.join(said)}."


def _step(share: Any) -> int | None:
    """Which fifth a share lies in, 0 to 4; None where there is no money to share."""
    return None if wording.is_missing(share) else min(int(float(share) * 5), 4)


def _steps(fills: list[str]) -> list[list[Any]]:
    """A colour scale of plain steps: every fifth has one colour."""
    n = len(fills)
    return [[edge / n, fill] for i, fill in enumerate(fills) for edge in (i, i + 1)]


def _seen(shade: style.Shade, colours: style.Palette) -> str:
    """A shade's colour for the key; the faintest would not be seen upon the background."""
    return colours.grid if shade == colours.gap[0] else shade.fill


def _hover(cell: Any, currency: str, locale: str) -> str:
    def exact(amount: Any) -> str:
        return wording.money(amount, currency, exact=True, locale=locale)

    return "<br>".join(
        [
            f"<b>{placing.safe(cell.stage)}: {placing.safe(cell.label)}</b>",
            f"{wording.percent(cell.share)} below the bar",
            f"{exact(cell.missing)} of {exact(cell.money)}",
            f"{int(cell.deals_missing):,} of {wording.count(int(cell.deals), 'deal')}",
        ]
    )


def _row_name(gaps: pd.DataFrame, stage: Any, currency: str, locale: str) -> str:
    row = gaps[gaps["stage"] == stage].iloc[0]
    size = wording.money(row["money"], currency, locale=locale)
    return f"{placing.short(stage)}<br>{size} in {wording.count(int(row['deals']), 'deal')}"


def _heading(label: str) -> str:
    """On two lines, but never within a word that could stand in one."""
    return placing.wrapped(label, max(11, *(len(word) for word in label.split()[:2])))


def _axes(fig: go.Figure, names: list[str], labels: list[str], colours: style.Palette) -> None:
    text = {"color": colours.text, "size": style.SMALL}
    fig.update_xaxes(
        tickvals=list(range(len(labels))),
        ticktext=[_heading(label) for label in labels],
        side="top",
        range=[-0.5, len(labels) - 0.5],
        tickfont=text,
    )
    fig.update_yaxes(
        tickvals=list(range(len(names))), ticktext=names, range=[len(names) - 0.5, -0.5], tickfont=text
    )
    fig.update_layout(margin={"l": placing.widest(names, style.SMALL) + 24, "t": _HEAD, "b": 34})
