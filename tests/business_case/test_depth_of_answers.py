"""Depth of an answer: rules, model, gaming, explanation."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from analytics.business_case.depth.evaluate import judged, kappa
from analytics.business_case.depth.explain import explain
from analytics.business_case.depth.marks import find_marks
from analytics.business_case.depth.model import QUESTIONS, DepthModel, load, shipped


def rules(text: str) -> set[str]:
    return {mark.rule for mark in find_marks(text)}


def level(question: str, answer: str) -> int:
    return explain(question, answer).level


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("money", "it costs EUR 1.2M a year"),
        ("money", "240k approved"),
        ("money", "35.000 € en la partida"),
        ("percent", "churn is 3.1% a month"),
        ("duration", "takes 10-12 weeks"),
        ("duration", "dauert neun Tage"),
        ("ratio", "31 of 140 trucks idle"),
        ("date", "mail of 4 Mar"),
        ("date", "on 2025-03-14 they said"),
        ("date", "Termin am 3.2. im Werk"),
        ("date", "el 12 de marzo"),
        ("comparison", "38 in June against 21 before"),
        ("change", "8.1 months against the 6 planned"),
        ("cause", "weil das Lager von Hand etikettiert"),
        ("cause", "late because nobody scans"),
        ("person", "Lena Vogt agreed"),
        ("honorific", "Ms Pham agreed"),
        ("initial_name", "signed by J. Farrugia"),
        ("named_role", "CFO Ana Ruiz told us"),
        ("role", "the plant manager wants it"),
        ("evidence", "she showed us the log"),
        ("hedge", "I think there is budget"),
        ("seller", "our platform does that"),
        ("quotation", 'he said "not before the next board meeting"'),
        ("placeholder", "TBD"),
    ],
)
def test_a_rule_fires(rule: str, text: str) -> None:
    assert rule in rules(text)


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        ("money", "they have 12 sites"),
        ("percent", "12 sites"),
        ("date", "churn is 3.1% against 1.8"),
        ("duration", "12 sites"),
        ("person", "Power BI on Monday Morning"),
        ("honorific", "The plant in Lyon"),
        ("hedge", "CFO approved it"),
        ("seller", "CFO approved it"),
        ("cause", "the warehouse in Antwerp"),
    ],
)
def test_a_rule_is_silent(rule: str, text: str) -> None:
    assert rule not in rules(text)


def test_marks_point_at_the_text() -> None:
    text = "CFO Ana Ruiz told us on 12 May that the FY26 line of EUR 40k was cut"
    assert all(text[mark.start : mark.end] == mark.text for mark in find_marks(text))


def test_short_evidence_is_deep_and_nothing_is_zero() -> None:
    assert level("budget", "CFO mail 4 Mar: 240k approved") == 4
    for question in QUESTIONS:
        assert [level(question, text) for text in ("", "   ", "?", "...", "12/34")] == [0] * 5
    assert level("impact", "TBD") == 0


def test_bad_news_with_evidence_is_deep() -> None:
    text = "No budget exists: CFO Ana Ruiz told us on 12 May that the FY26 line was cut"
    assert level("budget", text) == 4


SHALLOW = "They want to be more efficient and modernise their way of working"


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("problem", f"{SHALLOW} 47 12,000 83% 9"),
        ("problem", f"{SHALLOW} " * 8),
        ("impact", "Our ROI calculator says 312% and payback in 7 months, we quoted 85 seats at EUR 90k"),
        ("stakeholders", "Jim, Anna, Peter and Karla, great people, I know them all from LinkedIn"),
        ("budget", "budget approved funding CFO allocated capex money line"),
        ("budget", "Yes, I think there should be money somewhere, I hope so"),
    ],
)
def test_gaming_does_not_earn_evidence(question: str, answer: str) -> None:
    assert level(question, answer) <= 2


def test_inserted_numbers_hardly_lift_shallow_answers() -> None:
    shallow = load("answers_a.csv", "answers_b.csv").query("level == 1").head(80)
    texts, questions = list(shallow["answer"]), list(shallow["question"])
    before = shipped().levels(questions, texts)
    after = shipped().levels(questions, [f"{text} 47 912 3.5" for text in texts])
    assert float(np.mean(after - before)) < 0.5


def test_answers_to_another_question_fall() -> None:
    deep = load("examples.csv").query("level >= 3 and question == 'budget'")
    texts = list(deep["answer"])
    asked = shipped().levels(["budget"] * len(texts), texts)
    moved = shipped().levels(["root_cause"] * len(texts), texts)
    assert float(np.mean(asked - moved)) > 0.7


@pytest.mark.parametrize(
    "answer",
    [
        "Laut CFO Anna Huber (Mail vom 4. März) sind 240.000 € im Haushalt 2026 freigegeben",
        "Mme Delorme, DAF, nous a confirmé le 12 mars : 90 000 € au budget 2026",
        "El director financiero, Juan Pérez, nos confirmó el 5 de mayo 60.000 € de presupuesto",
    ],
)
def test_other_languages_are_still_scored(answer: str) -> None:
    assert level("budget", answer) >= 3


def test_the_same_answers_give_the_same_levels() -> None:
    answers = load("answers_a.csv")
    few = load("examples.csv").head(60)
    first, second = judged(answers, few), judged(answers, few)
    assert list(first) == list(second)
    alone = [int(shipped().levels([q], [t])[0]) for q, t in zip(few["question"], few["answer"], strict=True)]
    assert alone == list(shipped().levels(list(few["question"]), list(few["answer"])))


def test_agreement_on_answers_of_other_authors() -> None:
    shared = load("examples.csv")
    found = judged(load("answers_a.csv", "answers_b.csv"), shared)
    assert kappa(shared["level"], found) > 0.76
    length = np.log1p(shared["answer"].str.len())
    assert abs(np.corrcoef(length, found)[0, 1]) < 0.55


def test_explanation_has_spans_and_says_what_is_missing() -> None:
    text = "New reps take 8 months to ramp, but the plan assumes 6, so the region opens 2 months short"
    found = explain("problem", text)
    assert found.spans
    assert all(text[span.start : span.end] == span.text for span in found.spans)
    assert "who told you" in found.missing if found.level == 3 else found.missing
    assert explain("budget", "").missing.startswith("No answer yet")


def test_training_files_are_complete() -> None:
    every = load("answers_a.csv", "answers_b.csv", "examples.csv")
    assert every["id"].is_unique
    assert set(every["level"]) == {0, 1, 2, 3, 4}
    assert set(every["question"]) == set(QUESTIONS)


def test_no_answers_no_levels() -> None:
    model = DepthModel().fit(pd.concat([load("examples.csv")]))
    assert len(model.levels([], [])) == 0
