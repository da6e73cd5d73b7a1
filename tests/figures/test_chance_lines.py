from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from analytics.figures import style
from analytics.figures.chance_lines import NOTHING, chance_lines, describe

LOCALE = "en_US"


@pytest.fixture
def dark(look: dict[str, Any]) -> bool:
    return bool(look["dark"])


@pytest.fixture
def weeks() -> pd.DataFrame:
    return pd.DataFrame(
        [
            ("2024-06-17", "2024Q2", 0.30, 0.5, ""),
            ("2024-06-24", "2024Q2", 0.10, 0.5, "pushed <b>out</b>: -20"),
            ("2024-07-01", "2024Q3", 0.60, 0.8, ""),
        ],
        columns=["landmark", "quarter", "p_won", "stated", "why"],
    ).assign(landmark=lambda table: pd.to_datetime(table["landmark"]))


def lines(fig: Any, name: str) -> list[Any]:
    return [trace for trace in fig.data if trace.name == name]


@pytest.mark.parametrize(("name", "column"), [("evidenced", "p_won"), ("stated", "stated")])
def test_a_line_per_quarter_that_ends_with_it(
    weeks: pd.DataFrame, dark: bool, name: str, column: str
) -> None:
    found = lines(chance_lines(weeks, locale=LOCALE, dark=dark), name)
    assert [list(line.y) for line in found] == [list(weeks[column].iloc[:2]), list(weeks[column].iloc[2:])]
    assert [pd.Timestamp(day) for line in found for day in line.x] == list(weeks["landmark"])


def test_stated_is_hollow_and_grey_and_evidenced_solid(weeks: pd.DataFrame, dark: bool) -> None:
    fig = chance_lines(weeks, locale=LOCALE, dark=dark)
    colours = style.palette(dark)
    stated, evidenced = lines(fig, "stated")[0], lines(fig, "evidenced")[0]
    assert (evidenced.line.color, evidenced.line.dash) == (colours.likely.mark, "solid")
    assert (stated.line.color, stated.line.dash) == (colours.stated.mark, "dot")
    assert stated.marker.symbol == "circle-open"


def test_filled_dots_stand_where_something_moved_it_and_say_what(weeks: pd.DataFrame, dark: bool) -> None:
    marked = next(
        trace for trace in chance_lines(weeks, locale=LOCALE, dark=dark).data if trace.mode == "markers"
    )
    assert [pd.Timestamp(day) for day in marked.x] == [pd.Timestamp("2024-06-24")]
    assert list(marked.y) == [0.10]
    assert list(marked.hovertext) == ["Jun 24, 2024: 10%<br>pushed &lt;b&gt;out&lt;/b&gt;: -20"]


def test_both_lines_are_named_at_their_end_and_each_quarter_at_its_start(
    weeks: pd.DataFrame, dark: bool, texts: Any
) -> None:
    fig = chance_lines(weeks, locale=LOCALE, dark=dark)
    assert set(texts(fig)) == {
        "by the end of 2024Q2",
        "by the end of 2024Q3",
        "evidenced 60%",
        "stated 80%",
    }
    ends = {one.text: (pd.Timestamp(one.x), one.y) for one in fig.layout.annotations}
    assert ends["evidenced 60%"] == (pd.Timestamp("2024-07-01"), 0.60)
    assert ends["by the end of 2024Q3"][0] == pd.Timestamp("2024-07-01")


def test_a_quarter_of_few_weeks_is_named_shortly_or_not_at_all(dark: bool, texts: Any) -> None:
    for first, name in (("2024-06-03", ["2024Q2"]), ("2024-06-24", [])):
        weeks = pd.DataFrame({"landmark": pd.date_range(first, "2024-09-24", freq="7D")})
        is_second = weeks["landmark"] >= "2024-07-01"
        weeks = weeks.assign(quarter=is_second.map({False: "2024Q2", True: "2024Q3"}))
        weeks = weeks.assign(p_won=0.5, stated=0.5, why="")
        said = [text for text in texts(chance_lines(weeks, locale=LOCALE, dark=dark)) if "2024" in text]
        assert said == [*name, "by the end of 2024Q3"]


def test_the_axis_starts_at_zero_and_holds_both_lines(weeks: pd.DataFrame, dark: bool) -> None:
    assert chance_lines(weeks, locale=LOCALE, dark=dark).layout.yaxis.range == pytest.approx((0, 0.92))
    sure = weeks.assign(stated=0.98)
    assert chance_lines(sure, locale=LOCALE, dark=dark).layout.yaxis.range == (0, 1)


def test_one_week_is_no_history(weeks: pd.DataFrame, dark: bool, texts: Any) -> None:
    for few in (weeks.head(0), weeks.head(1)):
        assert texts(chance_lines(few, locale=LOCALE, dark=dark)) == [NOTHING]
        assert describe(few, locale=LOCALE) == NOTHING


def test_describe(weeks: pd.DataFrame) -> None:
    assert describe(weeks, locale=LOCALE) == (
        "Chance over 3 weeks: evidenced 30% at first, 60% now; stated 80% now."
        " Moved by: Jun 24, 2024 pushed <b>out</b>: -20"
    )
    assert "Moved" not in describe(weeks.assign(why=""), locale=LOCALE)
