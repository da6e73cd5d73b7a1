"""What is said of a rep: a planted habit is found, chance is not, and what is unfair is withheld."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.business_case.questions import shipped
from analytics.coaching.habits import ERROR_RATE, Habits, _clear_as_shown
from analytics.coaching.observations import observations
from analytics.coaching.suggestions import suggest
from analytics.coaching.team_calls import commits, commits_kept
from analytics.coaching.topics import AS_OTHERS, GOOD, RAMPING, TO_COACH, TOO_FEW, topics_of
from analytics.store.subjects import QUESTIONS
from tests.coaching.reps import COMPANY, DAY, entered, judged, landmarks, row

REP = "R03"


def with_levels(rows: pd.DataFrame, change: dict[str, float]) -> pd.DataFrame:
    """The rep's levels of some questions set to a value, and what follows from it."""
    mine = rows["owner_id"] == REP
    for key, level in change.items():
        rows.loc[mine, f"level_{key}"] = level
    levels = rows[[f"level_{key}" for key in QUESTIONS]]
    return rows.assign(answered=(levels > 0).sum(axis=1).astype(float), case_depth=levels.mean(axis=1))


def test_a_blind_spot_is_the_first_suggestion_and_the_rest_is_left_alone() -> None:
    found = judged(with_levels(landmarks(), {"budget": 0.0}))
    mine = row(found, REP, "depth_budget")
    assert mine["direction"] == TO_COACH
    assert mine["high"] < 0
    said = suggest(found, REP)
    assert said.coach[0].topic == "depth_budget"
    assert said.coach[0].deals
    assert set(said.coach[0].deals) <= set(landmarks().query("owner_id == @REP")["deal_id"])
    assert not suggest(found, "R05").coach


def test_a_strong_question_is_praised() -> None:
    found = judged(with_levels(landmarks(), {"impact": 4.0}))
    assert row(found, REP, "depth_impact")["direction"] == GOOD
    assert suggest(found, REP).praise[0].topic == "depth_impact"
    assert "in depth" in suggest(found, REP).praise[0].title


def test_little_of_everything_is_one_habit_not_seven() -> None:
    rows = landmarks()
    mine = (rows["owner_id"] == REP).to_numpy()
    thinned = rows.copy()
    for key in QUESTIONS:
        keep = np.random.default_rng(len(key)).random(rows["deal_id"].nunique()) < 0.3
        kept = keep[pd.factorize(rows["deal_id"])[0]]
        thinned.loc[mine & ~kept, f"level_{key}"] = 0.0
    coach = suggest(judged(with_levels(thinned, {})), REP).coach
    assert coach[0].topic == "empty"


@pytest.mark.parametrize(
    ("topic", "column", "value"),
    [
        ("stale", "last_answer_days", 100.0),
        ("people", "stakeholders", 0.0),
        ("no_next_step", "has_next_step", 0.0),
        ("old_next_step", "next_step_days", 50.0),
        ("contradictions", "contradictions", 3.0),
    ],
)
def test_other_habits_are_found(topic: str, column: str, value: float) -> None:
    rows = landmarks()
    rows.loc[rows["owner_id"] == REP, column] = value
    assert suggest(judged(rows), REP).coach[0].topic == topic


def test_close_dates_moved_again_and_again_are_found() -> None:
    rows = landmarks()
    mine = rows["owner_id"] == REP
    rows.loc[mine, "pushes"] = rows[mine].groupby("deal_id").cumcount() * 0.5 // 1
    said = suggest(judged(rows), REP).coach
    assert said[0].topic == "pushes"
    assert "close dates" in said[0].title


def test_close_dates_that_hold_are_praised_but_not_where_they_are_set_late() -> None:
    rows = landmarks()
    rows["pushes"] = rows.groupby("deal_id").cumcount() * 0.6 // 1
    rows.loc[rows["owner_id"] == REP, "pushes"] = 0.0
    assert [one.topic for one in suggest(judged(rows), REP).praise] == ["pushes"]
    stated = owners("as")  # its interval lies above 0
    assert not suggest(judged(rows, stated), REP).praise
    mine = stated["owner_id"] == REP
    usual = stated.assign(bias=0.0, low=-0.3, high=0.3, score=0.0)
    assert suggest(judged(rows, usual), REP).praise
    assert not suggest(judged(rows, usual.assign(score=0.5 * mine)), REP).praise, "closed before their dates"


def test_a_praised_range_leaves_out_the_team_as_both_are_read() -> None:
    rows = pd.DataFrame(
        [
            ("pushes", 0.86, -0.4, -0.03),
            ("pushes", 0.86, -0.4, -0.2),
            ("stale", 20.3, 0.1, 9.0),
            ("buyer", 0.15, 0.02, 0.2),
        ],
        columns=["topic", "team_value", "low", "high"],
    )  # 0.5 to 0.8 beside 0.9; 0.5 to 0.7 beside 0.9; 20 to 29 days beside 20; 17% to 35% beside 15%
    assert list(_clear_as_shown(rows)) == [True, True, False, True]
    assert not _clear_as_shown(rows.assign(high=-0.005, low=-0.4))[0]


@pytest.fixture(scope="module")
def alike() -> Habits:
    """Reps of whom none has a habit."""
    return judged(landmarks())


def test_where_reps_do_not_differ_few_are_told_that_they_do() -> None:
    told = asked = 0
    for seed in range(6):
        found = judged(landmarks(seed=seed))
        rows = found.rows.groupby("owner_id")["direction"].agg(lambda one: one.isin([TO_COACH, GOOD]).any())
        told, asked = told + int(rows.sum()), asked + len(rows)
    assert told / asked <= ERROR_RATE


def test_nothing_stands_out_is_said_with_how_much_was_looked_at(alike: Habits) -> None:
    quiet = [one for one in alike.rows["owner_id"].unique() if not suggest(alike, one).coach]
    said = str(suggest(alike, quiet[0]).withheld)
    assert f"nothing stands out: of {len(alike.of(quiet[0]))} things looked at" in said


def test_a_new_rep_is_not_judged() -> None:
    rows = with_levels(landmarks(), {"budget": 0.0})
    rows.loc[rows["owner_id"] == REP, "rep_tenure_days"] = 40.0
    found = judged(rows)
    assert set(found.of(REP)["direction"]) == {RAMPING}
    said = suggest(found, REP)
    assert not said.coach
    assert not said.praise
    assert "first 90 days" in str(said.withheld)


def test_a_rep_with_few_deals_is_not_judged() -> None:
    rows = with_levels(landmarks(), {"budget": 0.0})
    mine = rows.loc[rows["owner_id"] == REP, "deal_id"].unique()
    found = judged(rows[~rows["deal_id"].isin(mine[7:])])
    assert set(found.of(REP)["direction"]) == {TOO_FEW}
    assert suggest(found, REP).withheld is not None
    assert suggest(found, REP).withheld.n == 7  # type: ignore[union-attr]


def test_with_few_colleagues_nothing_is_compared() -> None:
    rows = with_levels(landmarks(reps=4), {"budget": 0.0})
    assert not suggest(judged(rows), REP).coach


def test_deals_in_an_early_stage_make_nobody_shallow() -> None:
    rows = landmarks()
    early = rows["stage_order"] == 1
    rows.loc[early, [f"level_{key}" for key in QUESTIONS]] = 0.0
    mine = rows["owner_id"] == REP
    rows.loc[mine, ["stage", "stage_order"]] = ["Discovery", 1.0]
    rows.loc[mine, [f"level_{key}" for key in QUESTIONS]] = 0.0
    rows = rows.assign(answered=np.where(early | mine, 0.0, rows["answered"]))
    assert row(judged(rows), REP, "empty")["direction"] == AS_OTHERS


def test_what_comes_later_changes_nothing(alike: Habits) -> None:
    rows = landmarks()
    later = rows.assign(
        landmark=rows["landmark"] + pd.Timedelta(days=400), level_budget=0.0, stakeholders=9.0
    )
    pd.testing.assert_frame_equal(judged(pd.concat([rows, later])).rows, alike.rows)
    assert rows["landmark"].max() == pd.Timestamp(DAY)


@settings(max_examples=2)
@given(st.integers(0, 10**6))
def test_the_order_of_the_rows_does_not_matter(alike: Habits, seed: int) -> None:
    rows = landmarks()
    order = np.random.default_rng(seed).permutation(rows.index)
    pd.testing.assert_frame_equal(judged(rows.loc[order]).rows, alike.rows, check_exact=False)


def test_figures_are_the_means_of_the_deals_shown_and_ranges_hold_them() -> None:
    rows = with_levels(landmarks(), {"budget": 0.0})
    rows.loc[rows["owner_id"].eq(REP), "stakeholders"] += 2.0
    found = judged(rows)
    deals = found.deals.assign(like=found.deals["value"] - found.deals["beyond"])
    told = found.rows[found.rows["value"].notna() & (found.rows["topic"] != "statements")]
    assert len(told) > 100
    for one in told.itertuples():
        mine = deals[(deals["owner_id"] == one.owner_id) & (deals["topic"] == one.topic)]
        assert one.value == pytest.approx(np.average(mine["value"], weights=mine["weight"]))
        assert one.team_value == pytest.approx(np.average(mine["like"], weights=mine["weight"]))
        assert one.low <= one.value - one.team_value <= one.high
    said = told[told["direction"].isin([TO_COACH, GOOD])]
    assert {"depth_budget", "people"} <= set(said["topic"])
    assert ((said["low"] > 0) | (said["high"] < 0)).all()
    assert ((said["value"] - said["team_value"]).abs() >= said["matters"]).all()


def with_commits(rows: pd.DataFrame) -> pd.DataFrame:
    """Each deal a Commit in the fifth week of its past quarters; the rep wins one of three, others most."""
    first = ~rows.duplicated(["deal_id", "quarter"]) & (rows["last_day"] < pd.Timestamp(DAY))
    number = pd.Series(np.arange(len(rows)) % 7, index=rows.index)
    won = np.where(rows["owner_id"] == REP, number < 2, number < 6)
    outcome = pd.Series(np.where(won, "won", "slip"), index=rows.index)
    return rows.assign(
        week=np.where(first, 4, 1),
        category=np.where(first, "Commit", "Pipeline"),
        outcome_0=outcome.where(rows["last_day"] < pd.Timestamp(DAY), None),
    )


def test_commits_are_counted_alike_everywhere_and_said_as_counted() -> None:
    rows = with_commits(landmarks())
    found, kept = judged(rows), commits_kept(commits(rows, COMPANY, DAY))
    for owner, counted in kept.iterrows():
        mine = row(found, str(owner), "commits")
        assert (mine["n"], mine["value"]) == (counted["n"], pytest.approx(counted["share"]))
        assert mine["team_value"] + mine["low"] == pytest.approx(counted["low"])
        assert len(mine["deals"]) == mine["n"]
    mine, counted = row(found, REP, "commits"), kept.loc[REP]
    assert mine["direction"] == TO_COACH
    start = f"Of {counted['n']:.0f} Commits in the fifth week of a past quarter, {counted['kept']:.0f} were"
    assert mine["words"].startswith(start)
    assert "week 4" not in f"{mine['words']} {mine['ask']}"


def test_close_dates_are_counted_by_days_not_by_rows() -> None:
    rows = landmarks(reps=2, deals=4)
    rows["pushes"] = rows.groupby("deal_id").cumcount().astype(float)  # a move a week
    topics = [one for one in topics_of(shipped(COMPANY.method).questions) if one.key == "pushes"]
    for kept in (rows, rows[rows.groupby("deal_id").cumcount() % 2 == 0]):
        found = observations(kept, entered(kept), COMPANY, topics, DAY, QUESTIONS)
        assert found["value"].to_numpy() == pytest.approx(13.0)


def owners(verdict: str) -> pd.DataFrame:
    names = [f"R{one:02d}" for one in range(12)]
    numbers = {"bias": 0.05, "low": -0.2, "high": 0.3, "n": 30, "won": 9, "score": 0.1}
    words = {"verdict": "as", "realised": "four weeks before, all closed as dated", "words": ""}
    table = pd.DataFrame({"owner_id": names, **numbers, **words})
    mine = table["owner_id"] == REP
    table.loc[mine, ["bias", "low", "high"]] = [1.2, 0.9, 1.5]
    table.loc[mine, "verdict"] = verdict
    return table


def test_what_is_stated_is_judged_by_its_own_verdict_alone() -> None:
    said = suggest(judged(landmarks(), owners("states below its evidence")), REP).coach
    assert said[0].topic == "statements"
    assert "below" in said[0].title
    assert row(judged(landmarks(), owners("not enough evidence")), REP, "statements")["direction"] == TOO_FEW


def test_three_suggestions_are_not_of_one_family_if_another_is_nearly_as_strong() -> None:
    rows = with_levels(landmarks(), {"budget": 0.0, "problem": 0.0, "gotchas": 0.0})
    rows.loc[rows["owner_id"] == REP, "stakeholders"] = 0.0
    said = suggest(judged(rows), REP).coach
    assert len(said) == 3
    assert "people" in {one.topic for one in said}


def test_what_goes_with_winning_breaks_a_tie_only() -> None:
    found = judged(with_levels(landmarks(), {"budget": 0.0, "gotchas": 0.0}))
    plain = [one.topic for one in suggest(found, REP).coach]

    class Effects:
        questions = pd.DataFrame(
            {"question": ["impact", plain[1].removeprefix("depth_")], "outcome": "won", "claimed": True,
             "effect": 0.05}
        )  # fmt: skip

    said = suggest(found, REP, Effects())
    assert {one.topic for one in said.coach} == set(plain)
    spoken = next(one for one in said.coach if one.topic == plain[1])
    assert "go with winning here; that need not be why" in spoken.goes_with


def test_the_words_blame_nobody() -> None:
    rows = with_levels(landmarks(), {"budget": 0.0, "impact": 4.0})
    said = suggest(judged(rows, owners("above")), REP)
    text = " ".join(
        f"{one.title} {one.short} {one.sentence} {one.beside} {one.ask}"
        for one in [*said.coach, *said.praise]
    ).lower()
    for word in (
        "sandbag",
        "lazy",
        "bad",
        "poor",
        "fail to",
        "never",
        "worst",
        "p-value",
        "significant",
        "!",
    ):
        assert word not in text


def test_without_deals_there_is_nothing_to_say() -> None:
    rows = landmarks(reps=6, deals=6)
    for none in (rows.head(0), rows.assign(owner_id="")):
        found = judged(none)
        assert found.rows.empty
        assert "no deals" in str(suggest(found, REP).withheld)
