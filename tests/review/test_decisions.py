"""Decisions and overrides: kept in order, never overwritten or dated back; the number with them is exact."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from analytics.company import Company, Scope, company_of
from analytics.forecast.basis import Basis
from analytics.forecast.quarter_forecast import Forecast, forecast
from analytics.override_words import seen_in
from analytics.problems import BadInput
from analytics.review.decisions import (
    ACTION,
    CLOSE_OUT,
    DONE,
    DROPPED,
    KEEP,
    MOVE_CATEGORY,
    MOVE_DATE,
    OPEN,
    Decision,
    Seen,
    decide,
    decisions_as_of,
    open_actions,
    report_action,
    standing,
)
from analytics.review.overrides import overridden, override, override_steps, overrides_as_of
from analytics.store.database import Store
from analytics.store.versions import versions_of
from tests.conftest import TODAY
from tests.small_stores import load

ROOT = Path(__file__).parents[2]
HOSTILE = '=HYPERLINK("x") <script>alert(1)</script> $a$ [b](c) \u202e | ; drop table decision; --'

WRITER = """
import sys
from datetime import date
from pathlib import Path
from analytics.company import company_of
from analytics.review.decisions import KEEP, Decision, decide
from analytics.store.database import Store
store, who, many = Store(Path(sys.argv[1])), sys.argv[2], int(sys.argv[3])
company = company_of(store)
print("ready", flush=True)
sys.stdin.readline()
for number in range(many):
    decide(store, company, date(2026, 11, 15), Decision("D1", "2026Q4", KEEP, who, note=f"{who} {number}"))
"""


@pytest.fixture
def written(store: Store) -> Store:
    """Two open deals; the last day of the data is TODAY."""
    rows = [
        {"deal_id": deal, "valid_at": "2026-10-01", "stage": "S", "amount": 100.0, "close_date": "2026-12-01"}
        for deal in ("D1", "D2")
    ]
    last = {**rows[1], "valid_at": f"{TODAY} 10:00", "amount": 200.0}
    load(
        store,
        deal=[{"deal_id": deal, "source": "test", "name": f"Deal {deal}"} for deal in ("D1", "D2")],
        deal_change=[*rows, last],
        person=[{"person_id": "u1", "name": "Ann"}],
    )
    return store


def a_decision(kind: str = KEEP, **values: Any) -> Decision:
    return Decision(**({"deal_id": "D1", "quarter": "2026Q4", "kind": kind, "author": "Ann"} | values))


@pytest.fixture
def company(written: Store) -> Company:
    return company_of(written)


def test_two_processes_at_the_same_time_are_both_kept_in_order(written: Store, company: Company) -> None:
    many = 6
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, str(written.path), who, str(many)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        for who in ("Ann", "Bob")
    ]
    for one in writers:  # both are ready before either begins
        assert one.stdout is not None
        assert one.stdout.readline().strip() == "ready"
    for one in writers:
        assert one.stdin is not None
        one.stdin.write("go\n")
        one.stdin.flush()
    for one in writers:
        _, errors = one.communicate(timeout=120)
        assert one.returncode == 0, errors
    found = decisions_as_of(written, company, TODAY)
    assert sorted(found["note"]) == sorted(
        f"{who} {number}" for who in ("Ann", "Bob") for number in range(many)
    )
    for who in ("Ann", "Bob"):
        mine = found[found["author"] == who]
        assert list(mine["note"]) == [f"{who} {number}" for number in range(many)]
    assert found["decided_at"].is_monotonic_increasing
    assert standing(found).loc["D1", "note"] == found["note"].iloc[-1]


def test_deciding_there_and_back_keeps_three_rows(written: Store, company: Company) -> None:
    for day in (date(2026, 12, 15), date(2027, 1, 10), date(2026, 12, 15)):
        decide(written, company, TODAY, a_decision(MOVE_DATE, close_date=day))
    found = decisions_as_of(written, company, TODAY)
    assert [day.date() for day in found["close_date"]] == [
        date(2026, 12, 15),
        date(2027, 1, 10),
        date(2026, 12, 15),
    ]
    assert found["decision_id"].is_unique
    assert standing(found).loc["D1", "decision_id"] == found["decision_id"].iloc[-1]


def test_overriding_there_and_back_keeps_every_version(written: Store, company: Company) -> None:
    for probability in (0.2, 0.8, 0.2, None):
        override(written, company, TODAY, "D1", "2026Q4", probability=probability, reason="r", author="Ann")
    steps = override_steps(written, company, TODAY)
    assert [None if pd.isna(one) else one for one in steps["probability"]] == [0.2, 0.8, 0.2, None]
    assert overrides_as_of(written, company, TODAY, "2026Q4").empty
    override(written, company, TODAY, "D1", "2026Q4", amount=50.0, reason="r", author="Bob")
    now = overrides_as_of(written, company, TODAY, "2026Q4")
    assert now[["deal_id", "amount", "author"]].to_dict("records") == [
        {"deal_id": "D1", "amount": 50.0, "author": "Bob"}
    ]
    assert overrides_as_of(written, company, TODAY, "2027Q1").empty


def test_a_past_day_cannot_be_decided_about(written: Store, company: Company) -> None:
    yesterday = TODAY - timedelta(days=1)
    with pytest.raises(BadInput, match="this is a past day"):
        decide(written, company, yesterday, a_decision())
    with pytest.raises(BadInput, match="this is a past day"):
        override(written, company, yesterday, "D1", "2026Q4", probability=0.5, reason="r", author="Ann")
    assert decisions_as_of(written, company, TODAY).empty
    assert override_steps(written, company, TODAY).empty


def test_nothing_of_the_crm_changes_and_nobody_learns_anew(written: Store, company: Company) -> None:
    before = versions_of(written)
    decide(written, company, TODAY, a_decision(seen=Seen(date(2026, 12, 1), "Commit", 100.0, 0.5, 0.4)))
    override(written, company, TODAY, "D1", "2026Q4", probability=0.5, reason="r", author="Ann")
    after = versions_of(written)
    assert (after.facts, after.calls) == (before.facts, before.calls)
    assert after.decisions != before.decisions
    row = decisions_as_of(written, company, TODAY).iloc[0]
    assert (row["seen_category"], row["seen_amount"], row["seen_chance"]) == ("Commit", 100.0, 0.4)
    earlier = decisions_as_of(written, company, TODAY - timedelta(days=1))
    assert earlier.empty  # nothing later is known


def test_an_action_and_what_became_of_it(written: Store, company: Company) -> None:
    asked = a_decision(ACTION, action="Call the CFO", action_owner="u1", due=date(2026, 11, 20))
    decision_id = decide(written, company, TODAY, asked)
    later = a_decision(ACTION, action="Send it", action_owner="Somebody", due=date(2026, 11, 18))
    decide(written, company, TODAY, later)
    found = open_actions(decisions_as_of(written, company, TODAY))
    assert list(found["action_owner_name"]) == ["Somebody", "Ann"]  # the longest due first
    report_action(written, company, TODAY, decision_id, DONE, author="Ann", note="done", done_on=TODAY)
    row = decisions_as_of(written, company, TODAY).iloc[0]
    assert (row["state"], row["done_on"], row["state_note"]) == (DONE, pd.Timestamp(TODAY), "done")
    report_action(written, company, TODAY, decision_id, OPEN, author="Ann")
    assert len(open_actions(decisions_as_of(written, company, TODAY))) == 2
    report_action(written, company, TODAY, decision_id, DROPPED, author="Ann")
    with written.reading() as con:
        assert con.execute("select state from action_report order by import_id").fetchall() == [
            (DONE,),
            (OPEN,),
            (DROPPED,),
        ]
    with pytest.raises(BadInput, match="there is no such action"):
        report_action(written, company, TODAY, "nobody", DONE, author="Ann")
    with pytest.raises(BadInput, match="the note is too long"):
        report_action(written, company, TODAY, decision_id, DONE, note="x" * 20_001, author="Ann")


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        ("dance", {}, "there is no such decision"),
        (KEEP, {"author": "\n\t"}, "your name is missing"),
        (KEEP, {"deal_id": ""}, "the deal is missing"),
        (MOVE_DATE, {}, "the new close date is missing"),
        (MOVE_CATEGORY, {"category": "Closed"}, "the new category is missing"),
        (ACTION, {"action": "x", "action_owner": "u1"}, "the day on which it is due is missing"),
        (ACTION, {"action_owner": "u1", "due": TODAY}, "what is to be done is missing"),
        (ACTION, {"action": "x" * 3_000, "action_owner": "u1", "due": TODAY}, "too long"),
    ],
)
def test_what_is_no_decision_is_refused(
    written: Store, company: Company, kind: str, values: dict[str, Any], message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        decide(written, company, TODAY, a_decision(kind, **values))
    assert decisions_as_of(written, company, TODAY).empty


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ({"probability": 1.1}, "this is no probability"),
        ({"probability": float("nan")}, "this is no probability"),
        ({"amount": -1.0}, "this is no amount"),
        ({"reason": "  "}, "the reason is missing"),
        ({"author": ""}, "your name is missing"),
    ],
)
def test_what_is_no_override_is_refused(
    written: Store, company: Company, values: dict[str, Any], message: str
) -> None:
    given: dict[str, Any] = {"probability": 0.5, "reason": "r", "author": "Ann"} | values
    with pytest.raises(BadInput, match=message):
        override(written, company, TODAY, "D1", "2026Q4", **given)
    assert override_steps(written, company, TODAY).empty


def test_hostile_text_stays_text(written: Store, company: Company) -> None:
    decide(written, company, TODAY, a_decision(CLOSE_OUT, author=HOSTILE, note=f"a\x00b\ud800c\n{HOSTILE}"))
    override(written, company, TODAY, "D1", "2026Q4", probability=0.5, reason=HOSTILE, author=HOSTILE)
    row, other = (
        decisions_as_of(written, company, TODAY).iloc[0],
        overrides_as_of(written, company, TODAY, "2026Q4").iloc[0],
    )
    assert (row["author"], row["note"]) == (HOSTILE, f"a b c {HOSTILE}")
    assert (other["author"], other["reason"]) == (HOSTILE, HOSTILE)


_MAYBE = st.one_of(st.none(), st.floats(0, 1))
_AMOUNT = st.one_of(st.none(), st.floats(0, 1e7).map(lambda amount: round(amount, 2)))


def test_the_number_with_overrides_is_the_sum_of_its_deals(found: Forecast) -> None:
    assert isinstance(found.expected, float)
    number, deals = round(found.expected * 100), found.deals

    @given(st.lists(st.tuples(_MAYBE, _AMOUNT), min_size=1, max_size=12), st.integers(0, 2**16))
    @settings(max_examples=40)
    def exact(put: list[tuple[float | None, float | None]], seed: int) -> None:
        chosen = deals["deal_id"].sample(len(put), random_state=seed).to_numpy()
        overrides = pd.DataFrame(put, columns=["probability", "amount"]).astype(float)
        overrides = overrides.assign(deal_id=chosen, reason="r", author="Ann", day=pd.Timestamp(TODAY))
        result = overridden(found, overrides)
        assert isinstance(result.expected, float)
        assert sorted(result.deals["deal_id"]) == sorted(chosen)
        moved = result.deals.dropna(subset="difference")
        cents = sum(round(one * 100) for one in moved["difference"])
        assert round(result.difference * 100) == cents
        assert round(result.expected * 100) == number + cents
        assert moved["difference"].abs().is_monotonic_decreasing
        before = moved["expected_amount"].fillna(0.0)
        assert ((moved["with_override"] - before).round(2) == moved["difference"]).all()

    exact()


def test_an_override_that_says_what_the_model_says_moves_nothing(found: Forecast) -> None:
    overrides = found.deals[["deal_id", "chance"]].rename(columns={"chance": "probability"})
    overrides = overrides.assign(amount=float("nan"), reason="r", author="Ann", day=pd.Timestamp(TODAY))
    result = overridden(found, overrides)
    assert abs(result.difference) <= 0.005 * len(overrides)
    one = found.deals.iloc[0]
    seen = seen_in(found, one["deal_id"])
    assert (seen.chance, seen.amount) == (one["chance"], one["amount_company"])
    assert seen.category == one["category"]
    assert seen_in(found, "nothing") == Seen()
    nobody = overridden(found, overrides.head(0))
    assert (nobody.difference, nobody.expected, len(nobody.deals)) == (0.0, found.expected, 0)


def test_an_override_for_a_later_quarter_sees_the_chance_within_it(
    small_world: Store, small_company: Company, basis: Basis, scope: Scope
) -> None:
    later = Scope(scope.as_of, small_company.calendar.shift(scope.quarter, 1))
    then = forecast(small_world, small_company, later, basis)
    by_end = then.deals[then.deals["p_won"] > then.deals["chance"] + 0.05]
    assert len(by_end), "the test's premise: a deal is rather won in this quarter than in the next"
    deal = by_end["deal_id"].iloc[0]
    seen = seen_in(then, deal)
    assert seen.chance is not None
    agreed = pd.DataFrame({"deal_id": [deal], "probability": [seen.chance], "amount": [float("nan")]})
    agreed = agreed.assign(reason="r", author="Ann", day=pd.Timestamp(TODAY))
    assert abs(overridden(then, agreed).difference) <= 0.01


def test_overrides_of_other_scopes_do_not_count(
    small_world: Store, small_company: Company, found: Forecast, tmp_path: Path
) -> None:
    shutil.copy(small_world.path, tmp_path / "copy.duckdb")
    copy = Store(tmp_path / "copy.duckdb")
    mine, other = found.deals["deal_id"].iloc[0], "not open"
    for deal_id in (mine, other):
        override(
            copy,
            small_company,
            TODAY,
            deal_id,
            found.view.scope.quarter.key,
            amount=1e6,
            reason="r",
            author="A",
        )
    result = overridden(found, overrides_as_of(copy, small_company, TODAY, found.view.scope.quarter.key))
    assert other not in set(result.deals["deal_id"])
    assert mine in set(result.deals["deal_id"])
