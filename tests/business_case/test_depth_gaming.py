"""What people try in order to look deep: each must lose, or not gain."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.business_case.depth.explain import explain, explain_all
from analytics.business_case.depth.features import QUESTIONS
from analytics.business_case.depth.fitted import shipped
from analytics.business_case.depth.learn import kappa, learn
from analytics.business_case.depth.model import DepthModel
from analytics.business_case.depth.training import load


@lru_cache(maxsize=1)
def unseen() -> tuple[DepthModel, pd.DataFrame]:
    """Answers of an author that the model knows nothing of: gaming it must not lean on known texts."""
    return learn(load("answers_a.csv", "answers_b.csv", "answers_c.csv")), load("examples.csv")


def change(level: int, gamed: list[str], answers: pd.DataFrame, model: DepthModel) -> float:
    questions = list(answers["question"])
    return float(np.mean(model.levels(questions, gamed) - model.levels(questions, list(answers["answer"]))))


def thrown_in(answers: pd.DataFrame, things: list[str]) -> list[str]:
    chance = np.random.default_rng(0)
    gamed = []
    for text in answers["answer"]:
        words = text.split(" ")
        for _ in range(3):
            words.insert(int(chance.integers(0, len(words) + 1)), str(chance.choice(things)))
        gamed.append(" ".join(words))
    return gamed


@pytest.mark.parametrize(
    ("things", "at_most"),
    [
        (["47", "912", "3.5", "12,000", "2031"], 0.2),
        (
            [
                "(our price EUR 90k)",
                "with 85 seats at 40 each",
                "20% discount",
                "our ROI calculator says 312%",
            ],
            0.0,
        ),
        (["Lena", "Markus", "Bob Miller", "Ms Jones"], 0.2),
        (["12 May", "on 3/4", "in March"], 0.2),
        (["budget", "CFO", "approved", "deadline", "root cause", "audit", "because"], 0.2),
        (["as you can imagine", "very much", "we are confident", "at the end of the day"], 0.0),
    ],
)
def test_things_thrown_into_shallow_answers(things: list[str], at_most: float) -> None:
    model, answers = unseen()
    shallow = answers[answers["level"] == 1]
    assert change(1, thrown_in(shallow, things), shallow, model) <= at_most


def test_waffle_and_repetition() -> None:
    model, answers = unseen()
    shallow = answers[answers["level"].isin((1, 2))]
    waffle = " They want to be better and faster, and we see a lot of value for every company in it." * 3
    assert change(1, [text + waffle for text in shallow["answer"]], shallow, model) <= 0
    assert change(1, [" ".join([text] * 3) for text in shallow["answer"]], shallow, model) <= 0.2


def test_a_good_answer_under_another_question_loses_most_of_its_level() -> None:
    deep = load().query("level == 4")
    for key in QUESTIONS:
        others = deep[deep["question"] != key]
        moved = shipped().levels([key] * len(others), list(others["answer"]))
        assert float(np.mean(moved)) < 2.2, key
        assert float(np.mean(moved == 4)) < 0.25, key


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("problem", "They want to be more efficient and modernise their way of working 47 12,000 83% 9"),
        ("problem", "They want to be more efficient and modernise their way of working " * 8),
        ("impact", "Our ROI calculator says 312% and payback in 7 months, we quoted 85 seats at EUR 90k"),
        ("stakeholders", "Jim, Anna, Peter and Karla, great people, I know them all from LinkedIn"),
        ("stakeholders", "CEO, CFO, CIO, COO, CTO, VP Sales, Director IT"),
        ("budget", "budget approved funding CFO allocated capex money line"),
        ("budget", "Yes, I think there should be money somewhere, I hope so"),
        ("budget", "no budget, no owner, no date"),
        ("stakeholders", "no sponsor, no champion, no economic buyer"),
        ("compelling_event", "I am 100% sure they sign on 30 June, our champion promised it"),
        ("budget", "The CFO will surely approve it, we have been told many times that it is a formality"),
        ("problem", "asdf qwer zxcv 123 456"),
        ("gotchas", "We're ISO 27001, SOC 2 and GDPR compliant, 99.95% uptime, so no issue expected"),
    ],
)
def test_bluff_does_not_reach_level_3(question: str, answer: str) -> None:
    assert explain(question, answer).level <= 2


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("budget", "CFO mail 4 Mar: 240k approved"),
        ("budget", "240k approved, CFO mail 4 Mar"),
        ("budget", "No budget exists: CFO Ana Ruiz told us on 12 May that the FY26 line was cut"),
        ("impact", "Mrs Lee (COO) told us 3 June: each stop costs 12k"),
        ("gotchas", "DPO, mail 3/5: no cloud before the pen test, 6 weeks"),
        ("budget", "Laut CFO Anna Huber (Mail vom 4. März) sind 240.000 € im Haushalt 2026 freigegeben"),
        ("budget", "Mme Delorme, DAF, nous a confirmé le 12 mars : 90 000 € au budget 2026"),
        ("budget", "El director financiero, Juan Pérez, nos confirmó el 5 de mayo 60.000 € de presupuesto"),
        ("budget", "CFO Pieter de Vries mailde op 3 maart: 80.000 euro goedgekeurd voor 2026"),
        ("budget", "Il CFO Marco Rossi ha scritto il 4 marzo: 120.000 euro approvati a bilancio"),
        ("budget", "A diretora financeira Ana Sousa confirmou por email em 3 de março: 50.000 € aprovados"),
    ],
)
def test_short_true_evidence_is_level_4(question: str, answer: str) -> None:
    assert explain(question, answer).level == 4


@pytest.mark.parametrize(
    "answer",
    [
        "Dyrektor finansowy Jan Kowalski napisał 12 marca: 200 tys. zł zatwierdzone w budżecie",
        "Finansų direktorė Rasa Petraitienė kovo 4 d. laiške patvirtino 40 tūkst. eurų biudžetą",
        "Ekonomichef Anna Berg skrev 4 mars att 2 MSEK är godkända i budgeten",
    ],
)
def test_other_languages_count_names_dates_and_amounts(answer: str) -> None:
    assert explain("budget", answer).level >= 3


def test_placeholders_are_nothing_under_every_question() -> None:
    for text in ("", "   ", "?", "...", "12/34", "n/a", "TBD", "pending", "see notes", "-"):
        assert [one.level for one in explain_all(list(QUESTIONS), [text] * 7)] == [0] * 7, text


def test_it_agrees_with_authors_that_it_has_not_seen_and_not_by_length() -> None:
    """A floor some points under what was measured, 0.90 (docs/method.md)."""
    model, answers = unseen()
    found = model.levels(list(answers["question"]), list(answers["answer"]))
    assert kappa(answers["level"], found) > 0.85
    length = np.log1p(answers["answer"].str.len())
    assert abs(np.corrcoef(length, found)[0, 1]) < 0.5


def test_answers_of_an_attacker_stay_within_their_bounds() -> None:
    """71 answers by hand that nothing was learned from, each with bounds; 63 were within when written."""
    path = Path(__file__).parent / "gaming_answers.csv"
    answers = pd.read_csv(path, keep_default_na=False)
    found = [one.level for one in explain_all(list(answers["question"]), list(answers["answer"]))]
    right = answers["at_least"].le(found) & answers["at_most"].ge(found)
    assert right[answers["at_most"] < 4].mean() >= 0.86, answers[~right]
    assert right[answers["at_least"] > 0].mean() >= 0.90, answers[~right]
