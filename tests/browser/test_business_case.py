"""The business case and the answer changes in a real browser: by mouse, by keyboard, by link."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, fits_all_windows, no_error, settle

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
CASE, CHANGES = "/business_case", "/answer_changes"
VIEWS = {
    "case_deals": CASE,
    "case_gaps": f"{CASE}?view=Gaps+by+stage&bar=evidenced",
    "case_against": f"{CASE}?view=What+does+not+fit&check=event_after_close",
    "case_search": f"{CASE}?view=Search&search=audit",
    "answer_changes": f"{CHANGES}?days=30",
}


def wait_for_query(page: Page, key: str, value: str | None = None) -> str:
    wanted = f"=== '{value}'" if value else "!== null"
    page.wait_for_function(f"new URLSearchParams(location.search).get('{key}') {wanted}")
    return parse_qs(urlparse(page.url).query)[key][0]


def choose(page: Page, heading: str, option: str) -> None:
    page.get_by_role("combobox", name=re.compile(heading)).click()
    page.get_by_role("option", name=option, exact=True).click()


def test_selecting_a_row_of_the_matrix_opens_the_deal(open_page: Open, server: Server) -> None:
    page = open_page(server.url + CASE)
    grid = page.get_by_test_id("stDataFrame").first
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 14, box["y"] + 53)  # the first row's box
    assert wait_for_query(page, "deal").startswith("NB-")
    expect(page.get_by_role("heading", name="One deal", exact=True)).to_be_visible()
    settle(page)
    no_error(page)


def test_back_from_a_deal_finds_the_filters_again(open_page: Open, server: Server) -> None:
    page = open_page(f"{server.url}{CASE}?stage=Negotiation")
    said = page.get_by_text(re.compile("Only deals in stage Negotiation"))
    before = said.inner_text()
    grid = page.get_by_test_id("stDataFrame").first
    grid.get_by_test_id("data-grid-canvas").focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Shift+Space")  # chooses the row
    wait_for_query(page, "deal")
    expect(page.get_by_role("heading", name="One deal", exact=True)).to_be_visible()
    settle(page)
    page.go_back()
    expect(page.get_by_text(before)).to_be_visible()
    assert wait_for_query(page, "stage") == "Negotiation"


def test_a_tab_opens_by_keyboard_and_the_link_carries_it(open_page: Open, server: Server) -> None:
    page = open_page(server.url + CASE)
    page.get_by_role("tab", name="Deals by question").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert wait_for_query(page, "view") == "Gaps by stage"
    page.get_by_role("radio", name="evidenced").click()
    wait_for_query(page, "bar", "evidenced")
    settle(page)
    said = page.get_by_role("heading", name=re.compile("of the money has no evidenced")).inner_text()
    colleague = open_page(page.url)
    expect(colleague.get_by_role("heading", name=said)).to_be_visible()


def test_filters_stay_while_another_tab_is_looked_at(open_page: Open, server: Server) -> None:
    page = open_page(server.url + CASE)
    choose(page, "Stage", "Proposal")
    said = page.get_by_text(re.compile("Only deals in stage Proposal"))
    expect(said).to_be_visible()
    before = said.inner_text()
    page.get_by_role("tab", name="Search").click()
    expect(page.get_by_role("searchbox")).to_be_visible()
    page.get_by_role("tab", name="Deals by question").click()
    expect(page.get_by_text(before)).to_be_visible()
    assert wait_for_query(page, "stage") == "Proposal"


def test_the_download_of_the_matrix_adds_up_to_what_is_said(open_page: Open, server: Server) -> None:
    page = open_page(f"{server.url}{CASE}?stage=Negotiation&question=Budget")
    said = page.get_by_text(re.compile(r"\d+ deals, together \$[\d,.]+\d")).inner_text()
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").first.get_by_role("button").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    match = re.search(r"(\d+) deals, together \$([\d,.]+\d)", said)
    assert match
    assert len(rows) == int(match[1])
    cents = sum(round(float(row["Amount"] or 0) * 100) for row in rows)
    assert cents == round(float(match[2].replace(",", "")) * 100)
    assert all(row["Budget"] in ("", "0.0", "1.0", "2.0") for row in rows)


def test_a_search_is_typed_found_marked_and_leads_to_the_deal(open_page: Open, server: Server) -> None:
    page = open_page(server.url + CASE)
    page.get_by_role("tab", name="Search").click()
    box = page.get_by_role("searchbox")
    expect(page.get_by_text("Type words")).to_be_visible()
    box.fill("budget")
    box.press("Enter")
    assert wait_for_query(page, "search") == "budget"
    expect(page.get_by_text(re.compile(r"^\d+ texts? in \d+ deals?\.$"))).to_be_visible()
    expect(page.locator("span", has_text=re.compile("^budgets?$", re.IGNORECASE)).first).to_be_visible()
    link = page.get_by_test_id("stPageLink").first
    name = link.locator("strong").inner_text()
    link.get_by_role("link").click()
    wait_for_query(page, "deal")
    expect(page.get_by_role("heading").filter(has_text=name).first).to_be_visible()


def test_the_old_text_is_one_click_away(open_page: Open, server: Server) -> None:
    page = open_page(f"{server.url}{CHANGES}?direction=Deeper&days=30")
    before = page.get_by_test_id("stExpander").first
    text = before.get_by_test_id("stText")
    expect(text).not_to_be_visible()
    before.locator("summary").press("Enter")
    expect(text).to_be_visible()


def test_changes_turn_their_pages(open_page: Open, server: Server) -> None:
    page = open_page(f"{server.url}{CHANGES}?days=30")
    expect(page.get_by_text(re.compile("^1 to 20 of"))).to_be_visible()
    page.get_by_role("button", name="Page 2").click()
    expect(page.get_by_text(re.compile("^21 to 40 of"))).to_be_visible()
    assert wait_for_query(page, "changes_page") == "2"
    choose(page, "Direction", "Deeper")
    expect(page.get_by_text(re.compile("^1 to 20 of"))).to_be_visible()


@pytest.mark.parametrize("name", VIEWS)
def test_every_view_fits_its_windows_and_every_control_has_a_name(
    open_page: Open, server: Server, name: str
) -> None:
    page = open_page(server.url + VIEWS[name])
    fits_all_windows(page, name)
