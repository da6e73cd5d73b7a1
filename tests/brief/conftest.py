"""The small company's weekly review, and the same with a day's decisions."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pandas as pd
import pytest

from analytics.at_risk import at_risk
from analytics.brief.content import brief_of
from analytics.brief.parts import Brief
from analytics.company import Company, Scope, span_of
from analytics.forecast.basis import Basis
from analytics.forecast.quarter_forecast import Whole, forecast, whole_company
from analytics.number import number
from analytics.store.database import Store
from analytics.weekly_review import WeeklyReview, last_review, review_facts, weekly_review
from tests.conftest import TODAY


def review_of(store: Store, company: Company, scope: Scope, basis: Basis, whole: Whole) -> WeeklyReview:
    """As the app and the command make it."""
    found = number(store, company, forecast(store, company, scope, basis, whole))
    risk = at_risk(store, company, scope, basis.history)
    since = last_review(store, company, scope.as_of)
    return weekly_review(
        store, company, review_facts(store, company, scope, since, found, risk), company.name
    )


@pytest.fixture(scope="session")
def basis(small_basis: Basis) -> Basis:
    return small_basis


@pytest.fixture(scope="session")
def whole(small_world: Store, small_company: Company, basis: Basis) -> Whole:
    quarter = small_company.calendar.quarter_of(TODAY)
    return whole_company(small_world, small_company, TODAY, quarter, basis)


@pytest.fixture(scope="session")
def review(small_world: Store, small_company: Company, basis: Basis, whole: Whole) -> WeeklyReview:
    scope = Scope(TODAY, whole.expected.quarter)
    return review_of(small_world, small_company, scope, basis, whole)


@pytest.fixture(scope="session")
def decided(review: WeeklyReview) -> WeeklyReview:
    """Two of the agenda's deals are decided on the day; an action of before was reported."""
    first, second = review.agenda.cards[0].deal_id, review.agenda.cards[1].deal_id
    like = review.decisions[review.decisions["kind"] == "action"].iloc[[-1]]
    today: dict[str, Any] = {"valid_at": pd.Timestamp(TODAY), "day": pd.Timestamp(TODAY), "author": "Ann"}
    due = pd.Timestamp("2026-11-20")
    keep = {"deal_id": first, "kind": "keep", "decision_id": "K", "state": "", "due": pd.NaT, "action": ""}
    keep |= {"action_owner": "", "action_owner_name": "", "reported_at": pd.NaT}
    act = {"deal_id": second, "kind": "action", "decision_id": "A", "state": "open", "due": due}
    act |= {"action": "Call the CFO", "action_owner_name": "Bob", "reported_at": pd.NaT}
    done = {
        "decision_id": "R",
        "state": "done",
        "done_on": pd.Timestamp(TODAY),
        "action": "Ask for the budget",
    }
    done |= {"reported_at": pd.Timestamp(TODAY)}
    rows = [like.assign(**done), like.assign(**today, **keep), like.assign(**today, **act)]
    return replace(review, decisions=pd.concat([review.decisions, *rows], ignore_index=True))


@pytest.fixture(scope="session")
def brief(small_world: Store, review: WeeklyReview) -> Brief:
    return brief_of(review, "pre-read", span_of(small_world, review.company))


@pytest.fixture(scope="session")
def minutes(decided: WeeklyReview) -> Brief:
    return brief_of(decided, "minutes")
