from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.warning_effects import NOTHING, describe, warning_effects
from analytics.problems import NotEnough

NAN = float("nan")
COLUMNS = ["label", "effect", "low", "high", "won_effect", "won_low", "won_high"]
COLUMNS += ["slip_with", "slip_without", "n_with", "n_without", "missing"]


@pytest.fixture
def dark(look: dict[str, Any]) -> bool:
    return bool(look["dark"])


@pytest.fixture
def effects() -> pd.DataFrame:
    few = NotEnough("of 30 past deals needed, so many showed it", 12)
    return pd.DataFrame(
        [
            ("Nobody <b>there</b>", 0.08, 0.05, 0.11, -0.09, -0.12, -0.06, 0.6, 0.4, 1200, 800, None),
            ("Old", -0.01, -0.06, 0.04, -0.15, -0.19, -0.11, 0.4, 0.5, 300, 2000, None),
            ("Rare", NAN, NAN, NAN, NAN, NAN, NAN, 0.5, 0.4, 12, 2000, few),
        ],
        columns=COLUMNS,
    )


def drawn(fig: Any, name: str) -> dict[float, tuple[float, str]]:
    """Level -> (value, colour) of one panel's dots."""
    return {
        y: (x, trace.marker.color)
        for trace in fig.data
        if trace.name == name
        for x, y in zip(trace.x, trace.y, strict=True)
    }


def test_both_panels_show_their_effect_full_where_zero_is_left_out(effects: pd.DataFrame, dark: bool) -> None:
    fig = warning_effects(effects, dark=dark)
    full = style.palette(dark).likely.mark
    assert drawn(fig, "effect") == {0.0: (0.08, full), -1.0: (-0.01, style.faded(full, 0.45))}
    assert drawn(fig, "won_effect") == {0.0: (-0.09, full), -1.0: (-0.15, full)}


def test_intervals_end_where_they_were_measured(effects: pd.DataFrame, dark: bool) -> None:
    for trace in warning_effects(effects, dark=dark).data:
        kind = trace.name.removesuffix("effect")
        for x, y, up, down in zip(
            trace.x, trace.y, trace.error_x.array, trace.error_x.arrayminus, strict=True
        ):
            row = effects.iloc[int(-y)]
            assert x + up == pytest.approx(row[f"{kind}high"])
            assert x - down == pytest.approx(row[f"{kind}low"])


def test_both_panels_have_the_same_scale_around_zero_and_hold_every_interval(
    effects: pd.DataFrame, dark: bool
) -> None:
    fig = warning_effects(effects, dark=dark)
    left, right = fig.layout.xaxis, fig.layout.xaxis2
    assert left.range == right.range
    assert left.range[1] == -left.range[0] > 0.19
    assert left.domain[1] < right.domain[0]
    for axis, heading in ((left, "slipped"), (right, "won")):
        over = next(one for one in fig.layout.annotations if one.text == f"<b>{heading}</b>")
        assert over.x == pytest.approx(sum(axis.domain) / 2)
        assert over.xanchor == "center"


def test_too_little_data_is_said_in_its_row(effects: pd.DataFrame, dark: bool, texts: Any) -> None:
    fig = warning_effects(effects, dark=dark)
    said = [one for one in fig.layout.annotations if "not enough data (n=12)" in one.text]
    assert [one.y for one in said] == [-2.0]
    assert [text for text in texts(fig) if text.startswith("n=")] == ["n=1,200", "n=300", "n=12"]


def test_nothing_measured_draws_no_dot(effects: pd.DataFrame, dark: bool) -> None:
    fig = warning_effects(effects.tail(1).reset_index(drop=True), dark=dark)
    assert not any(len(trace.x) for trace in fig.data)
    assert fig.layout.xaxis.range[1] > 0


def test_labels_are_text_and_the_hover_is_exact(effects: pd.DataFrame, dark: bool) -> None:
    fig = warning_effects(effects, dark=dark)
    assert fig.layout.yaxis.ticktext[0] == "Nobody &lt;b&gt;there&lt;/b&gt;"
    hover = next(trace.hovertext[0] for trace in fig.data if len(trace.x))
    assert "slipped: 60% with it, 40% without" in hover
    assert "+8 points (+5 to +11)" in hover
    assert "won: -9 points (-12 to -6)" in hover
    assert "1,200 past deals with it, 800 without" in hover


def test_empty_says_so(effects: pd.DataFrame, dark: bool, texts: Any) -> None:
    assert texts(warning_effects(effects.head(0), dark=dark)) == [NOTHING]
    assert describe(effects.head(0)) == NOTHING


def test_describe(effects: pd.DataFrame) -> None:
    assert describe(effects) == (
        "What each warning went with: Nobody <b>there</b>: slipped +8 (+5 to +11) points, won -9 (-12 to -6)"
        " points, 1,200 deals; Old: slipped -1 (-6 to +4) points, won -15 (-19 to -11) points, 300 deals;"
        " Rare: not enough data (n=12): of 30 past deals needed, so many showed it."
    )
