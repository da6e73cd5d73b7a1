from __future__ import annotations

import itertools
from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.error_by_week import MOST, NOTHING, describe, error_by_week, ordered

WEEKS = range(1, 13)


@pytest.fixture
def dark(look: dict[str, Any]) -> bool:
    return bool(look["dark"])


@pytest.fixture
def errors() -> pd.DataFrame:
    starts = {"Pace": 0.36, "Plumbline": 0.12, "Won + weighted": 0.24}
    rows = [(week, method, start * (13 - week) / 12, 8) for method, start in starts.items() for week in WEEKS]
    return pd.DataFrame(rows, columns=["week", "method", "wape", "n"])


@pytest.fixture
def many(errors: pd.DataFrame) -> pd.DataFrame:
    more = [errors[errors["method"] == "Pace"].assign(method=f"Method {at}") for at in range(10)]
    return pd.concat([errors, *more], ignore_index=True)


@pytest.fixture
def floor() -> pd.Series:
    return pd.Series([0.06 * (13 - week) / 12 for week in WEEKS], index=list(WEEKS))


def trace(fig: Any, name: str) -> Any:
    return next(one for one in fig.data if one.name == name)


def labels(fig: Any) -> list[Any]:
    return [a for a in fig.layout.annotations if a.xanchor == "left" and "%" in a.text]


def test_the_model_is_thick_and_coloured_the_others_grey_and_hollow(errors: pd.DataFrame, dark: bool) -> None:
    colours = style.palette(dark)
    fig = error_by_week(errors, ours="Plumbline", dark=dark)
    ours, pace, weighted = (trace(fig, name) for name in ("Plumbline", "Pace", "Won + weighted"))
    assert ours.line.color == ours.marker.color == colours.likely.mark
    assert ours.line.width > 2 * pace.line.width
    assert pace.marker.color == weighted.marker.color == colours.background
    assert pace.marker.line.color == colours.stated.mark
    assert pace.marker.symbol != weighted.marker.symbol
    assert fig.data[-1].name == "Plumbline"  # on top
    assert list(pace.y) == pytest.approx([0.03 * (13 - week) for week in WEEKS])


def test_best_of_the_others_first_at_most_nine(many: pd.DataFrame, errors: pd.DataFrame) -> None:
    assert ordered(errors, "Plumbline") == ["Plumbline", "Won + weighted", "Pace"]
    assert len(ordered(many, "Plumbline")) == MOST
    assert ordered(errors, "nobody") == ["Plumbline", "Won + weighted", "Pace"]


def test_labels_name_every_line_and_do_not_overlap(many: pd.DataFrame, dark: bool) -> None:
    fig = error_by_week(many, ours="Plumbline", dark=dark)
    named = labels(fig)
    assert len(named) == MOST
    assert named[0].text == "<b>● Plumbline 1%</b>"
    unit = (fig.layout.height - fig.layout.margin.t - fig.layout.margin.b) / fig.layout.yaxis.range[1]
    px = sorted(one.y * unit for one in named)
    assert px[0] >= 0  # Plotly hides a label whose place is off the axis
    assert all(b - a >= 17.9 for a, b in itertools.pairwise(px))


def test_glyphs_of_the_labels_are_those_of_the_lines(many: pd.DataFrame, dark: bool) -> None:
    fig = error_by_week(many, ours="Plumbline", dark=dark)
    glyphs = [one.text.split()[0] for one in labels(fig)[1:]]
    symbols = [one.marker.symbol for one in fig.data if one.name not in ("Plumbline", "floor")]
    assert len(set(glyphs)) == len(set(symbols)) == MOST - 1
    first = labels(fig)[1]
    assert "Won + weighted" in first.text
    assert (first.text[0], trace(fig, "Won + weighted").marker.symbol) == ("○", "circle")


def test_the_floor_is_an_area_and_says_what_it_is(
    errors: pd.DataFrame, floor: pd.Series, dark: bool, texts: Any
) -> None:
    fig = error_by_week(errors, ours="Plumbline", floor=floor, dark=dark)
    area = trace(fig, "floor")
    assert area.fill == "tozeroy"
    assert list(area.y) == list(floor)
    assert "chance alone makes this much" in texts(fig)
    bare = error_by_week(errors, ours="Plumbline", dark=dark)
    assert "floor" not in [one.name for one in bare.data]


def test_a_range_of_the_model_s_error_is_a_band(errors: pd.DataFrame, dark: bool) -> None:
    with_range = errors.assign(low=errors["wape"] / 2, high=errors["wape"] * 2)
    band = trace(error_by_week(with_range, ours="Plumbline", dark=dark), "Plumbline, range")
    assert band.y[0] == pytest.approx(0.24)
    assert band.y[-1] == pytest.approx(0.06)


def test_a_method_far_off_does_not_squeeze_the_others(errors: pd.DataFrame, dark: bool) -> None:
    wild = errors.assign(wape=errors["wape"].where(errors["method"] != "Pace", 9.0))
    fig = error_by_week(wild, ours="Plumbline", dark=dark)
    assert fig.layout.yaxis.range[1] < 1.1
    label = next(one for one in labels(fig) if "Pace" in one.text)
    assert label.y <= fig.layout.yaxis.range[1]
    assert "900%" in label.text


def test_a_missing_week_is_left_out(errors: pd.DataFrame, dark: bool) -> None:
    gone = errors.assign(wape=errors["wape"].where(errors["week"] != 3))
    assert 3 not in list(trace(error_by_week(gone, ours="Plumbline", dark=dark), "Pace").x)


def test_hover_says_how_many_quarters(errors: pd.DataFrame, dark: bool) -> None:
    hover = trace(error_by_week(errors, ours="Plumbline", dark=dark), "Pace").hovertext[0]
    assert hover == "<b>Pace</b>, week 1<br>off by 36% on average<br>8 past quarters"


def test_empty_says_so(errors: pd.DataFrame, dark: bool, texts: Any) -> None:
    nothing = errors.assign(wape=float("nan"))
    assert texts(error_by_week(nothing, ours="Plumbline", dark=dark)) == [NOTHING]
    assert describe(nothing, ours="Plumbline") == NOTHING


def test_describe(errors: pd.DataFrame, floor: pd.Series) -> None:
    assert describe(errors, ours="Plumbline", floor=floor) == (
        "Mean error by week of the quarter over 8 past quarters: Plumbline 12% in week 1, 1% in week 12;"
        " Won + weighted 24% in week 1, 2% in week 12; Pace 36% in week 1, 3% in week 12. Chance alone makes"
        " 0.5% to 6%."
    )
    fewer = errors.assign(n=[7] * 12 + [8] * 24)
    assert "over 7 to 8 past quarters" in describe(fewer, ours="Plumbline")
