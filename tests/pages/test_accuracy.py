"""The page "Accuracy", run by Streamlit itself on the small sample company."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.accuracy_view import (
    Accuracy,
    accuracy,
    added_title,
    coverage_by_week,
    error_title,
    headline,
    held,
    held_title,
    luck_title,
    pooled,
    target_words,
    team_table,
    team_title,
    week_at_first,
)
from analytics.case_worth import CaseWorth, case_worth, in_words, record_without
from analytics.company import Company, Scope
from analytics.store.database import Store
from analytics.wording import money
from tests.pages.case_store import AS_OF, case_store
from tests.pages.conftest import texts
from tests.pages.learned import basis_at

App = Callable[..., AppTest]
PAGE = "pages/trust/accuracy.py"


@pytest.fixture(scope="module")
def view(sample_store: Store, company: Company, scope: Scope) -> Accuracy:
    return accuracy(sample_store, company, basis_at(sample_store.path, scope.as_of), scope)


def said(at: AppTest) -> str:
    assert not at.exception
    assert not at.error
    return texts(at).replace("\\", "")


def table(at: AppTest, column: str) -> pd.DataFrame:
    return next(one.value for one in at.dataframe if column in one.value)


def test_the_page_shows_the_analytics_own(app: App, view: Accuracy, scope: Scope) -> None:
    at = app(PAGE)
    week = week_at_first(view, scope)
    page = said(at)
    for text in (
        *headline(view, week),
        error_title(view),
        held_title(view, week),
        target_words(view),
        team_title(view),
        added_title(view, week),
        luck_title(view, week),
    ):
        assert text in page
    assert list(table(at, "Plumbline on the same weeks")["Error"]) == list(pooled(view)["wape"])
    shown = table(at, "Pinball P10")
    pd.testing.assert_frame_equal(shown, coverage_by_week(view), check_dtype=False)
    assert list(table(at, "The number was")["Team"]) == list(team_table(view)["Team"])


def test_the_week_stands_in_the_url(app: App, view: Accuracy) -> None:
    at = app(PAGE, week="3")
    assert headline(view, 3)[0] in said(at)
    ranges = at.get("plotly_chart")[1].proto.alt
    for row in held(view, 3).itertuples():
        assert f"{row.quarter} {money(row.p10, 'USD')} to {money(row.p90, 'USD')}" in ranges


def test_a_week_that_was_not_tested_is_said(app: App, view: Accuracy, scope: Scope) -> None:
    at = app(PAGE, week="99")
    week = week_at_first(view, scope)
    assert f"Week 99 was not tested; showing week {week}." in said(at)
    assert headline(view, week)[0] in said(at)


def test_every_picture_has_its_words_and_its_data(app: App) -> None:
    at = app(PAGE)
    alts = [chart.proto.alt for chart in at.get("plotly_chart")]
    assert len(alts) == 3
    assert "Chance alone makes" in alts[0]
    assert "The range from P10 to P90 held in" in alts[1]
    assert "Chances said and what happened" in alts[2]
    assert len([one for one in at.expander if one.label == "The data of this picture"]) == 3
    assert {"Noise low", "Noise high"} <= set(table(at, "Noise low"))


def test_a_team_sees_its_own_record(app: App, sample_store: Store, company: Company, scope: Scope) -> None:
    team = "East Enterprise"
    mine = Scope(scope.as_of, scope.quarter, team)
    view = accuracy(sample_store, company, basis_at(sample_store.path, scope.as_of), mine)
    assert set(view.track.points["key"]) == {team}
    assert set(view.track.points["kind"]) == {"team"}
    at = app(PAGE, team=team)
    assert headline(view, week_at_first(view, mine))[0] in said(at)
    assert "The number was" not in [name for one in at.dataframe for name in one.value]


def test_an_owner_s_scope_shows_the_company_s_record_and_says_so(
    app: App, view: Accuracy, scope: Scope
) -> None:
    owner = view.record.deals["owner_id"].iloc[-1]
    at = app(PAGE, owner=owner)
    assert "this is the record of the company" in said(at)
    assert headline(view, week_at_first(view, scope))[0] in said(at)


def test_answers_are_compared_when_asked(
    app: App, view: Accuracy, sample_store: Store, company: Company, scope: Scope
) -> None:
    at = app(PAGE)
    assert "Past quarters are foretold once more" in said(at)
    at.button(key="open answers compare").click().run()
    basis = basis_at(sample_store.path, scope.as_of)
    found = case_worth(view.record, record_without(sample_store, company, basis))
    assert isinstance(found, CaseWorth)
    assert in_words(found) in said(at)
    losses = table(at, "With")
    assert losses["With"].tolist() == pytest.approx(found.quarters["with"].tolist())
    assert (losses["With"] != losses["Without"]).all()
    at.button(key="close answers").click().run()
    assert "Past quarters are foretold once more" in said(at)


def test_too_little_history_is_said(app: App, tmp_path: Path) -> None:
    at = app(PAGE, store=case_store(tmp_path).path, as_of=AS_OF)
    assert "How often the number was right cannot be said yet." in said(at)
    assert "not enough data (n=0)" in said(at)
    assert "Load more history" in said(at)
    assert not at.get("plotly_chart")
