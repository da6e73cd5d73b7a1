from __future__ import annotations

import itertools
from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.pace_lines import NOTHING, describe, pace_lines


@pytest.fixture
def weeks() -> pd.DataFrame:
    rows = [
        (quarter, week, end * week / 13, False)
        for quarter, end in [("2025Q3", 7e6), ("2025Q4", 7.05e6), ("2026Q1", 7.1e6)]
        for week in range(14)
    ]
    rows += [("2026Q2", week, 0.6e6 * week, True) for week in range(7)]
    return pd.DataFrame(rows, columns=["quarter", "week", "won", "is_current"])


def test_past_is_thin_and_grey_current_thick_and_coloured(weeks: pd.DataFrame, look: dict[str, Any]) -> None:
    colours = style.palette(look["dark"])
    fig = pace_lines(weeks, 9e6, 5.6, **look)
    lines = {trace.name: trace for trace in fig.data}
    assert list(lines) == ["2025Q3", "2025Q4", "2026Q1", "2026Q2", "now"]
    assert lines["2026Q1"].line.color == colours.stated.mark
    assert lines["2026Q2"].line.color == colours.won.mark
    assert lines["2026Q2"].line.width > 2 * lines["2026Q1"].line.width
    assert fig.layout.yaxis.range[0] == 0


def test_current_line_ends_at_the_as_of_day_with_its_value(
    weeks: pd.DataFrame, look: dict[str, Any], texts: Any
) -> None:
    fig = pace_lines(weeks, 9e6, 5.6, **look)
    assert (fig.data[-1].x[0], fig.data[-1].y[0]) == (5.6, 3.6e6)
    assert fig.data[-2].x[-1] == 5.6
    assert "<b>2026Q2: $3.6M</b>" in texts(fig)
    assert "as-of day, week 6" in texts(fig)
    assert "Target $9.0M" in texts(fig)
    assert "$3,600,000.00" in fig.data[-2].hovertext[-1]


def test_end_labels_do_not_overlap(weeks: pd.DataFrame, look: dict[str, Any]) -> None:
    fig = pace_lines(weeks, 9e6, 5.6, **look)
    labels = sorted(a.y for a in fig.layout.annotations if a.text.startswith(("2025", "2026")))
    px = [y / fig.layout.yaxis.range[1] * 306 for y in labels]
    assert len(px) == 3
    assert all(b - a >= 16.9 for a, b in itertools.pairwise(px))


def test_no_target_no_line(weeks: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    assert not any("Target" in text for text in texts(pace_lines(weeks, None, 5.6, **look)))


def test_one_row_and_missing_values(look: dict[str, Any]) -> None:
    one = pd.DataFrame({"quarter": ["2026Q2"], "week": [0], "won": [0.0], "is_current": [True]})
    assert pace_lines(one, None, 0.1, **look).data[0].mode == "markers"
    missing = pd.concat([one, one.assign(week=1, won=None)], ignore_index=True).astype({"won": "Float64"})
    assert len(pace_lines(missing, None, 0.1, **look).data[0].x) == 1


def test_only_past_quarters_and_negative_money(weeks: pd.DataFrame, look: dict[str, Any]) -> None:
    past = weeks[~weeks["is_current"]]
    fig = pace_lines(past.assign(won=past["won"] - 1e6), 9e6, 20, **look)
    assert len(fig.data) == 3
    assert fig.layout.yaxis.range[0] == -1e6


def test_empty_says_so(weeks: pd.DataFrame, look: dict[str, Any], texts: Any) -> None:
    assert texts(pace_lines(weeks.head(0), None, 0, **look)) == [NOTHING]


def test_describe(weeks: pd.DataFrame, words: dict[str, Any]) -> None:
    assert describe(weeks, 9e6, 5.6, **words) == (
        "Lines of won money by week of the quarter: 2026Q2 stands at $3.6M won in week 6; "
        "3 past quarters ended between $7.0M and $7.1M; the target is $9.0M."
    )
    assert describe(weeks.head(0), None, 0, **words) == NOTHING
