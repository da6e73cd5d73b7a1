"""Writing answers in the app: dated, with their author, and two people at once."""

from __future__ import annotations

import threading
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics.business_case import questions
from analytics.business_case.editing import Conflict, Seen, overrule, save_answer
from analytics.business_case.feed import answer_changes, filtered, in_words
from analytics.business_case.questions import change_questions
from analytics.problems import BadInput
from tests.business_case.conftest import DAY, EVIDENCED, Made

FAR = date(2100, 1, 1)
NOTHING = Seen(None, "")
SEVEN = (Path(questions.__file__).parent / "methods" / "seven.toml").read_text(encoding="utf-8")


def save(made: Made, text: str, *, seen: Seen = NOTHING, author: str = "Kim", **more: Any) -> bool:
    return save_answer(made.store, "A", "budget", text, author=author, seen=seen, **more)


def latest(made: Made) -> Seen:
    row = made.cell("A", "budget", FAR)
    return Seen(row["valid_at"].to_pydatetime(), row["answer"])


def test_a_saved_answer_is_a_new_version_of_today(made: Made) -> None:
    made.answer("A", "budget", "yes")
    assert save(made, EVIDENCED, seen=latest(made), source="mail", confirmed_by="Ana Ruiz")
    row = made.cell("A", "budget", FAR)
    assert (row["answer"], row["author"], row["source"], row["confirmed_by"], row["versions"]) == (
        EVIDENCED,
        "Kim",
        "mail",
        "Ana Ruiz",
        2,
    )
    assert made.cell("A", "budget")["answer"] == "yes"  # the past stays what it was


def test_nothing_new_is_not_saved(made: Made) -> None:
    save(made, EVIDENCED)
    assert not save(made, f" {EVIDENCED} ", seen=latest(made))
    assert made.cell("A", "budget", FAR)["versions"] == 1


def test_the_second_of_two_people_is_told_and_nothing_is_lost(made: Made) -> None:
    made.answer("A", "budget", "yes")
    both_saw = latest(made)
    save(made, "first text", seen=both_saw, author="Kim")
    with pytest.raises(Conflict) as caught:
        save(made, "second text", seen=both_saw, author="Lea")
    assert (caught.value.answer, caught.value.author) == ("first text", "Kim")
    assert made.cell("A", "budget", FAR)["answer"] == "first text"
    save(made, "first and second", seen=Seen(caught.value.at, caught.value.answer), author="Lea")
    assert made.cell("A", "budget", FAR)["versions"] == 3


def test_two_first_answers_at_the_same_time(made: Made) -> None:
    told: list[str] = []

    def write(name: str) -> None:
        try:
            save(made, f"text of {name}", author=name)
        except Conflict as conflict:
            told.append(conflict.author)

    threads = [threading.Thread(target=write, args=(name,)) for name in ("Kim", "Lea", "Max")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert made.cell("A", "budget", FAR)["versions"] == 1
    assert len(told) == 2
    assert set(told) == {made.cell("A", "budget", FAR)["author"]}


@pytest.mark.parametrize(
    ("text", "author", "says"), [("x", " ", "your name"), ("x" * 20_001, "Kim", "too long")]
)
def test_what_cannot_be_saved_says_why(made: Made, text: str, author: str, says: str) -> None:
    with pytest.raises(BadInput, match=says):
        save(made, text, author=author)


@pytest.mark.parametrize("field", ["author", "source", "confirmed_by"])
def test_nothing_beside_an_answer_can_be_of_any_length(made: Made, field: str) -> None:
    """A rep filled the disk with it, and everybody's memory."""
    said: dict[str, Any] = {field: "x" * 20_001}
    with pytest.raises(BadInput, match=f"{field.replace('_', ' ')} is too long"):
        save(made, EVIDENCED, **said)
    with pytest.raises(BadInput, match="reason is too long"):
        overrule(made.store, "A", "budget", datetime(2026, 5, 12), 3, reason="x" * 20_001, author="Kim")


def test_an_emptied_answer_is_a_version_too(made: Made) -> None:
    save(made, EVIDENCED)
    assert save(made, "", seen=latest(made))
    assert not made.cell("A", "budget", FAR)["is_answered"]


def test_the_feed_says_who_went_from_which_depth_to_which(made: Made) -> None:
    made.answer("A", "budget", "yes", at="2026-05-12 09:00")
    made.answer("A", "budget", EVIDENCED, at="2026-05-14 09:00")
    made.answer("B", "problem", "efficiency", at="2026-04-01 09:00")
    feed = answer_changes(made.store, made.company, DAY, 14)
    assert list(feed.rows["answer"]) == [EVIDENCED, "yes"]
    top = feed.rows.iloc[0]
    assert (top["direction"], top["level"], top["level_before"], top["answer_before"]) == (
        "deeper",
        4,
        1,
        "yes",
    )
    assert feed.rows.iloc[1]["direction"] == "first"
    assert not feed.is_cut
    assert len(filtered(feed.rows, direction="deeper", question="Budget", author="Kim")) == 1
    assert filtered(feed.rows, owner="nobody").empty
    assert "2 answers changed in 14 days, in 1 deal" in in_words(feed.rows, 14)


def test_the_feed_shows_the_levels_that_count(made: Made) -> None:
    """As every other page: a person's level before the scorer's, and a copy as one for any deal."""
    copied = "The planners in Gdansk type every order twice, because the two systems are not linked"
    made.answer("A", "problem", copied, at="2026-05-10 12:00")
    made.answer("B", "problem", copied, at="2026-05-11 12:00")
    made.answer("A", "problem", copied + ", 40 orders a day", at="2026-05-12 12:00")
    first = pd.Timestamp("2026-05-10 12:00").to_pydatetime()
    overrule(made.store, "A", "problem", first, 4, reason="I was there", author="Mia")
    rows = answer_changes(made.store, made.company, FAR, 50_000).rows.set_index(["deal_id", "valid_at"])
    latest = rows.loc[("A", pd.Timestamp("2026-05-12 12:00"))]
    assert (rows.loc[("A", first), "level"], latest["level_before"]) == (4, 4)
    copy = rows.loc[("B", pd.Timestamp("2026-05-11 12:00"))]
    assert (copy["level"], copy["counts"]) == (1, "copied")
    assert copy["level"] == made.cell("B", "problem")["level"]


def test_the_feed_calls_a_question_as_the_company_does(made: Made) -> None:
    made.answer("A", "budget", "yes")
    change_questions(made.store, "seven", SEVEN.replace('label = "Budget"', 'label = "Money"'), "mine.toml")
    assert answer_changes(made.store, made.company, FAR, 50_000).rows["label"].tolist() == ["Money"]
    assert answer_changes(made.store, made.company, DAY, 14).rows["label"].tolist() == ["Budget"]


def test_signs_that_nobody_sees_are_not_kept(made: Made) -> None:
    save(made, "a\x00b\x0bc\ud800d\ne", author="K\x01im", source="\x02")
    row = made.cell("A", "budget", FAR)
    assert (row["answer"], row["author"], row["source"]) == ("abcd\ne", "Kim", "Plumbline")


def test_an_empty_feed_says_so(made: Made) -> None:
    feed = answer_changes(made.store, made.company, DAY, 7)
    assert in_words(feed.rows, 7) == "No answer changed in these 7 days."
