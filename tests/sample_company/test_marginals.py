"""The company looks like one: rates that sources report, in ranges that do not pin a seed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.sample_company import World

from .measures import as_of, dated_in_quarter, first_closes, full_quarters


def test_size(default_world: World) -> None:
    changes = default_world.subjects["deal_change"]
    deals = changes["deal_id"].nunique()
    assert 4_700 <= deals <= 5_700
    assert 8.0 <= len(changes) / deals <= 12.0


def test_a_fifth_to_a_third_of_closed_deals_is_won(default_world: World) -> None:
    assert 0.20 <= first_closes(default_world)["is_won"].mean() <= 0.35


def test_two_in_five_deals_dated_in_a_quarter_slip_out(default_world: World) -> None:
    dated = pd.concat([dated_in_quarter(default_world, quarter) for quarter in full_quarters(default_world)])
    assert 0.33 <= dated["slipped"].mean() <= 0.46
    assert len(dated) > 2_000


def test_much_is_booked_in_a_quarters_last_two_weeks(default_world: World) -> None:
    won = first_closes(default_world).query("is_won")
    quarter = won["valid_at"].dt.to_period("Q")
    left = quarter.dt.end_time - won["valid_at"]
    full = quarter.isin(full_quarters(default_world))
    late = won.loc[full & (left < pd.Timedelta(days=14)), "amount"].sum() / won.loc[full, "amount"].sum()
    assert 0.30 <= late <= 0.60


def test_losses_are_cleaned_up_at_month_ends(default_world: World) -> None:
    closes = first_closes(default_world)
    left = closes["valid_at"].dt.days_in_month - closes["valid_at"].dt.day
    last_days = left < 3
    lost = ~closes["is_won"].astype(bool)
    assert (last_days & lost).sum() / lost.sum() > 0.25


def test_the_final_amount_is_a_little_below_the_stated_one(default_world: World) -> None:
    changes = default_world.subjects["deal_change"]
    stated = changes[~changes["is_closed"].astype(bool)].drop_duplicates("deal_id", keep="last")
    won = first_closes(default_world).query("is_won")
    ratio = (won["amount"] / stated.set_index("deal_id")["amount"]).dropna()
    assert 0.90 <= ratio.median() < 1.0


def test_amounts_have_a_heavy_tail(default_world: World) -> None:
    amounts = first_closes(default_world)["amount"].dropna()
    assert 0.8 <= np.log(amounts).std() <= 1.4


def test_late_stages_promise_too_much(default_world: World) -> None:
    changes, won = default_world.subjects["deal_change"], first_closes(default_world)["is_won"]
    seen = changes[changes["stage"].isin(["Proposal", "Negotiation"])].drop_duplicates(["deal_id", "stage"])
    seen = seen.assign(won=seen["deal_id"].map(won)).dropna(subset="won")
    assert seen.query("stage == 'Negotiation'")["won"].astype(float).mean() < 0.78


def test_updates_bunch_on_the_day_of_the_call(default_world: World) -> None:
    changes = default_world.subjects["deal_change"]
    weekday = changes.loc[~changes["is_closed"].astype(bool), "valid_at"].dt.day_of_week
    assert (weekday == 0).mean() > 0.35
    assert (weekday >= 5).mean() < 0.01 + 2 * (changes["valid_at"] == changes["valid_at"].min()).mean()


def test_the_running_quarter_is_half_over(default_world: World) -> None:
    latest = as_of(default_world, default_world.options.last_day)
    still_open = latest[~latest["is_closed"].astype(bool)]
    due = still_open["close_date"] <= pd.Timestamp("2026-12-31")
    assert due.sum() > 100
    assert default_world.subjects["target"]["quarter_start"].max() == pd.Timestamp("2026-10-01")


def test_a_quarters_bookings_are_near_the_company_target(default_world: World) -> None:
    won = first_closes(default_world).query("is_won")
    booked = won.groupby(won["valid_at"].dt.to_period("Q"))["amount"].sum()
    target = default_world.subjects["target"].query("owner_id == ''")
    target = target.set_index(target["quarter_start"].dt.to_period("Q"))["amount"].astype(float)
    reached = (booked / target).loc[full_quarters(default_world)]
    assert 0.75 <= reached.median() <= 1.35


def test_managers_targets_are_a_little_below_their_teams(default_world: World) -> None:
    targets = default_world.subjects["target"]
    people = default_world.subjects["person"].drop_duplicates("person_id", keep="last").set_index("person_id")
    title = targets["owner_id"].map(people["title"])
    quarter = targets["quarter_start"] == pd.Timestamp("2025-04-01")
    reps = targets.loc[quarter & title.str.startswith("Account").fillna(False), "amount"].sum()
    managers = targets.loc[quarter & (title == "Sales Manager"), "amount"].sum()
    company = targets.loc[quarter & (targets["owner_id"] == ""), "amount"].sum()
    assert company < managers
    assert 0.85 < reps / managers < 1.10


def test_rare_ugliness_is_there(default_world: World) -> None:
    changes, truth = default_world.subjects["deal_change"], default_world.truth["deals"]
    won = first_closes(default_world).query("is_won")
    assert 0 < won["amount"].isna().sum() < 0.03 * len(won)
    assert 0 < (won["close_date"] < won["valid_at"].dt.normalize()).mean() < 0.10
    closed_before = changes.groupby("deal_id")["is_closed"].shift().fillna(False).astype(bool)
    reopened = closed_before & ~changes["is_closed"].astype(bool)
    assert 5 < reopened.sum() < 150
    assert 5 < truth["is_duplicate"].sum() < 60
    missing_owner = default_world.subjects["deal_work"]["owner_id"].isna()
    assert 0 < missing_owner.mean() < 0.03
