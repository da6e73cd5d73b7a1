"""From where the app can be reached: hostile headers, and settings that would let anybody in."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.errors import StreamlitSecretNotFoundError
from streamlit.runtime.context import StreamlitHeaders

from pages.shared import exposure
from tests.browser.conftest import ROOT

GOOD = {
    "redirect_uri": "https://plumbline.example.com/oauth2callback",
    "cookie_secret": "0123456789abcdef" * 4,
    "client_id": "plumbline",
    "client_secret": "secret",
    "server_metadata_url": "https://id.example.com/.well-known/openid-configuration",
}
HOME = {"Host": "localhost:8501", "Origin": "http://localhost:8501"}


class _NoSecrets:
    def __contains__(self, name: str) -> bool:
        raise StreamlitSecretNotFoundError("none")


@pytest.fixture
def served(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """The app as it is served: `served(address, auth, headers)`."""

    def serve(
        address: str | None = "127.0.0.1",
        auth: dict[str, Any] | None = None,
        headers: dict[str, str] | None = None,
        **options: Any,
    ) -> None:
        known = {"server.address": address, "server.trustedUserHeaders": {}, **options}
        fake = SimpleNamespace(
            secrets={"auth": auth} if auth is not None else _NoSecrets(),
            get_option=known.__getitem__,
            context=SimpleNamespace(headers=StreamlitHeaders((HOME if headers is None else headers).items())),
        )
        monkeypatch.setattr(exposure, "st", fake)

    monkeypatch.delenv(exposure.OPEN_NAME, raising=False)
    return serve


@pytest.mark.parametrize(
    ("header", "host"),
    [
        ("localhost", "localhost"),
        ("LocalHost:8501", "localhost"),
        ("localhost.", "localhost"),
        ("127.0.0.1:80", "127.0.0.1"),
        ("[::1]:8501", "::1"),
        ("[::1]", "::1"),
        ("plumbline.example.com:443", "plumbline.example.com"),
        ("localhost.evil.example", "localhost.evil.example"),
        ("127.0.0.1.evil.example", "127.0.0.1.evil.example"),
        ("[::1].evil.example", ""),
        ("[::1", ""),
        ("127.0.0.1@evil.example", ""),
        ("127.0.0.1:80@evil.example", ""),
        ("localhost:80.evil.example", ""),
        ("localhost:", ""),
        ("localhost/..", ""),
        ("localhost#evil.example", ""),
        ("localhost evil.example", ""),
        ("localhost\n", ""),
        ("::1", ""),
        ("", ""),
    ],
)
def test_the_host_of_a_header(header: str, host: str) -> None:
    assert exposure.host_of(header) == host


@pytest.mark.parametrize("address", ["localhost", "127.0.0.1", "127.255.0.3", "::1"])
def test_this_machine(address: str) -> None:
    assert exposure.is_loopback(address)


@pytest.mark.parametrize(
    "address",
    ["", "0.0.0.0", "::", "10.0.0.1", "128.0.0.1", "127.1", "2130706433", "0x7f.1", "localhost.evil.example",
     "unix:///run/plumbline.sock", "١٢٧.٠.٠.١", "ⅼocalhost"],
)  # fmt: skip
def test_other_machines(address: str) -> None:
    assert not exposure.is_loopback(address)


def test_a_browser_on_this_machine_is_at_home(served: Callable[..., None]) -> None:
    for headers in (
        HOME,
        {},
        {"Host": "127.0.0.1:8501"},
        {"host": "[::1]:8501", "origin": "http://[::1]:8501"},
    ):
        served(headers=headers)
        assert exposure.is_at_home()


@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "plumbline.example.com"},
        {"Host": ""},
        {"Host": "localhost.evil.example:8501"},  # a name that leads to 127.0.0.1: DNS rebinding
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Origin": "localhost"},
        {"x-forwarded-for": "127.0.0.1"},
        {"X-FORWARDED-PROTO": "https"},
        {"X-Forwarded-Anything": ""},
        {"Forwarded": "for=127.0.0.1"},
        {"X-Real-IP": "127.0.0.1"},
        {"CF-Connecting-IP": "127.0.0.1"},
        {"Via": "1.1 proxy"},
    ],
)
def test_what_comes_from_elsewhere_is_not_at_home(
    served: Callable[..., None], headers: dict[str, str]
) -> None:
    served(headers={**HOME, **headers} if "Host" not in headers else headers)
    assert not exposure.is_at_home()


@pytest.mark.parametrize("address", ["0.0.0.0", None, "", "10.0.0.1", "unix:///run/plumbline.sock"])
def test_an_address_that_others_reach_needs_a_sign_in(
    served: Callable[..., None], monkeypatch: pytest.MonkeyPatch, address: str | None
) -> None:
    served(address)
    assert not exposure.is_at_home()
    assert "it can be reached from other machines" in exposure.fault(exposure.listens_on())
    monkeypatch.setenv(exposure.OPEN_NAME, "yes")
    assert exposure.fault(exposure.listens_on())
    monkeypatch.setenv(exposure.OPEN_NAME, exposure.OPEN_WORDS)
    assert not exposure.fault(exposure.listens_on())


def test_a_laptop_needs_nothing(served: Callable[..., None]) -> None:
    served()
    assert not exposure.has_sign_in()
    assert not exposure.fault("127.0.0.1")


def test_a_sign_in_that_is_well_set_up(served: Callable[..., None]) -> None:
    for address in ("127.0.0.1", "0.0.0.0"):
        served(address, GOOD)
        assert exposure.has_sign_in()
        assert not exposure.fault(address)
    served(auth={**GOOD, "redirect_uri": "http://localhost:8501/oauth2callback"})
    assert not exposure.fault("127.0.0.1")


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"client_secret": ""}, "there is no client_secret"),
        ({"client_id": 7}, "there is no client_id"),
        ({"cookie_secret": "short"}, "32 characters or more"),
        ({"redirect_uri": "http://plumbline.example.com/oauth2callback"}, "begin with https://"),
        ({"redirect_uri": "http://localhost.evil.example/oauth2callback"}, "begin with https://"),
        ({"redirect_uri": "https://plumbline.example.com/"}, "end with /oauth2callback"),
    ],
)
def test_a_sign_in_that_is_badly_set_up_shows_nothing(
    served: Callable[..., None], monkeypatch: pytest.MonkeyPatch, change: dict[str, Any], words: str
) -> None:
    monkeypatch.setenv(exposure.OPEN_NAME, exposure.OPEN_WORDS)  # where there is a section, it counts
    served("0.0.0.0", GOOD | change)
    assert exposure.has_sign_in()
    assert words in exposure.fault("0.0.0.0")


def test_an_empty_section_is_no_open_door(served: Callable[..., None]) -> None:
    served(auth={})
    assert exposure.has_sign_in()
    assert "there is no redirect_uri and no cookie_secret" in exposure.fault("127.0.0.1")


def test_a_header_may_not_say_who_somebody_is(served: Callable[..., None]) -> None:
    served(auth=GOOD, **{"server.trustedUserHeaders": {"X-User": "email"}})
    assert "trustedUserHeaders" in exposure.fault("127.0.0.1")


@pytest.mark.parametrize("hours", ["nan", "inf", "-1", "0", "a day", "1e9", ""])
def test_hours_that_are_none(
    served: Callable[..., None], monkeypatch: pytest.MonkeyPatch, hours: str
) -> None:
    served(auth=GOOD)
    monkeypatch.setenv("PLUMBLINE_SESSION_HOURS", hours)
    assert "PLUMBLINE_SESSION_HOURS" in exposure.fault("127.0.0.1")


def test_it_can_be_asked_before_a_start() -> None:
    def asked(**environment: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "pages.shared.exposure"]
        known = {name: value for name, value in os.environ.items() if name != exposure.OPEN_NAME}
        return subprocess.run(
            command, cwd=ROOT, env=known | environment, capture_output=True, text=True, check=False
        )

    refused = asked(STREAMLIT_SERVER_ADDRESS="0.0.0.0")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "Set up the sign-in (docs/running.md)" in refused.stderr
    assert asked().returncode == 0
