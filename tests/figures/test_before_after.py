from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.figures.before_after import NOTHING, before_after, describe

ROWS = pd.DataFrame(
    {
        "what": ["“Impact <b>”", "the other six questions", "North against South"],
        "change": [0.41, -0.05, 0.2],
        "low": [0.2, -0.1, np.nan],
        "high": [0.62, 0.0, np.nan],
        "n": [120, 120, None],
    }
)


def dots(fig: Any) -> list[Any]:
    return [trace for trace in fig.data if trace.mode == "markers"]


def bands(fig: Any) -> list[Any]:
    return [trace for trace in fig.data if trace.mode == "lines"]


def test_a_dot_per_row_and_a_band_where_there_is_an_interval(look: dict[str, Any]) -> None:
    fig = before_after(ROWS, is_share=False, dark=look["dark"])
    assert [one.x[0] for one in dots(fig)] == ROWS["change"].tolist()
    assert [tuple(one.x) for one in bands(fig)] == [(0.2, 0.62), (-0.1, 0.0)]
    first, *others = [one.marker.color for one in dots(fig)]
    assert first not in others, "what stands beside it is grey"


def test_no_change_is_in_sight_and_ticks_are_round(look: dict[str, Any]) -> None:
    fig = before_after(ROWS, is_share=False, dark=look["dark"])
    low, high = fig.layout.xaxis.range
    assert low < -0.1 < 0.62 < high
    assert "0" in fig.layout.xaxis.ticktext
    assert len(set(fig.layout.xaxis.ticktext)) == len(fig.layout.xaxis.ticktext) <= 9
    far = before_after(ROWS.assign(change=2.0, low=1.5, high=2.5), is_share=False, dark=look["dark"])
    assert far.layout.xaxis.range[0] < 0


def test_names_are_text(look: dict[str, Any]) -> None:
    fig = before_after(ROWS, is_share=False, dark=look["dark"])
    assert "<b>" not in fig.layout.yaxis.ticktext[0]
    assert "<b>" not in dots(fig)[0].hovertext[0]


def test_in_a_sentence() -> None:
    assert "“Impact <b>”: +0.41 (+0.20 to +0.62)" in describe(ROWS, is_share=False)
    shares = ROWS.assign(change=-0.06, low=-0.12, high=0.0)
    assert "in points: “Impact <b>”: −6 (−12 to 0)" in describe(shares, is_share=True)


def test_nothing_to_draw_says_so(look: dict[str, Any], texts: Any) -> None:
    assert texts(before_after(ROWS.head(0), is_share=True, dark=look["dark"])) == [NOTHING]
    assert describe(ROWS.head(0), is_share=True) == NOTHING


@pytest.mark.parametrize("width", [0.001, 0.2, 9.0])
def test_any_span_has_ticks(width: float) -> None:
    fig = before_after(ROWS.assign(change=width, low=0.0, high=width), is_share=False, dark=False)
    assert len(fig.layout.xaxis.tickvals) >= 1
