"""The page about one rep, run by Streamlit itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import rep_tables, rep_words
from analytics.at_risk import AS_STATED, AtRisk, at_risk, of_scope
from analytics.at_risk import headline as at_risk_headline
from analytics.coaching.replies import replies_as_of, reply
from analytics.company import Company, Scope
from analytics.pipeline.owners import owners_as_of
from analytics.rep_choice import people_to_choose
from analytics.rep_page import RepFacts, RepPage, rep_facts, rep_page
from analytics.rep_sheet import one_to_one
from analytics.risk.chances import History
from analytics.store.database import Store
from tests.kept import copied, history_at
from tests.pages.conftest import texts

App = Callable[..., AppTest]
PAGE = "pages/team/coaching.py"


@pytest.fixture(scope="module")
def history(sample_store: Store, company: Company, scope: Scope) -> History:
    return history_at(sample_store.path, scope.as_of)


@pytest.fixture(scope="module")
def facts(sample_store: Store, company: Company, scope: Scope, history: History) -> RepFacts:
    return rep_facts(sample_store, company, scope.as_of, history)


@pytest.fixture(scope="module")
def risk(sample_store: Store, company: Company, scope: Scope, history: History) -> AtRisk:
    return at_risk(sample_store, company, scope, history)


@pytest.fixture(scope="module")
def reps(
    sample_store: Store, company: Company, scope: Scope, risk: AtRisk, facts: RepFacts
) -> dict[str, RepPage]:
    """Every rep's page, by owner_id."""
    owners = owners_as_of(sample_store, company, scope.as_of)
    return {
        owner: rep_page(sample_store, company, facts, risk, owner, owners.label(owner))
        for owner in owners.names
    }


@pytest.fixture(scope="module")
def coached(reps: dict[str, RepPage]) -> RepPage:
    """A rep for whom something is suggested."""
    return next(page for page in reps.values() if page.suggestions.coach)


@pytest.fixture(scope="module")
def own(sample_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A copy of the company that may be written to; the app learns it once."""
    path = tmp_path_factory.mktemp("own") / "own.duckdb"
    return copied(sample_store, path)


def said(at: AppTest) -> str:
    assert not at.exception
    assert not at.error
    return texts(at).replace("\\", "")


def test_first_a_rep_is_chosen_by_name(app: App, reps: dict[str, RepPage]) -> None:
    at = app(PAGE)
    assert "Choose a rep" in said(at)
    buttons = {one.key: one.label.replace("\\", "") for one in at.button}
    for owner, page in reps.items():
        assert buttons[f"rep {owner}"].startswith(page.name)
    owner = next(iter(reps))
    at.button(key=f"rep {owner}").click().run()
    assert reps[owner].name in said(at)
    assert at.selectbox(key="scope_owner").value == owner
    at.button(key="another rep").click().run()
    assert "Choose a rep" in said(at)


def test_who_leads_left_or_owns_nothing_recent_stands_apart(
    own: Store, company: Company, scope: Scope, reps: dict[str, RepPage]
) -> None:
    people = people_to_choose(own, company, scope.as_of)
    first = [one for team in people.teams for one in people.reps_of(team)]
    others = people.others_of("")
    assert sorted([*first, *others]) == sorted(reps)
    assert set(others) >= {one for one in reps if reps[one].has_left}
    for one in others:
        assert people.label(one) != reps[one].name
    for one in first:
        assert people.label(one) == reps[one].name


def test_deals_to_talk_about_have_the_sums_of_at_risk_and_a_reason_for_their_side(
    reps: dict[str, RepPage], risk: AtRisk, company: Company
) -> None:
    for owner, page in reps.items():
        talk, mine = page.talk, risk.deals[risk.deals["owner_id"] == owner].dropna(subset=["at_stake"])
        assert talk.over[0] + talk.under[0] == pytest.approx(mine["at_stake"].sum())
        assert talk.deals["at_stake"].sum() + talk.left[0] == pytest.approx(mine["at_stake"].sum())
        assert talk.over[1] + talk.under[1] == len(talk.deals) + talk.left[1]
        assert talk.deals["at_stake"].is_monotonic_decreasing
        for deal in talk.deals.itertuples():
            assert deal.at_stake >= talk.floor
            assert deal.kind != AS_STATED
            if deal.reason:
                assert deal.reason.endswith("more likely" if deal.gap > 0 else "less likely")
        if talk.over[1]:
            whole = Scope(page.as_of, company.calendar.quarter_of(page.as_of), owner_id=owner)
            told = at_risk_headline(of_scope(risk, whole), company, "Q")[1]
            assert rep_words.talk_words(page, company).split(", as on")[0] in told


def test_what_is_clear_under_forecast_is_said_above_too(coached: RepPage) -> None:
    bias = pd.Series({"n": 6, "bias": -0.4, "low": -0.6, "high": -0.2})
    few = replace(coached, call_bias=bias, kept=None)
    assert "Clear too, under Forecast: calls below what is won." in rep_words.headline(few)[1]
    unsure = replace(coached, call_bias=bias.replace(-0.2, 0.2), kept=None)
    assert "Clear too" not in rep_words.headline(unsure)[1]


def test_the_page_says_what_the_analysis_found(app: App, coached: RepPage, company: Company) -> None:
    at = app(PAGE, owner=coached.owner_id)
    text = said(at)
    for part in rep_words.headline(coached):
        assert part in text
    for one in coached.suggestions.coach:
        assert one.title in text
        assert one.sentence in text
        assert one.ask in text
    for claim in rep_words.claims(coached, company):
        assert claim.text in text
    for pair in coached.pairs:
        assert pair.ask in text
    assert f"Open actions: {len(coached.actions)}" in text
    alt = at.get("plotly_chart")[0].proto.alt
    assert f"team {rep_tables.depth_rows(coached)['team'].iloc[0]:.1f}" in alt


def test_a_suggestion_opens_into_its_deals(app: App, coached: RepPage) -> None:
    one = coached.suggestions.coach[0]
    at = app(PAGE, owner=coached.owner_id, topic=one.topic)
    said(at)
    shown = next(frame.value for frame in at.dataframe if "Deals like it" in frame.value)
    assert len(shown) == len(one.deals) == one.n
    assert list(shown["deal_id"]) == list(one.deals)
    state = list(shown["State"])
    assert state == sorted(state, reverse=True), "open deals come first"


def test_the_deals_behind_anything_looked_at_can_be_opened(app: App, coached: RepPage) -> None:
    row = coached.rows[(coached.rows["topic"] == "stale")].iloc[0]
    at = app(PAGE, owner=coached.owner_id, behind=row["label"])
    said(at)
    shown = next(frame.value for frame in at.dataframe if "Deals like it" in frame.value)
    assert list(shown["deal_id"]) == list(row["deals"])
    assert len(shown) == row["n"]


def test_every_rep_has_a_page(reps: dict[str, RepPage], company: Company, scope: Scope) -> None:
    for page in reps.values():
        lead, rest = rep_words.headline(page)
        assert page.name in lead
        assert rest
        assert page.rows.empty or len(rep_tables.everything(page)) == len(page.rows)
        for word in ("sandbag", "lazy", "worst", "significant", "p-value"):
            assert (
                word not in f"{lead} {rest} {[one.text for one in rep_words.claims(page, company)]}".lower()
            )


def test_a_reply_is_written_and_stands_beside_its_claim(
    app: App, own: Store, company: Company, coached: RepPage
) -> None:
    one = coached.suggestions.coach[0]
    key = f"{coached.owner_id} {one.topic} beside"
    at = app(PAGE, store=own.path, owner=coached.owner_id)
    at.text_area(key=f"text {key}").set_value("They were on leave: $5 & *stars*")
    at.text_input(key=f"name reply {key}").set_value("Ana Kim")
    at.button(key=f"save {key}").click().run()
    text = said(at)
    assert "Your reply stands beside" in text
    assert "They were on leave: $5 & *stars*" in text
    kept = replies_as_of(own, company, coached.as_of, coached.owner_id)
    assert kept["claim"].iloc[0] == one.sentence
    assert kept["author"].iloc[0] == "Ana Kim"
    other = said(app(PAGE, store=own.path, owner=coached.owner_id))
    assert "They were on leave" in other
    assert "Said of:" not in other


def test_a_reply_without_a_name_is_not_kept(app: App, own: Store, company: Company, coached: RepPage) -> None:
    key = f"{coached.owner_id} page chosen"
    before = len(replies_as_of(own, company, coached.as_of))
    at = app(PAGE, store=own.path, owner=coached.owner_id)
    at.text_area(key=f"text {key}").set_value("Fine.")
    at.text_input(key=f"name reply {key}").set_value(" ")
    at.button(key=f"save {key}").click().run()
    assert "our name is missing" in at.error[0].value
    assert len(replies_as_of(own, company, coached.as_of)) == before


def test_a_reply_to_what_read_otherwise_says_so(
    app: App, own: Store, company: Company, coached: RepPage
) -> None:
    one = coached.suggestions.coach[0]
    given = (own, company, coached.as_of, coached.owner_id, one.topic)
    reply(*given, "An earlier sentence.", "I see it so.", author="Ana Kim")
    assert "Said of: An earlier sentence." in said(app(PAGE, store=own.path, owner=coached.owner_id))


def test_on_a_past_day_nothing_can_be_replied(app: App, coached: RepPage) -> None:
    at = app(PAGE, owner=coached.owner_id, as_of="2026-11-01")
    assert "is a past day" in said(at)
    assert not [one for one in at.button if one.label == "Save the reply"]


def test_the_table_behind_a_suggestion_adds_up_to_its_figures(reps: dict[str, RepPage]) -> None:
    told = [(page, one.topic) for page in reps.values() for one in page.suggestions.coach]
    told = [one for one in told if one[1] != "statements"]
    assert told
    for page, topic in told:
        row = page.rows[page.rows["topic"] == topic].iloc[0]
        table = rep_tables.habit_table(page, topic).rows
        own = next(name for name in table if name.startswith("This deal"))
        for name, figure in ((own, row["value"]), ("Deals like it", row["team_value"])):
            mean = (table[name] * table["Counts"]).sum() / table["Counts"].sum()
            assert mean == pytest.approx(figure, abs=0.05)
    assert "Commits: over the last eight" in rep_words.FAIR


def test_what_goes_with_winning_is_learned_once_for_all_pages(facts: RepFacts, history: History) -> None:
    def never() -> None:
        pytest.fail("it was not kept")

    assert facts.effects is history.once(("question effects", history.as_of), never)


def test_the_file_keeps_replies_to_what_is_no_longer_said(
    own: Store, company: Company, coached: RepPage
) -> None:
    known = {one.topic for one in rep_words.claims(coached, company)}
    gone = next(topic for topic in coached.rows["topic"] if topic not in known)
    given = (own, company, coached.as_of, coached.owner_id, gone)
    reply(*given, "It read so last month.", "It was another deal.", author="Ana Kim")
    html = one_to_one(coached, replies_as_of(own, company, coached.as_of, coached.owner_id), company).decode()
    other = html.split("Other replies")[1]
    assert "It read so last month." in other
    assert "It was another deal." in other


def test_a_name_typed_in_one_of_several_forms_stays_and_fills_the_others() -> None:
    def two_forms() -> None:
        import streamlit as st

        from pages.shared import case_forms

        for key in ("one", "two"):
            with st.form(key):
                case_forms.name_field(key)
                st.form_submit_button(f"Save {key}")

    at = AppTest.from_function(two_forms).run()
    at.text_input[0].set_value("Ann")
    at.button[0].click().run()
    assert at.session_state["my_name"] == "Ann"
    assert [one.value for one in at.run().text_input] == ["Ann", "Ann"]
    at.text_input[1].set_value("")  # who takes the name out is not given it again
    at.button[1].click().run()
    assert [one.value for one in at.text_input] == ["Ann", ""]
    assert at.session_state["my_name"] == "Ann"


def test_the_file_for_the_talk_says_the_same_and_runs_nothing(
    own: Store, company: Company, coached: RepPage
) -> None:
    evil = "<script>alert(1)</script>"
    reply(own, company, coached.as_of, coached.owner_id, rep_words.WHOLE_PAGE, "c", evil, author=evil)
    html = one_to_one(coached, replies_as_of(own, company, coached.as_of, coached.owner_id), company).decode()
    assert "<script" not in html
    assert "&lt;script&gt;" in html
    assert coached.suggestions.coach[0].title in html
    assert "http" not in html.split("</head>")[1].split("<section>")[0]
    for pair in coached.pairs:
        assert pair.question.label in html
