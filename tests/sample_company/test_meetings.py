"""The reviews that the sample company held: dated, stable, made from what was seen, and without a trace
anywhere else."""

from __future__ import annotations

import pandas as pd
import pytest

from analytics.review import decisions as review
from analytics.sample_company import World, WorldOptions, build_world
from analytics.sample_company.meetings import Meetings
from analytics.store.subjects import CATEGORIES

MEETING = ["decision", "action_report", "override"]


@pytest.mark.parametrize("name", MEETING)
def test_they_met_on_mondays_of_the_last_three_quarters(default_world: World, name: str) -> None:
    held = default_world.subjects[name]["valid_at"]
    assert set(held.dt.day_of_week) == {0}
    assert held.min() >= pd.Timestamp("2026-04-01")
    assert set(held.dt.to_period("Q").astype(str)) == {"2026Q2", "2026Q3", "2026Q4"}


def test_a_week_has_six_to_ten_decisions_in_the_company_and_fewer_in_a_small_one(
    default_world: World, small_world: World
) -> None:
    for world, least, most in ((default_world, 6, 10), (small_world, 1, 3)):
        weekly = world.subjects["decision"].groupby(
            lambda n, w=world: w.subjects["decision"]["valid_at"][n].date()
        )
        sizes = weekly.size()
        assert len(sizes) == 32
        assert sizes.between(least, most).all()


def test_decisions_are_those_that_the_review_knows_with_what_belongs_to_them(default_world: World) -> None:
    made = default_world.subjects["decision"]
    assert set(made["kind"]) == set(review.KINDS)
    assert set(default_world.subjects["action_report"]["state"]) <= set(review.STATES)
    needs = {review.MOVE_DATE: ["close_date"], review.MOVE_CATEGORY: ["category"],
             review.ACTION: ["action", "action_owner", "due"]}  # fmt: skip
    for kind, columns in needs.items():
        here = made["kind"] == kind
        assert made.loc[here, columns].notna().all(axis=None)
        assert made.loc[~here, columns].isna().all(axis=None)
    assert set(made["category"].dropna()) <= set(CATEGORIES[1:])
    assert (made["close_date"].dropna() > made.loc[made["close_date"].notna(), "valid_at"]).all()
    assert made["author"].notna().all()
    assert made["seen_chance"].isna().all(), "no model was there then"
    quarters = made["valid_at"].dt.to_period("Q").astype(str)
    assert (made["quarter"] == quarters).all()
    assert made["decision_id"].is_unique


def test_what_was_seen_is_what_the_crm_stated_at_that_minute(default_world: World) -> None:
    """Dates and categories, and amounts of deals in dollars."""
    made, subjects = default_world.subjects["decision"], default_world.subjects
    changes = subjects["deal_change"].sort_values("valid_at")
    then = pd.merge_asof(made, changes, on="valid_at", by="deal_id", suffixes=("", "_crm"))
    assert (
        then["seen_close_date"].astype("datetime64[s]") == then["close_date_crm"].astype("datetime64[s]")
    ).all()
    assert (then["seen_category"] == then["forecast_category"]).all()
    assert not then["is_closed"].any()
    deals = subjects["deal"].drop_duplicates("deal_id").set_index("deal_id")
    dollars = (deals["currency"].reindex(then["deal_id"]).fillna("USD") == "USD").to_numpy()
    seen, stated = (then.loc[dollars, name].astype(float) for name in ("seen_amount", "amount"))
    assert dollars.sum() > 50
    assert ((seen - stated).abs().fillna(0) < 0.01).all()
    assert (seen.isna() == stated.isna()).all()


def test_actions_are_done_in_time_late_and_never_and_reported_afterwards(default_world: World) -> None:
    made, told = (default_world.subjects[name] for name in ("decision", "action_report"))
    actions = made[made["kind"] == review.ACTION].set_index("decision_id")
    assert set(told["decision_id"]) <= set(actions.index)
    done = told[told["state"] == review.DONE]
    days = pd.to_datetime(done["done_on"])
    assert (days < done["valid_at"]).all()
    assert (days > actions["valid_at"].reindex(done["decision_id"]).dt.normalize().to_numpy()).all()
    in_time = days.to_numpy() <= pd.to_datetime(actions["due"].reindex(done["decision_id"])).to_numpy()
    assert in_time.sum() >= 20
    assert (~in_time).sum() >= 3
    assert len(set(actions.index) - set(told["decision_id"])) >= 3, "some are never spoken of again"
    assert told.loc[told["state"] != review.DONE, "done_on"].isna().all()


def test_overrides_are_no_echo_of_the_outcome(default_world: World) -> None:
    """Some managers are nearer to what came than the rep was, some farther: Brier per deal."""
    made = default_world.subjects["override"].dropna(subset=["probability"])
    made = made[made["quarter"] < "2026Q4"]
    changes = default_world.subjects["deal_change"]
    closed = (
        changes[changes["is_closed"]].drop_duplicates("deal_id").set_index("deal_id").reindex(made["deal_id"])
    )
    ends = pd.PeriodIndex(made["quarter"], freq="Q").end_time
    won = closed["is_won"].eq(True).to_numpy() & (closed["valid_at"].to_numpy() <= ends.to_numpy())
    theirs = (made["probability"].to_numpy(float) - won) ** 2
    reps = (made["seen_probability"].to_numpy(float) - won) ** 2
    assert (theirs < reps).sum() >= 5
    assert (theirs > reps).sum() >= 5
    assert made["probability"].between(0.05, 0.95).all()


def test_nothing_else_in_the_world_knows_of_the_meetings(
    small_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Meetings, "monday", lambda self, crm, day: None)
    without = build_world(WorldOptions.small())
    for name, frame in small_world.subjects.items():
        if name in MEETING:
            assert without.subjects[name].empty
        else:
            pd.testing.assert_frame_equal(frame, without.subjects[name])
    for name, frame in small_world.truth.items():
        pd.testing.assert_frame_equal(frame, without.truth[name])
