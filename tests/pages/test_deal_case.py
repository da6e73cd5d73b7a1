"""The deal page's business case and the Blue Sheets page, run by Streamlit itself."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest
from docx import Document
from streamlit.testing.v1 import AppTest

from analytics.business_case.blue_sheets.reading import read_sheet
from analytics.business_case.documents import assign
from analytics.business_case.editing import overrule
from analytics.case_document import case_document
from analytics.company import company_of
from analytics.one_deal import one_deal
from analytics.sheets import facts_table, found_in_words, import_uploads
from analytics.store.database import Store
from tests.pages.conftest import texts
from tests.pages.planted import planted_store
from tests.small_stores import load

App = Callable[..., AppTest]
DEAL = "pages/deals/one_deal.py"
SHEETS = "pages/deals/blue_sheets.py"
BARE = "Yes, budget is there"
EVIDENCED = "CFO Ana Ruiz mailed on 4 Jan: $100k approved in cost centre 7731 [x](http://e.vil)"


def plain(text: str) -> str:
    return text.replace("\\", "")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    made = planted_store(tmp_path)
    said = [
        {"valid_at": "2026-01-06", "answer": BARE, "author": "Kim"},
        {"valid_at": "2026-01-07", "answer": EVIDENCED, "author": "Lea", "confirmed_by": "Ana Ruiz"},
    ]
    load(made, answer=[{"deal_id": "D1", "question": "budget", **row} for row in said])
    return made


def a_sheet(deal_id: str = "D1") -> bytes:
    document = Document()
    table = document.add_table(rows=1, cols=2)
    table.rows[0].cells[0].text, table.rows[0].cells[1].text = "Opportunity ID", deal_id
    document.add_heading("Red flags", 2)
    document.add_paragraph("Legal has not seen our terms", style="List Bullet")
    document.add_paragraph("Strange remark 4711.")
    document.core_properties.modified = datetime(2026, 1, 8)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def add_sheet(store: Store, deal_id: str = "D1") -> None:
    import_uploads(store, company_of(store), [("sheet.docx", a_sheet(deal_id))], lambda share, text: None)


def test_an_answer_shows_level_spans_origin_and_history(app: App, store: Store) -> None:
    at = app(DEAL, store=store.path, deal="D1")
    assert not at.exception
    said = plain(texts(at))
    assert "Lea · Jan 7, 2026" in said
    assert "confirmed by Ana Ruiz" in said
    assert "Kept low by" not in said
    assert "1 surface → 4 evidenced" in said
    assert any(":blue-background[" in block.value and "\\[x\\]" in block.value for block in at.markdown)
    assert "Case depth 0.7 of 4" in said  # 1.5 x 4 / 8.5
    assert [button.label for button in at.button if button.label.startswith("Edit")][3] == "Edit budget"


def test_levels_and_ages_stand_side_by_side(app: App, store: Store) -> None:
    at = app(DEAL, store=store.path, deal="D1")
    glance = at.table[0].value
    assert list(glance.columns)[3] == "Budget"
    assert list(glance["Budget"]) == ["4 evidenced", "0 days"]
    assert list(glance["Problem"]) == ["– not answered", "–"]


def test_the_sentence_names_what_is_empty_and_what_is_thin(app: App, tmp_path: Path) -> None:
    store = planted_store(tmp_path)
    said = {"valid_at": "2026-01-06", "answer": BARE, "author": "Kim"}
    asked = {"budget": BARE, "problem": "tbd"}
    load(store, answer=[{"deal_id": "D1", "question": one, **said, "answer": asked[one]} for one in asked])
    text = plain(texts(app(DEAL, store=store.path, deal="D1")))
    assert "nothing on problem, root cause, impact, stakeholders, gotchas and compelling event;" in text
    assert "only the surface on budget." in text
    assert "Kept low by bare yes or no: Yes" in text


def test_a_deal_without_answers_is_told_what_to_ask(app: App, tmp_path: Path) -> None:
    at = app(DEAL, store=planted_store(tmp_path).path, deal="D1")
    assert not at.exception
    said = plain(texts(at))
    assert "The next best question to ask" in said
    assert "Where would the money come from, and who has to release it?" in said
    assert "No Blue Sheet of this deal is loaded" in said


def test_a_level_set_by_a_person_is_said_on_the_page(app: App, store: Store) -> None:
    moment = datetime(2026, 1, 7)
    overrule(store, "D1", "budget", moment, 2, reason="Nobody saw the mail", author="Mia")
    at = app(DEAL, store=store.path, deal="D1")
    assert "Set to 2 by Mia: Nobody saw the mail (the text alone shows 4)" in plain(texts(at))
    definitions = app("pages/trust/definitions.py", store=store.path)
    assert "1 answer overruled so far; not enough data (n=1)" in plain(texts(definitions))


@pytest.mark.parametrize("button", ["edit problem", "overrule budget"])
def test_a_dialog_opens_without_an_error(app: App, store: Store, button: str) -> None:
    at = app(DEAL, store=store.path, deal="D1")
    at.button(button).click().run()
    assert not at.exception
    assert [one for one in at.text_input if one.label == "Your name"]


def test_what_a_sheet_says_stands_on_the_deal_page(app: App, store: Store) -> None:
    add_sheet(store)
    at = app(DEAL, store=store.path, deal="D1")
    assert not at.exception
    said = plain(texts(at))
    assert "Red flags" in said
    assert "Legal has not seen our terms" in said
    assert "sheet.docx, Jan 8, 2026" in said


def test_the_exported_document_reads_back_to_the_same_answers(store: Store) -> None:
    add_sheet(store)
    company, day = company_of(store), datetime(2026, 2, 1).date()
    sheet = read_sheet(case_document(one_deal(store, company, "D1", day), company, day), "case.docx")
    answers = {fact.question: fact.text for fact in sheet.facts if fact.kind == "answer"}
    assert answers == {"budget": EVIDENCED}
    assert [fact.text for fact in sheet.facts if fact.kind == "red_flag"] == [
        "Legal has not seen our terms",
        "Strange remark 4711.",
    ]
    assert sheet.deal_id == "D1"


def test_the_sheets_page_lists_sheets_and_lets_one_be_looked_into(app: App, store: Store) -> None:
    add_sheet(store)
    with store.reading() as con:
        document_id = con.execute("select document_id from document").fetchone()[0]  # type: ignore[index]
    at = app(SHEETS, store=store.path, sheet=document_id, paragraph="4")
    assert not at.exception
    said = plain(texts(at))
    assert "1 Blue Sheet: 1 with their deal, none waits" in said
    shown = next(table.value for table in at.dataframe if "Read as" in table.value)
    assert "Strange remark 4711." in shown["Text"].tolist()
    assert at.info
    assert "Add Blue Sheets" not in said  # one sheet is looked at; what is below would hide it
    assert [link.proto.label for link in at.get("page_link")] == ["Open the deal"]


def test_sheets_that_wait_belong_nowhere_or_have_their_deal_add_up(app: App, store: Store) -> None:
    add_sheet(store, "D404")
    said = plain(texts(app(SHEETS, store=store.path)))
    assert "1 Blue Sheet: 0 with their deal, 1 waits for you to choose it." in said
    with store.reading() as con:
        document_id = con.execute("select document_id from document").fetchone()[0]  # type: ignore[index]
    assign(store, document_id, None, author="Mia")
    at = app(SHEETS, store=store.path)
    assert "1 Blue Sheet: 0 with their deal, 1 of no deal, none waits" in plain(texts(at))
    assert list(at.dataframe[0].value["Deal"]) == ["(no deal)"]


def test_a_sheet_is_told_by_kind_before_it_is_kept() -> None:
    sheet = read_sheet(a_sheet(), "sheet.docx")
    assert found_in_words(sheet).startswith("Found: red flags ")
    table = facts_table(sheet)
    assert set(table["Read as"]) == {"Red flag"}
    assert "Legal has not seen our terms" in list(table["Text"])


def test_a_waiting_sheet_is_given_its_deal(app: App, store: Store) -> None:
    add_sheet(store, "D404")
    with store.reading() as con:
        document_id = con.execute("select document_id from document").fetchone()[0]  # type: ignore[index]
    at = app(SHEETS, store=store.path)
    assert "the id D404 is not among the deals" in plain(texts(at))
    at.selectbox(f"deal of {document_id}").set_value("D1")
    at.text_input("name waiting").set_value("Mia").run()
    at.button(f"yes {document_id}").click().run()
    assert not at.exception
    assert "sheet.docx now belongs to D1" in plain(texts(at))
    assert "Waiting for their deal" not in plain(texts(at))


def test_no_sheets_say_how_to_add_some(app: App, store: Store) -> None:
    at = app(SHEETS, store=store.path)
    assert not at.exception
    assert "No Blue Sheet is loaded" in plain(texts(at))


def test_an_unknown_sheet_in_the_url_is_said_to_be_unknown(app: App, store: Store) -> None:
    at = app(SHEETS, store=store.path, sheet="nonsense")
    assert "was not known at this date" in at.warning[0].value


def test_the_definitions_show_the_questions_of_the_chosen_method(app: App, store: Store) -> None:
    at = app("pages/trust/definitions.py", store=store.path)
    questions = next(table.value for table in at.table if "Wording" in table.value)
    assert len(questions) == 7
    assert set(questions["Version"]) == {1}
