"""Writing into the business case in a real browser: two people at once, Blue Sheets up and down."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from analytics.business_case.blue_sheets.reading import read_sheet
from analytics.sample_company import WorldOptions
from analytics.store.database import Store
from tests.browser.conftest import ROOT, Server, no_error, picture, settle, visit_first
from tests.kept import shared_world
from tests.small_stores import deals_of_sheets

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
SAMPLES = ROOT / "data" / "blue_sheets"
DEAL = "NB-100028"  # the deal of the first sample sheet
ADDED_TO = "NB-104783"  # a deal of which no sheet speaks


@pytest.fixture(scope="module")
def own_server(
    serve: Callable[[Path], Server], chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    """A store of its own: what is written here must not change what other tests see.

    Its few deals are too few to learn from, so that no edit makes the app learn anew.
    """
    store = tmp_path_factory.mktemp("editing") / "sample.duckdb"
    world = shared_world(tmp_path_factory, "default", WorldOptions())
    deals_of_sheets(Store(store), world, also=[ADDED_TO])
    server = serve(store)
    visit_first(chromium, server)
    return server


def box(page: Page, question: str) -> Locator:
    return page.locator(f".st-key-answer-{question}")


def begin(page: Page, question: str, text: str, name: str) -> Locator:
    """Open the dialog and type, without saving."""
    box(page, question).get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog").last
    dialog.get_by_role("textbox", name="Answer", exact=True).fill(text)
    page.keyboard.press("Tab")
    expect(dialog.get_by_text(re.compile(r"As it stands: level \d"))).to_be_visible()
    dialog.get_by_role("textbox", name="Your name").fill(name)
    page.keyboard.press("Tab")
    expect(dialog.get_by_role("textbox", name="Your name")).to_have_value(name)
    return dialog


def save(dialog: Locator) -> None:
    dialog.get_by_role("button", name="Save").click()


def test_two_people_edit_the_same_answer_and_nothing_is_lost(open_page: Open, own_server: Server) -> None:
    address = f"{own_server.url}/one_deal?deal={DEAL}"
    first, second = open_page(address), open_page(address)
    of_first = begin(first, "budget", "CFO Ana Ruiz mailed on 4 Nov: 76k approved in cost centre 7731", "Kim")
    of_second = begin(second, "budget", "The plant manager says it is in her plan", "Lea")
    save(of_first)
    expect(first.get_by_text("Saved as a new version, dated today.")).to_be_visible()
    expect(box(first, "budget").get_by_text("4 evidenced").first).to_be_visible()
    save(of_second)
    expect(of_second.get_by_text(re.compile("Kim saved another text at"))).to_be_visible()
    expect(of_second.get_by_text("76k approved in cost centre 7731")).to_be_visible()
    expect(of_second.get_by_role("textbox", name="Answer", exact=True)).to_have_value(
        "The plant manager says it is in her plan"
    )
    picture(second, "two people")
    save(of_second)
    expect(second.get_by_text("Saved as a new version, dated today.")).to_be_visible()
    settle(second)
    box(second, "budget").get_by_role("button", name=re.compile("History")).click()
    expect(second.get_by_text("76k approved in cost centre 7731").first).to_be_visible()
    no_error(second)


def test_a_case_is_downloaded_as_a_word_document(open_page: Open, own_server: Server) -> None:
    page = open_page(f"{own_server.url}/one_deal?deal={DEAL}")
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download as Word document").click()
    content = Path(waiting.value.path()).read_bytes()
    sheet = read_sheet(content, "case.docx")
    assert sheet.deal_id == DEAL
    assert [fact for fact in sheet.facts if fact.kind == "answer"]


def test_an_answer_leads_to_its_paragraph_and_the_original(open_page: Open, own_server: Server) -> None:
    page = open_page(f"{own_server.url}/one_deal?deal={DEAL}&as_of=2026-11-15")
    box(page, "problem").get_by_role("link", name=re.compile(r"Paragraph \d+ of the Blue Sheet")).click()
    expect(page.get_by_role("heading", name="01 classic form.docx")).to_be_visible()
    settle(page)
    expect(page.get_by_text(re.compile(r"read as answer: problem"))).to_be_visible()
    with page.expect_download() as waiting:
        page.get_by_role("button", name="Download the original").first.click()
    assert Path(waiting.value.path()).read_bytes() == (SAMPLES / "01 classic form.docx").read_bytes()
    picture(page, "blue_sheet_look_into")
    page.get_by_role("button", name="Back to all Blue Sheets").click()
    expect(page.get_by_role("heading", name="Add Blue Sheets")).to_be_visible()
    settle(page)
    grid = page.get_by_test_id("stDataFrame").last
    grid.get_by_test_id("data-grid-canvas").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")  # chooses the row
    expect(page.get_by_role("heading", name="Add Blue Sheets")).not_to_be_visible()
    page.get_by_role("button", name="Back to all Blue Sheets").click()
    expect(page.get_by_role("heading", name="Add Blue Sheets")).to_be_visible()


def test_a_zip_of_sheets_is_imported_with_progress_and_sorted(
    open_page: Open, own_server: Server, tmp_path: Path
) -> None:
    path = tmp_path / "sheets.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for file in sorted(SAMPLES.glob("0*.docx")):
            archive.write(file, f"reps/{file.name}")
        archive.writestr("reps/broken.docx", b"PK\x03\x04 this is no document")
    page = open_page(f"{own_server.url}/blue_sheets")
    page.locator("input[type=file]").first.set_input_files(str(path))
    page.get_by_role("button", name="Import 1 file").click()
    expect(page.get_by_text(re.compile(r"10 documents read, 1 of them rejected"))).to_be_visible()
    settle(page)
    waiting = page.get_by_role("heading", name=re.compile(r"Waiting for their deal: \d sheets"))
    expect(waiting).to_be_visible()
    before = int(re.findall(r"\d+", waiting.inner_text())[0])
    page.get_by_role("textbox", name="Your name").fill("Mia")
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="It belongs to this deal").first.click()
    expect(page.get_by_text(re.compile(r"now belongs to NB-\d+"))).to_be_visible()
    settle(page)
    expect(
        page.get_by_role("heading", name=re.compile(rf"Waiting for their deal: {before - 1} sheet"))
    ).to_be_visible()
    no_error(page)


def test_a_sheet_is_added_on_the_deal_page(open_page: Open, own_server: Server) -> None:
    page = open_page(f"{own_server.url}/one_deal?deal={ADDED_TO}")
    page.get_by_text("Add a Blue Sheet to this deal").click()
    page.locator("input[type=file]").first.set_input_files(str(SAMPLES / "13 German.docx"))
    expect(page.get_by_text(re.compile("The sheet itself names the deal NB-"))).to_be_visible()
    page.get_by_role("textbox", name="Your name").fill("Mia")
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="Add to this deal").click()
    expect(page.get_by_text("13 German.docx is added to this deal.")).to_be_visible()
    settle(page)
    expect(page.get_by_text(re.compile(r"13 German.docx, .*: \d+ paragraphs"))).to_be_visible()
    no_error(page)
