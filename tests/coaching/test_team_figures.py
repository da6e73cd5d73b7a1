"""The team overview's figures: what they draw is what they were given, and what is missing is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.figures import call_bias, depth_heat_map, depth_moved, depth_spread, style
from analytics.wording import DASH

UGLY = "<b>Ann</b>"
CELLS = pd.DataFrame(
    {
        "who": [UGLY, UGLY, "Bo", "Bo"],
        "group": "",
        "note": ["new", "new", "", ""],
        "label": ["Budget", "Impact"] * 2,
        "mean": [0.49, 2.5, np.nan, 4.0],
        "n": [7, 7, 3, 3],
        "like": [0.1, -0.2, np.nan, 0.0],
    }
)
MOVES = pd.DataFrame(
    {
        "label": ["Budget", "Impact", "Gotchas"],
        "change": [0.4, -0.1, np.nan],
        "low": [0.1, -0.3, np.nan],
        "high": [0.7, 0.1, np.nan],
        "n": [20, 20, 1],
        "n_before": [20, 20, 1],
    }
)
BIAS = pd.DataFrame(
    {
        "who": [UGLY, "Bo", "Cy"],
        "n": [8, 8, 2],
        "bias": [0.3, 4.0, np.nan],
        "low": [-0.2, 1.0, np.nan],
        "high": [0.8, 9.0, np.nan],
    }
)
DOTS = pd.DataFrame(
    {"label": "Budget", "mean": [1.0, 1.0, 1.0, 3.0], "n": [5, 9, 12, 20], "who": ["", "", "", UGLY]}
)


@pytest.mark.parametrize("dark", [False, True])
def test_a_cell_has_the_colour_of_the_number_written_in_it(dark: bool) -> None:
    fig = depth_heat_map.depth_heat_map(CELLS, dark=dark)
    assert [list(line) for line in fig.data[0].z] == [[1, 3], [None, 4]]
    written = [one.text for one in fig.layout.annotations[:-1]]
    assert written == ["0.5", "2.5", DASH, "4.0"]
    inks = [one.font.color for one in fig.layout.annotations[:-1]]
    ramp = style.palette(dark).depth
    assert inks[:2] == [ramp[1].on, ramp[3].on]


def test_people_are_in_the_given_order_and_their_names_are_no_markup() -> None:
    fig = depth_heat_map.depth_heat_map(CELLS, dark=False)
    names = fig.layout.yaxis.ticktext
    assert names[0].startswith("&lt;b&gt;Ann")
    assert "(new), 7 deals" in names[0]
    assert "not shown: only 3 deals" in fig.data[0].hovertext[1][0]
    assert f"Bo (3 deals): Budget {DASH}" in depth_heat_map.describe(CELLS)


def test_groups_get_a_row_of_their_own() -> None:
    grouped = CELLS.assign(group=["East", "East", "West", "West"])
    fig = depth_heat_map.depth_heat_map(grouped, dark=False)
    assert [name for name in fig.layout.yaxis.ticktext if name.startswith("<b>")] == [
        "<b>East</b>",
        "<b>West</b>",
    ]


def test_dots_of_one_depth_do_not_hide_each_other_and_names_stand_only_where_given() -> None:
    fig = depth_spread.depth_spread(DOTS, dark=False)
    assert len(set(fig.data[0].y)) == 3
    assert list(fig.data[0].x) == [1.0, 1.0, 1.0, 3.0]
    assert sum("A rep" in text for text in fig.data[0].hovertext) == 3
    assert "&lt;b&gt;Ann" in fig.data[0].hovertext[3]
    assert "4 reps from 1.0 to 3.0, middle 1.0" in depth_spread.describe(DOTS)


def test_only_what_leaves_out_zero_is_coloured() -> None:
    fig = depth_moved.depth_moved(MOVES, dark=False)
    dots = [one.marker.color for one in fig.data if one.mode == "markers"]
    assert dots == [style.LIGHT.likely.mark, style.LIGHT.stated.mark]
    assert "Budget +0.4 (between +0.1 and +0.7)" in depth_moved.describe(MOVES)
    bias = call_bias.call_bias(BIAS, dark=False)
    assert [one.marker.color for one in bias.data if one.mode == "markers"] == [
        style.LIGHT.stated.mark,
        style.LIGHT.likely.mark,
    ]
    assert max(max(one.x) for one in bias.data) <= 2.0
    assert "›" in [one.text for one in bias.layout.annotations]
    assert "Cy" not in call_bias.describe(BIAS)


def test_nothing_to_draw_is_said() -> None:
    for module, draw, rows in (
        (depth_heat_map, depth_heat_map.depth_heat_map, CELLS),
        (depth_spread, depth_spread.depth_spread, DOTS),
        (depth_moved, depth_moved.depth_moved, MOVES),
        (call_bias, call_bias.call_bias, BIAS),
    ):
        fig = draw(rows.head(0), dark=False)
        assert fig.layout.annotations[0].text == module.NOTHING
        assert module.describe(rows.head(0)) == module.NOTHING
