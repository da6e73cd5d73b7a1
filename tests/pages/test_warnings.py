"""The page "Warnings", run by Streamlit itself."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.company import Company, Scope
from analytics.pipeline.quarter_end import total
from analytics.risk.warning_limits import Limit, default_limits, read_limits, save_limits
from analytics.risk.warning_rules import RULE
from analytics.store.database import Store
from analytics.store.settings import write_setting
from analytics.warning_list import (
    WarningList,
    deals_now,
    deals_past,
    headline,
    open_deals,
    shown_table,
    warning_list,
    warning_table,
)
from analytics.wording import count
from tests.kept import copied
from tests.pages.case_store import AS_OF, case_store
from tests.pages.conftest import texts

App = Callable[..., AppTest]
PAGE = "pages/deals/warnings.py"
ALL = {"dated": "All open"}


@pytest.fixture(scope="module")
def view(sample_store: Store, company: Company, scope: Scope) -> WarningList:
    return warning_list(sample_store, company, scope.as_of)


@pytest.fixture
def own_store(sample_store: Store, tmp_path: Path) -> Store:
    """A copy that a test may write to."""
    path = tmp_path / "own.duckdb"
    return copied(sample_store, path)


def said(at: AppTest) -> str:
    assert not at.exception
    return texts(at).replace("\\", "")


def test_the_page_shows_the_analytics_own(
    app: App, view: WarningList, company: Company, scope: Scope
) -> None:
    at = app(PAGE)
    deals = open_deals(view, scope, this_quarter=True)
    for part in headline(view, deals, f"dated in {scope.quarter}", company):
        assert part in said(at)
    shown = at.dataframe[0].value
    pd.testing.assert_frame_equal(shown, shown_table(warning_table(view, deals)), check_dtype=False)
    assert set(shown["Warning"]) == {rule.label(rule.default.value) for rule in RULE.values()}


def test_every_count_opens_into_its_deals(view: WarningList, scope: Scope) -> None:
    for this_quarter in (True, False):
        deals = open_deals(view, scope, this_quarter=this_quarter)
        table = warning_table(view, deals).set_index("warning")
        assert table["deals_now"].sum() > 0
        for key in RULE:
            now, past = deals_now(view, deals, key), deals_past(view, key)
            assert now.n == table.loc[key, "deals_now"]
            assert now.total == pytest.approx(table.loc[key, "money_now"])
            assert past.n == table.loc[key, "n_with"]


def test_a_warning_in_the_url_shows_its_deals(app: App, view: WarningList, scope: Scope) -> None:
    deals = open_deals(view, scope, this_quarter=False)
    now, past = deals_now(view, deals, "no_activity"), deals_past(view, "no_activity")
    assert now.n > 0
    at = app(PAGE, warning="no_activity", **ALL)
    assert "No activity for more than 14 days" in [one.value for one in at.subheader]
    assert [tab.label for tab in at.tabs] == [
        f"{count(now.n, 'open deal')} now",
        f"{count(past.n, 'past deal')} behind it",
    ]
    shown = at.dataframe[1].value
    assert list(shown["Deal"]) == list(now.rows["Deal"])
    assert shown["Why it is warned"].str.match("no activity (recorded|for [0-9]+ days?)$").all()


def test_an_unknown_warning_in_the_url_opens_nothing(app: App) -> None:
    at = app(PAGE, warning="nonsense")
    assert not at.exception
    assert not at.tabs


def test_a_team_sees_its_own_deals_and_the_company_s_history(view: WarningList, scope: Scope) -> None:
    team = sorted(set(view.deals["team"]) - {""})[0]
    mine = Scope(scope.as_of, scope.quarter, team)
    deals = open_deals(view, mine, this_quarter=False)
    assert set(deals["team"]) == {team}
    table = warning_table(view, deals)
    everybody = warning_table(view, open_deals(view, scope, this_quarter=False))
    assert 0 < table["deals_now"].sum() < everybody["deals_now"].sum()
    assert list(table["n_with"]) == list(everybody["n_with"])


def test_money_is_the_deals_sum(view: WarningList, scope: Scope) -> None:
    deals = open_deals(view, scope, this_quarter=False)
    row = next(warning_table(view, deals).itertuples())
    ids = view.now.loc[view.now["warning"] == row.warning, "deal_id"]
    assert row.money_now == total(deals.loc[deals["deal_id"].isin(ids), "amount_company"].dropna())


def test_the_form_saves_a_limit_and_switches_a_warning_off(app: App, own_store: Store) -> None:
    at = app(PAGE, store=own_store.path)
    at.number_input(key="limit no_activity").set_value(30.0)
    at.checkbox(key="on pushed").set_value(False)
    next(one for one in at.button if one.label == "Save the limits").click().run()
    assert "Saved." in said(at)
    assert read_limits(own_store) == default_limits() | {
        "no_activity": Limit(30.0),
        "pushed": Limit(2.0, is_on=False),
    }
    shown = at.dataframe[0].value.set_index("Warning")
    assert "No activity for more than 30 days" in shown.index
    off = shown.loc["Close date moved later 2 times or more"]
    assert not off["On"]
    assert off["Open deals"] > 0  # who switched it off still sees what it would name
    at.run()
    assert "Saved." not in said(at)


def test_a_looser_limit_names_fewer_deals(own_store: Store, company: Company, scope: Scope) -> None:
    def named() -> int:
        found = warning_list(own_store, company, scope.as_of)
        table = warning_table(found, open_deals(found, scope, this_quarter=False)).set_index("warning")
        return int(table.loc["no_activity", "deals_now"])

    before = named()
    save_limits(own_store, default_limits() | {"no_activity": Limit(60.0)})
    assert named() < before


def test_limits_that_somebody_broke_are_explained(app: App, own_store: Store) -> None:
    write_setting(own_store, "warnings", '{"nonsense": {}}')
    at = app(PAGE, store=own_store.path)
    assert not at.exception
    assert "there is no such warning" in at.error[0].value.replace("\\", "")


def test_too_little_history_is_said_and_today_is_shown(app: App, tmp_path: Path) -> None:
    at = app(PAGE, store=case_store(tmp_path).path, as_of=AS_OF, **ALL)
    assert "What the warnings went with cannot be measured yet." in said(at)
    assert "takes 30 past deals with a warning" in said(at)
    shown = at.dataframe[0].value
    assert shown["Slipping"].str.startswith("not enough data (n=").all()
    assert shown["Open deals"].sum() > 0


def test_what_nobody_can_judge_is_a_dash_with_its_reason(app: App, tmp_path: Path) -> None:
    at = app(PAGE, store=case_store(tmp_path).path, as_of=AS_OF, warning="no_activity", **ALL)
    shown = at.dataframe[0].value.set_index("Warning")
    unknown, known = "No activity for more than 14 days", "Close date moved later 2 times or more"
    assert shown.loc[unknown, ["Open deals", "Money"]].isna().all()
    assert shown.loc[known, ["Open deals", "Money"]].tolist() == [0, 0]
    assert "the CRM does not record what it takes" in said(at)


def test_no_open_deal_in_scope(app: App, tmp_path: Path) -> None:
    at = app(PAGE, store=case_store(tmp_path).path, as_of=AS_OF, team="North", quarter="2024Q4")
    assert not at.exception
    assert at.dataframe[0].value["Open deals"].sum() == 0
    assert "No deal is open here." in at.info[0].value


def test_earlier_days_are_measured_by_what_was_known_then(
    company: Company, scope: Scope, sample_store: Store
) -> None:
    earlier = company.calendar.shift(scope.quarter, -2).last_day
    then = warning_list(sample_store, company, earlier)
    now = warning_list(sample_store, company, scope.as_of)
    assert set(then.past["quarter"]) < set(now.past["quarter"])
    keys = ["deal_id", "quarter", "outcome_0", "no_activity"]
    kept = now.past[now.past["quarter"].isin(set(then.past["quarter"]))]
    pd.testing.assert_frame_equal(then.past[keys].reset_index(drop=True), kept[keys].reset_index(drop=True))
