"""Questions as data: shipped methods, versions, the wording an answer was given under."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from analytics.business_case.questions import (
    METHODS,
    change_questions,
    every_key,
    method_as_of,
    shipped,
    wordings,
)
from analytics.commands import main
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.settings import write_setting
from analytics.store.subjects import QUESTIONS
from tests.business_case.conftest import Made

SEVEN = Path("analytics/business_case/methods/seven.toml")


def seven_text() -> str:
    return (Path(__file__).parents[2] / SEVEN).read_text(encoding="utf-8")


def now() -> pd.Timestamp:
    return pd.Timestamp("2100-01-01")


def test_the_seven_are_the_contract_in_its_order() -> None:
    assert [one.key for one in shipped("seven").questions] == list(QUESTIONS)
    assert shipped("seven").questions[3].wording == "How do we know budget has been allocated?"


@pytest.mark.parametrize("method", METHODS)
def test_every_question_is_whole_and_maps_onto_the_seven(method: str) -> None:
    for one in shipped(method).questions:
        assert one.asks in QUESTIONS
        assert all(text.endswith("?") for text in one.follow_up)
        assert len(set(one.follow_up)) == 4
        assert one.help
        assert one.good


def test_no_key_or_wording_stands_for_two_questions() -> None:
    questions = [one for method in METHODS for one in shipped(method).questions]
    assert len(every_key()) == len(questions)
    assert len({one.wording for one in questions}) == len(questions)
    assert wordings()["Are we talking to the right stakeholders?"] == "stakeholders"


def test_a_changed_wording_is_a_new_version_and_old_answers_keep_theirs(made: Made) -> None:
    made.answer("A", "budget", "200k from the FY26 plan", at="2020-05-10 12:00")
    text = seven_text().replace("How do we know budget has been allocated?", "Who released which money?")
    assert change_questions(made.store, "seven", text, "mine.toml") == ["budget"]
    method = method_as_of(made.store, "seven", now().to_pydatetime())
    budget = next(one for one in method.questions if one.key == "budget")
    assert (budget.wording, budget.version) == ("Who released which money?", 2)
    assert method.in_force("budget", pd.Timestamp("2020-05-10")).version == 1
    assert [len(found) for found in method.versions.values()].count(2) == 1


def test_a_past_day_reads_the_questions_of_that_day(made: Made) -> None:
    text = seven_text().replace("How do we know budget has been allocated?", "Who released which money?")
    change_questions(made.store, "seven", text, "mine.toml")
    before = method_as_of(made.store, "seven", pd.Timestamp("2020-01-01").to_pydatetime())
    assert [one.version for one in before.questions] == [1] * 7


def test_the_same_file_twice_changes_nothing(made: Made) -> None:
    text = seven_text().replace("weight = 1.5", "weight = 2.0")
    assert set(change_questions(made.store, "seven", text, "mine.toml")) == {
        "budget",
        "stakeholders",
        "compelling_event",
    }
    assert change_questions(made.store, "seven", text, "mine.toml") == []


def test_a_left_out_question_is_retired_and_can_come_back(made: Made) -> None:
    cut = seven_text()[: seven_text().rindex("[[question]]")]
    assert change_questions(made.store, "seven", cut, "mine.toml") == ["compelling_event"]
    keys = [one.key for one in method_as_of(made.store, "seven", now().to_pydatetime()).questions]
    assert keys == list(QUESTIONS)[:-1]
    assert change_questions(made.store, "seven", seven_text(), "mine.toml") == ["compelling_event"]
    assert len(method_as_of(made.store, "seven", now().to_pydatetime()).questions) == 7


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('asks = "budget"', 'asks = "colour"', "question 4.*none of the seven"),
        ("weight = 1.5", "weight = -1", "weight"),
        ('key = "impact"', 'key = "problem"', "stands twice"),
        ('label = "Impact"', "", "'label' is missing"),
        ('label = "Impact"', 'label = "Budget"', "label stands twice"),
        ('label = "Impact"', 'label = "Amount"', "name of a column"),
        ("follow_up = [", "follow_up = [1,", "four texts"),
        ("[[question]]", "[[questions]]", "no \\[\\[question"),
        ('name = "', "name = ", "not a TOML"),
    ],
)
def test_a_wrong_file_says_what_and_where(made: Made, old: str, new: str, says: str) -> None:
    with pytest.raises(BadInput, match=f"mine.toml.*{says}"):
        change_questions(made.store, "seven", seven_text().replace(old, new), "mine.toml")


def test_an_unknown_method_is_refused(made: Made) -> None:
    with pytest.raises(BadInput, match="meddpicc"):
        shipped("spin")
    with pytest.raises(BadInput, match="seven, meddpicc or bant"):
        write_setting(made.store, "method", "spin")


def test_answers_to_the_seven_show_under_another_method_once(made: Made) -> None:
    made.answer("A", "stakeholders", "VP Sales Lena Vogt decides, CFO signs")
    made.answer("A", "champion", "Beatriz in billing ops, she wants it for her audit")
    write_setting(made.store, "method", "meddpicc")
    rows = made.cases().answers.query("deal_id == 'A'").set_index("question")
    assert len(rows) == len(shipped("meddpicc").questions)
    assert rows.loc["champion", "answered_as"] == "champion"
    assert rows.loc["economic_buyer", "answered_as"] == "stakeholders"
    assert not rows.loc["decision_criteria", "is_answered"]


def test_the_store_is_not_needed_to_see_the_shipped_methods(tmp_path: Path) -> None:
    changed = change_questions(Store(tmp_path / "new.duckdb"), "bant", _bant("Need: why?"), "mine.toml")
    assert changed == ["bant_need"]


def _bant(wording: str) -> str:
    path = Path(__file__).parents[2] / "analytics/business_case/methods/bant.toml"
    return path.read_text("utf-8").replace("Need: what problem do they have to solve, and why?", wording)


def test_a_key_is_judged_as_the_same_for_ever(made: Made) -> None:
    made.answer("A", "impact", "the plant stops")
    text = seven_text().replace('asks = "impact"', 'asks = "problem"')
    assert text != seven_text()
    with pytest.raises(BadInput, match="'impact' are judged as 'impact'"):
        change_questions(made.store, "seven", text, "mine.toml")
    with pytest.raises(BadInput, match="another key"):  # nor as another in another method
        change_questions(made.store, "bant", text, "mine.toml")


def test_what_is_nested_without_end_is_no_question_file(made: Made) -> None:
    with pytest.raises(BadInput, match="not a TOML file"):
        change_questions(made.store, "seven", "a = " + "[" * 100_000, "mine.toml")


def test_a_file_saved_by_notepad_is_read(made: Made, tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text(seven_text(), encoding="utf-8-sig")
    assert main(["--store", str(made.store.path), "questions", "--change", str(file)]) == 0


def test_answers_to_the_companys_own_questions_are_read_from_a_file(made: Made, tmp_path: Path) -> None:
    own = seven_text().replace('wording = "What is the root cause of it?"', 'wording = "Why is that so?"')
    own += (
        '[[question]]\nkey = "legal"\nlabel = "Legal"\nasks = "gotchas"\n'
        'wording = "Who reads the contract?"\n'
        'help = "h"\ngood = "g"\nfollow_up = ["a?", "b?", "c?", "d?"]\n'
    )
    change_questions(made.store, "seven", own, "mine.toml")
    file = tmp_path / "answers.csv"
    file.write_text(
        "deal_id,question,answer,answered_at,author\n"
        "A,Who reads the contract?,Their counsel,2026-05-01,Kim\n"
        "A,legal,Their counsel reads it,2026-05-02,Kim\n"
        "A,Why is that so?,Two systems,2026-05-01,Kim\n"
        "A,What is the root cause of it?,Three systems,2026-05-02,Kim\n"
    )
    assert main(["--store", str(made.store.path), "import", str(file)]) == 0
    with made.store.reading() as con:
        rows = con.execute("select question, answer from answer order by 1, 2").fetchall()
    assert [row[0] for row in rows] == ["legal", "legal", "root_cause", "root_cause"]
