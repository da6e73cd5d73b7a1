"""Versions of the playbook: what is kept, what is refused, and what two people write at once."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from analytics.business_case.questions import method_as_of
from analytics.commands.sample_playbook import add_changes
from analytics.company import Company
from analytics.playbook.draw import Draw, draw_teams, seed_of, split_draw, with_draw
from analytics.playbook.versions import (
    ENDED,
    EXIT,
    FOLLOW_UP,
    HELP,
    PLANNED,
    RUNNING,
    WITHDRAWN,
    WORDING,
    Change,
    Version,
    end,
    learn,
    questions_of,
    record,
    stages_of,
    version_of,
    versions_as_of,
    withdraw,
)
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.versions import versions_of
from tests.conftest import TODAY
from tests.playbook.planted_versions import plant

CRITERION = Change(EXIT, "impact", "Cost first", "It finds money", "Ann", TODAY, stage="Proposal", level=2)
TEXT = Change(
    WORDING, "impact", "Their words", "They say more", "Ann", TODAY, text_after="What does it cost?"
)


@pytest.fixture
def mine(small_world: Store, tmp_path: Path) -> Iterator[Store]:
    """The small company, to be written to."""
    path = tmp_path / "mine.duckdb"
    shutil.copy(small_world.path, path)
    return Store(path)


def one(store: Store, company: Company, as_of: date = TODAY) -> Version:
    [found] = versions_as_of(store, company, as_of)
    return found


def wording(store: Store, company: Company, key: str = "impact") -> str:
    return questions_of(store, company, TODAY)[key].wording


def test_what_is_recorded_is_read_again(mine: Store, small_company: Company) -> None:
    facts = versions_of(mine).facts
    team = sorted(
        mine.query("owners_as_of", as_of_end=small_company.calendar.end_of(TODAY))["team"].dropna()
    )[0]
    change = replace(CRITERION, teams=(team,), title="Cost $1 [a](b)", measure="won")
    key = record(mine, small_company, TODAY, change)
    found = one(mine, small_company)
    assert (found.version_id, found.change, found.written_on) == (key, change, TODAY)
    assert found.state(TODAY) == RUNNING
    assert versions_of(mine).facts == facts, "nobody learns anew for a criterion"
    assert not versions_as_of(mine, small_company, TODAY - timedelta(days=1))


def test_a_text_for_everybody_comes_into_force_and_goes_back(mine: Store, small_company: Company) -> None:
    before, facts = wording(mine, small_company), versions_of(mine).facts
    key = record(mine, small_company, TODAY, TEXT)
    assert wording(mine, small_company) == "What does it cost?"
    assert versions_of(mine).facts != facts
    change = one(mine, small_company).change
    assert (change.text_before, change.text_after) == (before, "What does it cost?")
    end(mine, small_company, TODAY, key, author="Bob", learned="They did not")
    assert wording(mine, small_company) == before
    assert one(mine, small_company).state(TODAY) == ENDED
    [note] = one(mine, small_company).notes
    assert (note.author, note.text) == ("Bob", "They did not")
    record(mine, small_company, TODAY, TEXT)  # the same once more: a version of its own
    assert wording(mine, small_company) == "What does it cost?"
    assert len(method_as_of(mine, "seven", small_company.calendar.end_of(TODAY)).versions["impact"]) == 4


def test_a_text_that_was_changed_again_does_not_go_back(mine: Store, small_company: Company) -> None:
    first = record(mine, small_company, TODAY, TEXT)
    record(mine, small_company, TODAY, replace(TEXT, text_after="What would it cost to wait?"))
    withdraw(mine, small_company, TODAY, first, "a typo", author="Ann")
    assert wording(mine, small_company) == "What would it cost to wait?"


def test_ending_a_chain_of_texts_brings_no_ended_text_back(mine: Store, small_company: Company) -> None:
    before = wording(mine, small_company)
    first, second, third = (
        record(mine, small_company, TODAY, replace(TEXT, text_after=text)) for text in ("A?", "B?", "C?")
    )
    end(mine, small_company, TODAY, second, author="Bob")
    assert wording(mine, small_company) == "C?"
    end(mine, small_company, TODAY, third, author="Bob")
    assert wording(mine, small_company) == "A?", "the latest that still runs"
    fourth = record(mine, small_company, TODAY, replace(TEXT, text_after="D?"))
    withdraw(mine, small_company, TODAY, first, "a mistake", author="Bob")
    end(mine, small_company, TODAY, fourth, author="Bob")
    assert wording(mine, small_company) == before, "none runs any more"


def test_the_same_is_not_recorded_twice(mine: Store, small_company: Company) -> None:
    teams = mine.query("owners_as_of", as_of_end=small_company.calendar.end_of(TODAY))["team"].dropna()
    for change in (CRITERION, replace(TEXT, teams=(min(teams),))):
        key = record(mine, small_company, TODAY, change)
        again = replace(change, title="Another title", author="Bob")
        with pytest.raises(BadInput, match="recorded already, as “"):
            record(mine, small_company, TODAY, again)
        record(mine, small_company, TODAY, replace(again, starts_on=TODAY + timedelta(days=7)))
        withdraw(mine, small_company, TODAY, key, "a mistake", author="Ann")
        record(mine, small_company, TODAY, again)


def test_lines_stay_lines(mine: Store, small_company: Company) -> None:
    text = "Ask:\n- finance\n\n- the user"
    change = replace(TEXT, kind=HELP, text_after=text.replace("\n", "\r\n"), hypothesis="One\ntwo\x00")
    record(mine, small_company, TODAY, replace(change, title="A\ntitle"))
    assert questions_of(mine, small_company, TODAY)["impact"].help == text
    found = one(mine, small_company).change
    assert (found.text_after, found.hypothesis, found.title) == (text, "One\ntwo", "A title")


def test_a_text_that_only_some_teams_try_changes_nobody_elses(mine: Store, small_company: Company) -> None:
    before = wording(mine, small_company)
    teams = mine.query("owners_as_of", as_of_end=small_company.calendar.end_of(TODAY))["team"].dropna()
    record(mine, small_company, TODAY, replace(TEXT, teams=(sorted(teams)[0],)))
    assert wording(mine, small_company) == before


def test_help_and_follow_up(mine: Store, small_company: Company) -> None:
    record(mine, small_company, TODAY, replace(TEXT, kind=HELP, text_after="Ask finance."))
    record(mine, small_company, TODAY, replace(TEXT, kind=FOLLOW_UP, level=1, text_after="How much a month?"))
    asked = questions_of(mine, small_company, TODAY)["impact"]
    assert asked.help == "Ask finance."
    assert asked.follow_up[1] == "How much a month?"
    assert asked.follow_up[0] != "How much a month?"


def test_two_people_at_once_are_both_kept(mine: Store, small_company: Company) -> None:
    key = record(mine, small_company, TODAY, CRITERION)
    learn(mine, small_company, TODAY, key, "Deals are slower", author="Ann")
    end(mine, small_company, TODAY, key, author="Bob")
    learn(mine, small_company, TODAY, key, "but surer", author="Eve")
    found = one(mine, small_company)
    assert [(note.author, note.text) for note in found.notes] == [
        ("Ann", "Deals are slower"),
        ("Eve", "but surer"),
    ]
    assert found.ends_on == TODAY
    assert found.change == CRITERION, "what is added later changes nothing of it"


def test_who_wrote_from_an_older_text_is_told(mine: Store, small_company: Company) -> None:
    seen = wording(mine, small_company)
    record(mine, small_company, TODAY, TEXT)
    with pytest.raises(BadInput, match="somebody changed this text while you wrote"):
        record(mine, small_company, TODAY, replace(TEXT, text_before=seen, text_after="Mine"))
    assert wording(mine, small_company) == "What does it cost?"


@pytest.mark.parametrize(
    ("change", "says"),
    [
        (replace(CRITERION, author=" "), "your name is missing"),
        (replace(CRITERION, hypothesis=""), "hypothesis is missing"),
        (replace(CRITERION, title="x" * 2001), "title is too long"),
        (replace(CRITERION, kind="mood"), "no such change"),
        (replace(CRITERION, measure="mood"), "no such measure"),
        (replace(CRITERION, question="mood"), "no such question"),
        (replace(CRITERION, stage=""), "stage is missing"),
        (replace(CRITERION, stage="Closed Won"), "no such stage"),
        (replace(CRITERION, level=None), "level is missing"),
        (replace(CRITERION, level=0), "level is missing"),
        (replace(CRITERION, teams=("Nowhere",)), "no such team"),
        (replace(CRITERION, starts_on=TODAY + timedelta(days=400)), "too far ahead"),
        (replace(CRITERION, hypothesis="so [drawn by lot: {}]"), "drawn by lot"),
        (replace(TEXT, text_after=" "), "the new text is missing"),
        (replace(TEXT, starts_on=TODAY - timedelta(days=7)), "on the day on which it is saved"),
    ],
)
def test_what_cannot_be_is_refused(
    small_world: Store, small_company: Company, change: Change, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        record(small_world, small_company, TODAY, change)
    assert not versions_as_of(small_world, small_company, TODAY)


def test_more_that_is_refused(mine: Store, small_company: Company) -> None:
    teams = set(mine.query("owners_as_of", as_of_end=small_company.calendar.end_of(TODAY))["team"].dropna())
    for change, as_of, says in (
        (replace(CRITERION, teams=tuple(sorted(teams))), TODAY, "these are all teams"),
        (replace(TEXT, text_after=wording(mine, small_company)), TODAY, "reads as before"),
        (CRITERION, TODAY - timedelta(days=1), "this is a past day"),
    ):
        with pytest.raises(BadInput, match=says):
            record(mine, small_company, as_of, change)
    key = record(mine, small_company, TODAY, CRITERION)
    for write, says in (
        (lambda: learn(mine, small_company, TODAY, key, " ", author="Ann"), "what was learned is missing"),
        (lambda: learn(mine, small_company, TODAY, "nope", "a", author="Ann"), "no such version"),
        (lambda: withdraw(mine, small_company, TODAY, key, "", author="Ann"), "the reason is missing"),
    ):
        with pytest.raises(BadInput, match=says):
            write()
    withdraw(mine, small_company, TODAY, key, "a mistake", author="Ann")
    assert one(mine, small_company).state(TODAY) == WITHDRAWN
    with pytest.raises(BadInput, match="was withdrawn"):
        learn(mine, small_company, TODAY, key, "late", author="Ann")


def test_a_planned_version_begins_on_its_day(mine: Store, small_company: Company) -> None:
    later = TODAY + timedelta(days=30)
    key = record(mine, small_company, TODAY, replace(CRITERION, starts_on=later))
    found = version_of(mine, small_company, TODAY, key)
    assert (found.state(TODAY), found.state(later)) == (PLANNED, RUNNING)


def test_a_past_day_knows_what_was_written_by_then(mine: Store, small_company: Company) -> None:
    plant(mine, "v1", date(2026, 4, 6))
    plant(mine, "v1", date(2026, 9, 1), learned="Slower", author="Eve", is_withdrawn=None)
    assert one(mine, small_company, date(2026, 8, 31)).notes == ()
    assert [note.author for note in one(mine, small_company, date(2026, 9, 1)).notes] == ["Eve"]
    assert one(mine, small_company).change.author == "Ann"


def test_the_sample_company_has_two_changes_that_touch_no_fact(mine: Store, small_company: Company) -> None:
    facts = versions_of(mine).facts
    add_changes(mine)
    assert versions_of(mine).facts == facts
    lot, cost = versions_as_of(mine, small_company, TODAY)
    assert lot.change.draw is not None
    assert lot.change.draw.seed == seed_of(EXIT, "budget", "Proposal", lot.written_on)
    assert lot.change.teams == lot.change.draw.teams
    assert [len(one.notes) for one in (lot, cost)] == [0, 1]
    assert all(one.state(TODAY) == RUNNING for one in (lot, cost))
    assert [one.written_on < one.change.starts_on for one in (lot, cost)] == [True, True]


def test_the_stages_are_the_open_ones_in_order(mine: Store, small_company: Company) -> None:
    stages = stages_of(mine, small_company, TODAY)
    assert stages[0] == "Discovery"
    assert "Closed Won" not in stages


NAMES = st.text(min_size=1, max_size=8)


@given(st.lists(NAMES, min_size=4, max_size=9, unique=True), st.integers(0, 2**32 - 1), st.randoms())
def test_a_draw_takes_one_of_each_pair_whatever_the_order(names: list[str], seed: int, mixer: Any) -> None:
    past = pd.DataFrame({"team": names, "rate": range(len(names)), "n": 9})
    draw = draw_teams(past, seed)
    mixed = [*range(len(names))]
    mixer.shuffle(mixed)
    assert draw_teams(past.iloc[mixed], seed) == draw
    assert len(draw.pairs) == len(names) // 2
    assert all(len({*pair} & {*draw.teams}) == 1 for pair in draw.pairs)
    assert {*draw.teams}.isdisjoint(draw.others)
    assert draw.possible == 2 ** len(draw.pairs)


@given(st.text(max_size=30).filter(lambda text: "[drawn by lot:" not in text), NAMES, NAMES)
def test_a_draw_is_kept_beside_the_hypothesis(text: str, a: str, b: str) -> None:
    draw = Draw(7, ((a, b),))
    assert split_draw(with_draw(text, draw)) == (text.rstrip(), draw)
    assert split_draw(text) == (text, None)


def test_like_teams_are_paired_and_the_lot_falls_evenly() -> None:
    past = pd.DataFrame({"team": list("ABCD"), "rate": [0.1, 2.0, 2.1, 0.2], "n": [50, 50, 50, 50]})
    assert draw_teams(past, 1).pairs == (("A", "D"), ("B", "C"))
    drawn = [
        draw_teams(past, seed_of(EXIT, "impact", "S", TODAY + timedelta(days=n))).teams for n in range(400)
    ]
    for team in "ABCD":
        assert 160 < sum(team in teams for teams in drawn) < 240
    with pytest.raises(BadInput, match="too few teams"):
        draw_teams(past.head(3), 1)
