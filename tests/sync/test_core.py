"""What live sources share: secrets, one patient session for one host, the record of runs, freshness."""

from __future__ import annotations

import contextlib
import gzip
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.sync import core, secrets
from analytics.sync.freshness import freshness
from analytics.sync.http import HostSession, host_url

Answer = bytes | Iterator[bytes]
Serve = Callable[..., str]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """A server that gives these raw answers, one per connection; the last one for ever."""
    servers: list[ThreadingHTTPServer] = []

    def run(*answers: Answer) -> str:
        left = list(answers)

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                answer = left.pop(0) if len(left) > 1 else left[0]
                with contextlib.suppress(OSError):  # who gave up does not listen
                    for part in [answer] if isinstance(answer, bytes) else answer:
                        self.wfile.write(part)
                self.close_connection = True

            def log_message(self, format: str, *args: object) -> None:
                pass

        servers.append(ThreadingHTTPServer(("127.0.0.1", 0), Handler))
        threading.Thread(target=servers[-1].serve_forever, kwargs={"poll_interval": 0.01}).start()
        return f"http://127.0.0.1:{servers[-1].server_port}"

    yield run
    for server in servers:
        server.shutdown()
        server.server_close()


def said(status: int, body: bytes = b"", **headers: str) -> bytes:
    lines = [f"HTTP/1.1 {status} X", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def test_a_session_waits_as_asked_and_takes_whole_answers_only(serve: Serve) -> None:
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=300), usegmt=True)
    url = serve(
        said(429, Retry_After=later),
        said(429, Retry_After="7"),
        b"HTTP/1.1 200 X\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhel",  # and nothing more
        b"HTTP/1.1 200 X\r\nContent-Length: 50\r\n\r\nhalf",
        said(200, b'{"a": [1, ', Content_Type="application/json"),
        said(200, b'{"a": 1}', Content_Type="application/json"),
    )
    naps: list[float] = []
    with HostSession(url, sleep=naps.append) as session:
        assert session.get("/x").json() == {"a": 1}
        assert session.calls == 6
    assert 290 < naps[0] <= 300
    assert naps[1:] == [7.0, 4.0, 8.0, 16.0]


def dripping(answer: bytes, at: int) -> Iterator[bytes]:
    """The answer, from there on byte by byte: no wait is long, and all of them together are."""
    yield answer[:at]
    for byte in answer[at:]:
        time.sleep(0.02)
        yield bytes([byte])


@pytest.mark.parametrize("at", [5, 60], ids=["headers", "body"])
def test_an_answer_that_drips_for_ever_is_given_up(serve: Serve, at: int) -> None:
    whole = said(200, b"1" * 500)
    naps: list[float] = []
    with HostSession(serve(dripping(whole, at), whole), sleep=naps.append, longest=0.3) as session:
        with pytest.raises(BadInput, match=r"takes too long.*none in 0 s.*Try again later"):
            session.get("/x")
        assert session.get("/x").text == "1" * 500
    assert naps == []


@pytest.mark.parametrize("zipped", [False, True])
def test_an_answer_that_is_too_large_is_given_up(serve: Serve, zipped: bool) -> None:
    body = gzip.compress(b"0" * 200_000) if zipped else b"0" * 200_000
    url = serve(said(200, body, **({"Content_Encoding": "gzip"} if zipped else {})))
    with HostSession(url, largest=200_000) as session:
        assert len(session.get("/x").content) == 200_000
    with (
        HostSession(url, largest=199_999) as session,
        pytest.raises(BadInput, match=r"more than 199,999 byt"),
    ):
        session.get("/x")


@pytest.mark.parametrize("said_by_it", ["0", "-3", "nan", "Wed, 21 Oct 2015 07:28:00 GMT", "soon"])
def test_a_server_that_names_no_time_to_come_is_not_pressed(serve: Serve, said_by_it: str) -> None:
    naps: list[float] = []
    throttled = said(429, Retry_After=said_by_it)
    with HostSession(serve(throttled, throttled, said(200)), sleep=naps.append) as session:
        assert session.get("/x").status_code == 200
    assert naps == [1.0, 2.0]


def test_a_session_gives_up_follows_nobody_and_asks_no_other_host(serve: Serve) -> None:
    naps: list[float] = []
    with HostSession(serve(said(429, Retry_After="86400")), sleep=naps.append) as session:
        with pytest.raises(BadInput, match=r"asks to wait 86,400 s more.*status 429 in 1 try"):
            session.get("/x")
        with pytest.raises(BadInput, match=r"another host.*https://evil\.example"):
            session.get("https://evil.example/x?token=1")
    with (
        HostSession(serve(said(302, Location="https://evil.example/")), sleep=naps.append) as session,
        pytest.raises(BadInput, match=r"elsewhere.*evil\.example"),
    ):
        session.get("/x")
    assert naps == []


@pytest.mark.parametrize(
    "text",
    ["", "acme.example", "http://acme.example", "ftp://127.0.0.1", "https://u:pass-word@x", "https://x/y"],
)
def test_an_address_is_https_or_this_machine(text: str) -> None:
    with pytest.raises(BadInput, match="CRM_URL") as error:
        host_url(text, "CRM_URL")
    assert "pass-word" not in str(error.value)
    assert host_url("http://127.0.0.1:8080/", "CRM_URL") == "http://127.0.0.1:8080"


def test_secrets_come_from_the_environment_then_from_streamlits_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    with pytest.raises(BadInput, match=r"CRM_KEY is not set.*\.streamlit/secrets\.toml"):
        secrets.secret("CRM_KEY")
    file = tmp_path / ".streamlit/secrets.toml"
    file.parent.mkdir()
    file.write_text('CRM_KEY = "from-the-file"\n')
    assert secrets.secret("CRM_KEY") == "from-the-file"
    monkeypatch.setenv("CRM_KEY", "line-one-of-it\nline-two-of-it\n")
    assert secrets.secret("CRM_KEY") == "line-one-of-it\nline-two-of-it"
    assert secrets.redact("a from-the-file b line-two-of-it c") == "a *** b *** c"
    assert secrets.redact("Authorization: Bearer abc.def, x") == "Authorization: Bearer ***, x"
    file.write_text("CRM_KEY = never-shown\n")
    monkeypatch.delenv("CRM_KEY")
    with pytest.raises(BadInput, match=r"secrets file cannot be read") as error:
        secrets.secret("CRM_KEY")
    assert "never-shown" not in str(error.value)


def test_runs_are_recorded_and_say_how_fresh_the_data_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path / "s.duckdb")
    secrets.keep_secret("the-secret-token")
    at = datetime(2026, 11, 20, 6, 0)
    with core.running(store, "salesforce") as run:
        run.crm_as_of, run.calls_used, run.calls_allowed = at, 12, 15_000
    with pytest.raises(BadInput), core.running(store, "salesforce"):
        raise BadInput("no luck with the-secret-token")
    with pytest.raises(KeyboardInterrupt), core.running(store, "salesforce"):
        raise KeyboardInterrupt
    with core.running(store, "hubspot"):
        pass
    other, state = freshness(store)
    assert (other.system, other.failures_since, other.calls_allowed) == ("hubspot", 0, None)
    assert (state.crm_as_of, state.failures_since, state.message) == (at, 2, "stopped (KeyboardInterrupt)")
    assert (state.calls_used, state.calls_allowed) == (12, 15_000)
    messages = store.query("sync_runs", since=datetime(1970, 1, 1))["message"].dropna()
    assert "no luck with ***." in set(messages)

    def busy(*_: object, **__: object) -> None:
        raise BadInput("the store is in use by another process")

    monkeypatch.setattr(core, "land", busy)
    with pytest.raises(BadInput, match="the reason"), core.running(store, "salesforce"):
        raise BadInput("the reason")
    assert "could not be recorded: the store is in use" in capsys.readouterr().err


def test_what_a_killed_run_left_on_the_disk_goes_with_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Files of deals and customers; those of another store's run, which may be under way, stay."""
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    store, other = Store(tmp_path / "a.duckdb"), Store(tmp_path / "b.duckdb")
    with core.running(other, "hubspot") as elsewhere, core.spool("hubspot", elsewhere.spool) as busy:
        with core.running(store, "hubspot") as run:
            left = tmp_path / f"{run.spool}left"
            left.mkdir()
            (left / "deals.csv").write_text("id\n1\n")
        with core.running(store, "hubspot"):
            assert not left.exists()
        assert busy.exists()
