"""The page "Next quarters", run by Streamlit itself on the small sample company."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.company import Company, Scope
from analytics.forecast.quarter_forecast import forecast
from analytics.next_quarters import (
    NextQuarters,
    deal_table,
    flow_table,
    headline,
    next_quarters,
    quarters_from,
)
from analytics.store.database import Store
from analytics.wording import money
from tests.pages.case_store import AS_OF, case_store
from tests.pages.conftest import texts
from tests.pages.learned import whole_at

App = Callable[..., AppTest]
PAGE = "pages/quarter/next_quarters.py"


def view_of(store: Store, company: Company, scope: Scope) -> NextQuarters:
    quarters = quarters_from(company, scope.as_of)
    return next_quarters(
        [
            forecast(
                store,
                company,
                Scope(scope.as_of, quarter, scope.team, scope.owner_id),
                whole=whole_at(store.path, scope.as_of, quarter),
            )
            for quarter in quarters
        ]
    )


@pytest.fixture(scope="module")
def view(sample_store: Store, company: Company, scope: Scope) -> NextQuarters:
    return view_of(sample_store, company, scope)


def said(at: AppTest) -> str:
    assert not at.exception
    assert not at.error
    return texts(at).replace("\\", "")


def tables(at: AppTest, column: str) -> list[pd.DataFrame]:
    return [one.value for one in at.dataframe if column in one.value]


def test_the_page_shows_the_analytics_own(
    app: App, view: NextQuarters, company: Company, scope: Scope
) -> None:
    at = app(PAGE)
    for part in headline(view, scope, company):
        assert part in said(at)
    pd.testing.assert_frame_equal(tables(at, "Dated in")[0], flow_table(view), check_dtype=False)
    chart = at.get("plotly_chart")[0].proto
    for row in view.table.itertuples():
        assert f"{row.quarter}: " in chart.alt
        assert f"{money(row.expected, 'USD')} expected" in chart.alt


def test_the_deals_of_the_quarter_add_up_to_their_stated_amounts(
    app: App, view: NextQuarters, scope: Scope
) -> None:
    at = app(PAGE)
    deals = tables(at, "Close date")[0]
    assert list(deals["Deal ID"]) == deal_table(view, scope.quarter.key).deal_ids
    places = [name for name in deals if name.startswith(("Won in", "Less", "Lost", "Open after"))]
    assert len(places) == 7
    assert deals[places].sum(axis=1).to_numpy() == pytest.approx(deals["Stated amount"].to_numpy(), abs=0.005)
    summed = money(deals["Stated amount"].sum(), "USD", exact=True)
    assert f"{len(deals)} deals, together {summed}." in said(at)


def test_each_quarter_opens_on_the_quarter_end_page(app: App, view: NextQuarters) -> None:
    for quarter in view.quarters[:2]:
        at = app(PAGE)
        next(one for one in at.button if one.label == f"Open {quarter}").click().run()
        assert not at.exception
        assert at.title[0].value == "Quarter end"
        assert f", {quarter} (" in at.caption[0].value.replace("\\", "")


def test_a_team_sees_its_own_quarters(app: App, sample_store: Store, company: Company, scope: Scope) -> None:
    team = "East Enterprise"
    mine = Scope(scope.as_of, scope.quarter, team)
    view = view_of(sample_store, company, mine)
    assert set(view.deals["team"]) == {team}
    assert headline(view, mine, company)[0] in said(app(PAGE, team=team))


def test_the_chosen_quarter_s_deals_are_told(
    app: App, view: NextQuarters, company: Company, scope: Scope
) -> None:
    later = view.quarters[1]
    at = app(PAGE, quarter=later.key)
    assert headline(view, Scope(scope.as_of, later), company)[1] in said(at)
    assert f"The deals dated in {later}" in said(at)


def test_a_quarter_that_is_over_is_said_and_the_next_ones_are_shown(app: App, scope: Scope) -> None:
    at = app(PAGE, quarter="2026Q1")
    assert "2026Q1 is over: this page shows the as-of date's quarter" in said(at)
    assert f"The deals dated in {scope.quarter}" in said(at)


def test_too_little_history_shows_what_is_stated_and_says_why(app: App, tmp_path: Path) -> None:
    at = app(PAGE, store=case_store(tmp_path).path, as_of=AS_OF)
    page = said(at)
    assert "it cannot be foretold yet" in page
    assert "Load more history" in page
    assert "not enough data" in page
    assert not tables(at, "Dated in")
