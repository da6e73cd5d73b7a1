"""A change of the sales process in a real browser: recorded by keyboard, seen, withdrawn."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from analytics.company import company_of, span_of
from analytics.playbook.versions import Version, versions_as_of
from analytics.store.database import Store
from tests.browser.conftest import (
    Server,
    copy_of,
    everything_has_a_name,
    fits_all_windows,
    no_error,
    settle,
    visit_first,
)
from tests.playbook.planted_versions import plant

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def mine(
    serve: Callable[[Path], Server],
    chromium: Browser,
    small_world: Store,
    tmp_path_factory: pytest.TempPathFactory,
) -> Server:
    """The small company with a change that runs; these tests write to it."""
    path = copy_of(small_world, tmp_path_factory)
    plant(Store(path), "v1", date(2026, 4, 6))
    server = serve(path)
    visit_first(chromium, server)
    return server


def written(server: Server) -> list[Version]:
    store = Store(server.store)
    company = company_of(store)
    return versions_as_of(store, company, span_of(store, company).last_day)


def tab_to(page: Page, label: str) -> None:
    """Move on with the keyboard until a field of this name is reached."""
    for _ in range(60):
        page.keyboard.press("Tab")
        name = page.evaluate(
            "() => { const e = document.activeElement;"
            " return (e.getAttribute('aria-label') || '') + ' ' + (e.textContent || '').trim() }"
        )
        if name.strip().startswith(label):
            return
    raise AssertionError(f"the keyboard does not reach {label}")


def test_a_change_is_recorded_by_keyboard_seen_and_withdrawn(open_page: Open, mine: Server) -> None:
    page = open_page(mine.url + "/playbook_versions?change_question=budget&change_stage=Proposal")
    everything_has_a_name(page)
    page.get_by_label("Title").focus()
    page.keyboard.type("Budget line before the proposal")
    tab_to(page, "Hypothesis")
    page.keyboard.type("A named line is not cut later")
    tab_to(page, "Your name")
    page.keyboard.type("Ann")
    page.keyboard.press("Enter")
    settle(page)
    tab_to(page, "Save the change")
    page.keyboard.press("Enter")
    expect(page.get_by_text("The change is recorded.")).to_be_visible()
    settle(page)
    no_error(page)
    expect(page.get_by_text("Proposal is left only with “Budget” at level 2 or deeper").first).to_be_visible()
    assert written(mine)[0].change.title == "Budget line before the proposal"
    page.get_by_text("Withdraw it", exact=True).first.click()
    settle(page)
    page.get_by_label("Why").fill("a rehearsal")
    page.get_by_label("Why").press("Enter")
    settle(page)
    page.get_by_role("button", name="Withdraw it").click()
    expect(page.get_by_text("The change is withdrawn.")).to_be_visible()
    settle(page)
    page.get_by_role("button", name="All changes").click()
    expect(page.get_by_text("Withdrawn: a rehearsal")).to_be_visible()
    assert written(mine)[0].is_withdrawn


def test_a_change_fits_its_windows(open_page: Open, mine: Server) -> None:
    page = open_page(f"{mine.url}/playbook_versions?version=v1")
    expect(page.get_by_text("Deals that moved on without it")).to_be_visible()
    fits_all_windows(page, "playbook_versions")
