"""The waterfall of what changed, and the weeks of a quarter."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures import style, weekly_trend
from analytics.figures.change_waterfall import NOTHING, change_waterfall, describe
from analytics.problems import BadInput

ROWS = [
    ("On May 1, 2024", 1000.0, "start", 9),
    ("Won", -700.0, "won", 2),
    ("Lost", -100.0, "lost", 1),
    ("New", 300.0, "in", 3),
    ("Category up", 0.0, "out", 2),
    ("On May 8, 2024", 500.0, "end", 9),
]


@pytest.fixture
def steps() -> pd.DataFrame:
    return pd.DataFrame(ROWS, columns=["step", "amount", "kind", "n"])


def test_steps_lead_from_one_end_to_the_other(steps: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    fig = change_waterfall(steps, by_money=True, **look)
    (bar,) = fig.data
    assert list(bar.base) == [0, 300, 200, 200, 500, 0]
    assert list(bar.x) == [1000, 700, 100, 300, 0, 500]
    colours = style.palette(look["dark"])
    assert list(bar.marker.color)[:4] == [
        colours.background,  # what the CRM states is hollow
        colours.won.mark,
        colours.lost.mark,
        colours.likely.mark,
    ]
    assert {"<b>$1K · 9 deals</b>", "-$700 · 2 deals", "$0 · 2 deals"} <= set(texts(fig))
    with pytest.raises(BadInput, match="do not add up"):
        change_waterfall(steps.assign(amount=steps["amount"] + [0, 1, 0, 0, 0, 0]), by_money=True, **look)


def test_small_changes_are_seen_beside_large_sums(steps: pd.DataFrame, look: dict[str, Any]) -> None:
    far = steps.assign(amount=[9000.0, -700.0, -100.0, 300.0, 0.0, 8500.0])
    bar, ends = change_waterfall(far, by_money=True, **look).data
    assert list(ends.x) == [9000, 8500]
    assert len(bar.x) == 4
    assert min(bar.base) > 0


def test_deals_are_counted_as_deals(steps: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    deals = steps.assign(amount=[9.0, -2.0, -1.0, 3.0, 0.0, 9.0])
    said = texts(change_waterfall(deals, by_money=False, **look))
    assert {"<b>9 deals</b>", "-2", "+3", "0 of 2"} <= set(said)
    assert "On May 8, 2024 9 deals" in describe(deals, by_money=False, currency="USD", locale="en_US")


def test_nothing_there_is_said(steps: pd.DataFrame, look: dict[str, Any], words: dict[str, Any]) -> None:
    none = steps.iloc[[0, 5]].assign(amount=0.0, n=0)
    assert change_waterfall(none, by_money=True, **look).layout.annotations[0].text == NOTHING
    assert describe(none, by_money=True, **words) == NOTHING


@pytest.fixture
def trend() -> pd.DataFrame:
    nan = float("nan")
    return pd.DataFrame(
        {
            "day": pd.to_datetime(["2024-04-01", "2024-04-08"]),
            "won": [0.0, 50.0],
            "commit": [100.0, 80.0],
            "best_case": [40.0, 40.0],
            "open_pipeline": [200.0, 150.0],
            "target": [300.0, 300.0],
            "called": [nan, 120.0],
        }
    )


def test_weeks_stack_up_to_won_and_open(trend: pd.DataFrame, look: dict[str, Any]) -> None:
    fig = weekly_trend.weekly_trend(trend, **look)
    bars = {bar.name: bar for bar in fig.data if bar.type == "bar"}
    last = bars["pipeline"]
    assert [base + height for base, height in zip(last.base, last.y, strict=True)] == [200, 200]
    assert [one.name for one in fig.data if one.type == "scatter"] == ["target", "called"]
    fig = weekly_trend.weekly_trend(trend.assign(expected=[180.0, 190.0]), **look)
    assert fig.data[-1].name == "expected"
    assert fig.data[-1].line.color == style.palette(look["dark"]).likely.mark


def test_weeks_in_words(trend: pd.DataFrame, words: dict[str, Any]) -> None:
    text = weekly_trend.describe(trend, **words)
    assert (
        "On Apr 8, 2024: won $50, commit $80, best case $40, pipeline $30, target $300, called $120" in text
    )
    assert weekly_trend.describe(trend.iloc[:0], **words) == weekly_trend.NOTHING
