"""The page "Data quality" in a real browser: a check opens into its deals; wide, narrow, light and dark."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from analytics.quality.checks import CHECK
from tests.browser.conftest import Server, fits_all_windows, settle
from tests.browser.test_warnings import asked, first_row

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
PAGE = "/data_quality"


def test_a_check_opens_into_its_deals_and_a_deal_into_its_page(open_page: Open, server: Server) -> None:
    page = open_page(server.url + PAGE)
    first_row(page, 0)
    code = asked(page, "check")
    settle(page)
    expect(page.get_by_role("heading", name=CHECK[code].title, exact=True)).to_be_visible()
    first_row(page, 1)
    assert asked(page, "deal").startswith("NB-")
    expect(page.get_by_role("heading", name="One deal", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="Data quality", exact=True)).to_be_visible()
    assert asked(page, "check") == code


def test_the_page_fits_its_windows(open_page: Open, server: Server) -> None:
    page = open_page(f"{server.url}{PAGE}?check=DQ11")
    page.get_by_text("Ignore it, with a reason").click()
    expect(page.get_by_role("button", name="Ignore it")).to_be_visible()
    fits_all_windows(page, "data_quality")
