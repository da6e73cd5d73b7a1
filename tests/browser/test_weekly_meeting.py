"""A whole weekly meeting in a real browser: by keyboard only, by mouse only, and two people at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from playwright.sync_api import Browser, Page, expect

from analytics.company import company_of, span_of
from analytics.review.decisions import decisions_as_of
from analytics.review.overrides import override_steps
from analytics.store.database import Store
from tests.browser.conftest import (
    Server,
    copy_of,
    everything_has_a_name,
    fits_its_window,
    no_error,
    settle,
    visit_first,
)

pytestmark = pytest.mark.browser
Open = Callable[..., Page]


@pytest.fixture(scope="module")
def small(
    serve: Callable[[Path], Server],
    chromium: Browser,
    sample_store: Store,
    tmp_path_factory: pytest.TempPathFactory,
) -> Server:
    """The small sample company, quickly learned from; these tests decide in it."""
    server = serve(copy_of(sample_store, tmp_path_factory))
    visit_first(chromium, server)
    return server


def made_today(server: Server) -> pd.DataFrame:
    """The decisions of the last day, in order."""
    store = Store(server.store)
    company = company_of(store)
    day = span_of(store, company).last_day
    rows = decisions_as_of(store, company, day)
    return rows[pd.to_datetime(rows["day"]) == pd.Timestamp(day)]


def overrides_of(server: Server) -> int:
    store = Store(server.store)
    company = company_of(store)
    return len(override_steps(store, company, span_of(store, company).last_day))


def at_deal(page: Page, number: int) -> None:
    expect(page.get_by_text(re.compile(rf"^Deal {number} of \d+$"))).to_be_visible()
    settle(page)


def kept(page: Page, text: str) -> None:
    expect(page.locator(".st-key-meeting-decided").get_by_text(re.compile(text)).last).to_be_visible()
    settle(page)


def in_form(page: Page) -> None:
    expect(page.get_by_role("dialog").last.get_by_role("button", name="Cancel")).to_be_visible()
    settle(page)


def in_field(page: Page) -> None:
    """A form is open and the cursor stands in its first field."""
    in_form(page)
    page.wait_for_function("document.activeElement.matches('[role=dialog] input')")


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def click(page: Page, key: str) -> None:
    """The button of this Streamlit key."""
    page.locator(f".st-key-{key.replace(' ', '-')}").get_by_role("button").click()


def test_a_whole_meeting_with_the_keyboard_only(open_page: Open, small: Server) -> None:
    before, overrides = len(made_today(small)), overrides_of(small)
    page = open_page(small.url + "/weekly_meeting")
    reports = page.get_by_role("button", name=re.compile("^Done"))
    expect(reports.first).to_be_visible()
    settle(page)
    actions = reports.count()
    press(page, "1")  # the first open action is done; who says so is asked once
    in_field(page)
    page.keyboard.type("Anna")
    press(page, "Enter")
    expect(page.get_by_text("Enter keeps the day below")).to_be_visible()
    in_field(page)
    press(page, "Enter")
    expect(reports).to_have_count(actions - 1)
    expect(page.get_by_text("Decisions are kept under the name Anna.")).to_be_visible()
    settle(page)
    press(page, "ArrowRight")
    at_deal(page, 1)
    press(page, "k")
    kept(page, "Keep as stated")
    press(page, "n")
    at_deal(page, 2)
    press(page, "d")
    in_form(page)
    press(page, "1")
    kept(page, "Move the close date to")
    press(page, "n")
    at_deal(page, 3)
    press(page, "f")
    in_form(page)
    press(page, "Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    settle(page)
    press(page, "f")
    in_form(page)
    press(page, "1")
    kept(page, "Move the category to")
    press(page, "ArrowRight")
    at_deal(page, 4)
    press(page, "a")
    in_field(page)
    page.keyboard.type("Ask the CFO for the cost centre")  # with a k, an x and an n that mean letters here
    press(page, "Enter")
    kept(page, "Ask the CFO for the cost centre, due")
    press(page, "n")
    at_deal(page, 5)
    press(page, "x")
    in_field(page)
    page.keyboard.type("no budget")
    press(page, "Enter")
    kept(page, r"Close it out\. no budget")
    press(page, "o")
    in_field(page)
    page.keyboard.type("85")
    press(page, "Tab")
    settle(page)  # the chance is taken over before somebody who types at a person's speed goes on
    press(page, "Tab")
    page.wait_for_function("document.activeElement.matches('[role=dialog] input[aria-label=Reason]')")
    page.keyboard.type("the board said yes")
    press(page, "Enter")
    expect(page.get_by_text(re.compile("Anna put beside it: chance 85%"))).to_be_visible()
    settle(page)
    press(page, "p")
    at_deal(page, 4)
    press(page, "h")
    expect(page.get_by_text(re.compile("a later decision on a deal counts instead"))).to_be_visible()
    no_error(page)
    rows = made_today(small).iloc[before:]
    assert list(rows["kind"]) == ["keep", "move date", "move category", "action", "close out"]
    assert set(rows["author"]) == {"Anna"}
    assert overrides_of(small) == overrides + 1


def test_a_whole_meeting_with_the_mouse_only(open_page: Open, small: Server) -> None:
    before = len(made_today(small))
    page = open_page(small.url + "/weekly_meeting")
    click(page, "rename")
    in_field(page)
    page.keyboard.type("Bo")  # a name has to be typed
    page.get_by_role("button", name="Go on").click()
    expect(page.get_by_text("Decisions are kept under the name Bo.")).to_be_visible()
    settle(page)
    click(page, "Next Right")
    at_deal(page, 1)
    click(page, "decide move date")
    in_form(page)
    page.get_by_role("dialog").last.get_by_role(
        "button", name=re.compile("the quarter's last day|weeks later")
    ).first.click()
    kept(page, "Move the close date to .*Bo")
    click(page, "Next N")
    at_deal(page, 2)
    click(page, "decide keep")
    kept(page, "Keep as stated.*Bo")
    page.get_by_role("button", name="Closing").click()
    expect(page.get_by_role("heading", name=re.compile(r"\d+ decisions today"))).to_be_visible()
    expect(page.get_by_role("heading", name=re.compile(r"\d+ deals need no talk"))).to_be_visible()
    no_error(page)
    rows = made_today(small).iloc[before:]
    assert list(zip(rows["kind"], rows["author"], strict=True)) == [("move date", "Bo"), ("keep", "Bo")]


def test_two_people_decide_on_the_same_deal_and_both_see_both(open_page: Open, small: Server) -> None:
    before = len(made_today(small))
    first, second = (open_page(small.url + "/weekly_meeting") for _ in range(2))
    for page, name in ((first, "Cleo"), (second, "Dan")):
        press(page, "w")
        in_field(page)
        page.keyboard.type(name)
        press(page, "Enter")
        expect(page.get_by_text(f"Decisions are kept under the name {name}.")).to_be_visible()
        settle(page)
        press(page, "ArrowRight")
        at_deal(page, 1)
    press(first, "k")
    kept(first, "Keep as stated.*Cleo")
    kept(second, "Keep as stated.*Cleo")  # without anything being done there
    expect(second.get_by_text(re.compile("Cleo decided on .*: Keep as stated"))).to_be_visible()
    press(second, "x")
    in_field(second)
    press(second, "Enter")
    for page in (second, first):
        kept(page, "Close it out.*Dan")
        lines = page.locator(".st-key-meeting-decided li").all_inner_texts()
        assert [re.search("Cleo|Dan", line)[0] for line in lines[-2:]] == ["Cleo", "Dan"]  # type: ignore[index]
    rows = made_today(small).iloc[before:]
    assert list(zip(rows["kind"], rows["author"], strict=True)) == [("keep", "Cleo"), ("close out", "Dan")]
    assert rows["deal_id"].nunique() == 1


@pytest.mark.parametrize("width", [1920, 1440, 900])
def test_opening_and_card_fit_their_window(open_page: Open, small: Server, width: int) -> None:
    page = open_page(small.url + "/weekly_meeting", width=width)
    everything_has_a_name(page)
    fits_its_window(page, f"weekly-meeting-opening-{width}")
    press(page, "ArrowRight")
    at_deal(page, 1)
    everything_has_a_name(page)
    fits_its_window(page, f"weekly-meeting-card-{width}")
    size = page.evaluate(
        "parseFloat(getComputedStyle(document.querySelector('[data-testid=stMetricValue]')).fontSize)"
    )
    assert (size >= 48) == (width == 1920)  # letters for a projector


def test_large_letters_end_with_the_page(open_page: Open, small: Server) -> None:
    page = open_page(small.url + "/weekly_meeting", width=1920)
    page.wait_for_function("document.documentElement.style.fontSize !== ''")
    press(page, "ArrowRight")
    at_deal(page, 1)
    page.get_by_role("button", name="Open the deal").click()
    expect(page.get_by_role("heading", name="One deal", exact=True)).to_be_visible()
    page.wait_for_function("document.documentElement.style.fontSize === ''")
