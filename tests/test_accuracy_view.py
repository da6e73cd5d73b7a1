"""The page "Accuracy": its words and tables, on past quarters by hand."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.accuracy_view import (
    NO_TEAM,
    Accuracy,
    added_at,
    added_by_week,
    added_title,
    by_week,
    chance_note,
    chance_title,
    coverage_by_week,
    error_title,
    floor_by_week,
    headline,
    held,
    held_note,
    held_title,
    luck_title,
    pooled,
    target_words,
    team_table,
    team_title,
    week_at_first,
)
from analytics.company import Scope
from analytics.forecast.accuracy import OURS, compared
from analytics.forecast.calibration import Calibration
from analytics.forecast.record import Record
from analytics.forecast.track import Track
from analytics.problems import NotEnough
from tests.forecast.quarters import CALENDAR, KEYS, points_of

NONE = NotEnough("nothing is known", 0)
EMPTY = pd.DataFrame()
#: quarter, week (from 0), actual, p10, p50, p90
POINTS = points_of(
    [
        (KEYS[0], 4, 100.0, 80.0, 90.0, 110.0),
        (KEYS[1], 4, 200.0, 150.0, 180.0, 190.0),
        (KEYS[2], 4, 100.0, 90.0, 120.0, 140.0),
        (KEYS[0], 8, 100.0, 99.0, 100.0, 101.0),
        (KEYS[1], 8, 200.0, 150.0, 210.0, 260.0),
        (KEYS[2], 8, 100.0, 90.0, 100.0, 140.0),
    ]
)
STATED = pd.DataFrame(
    [(key, week, "company", "", "CRM stage %", 150.0) for key in KEYS[:3] for week in (4, 8)],
    columns=["quarter", "week", "kind", "key", "method", "value"],
)
TEAMS = pd.DataFrame(
    {
        "key": ["North", "(not recorded)", "South"],
        "n": 3,
        "bias": [-0.2, 0.1, 0.15],
        "low": [-0.3, -0.1, 0.05],
        "high": [-0.1, 0.3, 0.25],
    }
)
ADDED = pd.DataFrame(
    {
        "week": [4] * 4 + [8] * 4,
        "method": ["reps' calls summed", "managers' calls summed", "the company's call", OURS] * 2,
        "n": 3,
        "wape": [0.30, 0.25, 0.32, 0.15, 0.2, 0.2, 0.2, 0.1],
        "bias": -0.1,
    }
)
FLOOR = pd.DataFrame({"week": [5, 9], "n": 3, "deals": 40.0, "alike": 9.0, "own": [0.1, 0.05], "shared": 0.2})


def accuracy_of(points: pd.DataFrame = POINTS, stated: pd.DataFrame = STATED) -> Accuracy:
    record = Record(EMPTY, EMPTY, points, [])
    track = Track(points, compared(points, stated))
    return Accuracy("", record, track, FLOOR, NONE, TEAMS, ADDED, NONE)


VIEW = accuracy_of()
CHANCES = Calibration(
    pd.DataFrame(
        {
            "said": [0.05, 0.2, 0.3, 0.6],
            "happened": [0.05, 0.22, 0.36, 0.58],
            "n": 100,
            "low": 0.0,
            "high": 1.0,
        }
    ),
    error=0.02,
    noise=0.01,
    noise_high=0.03,
    deals=400,
    quarters=3,
)


def test_the_sentence_says_how_far_off_and_what_luck_makes() -> None:
    lead, rest = headline(VIEW, 5)
    assert lead.startswith("At week 5 of the last 3 quarters this was off by 12% on average")
    assert "won + weighted pipeline by 38%" in lead
    assert "its 80% range held 2 of 3" in lead
    assert "Over all weeks it was neither too high nor too low." in rest  # 400 said, 400 booked
    assert "with 40 open deals of such sizes" in rest
    assert "off by 10% at this week, and by 20% with the luck" in rest


@pytest.mark.parametrize(("factor", "words"), [(1.1, "10% too high"), (0.5, "50% too low")])
def test_which_way_it_leans(factor: float, words: str) -> None:
    exact = POINTS.assign(p50=POINTS["actual"] * factor)
    assert f"Over all weeks it was {words}." in headline(accuracy_of(exact), 5)[1]


def test_too_few_quarters_are_said() -> None:
    few = accuracy_of(POINTS[POINTS["quarter"] != KEYS[0]])
    assert isinstance(few.missing, NotEnough)
    assert few.missing.n == 2
    assert few.weeks == []
    assert VIEW.missing is None


def test_nothing_booked_is_said() -> None:
    none = accuracy_of(POINTS.assign(actual=0.0))
    assert "cannot be said yet: not enough data" in headline(none, 5)[0]
    assert "Nothing was booked" in error_title(none)


def test_errors_by_week_count_weeks_from_one() -> None:
    table = by_week(VIEW).set_index(["week", "method"])
    assert table.loc[(5, OURS), "wape"] == pytest.approx(50 / 400)
    assert table.loc[(9, OURS), "wape"] == pytest.approx(10 / 400)
    assert table.loc[(5, "CRM stage %"), "wape"] == pytest.approx(150 / 400)
    assert (table["n"] == 3).all()
    assert pooled(VIEW).set_index("method").loc[OURS, "wape"] == pytest.approx(60 / 800)
    assert floor_by_week(VIEW).to_dict() == {5: 0.1, 9: 0.05}


def test_the_title_counts_the_weeks_that_were_won() -> None:
    assert error_title(VIEW) == "The forecast was nearer than every simple method in 2 of 2 weeks"
    better = accuracy_of(stated=STATED.assign(value=[100.0, 100.0, 200.0, 200.0, 100.0, 100.0]))
    assert "in 0 of 2 weeks" in error_title(better)


def test_a_method_that_spoke_in_too_few_quarters_is_not_held_against_it() -> None:
    exact = STATED.assign(value=[100.0, 100.0, 200.0, 200.0, 100.0, 100.0])
    once = accuracy_of(stated=exact[exact["quarter"] == KEYS[0]])
    assert set(by_week(once)["method"]) == {OURS}
    assert "in 2 of 2 weeks" in error_title(once)
    assert "CRM stage %" in set(pooled(once)["method"])


def test_ranges_at_a_week() -> None:
    table = held(VIEW, 5)
    assert list(table["quarter"]) == KEYS[:3]
    assert table[["p10", "p90", "actual", "stated"]].iloc[1].tolist() == [150, 190, 200, 150]
    assert "target" not in table
    assert held_title(VIEW, 5) == "At week 5 the 80% range held in 2 of 3 quarters"
    assert held_title(VIEW, 9) == "At week 9 the 80% range held in 3 of 3 quarters"
    assert "Over all weeks it held in 83%" in held_note(VIEW)
    with_target = accuracy_of(POINTS.assign(target=150.0))
    assert held(with_target, 5)["target"].tolist() == [150.0] * 3


def test_the_range_by_week_and_over_all() -> None:
    table = coverage_by_week(VIEW).set_index("Week")
    assert list(table.index) == ["5", "9", "All"]
    assert table.loc["All", ["Quarters", "Held", "Of"]].tolist() == [3, 5, 6]
    assert table.loc["5", "Share"] == pytest.approx(2 / 3)


def test_target_chances_in_words() -> None:
    assert "could not be checked: not enough data (n=0)" in target_words(VIEW)
    good = replace(VIEW, targets={"n": 8, "brier": 0.1, "base_rate": 0.25, "gain": 0.6})
    assert "Brier score 0.100, better than the 0.250" in target_words(good)
    bad = replace(VIEW, targets={"n": 8, "brier": 0.3, "base_rate": 0.25, "gain": -0.2})
    assert "no better than" in target_words(bad)


def test_chances_in_words() -> None:
    assert chance_title(CHANCES) == (
        "Won were 22% of those said to be won at 20%, 36% of those said to be won at 30% and 58% of those"
        " said to be won at 60%"
    )
    assert "off by 2.0 points on average" in chance_note(CHANCES)
    assert "no sign of wrong chances" in chance_note(CHANCES)
    assert "more than luck makes" in chance_note(replace(CHANCES, error=0.04))


def test_teams_in_words() -> None:
    table = team_table(VIEW)
    assert list(table["The number was"]) == ["too low", "not clear", "too high"]
    assert list(table["Team"]) == ["North", NO_TEAM, "South"]
    assert team_title(VIEW) == "The number of 3 teams: 1 too low and 1 too high"
    unclear = replace(VIEW, teams=TEAMS.assign(low=-0.1, high=0.1))
    assert team_title(unclear) == "The number of 3 teams: none surely too high or too low"


def test_what_each_step_of_the_call_added() -> None:
    table = added_at(VIEW, 5)
    assert np.isnan(table["better"].iloc[0])
    assert table["better"].iloc[1:].tolist() == pytest.approx([0.05, -0.07, 0.17])
    assert added_title(VIEW, 5) == (
        "Against the step before, at week 5: managers' calls summed 5 points nearer, the company's call"
        " 7 points further off and Plumbline 17 points nearer"
    )
    assert "managers' calls summed as near, the company's call as near" in added_title(VIEW, 9)
    assert list(added_by_week(VIEW).columns) == ["week", *ADDED["method"].iloc[:4]]
    assert added_by_week(VIEW)["week"].tolist() == [5, 9]
    silent = replace(VIEW, added=EMPTY)
    assert added_at(silent, 5).empty
    assert added_by_week(silent).empty
    assert added_title(silent, 5) == "What each step of the call added"


def test_luck_in_words() -> None:
    assert (
        luck_title(VIEW, 5)
        == "At week 5 luck alone makes an error of 10%, with the luck that deals share 20%"
    )
    assert luck_title(VIEW, 6) == "The error that nobody can go below"


@pytest.mark.parametrize(
    ("as_of", "quarter", "week"),
    [
        (date(2026, 10, 3), "2026Q4", 5),  # week 1: the nearest that was tested
        (date(2026, 12, 30), "2026Q4", 9),
        (date(2026, 11, 15), "2027Q1", 5),  # not in the quarter: 7 lies between, the first counts
    ],
)
def test_the_week_at_first(as_of: date, quarter: str, week: int) -> None:
    assert week_at_first(VIEW, Scope(as_of, CALENDAR.parse(quarter))) == week
