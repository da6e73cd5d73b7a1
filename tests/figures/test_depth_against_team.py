"""A rep's depth beside the team's: what is drawn solid, hollow and faded, and what is said instead."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.depth_against_team import NOTHING, depth_against_team, describe

TABLE = pd.DataFrame(
    {
        "label": ["Budget", "Impact", "<b>Own</b>"],
        "value": [0.6, 1.9, np.nan],
        "low": [0.3, 1.6, np.nan],
        "high": [0.9, 2.2, np.nan],
        "team": [1.3, 1.8, 1.0],
        "past": [0.8, np.nan, np.nan],
        "n": [39, 39, 3],
        "differs": [True, False, False],
    }
)


@pytest.mark.parametrize("dark", [False, True])
def test_what_differs_is_strong_and_the_rest_faded(dark: bool) -> None:
    fig = depth_against_team(TABLE, dark=dark)
    reps = [trace for trace in fig.data if trace.name == "this rep"]
    assert list(reps[0].x) == [0.6]
    assert reps[0].marker.color == style.palette(dark).likely.mark
    assert reps[1].marker.color != reps[0].marker.color
    team = next(trace for trace in fig.data if trace.name == "team")
    assert list(team.x) == list(TABLE["team"])
    past = next(trace for trace in fig.data if trace.name == "past")
    assert past.marker.symbol == "circle-open"
    low, high = fig.layout.xaxis.range
    assert low < 0 < TABLE["high"].max() < high


def test_it_is_said_in_words() -> None:
    said = describe(TABLE)
    assert "Budget: 0.6 (0.3 to 0.9), team 1.3, a year before 0.8, 39 deals" in said
    assert "too few deals (3)" in said
    assert describe(TABLE.head(0)) == NOTHING
    assert depth_against_team(TABLE.head(0), dark=False).layout.annotations


def test_customer_text_is_not_markup() -> None:
    hover = [text for trace in depth_against_team(TABLE, dark=False).data for text in (trace.hovertext or [])]
    assert not [text for text in hover if "<b>Own</b>" in text.removeprefix("<b>")]
