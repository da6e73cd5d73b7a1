"""What became of decisions, by kind: how many held, did not hold, are open, or cannot be judged."""

from __future__ import annotations

from typing import Any

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "Nothing was decided yet."
#: Column -> what it is called, in the order in which the bars are drawn.
_PARTS = {
    "held": "held",
    "did_not_hold": "did not hold",
    "open": "open",
    "cannot_be_judged": "cannot be judged",
}


@drawn_once
def verdict_bars(rows: pd.DataFrame, *, dark: bool) -> go.Figure:
    """Draw `tally` by kind: kind, held, did_not_hold, open, cannot_be_judged, judged, share, low, high."""
    if rows.empty:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    fig = style.figure(dark, height=44 + 38 * len(rows))
    levels = [float(-at) for at in range(len(rows))]
    looks: dict[str, dict[str, Any]] = {
        "held": {"color": colours.won.mark},
        "did_not_hold": {"color": colours.lost.mark},
        "open": {"color": colours.background, "line": {"color": colours.stated.mark, "width": 1.5}},
        "cannot_be_judged": {"color": colours.grid},
    }
    for column, words in _PARTS.items():
        fig.add_trace(
            go.Bar(
                name=words,
                x=rows[column],
                y=levels,
                width=0.6,
                orientation="h",
                marker=looks[column],
                hovertext=[f"{row.kind}: {getattr(row, column)} {words}" for row in placing.rows(rows)],
                hoverinfo="text",
            )
        )
    names = [str(kind).capitalize() for kind in rows["kind"]]
    texts = [_text(row) for row in placing.rows(rows)]
    ends = rows[list(_PARTS)].sum(axis=1)
    for end, level, text in zip(ends, levels, texts, strict=True):
        fig.add_annotation(x=end, y=level, xanchor="left", xshift=8, text=text, font={"size": style.SMALL})
    fig.update_xaxes(visible=False, range=[0, max(float(ends.max()), 1.0)])
    fig.update_yaxes(
        range=[levels[-1] - 0.5, 0.5],
        tickvals=levels,
        ticktext=names,
        tickfont={"color": colours.text, "size": style.SIZE},
    )
    left, right = placing.widest(names) + 24, placing.widest(texts, style.SMALL) + 20
    style.key(
        fig,
        [
            ("■", colours.won.ink, "held"),
            ("■", colours.lost.ink, "did not hold"),
            ("□", colours.stated.ink, "open"),
            ("■", colours.grid, "cannot be judged"),
        ],
        shift=-left + style.MARGIN,
    )
    fig.update_layout(barmode="stack", margin={"l": left, "r": right, "t": 36})
    return fig


def describe(rows: pd.DataFrame) -> str:
    """The figure in a sentence."""
    if rows.empty:
        return NOTHING
    said = [f"{row.kind}: {_text(row)}" for row in placing.rows(rows)]
    return f"Bars of what became of decisions, by kind. {'; '.join(said)}."


def _text(row: Any) -> str:
    if not row.judged:
        return "none judged yet"
    held = f"{int(row.held)} of {int(row.judged)} held"
    if wording.is_missing(row.share):
        return held
    return f"{held} ({wording.percent(row.low)} to {wording.percent(row.high)})"
