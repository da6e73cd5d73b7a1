"""Who gets which digest: begun, ended, never twice, never on a past day."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

import pytest

from analytics.company import Company, company_of
from analytics.digest.subscriptions import end_subscription, subscribe, subscriptions_as_of
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.versions import versions_of
from analytics.team_digest import subscribed
from tests.pages.case_store import AS_OF, case_store

UNTIL = date.fromisoformat(AS_OF)


@pytest.fixture
def own(tmp_path: Path) -> Store:
    return case_store(tmp_path)


@pytest.fixture
def company(own: Store) -> Company:
    return company_of(own)


def standing(store: Store, as_of: date = UNTIL) -> list[tuple[str, str]]:
    rows = subscriptions_as_of(store, company_of(store), as_of)
    return list(zip(rows["subscriber"], rows["team"], strict=True))


def test_a_subscription_stands_until_it_ends_and_can_begin_again(own: Store, company: Company) -> None:
    subscribe(own, company, UNTIL, "  ann@example.com ", "North")
    subscribe(own, company, UNTIL, "Bo", "")
    assert standing(own) == [("Bo", ""), ("ann@example.com", "North")]
    assert subscribed(own, company, UNTIL) == {"": ["Bo"], "North": ["ann@example.com"]}
    end_subscription(own, company, UNTIL, "ANN@example.com", "North")
    assert standing(own) == [("Bo", "")]
    subscribe(own, company, UNTIL, "ann@example.com", "North")
    assert len(standing(own)) == 2
    assert not standing(own, UNTIL - timedelta(days=1))


def test_a_subscription_makes_nobody_learn_anew(own: Store, company: Company) -> None:
    before = versions_of(own)
    subscribe(own, company, UNTIL, "Ann", "")
    after = versions_of(own)
    assert (after.facts, after.decisions, after.calls) == (before.facts, before.decisions, before.calls)
    assert after.coaching != before.coaching


@pytest.mark.parametrize(
    ("who", "team", "message"),
    [
        ("   ", "North", "missing"),
        ("x" * 201, "North", "too long"),
        ("Ann", "Nowhere", "no such team"),
    ],
)
def test_what_cannot_be_is_said(own: Store, company: Company, who: str, team: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        subscribe(own, company, UNTIL, who, team)
    assert not standing(own)


def test_not_twice_not_without_one_not_on_a_past_day(own: Store, company: Company) -> None:
    subscribe(own, company, UNTIL, "Ann", "North")
    with pytest.raises(BadInput, match="subscribed to team North already"):
        subscribe(own, company, UNTIL, "ann", "North")
    with pytest.raises(BadInput, match="not subscribed to the whole company"):
        end_subscription(own, company, UNTIL, "Ann", "")
    with pytest.raises(BadInput, match="past day"):
        subscribe(own, company, UNTIL - timedelta(days=1), "Bo", "North")
    assert standing(own) == [("Ann", "North")]
