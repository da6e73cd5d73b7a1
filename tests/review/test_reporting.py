"""On which days an action can have been done: not before it was decided, not later than is known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analytics.company import company_of
from analytics.problems import BadInput
from analytics.review.decisions import (
    ACTION,
    DONE,
    NOT_DONE,
    Decision,
    decide,
    decisions_as_of,
    report_action,
)
from analytics.store.database import Store
from tests.conftest import TODAY
from tests.small_stores import load

DAY, LATER = timedelta(days=1), TODAY + timedelta(days=7)


@pytest.fixture
def week_later(store: Store) -> Store:
    """An action decided on TODAY, in a store whose data reaches a week further."""
    change = {"deal_id": "D1", "stage": "S", "amount": 1.0, "close_date": "2026-12-01"}
    load(
        store,
        deal=[{"deal_id": "D1", "source": "test", "name": "Deal"}],
        deal_change=[{**change, "valid_at": f"{TODAY} 10:00"}],
    )
    action = Decision(
        "D1", "2026Q4", ACTION, "Ann", action="Call", action_owner="Bob", due=TODAY + timedelta(days=2)
    )
    decide(store, company_of(store), TODAY, action)
    load(store, deal_change=[{**change, "valid_at": f"{LATER} 10:00", "amount": 2.0}])
    return store


@pytest.mark.parametrize("day", [TODAY - DAY, LATER + DAY])
def test_a_day_before_the_decision_or_ahead_is_refused(week_later: Store, day: date) -> None:
    company = company_of(week_later)
    action = decisions_as_of(week_later, company, LATER)["decision_id"].iloc[0]
    with pytest.raises(BadInput, match="cannot have been done on this day"):
        report_action(week_later, company, LATER, action, DONE, author="Ann", done_on=day)
    assert decisions_as_of(week_later, company, LATER)["state"].iloc[0] == "open"


@pytest.mark.parametrize("day", [TODAY, TODAY + 2 * DAY, LATER])
def test_any_day_between_is_kept(week_later: Store, day: date) -> None:
    company = company_of(week_later)
    action = decisions_as_of(week_later, company, LATER)["decision_id"].iloc[0]
    report_action(week_later, company, LATER, action, DONE, author="Ann", done_on=day)
    assert decisions_as_of(week_later, company, LATER)["done_on"].iloc[0].date() == day
    report_action(week_later, company, LATER, action, NOT_DONE, author="Ann")
    assert decisions_as_of(week_later, company, LATER)["done_on"].isna().all()
