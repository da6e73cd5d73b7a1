from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.reasons_waterfall import NOTHING, describe, reasons_waterfall, waterfall_rows


@pytest.fixture
def dark(look: dict[str, Any]) -> bool:
    return bool(look["dark"])


@pytest.fixture
def reasons() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("normal", "a normal deal in Proposal, week 7", 0.30),
            ("age", "open for <i>40</i> days", 0.02),
            ("pushes", "pushed 3 times", -0.12),
            ("budget", "budget is evidenced", 0.06),
        ],
        columns=["reason", "text", "won"],
    )


@pytest.fixture
def many(reasons: pd.DataFrame) -> pd.DataFrame:
    small = pd.DataFrame({"reason": [f"r{at}" for at in range(12)], "won": 0.001})
    return pd.concat([reasons, small.assign(text="little " + small["reason"])], ignore_index=True)


def test_the_steps_lead_from_the_normal_deal_to_this_one_strongest_first(reasons: pd.DataFrame) -> None:
    rows = waterfall_rows(reasons)
    assert list(rows["kind"]) == ["normal", "step", "step", "step", "deal"]
    assert list(rows["label"].iloc[1:4]) == [
        "pushed 3 times",
        "budget is evidenced",
        "open for <i>40</i> days",
    ]
    assert list(rows["start"]) == pytest.approx([0, 0.30, 0.18, 0.24, 0])
    assert list(rows["end"]) == pytest.approx([0.30, 0.18, 0.24, 0.26, 0.26])


def test_each_step_starts_where_the_one_before_ended_and_the_last_ends_at_the_deal(
    many: pd.DataFrame,
) -> None:
    rows = waterfall_rows(many)
    assert list(rows["start"].iloc[1:-1]) == list(rows["end"].iloc[:-2])
    assert rows["end"].iloc[-2] == pytest.approx(rows["end"].iloc[-1], abs=1e-12)
    assert rows["end"].iloc[-1] == pytest.approx(many["won"].sum(), abs=1e-12)


def test_small_reasons_are_one_step(many: pd.DataFrame, reasons: pd.DataFrame) -> None:
    rows = waterfall_rows(many)
    assert len(rows) == 1 + 9 + 1 + 1
    rest = rows[rows["kind"] == "rest"].iloc[0]
    assert rest["label"] == "6 smaller reasons together"
    assert rest["end"] - rest["start"] == pytest.approx(0.006)
    assert "rest" not in set(waterfall_rows(reasons)["kind"])
    assert waterfall_rows(many.head(11)).iloc[-2]["label"] == "1 smaller reason together"


def test_bars_span_their_step_and_go_downwards(reasons: pd.DataFrame, dark: bool) -> None:
    bar = reasons_waterfall(reasons, dark=dark).data[0]
    assert list(bar.base) == pytest.approx([0, 0.30, 0.18, 0.24, 0])
    assert [start + size for start, size in zip(bar.base, bar.x, strict=True)] == pytest.approx(
        [0.30, 0.18, 0.24, 0.26, 0.26]
    )
    assert list(bar.y) == [0, -1, -2, -3, -4]


def test_a_bar_s_colour_says_its_direction_and_what_is_a_sum(reasons: pd.DataFrame, dark: bool) -> None:
    colours = style.palette(dark)
    assert list(reasons_waterfall(reasons, dark=dark).data[0].marker.color) == [
        colours.stated.mark,
        colours.lost.mark,
        colours.won.mark,
        colours.won.mark,
        colours.likely.mark,
    ]


def test_every_bar_has_its_value_beside_it(reasons: pd.DataFrame, dark: bool, texts: Any) -> None:
    fig = reasons_waterfall(reasons, dark=dark)
    assert texts(fig) == ["<b>30%</b>", "<b>-12</b>", "<b>+6</b>", "<b>+2</b>", "<b>26%</b>"]
    assert [one.x for one in fig.layout.annotations] == pytest.approx([0.30, 0.30, 0.24, 0.26, 0.26])


def test_the_axis_starts_at_zero_and_holds_every_bar_with_its_value(
    reasons: pd.DataFrame, dark: bool
) -> None:
    low, high = reasons_waterfall(reasons, dark=dark).layout.xaxis.range
    assert -0.02 < low < 0
    assert high > 0.30
    tiny = reasons.assign(won=reasons["won"] / 100)
    low, high = reasons_waterfall(tiny, dark=dark).layout.xaxis.range
    assert -0.0002 < low < 0
    assert 0.003 < high < 0.0036
    deep = reasons.assign(won=[0.05, 0.2, -0.24, 0.0])
    assert reasons_waterfall(deep, dark=dark).layout.xaxis.range[0] < 0.05 - 0.24


def test_there_is_room_for_the_longest_label(reasons: pd.DataFrame, dark: bool) -> None:
    long = reasons.assign(text="W" * 34 + " " + "W" * 34)
    assert reasons_waterfall(long, dark=dark).layout.margin.l > 34 * 13 * 0.9
    assert reasons_waterfall(reasons, dark=dark).layout.margin.l < 300


def test_labels_and_hover_show_texts_as_typed(reasons: pd.DataFrame, dark: bool) -> None:
    fig = reasons_waterfall(reasons, dark=dark)
    assert fig.layout.yaxis.ticktext[3] == "open for &lt;i&gt;40&lt;/i&gt; days"
    assert fig.data[0].hovertext[3] == "open for &lt;i&gt;40&lt;/i&gt; days<br>+2"


def test_without_reasons_it_says_so(reasons: pd.DataFrame, dark: bool, texts: Any) -> None:
    assert texts(reasons_waterfall(reasons.head(0), dark=dark)) == [NOTHING]
    assert describe(reasons.head(0)) == NOTHING


def test_describe(reasons: pd.DataFrame) -> None:
    assert describe(reasons) == (
        "From a normal deal in Proposal, week 7 at 30% to this deal at 26%: pushed 3 times -12; budget is"
        " evidenced +6; open for <i>40</i> days +2."
    )
