from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.swing_bars import MOST, NO_CHANCE, NOTHING, describe, swing_bars, swing_rows

NAN = float("nan")


@pytest.fixture
def dark(look: dict[str, Any]) -> bool:
    return bool(look["dark"])


@pytest.fixture
def deals() -> pd.DataFrame:
    return pd.DataFrame(
        [("Large <b>", 0.12, 0.58), ("Small", 0.35, 0.38), ("Half known", 0.30, NAN)],
        columns=["label", "if_slips", "if_won"],
    )


def trace(fig: Any, name: str) -> Any:
    return next(one for one in fig.data if one.name == name)


def test_the_order_of_the_table_is_kept_and_at_most_ten_are_drawn(deals: pd.DataFrame) -> None:
    """The picture names the deals in the order in which the page says to call about them."""
    turned = deals.iloc[::-1]
    assert list(swing_rows(turned)["label"]) == list(turned["label"])
    assert len(swing_rows(pd.concat([deals] * 5))) == MOST


def test_both_ends_differ_in_colour_and_shape(deals: pd.DataFrame, dark: bool) -> None:
    colours = style.palette(dark)
    fig = swing_bars(deals, 0.36, dark=dark)
    slips, won = trace(fig, "if_slips"), trace(fig, "if_won")
    assert list(slips.x) == [0.12, 0.35, 0.30]
    assert list(won.x) == [0.58, 0.38, None]
    assert (slips.marker.color, won.marker.color) == (colours.risk.mark, colours.won.mark)
    assert slips.marker.symbol != won.marker.symbol
    assert list(trace(fig, "swing").x) == [0.12, 0.58, None, 0.35, 0.38, None]


def test_both_chances_are_written_on_the_outer_sides(deals: pd.DataFrame, dark: bool) -> None:
    fig = swing_bars(deals, 0.36, dark=dark)
    sides = {(a.y, a.text): a.xanchor for a in fig.layout.annotations if a.yref != "paper"}
    assert sides == {
        (0.0, "<b>12%</b>"): "right",
        (0.0, "<b>58%</b>"): "left",
        (-1.0, "<b>35%</b>"): "right",
        (-1.0, "<b>38%</b>"): "left",
        (-2.0, "<b>30%</b>"): "right",
    }
    turned = swing_bars(pd.DataFrame({"label": ["a"], "if_slips": [0.4], "if_won": [0.3]}), 0.36, dark=dark)
    anchors = {a.text: a.xanchor for a in turned.layout.annotations if a.yref != "paper"}
    assert anchors == {"<b>40%</b>": "left", "<b>30%</b>": "right"}


def test_the_line_is_the_chance_now_and_all_is_in_sight(deals: pd.DataFrame, dark: bool, texts: Any) -> None:
    fig = swing_bars(deals, 0.7, dark=dark)
    assert [(line.x0, line.x1) for line in fig.layout.shapes] == [(0.7, 0.7)]
    assert "<b>now 70%</b>" in texts(fig)
    low, high = fig.layout.xaxis.range
    assert low < 0.12 < 0.7 < high
    assert all(0 <= tick <= 1 for tick in fig.layout.xaxis.tickvals)


def test_labels_are_text_and_hover_says_the_change(deals: pd.DataFrame, dark: bool) -> None:
    fig = swing_bars(deals, 0.36, dark=dark)
    assert fig.layout.yaxis.ticktext[0] == "Large &lt;b&gt;"
    assert trace(fig, "if_slips").hovertext[0] == (
        "<b>Large &lt;b&gt;</b><br>chance to reach the target if it slips: 12%, now 36%"
    )


def test_empty_and_without_target(deals: pd.DataFrame, dark: bool, texts: Any) -> None:
    assert texts(swing_bars(deals.head(0), 0.36, dark=dark)) == [NOTHING]
    assert texts(swing_bars(deals, None, dark=dark)) == [NO_CHANCE]
    assert (describe(deals.head(0), 0.36), describe(deals, NAN)) == (NOTHING, NO_CHANCE)


def test_describe(deals: pd.DataFrame) -> None:
    assert describe(deals, 0.36) == (
        "Chance to reach the target, now 36%: Large <b> 12% if it slips, 58% if it is won; Small 35% if it"
        " slips, 38% if it is won; Half known 30% if it slips, – if it is won."
    )
