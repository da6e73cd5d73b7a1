"""A new user's way: from an export that nobody has seen to the quarter's end, and back. In a real browser."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from analytics.store.database import Store
from tests.browser.conftest import Server, everything_has_a_name, fits_its_window, no_error, settle

pytestmark = pytest.mark.browser
Open = Callable[..., Page]
STAGES = ("Kennismaking", "Offerte", "Onderhandeling", "Getekend", "Afgewezen")


def an_export(path: Path) -> None:
    """40 deals as a Dutch CRM writes them: own columns, own stages, decimal commas."""
    lines = ["Dossier;Omschrijving;Klant;Fase;Orderwaarde;Verwachte sluiting;Aangemaakt op;Accountmanager"]
    today = date.today()
    for n in range(40):
        stage = STAGES[n % 5]
        closes = today - timedelta(days=n) if n % 5 > 2 else today + timedelta(days=n)
        created = date(2024, 1 + n % 12, 13 + n % 15)
        owner = ("Anouk", "Bram", "Cees")[n % 3]
        what = f"D-{n:03};Project {n};Klant {n % 9} BV;{stage};{n + 1}.250,50"
        lines.append(f"{what};{closes:%d-%m-%Y};{created:%d-%m-%Y};{owner}")
    path.write_text("\n".join(lines), encoding="utf-8")


def both_widths(page: Page, name: str) -> None:
    """Wide and light, then narrow and dark: nothing is cut off, every control has a name."""
    everything_has_a_name(page)
    for width, scheme in ((1440, "light"), (900, "dark")):
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": 1000})
        settle(page)
        fits_its_window(page, f"{name}-{width}-{scheme}")
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 1440, "height": 1000})


def press(page: Page, name: str | re.Pattern[str], then: str | re.Pattern[str]) -> None:
    """Press a button and wait for the one that follows from it."""
    page.get_by_role("button", name=name).click()
    expect(page.get_by_role("button", name=then)).to_be_visible()
    settle(page)


def test_from_an_unknown_export_to_the_quarter_and_back(
    serve: Callable[[Path], Server], open_page: Open, tmp_path: Path
) -> None:
    an_export(tmp_path / "dossiers.csv")
    server = serve(tmp_path / "new.duckdb")
    page = open_page(server.url)
    both_widths(page, "first-run")
    page.get_by_role("button", name="Import files").click()
    expect(page.get_by_role("heading", name="Import", exact=True)).to_be_visible()
    page.locator("input[type=file]").first.set_input_files(tmp_path / "dossiers.csv")
    expect(page.get_by_role("button", name="These columns are right")).to_be_visible()
    settle(page)
    press(page, "These columns are right", "These words are right")
    both_widths(page, "import-words")
    for stage, means in (("Kennismaking", "Open"), ("Getekend", "Won"), ("Afgewezen", "Lost")):
        group = page.get_by_role("radiogroup", name=re.compile(stage))
        if group.count():  # asked only of a stage of which nothing sure is known
            group.get_by_text(means, exact=True).click()
            settle(page)
    press(page, "These words are right", "Save and continue")
    page.get_by_role("textbox", name="Company name").fill("Noord BV")
    press(page, "Save and continue", "Try it")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("40 rows read: 40 with something new")).to_be_visible()
    page.get_by_role("textbox", name="Your name").fill("Anouk")
    page.keyboard.press("Tab")
    settle(page)
    both_widths(page, "import")
    page.get_by_role("button", name="Load", exact=True).click()
    expect(page.get_by_text(re.compile("^Loaded"))).to_be_visible()
    settle(page)
    both_widths(page, "import-result")
    page.get_by_role("link", name="Open Quarter end").click()
    expect(page.get_by_text(re.compile("^Noord BV, "))).to_be_visible()
    expect(page.get_by_role("heading", name="Quarter end", exact=True)).to_be_visible()
    settle(page)
    no_error(page)
    undo(page, server, tmp_path)


def undo(page: Page, server: Server, tmp_path: Path) -> None:
    """The import is taken out; the pages are as before it."""
    with Store(tmp_path / "new.duckdb").reading() as con:
        row = con.execute("select import_id from import where kind = 'auto'").fetchone()
    assert row is not None
    page.goto(f"{server.url}/data_loaded?import={row[0]}")
    press(page, "Undo this import", "Undo it")
    page.get_by_role("textbox", name="Reason").fill("only a try")
    page.get_by_role("textbox", name="Your name").fill("Anouk")
    page.keyboard.press("Tab")
    settle(page)
    both_widths(page, "import-undo")
    page.get_by_role("button", name="Undo it", exact=True).click()
    expect(page.get_by_text(re.compile(rf"^Import {row[0]} is undone"))).to_be_visible()
    page.goto(server.url)
    expect(page.get_by_role("button", name="Import files")).to_be_visible()
    server.stop()


def an_unexplained_export(path: Path) -> None:
    """A Salesforce Opportunity file that does not say that its signed contracts are won."""
    today = date.today()
    lines = ["Id,Name,StageName,Amount,CloseDate,CreatedDate"]
    for n, stage in enumerate(("Prospecting", "Negotiation/Review", "Vertrag unterschrieben", "Auf Eis")):
        lines.append(
            f"00600000000000{n}AAA,Deal {n},{stage},{n + 1}000,{today + timedelta(days=n)},2024-01-02"
        )
    path.write_text("\n".join(lines), encoding="utf-8")


def give(page: Page, *files: Path) -> None:
    page.locator("input[type=file]").first.set_input_files(files)
    settle(page)


def test_a_salesforce_export_in_a_zip_is_asked_for_what_it_leaves_unsaid_and_loads_once(
    serve: Callable[[Path], Server], open_page: Open, tmp_path: Path
) -> None:
    an_unexplained_export(tmp_path / "Opportunity.csv")
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as packed:
        packed.write(tmp_path / "Opportunity.csv", "Opportunity.csv")
    (tmp_path / "broken.zip").write_bytes((tmp_path / "export.zip").read_bytes()[:90])
    server = serve(tmp_path / "new.duckdb")
    open_page(server.url).get_by_role("button", name="Import files").wait_for()
    page = open_page(f"{server.url}/import_data")
    give(page, tmp_path / "broken.zip")
    expect(page.get_by_test_id("stAlertContentError")).to_contain_text("broken.zip")
    expect(page.get_by_role("button", name="These words are right")).to_have_count(0)
    page.get_by_role("button", name=re.compile("Remove")).first.click()
    settle(page)
    give(page, tmp_path / "export.zip")
    for stage, means in (("Vertrag unterschrieben", "Won"), ("Auf Eis", "Open")):
        group = page.get_by_role("radiogroup", name=re.compile(stage))
        expect(group).to_be_visible()
        if stage == "Auf Eis":
            both_widths(page, "import-words-unsaid")
        group.get_by_text(means, exact=True).click()
        expect(group).to_have_count(0)
        settle(page)
    press(page, "These words are right", "Save and continue")
    press(page, "Save and continue", "Try it")
    page.get_by_role("button", name="Try it").click()
    expect(page.get_by_text("4 rows read: 4 with something new")).to_be_visible()
    load(page)
    expect(page.get_by_text(re.compile("^Loaded"))).to_be_visible()
    to_it = page.get_by_role("link", name="All imports, and undo")
    expect(to_it).to_have_attribute("href", re.compile(r"data_loaded\?import=\d+$"))
    page.get_by_role("button", name="Close").click()
    settle(page)
    give(page, tmp_path / "export.zip")  # the same again: nothing is asked, nothing changes
    expect(page.get_by_text(re.compile("^Read as last time"))).to_be_visible()
    press(page, "Continue", "Try it")
    page.get_by_role("button", name="Try it").click()
    load(page)
    expect(page.get_by_text("These files were loaded before. Nothing changed.")).to_be_visible()
    no_error(page)
    server.stop()


def load(page: Page) -> None:
    name = page.get_by_role("textbox", name="Your name")
    expect(name).to_be_visible()
    name.fill("Anouk")
    page.keyboard.press("Tab")
    settle(page)
    page.get_by_role("button", name="Load", exact=True).click()
