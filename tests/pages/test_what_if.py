"""The page "What if": assumptions in the address, the number at once, scenarios side by side."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from urllib.parse import parse_qs

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from streamlit.testing.v1 import AppTest

from analytics.company import Company, Scope
from analytics.forecast.hangs_on import HangsOn, hangs_on
from analytics.forecast.quarter_forecast import Forecast, forecast
from analytics.forecast.what_if import Change, read_changes, what_if, write_changes
from analytics.store.database import Store
from analytics.what_if_view import (
    AS_IT_IS,
    MOST_KEPT,
    Named,
    change_of,
    changed,
    effects,
    headline,
    offered,
    presets,
    read_kept,
    side_by_side,
    write_kept,
)
from analytics.wording import money, percent
from tests.pages.case_store import AS_OF, case_store
from tests.pages.conftest import texts
from tests.pages.learned import whole_at

App = Callable[..., AppTest]
PAGE = "pages/quarter/what_if.py"


@pytest.fixture(scope="module")
def found(sample_store: Store, company: Company, scope: Scope) -> Forecast:
    whole = whole_at(sample_store.path, scope.as_of, scope.quarter)
    return forecast(sample_store, company, scope, whole=whole)


@pytest.fixture(scope="module")
def hangs(found: Forecast) -> HangsOn:
    return hangs_on(found)


@pytest.fixture(scope="module")
def ids(found: Forecast, hangs: HangsOn) -> list[str]:
    return [str(one) for one in hangs.deals["deal_id"]]


def said(at: AppTest) -> str:
    assert not at.exception
    assert not at.error
    return texts(at).replace("\\", "")


def numbers(at: AppTest) -> dict[str, str]:
    return {metric.label: metric.value.replace("\\", "") for metric in at.metric}


def asked(at: AppTest, key: str) -> str:
    """A part of the address: as a list where the test gave it, as a text where the app wrote it."""
    value = at.query_params[key]
    return value if isinstance(value, str) else value[0]


def the_effects(at: AppTest) -> list[pd.DataFrame]:
    return [one.value for one in at.dataframe if "Moves the number by" in one.value]


def name_of(found: Forecast, deal_id: str) -> str:
    return str(found.deals.set_index("deal_id").loc[deal_id, "name"])


def test_nothing_is_assumed_at_first(app: App, found: Forecast, company: Company) -> None:
    at = app(PAGE)
    lead, rest = headline(found, [], what_if(company, found, []), company)
    assert lead in said(at)
    assert rest in said(at)
    assert numbers(at)["Expected"] == money(found.expected, "USD")
    assert numbers(at)["Chance of target"] == percent(found.p_target)
    assert not the_effects(at)
    assert "nothing is written into the data" in said(at)


def test_an_outcome_that_is_chosen_moves_the_number_and_goes_into_the_address(
    app: App, found: Forecast, company: Company, ids: list[str]
) -> None:
    at = app(PAGE)
    at.button_group(key=f"outcome of {ids[0]}").set_value("won").run()
    scenario = what_if(company, found, [Change(ids[0], "won")])
    assert asked(at, "what") == f"{ids[0]}~won"
    assert f"If {name_of(found, ids[0])} is won, " in said(at)
    assert numbers(at)["Expected"] == money(scenario.expected, "USD")
    assert numbers(at)["Chance of target"] == percent(scenario.p_target)
    at.button_group(key=f"outcome of {ids[1]}").set_value("lost").run()
    assert asked(at, "what") == f"{ids[0]}~won,{ids[1]}~lost"
    at.button_group(key=f"outcome of {ids[0]}").set_value(None).run()
    assert asked(at, "what") == f"{ids[1]}~lost"


def test_an_amount_and_a_date_can_be_assumed(
    app: App, found: Forecast, company: Company, ids: list[str]
) -> None:
    at = app(PAGE)
    at.number_input(key=f"amount of {ids[0]}").set_value(500_000.0).run()
    at.date_input(key=f"close_date of {ids[0]}").set_value(date(2027, 2, 1)).run()
    assert asked(at, "what") == f"{ids[0]}~a=500000,{ids[0]}~d=2027-02-01"
    change = Change(ids[0], "", 500_000.0, date(2027, 2, 1))
    assert numbers(at)["Expected"] == money(what_if(company, found, [change]).expected, "USD")
    assert f"{name_of(found, ids[0])} has an amount of $500K and is dated Feb 1, 2027" in said(at)


def test_a_scenario_in_the_address_is_shown_in_the_controls(app: App, ids: list[str]) -> None:
    at = app(PAGE, scenario="Banks [x] $5", what=f"{ids[0]}~slipped,{ids[1]}~a=1000,{ids[1]}~d=2027-01-31")
    assert at.button_group(key=f"outcome of {ids[0]}").value == "slipped"
    assert at.number_input(key=f"amount of {ids[1]}").value == 1000
    assert at.date_input(key=f"close_date of {ids[1]}").value == date(2027, 1, 31)
    assert at.text_input(key="scenario_name").value == "Banks [x] $5"
    assert set(the_effects(at)[0]["Deal ID"]) == {ids[0], ids[1]}


def test_each_assumption_s_effect_adds_up_to_the_difference(
    found: Forecast, company: Company, ids: list[str]
) -> None:
    changes = [Change(ids[0], "won"), Change(ids[1], "lost"), Change(ids[2], amount=123_456.78)]
    scenario = what_if(company, found, changes)
    assert effects(scenario)["moves"].sum() == pytest.approx(scenario.expected - found.expected, abs=0.005)


def test_parts_that_cannot_be_used_are_named_and_left_out(
    app: App, found: Forecast, company: Company, ids: list[str]
) -> None:
    at = app(PAGE, what=f"{ids[0]}~won,NB-404~won,{ids[1]}~a=-5,{ids[2]}~d=soon,junk", kept="no sign")
    warning = at.warning[0].value.replace("\\", "")
    for part in ("NB-404", "junk", "a=-5", "d=soon", "no sign"):
        assert part in warning
    assert numbers(at)["Expected"] == money(what_if(company, found, [Change(ids[0], "won")]).expected, "USD")
    at.button_group(key=f"outcome of {ids[1]}").set_value("lost").run()
    assert "junk" not in asked(at, "what")


@pytest.mark.parametrize("value", ["d=1900-01-01", "d=2199-12-31", "a=0", "a=9999999999999.99"])
def test_the_farthest_values_of_an_address_are_shown(app: App, ids: list[str], value: str) -> None:
    at = app(PAGE, what=f"{ids[0]}~{value}")
    assert not at.warning
    assert the_effects(at)[0]["Deal ID"].tolist() == [ids[0]]
    assert "Nothing is assumed" not in said(at)


def test_reset_takes_the_scenario_out_of_the_address(app: App, found: Forecast, ids: list[str]) -> None:
    at = app(PAGE, scenario="One", what=f"{ids[0]}~won")
    next(one for one in at.button if one.label == "Reset").click().run()
    assert "what" not in at.query_params
    assert "scenario" not in at.query_params
    assert at.button_group(key=f"outcome of {ids[0]}").value is None
    assert numbers(at)["Expected"] == money(found.expected, "USD")


def test_a_named_scenario_is_kept_beside_others(app: App, ids: list[str]) -> None:
    at = app(PAGE, what=f"{ids[0]}~won")
    at.text_input(key="scenario_name").set_value("Big one; won!").run()
    assert asked(at, "scenario") == "Big one; won!"
    next(one for one in at.button if one.label == "Keep to compare").click().run()
    assert read_kept(asked(at, "kept")) == ([Named("Big one; won!", f"{ids[0]}~won")], [])
    at.button_group(key=f"outcome of {ids[0]}").set_value("lost").run()
    links = {one.proto.label.replace("\\", ""): one.proto for one in at.get("page_link")}
    query = parse_qs(links["Big one; won!"].query_string)
    assert query["what"] == [f"{ids[0]}~won"]
    assert query["kept"] == [asked(at, "kept")]
    alt = at.get("plotly_chart")[0].proto.alt
    assert AS_IT_IS in alt
    assert "Big one; won!: " in alt
    assert "Big one; won! (changed): " in alt


def test_a_link_leads_to_its_scenario_in_this_scope(app: App) -> None:
    team = "East Enterprise"
    links = [one.proto for one in app(PAGE, team=team).get("page_link")]
    query = {key: values[0] for key, values in parse_qs(links[0].query_string).items()}
    assert query["team"] == team
    at = app(PAGE, **query)
    assert "view" not in at.query_params
    assert "Nothing is assumed yet" not in said(at)


def test_any_other_deal_can_be_added_to_the_list(app: App, found: Forecast, hangs: HangsOn) -> None:
    known = set(offered(found, hangs, [])["deal_id"])
    other = next(str(one) for one in found.deals["deal_id"] if one not in known)
    at = app(PAGE)
    at.selectbox(key="what_if_also").set_value(other).run()
    at.button_group(key=f"outcome of {other}").set_value("won").run()
    at.selectbox(key="what_if_also").set_value(None).run()
    assert at.button_group(key=f"outcome of {other}").value == "won"  # what is assumed stays in the list


def test_the_list_keeps_its_order(found: Forecast, hangs: HangsOn, ids: list[str]) -> None:
    before = list(offered(found, hangs, [])["deal_id"])
    after = list(offered(found, hangs, [Change(before[3], "won")])["deal_id"])
    assert before == after
    assert before[: len(ids)] == ids


def test_a_deal_of_which_nothing_is_assumed_is_no_change() -> None:
    assert changed([Change("A", "won")], "A") == []
    assert changed([], "A", amount=0.0) == [Change("A", amount=0.0)]
    assert change_of([Change("A", "won")], "B") == Change("B")


def test_presets_are_about_deals_of_the_scope(found: Forecast, hangs: HangsOn, company: Company) -> None:
    scenarios = presets(found, hangs)
    assert [one.name for one in scenarios] == ["Top 3 won", "Top 3 slipped", "Commits won"]
    table = side_by_side(company, found, scenarios).set_index("scenario")
    assert table.loc[AS_IT_IS, "expected"] == found.expected
    assert table.loc["Top 3 won", "p_target"] > table.loc[AS_IT_IS, "p_target"]
    assert table.loc["Top 3 slipped", "p_target"] < table.loc[AS_IT_IS, "p_target"]
    assert (table["problems"] == 0).all()
    commit = found.deals[(found.deals["category"] == "Commit") & (found.deals["timing"] == "in quarter")]
    assert table.loc["Commits won", "assumed"] == commit["amount_company"].notna().sum()


@given(st.lists(st.tuples(st.text(min_size=1, max_size=20), st.sampled_from(["A~won", "B~a=5,C~lost", ""]))))
def test_kept_scenarios_travel_in_the_address(pairs: list[tuple[str, str]]) -> None:
    kept = [Named(name, what) for name, what in pairs]
    latest = {one.name: one for one in kept}
    assert read_kept(write_kept(kept)) == ([*latest.values()][-MOST_KEPT:], [])


def test_many_assumptions_are_counted(found: Forecast, company: Company) -> None:
    deals = list(found.deals.dropna(subset=["amount_company"])["deal_id"].astype(str))[:5]
    changes = [
        *(Change(one, "won") for one in deals[:3]),
        Change(deals[3], "slipped"),
        Change(deals[4], amount=5.0),
    ]
    lead, _ = headline(found, changes, what_if(company, found, changes), company)
    assert "If 3 deals are won, 1 deal slips and 1 deal changes in amount or date, " in lead
    assert read_changes(write_changes(changes)) == (changes, [])


def test_a_quarter_that_is_over_is_said(app: App) -> None:
    at = app(PAGE, quarter="2026Q1")
    assert "2026Q1 was over on 2026-11-15." in said(at)
    assert not at.metric


def test_too_little_history_is_said(app: App, tmp_path: Path) -> None:
    at = app(PAGE, store=case_store(tmp_path).path, as_of=AS_OF)
    assert "cannot be foretold yet" in said(at)
    assert "Load more history" in said(at)
    assert not at.metric


def test_hostile_names_are_shown_as_they_were_typed(app: App, ids: list[str]) -> None:
    at = app(PAGE, scenario="**bold** <b>$x$", what=f"{ids[0]}~won")
    labels = [one.proto.label for one in at.get("page_link")]
    assert r"\*\*bold\*\* \<b\>\$x\$" in labels
    assert not at.exception


def test_the_table_of_effects_is_exact(app: App, found: Forecast, company: Company, ids: list[str]) -> None:
    at = app(PAGE, what=f"{ids[0]}~won,{ids[1]}~lost")
    table = the_effects(at)[0]
    scenario = what_if(company, found, [Change(ids[0], "won"), Change(ids[1], "lost")])
    assert table["Moves the number by"].sum() == pytest.approx(scenario.expected - found.expected, abs=0.005)
