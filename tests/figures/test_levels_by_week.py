from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.figures import style
from analytics.figures.levels_by_week import NOTHING, describe, levels_by_week

START = pd.Timestamp("2026-05-04")
ROWS = pd.DataFrame(
    {"week": [-1, -1, 0, 2, 2], "level": [0, 3, 1, 0, 4], "deals": [3, 2, 5, 1, 4], "met": False}
).assign(starts_on=lambda rows: START + pd.to_timedelta(7 * rows["week"], unit="D"))


def test_a_block_per_week_and_level_in_the_colours_of_depth(look: dict[str, Any]) -> None:
    fig = levels_by_week(ROWS, begins="it begins", dark=look["dark"])
    assert sum(sum(trace.y) for trace in fig.data) == ROWS["deals"].sum()
    ramp = [shade.fill for shade in style.palette(look["dark"]).depth]
    assert [trace.marker.color for trace in fig.data] == ramp[::-1], "the deepest at the bottom"
    assert fig.layout.barmode == "stack"
    assert fig.layout.yaxis.rangemode == "tozero"


def test_the_line_stands_where_it_begins(look: dict[str, Any], texts: Any) -> None:
    fig = levels_by_week(ROWS, begins="it begins", dark=look["dark"])
    assert pd.Timestamp(fig.layout.shapes[0].x0) == START
    assert "it begins" in texts(fig)
    before = [x for trace in fig.data for x in trace.x if pd.Timestamp(x) < START]
    assert len(before) == 2


def test_in_a_sentence_and_empty(look: dict[str, Any], texts: Any) -> None:
    said = describe(ROWS)
    assert "before it began 5 deals moved on: 3 at level 0" in said
    assert "since it began 10 deals moved on" in said
    assert texts(levels_by_week(ROWS.head(0), begins="", dark=look["dark"])) == [NOTHING]
    assert describe(ROWS.head(0)) == NOTHING
