"""The one-page case as a Word file: what it says can be read back."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from analytics.business_case.blue_sheets.one_pager import (
    CaseAction,
    CaseAnswer,
    CasePage,
    CasePerson,
    write_case,
)
from analytics.business_case.blue_sheets.reading import read_sheet
from analytics.sample_company.sheet_layouts import WORDING

TEXTS = {
    "problem": "Orders get lost between CRM and ERP: 40 a month.",
    "root_cause": "No interface.\nThe ERP vendor wants EUR 90k for one.",
    "budget": "CFO mail 4 Mar: 240k approved",
    "gotchas": "- pen test takes 3 weeks",
}
PAGE = CasePage(
    title="Acme - Order Hub",
    account="Acme",
    deal_id="NB-104711",
    owner="Mia Stone",
    amount="$62,500",
    close_date="31 Dec 2026",
    as_of=date(2026, 11, 15),
    as_of_text="15 Nov 2026",
    answers=[
        CaseAnswer(
            wording, 3 if key in TEXTS else None, TEXTS.get(key, ""), "Mia Stone, 3 Nov 2026, call note"
        )
        for key, wording in WORDING.items()
    ],
    next_question="Who told us that the budget is approved?",
    next_reason="Nobody is named.",
    people=[CasePerson("Ana Ruiz", "CFO", "economic", "high", "growth")],
    red_flags=["No access to IT security"],
    actions=[CaseAction("Meet the CFO", "Mia Stone", "1 Dec 2026")],
)


def test_the_page_reads_back_as_it_was_written() -> None:
    sheet = read_sheet(write_case(PAGE), "case.docx")
    assert {fact.question: fact.text for fact in sheet.facts if fact.kind == "answer"} == TEXTS
    assert (sheet.deal_id, sheet.account, sheet.deal_name) == ("NB-104711", "Acme", "Acme - Order Hub")
    assert (sheet.owner, sheet.amount, sheet.close_date) == ("Mia Stone", "$62,500", "31 Dec 2026")
    assert sheet.dated == date(2026, 11, 15)
    others = {fact.kind: (fact.text, dict(fact.fields)) for fact in sheet.facts if fact.kind != "answer"}
    assert others == {
        "information_needed": ("Who told us that the budget is approved?", {}),
        "influence": (
            "Ana Ruiz\nCFO\neconomic\nhigh\ngrowth",
            {"name": "Ana Ruiz", "title": "CFO", "role": "economic", "influence": "high", "mode": "growth"},
        ),
        "red_flag": ("No access to IT security", {}),
        "action": ("Meet the CFO", {"owner": "Mia Stone", "due": "2026-12-01"}),
    }


def test_an_empty_case_is_a_page_without_facts() -> None:
    empty = replace(
        PAGE,
        answers=[replace(one, level=None, answer="") for one in PAGE.answers],
        next_question="",
        people=(),
        red_flags=(),
        actions=(),
    )
    assert read_sheet(write_case(empty), "case.docx").facts == []


@pytest.mark.parametrize(
    "text", ["<b>& 'quotes'</b>", "Größe: 5 µm – naïve", "line\ttab", "bell\x07 and null\x00"]
)
def test_awkward_texts_do_not_break_the_file(text: str) -> None:
    page = replace(PAGE, answers=[CaseAnswer(WORDING["problem"], 1, text)], red_flags=[text])
    assert read_sheet(write_case(page), "case.docx").paragraphs


def test_what_has_no_room_is_counted() -> None:
    page = replace(PAGE, red_flags=[f"Risk number {n}" for n in range(9)])
    sheet = read_sheet(write_case(page), "case.docx")
    assert sum(fact.kind == "red_flag" for fact in sheet.facts) == 6
    assert any("and 3 more" in paragraph.text for paragraph in sheet.paragraphs)


def test_a_name_without_end_is_no_reason_to_give_no_file() -> None:
    page = replace(PAGE, title="a" * 400, owner="b" * 400)
    assert read_sheet(write_case(page), "case.docx").paragraphs
