from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.breakdown_bars import MOST, NOTHING, breakdown_bars, describe, table

COLUMNS = ["group", "deals", "won", "open", "weighted"]


@pytest.fixture
def owners() -> pd.DataFrame:
    return pd.DataFrame(
        [("Priya", 8, 1.2e6, 2.4e6, 1.1e6), ("Jo", 3, 7e5, 0.0, 0.0), ("Credit", 1, -1e5, 3e5, 1e5)],
        columns=COLUMNS,
    )


def many(n: int) -> pd.DataFrame:
    return pd.DataFrame([(f"Owner {i}", 2, 1000.0 + i, 500.5, 100.25) for i in range(n)], columns=COLUMNS)


def test_won_solid_open_hollow_behind_it(owners: pd.DataFrame, look: dict[str, Any]) -> None:
    colours = style.palette(look["dark"])
    won, is_open = breakdown_bars(owners, **look).data
    assert list(won.x) == [1.2e6, 7e5, -1e5]
    assert won.marker.color == colours.won.mark
    assert is_open.marker.color == "rgba(0,0,0,0)"
    assert is_open.marker.line.color == colours.stated.mark
    assert list(is_open.base) == [1.2e6, 7e5, 0]  # a credit lies left of zero, what is open right of it


def test_tick_is_won_plus_weighted(owners: pd.DataFrame, look: dict[str, Any]) -> None:
    fig = breakdown_bars(owners, **look)
    assert [shape.x0 for shape in fig.layout.shapes if shape.line.width == 3] == [2.3e6, 1e5]


def test_order_is_kept_and_zero_is_the_baseline(owners: pd.DataFrame, look: dict[str, Any]) -> None:
    fig = breakdown_bars(owners.head(2), **look)
    assert list(fig.layout.yaxis.ticktext) == ["Priya", "Jo"]
    assert list(fig.data[0].y) == [0, -1]
    assert fig.layout.xaxis.range[0] == 0


def test_labels_are_short_hover_is_exact(owners: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    fig = breakdown_bars(owners, **look)
    assert "<b>$1.2M</b> + $2.4M open" in texts(fig)
    assert "<b>$700K</b>" in texts(fig)
    assert "weighted: $1,100,000.00" in fig.data[0].hovertext[0]


def test_sixty_owners_lose_no_money(look: dict[str, Any]) -> None:
    given = many(60)
    fig = breakdown_bars(given, **look)
    assert len(fig.data[0].x) == MOST + 1
    assert fig.layout.yaxis.ticktext[-1] == f"{60 - MOST} others"
    for trace, column in zip(fig.data, ["won", "open"], strict=True):
        assert sum(trace.x) == pytest.approx(given[column].sum())
    drawn = table(given)
    for column in ("deals", "won", "open", "weighted"):
        assert drawn[column].sum() == pytest.approx(given[column].sum())


def test_one_more_than_the_most_is_not_worth_a_bar_of_others(look: dict[str, Any]) -> None:
    assert len(table(many(MOST + 1))) == MOST + 1
    assert table(many(MOST + 1))["group"].iloc[-1] == f"Owner {MOST}"


def test_zero_and_missing_amounts(look: dict[str, Any], texts: Any) -> None:
    given = pd.DataFrame([("Zero", 1, 0.0, 0.0, 0.0), ("NA", 0, None, None, None)], columns=COLUMNS)
    fig = breakdown_bars(given.astype({"won": "Float64", "open": "Float64"}), **look)
    assert list(fig.data[0].x) == [0, 0]
    assert fig.layout.xaxis.range[1] > 0
    assert texts(fig).count("$0 open") == 2


def test_same_names_stay_two_bars_and_markup_stays_text(look: dict[str, Any]) -> None:
    given = pd.DataFrame([("<a href='x'>Jo", 1, 1.0, 1.0, 1.0)] * 2, columns=COLUMNS)
    fig = breakdown_bars(given, **look)
    assert list(fig.data[0].y) == [0, -1]
    assert fig.layout.yaxis.ticktext[0].startswith("&lt;a")


def test_empty_says_so(owners: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    assert texts(breakdown_bars(owners.head(0), **look)) == [NOTHING]


def test_describe(owners: pd.DataFrame, words: dict[str, Any]) -> None:
    assert describe(owners, **words) == (
        "Bars of 3 groups: $1.8M won, $2.7M open, $1.2M weighted; the largest is Priya "
        "with $3.6M won and open."
    )
    assert describe(owners.head(0), **words) == NOTHING
