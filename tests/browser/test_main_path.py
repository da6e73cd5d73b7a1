"""A first-time user's way: the quarter, the deals behind a number, one deal. In a real browser."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import parse_qs, urlparse

import pytest
from playwright.sync_api import Browser, Page, expect

from analytics.store.database import Store
from tests.browser.conftest import Server, everything_has_a_name, fits_all_windows, no_error, settle

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
TITLES = {
    "/": "Quarter end",
    "/one_deal": "One deal",
    "/business_case": "Business case",
    "/answer_changes": "Answer changes",
    "/at_risk": "At risk",
    "/warnings": "Warnings",
    "/model_card": "Model card",
    "/blue_sheets": "Blue Sheets",
    "/data_loaded": "Data loaded",
    "/definitions": "Definitions",
}
PAGES = {
    "quarter_end": "/",
    "one_deal": "/one_deal",
    "blue_sheets": "/blue_sheets",
    "data_loaded": "/data_loaded",
    "definitions": "/definitions",
}


def query(page: Page) -> dict[str, list[str]]:
    return parse_qs(urlparse(page.url).query)


def wait_for_query(page: Page, key: str) -> str:
    page.wait_for_function(f"new URLSearchParams(location.search).has('{key}')")
    return query(page)[key][0]


def test_the_first_page_answers_where_the_quarter_will_end(open_page: Open, server: Server) -> None:
    page = open_page(server.url)
    no_error(page)
    expect(page.get_by_role("heading", name="Quarter end", exact=True)).to_be_visible()
    some = r"\$[\d.]+[KM]"
    number = rf"2026Q4 is expected to end at {some} \(80% range {some} to {some}\); the chance to reach"
    expect(page.get_by_role("heading", name=re.compile(number))).to_be_visible()
    expect(page.get_by_text(re.compile(r"^Call about:"))).to_be_visible()
    expect(
        page.get_by_text(re.compile(r"Northbeam Software has won \$[\d.]+[KM]? of the \$[\d.]+[KM] target"))
    ).to_be_visible()
    assert page.get_by_test_id("stMetric").count() == 14


def test_the_number_opens_into_a_step_a_deal_and_its_reasons(open_page: Open, server: Server) -> None:
    page = open_page(server.url)
    page.get_by_role("radio", name="submitted call").click()
    expect(
        page.get_by_role("heading", name=re.compile(r"^From \$[\d.]+[KM] \(the call\) to"))
    ).to_be_visible()
    assert wait_for_query(page, "from") == "submitted call"
    settle(page)
    steps = page.get_by_role("combobox", name="Open a step into its deals")
    steps.click()
    page.keyboard.type("Commit deals")
    page.get_by_role("option", name="Commit deals by their evidence").click()
    assert wait_for_query(page, "step") == "Commit deals by their evidence"
    said = page.get_by_text(re.compile(r"rows, together .* Select one to see its reasons"))
    expect(said).to_be_visible()
    settle(page)
    grid = page.get_by_test_id("stDataFrame").filter(visible=True).first
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 14, box["y"] + 53)  # the first row's box
    deal = wait_for_query(page, "of")
    expect(page.get_by_text(re.compile(r"Together \$[\d,.]+\d"))).to_be_visible()
    colleague = open_page(page.url)
    expect(colleague.get_by_role("button", name="Open the deal")).to_be_visible()
    page.get_by_role("button", name="Open the deal").click()
    assert wait_for_query(page, "deal") == deal
    expect(page.get_by_role("heading", name="One deal", exact=True)).to_be_visible()
    page.go_back()
    expect(page.get_by_role("button", name="Open the deal")).to_be_visible()
    no_error(page)


def test_a_number_opens_by_keyboard_and_the_link_carries_it(open_page: Open, server: Server) -> None:
    page = open_page(server.url)
    page.get_by_role("button", name=re.compile(r"deals? behind Commit")).focus()
    page.keyboard.press("Enter")
    assert wait_for_query(page, "number") == "commit"
    expect(page.get_by_role("heading", name="Commit: the deals behind it")).to_be_visible()
    colleague = open_page(page.url)
    expect(colleague.get_by_role("heading", name="Commit: the deals behind it")).to_be_visible()


def test_the_download_adds_up_to_the_number(open_page: Open, server: Server) -> None:
    page = open_page(f"{server.url}/?number=commit")
    said = page.get_by_text(re.compile(r"\d+ deals, together \$[\d,.]+\d")).inner_text()
    with page.expect_download() as download:
        page.get_by_test_id("stDownloadButton").filter(visible=True).first.get_by_role("button").click()
    rows = list(csv.DictReader(io.StringIO(Path(download.value.path()).read_text(encoding="utf-8-sig"))))
    cents = sum(round(float(row["Counts with"]) * 100) for row in rows)
    match = re.search(r"(\d+) deals, together \$([\d,.]+\d)", said)
    assert match
    assert len(rows) == int(match[1])
    assert cents == round(float(match[2].replace(",", "")) * 100)


def test_choosing_a_team_narrows_the_numbers_and_the_link(open_page: Open, server: Server) -> None:
    page = open_page(server.url)
    whole = page.get_by_test_id("stMetricValue").first.inner_text()
    page.get_by_role("combobox", name=re.compile("Team")).click()
    page.get_by_role("option").nth(1).click()
    team = wait_for_query(page, "team")
    expect(page.get_by_text(re.compile(f"Team {re.escape(team)}, "))).to_be_visible()
    settle(page)
    assert page.get_by_test_id("stMetricValue").first.inner_text() != whole


def test_selecting_a_deal_opens_it(open_page: Open, server: Server) -> None:
    page = open_page(f"{server.url}/?number=commit")
    grid = page.get_by_test_id("stDataFrame").filter(visible=True).first
    grid.scroll_into_view_if_needed()
    box = grid.bounding_box()
    assert box is not None
    page.mouse.click(box["x"] + 14, box["y"] + 53)  # the first row's box
    deal = wait_for_query(page, "deal")
    assert deal.startswith("NB-")
    expect(page.get_by_role("heading", name="One deal", exact=True)).to_be_visible()
    expect(page.get_by_role("heading", name="What happened to it")).to_be_visible()
    no_error(page)


@pytest.mark.parametrize("path", ["/definitions", "/one_deal"])  # the server's matter, not the page's
def test_a_direct_link_to_a_fresh_server_runs_the_frame_first(
    serve: Callable[[Path], Server], server: Server, open_page: Open, path: str
) -> None:
    """styles.md section 0: a first request straight to a page must not run it without app.py."""
    fresh = serve(server.store)
    page = open_page(fresh.url + path)
    expect(page.get_by_test_id("stDateInput")).to_be_visible()
    expect(page.get_by_role("heading", name=TITLES[path], exact=True)).to_be_visible()
    no_error(page)
    page.close()
    fresh.stop()


def test_nothing_leaves_this_machine(chromium: Browser, server: Server) -> None:
    """No font, script, picture or statistic is fetched from, or sent to, anywhere else."""
    page = chromium.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for path in PAGES.values():
        page.goto(server.url + path)
        settle(page)
    page.close()
    elsewhere = [url for url in asked if urlparse(url).hostname not in ("127.0.0.1", None)]
    assert asked
    assert not elsewhere, elsewhere


@pytest.mark.parametrize("name", PAGES)
def test_every_control_has_a_name_for_screen_readers(open_page: Open, server: Server, name: str) -> None:
    page = open_page(server.url + PAGES[name])
    everything_has_a_name(page)


@pytest.mark.parametrize("name", PAGES)
def test_every_page_fits_its_windows(open_page: Open, server: Server, name: str) -> None:
    query = {
        "quarter_end": "?number=weighted_pipeline&check=pushed_twice",
        "one_deal": f"?deal={a_deal(server)}",
    }
    page = open_page(server.url + PAGES[name] + query.get(name, ""))
    fits_all_windows(page, name)


def a_deal(server: Server) -> str:
    """An open deal with a full story: many changes and answers."""
    with Store(server.store).reading() as con:
        row = con.execute(
            """
            select c.deal_id from deal_change c
            join (select deal_id, count(distinct question) as answered from answer group by deal_id) a
                on a.deal_id = c.deal_id
            group by c.deal_id
            having not bool_or(c.is_closed)
            order by max(a.answered) + count(*) desc, c.deal_id limit 1
            """
        ).fetchone()
    assert row is not None
    return str(row[0])
