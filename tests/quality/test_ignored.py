"""Living with a check: who, why, until when; and taking it back."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from analytics.company import Company, Scope, company_of
from analytics.problems import BadInput
from analytics.quality.checks import open_failing
from analytics.quality.ignored import ignore, ignored_as_of, take_back
from analytics.quality_page import headline, ignored_words, quality_view
from analytics.store.database import Store
from analytics.store.versions import versions_of
from tests.small_stores import STAGES, described, load

TODAY = date(2026, 3, 2)
WHO = {"reason": "Dates are kept elsewhere", "author": "Ann"}


@pytest.fixture
def filled(store: Store) -> Store:
    rows = [
        {"deal_id": "d", "valid_at": f"{TODAY} 08:00", "stage": "Propose", "amount": 100, "is_closed": False}
    ]
    load(store, deal=described(rows), deal_change=rows, stage=STAGES)
    return store


@pytest.fixture
def company(filled: Store) -> Company:
    return company_of(filled)


def test_an_ignored_check_no_longer_counts_and_says_why(filled: Store, company: Company) -> None:
    before = versions_of(filled)
    scope = Scope(TODAY, company.calendar.quarter_of(TODAY))
    assert not open_failing(quality_view(filled, company, scope, {}).results).empty
    ignore(filled, company, TODAY, "DQ02", **WHO, until=TODAY + timedelta(days=30))
    held = ignored_as_of(filled, company, TODAY)
    view = quality_view(filled, company, scope, held)
    assert view.of("DQ02").state == "ignored"
    assert len(view.of("DQ02").deals) == 1
    assert open_failing(view.results).empty
    assert "1 ignored" in headline(view, company)[1]
    assert ignored_words(held["DQ02"], company) == (
        "Ignored until Apr 1, 2026 by Ann since Mar 2, 2026: Dates are kept elsewhere"
    )
    assert versions_of(filled) == before, "nobody must learn anew for it"


def test_it_ends_on_its_day_or_when_it_is_taken_back(filled: Store, company: Company) -> None:
    ignore(filled, company, TODAY, "DQ02", **WHO, until=TODAY)
    ignore(filled, company, TODAY, "DQ10", **WHO)
    assert set(ignored_as_of(filled, company, TODAY)) == {"DQ02", "DQ10"}
    assert set(ignored_as_of(filled, company, TODAY + timedelta(days=1))) == {"DQ10"}
    take_back(filled, company, TODAY, "DQ10", author="Bob")
    assert set(ignored_as_of(filled, company, TODAY)) == {"DQ02"}
    ignore(filled, company, TODAY, "DQ10", **WHO)
    assert set(ignored_as_of(filled, company, TODAY)) == {"DQ02", "DQ10"}
    assert ignored_as_of(filled, company, TODAY - timedelta(days=1)) == {}


@pytest.mark.parametrize(
    ("code", "given", "words"),
    [
        ("DQ02", {"reason": " "}, "the reason is missing"),
        ("DQ02", {"author": ""}, "your name is missing"),
        ("DQ99", {}, "there is no such check"),
        ("DQ02", {"until": TODAY - timedelta(days=1)}, "this day has passed"),
    ],
)
def test_what_cannot_be_ignored_says_why(
    filled: Store, company: Company, code: str, given: dict[str, object], words: str
) -> None:
    with pytest.raises(BadInput, match=words):
        ignore(filled, company, TODAY, code, **{**WHO, **given})  # type: ignore[arg-type]
    assert ignored_as_of(filled, company, TODAY) == {}


def test_a_past_day_is_not_written_to_and_only_what_is_ignored_is_taken_back(
    filled: Store, company: Company
) -> None:
    with pytest.raises(BadInput, match="past day"):
        ignore(filled, company, TODAY - timedelta(days=1), "DQ02", **WHO)
    with pytest.raises(BadInput, match="is not ignored"):
        take_back(filled, company, TODAY, "DQ02", author="Ann")
