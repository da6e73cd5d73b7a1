"""The depth of answers as others see it: level, spans, what is missing."""

from __future__ import annotations

from collections import Counter
from functools import lru_cache

import pytest

from analytics.business_case.depth.explain import SCORER_VERSION, Depth, explain, explain_all, rule_words
from analytics.business_case.depth.features import QUESTIONS
from analytics.business_case.depth.limits import OWNERS, SOURCES
from analytics.business_case.depth.marks import MEASURES, WHEN
from analytics.business_case.depth.rule_names import REASONS
from analytics.business_case.depth.training import load
from analytics.problems import BadInput


@lru_cache(maxsize=1)
def everything() -> list[tuple[str, str, Depth]]:
    answers = load()
    questions, texts = list(answers["question"]), list(answers["answer"])
    return list(zip(questions, texts, explain_all(questions, texts), strict=True))


def test_spans_are_pieces_of_the_answer_and_do_not_overlap() -> None:
    for _, text, found in everything():
        assert all(text[one.start : one.end] == one.text for one in found.spans)
        assert all(a.end <= b.start for a, b in zip(found.spans, found.spans[1:], strict=False))


def test_every_level_rests_on_spans() -> None:
    for _, text, found in everything():
        kinds = {one.rule for one in found.spans}
        if found.level >= 2:
            assert found.spans, text
        if found.level == 4:
            assert kinds & OWNERS, text
            assert kinds & SOURCES, text


def test_level_3_shows_why_or_how_much_nearly_always() -> None:
    """The rest is explained by its wording alone: then it shows a contrast, or what it names."""
    shown = Counter(
        bool({one.rule for one in found.spans} & (MEASURES | WHEN | REASONS))
        for _, _, found in everything()
        if found.level == 3
    )
    assert shown[True] > 300
    assert shown[False] / shown.total() < 0.1


def test_what_is_missing_is_always_said() -> None:
    assert all(found.missing for _, _, found in everything())
    lines = {found.missing for _, _, found in everything()}
    assert len(lines) > 60  # by question and by what is there


@pytest.mark.parametrize(
    ("question", "answer", "level", "says"),
    [
        ("budget", "", 0, "No answer yet"),
        ("budget", "   ", 0, "No answer yet"),
        ("budget", "?", 0, "placeholder"),
        ("impact", "TBD", 0, "placeholder"),
        ("budget", "Works council must agree, the DPO wants a pen test and a DPIA first", 0, "gotchas"),
        ("problem", "They want to be more efficient", 1, "any deal"),
        ("impact", "Our ROI calculator says 312% and payback in 7 months", 1, "our price"),
        ("budget", "I think there should be money, I hope", 1, "belief"),
        ("problem", "Onboarding of new SDRs in the Berlin team, done in spreadsheets", 2, "how often"),
        ("stakeholders", "Head of IT and the plant manager", 2, "limits, votes"),
        ("compelling_event", "Contract ends 30 Nov, price rises 14% after", 3, "who told you"),
        ("budget", "CFO mail 4 Mar: 240k approved", 4, "Nothing"),
    ],
)
def test_level_and_what_is_missing(question: str, answer: str, level: int, says: str) -> None:
    found = explain(question, answer)
    assert (found.level, says in found.missing) == (level, True), found


def test_what_is_missing_leaves_out_what_is_there() -> None:
    with_date = explain(
        "compelling_event", "Permit lapses 30 April, then the quarry stands still for 3 months"
    )
    assert with_date.level == 3
    assert "when you learned it" not in with_date.missing
    assert "who told you" in with_date.missing


def test_rules_have_words() -> None:
    shown = {one.rule for _, _, found in everything() for one in found.spans}
    assert not [rule for rule in shown if rule_words(rule) == rule.replace("_", " ") and "_" in rule]
    assert rule_words("money") == "how much"
    assert rule_words("evidence") == "named source"


def test_one_answer_and_many_give_the_same() -> None:
    few = everything()[::60]
    assert [explain(question, text) for question, text, _ in few] == [found for _, _, found in few]


def test_the_version_is_short_and_fixed() -> None:
    assert len(SCORER_VERSION) == 12
    assert SCORER_VERSION.isalnum()


def test_an_unknown_question_is_named() -> None:
    with pytest.raises(BadInput, match="colour"):
        explain("colour", "x")


def test_no_answers() -> None:
    assert explain_all([], []) == []


@pytest.mark.parametrize(
    "text",
    [
        "\x00",
        "CFO\x00 mail 4 Mar: 240k",
        "😀" * 50,
        "\u202eabc מייל של הכספים 240",
        "مدير المالية 240",
        "财务总监确认预算",
    ],
)
def test_odd_texts_are_scored(text: str) -> None:
    assert 0 <= explain("budget", text).level <= 4


@pytest.mark.parametrize(
    "text", ["word " * 20_000, "if " * 33_000, "1" * 100_000, "'" * 100_000, "Aa " * 33_000]
)
def test_a_huge_text_costs_no_more_than_its_beginning(text: str) -> None:
    found = explain_all(list(QUESTIONS), [text] * len(QUESTIONS))
    assert all(one.end <= 4_000 for depth in found for one in depth.spans)
