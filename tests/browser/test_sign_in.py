"""Signing in and out as a person does, in a real browser."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import fits_its_window, picture, settle

# its fixtures; the browser has to be that of this folder: a process has one Playwright
from tests.signin.conftest import App, app, start, tiny_store  # noqa: F401

pytestmark = [pytest.mark.browser, pytest.mark.slow]
Open = Callable[..., Page]


def test_from_a_link_to_its_page_and_out_again(app: App, open_page: Open) -> None:  # noqa: F811
    page = open_page(f"{app.url}/one_deal?deal=D2", width=900, dark=True)
    assert page.get_by_role("dialog").count() == 0  # no "page not found" over it
    fits_its_window(page, "sign-in-900-dark")
    page.get_by_role("button", name="Sign in").click()
    page.get_by_placeholder("sub").fill("anna@example.com")
    page.get_by_placeholder("sub").press("Enter")

    page.wait_for_url("**/one_deal?deal=D2*")
    settle(page)
    expect(page.get_by_role("heading", name="Borealis renewal").first).to_be_visible()
    page.set_viewport_size({"width": 1440, "height": 1000})
    expect(page.get_by_text("Anna · Rep")).to_be_visible()
    picture(page, "signed-in-1440-dark")
    page.get_by_text("Anna · Rep").click()
    page.get_by_role("menuitem", name="Sign out").click()
    expect(page.get_by_role("heading", name="Signed in")).to_be_visible()
    fits_its_window(page, "account-1440-dark")
    page.get_by_role("button", name="Sign out").click()

    page.wait_for_url("http://localhost*/**")  # the identity provider says goodbye too
    page.goto(f"{app.url}/one_deal?deal=D2")
    settle(page)
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    expect(page.get_by_text("Borealis")).to_have_count(0)
