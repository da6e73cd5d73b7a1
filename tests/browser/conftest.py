"""The real app in a real browser: one server on the sample company, one headless Chromium."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from analytics.store.database import Store
from tests.kept import copied
from tests.serving import free_port, wait_until_answered

ROOT = Path(__file__).parents[2]
ARTEFACTS = ROOT / "tests" / "artefacts"
#: Guards against a hang only; nothing here is a demand on speed.
PATIENCE_MS = int(os.environ.get("BROWSER_PATIENCE_MS", "300000"))
expect.set_options(timeout=PATIENCE_MS)
#: The first one found is driven; the shell, which draws no window around a page, takes half the work.
BROWSERS = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
NO_NETWORK = (
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)

#: Each width once and each theme once; every page is looked at in both.
WINDOWS = ((1440, "light"), (900, "dark"))


@dataclass
class Server:
    """A running app and the store it serves."""

    url: str
    store: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        """End the app now, whatever it still computes: the next test needs the machine."""
        self.process.kill()
        self.process.wait(timeout=30)


def analytics(store: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `python -m analytics` on a store."""
    command = [sys.executable, "-m", "analytics", "--store", str(store), *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


@pytest.fixture(scope="session")
def serve(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[Path], Server]]:
    """Start the app on a store, as a user would; Streamlit's own environment settings decide the port."""
    started: list[subprocess.Popen[bytes]] = []

    def start(store: Path) -> Server:
        port = free_port()
        given = {"STREAMLIT_SERVER_PORT": str(port), "PLUMBLINE_STORE": str(store)}
        environment = os.environ | given
        command = [sys.executable, "-m", "streamlit", "run", "app.py"]
        log = tmp_path_factory.mktemp("log") / "app.log"
        with log.open("wb") as out:
            process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=out, stderr=out)
        started.append(process)
        server = Server(f"http://127.0.0.1:{port}", store, process)
        wait_until_answered(f"{server.url}/_stcore/health", process, log)
        return server

    yield start
    for process in started:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    found = next(filter(None, map(shutil.which, BROWSERS)), None)
    if found is None:
        assert not os.environ.get("CI"), "CI must have Chromium (tests/install_chromium.sh)"
        pytest.skip("no Chromium on this machine; tests/install_chromium.sh installs Debian's")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=found, args=["--no-sandbox", "--disable-gpu", *NO_NETWORK]
        )
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(
    serve: Callable[[Path], Server],
    chromium: Browser,
    sample_store: Store,
    tmp_path_factory: pytest.TempPathFactory,
) -> Server:
    """The app on the small sample company, quickly learned from; nobody writes to it."""
    started = serve(copy_of(sample_store, tmp_path_factory))
    visit_first(chromium, started)
    return started


def copy_of(store: Store, factory: pytest.TempPathFactory) -> Path:
    """A store that may be written to, with the same in it."""
    return copied(store, factory.mktemp("browser") / "sample.duckdb").path


@pytest.fixture
def open_page(chromium: Browser) -> Iterator[Callable[..., Page]]:
    """Open an address and wait until the app has finished running it."""
    opened: list[Page] = []

    def open_at(url: str, *, width: int = 1440, dark: bool = False) -> Page:
        page = chromium.new_page(
            viewport={"width": width, "height": 1000},
            color_scheme="dark" if dark else "light",
            reduced_motion="reduce",
        )
        page.set_default_timeout(PATIENCE_MS)
        opened.append(page)
        page.goto(url)
        settle(page)
        return page

    yield open_at
    for page in opened:
        page.close()


def settle(page: Page) -> None:
    """Wait until the script has run to its end and drawn something."""
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")
    page.wait_for_selector("h1")
    page.wait_for_timeout(300)
    page.wait_for_selector("[data-testid=stApp][data-test-script-state=notRunning]")


def no_error(page: Page) -> None:
    """The page shows neither an exception nor an error box."""
    for box in ("stException", "stAlertContentError"):
        found = page.get_by_test_id(box)
        assert found.count() == 0, found.first.inner_text()


def picture(page: Page, name: str) -> None:
    """Keep a picture of the whole page as a CI artefact."""
    ARTEFACTS.mkdir(exist_ok=True)
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    size = page.viewport_size
    assert size is not None
    page.set_viewport_size({"width": size["width"], "height": int(height) + 60})
    page.wait_for_timeout(700)
    page.screenshot(path=str(ARTEFACTS / f"{name}.png"))


def visit_first(chromium: Browser, server: Server) -> None:
    """One page comes first: a deep link to a fresh server would get a box of Streamlit's own over it.

    A page that learns nothing, for the tests that follow learn what they need.
    """
    page = chromium.new_page()
    page.goto(f"{server.url}/definitions")
    settle(page)
    page.close()


def everything_has_a_name(page: Page) -> None:
    """Every control has a name for screen readers, and every picture a text."""
    nameless = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=stMain] button, [data-testid=stMain] input,'
                + '[data-testid=stMain] a, [data-testid=stMain] summary')]
            .filter(e => e.offsetParent && e.tabIndex >= 0)
            .filter(e => !(e.getAttribute('aria-label') || e.getAttribute('aria-labelledby') || e.title
                || e.textContent.trim() || (e.labels && e.labels.length)))
            .map(e => e.outerHTML.slice(0, 200))"""
    )
    assert not nameless, nameless
    unexplained = page.evaluate(
        "() => [...document.querySelectorAll('[data-testid=stPlotlyChart]')]"
        ".filter(e => !e.querySelector('[aria-label], [alt]') && !e.getAttribute('aria-label')).length"
    )
    assert unexplained == 0


def fits_its_window(page: Page, name: str) -> None:
    """No error and no sideways scrolling; keeps a picture that a designer looks at: tests/artefacts."""
    no_error(page)
    picture(page, name)
    overflow = page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
    assert overflow <= 0


def fits_all_windows(page: Page, name: str) -> None:
    """Wide and light, then narrow and dark: nothing is cut off, and every control has a name."""
    for width, theme in WINDOWS:
        page.emulate_media(color_scheme=theme)
        page.set_viewport_size({"width": width, "height": 1000})
        settle(page)
        everything_has_a_name(page)
        fits_its_window(page, f"{name}-{width}-{theme}")
