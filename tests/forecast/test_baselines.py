"""Simpler methods by hand: what each says, that it learns from the past only, that its parts add up."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.forecast.baselines import METHODS, baselines, baselines_today, earlier
from tests.forecast.quarters import KEYS, calls_of, deal, deals_of, points_of, totals_of

PEOPLE = [("ann", "boss", "North"), ("bob", "boss", "North"), ("boss", "vp", "North")]
NOBODY = calls_of([], PEOPLE)
OPEN = [
    deal("commit", 100.0, category="Commit"),
    deal("pipeline", 40.0),
    deal("omitted", 1000.0, category="Omitted", p_stage=0.0, p_category=0.0),
    deal("later commit", 20.0, category="Commit", timing="later", amount_ratio=0.5),
    deal("no amount", float("nan"), category="Commit"),
    deal("no chance stated", 8.0, probability=float("nan"), p_stage=0.0, p_category=0.0),
]
WON = (10.0, 50.0, 100.0, 200.0)  # at each of WEEKS, in the end
PAST = dict.fromkeys(KEYS[:5], OPEN), dict.fromkeys(KEYS[:5], WON)


def said(*given_: Any, quarter: str = KEYS[4], kind: str = "company", key: str = "") -> pd.DataFrame:
    """Week x method."""
    found = baselines(*given_, [quarter], kind)
    mine = found[found["key"] == key]
    return mine.pivot(index="week", columns="method", values="value")[METHODS]


def test_each_method_says_what_a_calculation_by_hand_says() -> None:
    calls = calls_of([("", KEYS[4], "2024-02-01", 140.0), ("", KEYS[4], "2024-01-20", 130.0)], PEOPLE)
    found = said(deals_of(PAST[0]), totals_of(PAST[1]), calls)
    later = 0.5 * 20 * 0.5  # dated later, closes at half its amount, half of them won
    assert found.loc[4].to_dict() == pytest.approx(
        {
            "CRM stage %": 50 + 10 + 4,
            "stage x week": 50 + 50 + 20 + later + 5,
            "category x week": 50 + 25 + 10 + later / 2 + 5,
            "commit": 50 + 100,
            "submitted commit": 130,
            "commit x past realisation": 50 + 100 * 1.5,  # 150 came after 100 of commit
            "pace": 50 / 0.25,
            "run rate": 200,
            "mix of two": (50 + 50 + 20 + later + 5 + 200) / 2,
        }
    )
    assert found["submitted commit"].tolist() == pytest.approx([np.nan, 130, 140], nan_ok=True)


def test_what_has_nothing_to_say_is_missing() -> None:
    found = said(deals_of(PAST[0]), totals_of(PAST[1]), NOBODY)
    assert np.isnan(found.loc[0, "pace"]), "nothing can be foretold of the first day"
    assert found["submitted commit"].isna().all()
    assert found.dtypes.eq(float).all()
    fourth = said(deals_of(PAST[0]), totals_of(PAST[1]), NOBODY, quarter=KEYS[3])
    assert fourth["run rate"].isna().all(), "three quarters are not four"
    assert fourth.loc[4, "pace"] == pytest.approx(200)
    second = said(deals_of(PAST[0]), totals_of(PAST[1]), NOBODY, quarter=KEYS[1])
    learned = ["pace", "commit x past realisation", "run rate", "mix of two"]
    assert second[learned].isna().all().all()
    assert second[["CRM stage %", "stage x week", "commit"]].notna().all().all()
    unknown = totals_of(PAST[1]).assign(new_expected=float("nan"))
    assert said(deals_of(PAST[0]), unknown, NOBODY)[["stage x week", "mix of two"]].isna().all().all()
    none_by_then = totals_of(dict.fromkeys(KEYS[:4], (0.0, 0.0, 100.0, 200.0)) | {KEYS[4]: WON})
    assert np.isnan(said(deals_of(PAST[0]), none_by_then, NOBODY).loc[4, "pace"]), "a share of zero"


def test_the_run_rate_is_that_of_the_last_four_quarters() -> None:
    won = {key: (0.0, 0.0, 0.0, 100.0 * number) for number, key in enumerate(KEYS[:6])}
    found = said(deals_of(dict.fromkeys(KEYS[:6], OPEN)), totals_of(won), NOBODY, quarter=KEYS[5])
    assert found["run rate"].tolist() == [250.0] * 3, "quarters of 100, 200, 300 and 400, not the first of 0"


def test_pace_meets_days_of_quarters_of_different_length_and_between_landmarks() -> None:
    totals = totals_of(PAST[1])
    moved = totals["quarter"] == KEYS[4]
    totals.loc[moved, "landmark"] += pd.Timedelta(days=7)
    deals = deals_of(PAST[0])
    deals.loc[deals["quarter"] == KEYS[4], "landmark"] += pd.Timedelta(days=7)
    found = baselines(deals, totals, NOBODY, [KEYS[4]])
    pace = found[found["method"] == "pace"].set_index("week")["value"]
    assert pace[0] == pytest.approx(10 / 0.10), "a quarter of the way from 5 % to 25 %"
    # 63 days in, 27 left of 2024Q1: the same day before the end of quarters with 90 to 92 days
    shares = [0.5 + 0.5 * (length - 1 - 27 - 56) / (length - 1 - 56) for length in (90, 91, 92, 92)]
    assert pace[8] == pytest.approx(100 / np.median(shares))


def test_only_quarters_that_were_over_before_it_began_are_learned_from() -> None:
    """Neither its own end nor what comes after changes what is said of a quarter."""
    rows, won = dict.fromkeys(KEYS, OPEN), dict.fromkeys(KEYS, WON)
    before = baselines(deals_of(rows), totals_of(won), NOBODY, [KEYS[4]])
    other = [deal("another", 5.0, category="Commit")]
    changed = rows | dict.fromkeys(KEYS[5:], other), won | dict.fromkeys(KEYS[5:], (1, 2, 3, 900.0))
    totals = totals_of(changed[1])
    totals.loc[totals["quarter"] == KEYS[4], "actual"] = 12_345.0
    after = baselines(deals_of(changed[0]), totals, NOBODY, [KEYS[4]])
    pd.testing.assert_frame_equal(after, before)
    totals.loc[totals["quarter"] == KEYS[3], "actual"] = 12_345.0
    learned = baselines(deals_of(changed[0]), totals, NOBODY, [KEYS[4]])
    differs = before["value"].ne(learned["value"]) & before["value"].notna()
    assert set(before.loc[differs, "method"]) == {
        "pace", "run rate", "commit x past realisation", "mix of two"
    }, "the test's premise: they do learn from the last quarter"  # fmt: skip


def test_the_running_quarter_is_said_by_the_same_methods() -> None:
    rows, won = dict.fromkeys(KEYS[:5], OPEN), dict.fromkeys(KEYS[:5], WON)
    deals, totals = deals_of(rows), totals_of(won)
    now = deals["quarter"] == KEYS[4], totals["quarter"] == KEYS[4]
    running = totals[now[1]].assign(actual=np.nan)
    found = baselines_today(deals[~now[0]], totals[~now[1]], NOBODY, deals[now[0]], running)
    pd.testing.assert_frame_equal(found, baselines(deals, totals, NOBODY, [KEYS[4]]))


def test_a_team_is_called_by_its_manager_and_realises_partly_like_the_company() -> None:
    south = {"owner_id": "sue", "team": "South"}
    both = [*OPEN, deal("south", 100.0, category="Commit", **south)]
    rows = dict.fromkeys(KEYS[:5], both)
    won = [totals_of(PAST[1]), totals_of(dict.fromkeys(KEYS[:5], (0, 0, 0, 50.0)), owner="sue", team="South")]
    calls = calls_of([("boss", KEYS[4], "2024-01-20", 123.0), ("", KEYS[4], "2024-01-20", 999.0)], PEOPLE)
    found = said(deals_of(rows), pd.concat(won), calls, kind="team", key="South")
    whole = (150 + 50) / 200
    assert found.loc[4, "commit x past realisation"] == pytest.approx(100 * (0.5 * 0.5 + 0.5 * whole))
    assert found["submitted commit"].isna().all(), "nobody manages it"
    north = said(deals_of(rows), pd.concat(won), calls, kind="team", key="North")
    assert north.loc[4, "submitted commit"] == 123.0


def test_quarters_that_are_not_tested_are_learned_from_as_tested_ones_are() -> None:
    """`earlier` makes of landmarks and bookings what the record holds of its own quarters."""
    won = pd.DataFrame(
        [
            ("a", "2023-01-01", 10.0, "ann"),
            ("b", "2023-01-20", 40.0, "ann"),
            ("c", "2023-02-20", 50.0, "bob"),
            ("d", "2023-03-31", 100.0, "ann"),
            ("e", "2023-04-01", 7.0, "ann"),
            ("f", "2023-06-30", 8.0, "ann"),
        ],
        columns=["deal_id", "booked_day", "amount_company", "owner_id"],
    ).assign(team="North")
    won["booked_day"] = pd.to_datetime(won["booked_day"])
    rows = deals_of(dict.fromkeys(KEYS[:3], OPEN)).drop(columns=["p_stage", "p_category", "amount_ratio"])
    rows = rows.assign(outcome_0=np.where(rows["quarter"] == KEYS[2], None, "open"))
    deals, totals = earlier(rows, won, [KEYS[1]])
    assert set(deals["quarter"]) == {KEYS[0]}, "the second is tested, the third is not over"
    by_week = totals.groupby("landmark")[["won_so_far", "actual"]].sum()
    assert by_week["won_so_far"].tolist() == [10.0, 50.0, 100.0]
    assert by_week["actual"].tolist() == [200.0] * 3
    assert set(totals["owner_id"]) == {"ann", "bob"}
    late_start = rows[rows["landmark"] > pd.Timestamp("2023-01-01")]
    assert earlier(late_start, won, [KEYS[1]])[1].empty, "a quarter that began before its history is none"


def test_without_any_record_nothing_is_said() -> None:
    assert baselines(pd.DataFrame(), pd.DataFrame(), NOBODY, []).empty
    assert baselines(deals_of(PAST[0]), totals_of(PAST[1]), NOBODY, ["2031Q1"]).empty


cents = st.integers(0, 10**9).map(lambda value: value / 100)
row = st.tuples(
    cents,
    st.sampled_from(["North", "South", "West"]),
    st.sampled_from(["Commit", "Omitted"]),
    st.floats(0, 1),
)


@settings(max_examples=25)
@given(st.lists(row, min_size=1, max_size=20), st.lists(cents, min_size=3, max_size=3))
def test_what_is_said_of_teams_adds_up_to_what_is_said_of_the_company(
    rows: list[Any], won: list[float]
) -> None:
    chances = ("probability", "p_stage", "p_category", "amount_ratio")
    deals = deals_of(
        {
            KEYS[0]: [
                deal(str(at), money, owner_id=team, team=team, category=category, **dict.fromkeys(chances, p))
                for at, (money, team, category, p) in enumerate(rows)
            ]
        }
    )
    teams = zip(("North", "South", "West"), won, strict=True)
    parts = [totals_of({KEYS[0]: (0, money, money, money)}, owner=team, team=team) for team, money in teams]
    totals = pd.concat(parts)
    company, team = (baselines(deals, totals, NOBODY, [KEYS[0]], kind) for kind in ("company", "team"))
    sums = team.groupby(["method", "week"])["value"].sum(min_count=1)
    whole = company.set_index(["method", "week"])["value"]
    for method in ("CRM stage %", "stage x week", "category x week", "commit"):
        assert sums[method].to_numpy() == pytest.approx(whole[method].to_numpy(), abs=0.005), method


def test_the_builders_of_points_and_totals_agree_on_days() -> None:
    totals = totals_of({KEYS[0]: WON})
    points = points_of([(KEYS[0], week, 1, 1, 1, 1) for week in (0, 4, 8)])
    assert points["landmark"].tolist() == totals["landmark"].tolist()
