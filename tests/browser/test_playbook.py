"""The page "Playbook" in a real browser: by mouse and by link, wide and narrow, light and dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Server, everything_has_a_name, fits_its_window, no_error, settle

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PAGE = "/playbook"


def choose(page: Page, heading: str, option: str) -> None:
    page.get_by_role("combobox", name=re.compile(heading)).click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def test_from_a_stage_to_its_deals_and_on_to_a_new_version(open_page: Open, server: Server) -> None:
    page = open_page(server.url + PAGE)
    page.get_by_role("tab", name="By stage").click()
    settle(page)
    expect(page.get_by_role("heading", name="The deals behind it")).to_be_visible()
    assert parse_qs(urlparse(page.url).query)["view"] == ["By stage"]
    table = page.get_by_test_id("stDataFrame").last
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 14, box["y"] + 53)
    expect(page.get_by_role("heading", name="One deal", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Playbook", exact=True)).to_be_visible()
    settle(page)
    choose(page, "Question", "Budget")
    choose(page, "Stage", "Proposal")
    page.get_by_role("link", name="Try it: record a new playbook version").click()
    expect(page.get_by_role("heading", name="Playbook versions", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="Record a change")).to_be_visible()
    settle(page)
    expect(page.get_by_role("combobox", name="Question")).to_have_value("Budget")
    expect(page.get_by_role("combobox", name="Stage that is left")).to_have_value("Proposal")
    no_error(page)


def test_back_from_warnings_finds_the_tab(open_page: Open, server: Server) -> None:
    page = open_page(server.url + PAGE)
    page.get_by_role("tab", name="Warnings").click()
    page.get_by_role("link", name="Open and past deals with it, in Warnings").click()
    expect(page.get_by_role("heading", name="Warnings", exact=True)).to_be_visible()
    settle(page)
    page.go_back()
    expect(page.get_by_role("link", name="Open and past deals with it, in Warnings")).to_be_visible()
    no_error(page)


@pytest.mark.parametrize(
    ("view", "width", "dark"),
    [("Questions", 1440, False), ("By stage", 900, True), ("Left empty", 900, False), ("Waiting", 900, True)],
)
def test_the_page_fits_its_window(open_page: Open, server: Server, view: str, width: int, dark: bool) -> None:
    page = open_page(f"{server.url}{PAGE}?view={view.replace(' ', '%20')}", width=width, dark=dark)
    expect(page.get_by_role("heading", name="Playbook", exact=True)).to_be_visible()
    everything_has_a_name(page)
    fits_its_window(page, f"playbook-{view.replace(' ', '-').lower()}-{width}")
