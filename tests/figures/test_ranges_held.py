from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.ranges_held import NOTHING, describe, ranges_held

NAN = float("nan")
COLUMNS = ["quarter", "p10", "p50", "p90", "actual", "stated"]


@pytest.fixture
def quarters() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("2026Q2", 7e6, 8e6, 9e6, 8.5e6, 12e6),
            ("2026Q1", 7e6, 8e6, 9e6, 6.5e6, 10e6),
            ("2025Q4", 6e6, 7e6, 8e6, 8.2e6, 7.5e6),
            ("2025Q3", 6e6, 7e6, 8e6, 6e6, NAN),
        ],
        columns=COLUMNS,
    )


def traces(fig: Any, name: str) -> list[Any]:
    return [one for one in fig.data if one.name == name]


def test_oldest_on_top(quarters: pd.DataFrame, look: dict[str, Any]) -> None:
    fig = ranges_held(quarters, **look)
    assert fig.layout.yaxis.ticktext == ("2025Q3", "2025Q4", "2026Q1", "2026Q2")
    assert list(fig.layout.yaxis.tickvals) == [0, -1, -2, -3]


def test_inside_and_outside_differ_in_shape_and_colour(quarters: pd.DataFrame, look: dict[str, Any]) -> None:
    colours = style.palette(look["dark"])
    inside, outside = traces(ranges_held(quarters, **look), "actual")
    assert list(inside.x) == [6e6, 8.5e6]  # the very end of a range is inside
    assert list(outside.x) == [8.2e6, 6.5e6]
    assert inside.marker.symbol != outside.marker.symbol
    assert (inside.marker.color, outside.marker.color) == (colours.won.mark, colours.lost.mark)


def test_range_middle_and_stated(quarters: pd.DataFrame, look: dict[str, Any]) -> None:
    fig = ranges_held(quarters, **look)
    (band,), (middle,), (stated,) = (traces(fig, name) for name in ("range", "p50", "stated"))
    assert list(band.x[:3]) == [6e6, 8e6, None]
    assert list(middle.x) == [7e6, 7e6, 8e6, 8e6]
    assert stated.marker.symbol == "circle-open"
    assert list(stated.x)[1:] == [7.5e6, 10e6, 12e6]


def test_words_at_the_right(quarters: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    said = texts(ranges_held(quarters, **look))
    assert said[:4] == [
        "<b>$6.0M</b> inside",
        "<b>$8.2M</b> above",
        "<b>$6.5M</b> below",
        "<b>$8.5M</b> inside",
    ]


def test_target_is_drawn_and_explained_only_where_given(
    quarters: pd.DataFrame, look: dict[str, Any], texts: Any
) -> None:
    fig = ranges_held(quarters.assign(target=8.1e6), **look)
    assert list(traces(fig, "target")[0].x) == [8.1e6] * 4
    assert any("target" in text for text in texts(fig))
    assert not any("target" in text for text in texts(ranges_held(quarters, **look)))


def test_everything_is_in_sight(quarters: pd.DataFrame, look: dict[str, Any]) -> None:
    low, high = ranges_held(quarters, **look).layout.xaxis.range
    assert low < 6e6
    assert high > 12e6


def test_a_quarter_that_has_not_ended_is_a_dash(
    quarters: pd.DataFrame, look: dict[str, Any], texts: Any, words: dict[str, Any]
) -> None:
    running = quarters.head(1).assign(actual=None)
    fig = ranges_held(running, **look)
    assert "<b>–</b> not ended" in texts(fig)
    assert not any(x == x for one in traces(fig, "actual") for x in one.x)
    assert "held in 0 of 0 quarters" in describe(running, **words)


def test_hover_is_exact(quarters: pd.DataFrame, look: dict[str, Any]) -> None:
    inside, _ = traces(ranges_held(quarters, **look), "actual")
    assert inside.hovertext[1] == (
        "<b>2026Q2</b><br>$8,500,000.00 ended here, inside the range"
        "<br>P10 $7,000,000.00, P50 $8,000,000.00, P90 $9,000,000.00"
    )


def test_without_ranges_it_says_so(
    quarters: pd.DataFrame, look: dict[str, Any], texts: Any, words: dict[str, Any]
) -> None:
    assert texts(ranges_held(quarters.assign(p10=NAN), **look)) == [NOTHING]
    assert describe(quarters.head(0), **words) == NOTHING


def test_describe(quarters: pd.DataFrame, words: dict[str, Any]) -> None:
    assert describe(quarters.head(3), **words) == (
        "The range from P10 to P90 held in 1 of 3 quarters: 2025Q4 $6.0M to $8.0M, ended at $8.2M (above);"
        " 2026Q1 $7.0M to $9.0M, ended at $6.5M (below); 2026Q2 $7.0M to $9.0M, ended at $8.5M (inside)."
    )
