from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.data_quality_trend import NOTHING, data_quality_trend, describe

LOCALE = "en_US"


@pytest.fixture
def dark(look: dict[str, Any]) -> bool:
    return bool(look["dark"])


@pytest.fixture
def weeks() -> pd.DataFrame:
    days = pd.to_datetime(["2026-03-01", "2026-03-08", "2026-03-15"])
    shares = {"any": [0.1, 0.2, 0.3], "A <b>check</b>": [0.05, None, 0.1], "new": [None, None, 0.1]}
    rows = [(day, name, share) for name, of in shares.items() for day, share in zip(days, of, strict=True)]
    return pd.DataFrame(rows, columns=["day", "name", "share"])


def test_the_first_line_is_coloured_and_the_others_grey(weeks: pd.DataFrame, dark: bool) -> None:
    fig = data_quality_trend(weeks, locale=LOCALE, dark=dark)
    colours = style.palette(dark)
    drawn = {trace.name: trace for trace in fig.data}
    assert set(drawn) == {"any", "A <b>check</b>"}, "one week is no line"
    assert drawn["any"].line.color == colours.risk.mark
    assert list(drawn["any"].y) == [0.1, 0.2, 0.3]
    assert drawn["A <b>check</b>"].line.color == colours.stated.mark
    assert list(drawn["A <b>check</b>"].y) == [0.05, 0.1], "a week that was not judged is no 0"
    assert fig.layout.yaxis.range[0] == 0


def test_names_stand_at_the_ends_apart_and_safe(weeks: pd.DataFrame, dark: bool, texts: Any) -> None:
    close = weeks.assign(share=weeks["share"].where(weeks["name"] != "any", 0.1))
    fig = data_quality_trend(close, locale=LOCALE, dark=dark)
    assert texts(fig) == ["<b>10% any</b>", "10% A &lt;b&gt;check&lt;/b&gt;"]
    first, second = (annotation.y for annotation in fig.layout.annotations)
    assert first != second


def test_too_few_weeks_say_so(weeks: pd.DataFrame, dark: bool, texts: Any) -> None:
    for given in (weeks.iloc[:0], weeks[weeks["day"] == weeks["day"].max()]):
        assert texts(data_quality_trend(given, locale=LOCALE, dark=dark)) == [NOTHING]
        assert describe(given, locale=LOCALE) == NOTHING


def test_described_in_words(weeks: pd.DataFrame) -> None:
    assert describe(weeks, locale=LOCALE) == (
        "Lines by week. any 10% on Mar 1, 2026, 30% on Mar 15, 2026;"
        " A <b>check</b> 5% on Mar 1, 2026, 10% on Mar 15, 2026."
    )
