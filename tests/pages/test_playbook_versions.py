"""The page "Playbook versions": the loop, the history, one change, and the forms."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics import playbook_history
from analytics.company import Company, Scope
from analytics.playbook.draw import seed_of, with_draw
from analytics.playbook.entries import entries_of
from analytics.playbook.exit_criteria import departures_of, without_it
from analytics.playbook.like_deals import Effect
from analytics.playbook.versions import WITHDRAWN, Change, questions_of, record, version_of, versions_as_of
from analytics.playbook_change_words import change_text, effect_text, result
from analytics.playbook_history import change_rows, headline, history_table, version_view
from analytics.risk.chances import History
from analytics.store.database import Store
from pages.shared import cached
from tests.conftest import TODAY
from tests.kept import copied
from tests.pages.conftest import texts
from tests.playbook.made_moves import drawn
from tests.playbook.planted_versions import plant

App = Callable[..., AppTest]
PAGE = "pages/team/playbook_versions.py"
HOSTILE = '<img src=x onerror="alert(1)"> $a$ [b](http://c) **d** =1+1'
START = date(2026, 4, 6)


@pytest.fixture(autouse=True)
def learned(monkeypatch: pytest.MonkeyPatch, small_history: History) -> None:
    """The small company's history, learned once for all tests."""
    monkeypatch.setattr(cached, "the_history", lambda as_of: small_history)


@pytest.fixture
def mine(small_world: Store, tmp_path: Path) -> Iterator[Store]:
    path = tmp_path / "mine.duckdb"
    return copied(small_world, path)


@pytest.fixture
def planted(mine: Store, small_company: Company) -> Store:
    """A criterion that runs, a trial by lot, a text for everybody with a note, one withdrawn."""
    plant(mine, "v1", START, title=HOSTILE, hypothesis=HOSTILE, author=HOSTILE)
    owners = mine.query("owners_as_of", as_of_end=small_company.calendar.end_of(TODAY))
    draw = drawn(tuple(sorted(set(owners["team"].dropna()))[:2]), 3)
    plant(mine, "v2", date(2026, 6, 1), stage="Proposal", teams=draw.teams, hypothesis=with_draw("h", draw))
    text = {"kind": "question", "text_before": "Old?", "text_after": HOSTILE, "measure": "won", "level": None}
    plant(mine, "v3", date(2026, 9, 1), title="Their words", stage=None, **text)
    plant(mine, "v3", date(2026, 10, 1), learned=f"Slower {HOSTILE}", author="Eve", is_withdrawn=None)
    plant(mine, "v4", date(2026, 2, 2), title="A mistake")
    plant(mine, "v4", date(2026, 2, 3), is_withdrawn=True, learned="Withdrawn: never lived")
    return mine


def said(at: AppTest) -> str:
    assert not at.exception
    return texts(at).replace("\\", "").replace("\u2060", "")  # what an address is broken with


def press(at: AppTest, label: str) -> AppTest:
    next(one for one in at.button if one.label == label).click().run()
    return at


def field(at: AppTest, label: str) -> Any:
    fields = [*at.text_input, *at.text_area, *at.selectbox, *at.radio, *at.multiselect, *at.date_input]
    return next(one for one in fields if one.label.startswith(label))


def test_nothing_recorded_yet_explains_the_loop(app: App, mine: Store) -> None:
    at = app(PAGE, store=mine.path)
    text = said(at)
    assert "No change of the sales process has been recorded yet." in text
    for step in ("1 · Change one thing", "2 · Work with it", "3 · Come back"):
        assert step in text
    assert not at.dataframe


def test_the_history(app: App, planted: Store, small_company: Company) -> None:
    versions = versions_as_of(planted, small_company, TODAY)
    at = app(PAGE, store=planted.path)
    text = said(at)
    assert all(sentence in text for sentence in headline(versions, TODAY))
    for version in versions:
        assert version.change.title in text
    assert "Withdrawn: never lived" in text
    table = at.dataframe[0].value
    assert table["State"].tolist() == [one.state(TODAY) for one in versions]
    assert table["Text after"].tolist().count(HOSTILE) == 1
    assert not [one for one in at.markdown if re.search(r"(?<!\\)<img", str(one.value))], (
        "hostile text stays text"
    )


def test_a_past_day_knows_fewer_and_takes_nothing(app: App, planted: Store) -> None:
    at = app(PAGE, store=planted.path, as_of="2026-05-01", record="1")
    text = said(at)
    assert "Their words" not in text
    assert "is a past day" in text
    assert "Save the change" not in [button.label for button in at.button]


def test_a_team_sees_what_holds_for_it(app: App, planted: Store, small_company: Company) -> None:
    trial = version_of(planted, small_company, TODAY, "v2").change
    assert trial.draw is not None
    at = app(PAGE, store=planted.path, team=trial.draw.others[0])
    assert "3 of 4" in said(at)


def test_a_criterion_opened(app: App, planted: Store, small_company: Company, small_history: History) -> None:
    version = version_of(planted, small_company, TODAY, "v1")
    scope = Scope(TODAY, small_company.calendar.quarter_of(TODAY))
    versions = versions_as_of(planted, small_company, TODAY)
    view = version_view(planted, small_company, scope, version, versions, small_history)
    at = app(PAGE, store=planted.path, version="v1")
    text = said(at)
    assert result(version, view.own, TODAY, small_company) in text
    assert f"{view.moved} deals have moved past Qualification after its first day; {view.met} met" in text
    assert "Before and after is not cause" in text
    moves = departures_of(small_history, entries_of(small_history, small_company))
    short = without_it(version, moves, "impact", TODAY)
    assert view.without is not None
    assert set(view.without.deal_ids) == set(short["deal_id"])
    assert f"Deals that moved on without it: {view.without.n}" in text
    assert view.moved - view.met == len(short)
    [deals] = [one.value for one in at.dataframe if "Level then" in one.value]
    assert (deals["Level then"] < 2).all()


def test_a_trial_a_text_and_one_withdrawn(app: App, planted: Store, small_company: Company) -> None:
    trial = said(app(PAGE, store=planted.path, version="v2"))
    assert "Pairs of like teams, and whom the lot fell on" in trial
    assert "2 draws were possible" in trial
    text = said(app(PAGE, store=planted.path, version="v3"))
    assert "Old?" in text
    assert HOSTILE in text
    assert "the first deals can be judged on" in text
    assert "Too early" in text
    gone = said(app(PAGE, store=planted.path, version="v4"))
    assert "Not compared: it was withdrawn." in gone
    assert "Write about it" not in gone
    assert "not known on this day" in said(app(PAGE, store=planted.path, version="v9"))


def test_a_version_of_a_question_that_nobody_knows(app: App, mine: Store) -> None:
    plant(mine, "v1", START, question="mood", measure="mood")
    at = app(PAGE, store=mine.path, version="v1")
    assert not at.exception
    assert "is not known" in "\n".join(str(one.value) for one in at.error)


def test_recording_a_criterion_from_a_link(app: App, mine: Store, small_company: Company) -> None:
    at = app(PAGE, store=mine.path, change_question="budget", change_stage="Proposal")
    assert (field(at, "Question").value, field(at, "Stage").value) == ("budget", "Proposal")
    press(at, "Save the change")
    assert "title is missing" in "\n".join(str(one.value) for one in at.error)
    field(at, "Title").set_value(HOSTILE)
    field(at, "Hypothesis").set_value("It finds the money")
    field(at, "Your name").set_value("Ann")
    field(at, "Level needed").set_value(3)
    press(at, "Save the change")
    [version] = versions_as_of(mine, small_company, TODAY)
    change = version.change
    assert (change.question, change.stage, change.level, change.title) == ("budget", "Proposal", 3, HOSTILE)
    assert (change.starts_on, change.author) == (TODAY, "Ann")
    text = said(at)
    assert "The change is recorded." in text
    assert at.query_params["version"] in (version.version_id, [version.version_id])
    assert "change_question" not in at.query_params


def test_recording_a_text_for_everybody_and_ending_it(app: App, mine: Store, small_company: Company) -> None:
    at = app(PAGE, store=mine.path, record="1", change_question="impact")
    field(at, "What changes").set_value("question").run()
    field(at, "Text from now on").set_value("What does it cost?")
    field(at, "Title").set_value("Cost")
    field(at, "Hypothesis").set_value("h")
    field(at, "Your name").set_value("Ann")
    press(at, "Save the change")
    assert "the new text is in force" in said(at)
    field(at, "Write about it").set_value("end").run()
    assert "the deals are then read again, which can take some minutes" in said(at)
    press(at, "End it")
    assert "The change has ended." in said(at)
    [version] = versions_as_of(mine, small_company, TODAY)
    assert version.ends_on == TODAY


def test_who_wrote_from_an_older_text_is_told_once(app: App, mine: Store, small_company: Company) -> None:
    at = app(PAGE, store=mine.path, record="1", change_question="impact")
    field(at, "What changes").set_value("help").run()
    field(at, "Text from now on").set_value("Mine")
    field(at, "Hypothesis").set_value("h").run()
    old = questions_of(mine, small_company, TODAY)["impact"].help
    theirs = Change("help", "impact", "B", "h", "B", TODAY, text_before=old, text_after="Theirs")
    record(mine, small_company, TODAY, theirs)
    press(at, "Save the change")  # another problem first: that tells nobody of the text
    field(at, "Title").set_value("A")
    field(at, "Your name").set_value("A")
    press(at, "Save the change")
    assert "somebody changed this text" in "\n".join(str(one.value) for one in at.error).lower()
    assert questions_of(mine, small_company, TODAY)["impact"].help == "Theirs"
    assert field(at, "Text from now on").value == "Mine"
    press(at, "Save the change")
    assert "the new text is in force" in said(at)
    assert questions_of(mine, small_company, TODAY)["impact"].help == "Mine"


def test_another_first_day_does_not_cast_the_lot_anew(small_history: History, small_company: Company) -> None:
    change = Change("exit criteria", "impact", "", "", "", TODAY, stage="Qualification", level=2)
    later = replace(change, starts_on=TODAY + timedelta(days=9), level=3)
    seeds = []

    def kept(past: Any, seed: int) -> Any:
        seeds.append(seed)
        return drawn(("a", "b"), seed)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(playbook_history, "draw_teams", kept)
        patched.setattr(playbook_history, "_FEWEST_TEAMS", 1)
        first, other = (
            playbook_history.draw_for(small_history, small_company, TODAY, one, "impact")
            for one in (change, later)
        )
    assert first == other
    assert seeds[0] == seed_of("exit criteria", "impact", "Qualification", TODAY)


def test_the_headline_counts_alike(planted: Store, small_company: Company) -> None:
    versions = versions_as_of(planted, small_company, TODAY)
    assert "written down for 1 of the 3 that began and were not withdrawn." in headline(versions, TODAY)[1]
    gone = [one for one in versions if one.is_withdrawn]
    assert "written down" not in headline(gone, TODAY)[1]


def test_the_lot_is_shown_before_it_is_saved(app: App, mine: Store, small_company: Company) -> None:
    at = app(PAGE, store=mine.path, record="1")
    field(at, "Holds for").set_value("Teams drawn by lot").run()
    text = said(at)
    errors = "\n".join(str(one.value) for one in at.error)
    assert "Pairs of like teams" in text or "too few teams" in errors
    field(at, "Holds for").set_value("Teams that I choose").run()
    press(at, "Save the change")
    assert "no team is chosen" in "\n".join(str(one.value) for one in at.error).lower()
    press(at, "Cancel")
    assert "record" not in at.query_params
    assert "1 · Change one thing" in said(at)


def test_learning_and_withdrawing(app: App, planted: Store, small_company: Company) -> None:
    at = app(PAGE, store=planted.path, version="v1")
    press(at, "Say what was learned")
    assert "what was learned is missing" in "\n".join(str(one.value) for one in at.error).lower()
    field(at, "What was learned").set_value("They ask earlier")
    field(at, "Your name").set_value("Bob")
    press(at, "Say what was learned")
    assert "They ask earlier" in said(at)
    field(at, "Write about it").set_value("withdraw").run()
    field(at, "Why").set_value("nobody did it")
    press(at, "Withdraw it")
    assert version_of(planted, small_company, TODAY, "v1").state(TODAY) == WITHDRAWN
    assert "The change is withdrawn." in said(at)


def test_numbers_are_said_as_they_are() -> None:
    assert effect_text("level", Effect(0.41, 0.22, 0.6, 9, 9)) == "+0.4 levels (0.2 to 0.6)"
    assert effect_text("level", Effect(0.11, -0.04, 0.26, 9, 9)) == "+0.11 levels (−0.04 to 0.26)"
    assert effect_text("won", Effect(-0.06, -0.12, -0.01, 9, 9)) == "−6 points (−12 to −1)"
    assert change_text("level", -0.001) == "0.0 levels"


def test_a_version_without_data_draws_nothing(
    planted: Store, small_company: Company, small_history: History
) -> None:
    scope = Scope(TODAY, small_company.calendar.quarter_of(TODAY))
    versions = versions_as_of(planted, small_company, TODAY)
    views = [version_view(planted, small_company, scope, one, versions, small_history) for one in versions]
    assert all(change_rows(view).empty for view in views), "too early to show a small n"
    table = history_table(versions, {}, TODAY)
    assert table["Since"].is_monotonic_decreasing
    assert views[0].version.change.starts_on > TODAY - timedelta(days=100)
