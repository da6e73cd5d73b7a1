"""The page "Warnings" in a real browser: by mouse and by link, wide and narrow, light and dark."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from analytics.risk.warning_rules import RULE
from tests.browser.conftest import Server, fits_all_windows, settle

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PAGE = "/warnings"


def asked(page: Page, key: str) -> str:
    page.wait_for_function(f"new URLSearchParams(location.search).get('{key}') !== null")
    return parse_qs(urlparse(page.url).query)[key][0]


def first_row(page: Page, grid: int) -> None:
    """Click the box of the first row of one of the page's tables."""
    table = page.get_by_test_id("stDataFrame").nth(grid)
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 14, box["y"] + 53)


def test_a_warning_opens_into_its_deals_and_a_deal_into_its_page(open_page: Open, server: Server) -> None:
    page = open_page(server.url + PAGE)
    first_row(page, 0)
    key = asked(page, "warning")
    assert key in RULE
    settle(page)
    expect(page.get_by_role("tab", name="behind it")).to_be_visible()
    first_row(page, 1)
    assert asked(page, "deal").startswith("NB-")
    expect(page.get_by_role("heading", name="One deal", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Warnings", exact=True)).to_be_visible()
    assert asked(page, "warning") == key


def test_the_page_fits_its_windows(open_page: Open, server: Server) -> None:
    page = open_page(f"{server.url}{PAGE}?warning=no_activity")
    expect(page.get_by_role("tab", name="behind it")).to_be_visible()
    page.get_by_text("Change the limits").click()
    expect(page.get_by_role("button", name="Save the limits")).to_be_visible()
    fits_all_windows(page, "warnings")
