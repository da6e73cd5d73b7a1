"""The page "Post-mortem", run by Streamlit itself on the small sample company."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from analytics.company import Company, Scope, company_of
from analytics.post_mortem import EXPECTED, STATED, PostMortem, past_quarters, post_mortem
from analytics.post_mortem_causes import causes
from analytics.post_mortem_words import behind, headline, held, step_table, warning_table, warning_title
from analytics.store.database import Store
from tests.pages.conftest import texts
from tests.pages.learned import basis_at
from tests.small_stores import described, load

App = Callable[..., AppTest]
PAGE = "pages/review/post_mortem.py"


@pytest.fixture(scope="module")
def view(sample_store: Store, company: Company, scope: Scope) -> PostMortem:
    basis = basis_at(sample_store.path, scope.as_of)
    last = past_quarters(basis, company)[-1]
    found = post_mortem(sample_store, company, basis, Scope(scope.as_of, last), 7)
    assert isinstance(found, PostMortem)
    return found


def said(at: AppTest) -> str:
    assert not at.exception
    assert not at.error
    return texts(at).replace("\\", "")


def test_the_page_shows_the_analytics_own(
    app: App, view: PostMortem, sample_store: Store, company: Company, scope: Scope
) -> None:
    at = app(PAGE)
    page = said(at)
    found = causes(sample_store, company, basis_at(sample_store.path, scope.as_of), view)
    words = (
        headline(view, company),
        behind(view, EXPECTED, company),
        held(view, company),
        warning_title(found),
    )
    for text in words:
        assert text in page
    shown = next(one.value for one in at.dataframe if "Deals with it" in one.value)
    assert shown.equals(warning_table(found))
    assert "is not over on" in page


def test_week_start_and_step_stand_in_the_url(
    app: App, sample_store: Store, company: Company, scope: Scope, view: PostMortem
) -> None:
    name = "Slipped, still open"
    at = app(PAGE, week="4", against=STATED, step=name)
    basis = basis_at(sample_store.path, scope.as_of)
    other = post_mortem(sample_store, company, basis, Scope(scope.as_of, view.quarter), 4)
    assert isinstance(other, PostMortem)
    assert headline(other, company) in said(at)
    shown = next(one.value for one in at.dataframe if "Counts with" in one.value)
    assert list(shown["Counts with"]) == list(step_table(other, STATED, "slipped, still open")["Counts with"])


def test_another_quarter_and_a_team(app: App, sample_store: Store, company: Company, scope: Scope) -> None:
    basis = basis_at(sample_store.path, scope.as_of)
    first, team = past_quarters(basis, company)[0], "West Strategic"
    at = app(PAGE, past=first.key, team=team)
    found = post_mortem(sample_store, company, basis, Scope(scope.as_of, first, team), 7)
    assert isinstance(found, PostMortem)
    assert headline(found, company) in said(at)


def test_what_is_asked_for_and_cannot_be_shown_is_said(app: App) -> None:
    page = said(app(PAGE, past="2026Q4", week="99", step="Nonsense"))
    assert "2026Q4 is not over, or was not foretold" in page
    assert "Week 99 was not tested" in page
    assert "Nonsense is not a step" in page


def test_without_a_past_quarter_it_says_why(app: App, store: Store) -> None:
    changes = [
        {"deal_id": "a", "valid_at": "2026-01-05", "stage": "Propose", "amount": 10, "is_closed": False}
    ]
    load(store, deal=described(changes), deal_change=changes)
    page = said(app(PAGE, store=store.path))
    assert "No past quarter can be held against what was said of it yet" in page
    assert company_of(store).name == ""
