from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures.calibration_dots import NOTHING, calibration_dots, describe


@pytest.fixture
def dark(look: dict[str, Any]) -> bool:
    return bool(look["dark"])


@pytest.fixture
def calibration() -> pd.DataFrame:
    return pd.DataFrame(
        [(0.10, 0.12, 0.05, 0.25, 40), (0.55, 0.40, 0.30, 0.52, 1)],
        columns=["said", "happened", "low", "high", "n"],
    )


def test_a_dot_per_tenth_at_what_was_said_and_what_happened(calibration: pd.DataFrame, dark: bool) -> None:
    dots = next(trace for trace in calibration_dots(calibration, dark=dark).data if trace.mode == "markers")
    assert list(dots.x) == [0.10, 0.55]
    assert list(dots.y) == [0.12, 0.40]


def test_every_dot_has_its_interval_apart_from_the_others(calibration: pd.DataFrame, dark: bool) -> None:
    lines = next(trace for trace in calibration_dots(calibration, dark=dark).data if trace.mode == "lines")
    assert list(lines.x) == [0.10, 0.10, None, 0.55, 0.55, None]
    assert list(lines.y) == [0.05, 0.25, None, 0.30, 0.52, None]


def test_the_line_of_kept_words_is_the_diagonal_of_equal_axes(calibration: pd.DataFrame, dark: bool) -> None:
    fig = calibration_dots(calibration, dark=dark)
    line = fig.layout.shapes[0]
    assert (line.x0, line.y0) == (0, 0)
    assert line.x1 == line.y1
    assert fig.layout.xaxis.range == fig.layout.yaxis.range == pytest.approx((-0.02, 0.60))


def test_the_axes_hold_every_interval_but_never_more_than_all(calibration: pd.DataFrame, dark: bool) -> None:
    wide = calibration.assign(high=[0.9, 0.99])
    assert calibration_dots(wide, dark=dark).layout.yaxis.range == (-0.02, 1)


def test_the_hover_gives_the_interval_and_the_number_of_deals(calibration: pd.DataFrame, dark: bool) -> None:
    dots = next(trace for trace in calibration_dots(calibration, dark=dark).data if trace.mode == "markers")
    assert list(dots.hovertext) == [
        "said 10%<br>happened 12% (5% to 25%, 40 deals)",
        "said 55%<br>happened 40% (30% to 52%, 1 deal)",
    ]


def test_without_a_model_it_says_so(calibration: pd.DataFrame, dark: bool, texts: Any) -> None:
    assert texts(calibration_dots(calibration.head(0), dark=dark)) == [NOTHING]
    assert describe(calibration.head(0)) == NOTHING


def test_describe(calibration: pd.DataFrame) -> None:
    assert describe(calibration) == (
        "Chances said and what happened, by tenths: said 10%, happened 12% (5% to 25%, 40 deals);"
        " said 55%, happened 40% (30% to 52%, 1 deal)"
    )


def test_a_band_shows_where_right_chances_fall_by_luck(
    calibration: pd.DataFrame, dark: bool, texts: Any
) -> None:
    plain = calibration_dots(calibration, dark=dark)
    noise = calibration.assign(noise_low=[0.06, 0.45], noise_high=[0.16, 0.65])
    fig = calibration_dots(noise, dark=dark)
    low, high = fig.data[:2]
    assert list(low.y) == [0.06, 0.45]
    assert list(high.y) == [0.16, 0.65]
    assert high.fill == "tonexty"
    assert [text for text in texts(fig) if text not in texts(plain)] == ["right chances fall here by luck"]
