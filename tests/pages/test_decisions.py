"""The page "Decisions", and overrides wherever the number shows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.company import Company, Scope, company_of
from analytics.decisions_view import headline, open_actions
from analytics.forecast.quarter_forecast import forecast
from analytics.override_words import adds_up, beside_number
from analytics.review.decisions import ACTION, Decision, decide, decisions_as_of
from analytics.review.ledger import ledger
from analytics.review.overrides import overridden, override, override_steps, overrides_as_of
from analytics.store.database import Store
from analytics.wording import money
from pages.shared import cached, cached_ledger
from tests.pages.conftest import texts
from tests.pages.learned import whole_at
from tests.pages.planted import planted_store

App = Callable[..., AppTest]
PAGE = "pages/review/decisions.py"
DEAL = "pages/deals/one_deal.py"
HOSTILE = '<img src=x onerror="alert(1)"> $a$ [b](http://c) **d** =1+1'


@pytest.fixture(autouse=True)
def nothing_learned(monkeypatch: pytest.MonkeyPatch) -> None:
    """What the model would have said is tested with the ledger; here nobody waits for it."""
    monkeypatch.setattr(cached_ledger, "the_judged_ledger", cached_ledger.the_ledger)


def said(at: AppTest) -> str:
    assert not at.exception
    return texts(at).replace("\\", "").replace("\u2060", "")  # what an address is broken with


def the_ledger(at: AppTest) -> pd.DataFrame:
    return next(one.value for one in at.dataframe if "What became of it" in one.value)


@pytest.fixture
def planted(tmp_path: Path) -> Store:
    """One open deal, last day 2026-01-05."""
    return planted_store(tmp_path, name=HOSTILE, owner="Ann")


def test_the_sentence_and_the_ledger(app: App, sample_store: Store, company: Company, scope: Scope) -> None:
    found = ledger(sample_store, company, scope.as_of)
    at = app(PAGE)
    text = said(at)
    for sentence in headline(found):
        assert sentence in text
    shown = the_ledger(at)
    assert len(shown) == len(found.entries)
    assert shown["Verdict"].tolist() == found.entries["verdict"].tolist()
    assert f"Open actions: {len(open_actions(found))}" in text
    due = [button for button in at.button if button.label == "Report"]
    assert len(due) == min(len(open_actions(found)), 20)


def test_filters_stand_in_the_address(app: App, sample_store: Store, company: Company, scope: Scope) -> None:
    entries = ledger(sample_store, company, scope.as_of).entries
    shown = the_ledger(app(PAGE, what=ACTION, verdict="held"))
    mine = entries[(entries["kind"] == ACTION) & (entries["verdict"] == "held")]
    assert shown["Deal ID"].tolist() == mine["deal_id"].tolist()
    deal = entries["deal_id"].iloc[0]
    one = the_ledger(app(PAGE, words=deal))
    assert set(one["Deal ID"]) == {deal}
    person = mine["person"].iloc[0]
    at = app(PAGE, who=person, by="Person")
    assert f"by or for {person}" in said(at)
    counted = next(one.value for one in at.dataframe if "Could be judged" in one.value)
    assert counted.loc[counted["Could be judged"] < 8, "Share held"].isna().all()
    at = app(PAGE, words="no such deal")
    assert "Nothing is left" in said(at)


def test_a_team_has_its_own_ledger(app: App, sample_store: Store, company: Company, scope: Scope) -> None:
    entries = ledger(sample_store, company, scope.as_of).entries
    team = entries.loc[entries["team"] != "", "team"].iloc[0]
    assert len(the_ledger(app(PAGE, team=team))) == (entries["team"] == team).sum()


def test_nothing_decided_yet(app: App, planted: Store) -> None:
    at = app(PAGE, store=planted.path)
    assert "Nothing has been decided yet." in said(at)
    assert not at.dataframe


def test_reporting_an_action(app: App, planted: Store) -> None:
    company, today = company_of(planted), date(2026, 1, 5)
    action = Decision(
        "D1", "2026Q1", ACTION, HOSTILE, action=HOSTILE, action_owner="U1", due=date(2026, 1, 9)
    )
    decide(planted, company, today, action)
    at = app(PAGE, store=planted.path)
    assert f"Ann: {HOSTILE}" in said(at)
    at.button[next(n for n, one in enumerate(at.button) if one.label == "Report")].click().run()
    assert not at.exception
    key = decisions_as_of(planted, company, today)["decision_id"].iloc[0]
    at.radio(key=f"state {key}").set_value("not done")
    at.text_input(key=f"note {key}").set_value("no answer")
    at.button(key=f"save report {key}").click().run()
    assert "your name is missing" in "\n".join(str(one.value) for one in at.error).lower()
    at.text_input(key=f"name report {key}").set_value("Bob")
    at.button(key=f"save report {key}").click().run()
    row = decisions_as_of(planted, company, today).iloc[0]
    assert (row["state"], row["state_author"], row["state_note"]) == ("not done", "Bob", "no answer")


def test_on_a_past_day_nothing_can_be_reported(app: App, scope: Scope) -> None:
    past = (pd.Timestamp(scope.as_of) - pd.Timedelta(days=7)).date()
    at = app(PAGE, as_of=past.isoformat())
    assert "past day" in said(at)
    assert all(button.disabled for button in at.button if button.label == "Report")


def chance(at: AppTest) -> Any:
    assert not at.exception
    return next(one for one in at.number_input if one.label.startswith("Chance to be won within"))


def test_an_override_on_the_deal_page(app: App, planted: Store) -> None:
    company, today = company_of(planted), date(2026, 1, 5)
    at = app(DEAL, store=planted.path, deal="D1")
    assert "Nothing was decided about this deal" in said(at)
    assert not at.number_input  # nobody waits for the number before the form is opened
    at.button(key="open with override").click().run()
    chance(at).set_value(70.0)
    at.text_input(key="override reason D1 2026Q1").set_value(HOSTILE)
    at.text_input(key="name override D1").set_value("Bob")
    next(one for one in at.button if one.label == "Save the override").click().run()
    text = said(at)
    assert "The override is kept." in text
    assert f"70% to be won (Bob, Jan 5, 2026): {HOSTILE}." in text
    step = override_steps(planted, company, today).iloc[0]
    assert (step["probability"], step["seen_amount"], step["author"]) == (0.7, 100.0, "Bob")
    assert chance(at).value == 70.0
    override(planted, company, today, "D1", "2026Q1", probability=0.3, reason="r", author="Eve")
    assert chance(at.run()).value == 30.0  # what somebody else put meanwhile
    at.selectbox(key="scope_quarter").set_value("2026Q2")
    assert chance(at.run()).value is None
    at.selectbox(key="scope_quarter").set_value("2026Q1")
    at.run()
    at.text_input(key="override reason D1 2026Q1").set_value("wrong")
    at.text_input(key="name override D1").set_value("Bob")
    next(one for one in at.button if one.label == "Take it back").click().run()
    assert "taken back" in said(at)
    steps = override_steps(planted, company, today)
    assert steps["probability"].isna().tolist() == [False, False, True]


def test_overrides_stand_beside_the_number_and_never_in_it(
    app: App, sample_store: Store, company: Company, scope: Scope, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = whole_at(sample_store.path, scope.as_of, scope.quarter)
    found = forecast(sample_store, company, scope, whole=whole)
    monkeypatch.setattr(cached, "the_basis", lambda as_of: whole.basis)
    monkeypatch.setattr(cached, "the_whole", lambda as_of, quarter: whole)
    monkeypatch.setattr(cached, "the_history", lambda as_of: whole.basis.history)
    deals = overridden(found, overrides_as_of(sample_store, company, scope.as_of, scope.quarter.key))
    assert len(deals.deals), "the test's premise: the sample has overrides in its quarter"
    text = beside_number(deals, company)
    assert f"With {len(deals.deals)} override" in text
    at = app("pages/quarter/quarter_end.py", **{"with": "overrides"})
    assert text in [button.label.replace("\\", "") for button in at.button]
    assert "Never part of the number." in said(at)
    assert money(found.expected, "USD") in [one.value.replace("\\", "") for one in at.metric]
    rows = next(one.value for one in at.dataframe if "Moves the number by" in one.value)
    assert round(100 * rows["Moves the number by"].sum()) == round(100 * deals.difference)
    assert adds_up(deals, company) in said(at)
    assert text in said(app("pages/quarter/what_if.py"))
