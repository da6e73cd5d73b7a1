from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.bridge_waterfall import NOTHING, bridge_waterfall, describe, waterfall_rows
from analytics.problems import BadInput

COLUMNS = ["step", "amount", "kind", "stated"]


@pytest.fixture
def steps() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("Weighted <pipeline>", 9e6, "start", True),
            ("Dates not believable", -3e6, "change", False),
            ("Likely now", 1e6, "change", False),
            ("Open deals", 7e6, "subtotal", False),
            ("Amounts at close", 0.0, "change", False),
            ("Not created yet", 0.5e6, "change", False),
            ("Expected", 7.5e6, "end", False),
        ],
        columns=COLUMNS,
    )


@pytest.fixture
def week() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("A week ago", 9e6, "start", False),
            ("Won", 0.3e6, "change", False),
            ("Lost", -0.2e6, "change", False),
            ("Now", 9.1e6, "end", False),
        ],
        columns=COLUMNS,
    )


def test_every_step_starts_where_the_one_before_ended(steps: pd.DataFrame) -> None:
    rows = waterfall_rows(steps)
    assert list(rows["low"]) == [0, 6e6, 6e6, 0, 7e6, 7e6, 0]
    assert list(rows["high"]) == [9e6, 9e6, 7e6, 7e6, 7e6, 7.5e6, 7.5e6]
    assert list(rows["sum"]) == [9e6, 6e6, 7e6, 7e6, 7e6, 7.5e6, 7.5e6]


def test_steps_that_do_not_add_up_are_refused(steps: pd.DataFrame) -> None:
    waterfall_rows(steps.assign(amount=steps["amount"] + [0, 0, 0, 0, 0, 0, 0.004]))
    with pytest.raises(BadInput, match=r"Expected: the steps do not add up; expected 7,500,000\.00"):
        waterfall_rows(steps.assign(amount=steps["amount"] + [0, 0, 0, 0, 0, 0, 0.02]))


def test_bars_lie_from_top_to_bottom_from_zero(steps: pd.DataFrame, look: dict[str, Any]) -> None:
    fig = bridge_waterfall(steps, **look)
    (bar,) = fig.data
    assert list(bar.y) == [0, -1, -2, -3, -4, -5, -6]
    assert list(bar.base) == [0, 6e6, 6e6, 0, 7e6, 7e6, 0]
    assert list(bar.x) == [9e6, 3e6, 1e6, 7e6, 0, 0.5e6, 7.5e6]
    assert fig.layout.xaxis.range[0] == 0
    assert list(bar.customdata) == list(steps["step"])


def test_stated_is_hollow_sums_are_evidenced_changes_by_sign(
    steps: pd.DataFrame, look: dict[str, Any]
) -> None:
    colours = style.palette(look["dark"])
    marker = bridge_waterfall(steps, **look).data[0].marker
    assert (marker.color[0], marker.line.color[0]) == (colours.background, colours.stated.mark)
    assert marker.color[1:] == (
        colours.lost.mark,
        colours.won.mark,
        colours.likely.mark,
        colours.stated.mark,
        colours.won.mark,
        colours.likely.mark,
    )


def test_a_stated_change_is_hollow_too(steps: pd.DataFrame, look: dict[str, Any]) -> None:
    marker = bridge_waterfall(steps.assign(stated=True), **look).data[0].marker
    assert set(marker.color) == {style.palette(look["dark"]).background}


def test_amounts_carry_their_sign_and_zero_stays(
    steps: pd.DataFrame, look: dict[str, Any], texts: Any
) -> None:
    said = texts(bridge_waterfall(steps, **look))
    assert said[:7] == ["<b>$9.0M</b>", "-$3.0M", "+$1.0M", "<b>$7.0M</b>", "$0", "+$500K", "<b>$7.5M</b>"]


def test_a_missing_amount_is_a_dash(steps: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    none = steps.assign(amount=steps["amount"].where(steps["step"] != "Amounts at close"))
    assert texts(bridge_waterfall(none, **look))[4] == "–"


def test_small_steps_are_drawn_large_and_sums_as_places(week: pd.DataFrame, look: dict[str, Any]) -> None:
    fig = bridge_waterfall(week, **look)
    bars, sums = fig.data
    assert list(bars.base) == pytest.approx([9e6, 9.1e6])
    assert list(sums.x) == [9e6, 9.1e6]
    assert sums.mode == "markers"
    low, high = fig.layout.xaxis.range
    assert 8.5e6 < low < 9e6
    assert 9.3e6 < high < 9.6e6


def test_negative_sums_go_left_of_zero(look: dict[str, Any]) -> None:
    rows = [("Call", 3e5, "start", True), ("Unlikely", -4e5, "change", False), ("Left", -1e5, "end", False)]
    fig = bridge_waterfall(pd.DataFrame(rows, columns=COLUMNS), **look)
    assert fig.layout.xaxis.range[0] < -1e5
    label = next(a for a in fig.layout.annotations if a.text == "<b>-$100K</b>")
    assert label.x == 0  # right of its bar, not on it


def test_labels_are_text_with_room_and_sums_bold(steps: pd.DataFrame, look: dict[str, Any]) -> None:
    fig = bridge_waterfall(steps, **look)
    assert fig.layout.yaxis.ticktext[0] == "<b>Weighted &lt;pipeline&gt;</b>"
    assert fig.layout.yaxis.ticktext[1] == "Dates not believable"
    assert fig.layout.margin.l > 19 * 7.5


def test_hover_is_exact_and_says_the_sum(steps: pd.DataFrame, look: dict[str, Any]) -> None:
    hover = bridge_waterfall(steps, **look).data[0].hovertext
    assert hover[0] == "<b>Weighted &lt;pipeline&gt;</b><br>$9,000,000.00<br>stated"
    assert hover[1] == "<b>Dates not believable</b><br>-$3,000,000.00<br>then $6,000,000.00<br>evidenced"


def test_empty_says_so(steps: pd.DataFrame, look: dict[str, Any], texts: Any, words: dict[str, Any]) -> None:
    assert texts(bridge_waterfall(steps.head(0), **look)) == [NOTHING]
    assert describe(steps.head(0), **words) == NOTHING


def test_describe(week: pd.DataFrame, words: dict[str, Any]) -> None:
    assert describe(week, **words) == "Waterfall: A week ago $9.0M; Won +$300K; Lost -$200K; Now $9.1M."
