"""The page "Data quality", run by Streamlit itself; and how old the data are, on every page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.company import Company, Scope
from analytics.pipeline.quarter_end import total
from analytics.quality.check import Effect
from analytics.quality.ignored import ignored_as_of
from analytics.quality_page import (
    QualityView,
    assumed,
    by_owner,
    checks_table,
    deals_named,
    effect_words,
    everything,
    headline,
    quality_view,
)
from analytics.store.database import Store
from tests.kept import copied
from tests.pages.conftest import texts
from tests.small_stores import described, edit, load

App = Callable[..., AppTest]
PAGE = "pages/trust/data_quality.py"


@pytest.fixture(scope="module")
def view(sample_store: Store, company: Company, scope: Scope) -> QualityView:
    return quality_view(sample_store, company, scope, {})


@pytest.fixture
def own_store(sample_store: Store, tmp_path: Path) -> Store:
    """A copy that a test may write to."""
    path = tmp_path / "own.duckdb"
    return copied(sample_store, path)


def said(at: AppTest) -> str:
    assert not at.exception
    return texts(at).replace("\\", "")


def test_the_page_shows_the_analytics_own(app: App, view: QualityView, company: Company) -> None:
    at = app(PAGE)
    for part in headline(view, company):
        assert part in said(at)
    shown = at.dataframe[0].value
    pd.testing.assert_frame_equal(shown, checks_table(view.in_state("failed"), view), check_dtype=False)
    other = next(one.value for one in at.dataframe if "Remark" in one.value)
    assert set(shown["Code"]) | set(other["Code"]) == {one.check.code for one in view.results}
    assert not set(shown["Code"]) & set(other["Code"])


def test_a_check_in_the_url_opens_into_its_deals(app: App, view: QualityView, company: Company) -> None:
    late = view.of("DQ11")
    assert isinstance(late.changes, Effect), "the sample has deals with a date in the past"
    at = app(PAGE, check="DQ11")
    assert effect_words(late, company) in said(at)
    rows = next(one.value for one in at.dataframe if "Why" in one.value)
    assert list(rows["Deal"]) == list(deals_named(late).rows["Deal"])
    assert total(rows["Counts with"]) == late.money
    owners = next(one.value for one in at.dataframe if "Owner" in one.value and "Deals" in one.value)
    assert owners["Deals"].sum() == len(late.deals)
    passed = view.in_state("passed")[0].check
    assert f"What it would mean: {passed.means}" in said(app(PAGE, check=passed.code))


def test_every_finding_is_in_the_download(view: QualityView) -> None:
    rows = everything(view)
    for one in view.in_state("failed"):
        assert (rows["Code"] == one.check.code).sum() == len(one.deals) + len(one.things)
        if len(one.deals):
            assert by_owner(one)["Deals"].sum() == len(one.deals)


def test_a_fix_leads_to_the_page_what_if(view: QualityView, scope: Scope) -> None:
    asked = assumed(view.of("DQ11"), scope)
    assert asked.count(f"~d={scope.quarter.last_day}") == len(view.of("DQ11").deals)
    assert assumed(view.of("DQ01"), scope) == ""


def test_a_team_has_its_own(app: App, view: QualityView) -> None:
    team = view.of("DQ11").deals["team"].iloc[0]
    shown = app(PAGE, check="DQ11", team=team)
    rows = next(one.value for one in shown.dataframe if "Why" in one.value)
    assert 0 < len(rows) <= len(view.of("DQ11").deals)


def test_where_no_deal_is_open_the_page_says_so(app: App, store: Store) -> None:
    rows = [{"deal_id": "d", "valid_at": "2026-03-09 08:00", "amount": 5, "is_closed": True}]
    load(store, deal=described(rows), deal_change=rows)
    told = said(app(PAGE, store=store.path))
    assert "No deal is open here" in told
    assert "No open deal has an error or a warning in its data." in told
    assert "There are no earlier weeks to compare" in told


def test_a_check_is_ignored_with_a_reason_and_counted_again(
    app: App, own_store: Store, company: Company, scope: Scope
) -> None:
    at = app(PAGE, store=own_store.path, check="DQ01")
    at.button(key="ignore button DQ01").click().run()
    assert "the reason is missing" in said(at).lower()
    at.text_area(key="reason DQ01").input("Amounts come at proposal")
    at.text_input(key="name ignore DQ01").input("Ann")
    at.button(key="ignore button DQ01").click().run()
    assert "No amount is ignored from now on." in said(at)
    assert "Amounts come at proposal" in said(at)
    assert ignored_as_of(own_store, company, scope.as_of)["DQ01"].author == "Ann"
    assert "Ignored" in set(at.dataframe[0].value["State"])
    at.button(key="take back button DQ01").click().run()
    assert "No amount counts again." in said(at)
    assert ignored_as_of(own_store, company, scope.as_of) == {}


def test_on_a_past_day_nothing_can_be_ignored(app: App) -> None:
    at = app(PAGE, as_of="2026-10-01", check="DQ08")
    assert not [button for button in at.button if "Ignore" in button.label]
    assert "is a past day" in said(at)


def test_every_page_says_how_old_the_data_are_and_warns_when_they_are_stale(
    app: App, store: Store, sample_store: Store
) -> None:
    assert "the sample company's last day." in said(app("pages/trust/definitions.py"))
    rows = [{"deal_id": "d", "valid_at": "2026-03-09 08:00", "amount": 5}]
    load(store, deal=described(rows), deal_change=rows)
    fresh = app("pages/trust/definitions.py", store=store.path)
    assert "loaded today." in said(fresh)
    assert not fresh.warning
    long_ago = datetime.now(UTC).replace(tzinfo=None) - timedelta(days=20)
    edit(store.path, f"update import set loaded_at = timestamp '{long_ago}'")
    stale = app("pages/trust/definitions.py", store=store.path)
    assert "No export was loaded for 20 days" in stale.warning[0].value.replace("\\", "")
