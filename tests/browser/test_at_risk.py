"""At risk, the deal's section and the model card in a real browser: by mouse, by link, wide and narrow."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Page, expect

from analytics.at_risk import HOLLOW
from analytics.company import company_of, span_of
from analytics.risk.chances import deals_as_of_open
from analytics.store.database import Store
from tests.browser.conftest import Server, fits_all_windows, no_error, settle

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def deal_id(server: Server) -> str:
    """An open deal with an amount."""
    store = Store(server.store)
    company = company_of(store)
    deals = deals_as_of_open(store, company, span_of(store, company).last_day)
    return str(deals.dropna(subset=["amount_company"])["deal_id"].iloc[0])


def asked(page: Page, key: str) -> str:
    page.wait_for_function(f"new URLSearchParams(location.search).get('{key}') !== null")
    return parse_qs(urlparse(page.url).query)[key][0]


def select_row(page: Page, row: int) -> None:
    """Click the box of a row of the list (the tables under pictures are folded away)."""
    table = page.get_by_test_id("stDataFrame").first
    table.scroll_into_view_if_needed()
    box = table.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 14, box["y"] + 53 + 35 * row)


def beside(page: Page) -> str:
    """The name of the deal beside the list."""
    return page.locator("h4").inner_text()


def test_a_selected_row_stands_beside_the_list_and_opens_the_deal(open_page: Open, server: Server) -> None:
    page = open_page(f"{server.url}/at_risk?category=Commit")
    select_row(page, 1)
    first = asked(page, "at")
    expect(page.get_by_role("button", name="Open the deal")).to_be_visible()
    settle(page)
    name = beside(page)
    page.get_by_role("button", name="Open the deal").click()
    expect(page.get_by_role("heading", name="One deal", exact=True)).to_be_visible()
    assert asked(page, "deal") == first
    expect(page.get_by_role("heading", name="What it will do by quarter end")).to_be_visible()
    settle(page)
    no_error(page)
    expect(page.get_by_role("heading", level=3).filter(has_text=name).first).to_be_visible()
    page.go_back()
    expect(page.get_by_role("heading", name="At risk", exact=True)).to_be_visible()
    assert asked(page, "at") == first
    assert asked(page, "category") == "Commit"
    expect(page.locator("h4")).to_have_text(name)


def test_another_row_takes_its_place_and_close_takes_it_away(open_page: Open, server: Server) -> None:
    page = open_page(f"{server.url}/at_risk")
    select_row(page, 0)
    first = asked(page, "at")
    settle(page)
    select_row(page, 2)
    page.wait_for_function(f"new URLSearchParams(location.search).get('at') !== '{first}'")
    settle(page)
    page.get_by_role("button", name="Close", exact=True).click()
    expect(page.get_by_role("button", name="Open the deal")).to_have_count(0)
    assert "at=" not in urlparse(page.url).query


def test_a_saved_view_is_a_link_that_a_colleague_can_open(open_page: Open, server: Server) -> None:
    page = open_page(f"{server.url}/at_risk")
    page.get_by_role("link", name="Commits that are thin").click()
    assert asked(page, "kind") == HOLLOW
    said = page.get_by_text("Only deals: hollow commit.")
    expect(said).to_be_visible()
    settle(page)
    page.get_by_role("button", name="Link to this view").click()
    link = page.get_by_test_id("stPopoverBody").locator("code").inner_text()
    assert parse_qs(urlparse(link).query)["kind"] == [HOLLOW]
    colleague = open_page(link)
    expect(colleague.get_by_text("Only deals: hollow commit.")).to_have_text(said.inner_text())


def test_a_filter_chosen_by_hand_goes_into_the_url(open_page: Open, server: Server) -> None:
    page = open_page(f"{server.url}/at_risk")
    page.get_by_label("Deal, account, owner or id").fill("desk")
    page.get_by_label("Deal, account, owner or id").press("Enter")
    assert asked(page, "words") == "desk"
    expect(page.get_by_text('Only deals: with "desk".')).to_be_visible()


#: Address, and the last heading of what is drawn.
PLACES = {
    "at_risk": ("/at_risk?at={}", "How each owner's deals are stated against their evidence"),
    "deal": ("/one_deal?deal={}", "What happened to it"),
    "model_card": ("/model_card", "What it cannot do"),
}


@pytest.mark.parametrize("place", PLACES)
def test_the_pages_fit_their_windows(open_page: Open, server: Server, deal_id: str, place: str) -> None:
    address, last = PLACES[place]
    page = open_page(server.url + address.format(deal_id))
    expect(page.get_by_role("heading", name=last)).to_be_visible()
    expect(page.get_by_test_id("stPlotlyChart").first).to_be_visible()
    fits_all_windows(page, f"risk-{place}")
