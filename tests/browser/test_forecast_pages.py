"""Next quarters, What if and Accuracy in a real browser: by mouse, keyboard and link, wide and narrow."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, fits_all_windows, no_error, settle

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PAGES = {
    "next-quarters": "/next_quarters",
    "what-if": "/what_if?scenario=Banks&what=",
    "accuracy": "/accuracy?week=4",
}


def asked(page: Page, key: str) -> str:
    page.wait_for_function(f"new URLSearchParams(location.search).get('{key}') !== null")
    return parse_qs(urlparse(page.url).query)[key][0]


def the_sentence(page: Page) -> str:
    return page.locator("h3").first.inner_text()


def test_a_quarter_opens_from_the_next_quarters(open_page: Open, server: Server) -> None:
    page = open_page(server.url + "/next_quarters")
    expect(page.get_by_role("heading", name=re.compile("2026Q4 is expected to end at"))).to_be_visible()
    page.get_by_role("button", name="Open 2027Q1").click()
    expect(page.get_by_role("heading", name="Quarter end", exact=True)).to_be_visible()
    assert asked(page, "quarter") == "2027Q1"


def test_a_deal_opens_from_the_next_quarters_and_back_leads_there(open_page: Open, server: Server) -> None:
    page = open_page(server.url + "/next_quarters")
    grid = page.get_by_test_id("stDataFrame").filter(visible=True).last
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 14, box["y"] + 53)
    assert asked(page, "deal").startswith("NB-")
    expect(page.get_by_role("heading", name="One deal", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Next quarters", exact=True)).to_be_visible()


def test_assumptions_by_keyboard_move_the_number_and_the_address(open_page: Open, server: Server) -> None:
    page = open_page(server.url + "/what_if")
    before = the_sentence(page)
    assert before.startswith("Nothing is assumed yet")
    first = page.get_by_role("radio", name="Won").first
    first.focus()
    page.keyboard.press("Space")
    assert asked(page, "what").endswith("~won")
    expect(page.locator("h3").first).to_contain_text(re.compile("^If .* is won"))
    settle(page)
    page.get_by_role("textbox", name="Name of the scenario").fill("The big one")
    page.keyboard.press("Enter")
    assert asked(page, "scenario") == "The big one"
    settle(page)
    colleague = open_page(page.url)
    assert the_sentence(colleague) == the_sentence(page)
    page.get_by_role("button", name="Reset").click()
    expect(page.locator("h3").first).to_have_text(before)
    page.wait_for_function("!new URLSearchParams(location.search).has('what')")


def test_scenarios_are_compared_and_opened_by_link(open_page: Open, server: Server) -> None:
    page = open_page(server.url + "/what_if")
    page.get_by_role("link", name="Top 3 won").click()
    expect(page.locator("h3").first).to_contain_text(re.compile("^If .* are won|^If .* is won"))
    settle(page)
    assert asked(page, "what").count("~won") == 3
    page.get_by_role("button", name="Keep to compare").click()
    assert asked(page, "kept").startswith("Top%203%20won!")
    page.get_by_role("button", name="Amount, date").nth(3).click()
    page.get_by_label("Amount in USD").filter(visible=True).fill("123456")
    page.keyboard.press("Enter")
    expect(page.get_by_role("link", name="Top 3 won (changed)")).to_be_visible()
    no_error(page)


def test_the_week_and_the_answers_are_chosen_on_the_accuracy_page(open_page: Open, server: Server) -> None:
    page = open_page(server.url + "/accuracy")
    page.get_by_role("radio", name="3", exact=True).click()
    assert asked(page, "week") == "3"
    expect(page.locator("h3").first).to_contain_text("At week 3 of the last 3 quarters")
    settle(page)
    page.get_by_role("button", name="Compare with and without the answers").click()
    expect(page.get_by_text(re.compile("^With the answers single deals were foretold"))).to_be_visible()
    assert asked(page, "answers") == "compare"
    settle(page)
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").filter(visible=True).last.get_by_role("button").click()
    assert Path(download.value.path()).read_text(encoding="utf-8-sig").startswith("Week,Quarters,Error with")


@pytest.mark.parametrize("name", PAGES)
def test_each_page_fits_its_windows(open_page: Open, server: Server, name: str) -> None:
    page = open_page(server.url + PAGES[name])
    if name == "what-if":
        page.get_by_role("radio", name="Slipped").nth(1).click()
        expect(page.get_by_text("What each assumption moves")).to_be_visible()
    fits_all_windows(page, name)
