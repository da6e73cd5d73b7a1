"""The page "Weekly meeting", run by Streamlit itself, on a store that may be written to."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import weekly_meeting as meeting
from analytics.company import Company, Scope
from analytics.review.agenda import Agenda, Card
from analytics.review.decisions import ACTION, DONE, DROPPED, decisions_as_of
from analytics.review.overrides import overrides_as_of
from analytics.store.database import Store
from analytics.weekly_review import WeeklyReview
from pages.shared import cached_meeting
from tests.kept import copied
from tests.pages.conftest import APP, texts
from tests.pages.planted import planted_store

App = Callable[..., AppTest]
PAGE = "pages/review/weekly_meeting.py"
PATIENCE = 600  # seconds; guards against a hang only
#: What the script of `test_crm_texts_stay_as_typed` shows.
SHOWN: list[tuple[WeeklyReview, Card, pd.DataFrame]] = []


@pytest.fixture(scope="module")
def own(sample_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """A copy that these tests decide in; one for all of them, so that it is learned from once."""
    path = tmp_path_factory.mktemp("meeting") / "own.duckdb"
    return copied(sample_store, path)


@pytest.fixture
def meet(own: Store, monkeypatch: pytest.MonkeyPatch) -> App:
    """Open the meeting; `name`: who decides."""
    monkeypatch.setenv("PLUMBLINE_STORE", str(own.path))

    def open_meeting(name: str = "Vera", **query: str) -> AppTest:
        at = AppTest.from_file(str(APP), default_timeout=PATIENCE)
        at.switch_page(PAGE)
        at.session_state["my_name"] = name
        for key, value in query.items():
            at.query_params[key] = value
        return at.run()

    return open_meeting


@pytest.fixture
def review(meet: App, scope: Scope) -> WeeklyReview:
    """What the page shows now."""
    meet()
    return cached_meeting.the_meeting(scope)[0]


def said(at: AppTest) -> str:
    assert not at.exception
    assert not at.error
    return texts(at).replace("\\", "")


def press(at: AppTest, key: str) -> AppTest:
    return at.button(key=key).click().run()


def decided(own: Store, company: Company, scope: Scope) -> pd.DataFrame:
    rows = decisions_as_of(own, company, scope.as_of)
    return rows[rows["day"] == pd.Timestamp(scope.as_of)]


def test_the_opening_has_the_number_who_is_late_and_the_open_actions(meet: App, review: WeeklyReview) -> None:
    at = meet()
    told = said(at)
    for text in (*meeting.headline(review), meeting.not_submitted(review)):
        assert text in told
    assert len(review.agenda.actions) > 0
    for row in review.agenda.actions.itertuples():
        assert f"**{row.action_owner_name}: {row.action}**" in told
    first = review.agenda.actions["decision_id"].iloc[0]
    keys = {button.key: button.proto.shortcut for button in at.button if button.proto.shortcut}
    assert [keys[f"{state} {first}"] for state in ("done", "not done", "dropped")] == ["1", "2", "3"]
    assert len(set(keys.values())) == len(keys)  # no key means two things


def test_one_deal_at_a_time_as_the_agenda_has_it(meet: App, review: WeeklyReview) -> None:
    at = meet()
    for number, card in enumerate(review.agenda.cards, 1):
        press(at, "Next Right")
        told = said(at)
        assert at.title[0].value.replace("\\", "") == card.name
        assert f"**Deal {number} of {len(review.agenda.cards)}**" in told
        assert at.query_params["deal"] == card.deal_id
        for text in (card.why_now, card.question, *card.reasons, *card.changed, *card.warnings):
            assert text in told
        for text in filter(None, (card.last_decision, card.what_became)):
            assert text in told
    press(at, "Next N")
    quiet = next(frame.value for frame in at.dataframe if "Why it has no card" in frame.value)
    assert list(quiet["Why it has no card"]) == list(review.agenda.quiet["why"])
    assert at.button(key="Next Right").disabled
    press(at, "Previous P")
    assert at.title[0].value.replace("\\", "") == review.agenda.cards[-1].name


def test_a_link_opens_a_card_and_a_deal_without_one_says_why(meet: App, review: WeeklyReview) -> None:
    card, quiet = review.agenda.cards[2], review.agenda.quiet.iloc[0]
    assert meet(deal=card.deal_id).title[0].value.replace("\\", "") == card.name
    assert f"{meeting.why_no_card(review, quiet['deal_id'])}" in said(meet(deal=quiet["deal_id"]))
    assert "NB-0 is not on this agenda" in said(meet(deal="NB-0"))


def test_the_first_decision_asks_who_decides_and_keeps_it(
    meet: App, review: WeeklyReview, own: Store, company: Company, scope: Scope
) -> None:
    card = review.agenda.cards[0]
    at = press(meet(name="", deal=card.deal_id), "decide keep")
    assert at.button(key="decide keep").disabled  # keys mean something else while a form is open
    at.text_input(key="meeting name typed").set_value("  Anna ")
    at = next(button for button in at.button if button.label == "Go on").click().run()
    row = decided(own, company, scope).iloc[-1]
    assert (row["deal_id"], row["kind"], row["author"]) == (card.deal_id, "keep", "Anna")
    assert row["seen_chance"] == pytest.approx(card.evidenced)
    assert "**Keep as stated** (Anna, " in said(at)
    assert at.session_state["my_name"] == "Anna"


def test_each_decision_is_kept_beside_the_earlier_ones(
    meet: App, review: WeeklyReview, own: Store, company: Company, scope: Scope
) -> None:
    card = review.agenda.cards[1]
    at = meet(deal=card.deal_id)
    offered = meeting.days_offered(card, scope)
    press(press(at, "decide move date"), "day 1")
    press(press(at, "decide move category"), "category 2")
    press(at, "decide action")
    at.text_input(key=f"what {card.deal_id}").set_value("Call the CFO")
    at = next(button for button in at.button if button.label == "Keep the action").click().run()
    press(at, "decide close out")
    at.text_input(key=f"note close {card.deal_id}").set_value("no budget")
    at = next(button for button in at.button if button.label == "Close it out").click().run()
    rows = decided(own, company, scope)
    mine = rows[rows["deal_id"] == card.deal_id]
    assert list(mine["kind"]) == ["move date", "move category", "action", "close out"]
    assert mine["close_date"].iloc[0].date() == offered[0][1]
    assert mine["category"].iloc[1] == meeting.categories_offered(card)[1]
    action = mine.iloc[2]
    assert (action["action"], action["action_owner"]) == ("Call the CFO", card.owner_id)
    assert action["due"].date() == scope.as_of + timedelta(days=7)
    assert mine["note"].iloc[3] == "no budget"
    told = said(at)
    places = [told.index(text) for text in ("Move the close date to", "Move the category to", "Call the CFO",
                                            "Close it out. no budget")]  # fmt: skip
    assert places == sorted(places)
    table = next(frame.value for frame in meet(deal="closing").dataframe if "Decision" in frame.value)
    assert list(table["Deal"]).count(card.name) == 4


def test_what_is_missing_is_said_and_the_form_stays(
    meet: App, review: WeeklyReview, own: Store, company: Company, scope: Scope
) -> None:
    before = len(decided(own, company, scope))
    at = press(meet(deal=review.agenda.cards[3].deal_id), "decide action")
    at = next(button for button in at.button if button.label == "Keep the action").click().run()
    assert "What is to be done is missing" in at.error[0].value.replace("\\", "")
    assert len(decided(own, company, scope)) == before
    assert not press(at, "cancel action").button(key="decide keep").disabled


def test_a_form_of_another_deal_is_closed(meet: App, review: WeeklyReview) -> None:
    first, second = review.agenda.cards[:2]
    at = press(meet(deal=first.deal_id), "decide close out")
    assert at.button(key="decide keep").disabled
    at.query_params["deal"] = second.deal_id  # the browser's Back
    assert not at.run().button(key="decide keep").disabled


def test_an_override_stands_on_the_card_and_at_the_opening(
    meet: App, review: WeeklyReview, own: Store, company: Company, scope: Scope
) -> None:
    card = review.agenda.cards[4]
    at = press(meet(deal=card.deal_id), "decide override")
    at.number_input(key=f"chance {card.deal_id}").set_value(85.0)
    at.text_input(key=f"reason {card.deal_id}").set_value("the board said yes")
    at = next(button for button in at.button if button.label == "Keep the override").click().run()
    row = overrides_as_of(own, company, scope.as_of, scope.quarter.key).set_index("deal_id").loc[card.deal_id]
    assert (row["probability"], row["author"]) == (0.85, "Vera")
    model = review.number.forecast.deals.set_index("deal_id").loc[card.deal_id]
    assert row["seen_chance"] == pytest.approx(model["chance"])  # in the quarter, as the number has it
    assert "Vera put beside it: chance 85%" in said(at)
    assert "by people it is" in said(meet())


def test_an_action_is_done_on_the_day_it_was_due_unless_another_day_is_said(
    meet: App, review: WeeklyReview, own: Store, company: Company, scope: Scope
) -> None:
    first = review.agenda.actions.iloc[0]
    at = press(meet(), f"done {first['decision_id']}")
    field = at.date_input(key=f"done on {first['decision_id']}")
    assert field.value == min(first["due"].date(), scope.as_of)
    field.set_value(first["day"].date())
    at.text_input(key=f"note done {first['decision_id']}").set_value("he agreed")
    at = next(button for button in at.button if button.label == "It is done").click().run()
    rows = decisions_as_of(own, company, scope.as_of).set_index("decision_id")
    assert (rows.loc[first["decision_id"], "state"], rows.loc[first["decision_id"], "state_author"]) == (
        DONE,
        "Vera",
    )
    row = rows.loc[first["decision_id"]]
    assert (row["done_on"], row["state_note"]) == (first["day"], "he agreed")
    assert f"done {first['decision_id']}" not in [button.key for button in at.button]


def test_another_report_is_one_key(
    meet: App, review: WeeklyReview, own: Store, company: Company, scope: Scope
) -> None:
    last = review.agenda.actions.iloc[-1]["decision_id"]
    press(meet(), f"dropped {last}")
    assert decisions_as_of(own, company, scope.as_of).set_index("decision_id").loc[last, "state"] == DROPPED


@pytest.mark.parametrize(
    ("due", "offered"),
    [
        (date(2026, 11, 12), date(2026, 11, 12)),  # reported later, done in time
        (date(2026, 11, 20), date(2026, 11, 15)),
        (date(2026, 11, 1), date(2026, 11, 8)),  # not before it was decided
        (None, date(2026, 11, 15)),
    ],
)
def test_the_day_offered_for_what_is_done(due: date | None, offered: date, scope: Scope) -> None:
    action = SimpleNamespace(due=pd.NaT if due is None else pd.Timestamp(due), day=pd.Timestamp("2026-11-08"))
    assert meeting.done_day_offered(action, replace(scope, as_of=date(2026, 11, 15))) == offered


def test_an_omitted_deal_and_one_without_time_have_no_card_for_another_reason(review: WeeklyReview) -> None:
    deals = review.facts.risk.deals
    one = deals[deals["timing"] == "in quarter"].iloc[[0]].assign(deal_id="O", name="Oak", category="Omitted")
    risk = replace(review.facts.risk, deals=pd.concat([deals, one], ignore_index=True))
    shown = replace(review, facts=replace(review.facts, risk=risk))
    assert meeting.why_no_card(shown, "O") == (
        "Oak is not on this agenda: left out of the forecast (Omitted)."
    )
    quiet = pd.DataFrame({"deal_id": ["Q"], "name": ["Quill"], "why": ["no time left: $9K to settle"]})
    late = replace(review, agenda=replace(review.agenda, quiet=quiet))
    assert meeting.why_no_card(late, "Q") == "Quill found no time: no time left: $9K to settle."


def test_a_past_day_is_shown_but_not_decided_about(meet: App, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as today:
        today.setattr(cached_meeting, "can_decide", lambda chosen: False)  # a past one would be learned anew
        at = meet()
        assert "This is a past day" in said(at)
        reports = [button for button in at.button if str(button.key).startswith("done ")]
        assert reports
        assert all(button.disabled for button in reports)
        press(at, "Next Right")
        assert at.button(key="decide keep").disabled
    assert "This is a past day" not in said(press(at, "to the last day"))


def test_a_quarter_that_is_over_has_no_meeting(meet: App) -> None:
    assert "2026Q1 was over on" in said(meet(quarter="2026Q1"))


def test_an_owners_meeting_is_about_their_deals(meet: App, review: WeeklyReview, scope: Scope) -> None:
    owner = review.agenda.cards[0].owner_id
    theirs = cached_meeting.the_meeting(replace(scope, owner_id=owner))[0].agenda
    assert {card.owner_id for card in theirs.cards} == {owner}
    at = press(meet(owner=owner), "Next Right")
    assert at.title[0].value.replace("\\", "") == theirs.cards[0].name
    assert f"**Deal 1 of {len(theirs.cards)}**" in said(at)


def test_crm_texts_stay_as_typed(review: WeeklyReview) -> None:
    bad = "$5 and $6 **bold** [x](http://a.b) :red[no] <b>"
    card = replace(review.agenda.cards[0], owner_name=bad, stage=bad, question=bad, reasons=(bad,),
                   changed=(bad,), warnings=(bad,), last_decision=bad, what_became=bad)  # fmt: skip
    SHOWN[:] = [(review, card, meeting.decided_today(review))]

    def script() -> None:
        from pages.shared import meeting_show
        from tests.pages.test_weekly_meeting import SHOWN

        meeting_show.card(*SHOWN[0])

    at = AppTest.from_function(script).run()
    assert not at.exception
    told = texts(at)
    assert told.count(r"\*\*bold\*\*") == 8
    assert bad not in told


def test_steps_and_their_time_add_up(review: WeeklyReview) -> None:
    agenda = review.agenda
    steps = meeting.steps_of(agenda)
    assert steps[-1].until == agenda.planned <= agenda.minutes
    assert [step.key for step in steps] == ["opening", *[card.deal_id for card in agenda.cards], "closing"]
    assert meeting.step_at(steps, "nonsense")[0] == steps[0]
    assert meeting.step_at(steps, steps[1].key) == (steps[1], steps[0], steps[2])
    began = datetime(2026, 11, 16, 9, tzinfo=UTC)
    text = meeting.time_in_words(agenda, steps[-1], began, began + timedelta(minutes=21))
    assert text == f"Planned until here: {agenda.planned:.0f} of 25 min. Used: 21 min"


def test_deals_that_found_no_time_are_told_apart_from_those_that_need_none(review: WeeklyReview) -> None:
    quiet = pd.DataFrame({"why": ["no time left: $9K to settle", "stated as its evidence", "small: $1K"]})
    assert meeting.quiet_in_words(replace(review.agenda, quiet=quiet)) == (
        "2 deals need no talk; 1 more found no time"
    )
    assert meeting.quiet_in_words(replace(review.agenda, quiet=quiet[1:2])) == "1 deal needs no talk"


def test_an_empty_agenda_still_has_an_opening_and_a_closing() -> None:
    empty = Agenda([], pd.DataFrame(), pd.DataFrame({"kind": [ACTION]}), 25, 2.5)
    assert [(step.key, step.minutes) for step in meeting.steps_of(empty)] == [
        ("opening", 1.5),
        ("closing", 1.0),
    ]


def test_days_offered_lie_ahead_and_are_not_the_day_it_has(review: WeeklyReview, scope: Scope) -> None:
    for stated in (None, date(2020, 1, 1), scope.quarter.last_day, date(2027, 3, 1)):
        card = replace(review.agenda.cards[0], close_date=pd.NaT if stated is None else pd.Timestamp(stated))
        days = [to for _, to in meeting.days_offered(card, scope)]
        assert days == sorted(set(days))
        assert all(to > scope.as_of and to != stated for to in days)


def test_without_chances_the_page_says_why(app: App, tmp_path: Path) -> None:
    """The last one here: another store's history takes the place of the one learned above."""
    at = app(PAGE, store=planted_store(tmp_path).path)
    assert "cannot be foretold" in said(at)
    assert "No deal can be held against its evidence" in said(at)
