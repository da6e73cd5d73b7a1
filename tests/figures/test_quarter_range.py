from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from analytics.figures import placing, style
from analytics.figures.quarter_range import DOTS, NOTHING, describe, quarter_range
from analytics.problems import NotEnough

STATED = {"Won + weighted": 10.9e6, "Called": 9.5e6}


@pytest.fixture
def ends() -> npt.NDArray[np.float64]:
    """10,000 ends from 7M to 10M, evenly: P10 7.3M, P50 8.5M, P90 9.7M."""
    return np.linspace(7e6, 10e6, 10_000)


@pytest.fixture
def draw(ends: npt.NDArray[np.float64], look: dict[str, Any]) -> Any:
    def drawn(values: npt.NDArray[np.float64] = ends, **changed: Any) -> Any:
        given = {"won": 5.2e6, "target": 9.1e6, "stated": STATED} | changed
        return quarter_range(values, **given, **look)

    return drawn


def trace(fig: Any, name: str) -> Any:
    return next(one for one in fig.data if one.name == name)


def test_fifty_dots_of_two_percent_split_at_the_target(draw: Any, look: dict[str, Any]) -> None:
    colours = style.palette(look["dark"])
    fig = draw()
    reached, missed = trace(fig, "reached"), trace(fig, "missed")
    assert (len(reached.x), len(missed.x)) == (15, 35)  # 30% of the ends are at or above 9.1M
    assert min(reached.x) > 9.1e6 > max(missed.x)
    assert reached.marker.symbol != missed.marker.symbol
    assert (reached.marker.color, missed.marker.color) == (colours.likely.mark, colours.risk.mark)


def test_no_two_dots_share_a_place_and_all_are_inside(draw: Any) -> None:
    fig = draw()
    places = [(round(x), round(y, 3)) for one in fig.data[:2] for x, y in zip(one.x, one.y, strict=True)]
    assert len(set(places)) == DOTS
    low, high = fig.layout.xaxis.range
    assert all(low < x < high and 0 < y < fig.layout.yaxis.range[1] for x, y in places)


def test_a_dot_stands_where_its_end_is(draw: Any, ends: npt.NDArray[np.float64]) -> None:
    fig = draw()
    xs = sorted(x for one in fig.data[:2] for x in one.x)
    px = placing.NARROW / (fig.layout.xaxis.range[1] - fig.layout.xaxis.range[0])
    wanted = np.quantile(ends, (np.arange(DOTS) + 0.5) / DOTS)
    assert max(abs(x - want) * px for x, want in zip(xs, wanted, strict=True)) <= 16


def test_a_certain_end_is_one_pile_within_the_height(draw: Any) -> None:
    fig = draw(np.full(500, 8e6))
    missed = trace(fig, "missed")
    assert len(missed.x) == DOTS
    assert len(set(missed.x)) == 1
    assert max(missed.y) < fig.layout.yaxis.range[1]
    assert fig.layout.height < 480


def test_the_band_ends_at_p10_and_p90_and_marks_p50(draw: Any, texts: Any) -> None:
    fig = draw()
    assert trace(fig, "range").x[:2] == pytest.approx((7.3e6, 9.7e6))
    assert trace(fig, "P50").x == pytest.approx((7.3e6, 8.5e6, 9.7e6))
    said = texts(fig)
    for words in ("P10 $7.3M</b><br>9 in 10", "P50 $8.5M</b><br>half", "P90 $9.7M</b><br>1 in 10"):
        assert any(words in text for text in said)


def test_won_is_solid_stated_is_hollow_grey_smallest_first(draw: Any, look: dict[str, Any]) -> None:
    colours = style.palette(look["dark"])
    fig = draw()
    won, called, weighted = (trace(fig, name) for name in ("Won so far", "Called", "Won + weighted"))
    assert (won.marker.symbol, won.marker.color) == ("circle", colours.won.mark)
    assert {called.marker.symbol, weighted.marker.symbol} == {"circle-open"}
    assert called.marker.color == colours.stated.ink
    assert won.y[0] > called.y[0] > weighted.y[0]
    assert (won.x[0], called.x[0], weighted.x[0]) == (5.2e6, 9.5e6, 10.9e6)
    assert "$10,900,000.00" in weighted.hovertext[0]


def test_a_missing_statement_is_a_dash_with_its_reason(draw: Any, texts: Any) -> None:
    fig = draw(stated={"Called": NotEnough("no <call> yet"), "Won + commit": None})
    assert "Called – (no &lt;call&gt; yet)" in texts(fig)
    assert "Won + commit –" in texts(fig)
    assert "Called" not in [one.name for one in fig.data]


def test_the_chance_is_said_with_both_shapes(draw: Any, texts: Any) -> None:
    key = texts(draw())[-1]
    assert "reaches the target: <b>30%</b>" in key
    assert "below it: 70%" in key


def test_names_stand_away_from_the_target_where_there_is_room(draw: Any) -> None:
    sides = {a.text.split(" <b>")[0]: a.xanchor for a in draw().layout.annotations if " <b>$" in a.text}
    assert sides == {"Won so far": "left", "Called": "left", "Won + weighted": "right"}


def test_without_a_target_all_dots_are_alike(draw: Any, texts: Any) -> None:
    fig = draw(target=None)
    assert len(trace(fig, "reached").x) == DOTS
    assert not any("arget" in text for text in texts(fig))


def test_infinite_and_missing_ends_are_left_out(draw: Any, ends: npt.NDArray[np.float64]) -> None:
    dirty = np.concatenate([ends, [np.nan, np.inf]])
    assert trace(draw(dirty), "P50").x == pytest.approx((7.3e6, 8.5e6, 9.7e6))


def test_empty_says_so(draw: Any, texts: Any, words: dict[str, Any]) -> None:
    assert texts(draw(np.array([]))) == [NOTHING]
    assert describe(np.array([np.nan]), won=1.0, target=2.0, stated={}, **words) == NOTHING


def test_describe(ends: npt.NDArray[np.float64], words: dict[str, Any]) -> None:
    assert describe(ends, won=5.2e6, target=9.1e6, stated=STATED | {"Commit": None}, **words) == (
        "50 dots, each 2% of the simulated ends of the quarter: P10 $7.3M, P50 $8.5M and P90 $9.7M; 15 of 50"
        " dots reach the target of $9.1M. Beside them: Won so far $5.2M, Called $9.5M, Won + weighted $10.9M"
        " and Commit –."
    )
    without = describe(ends, won=5.2e6, target=None, stated={}, **words)
    assert without.endswith("P90 $9.7M; no target is loaded. Beside them: Won so far $5.2M.")
