"""Submitted calls: whose stands for a scope, what was known when, the exact way to the expected number."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.company import Company
from analytics.forecast.calls import (
    JUDGEMENT,
    NAMED,
    NOT_CREATED_YET,
    THE_CALL,
    call_bridge,
    call_of,
    calls_at,
)
from analytics.problems import NotEnough
from analytics.store.database import Store
from tests.small_stores import load, setting, view_of

QUARTER = "2024-04-01"


def call(owner: str, day: str, commit: float | None, **more: Any) -> dict[str, Any]:
    quarter = more.pop("quarter", QUARTER)
    said = {"commit_amount": commit, "best_case_amount": 9.0, "most_likely_amount": 5.0} | more
    return {"owner_id": owner, "quarter_start": quarter, "valid_at": day, **said}


def person(name: str, manager: str | None, team: str | None, **more: Any) -> dict[str, Any]:
    return {"person_id": name, "name": name, "manager_id": manager, "team": team, **more}


PEOPLE = [
    person("vp", None, None),
    person("boss", "vp", "North"),
    *(person(name, "boss", "North") for name in ("ann", "bob")),
    *(person(name, "vp", "South") for name in ("cid", "dan")),
    *(person(name, "vp", "West") for name in ("eve", "fay")),
]


def asked(store: Store, as_of: str, **scope: str) -> Any:
    company, one = view_of(store, as_of, "2024Q2", **scope)
    return call_of(calls_at(store, company, one.as_of), one)


def test_the_last_call_up_to_the_day_counts(store: Store) -> None:
    other = call("", "2024-04-05", 77.0, quarter="2024-07-01")
    load(store, submitted_call=[call("", "2024-04-08", 10.0), call("", "2024-04-15", 20.0), other])
    found = asked(store, "2024-04-14")
    assert found.amounts == {"commit": 10.0, "best_case": 9.0, "most_likely": 5.0}
    assert (found.by, found.submitted_on) == (("",), date(2024, 4, 8))
    assert asked(store, "2024-04-15").amounts["commit"] == 20.0
    assert isinstance(asked(store, "2024-04-07"), NotEnough)
    assert isinstance(asked(store, "2024-04-15", owner_id="ann"), NotEnough)


def test_a_day_is_one_of_the_company(store: Store) -> None:
    zone = [setting("time_zone", "America/New_York")]
    load(store, setting=zone, submitted_call=[call("", "2024-04-09T02:00:00", 10.0)])
    assert asked(store, "2024-04-08").amounts["commit"] == 10.0, "it was still the 8th in New York"
    assert isinstance(asked(store, "2024-04-07"), NotEnough)


def test_a_team_is_called_by_whom_most_of_it_reports_to(store: Store) -> None:
    said = [call(name, "2024-04-08", money) for name, money in (("boss", 30.0), ("ann", 10.0), ("bob", 15.0))]
    load(store, person=PEOPLE, submitted_call=said)
    found = asked(store, "2024-04-10", team="North")
    assert (found.by, found.amounts["commit"]) == (("boss",), 30.0)
    assert asked(store, "2024-04-10", team="North", owner_id="ann").amounts["commit"] == 10.0


def test_without_the_managers_call_its_peoples_are_summed(store: Store) -> None:
    said = [
        call("ann", "2024-04-08", 10.01),
        call("bob", "2024-04-09", 15.02),
        call("cid", "2024-04-08", 7.0),
    ]
    gone = person("bob", "boss", "North", is_active=False, valid_at="2024-05-01")
    load(store, person=[*PEOPLE, gone], submitted_call=said)
    found = asked(store, "2024-04-10", team="North")
    assert (set(found.by), found.amounts["commit"]) == ({"ann", "bob"}, 25.03)
    assert found.submitted_on == date(2024, 4, 9)
    assert asked(store, "2024-05-02", team="North").by == ("ann",), "who has left forecasts nothing"


def test_whoever_stands_above_several_teams_calls_none_of_them(store: Store) -> None:
    load(
        store, person=PEOPLE, submitted_call=[call("vp", "2024-04-08", 99.0), call("dan", "2024-04-08", 7.0)]
    )
    assert asked(store, "2024-04-10", team="South").by == ("dan",)
    assert isinstance(asked(store, "2024-04-10", team="West"), NotEnough)


def test_a_manager_counts_from_the_day_on_which_people_report_to_them(store: Store) -> None:
    new = [person(name, "cid", "North", valid_at="2024-05-01") for name in ("ann", "bob", "boss")]
    said = [call("boss", "2024-04-08", 30.0), call("cid", "2024-04-08", 40.0)]
    load(store, person=[*PEOPLE, *new], submitted_call=said)
    assert asked(store, "2024-04-30", team="North").by == ("boss",)
    assert asked(store, "2024-05-01", team="North").by == ("cid",)


def test_an_amount_that_somebody_did_not_say_is_missing_not_zero(store: Store) -> None:
    said = [call("ann", "2024-04-08", 10.0), call("bob", "2024-04-08", None)]
    load(store, person=PEOPLE, submitted_call=said)
    amounts = asked(store, "2024-04-10", team="North").amounts
    assert isinstance(amounts["commit"], NotEnough)
    assert amounts["best_case"] == 18.0


def test_a_store_without_calls_says_so(store: Store) -> None:
    load(store, person=PEOPLE)
    assert isinstance(asked(store, "2024-04-10"), NotEnough)
    assert isinstance(asked(store, "2024-04-10", team="North"), NotEnough)


DEALS = pd.DataFrame(
    [
        ("sure", "Commit", "in quarter", 100.0, 80.0),
        ("hoped", "Best Case", "in quarter", 50.0, 20.0),
        ("early", "Pipeline", "in quarter", 40.0, 4.0),
        ("left out", "Omitted", "in quarter", 30.0, 1.0),
        ("next", "Commit", "later", 70.0, 7.0),
        ("stale", "Best Case", "earlier", 60.0, 3.0),
        ("no amount", "Commit", "in quarter", float("nan"), float("nan")),
    ],
    columns=["deal_id", "category", "timing", "amount_company", "expected_amount"],
)


def test_the_way_from_a_commit_call() -> None:
    steps = call_bridge(220.0, "commit", 90.0, DEALS, 6.0)
    assert {name: dict(deals) for name, deals in steps.items()} == {
        "the call": {THE_CALL: 220.0},
        "judgement beyond the named deals": {JUDGEMENT: -30.0},
        "commit deals by their evidence": {"sure": -20.0},
        "best case deals that are likely": {"hoped": 20.0},
        "pipeline deals that are likely": {"early": 4.0, "left out": 1.0},
        "dated elsewhere but likely now": {"next": 7.0, "stale": 3.0},
        "not created yet": {NOT_CREATED_YET: 6.0},
    }


def test_a_best_case_call_names_the_best_case_deals_too() -> None:
    steps = call_bridge(220.0, "best_case", 90.0, DEALS, 6.0)
    assert dict(steps["judgement beyond the named deals"]) == {JUDGEMENT: 20.0}
    assert dict(steps["best case deals by their evidence"]) == {"hoped": -30.0}


money = st.one_of(st.none(), st.integers(0, 10**10).map(lambda cents: cents / 100))
row = st.tuples(
    st.sampled_from(["Commit", "Best Case", "Pipeline", "Omitted"]),
    st.sampled_from(["in quarter", "earlier", "later", "no date"]),
    money,
    money,
)
amount = st.integers(0, 10**11).map(lambda cents: cents / 100)


@given(st.lists(row, max_size=30), amount, amount, amount, st.sampled_from(sorted(NAMED)))
def test_every_bridge_from_a_call_adds_up_to_the_cent(
    rows: list[Any], said: float, won: float, new: float, what: str
) -> None:
    deals = pd.DataFrame(rows, columns=["category", "timing", "amount_company", "expected_amount"])
    deals = deals.astype({"amount_company": float, "expected_amount": float})
    deals.insert(0, "deal_id", [f"d{at}" for at in range(len(rows))])
    steps = call_bridge(said, what, won, deals, new)
    found = sum((Decimal(f"{value:.2f}") for step in steps.values() for value in step), Decimal(0))
    expected = [won, new, *deals["expected_amount"].dropna()]
    assert found == sum((Decimal(f"{value:.2f}") for value in expected), Decimal(0))
    named = [deal for step in steps.values() for deal in step.index]
    assert len(named) == len(set(named)), "a deal stands in one step"


@pytest.mark.parametrize("day", ["2024-04-14", "2024-05-01"])
def test_nothing_later_is_known(store: Store, day: str, tmp_path: Any) -> None:
    """The calls of a day are those of a store that was never told the rest."""
    later = [call("ann", "2024-06-03", 55.0), call("", "2024-06-03", 66.0)]
    before = [call("ann", "2024-04-08", 5.0), call("", "2024-04-08", 6.0)]
    load(store, person=PEOPLE, submitted_call=[*before, *later])
    other = Store(tmp_path / "told less.duckdb")
    load(other, person=PEOPLE, submitted_call=before)
    company = Company("", "USD", "en_US", view_of(store, day, "2024Q2")[0].calendar)
    here, there = (calls_at(one, company, date.fromisoformat(day)) for one in (store, other))
    pd.testing.assert_frame_equal(here.submitted, there.submitted)
    pd.testing.assert_frame_equal(here.people, there.people)
