"""Paragraphs that found no place, placed by a person."""

from __future__ import annotations

from datetime import datetime

import pandas as pd
import pytest

from analytics.business_case.by_hand import NOTHING, choices, place
from analytics.business_case.documents import paragraphs
from analytics.business_case.questions import shipped
from analytics.problems import BadInput
from tests.business_case.conftest import Made
from tests.small_stores import load

EVER = datetime(9999, 1, 1)
AT = "2026-05-12 10:00"


@pytest.fixture
def sheet(made: Made) -> Made:
    document = {"document_id": "doc", "valid_at": AT}
    texts = {1: ("Budget", "label"), 2: ("240k from the plan", "answer: budget"), 3: ("Ana signs it", None)}
    load(
        made.store,
        document=[{**document, "file": "s.docx", "content": b"PK", "size": 2}],
        document_paragraph=[
            {**document, "paragraph": number, "text": text, "place": "body", "used_as": used}
            for number, (text, used) in texts.items()
        ],
        document_deal=[{**document, "deal_id": "A", "how": "id"}],
    )
    made.answer("A", "budget", "240k from the plan", at=AT, document_id="doc", paragraph=2)
    return made


def used(made: Made) -> dict[int, object]:
    rows = paragraphs(made.store, "doc", EVER)
    return dict(zip(rows["paragraph"], rows["used_as"], strict=True))


def test_a_paragraph_joins_the_answer_that_the_sheet_gave(sheet: Made) -> None:
    place(sheet.store, "doc", 3, "answer: budget", author="Mia")
    row = sheet.cell("A", "budget")
    assert (row["answer"], row["paragraph"], row["valid_at"]) == (
        "240k from the plan\nAna signs it",
        2,
        pd.Timestamp(AT),
    )
    assert used(sheet)[3] == "answer: budget"


def test_a_paragraph_is_an_answer_of_its_own(sheet: Made) -> None:
    place(sheet.store, "doc", 3, "answer: stakeholders", author="Mia")
    row = sheet.cell("A", "stakeholders")
    assert (row["answer"], row["author"], row["document_id"], row["paragraph"]) == (
        "Ana signs it",
        "Mia",
        "doc",
        3,
    )
    assert sheet.cell("A", "budget")["answer"] == "240k from the plan"


def test_a_note_and_nothing(sheet: Made) -> None:
    place(sheet.store, "doc", 3, "red_flag", author="Mia")
    notes = sheet.store.query("deal_notes", deal_id="A", as_of_end=EVER)
    assert notes[["kind", "text", "paragraph"]].to_numpy().tolist() == [["red_flag", "Ana signs it", 3]]


def test_nothing_takes_it_off_the_list(sheet: Made) -> None:
    place(sheet.store, "doc", 3, NOTHING, author="Mia")
    assert used(sheet)[3] == "label"
    assert sheet.store.query("deal_notes", deal_id="A", as_of_end=EVER).empty


@pytest.mark.parametrize(
    ("number", "used_as", "author", "says"),
    [
        (3, "answer: budget", " ", "your name"),
        (2, "answer: budget", "Mia", "has a place already"),
        (9, "answer: budget", "Mia", "no such paragraph"),
        (3, "poem", "Mia", "cannot be placed"),
    ],
)
def test_what_cannot_be_placed_says_why(
    sheet: Made, number: int, used_as: str, author: str, says: str
) -> None:
    with pytest.raises(BadInput, match=says):
        place(sheet.store, "doc", number, used_as, author=author)
    assert pd.isna(used(sheet)[3])


def test_a_sheet_without_a_deal_must_get_it_first(sheet: Made) -> None:
    load(
        sheet.store,
        document_deal=[{"document_id": "doc", "valid_at": "2026-05-13", "deal_id": None, "how": "x"}],
    )
    with pytest.raises(BadInput, match="no deal yet"):
        place(sheet.store, "doc", 3, "answer: budget", author="Mia")


def test_every_question_of_the_method_can_be_chosen() -> None:
    for method in ("seven", "bant"):
        keys = list(choices(shipped(method)))
        assert [key for key in keys if key.startswith("answer: ")] == [
            f"answer: {one.key}" for one in shipped(method).questions
        ]
