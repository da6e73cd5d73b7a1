from __future__ import annotations

import itertools
import math
from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.quarter_build_up import NOTHING, describe, quarter_build_up


def parts(*amounts: float | None) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "label": ["Won", "Commit", "Best case", "Pipeline"],
            "key": ["won", "commit", "best_case", "pipeline"],
            "amount": pd.Series(amounts, dtype="object"),
        }
    )


def test_parts_stack_from_zero_in_their_order(look: dict[str, Any]) -> None:
    fig = quarter_build_up(parts(4.0, 2.0, 1.0, 3.0), 9.0, **look)
    assert [bar.name for bar in fig.data] == ["Won", "Commit", "Best case", "Pipeline"]
    assert [bar.base[0] for bar in fig.data] == [0, 4, 6, 7]
    assert [bar.x[0] for bar in fig.data] == [4, 2, 1, 3]


def test_won_is_solid_and_the_rest_is_grey_and_not(look: dict[str, Any]) -> None:
    colours = style.palette(look["dark"])
    won, *stated = quarter_build_up(parts(4.0, 2.0, 1.0, 3.0), 9.0, **look).data
    assert won.marker.color == colours.won.mark
    assert all(bar.marker.line.color == colours.stated.mark for bar in stated)
    shares = [float(bar.marker.color.rstrip(")").split(",")[-1]) for bar in stated]
    assert shares == sorted(shares, reverse=True)
    assert shares[-1] == 0


def test_short_in_labels_exact_on_hover(look: dict[str, Any], texts: Any) -> None:
    fig = quarter_build_up(parts(4_212_345.5, 2e6, 1e6, 3e6), 9e6, weighted=2.5e6, **look)
    assert "<b>$4.2M</b><br>Won" in texts(fig)
    assert "Target $9.0M" in texts(fig)
    assert "Won + weighted $6.7M" in texts(fig)
    assert "$4,212,345.50" in fig.data[0].hovertext[0]
    lines = [shape.x0 for shape in fig.layout.shapes if shape.line.width == 3]
    assert lines == [9e6]


def test_labels_of_slivers_are_moved_apart(look: dict[str, Any]) -> None:
    fig = quarter_build_up(parts(7.9e6, 0, 1e4, 1e4), 8e6, weighted=1e4, **look)
    below = [a for a in fig.layout.annotations if a.yanchor == "top"]
    px = [a.x / fig.layout.xaxis.range[1] * 568 + a.xshift for a in below]
    assert all(b - a > 40 for a, b in itertools.pairwise(px))


def test_negative_amounts_go_left_and_missing_ones_are_a_dash(look: dict[str, Any], texts: Any) -> None:
    fig = quarter_build_up(parts(-300_000.0, None, 1_200_000.0, math.nan), None, **look)
    assert fig.layout.xaxis.range[0] == -300_000
    assert [bar.x[0] for bar in fig.data] == [-300_000, 0, 1_200_000, 0]
    assert fig.data[2].base[0] == 0
    assert "<b>–</b><br>Commit" in texts(fig)
    assert not any("Target" in text for text in texts(fig))


@pytest.mark.parametrize("amounts", [(0, 0, 0, 0), (5, 0, 0, 0), (None,) * 4])
def test_nothing_to_stack_still_draws(amounts: tuple[float | None, ...], look: dict[str, Any]) -> None:
    fig = quarter_build_up(parts(*amounts), 0.0, weighted=0.0, **look)
    assert fig.layout.xaxis.range[1] > 0


def test_empty_says_so(look: dict[str, Any], texts: Any) -> None:
    assert texts(quarter_build_up(parts(1, 2, 3, 4).head(0), 1.0, **look)) == [NOTHING]


def test_describe(words: dict[str, Any]) -> None:
    given = parts(4.2e6, 2.3e6, 1.8e6, None)
    assert describe(given, 9e6, weighted=3.4e6, **words) == (
        "Bar of this quarter's money: Won $4.2M, Commit $2.3M, Best case $1.8M and Pipeline –; "
        "won and weighted pipeline come to $7.6M; the target is $9.0M."
    )
    assert describe(given, None, **words).endswith("; no target is loaded.")
    assert describe(given.head(0), None, **words) == NOTHING
