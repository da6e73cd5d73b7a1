"""How much better the model foretold each past quarter than a simpler method."""

from __future__ import annotations

import pandas as pd
import plotly.graph_objects as go

from analytics import wording
from analytics.figures import placing, style
from analytics.figures.drawing import drawn_once

NOTHING = "There is no model to compare with the simple methods."
_ROW = 44


@drawn_once
def skill_dots(losses: pd.DataFrame, ours: str, *, dark: bool) -> go.Figure:
    """Draw log losses per quarter (index) and method (columns): a row per simple method, a dot per quarter.

    Right of the line = `ours` foretold that quarter better. The bar is the mean with two standard errors.
    """
    if losses.empty or ours not in losses:
        return style.empty(NOTHING, dark=dark)
    colours = style.palette(dark)
    others = [str(method) for method in losses if method != ours]
    fig = style.figure(dark, height=72 + _ROW * len(others))
    fig.add_shape(
        type="line", x0=0, x1=0, y0=0.5, y1=0.5 - len(others), line={"color": colours.muted, "width": 1}
    )
    for at, method in enumerate(others):
        gain = losses[method] - losses[ours]
        error = 2 * float(gain.std(ddof=1)) / len(gain) ** 0.5 if len(gain) > 1 else 0.0
        mean = float(gain.mean())
        wide = {"color": colours.likely.mark, "width": 6}
        ends = [mean - error, mean + error]
        fig.add_trace(
            go.Scatter(x=ends, y=[-at, -at], mode="lines", line=wide, opacity=0.45, hoverinfo="skip")
        )
        fig.add_trace(
            go.Scatter(
                x=gain,
                y=[-at] * len(gain),
                mode="markers",
                marker={"size": 9, "color": colours.likely.mark},
                hovertext=[f"{quarter}: {one:+.3f}" for quarter, one in gain.items()],
                hoverinfo="text",
            )
        )
    fig.update_xaxes(
        title={"text": "Log loss lower by (right = better)", "font": {"size": style.SMALL}}, showgrid=True
    )
    fig.update_yaxes(
        tickvals=[-at for at in range(len(others))],
        ticktext=[placing.wrapped(f"than {method}", 26) for method in others],
        tickfont={"color": colours.text, "size": style.SIZE},
        range=[0.6 - len(others), 0.6],
    )
    fig.update_layout(margin={"l": 190, "r": 16, "t": 12, "b": 44})
    return fig


def describe(losses: pd.DataFrame, ours: str) -> str:
    """The figure in a sentence."""
    if losses.empty or ours not in losses:
        return NOTHING
    parts = []
    for method in losses:
        if method != ours:
            gain = losses[method] - losses[ours]
            better = wording.count(int((gain > 0).sum()), "quarter")
            parts.append(f"than {method} in {better} of {len(gain)}, on average by {gain.mean():.3f}")
    return f"Log loss of the {ours} over past quarters was lower {'; '.join(parts)}."
