from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures.skill_dots import NOTHING, describe, skill_dots

OURS = "our model"


@pytest.fixture
def dark(look: dict[str, Any]) -> bool:
    return bool(look["dark"])


@pytest.fixture
def losses() -> pd.DataFrame:
    """Better than `rates` by 0.1 and 0.3, than `guess <b>` once and once worse."""
    return pd.DataFrame(
        {OURS: [0.6, 0.5], "rates": [0.7, 0.8], "guess <b>": [0.5, 0.7]}, index=["2024Q1", "2024Q2"]
    )


def dots(fig: Any) -> list[Any]:
    return [trace for trace in fig.data if trace.mode == "markers"]


def bars(fig: Any) -> list[Any]:
    return [trace for trace in fig.data if trace.mode == "lines"]


def test_a_row_per_other_method_and_a_dot_per_quarter_better_to_the_right(
    losses: pd.DataFrame, dark: bool
) -> None:
    found = dots(skill_dots(losses, OURS, dark=dark))
    assert [list(one.x) for one in found] == [pytest.approx([0.1, 0.3]), pytest.approx([-0.1, 0.2])]
    assert [set(one.y) for one in found] == [{0}, {-1}]


def test_the_bar_is_the_mean_with_two_standard_errors(losses: pd.DataFrame, dark: bool) -> None:
    low, high = bars(skill_dots(losses, OURS, dark=dark))[0].x
    assert (low + high) / 2 == pytest.approx(0.2)
    assert high - low == pytest.approx(2 * 2 * 0.1)  # standard error of 0.1 and 0.3


def test_of_one_quarter_there_is_no_error_and_the_bar_is_its_dot(losses: pd.DataFrame, dark: bool) -> None:
    assert list(bars(skill_dots(losses.head(1), OURS, dark=dark))[0].x) == pytest.approx([0.1, 0.1])


def test_the_line_at_zero_crosses_every_row(losses: pd.DataFrame, dark: bool) -> None:
    fig = skill_dots(losses, OURS, dark=dark)
    line = fig.layout.shapes[0]
    assert line.x0 == line.x1 == 0
    assert min(line.y0, line.y1) < -1 < 0 < max(line.y0, line.y1)
    assert fig.layout.yaxis.range[0] < -1 < 0 < fig.layout.yaxis.range[1]


def test_rows_are_named_and_dots_say_their_quarter(losses: pd.DataFrame, dark: bool) -> None:
    fig = skill_dots(losses, OURS, dark=dark)
    assert list(fig.layout.yaxis.ticktext) == ["than rates", "than guess &lt;b&gt;"]
    assert list(fig.layout.yaxis.tickvals) == [0, -1]
    assert list(dots(fig)[1].hovertext) == ["2024Q1: -0.100", "2024Q2: +0.200"]


def test_without_our_model_it_says_so(losses: pd.DataFrame, dark: bool, texts: Any) -> None:
    for none in (losses.head(0), losses.drop(columns=OURS)):
        assert texts(skill_dots(none, OURS, dark=dark)) == [NOTHING]
        assert describe(none, OURS) == NOTHING


def test_describe(losses: pd.DataFrame) -> None:
    assert describe(losses, OURS) == (
        "Log loss of the our model over past quarters was lower than rates in 2 quarters of 2, on average by"
        " 0.200; than guess <b> in 1 quarter of 2, on average by 0.050."
    )
