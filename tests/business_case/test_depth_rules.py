"""The rules behind the depth of an answer: what each finds, and what it must leave alone."""

from __future__ import annotations

import pytest

from analytics.business_case.depth.marks import LONGEST, find_marks


def rules(text: str) -> set[str]:
    return {mark.rule for mark in find_marks(text)}


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
        ("count", "they lost 120 orders"),
        ("date", "mail of 4 Mar"),
        ("date", "on 2025-03-14 they said"),
        ("date", "Termin am 3.2. im Werk"),
        ("date", "el 12 de marzo"),
        ("date", "12 marca w zakładzie"),
        ("comparison", "38 against 21 before"),
        ("change", "8.1 months against the 6 planned"),
        ("cause", "weil das Lager von Hand etikettiert"),
        ("cause", "late because of the interface"),
        ("consequence", "nobody scans, trucks leave late"),
        ("person", "Lena Vogt agreed"),
        ("honorific", "Ms Pham agreed"),
        ("initial_name", "signed by J. Farrugia"),
        ("named_role", "CFO Ana Ruiz told us"),
        ("role", "the Rector's letter"),
        ("evidence", "she showed us the log"),
        ("hedge", "I think there is budget"),
        ("seller", "our platform does that"),
        ("own_number", "we quoted EUR 40k"),
        ("own_date", "demo on 4 March"),
        ("bare_number", "better and faster 47 912"),
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
        ("money", "we quoted EUR 40k"),
        ("count", "better 47 and faster"),
        ("bare_number", "they lost 120 orders on 4 March"),
        ("percent", "12 sites"),
        ("date", "churn is 3.1% against 1.8"),
        ("date", "demo on 4 March"),
        ("duration", "12 sites"),
        ("person", "Power BI on Monday Morning"),
        ("person", "Laut Protokoll"),
        ("honorific", "The plant in Lyon"),
        ("hedge", "CFO approved it"),
        ("seller", "CFO approved it"),
        ("cause", "the warehouse in Antwerp"),
    ],
)
def test_a_rule_is_silent(rule: str, text: str) -> None:
    assert rule not in rules(text)


def test_the_sellers_number_does_not_touch_the_customers_in_the_next_sentence() -> None:
    found = find_marks("We quoted EUR 40k. Each stop costs them EUR 12k.")
    assert [mark.text for mark in found if mark.rule == "own_number"] == ["EUR 40k"]
    assert [mark.text for mark in found if mark.rule == "money"] == ["EUR 12k"]


def test_marks_point_at_the_text_also_where_lower_case_changes_its_length() -> None:
    for text in ("CFO Ana Ruiz told us on 12 May that EUR 40k was cut", "İzmir: CFO İpek Şen, 12 May, 40k"):
        assert find_marks(text)
        assert all(text[mark.start : mark.end] == mark.text for mark in find_marks(text))


def test_a_pasted_document_is_read_at_its_beginning_only() -> None:
    marks = find_marks("CFO mail 4 Mar: 240k. " * 5_000)
    assert max(mark.end for mark in marks) <= LONGEST
