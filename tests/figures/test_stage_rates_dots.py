from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.stage_rates_dots import NOTHING, describe, stage_rates_dots

NAN = float("nan")


@pytest.fixture
def rates() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("Qualification", 0.1, 0.06, 0.04, 0.1, 220, 13),
            ("Solution validation with the whole technical team <b>", 0.5, 0.34, 0.27, 0.42, 88, 30),
            ("Verbal", NAN, NAN, NAN, NAN, 0, 0),
        ],
        columns=["stage", "configured", "measured", "low", "high", "n", "won"],
    )


def test_ring_is_configured_dot_is_measured_with_interval(rates: pd.DataFrame, look: dict[str, Any]) -> None:
    colours = style.palette(look["dark"])
    interval, ring, dot = stage_rates_dots(rates, **look).data
    assert ring.marker.symbol == "circle-open"
    assert ring.marker.color == colours.stated.ink
    assert list(ring.x) == [0.1, 0.5, None]
    assert dot.marker.color == colours.likely.mark
    assert list(dot.x) == [0.06, 0.34, None]
    assert list(interval.x) == [0.04, 0.1, None, 0.27, 0.42, None]


def test_early_stages_are_on_top(rates: pd.DataFrame, look: dict[str, Any]) -> None:
    fig = stage_rates_dots(rates, **look)
    assert list(fig.data[1].y) == [0, -1, -2]
    assert fig.layout.yaxis.range[0] < fig.layout.yaxis.range[1]
    assert fig.layout.yaxis.ticktext[0] == "Qualification"


def test_texts_beside_the_dots(rates: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    said = texts(stage_rates_dots(rates, **look))
    assert "n=88" in said
    assert "<b>34%</b>" in said
    assert said.count("no history yet") == 1
    assert "–" in said  # no probability configured


def test_long_names_are_wrapped_and_whole_on_hover(rates: pd.DataFrame, look: dict[str, Any]) -> None:
    fig = stage_rates_dots(rates, **look)
    assert "<br>" in fig.layout.yaxis.ticktext[1]
    assert "whole technical team &lt;b&gt;" in fig.data[2].hovertext[1]
    assert "30 of 88" in fig.data[2].hovertext[1]


def test_one_stage_with_nullable_columns(rates: pd.DataFrame, look: dict[str, Any]) -> None:
    one = rates.tail(1).astype({"measured": "Float64", "configured": "Float64", "low": "Float64"})
    assert list(stage_rates_dots(one, **look).data[0].x) == []


def test_empty_says_so(rates: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    assert texts(stage_rates_dots(rates.head(0), **look)) == [NOTHING]


def test_describe(rates: pd.DataFrame, words: dict[str, Any]) -> None:
    assert describe(rates.iloc[[0, 2]], **words) == (
        "Win rates by stage: Qualification 10% configured, 6% measured (4% to 10%, n=220); "
        "Verbal no probability configured, no history yet."
    )
    assert describe(rates.head(0), **words) == NOTHING
