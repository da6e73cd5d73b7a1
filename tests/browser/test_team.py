"""The team overview and the team feed in a real browser: by mouse, by keyboard, by link."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import Server, fits_all_windows, no_error, settle, visit_first
from tests.pages.case_store import case_store

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
OVERVIEW, FEED = "/team_overview", "/team_feed"


@pytest.fixture(scope="module")
def own_server(
    serve: Callable[[Path], Server], chromium: Browser, tmp_path_factory: pytest.TempPathFactory
) -> Server:
    """A store of its own: what is written here must not change what other tests see."""
    server = serve(case_store(tmp_path_factory.mktemp("feed")).path)
    visit_first(chromium, server)
    return server


def choose(page: Page, heading: str, option: str) -> None:
    page.get_by_role("combobox", name=re.compile(heading)).click()
    page.get_by_role("option", name=option, exact=True).click()
    settle(page)


def drawn(page: Page) -> None:
    """Wait for the pictures: when they come, what stands below them moves, and an open list would close."""
    every = "[...document.querySelectorAll('[data-testid=stPlotlyChart]')]"
    page.wait_for_function(f"{every}.length > 3 && {every}.every(one => one.querySelector('.main-svg'))")
    page.wait_for_timeout(500)


def query(page: Page, key: str) -> str:
    page.wait_for_function(f"new URLSearchParams(location.search).get('{key}') !== null")
    return parse_qs(urlparse(page.url).query)[key][0]


@pytest.mark.parametrize("name", [OVERVIEW, FEED])
def test_the_pages_fit_their_windows(open_page: Open, server: Server, name: str) -> None:
    page = open_page(server.url + name)
    fits_all_windows(page, name.strip("/"))


def test_names_are_shown_by_keyboard_and_the_link_carries_it(open_page: Open, server: Server) -> None:
    page = open_page(server.url + OVERVIEW)
    switch = page.get_by_role("switch", name="Show names")
    expect(switch).not_to_be_checked()
    switch.focus()
    page.keyboard.press("Space")
    assert query(page, "names") == "true"
    settle(page)
    colleague = open_page(page.url)
    expect(colleague.get_by_role("switch", name="Show names")).to_be_checked()


def test_a_cell_opens_into_its_deals_and_the_reps_page(open_page: Open, server: Server) -> None:
    page = open_page(f"{server.url}{OVERVIEW}?team=East+Velocity")
    drawn(page)
    rows = page.locator(".ytick text").filter(has_text=re.compile(r", \d+ deals?$"))
    name = rows.first.text_content().rsplit(",", 1)[0].split(" (")[0]  # type: ignore[union-attr]
    page = open_page(f"{server.url}{OVERVIEW}?{urlencode({'team': 'East Velocity', 'who': name})}")
    expect(page.get_by_text(re.compile(r"\d+ deals?, together")).first).to_be_visible()
    no_error(page)
    page.get_by_role("button", name=f"Open {name}'s page").click()
    page.wait_for_url("**/coaching?**")
    assert query(page, "owner")
    expect(page.get_by_text(re.compile(re.escape(name))).first).to_be_visible()
    settle(page)
    page.go_back()
    expect(page.get_by_role("button", name=f"Open {name}'s page")).to_be_visible()
    assert query(page, "who") == name


def test_a_deal_opens_from_the_feed_and_back_finds_the_filters(open_page: Open, own_server: Server) -> None:
    page = open_page(f"{own_server.url}{FEED}?team=North")
    choose(page, "Question", "Budget")
    assert query(page, "question") == "Budget"
    said = page.get_by_text(re.compile("Only Budget: 1 of 2 changes"))
    expect(said).to_be_visible()
    page.get_by_role("link", name="Deal A").first.click()
    expect(page.get_by_role("heading", name="One deal", exact=True)).to_be_visible()
    settle(page)
    no_error(page)
    page.go_back()
    expect(page.get_by_text(re.compile("Only Budget: 1 of 2 changes"))).to_be_visible()


def test_subscribe_and_end_by_keyboard_and_save_the_file(open_page: Open, own_server: Server) -> None:
    page = open_page(own_server.url + FEED)
    page.get_by_role("textbox", name="Name or e-mail address").focus()
    page.keyboard.type("ann@example.com")
    page.keyboard.press("Enter")
    # an unseen sign keeps the address from becoming a link
    expect(page.get_by_text("ann\u2060@example.com is subscribed to the whole company.")).to_be_visible()
    colleague = open_page(own_server.url + FEED)
    expect(colleague.get_by_text("ann\u2060@example.com · the whole company")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="End", exact=True).focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Nobody is subscribed yet.")).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the digest of the whole company").click()
    assert download.value.suggested_filename == "digest 2024-05-15 company.html"
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "2 gaps closed in 1 deal worth $100K." in text
    assert page.get_by_role("heading", name="2 gaps closed in 1 deal worth $100K.").is_visible()


def test_the_saved_digest_opens_without_a_network(
    chromium: Browser, own_server: Server, open_page: Open
) -> None:
    page = open_page(own_server.url + FEED)
    with page.expect_download() as download:
        page.get_by_role("button", name="Download the digest of the whole company").click()
    alone = chromium.new_page(viewport={"width": 900, "height": 900}, color_scheme="dark")
    asked: list[str] = []
    alone.on("request", lambda request: asked.append(request.url))
    alone.set_content(Path(download.value.path()).read_text(encoding="utf-8"))
    assert not asked
    assert alone.evaluate("document.documentElement.scrollWidth - window.innerWidth") <= 0
    dark = alone.evaluate("getComputedStyle(document.body).backgroundColor")
    assert dark == "rgb(23, 22, 20)"
    alone.close()
