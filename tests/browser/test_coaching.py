"""The rep page in a real browser: a rep chosen, a suggestion's deals opened, a reply written by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from analytics.store.database import Store
from tests.browser.conftest import Server, copy_of, fits_all_windows, no_error, settle, visit_first

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
REP = "U1120"  # of the small company: answers that stay on the surface


@pytest.fixture(scope="module")
def small(
    serve: Callable[[Path], Server],
    chromium: Browser,
    sample_store: Store,
    tmp_path_factory: pytest.TempPathFactory,
) -> Server:
    """The small sample company, quickly learned from; these tests reply in it."""
    server = serve(copy_of(sample_store, tmp_path_factory))
    visit_first(chromium, server)
    return server


def test_a_rep_is_chosen_and_a_suggestion_opens_into_its_deals(open_page: Open, small: Server) -> None:
    page = open_page(f"{small.url}/coaching")
    expect(page.get_by_text("Choose a rep")).to_be_visible()
    page.locator(f".st-key-rep-{REP} button").click()
    expect(page.get_by_role("heading", name="To talk about", exact=True)).to_be_visible()
    assert parse_qs(urlparse(page.url).query)["owner"] == [REP]
    page.get_by_role("button", name="behind it").first.click()
    expect(page.get_by_text("Select a row to open the deal.").first).to_be_visible()
    settle(page)
    no_error(page)
    assert "topic=" in page.url


def test_a_reply_by_keyboard_is_seen_by_a_colleague(open_page: Open, small: Server) -> None:
    page = open_page(f"{small.url}/coaching?owner={REP}")
    page.locator("summary", has_text="Reply to: ").first.focus()
    page.keyboard.press("Enter")
    reply = page.get_by_role("textbox", name="Your reply").first
    expect(reply).to_be_visible()
    reply.focus()
    page.keyboard.type("Two of these were on leave.")
    name = page.get_by_role("textbox", name="Your name").first
    name.focus()
    page.keyboard.type("Ana Kim")
    page.get_by_role("button", name="Save the reply").first.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_text("Your reply stands beside")).to_be_visible()
    expect(page.get_by_role("textbox", name="Your name").last).to_have_value("Ana Kim")  # not asked again
    no_error(page)
    colleague = open_page(f"{small.url}/coaching?owner={REP}")
    expect(colleague.get_by_text("Two of these were on leave.").first).to_be_visible()
    expect(colleague.get_by_text("Ana Kim").first).to_be_visible()


def test_the_page_fits_its_windows(open_page: Open, small: Server) -> None:
    page = open_page(f"{small.url}/coaching?owner={REP}")
    expect(page.get_by_role("heading", name="Replies")).to_be_visible()
    fits_all_windows(page, "coaching")
