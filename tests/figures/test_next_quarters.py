from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.next_quarters import NOTHING, describe, next_quarters

NAN = float("nan")
COLUMNS = ["quarter", "won", "p10", "p50", "p90", "expected", "target", "stated", "p_target"]


@pytest.fixture
def quarters() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("2026Q4", 5e6, 7e6, 8e6, 9e6, 8.1e6, 9.2e6, 11e6, 0.08),
            ("2027Q1", 0.0, 4e6, 6e6, 9e6, 6.2e6, NAN, 3e6, NAN),
            ("2027Q2", 0.0, NAN, NAN, NAN, NAN, 8e6, 1e6, NAN),
        ],
        columns=COLUMNS,
    )


def trace(fig: Any, name: str) -> Any:
    return next(one for one in fig.data if one.name == name)


def test_rows_stand_in_the_given_order_on_one_axis_from_zero(
    quarters: pd.DataFrame, look: dict[str, Any]
) -> None:
    fig = next_quarters(quarters, **look)
    assert fig.layout.yaxis.ticktext == ("<b>2026Q4</b>", "<b>2027Q1</b>", "<b>2027Q2</b>")
    assert list(fig.layout.yaxis.tickvals) == [0, -1, -2]
    low, high = fig.layout.xaxis.range
    assert low < 0
    assert high > 11e6


def test_evidenced_is_solid_stated_is_hollow(quarters: pd.DataFrame, look: dict[str, Any]) -> None:
    colours = style.palette(look["dark"])
    fig = next_quarters(quarters, **look)
    assert trace(fig, "won").marker.color == colours.won.mark
    assert trace(fig, "expected").marker.color == colours.likely.mark
    assert trace(fig, "stated").marker.symbol == "circle-open"
    assert list(trace(fig, "stated").x) == [11e6, 3e6, 1e6]
    assert list(trace(fig, "range").x) == [7e6, 9e6, None, 4e6, 9e6, None]


def test_expected_is_never_drawn_without_its_range(
    quarters: pd.DataFrame, look: dict[str, Any], texts: Any
) -> None:
    fig = next_quarters(quarters.assign(expected=[8.1e6, 6.2e6, 5e6]), **look)
    expected = trace(fig, "expected")
    assert list(expected.x) == [8.1e6, 6.2e6]
    assert list(expected.y) == [0, -1]
    assert any("$5.0M" in text and "not enough history" in text for text in texts(fig))


def test_the_chance_is_written_or_why_there_is_none(
    quarters: pd.DataFrame, look: dict[str, Any], texts: Any
) -> None:
    said = texts(next_quarters(quarters, **look))
    chances = [text for text in said if "target $" in text or "no target" in text]
    assert [text.split("<br>")[0] for text in chances] == ["<b>8%</b>", "<b>–</b>", "<b>–</b>"]
    assert list(trace(next_quarters(quarters, **look), "target").x) == [9.2e6, None, 8e6]


def test_the_columns_have_room_in_any_currency(quarters: pd.DataFrame) -> None:
    dollars = next_quarters(quarters, currency="USD", locale="en_US", dark=False)
    francs = next_quarters(quarters, currency="CHF", locale="de_CH", dark=False)
    assert francs.layout.margin.r > dollars.layout.margin.r > 200


def test_hover_is_exact(quarters: pd.DataFrame, look: dict[str, Any]) -> None:
    hover = trace(next_quarters(quarters, **look), "expected").hovertext[0]
    assert hover == "<b>2026Q4</b><br>$8,100,000.00 expected<br>P50 $8,000,000.00"


def test_empty_says_so(
    quarters: pd.DataFrame, look: dict[str, Any], texts: Any, words: dict[str, Any]
) -> None:
    assert texts(next_quarters(quarters.head(0), **look)) == [NOTHING]
    assert describe(quarters.head(0), **words) == NOTHING


def test_describe(quarters: pd.DataFrame, words: dict[str, Any]) -> None:
    assert describe(quarters, **words) == (
        "2026Q4: $5.0M won, $8.1M expected (P10 $7.0M, P90 $9.0M), $11.0M stated, target $9.2M, chance 8%."
        " 2027Q1: $0 won, $6.2M expected (P10 $4.0M, P90 $9.0M), $3.0M stated, no target."
        " 2027Q2: $0 won, – expected (not enough history), $1.0M stated, target $8.0M, chance –."
    )
