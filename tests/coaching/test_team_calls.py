"""Calls against what was won, commits, coverage: by hand, and against the numbers of the other pages."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from analytics.coaching.team_calls import (
    call_bias,
    called_and_won,
    commits,
    commits_kept,
    past_quarters,
)
from analytics.coaching.team_coverage import coverage_by_owner
from analytics.company import Company, Scope
from analytics.pipeline.quarter_end import quarter_end, targets_by, total
from analytics.problems import NotEnough
from analytics.store.database import Store
from tests.conftest import TODAY


def called(*pairs: tuple[float, float], owner: str = "U1") -> pd.DataFrame:
    rows = [
        {"owner_id": owner, "quarter": f"2025Q{at}", "called": one, "won": two}
        for at, (one, two) in enumerate(pairs)
    ]
    return pd.DataFrame(rows, columns=["owner_id", "quarter", "called", "won"])


def test_bias_is_what_was_called_too_much_over_what_was_won() -> None:
    found = call_bias(called((120, 100), (110, 100), (130, 100), (120, 100))).loc["U1"]
    assert found["bias"] == pytest.approx(0.2)
    assert 0 < found["low"] < 0.2 < found["high"]
    assert found["n"] == 4


def test_one_rate_in_all_quarters_leaves_no_doubt_and_few_quarters_say_nothing() -> None:
    sure = call_bias(called((110, 100), (220, 200), (55, 50), (11, 10))).loc["U1"]
    assert (sure["low"], sure["high"]) == pytest.approx((0.1, 0.1))
    few = call_bias(called((120, 100), (110, 100), (130, 100))).loc["U1"]
    assert few[["bias", "low", "high"]].isna().all()
    nothing = call_bias(called((120, 0), (110, 0), (130, 0), (9, 0))).loc["U1"]
    assert np.isnan(nothing["bias"])
    assert call_bias(called()).empty


def test_nobody_calls_less_than_nothing() -> None:
    found = call_bias(called((0, 400), (300, 10), (0, 50), (40, 20))).loc["U1"]
    assert found["low"] == -1.0
    assert -1 < found["bias"] < found["high"]


def test_only_quarters_that_were_over_count(small_company: Company) -> None:
    quarters = past_quarters(small_company, TODAY)
    assert quarters[-1].last_day <= TODAY
    assert small_company.calendar.shift(quarters[-1], 1).last_day > TODAY
    assert past_quarters(small_company, quarters[-1].last_day)[-1] == quarters[-1]


def test_calls_are_those_that_stood_and_won_is_what_was_booked(
    small_world: Store, small_company: Company
) -> None:
    found = called_and_won(small_world, small_company, TODAY)
    assert len(found) > 10
    quarter = small_company.calendar.parse(str(found["quarter"].iloc[-1]))
    view = quarter_end(small_world, small_company, Scope(quarter.last_day, quarter))
    won = view.won_in_quarter.groupby("owner_id")["amount_company"].sum()
    for row in found[found["quarter"] == quarter.key].itertuples():
        assert row.won == pytest.approx(won.get(row.owner_id, 0.0))
    earlier = called_and_won(small_world, small_company, quarter.first_day)
    assert quarter.key not in set(earlier["quarter"])


def commit_rows() -> pd.DataFrame:
    def row(deal: str, **more: object) -> dict[str, object]:
        return {
            "deal_id": deal,
            "name": deal,
            "account_name": "",
            "owner_id": "U1",
            "quarter": "2026Q3",
            "landmark": pd.Timestamp("2026-07-29"),
            "week": 4,
            "category": "Commit",
            "timing": "in quarter",
            "amount_company": 10.0,
            "outcome_0": "won",
            **more,
        }

    won = [row(f"W{at}") for at in range(6)]
    others = [row("L1", outcome_0="lost"), row("L2", outcome_0="open")]
    out = [
        row("X1", category="Best Case"),
        row("X2", week=8),
        row("X3", timing="later"),
        row("X4", outcome_0=None),
        row("X5", quarter="2010Q1"),
    ]
    return pd.DataFrame([*won, *others, *out, won[0]])


def test_commits_are_counted_once_in_the_fifth_week_of_quarters_that_are_over(small_company: Company) -> None:
    stated = commits(commit_rows(), small_company, TODAY)
    assert len(stated) == 8
    kept = commits_kept(stated).loc["U1"]
    assert (kept["n"], kept["kept"], kept["share"]) == (8, 6, 0.75)
    assert kept["low"] < 0.75 < kept["high"]
    few = commits_kept(stated.head(7)).loc["U1"]
    assert few["n"] == 7
    assert np.isnan(few["share"])
    assert commits_kept(stated.head(0)).empty


def test_coverage_of_the_reps_adds_up_to_the_quarters_page(
    small_world: Store, small_company: Company
) -> None:
    scope = Scope(TODAY, small_company.calendar.quarter_of(TODAY))
    view = quarter_end(small_world, small_company, scope)
    owners = sorted(set(view.deals["owner_id"]))
    targets = targets_by(small_world, small_company, scope, "owner_id")
    rows = coverage_by_owner(view, targets, owners)
    assert total(rows["open_pipeline"]) == view.measures["open_pipeline"].value
    assert total(rows["won"]) == view.measures["won"].value
    one = rows[rows["coverage"].notna()].iloc[0]
    mine = quarter_end(small_world, small_company, Scope(TODAY, scope.quarter, owner_id=one["owner_id"]))
    assert one["coverage"] == pytest.approx(mine.measures["coverage"].value)


def test_no_coverage_without_a_target_says_why(small_world: Store, small_company: Company) -> None:
    quarter = small_company.calendar.quarter_of(date(2026, 11, 15))
    view = quarter_end(small_world, small_company, Scope(TODAY, quarter))
    owner = str(view.deals["owner_id"].iloc[0])
    rows = coverage_by_owner(view, {}, [owner])
    assert rows["missing"].item() == "no target is loaded"
    unknown = coverage_by_owner(view, {owner: NotEnough("The target is in XXX.")}, [owner])
    assert unknown["missing"].item() == "The target is in XXX"
    reached = coverage_by_owner(view, {owner: -1.0}, [owner])
    assert np.isnan(reached["coverage"].item())
