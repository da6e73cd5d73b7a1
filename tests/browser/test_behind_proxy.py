"""The Caddyfile of deploy/ in a real Caddy, in front of the real app, in a real browser."""

from __future__ import annotations

import base64
import hashlib
import http.client
import json
import os
import re
import shutil
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from email.message import Message
from pathlib import Path

import pytest
import streamlit
from playwright.sync_api import Browser, ConsoleMessage, Request, expect

from tests.pages.case_store import AS_OF, case_store
from tests.serving import free_port, wait_until_answered

ROOT = Path(__file__).parents[2]
CADDY = shutil.which("caddy")
pytestmark = pytest.mark.skipif(CADDY is None, reason="no Caddy on this machine (apt install caddy)")


@dataclass(frozen=True)
class Answer:
    """What came back."""

    status: int
    headers: Message
    body: bytes


@dataclass(frozen=True)
class Behind:
    """The app behind its proxy."""

    port: int
    log: Path
    #: the app's two processes
    apps: dict[int, subprocess.Popen[bytes]]
    #: machines that the app asked
    asked: Path

    @property
    def url(self) -> str:
        return f"https://localhost:{self.port}"

    def ask(self, path: str, **headers: str) -> Answer:
        """One request."""
        trusting = ssl._create_unverified_context()
        with closing(
            http.client.HTTPSConnection("localhost", self.port, context=trusting, timeout=60)
        ) as one:
            one.request("GET", path, headers=headers)
            with one.getresponse() as got:
                return Answer(got.status, got.headers, b"" if got.status == 101 else got.read())


@pytest.fixture(scope="module")
def behind(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Behind]:
    """Two processes as deploy/ runs them, but for sign-in: the whole world may see these three deals."""
    folder = tmp_path_factory.mktemp("behind")
    found = Behind(free_port(), folder / "app.log", {}, folder / "asked")
    found.asked.touch()
    store, ports = case_store(folder), (free_port(), free_port())
    with _app(found, ports[0], store.path), _app(found, ports[1], store.path), _caddy(found, folder):
        yield found


@contextmanager
def _app(found: Behind, port: int, store: Path) -> Iterator[None]:
    where = {
        "PLUMBLINE_STORE": str(store),
        "PLUMBLINE_LOG": "json",
        "PLUMBLINE_WITHOUT_SIGN_IN": "everybody-sees-every-deal",
        "ASKED_ELSEWHERE": str(found.asked),
        "PYTHONPATH": str(Path(__file__).parent / "no_network"),
        "STREAMLIT_SERVER_ALLOWED_HOSTS": "localhost",
    }
    command = [sys.executable, "-m", "streamlit", "run", "app.py", f"--server.port={port}"]
    command += ["--server.address=127.0.0.1", "--browser.serverAddress=localhost"]
    with found.log.open("ab") as log:
        process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, **where}, stdout=log, stderr=log)
    found.apps[port] = process
    try:
        wait_until_answered(f"http://127.0.0.1:{port}/_stcore/health", process, found.log)
        yield
    finally:
        process.kill()
        process.wait(timeout=30)


@contextmanager
def _caddy(found: Behind, folder: Path) -> Iterator[None]:
    text = (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
    here = f"admin off\n\tskip_install_trust\n\thttp_port {free_port()}\n"
    config = folder / "Caddyfile"
    config.write_text(text.replace("admin off\n", here), encoding="utf-8")
    where = {
        "PLUMBLINE_HOST": f"localhost:{found.port}",
        "PLUMBLINE_APP": " ".join(f"127.0.0.1:{port}" for port in found.apps),
        "XDG_DATA_HOME": str(folder),
        "XDG_CONFIG_HOME": str(folder),
    }
    with (folder / "caddy.log").open("wb") as log:
        command = [str(CADDY), "run", "--config", str(config), "--adapter", "caddyfile"]
        process = subprocess.Popen(command, env={**os.environ, **where}, stdout=log, stderr=log)
    try:
        _wait_for(found, process)
        yield
    finally:
        process.kill()
        process.wait(timeout=30)


def _wait_for(found: Behind, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "Caddy stopped while starting"
        try:
            if found.ask("/_stcore/health").body == b"ok":
                return
        except OSError:
            pass
        time.sleep(0.2)
    raise AssertionError("Caddy does not answer")


def test_every_answer_carries_the_headers(behind: Behind) -> None:
    for path in ("/", "/_stcore/health", "/one_deal"):
        headers = behind.ask(path).headers
        assert "max-age=31536000" in headers["Strict-Transport-Security"]
        assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
        assert "Server" not in headers
    cookies = behind.ask("/_stcore/health").headers.get_all("Set-Cookie")
    assert cookies
    assert all("Secure" in one.split("; ") for one in cookies), cookies


def test_nobody_outside_reads_how_much_is_used(behind: Behind) -> None:
    for path in ("/_stcore/metrics", "/_stcore/METRICS", "//_stcore/%6detrics", "/_stcore/metrics/?x=1"):
        assert behind.ask(path).status == 404, path


def test_the_policy_knows_the_scripts_of_this_streamlit() -> None:
    page = (Path(streamlit.__file__).parent / "static/index.html").read_text(encoding="utf-8")
    policy = (ROOT / "deploy/Caddyfile").read_text(encoding="utf-8")
    for script in re.findall(r"<script>(.*?)</script>", page, re.DOTALL):
        digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy, script


def test_a_page_of_another_site_is_turned_away(behind: Behind) -> None:
    upgrade = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13"}
    upgrade["Sec-WebSocket-Key"] = "dGhlIHNhbXBsZSBub25jZQ=="
    assert behind.ask("/_stcore/stream", Origin="https://evil.example", **upgrade).status == 403
    assert behind.ask("/_stcore/stream", Origin=behind.url, **upgrade).status == 101


@pytest.mark.browser
def test_the_app_works_behind_it_and_asks_nobody(behind: Behind, chromium: Browser) -> None:
    refused: list[str] = []
    elsewhere: list[str] = []

    def heard(message: ConsoleMessage) -> None:
        if "Content Security Policy" in message.text:
            refused.append(message.text)

    def asked(request: Request) -> None:
        if not request.url.startswith((behind.url, behind.url.replace("https", "wss"), "data:", "blob:")):
            elsewhere.append(request.url)

    page = chromium.new_page(ignore_https_errors=True)
    page.on("console", heard)
    page.on("request", asked)
    for path, words in (("one_deal?deal=A&", "Deal A"), ("weekly_meeting?", ""), ("business_case?", "")):
        page.goto(f"{behind.url}/{path}as_of={AS_OF}")
        expect(page.get_by_role("heading", level=1).first).to_be_visible(timeout=120_000)
        if words:
            expect(page.get_by_role("heading", name=words).first).to_be_visible(timeout=120_000)
        expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=120_000)
    page.close()
    assert not refused, refused
    assert not elsewhere, elsewhere
    assert behind.asked.read_text() == ""


@pytest.mark.browser
def test_its_log_is_lines_without_personal_data(behind: Behind) -> None:
    """After the visits above: a line of JSON each, pages with their times, nobody's name and no deal's."""
    said = behind.log.read_text(encoding="utf-8")
    lines = [json.loads(line) for line in said.splitlines() if line.startswith("{")]
    pages = [one for one in lines if one["event"] == "page"]
    assert {"one_deal", "weekly_meeting", "business_case"} <= {one["page"] for one in pages}
    assert all(one["ms"] >= 0 and one["level"] == "info" for one in pages)
    for word in ("Deal A", "Mara", "Tom", "audit trail", "deal=A", "graz.docx"):
        assert word not in said
    others = [line for line in said.splitlines() if line.strip() and not line.startswith("{")]
    assert len(others) < 8, others  # what Streamlit prints, not logs, when it starts


def process_of(answer: Answer) -> str:
    """The cookie that keeps a browser with one process; '' where it has one already."""
    cookies = answer.headers.get_all("Set-Cookie") or []
    return next((one.partition(";")[0] for one in cookies if one.startswith("plumbline_process=")), "")


def test_everybody_stays_with_one_process_and_another_takes_over_from_a_dead_one(behind: Behind) -> None:
    """The last of this file: one of the two processes is dead afterwards."""
    given = {process_of(behind.ask("/_stcore/health")) for _ in range(20)}
    assert len(given) == 2, "both processes are asked"
    assert "" not in given
    for cookie in given:
        again = {process_of(behind.ask("/_stcore/health", Cookie=cookie)) for _ in range(20)}
        assert again == {""}, "nobody is sent to the other process"
    dead, *alive = behind.apps.values()
    dead.kill()
    dead.wait(timeout=30)
    answers = {cookie: behind.ask("/_stcore/health", Cookie=cookie) for cookie in given}
    assert {one.body for one in answers.values()} == {b"ok"}
    moved = {process_of(one) for one in answers.values()}
    assert len(moved - {""}) == 1, "who was with the dead one is with the other now"
    assert alive[0].poll() is None
