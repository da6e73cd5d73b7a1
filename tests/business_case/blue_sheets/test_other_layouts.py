"""Layouts that the sample sheets do not have, made by hand, each with what a reader would take from it."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from docx.document import Document
from docx.shared import RGBColor

from analytics.business_case.blue_sheets import labels as vocabulary
from analytics.business_case.blue_sheets.labels import canonical
from analytics.business_case.blue_sheets.sheet import Sheet

Written = Callable[[Callable[[Document], object]], Sheet]


def lines(document: Document, *texts: str, style: str | None = None) -> None:
    for text in texts:
        document.add_paragraph(text, style)


def table(document: Document, *rows: Sequence[str], bold: bool = True) -> None:
    grid = document.add_table(len(rows), max(map(len, rows)), "Table Grid")
    for row, texts in zip(grid.rows, rows, strict=True):
        for cell, text in zip(row.cells, texts, strict=False):
            cell.text = text
    for cell in grid.rows[0].cells if bold else ():
        for run in cell.paragraphs[0].runs:
            run.bold = True


def answers(sheet: Sheet) -> dict[str, str]:
    return {fact.question: fact.text for fact in sheet.facts if fact.kind == "answer"}


def texts(sheet: Sheet, kind: str) -> list[str]:
    return [fact.text for fact in sheet.facts if fact.kind == kind]


def people(sheet: Sheet) -> list[dict[str, str]]:
    return [dict(fact.fields) for fact in sheet.facts if fact.kind == "influence"]


def test_headings_in_words_of_their_own(written: Written) -> None:
    def write(document: Document) -> None:
        for heading, text in (
            ("The Pain", "14 stops in Q2"),
            ("Underlying cause", "Three systems"),
            ("Where does the money come from?", "Capex line 4711"),
            ("Who needs to sign off?", "CFO, met on 12 June"),
            ("Hurdles ahead", "IT security audit, 6 weeks"),
            ("Why would they act this quarter?", "Warranty ends 31 Dec"),
            ("Random thoughts", "The coffee is good"),
        ):
            document.add_heading(heading, 1)
            document.add_paragraph(text)

    sheet = written(write)
    assert answers(sheet) == {
        "problem": "14 stops in Q2",
        "root_cause": "Three systems",
        "budget": "Capex line 4711",
        "stakeholders": "CFO, met on 12 June",
        "gotchas": "IT security audit, 6 weeks",
        "compelling_event": "Warranty ends 31 Dec",
    }
    assert [sheet.paragraphs[number - 1].text for number in sheet.unplaced] == ["The coffee is good"]


def test_prose_without_labels_is_no_facts(written: Written) -> None:
    said = (
        "They walked us through the problem with returns.",
        "The budget was discussed: nobody knew.",
        "Competition is not an issue here, they said.",
    )
    sheet = written(lambda document: lines(document, *said))
    assert sheet.facts == []
    assert len(sheet.unplaced) == 3


def test_questions_with_answers_on_the_same_line(written: Written) -> None:
    said = (
        "Q1. What problem are we solving? Orders get lost.",
        "Q2. Root cause? No interface.",
        "Q4. Budget? Yes – CFO mail 4 Mar: 240k approved",
        "Q5: Stakeholders?",
        "We know the CFO.",
        "Q6: Gotchas: pen test",
    )
    assert answers(written(lambda document: lines(document, *said))) == {
        "problem": "Orders get lost.",
        "root_cause": "No interface.",
        "budget": "Yes – CFO mail 4 Mar: 240k approved",
        "stakeholders": "We know the CFO.",
        "gotchas": "pen test",
    }


def test_people_as_blocks_under_their_roles(written: Written) -> None:
    def write(document: Document) -> None:
        document.add_paragraph().add_run("Economic Buying Influence").bold = True
        lines(document, "Karl Maier, CFO", "Mode: Trouble", "Degree of influence: High", "Win: less stress")
        document.add_paragraph().add_run("User Buying Influences").bold = True
        lines(document, "Eva Brandt, Head of Logistics", "Jan de Vries, Shift Lead")
        document.add_paragraph().add_run("Coach").bold = True
        lines(document, "TBD")

    first, *others = people(written(write))
    assert first == {
        "name": "Karl Maier",
        "title": "CFO",
        "role": "economic",
        "mode": "trouble",
        "influence": "high",
        "win_result": "less stress",
    }
    assert [(p["name"], p["role"]) for p in others] == [("Eva Brandt", "user"), ("Jan de Vries", "user")]


def test_people_as_headings_with_bullets(written: Written) -> None:
    def write(document: Document) -> None:
        document.add_heading("Buying Influences", 1)
        for name in ("Ana Ruiz, CFO", "Tom Lee, Plant Manager"):
            document.add_heading(name, 2)
            lines(document, "Role: Economic buyer", "Mode: Even Keel", "Rating: +3", style="List Bullet")

    found = people(written(write))
    assert [p["name"] for p in found] == ["Ana Ruiz", "Tom Lee"]
    assert all((p["role"], p["mode"], p["rating"]) == ("economic", "even keel", "3") for p in found)


def test_several_people_on_a_line(written: Written) -> None:
    sheet = written(lambda document: lines(document, "Key contacts: Ana Ruiz (CFO), Tom Lee (Lead)"))
    assert [(p["name"], p["title"]) for p in people(sheet)] == [("Ana Ruiz", "CFO"), ("Tom Lee", "Lead")]


def test_roles_across_with_fields_down(written: Written) -> None:
    sheet = written(
        lambda document: table(
            document,
            ("", "Economic", "User", "Technical"),
            ("Name", "Ana Ruiz", "Tom Lee", "Bo Lin"),
            ("Title", "CFO", "Lead", "CTO"),
            ("Mode", "EK", "G", "T"),
            ("Rating", "+1", "3", "-2"),
        )
    )
    assert people(sheet) == [
        {"name": "Ana Ruiz", "title": "CFO", "role": "economic", "mode": "even keel", "rating": "1"},
        {"name": "Tom Lee", "title": "Lead", "role": "user", "mode": "growth", "rating": "3"},
        {"name": "Bo Lin", "title": "CTO", "role": "technical", "mode": "trouble", "rating": "-2"},
    ]


def test_columns_about_the_main_one_come_along_and_are_nothing_else(written: Written) -> None:
    def write(document: Document) -> None:
        table(
            document,
            ("Red Flag", "Impact", "Mitigation", "Owner"),
            ("No CFO access", "high", "ask coach", "Jo Park"),
        )
        table(document, ("Competitor", "Strengths", "Weaknesses"), ("SAP", "installed base", "slow"))

    flag, rival = written(write).facts
    assert (flag.kind, flag.text) == ("red_flag", "No CFO access")
    assert flag.fields == {"impact": "high", "mitigation": "ask coach", "owner": "Jo Park"}
    assert (rival.kind, rival.text) == ("competition", "SAP")


def test_a_question_table_takes_the_answers_column_only(written: Written) -> None:
    sheet = written(
        lambda document: table(
            document,
            ("Section", "Question", "Your notes"),
            ("Why", "What is the customer's pain? (describe it)", "Month-end closes on day 9"),
            ("When", "What is the compelling event?", "TBD"),
            bold=False,
        )
    )
    assert answers(sheet) == {"problem": "Month-end closes on day 9"}


def test_a_form_with_empty_cells(written: Written) -> None:
    sheet = written(
        lambda document: table(
            document,
            ("Account", "", "Owner", "Jo Park", "Close Date", ""),
            ("Deal ID", "NB-123456", "Amount", "", "Stage", "Proposal"),
            ("Problem", "Orders get lost", "", "", "", ""),
            ("Root cause", "", "", "", "", ""),
            bold=False,
        )
    )
    assert (sheet.deal_id, sheet.account, sheet.owner, sheet.amount, sheet.close_date) == (
        "NB-123456",
        "",
        "Jo Park",
        "",
        "",
    )
    assert answers(sheet) == {"problem": "Orders get lost"}


def test_instructions_in_grey_are_neither_labels_nor_facts(written: Written) -> None:
    def write(document: Document) -> None:
        for label, hint, value in (
            (
                "Single Sales Objective:",
                "What do you want to sell, to whom, by when?",
                "Sell 40 seats to Acme",
            ),
            ("Red flags:", "Anything missing or uncertain?", "CFO unknown"),
            ("Ideal customer:", "Rate the fit.", ""),
        ):
            document.add_paragraph().add_run(label).bold = True
            document.add_paragraph().add_run(hint).font.color.rgb = RGBColor(0xA6, 0xA6, 0xA6)
            document.add_paragraph(value)

    sheet = written(write)
    assert [(fact.kind, fact.text) for fact in sheet.facts] == [
        ("objective", "Sell 40 seats to Acme"),
        ("red_flag", "CFO unknown"),
    ]
    assert len(sheet.unplaced) == 3


def test_list_items_that_are_a_labels_word_stay_items(written: Written) -> None:
    def write(document: Document) -> None:
        lines(document, "Weaknesses / risks:")
        lines(document, "Price", "Competition", "No coach in IT", style="List Bullet")
        document.add_paragraph().add_run("What information do we still need?").bold = True
        lines(document, "Who signs above 50k?", "Budget?", style="List Bullet")

    sheet = written(write)
    assert texts(sheet, "red_flag") == ["Price", "Competition", "No coach in IT"]
    assert texts(sheet, "information_needed") == ["Who signs above 50k?", "Budget?"]


def test_actions_say_who_and_when(written: Written) -> None:
    def write(document: Document) -> None:
        lines(document, "Next steps:")
        lines(
            document,
            "Ana Ruiz: confirm budget by 15 Dec 2026",
            "Send MSA (owner: Jo Park; due: 1 Dec 2026)",
            "Demo for IT – Jo Park – next week",
            style="List Number",
        )

    assert [dict(fact.fields) for fact in written(write).facts] == [
        {"owner": "Ana Ruiz", "due": "2026-12-15"},
        {"owner": "Jo Park", "due": "2026-12-01"},
        {"owner": "Jo Park"},
    ]


def test_misspelt_labels_are_known_and_likenesses_are_not(written: Written) -> None:
    said = ("Compeling event: 31 March", "Strenghts: local team", "Contract: signed in May", "Budgie: none")
    sheet = written(lambda document: lines(document, *said))
    assert [(fact.kind, fact.text) for fact in sheet.facts] == [
        ("answer", "31 March"),
        ("strength", "local team"),
    ]


def test_another_project_named_in_passing_does_not_end_the_sheet(written: Written) -> None:
    said = (
        "Project: Order hub",
        "Problem: Orders get lost",
        "Project: the ERP is first",
        "Budget: 90k",
    )
    sheet = written(lambda document: lines(document, *said))
    assert answers(sheet) == {"problem": "Orders get lost", "budget": "90k"}
    assert [sheet.paragraphs[number - 1].text for number in sheet.unplaced] == [said[2]]


def test_columns_of_text_before_their_labels(written: Written) -> None:
    rows = (("Orders get lost", "Problem"), ("No interface", "Root cause"), ("No coach", "Red flags"))
    sheet = written(lambda document: table(document, *rows, bold=False))
    assert answers(sheet) == {"problem": "Orders get lost", "root_cause": "No interface"}
    assert texts(sheet, "red_flag") == ["No coach"]


def test_a_form_row_of_unknown_label_is_not_the_content_of_the_section_above(written: Written) -> None:
    def write(document: Document) -> None:
        document.add_heading("Gotchas", 1)
        rows = (
            ("Problem", "Lost orders"),
            ("Favourite tea", "Mint"),
            ("Budget", "90k"),
            ("Impact", "5 h"),
        )
        table(document, *rows, bold=False)

    assert answers(written(write)) == {"problem": "Lost orders", "budget": "90k", "impact": "5 h"}


@pytest.mark.parametrize(
    ("heading", "kind", "question"),
    [
        ("Budget and timeline", "answer", "budget"),
        ("Obstacles & risks", "answer", "gotchas"),
        ("Compliance considerations", "answer", "gotchas"),
        ("Why would they buy now?", "answer", "compelling_event"),
        ("Competitor 2", "competition", ""),
        ("What could cause this deal to stall?", "answer", "gotchas"),
    ],
)
def test_headings_of_two_subjects_or_with_words_to_spare(
    written: Written, heading: str, kind: str, question: str
) -> None:
    def write(document: Document) -> None:
        document.add_heading(heading, 2)
        document.add_paragraph("The council meets on 3 March")

    assert [(fact.kind, fact.question) for fact in written(write).facts] == [(kind, question)]


@pytest.mark.parametrize(
    "heading", ["Strengths and red flags", "Opportunities and risks", "Chancen und Risiken"]
)
def test_two_lists_under_one_heading_have_no_place(written: Written, heading: str) -> None:
    def write(document: Document) -> None:
        document.add_heading(heading, 2)
        lines(document, "Pilot went well", "CFO unknown", style="List Bullet")

    sheet = written(write)
    assert sheet.facts == []
    assert [sheet.paragraphs[n - 1].text for n in sheet.unplaced] == ["Pilot went well", "CFO unknown"]


@pytest.mark.parametrize(
    ("item", "owner"),
    [
        ("Workshop with the wards (Ruben, 3 July)", "Ruben"),
        ("Draft to legal – Ines – 10 July", "Ines"),
        ("Study by 20 June (Kofi)", "Kofi"),
        ("Workshop, Berlin, 3 July", ""),
    ],
)
def test_a_first_name_beside_a_date_does_the_action(written: Written, item: str, owner: str) -> None:
    def write(document: Document) -> None:
        document.add_heading("Next steps", 2)
        lines(document, item, style="List Bullet")

    assert [fact.fields.get("owner", "") for fact in written(write).facts] == [owner]


def test_an_item_of_a_list_may_begin_like_a_field(written: Written) -> None:
    def write(document: Document) -> None:
        document.add_heading("Next steps", 2)
        lines(document, "Legal: redlines to Tom", "Budget: ask for the release", style="List Bullet")

    assert texts(written(write), "action") == ["Legal: redlines to Tom", "Budget: ask for the release"]


@pytest.mark.parametrize(
    ("title", "fields", "account", "deal"),
    [
        ("Account Plan – Orr Steel Ltd", [], "Orr Steel Ltd", ""),
        ("Win Plan: Orr Steel / Mill Planning", ["Opportunity: Mill Planning"], "Orr Steel", "Mill Planning"),
        ("Win Plan: Orr Steel / Mill Planning", [], "", "Orr Steel / Mill Planning"),
        ("Mutual Close Plan – Orr Steel / Plumbline Labs", ["Owner: Ann Lee"], "", ""),
    ],
)
def test_a_title_names_the_account_where_another_sign_says_so(
    written: Written, title: str, fields: list[str], account: str, deal: str
) -> None:
    def write(document: Document) -> None:
        document.add_heading(title, 1)
        lines(document, *fields, "Budget: 50k released on 3 May")

    sheet = written(write)
    assert (sheet.account, sheet.deal_name) == (account, deal)


def test_no_label_is_a_bare_question_word() -> None:
    """ "What will we do" must not become "what": such a label would be found in any heading row."""
    words = {"what", "who", "when", "how", "why", "where", "other", "question", "date"}
    labels = tomllib.loads(Path(vocabulary.__file__).with_name("labels.toml").read_text())
    bare = [
        w for f in ("answer", "section") for ws in labels[f].values() for w in ws if canonical(w) in words
    ]
    assert bare == []
