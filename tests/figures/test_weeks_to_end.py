from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.weeks_to_end import NOTHING, describe, weeks_to_end

NAN = float("nan")


@pytest.fixture
def weeks() -> pd.DataFrame:
    rows = [(2, 8e6, 6e6, 9e6, 9e6), (1, 9e6, 8e6, 11e6, 12e6), (3, 7.1e6, NAN, NAN, 7.4e6)]
    return pd.DataFrame(rows, columns=["week", "expected", "p10", "p90", "stated"])


def trace(fig: Any, name: str) -> Any:
    return next(one for one in fig.data if one.name == name)


def test_weeks_run_left_to_right_and_stated_is_hollow(weeks: pd.DataFrame, look: dict[str, Any]) -> None:
    fig = weeks_to_end(weeks, 7e6, week=2, **look)
    assert list(trace(fig, "expected").y) == [9e6, 8e6, 7.1e6]
    assert trace(fig, "stated").marker.symbol == "circle-open"
    assert list(trace(fig, "range").y) == [11e6, 9e6, 6e6, 8e6], "the week without a range has none"
    assert fig.layout.yaxis.range[0] == 0


def test_the_end_and_the_weeks_that_missed_it(weeks: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    fig = weeks_to_end(weeks, 7e6, week=2, **look)
    assert list(trace(fig, "outside").x) == [1]
    assert trace(fig, "outside").marker.color == style.palette(look["dark"]).lost.mark
    ends = [one for one in fig.layout.shapes if one.y0 == one.y1 == 7e6]
    assert len(ends) == 1
    said = texts(fig)
    assert "<b>ended at $7.0M</b>" in said
    assert "week 2" in said


def test_words(weeks: pd.DataFrame, look: dict[str, Any]) -> None:
    words = {key: look[key] for key in ("currency", "locale")}
    text = describe(weeks, 7e6, week=2, **words)
    assert text.startswith(
        "Lines by week; the quarter ended at $7.0M, week 2 is marked. Week 1: $9.0M expected"
    )
    for word in ("missed", "held", "no range"):
        assert word in text
    assert describe(weeks.iloc[:0], 7e6, week=2, **words) == NOTHING
