"""Who the reader is: the claims of a sign-in, and what comes between two runs."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.access.rights import Deed
from analytics.access.viewer import LOCAL, Role, Viewer
from analytics.problems import BadInput
from analytics.store.database import Store
from pages.shared import cached, exposure, signin
from tests.signin.conftest import DEALS
from tests.signin.test_exposure import GOOD

APP = Path(__file__).parents[2] / "app.py"
ANNA = {"email": "anna@example.com", "email_verified": True, "sub": "1", "iss": "https://id", "name": "Anna"}
Asked = Callable[..., Viewer | None]


@pytest.fixture
def asked(tiny_store: Store, monkeypatch: pytest.MonkeyPatch) -> Asked:
    """Who somebody is, by their claims."""

    def ask(**claims: Any) -> Viewer | None:
        known = {**ANNA, "is_logged_in": True, "aud": "plumbline", "iat": time.time(), **claims}
        user = SimpleNamespace(to_dict=lambda: known)
        monkeypatch.setattr(signin, "st", SimpleNamespace(user=user, secrets={"auth": GOOD}))
        return signin.reader()

    monkeypatch.setenv("PLUMBLINE_STORE", str(tiny_store.path))
    monkeypatch.setattr(exposure, "has_sign_in", lambda: True)
    monkeypatch.setattr(exposure, "fault", lambda address: "")
    return ask


def test_somebody_let_in(asked: Asked) -> None:
    anna = Viewer("anna@example.com", "Anna", Role.REP, "U1")
    assert asked() == anna
    assert asked(email=" ANNA@Example.com ", email_verified="True", aud=["x", "plumbline"]) == anna
    assert asked(name=None) == Viewer("anna@example.com", "Anna Aalto", Role.REP, "U1")
    assert asked(iat=time.time() - 11 * 3600) == anna
    assert asked(iat=time.time() + 60) == anna  # another machine's clock


@pytest.mark.parametrize(
    "iat",
    [None, "", "soon", "nan", float("inf"), float("-inf"), 0, time.time() - 13 * 3600, time.time() + 1e5],
    ids=[
        "none",
        "empty",
        "word",
        "nan",
        "inf",
        "-inf",
        "zero",
        "13 hours ago",
        "tomorrow",
    ],  # same in each worker
)
def test_a_sign_in_that_is_over_or_of_no_age(asked: Asked, iat: Any) -> None:
    assert asked(iat=iat) is None


def test_nobody_signed_in(asked: Asked) -> None:
    assert asked(is_logged_in=False) is None
    assert asked(is_logged_in=None) is None


@pytest.mark.parametrize(
    "claims",
    [
        {"email": None},
        {"email": ""},
        {"email": ["anna@example.com", "vera@example.com"]},
        {"email_verified": False},
        {"email_verified": None},
        {"email_verified": "false"},
        {"email_verified": "yes"},
        {"email_verified": 1},
        {"email": "mi\u212ae@example.com"},
        {"email": "vera@example.com\x00"},
        {"email": "stranger@example.com"},
        {"email": "%"},
        {"email": "' or 1=1 --"},
        {"aud": None},
        {"aud": "another"},
        {"aud": ["another"]},
        {"aud": "plumbline-2"},
    ],
)
def test_claims_that_let_nobody_in(asked: Asked, claims: dict[str, Any]) -> None:
    with pytest.raises(signin.Refused):
        asked(**claims)


def test_a_service_that_says_nothing_of_addresses_may_be_trusted(
    asked: Asked, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PLUMBLINE_TRUST_EMAIL", "yes")
    assert asked(email_verified=None) is not None
    with pytest.raises(signin.Refused):
        asked(email_verified=False)


def test_admins_need_no_store(asked: Asked, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PLUMBLINE_STORE", str(tmp_path / "none.duckdb"))
    with pytest.raises(signin.Refused):
        asked()
    monkeypatch.setenv("PLUMBLINE_ADMINS", "x@example.com; Anna@example.com,")
    assert asked() == Viewer("anna@example.com", "Anna", Role.REVOPS)


def test_a_store_that_cannot_be_read_is_no_traceback_and_tells_visitors_nothing(
    asked: Asked, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    broken = tmp_path / "broken.duckdb"
    broken.write_bytes(b"no store" * 2000)
    monkeypatch.setenv("PLUMBLINE_STORE", str(broken))
    with pytest.raises(signin.Refused, match="cannot read its data now") as found:
        asked()
    assert "broken.duckdb" not in str(found.value)
    assert any("broken.duckdb" in message for message in caplog.messages)


def test_between_two_runs_the_reader_is_asked_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    """A click's callback runs before the gate: somebody let in no longer must not write with it."""
    monkeypatch.setattr(signin, "st", SimpleNamespace(session_state={}))
    signin.remember(LOCAL)
    monkeypatch.setattr(signin, "reader", lambda: None)
    assert signin.the_viewer() == LOCAL  # within the run that the gate let through
    signin.forget()
    with pytest.raises(BadInput, match="Your sign-in is over"):
        signin.the_viewer()


def test_the_menu_has_room_for_long_names() -> None:
    assert signin.label(Viewer("a@b.c", "Anna", Role.REP)) == "Anna · Rep"
    assert len(signin.label(Viewer("a@b.c", "A" * 300, Role.REVOPS))) < 40


def test_links_are_kept_for_few_and_for_short_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    fake = SimpleNamespace(query_params=SimpleNamespace(to_dict=lambda: {"deal": "D1"}))
    monkeypatch.setattr(signin, "st", fake)
    monkeypatch.setattr(signin, "_links", {})
    for number in range(1200):
        monkeypatch.setattr(signin, "_browser", lambda number=number: str(number).encode())
        signin.keep_link("one_deal")
    assert len(signin._links) == signin._MOST_LINKS
    assert signin.kept_link() == ("one_deal", {"deal": "D1"})
    assert signin.kept_link() is None
    fake.query_params.to_dict = lambda: {"deal": "x" * 3000}
    signin.keep_link("one_deal")
    assert signin.kept_link() is None
    monkeypatch.setattr(signin, "_browser", lambda: None)
    signin.keep_link("one_deal")
    assert signin.kept_link() is None


@pytest.mark.parametrize("page", ["", "pages/deals/one_deal.py", "pages/trust/import_data.py"])
def test_a_page_before_the_first_run_shows_only_the_gate(
    tiny_store: Store, monkeypatch: pytest.MonkeyPatch, page: str
) -> None:
    monkeypatch.setenv("PLUMBLINE_STORE", str(tiny_store.path))
    st.cache_data.clear()
    at = AppTest.from_file(str(APP), default_timeout=600)
    at.secrets["auth"] = GOOD
    if page:
        at.switch_page(page)
    at.query_params["deal"] = "D1"
    at.run()
    assert not at.exception
    assert [button.label for button in at.button] == ["Sign in"]
    assert not at.selectbox
    assert not at.dataframe
    assert not [name for name in DEALS.values() if name in str(at)]


def test_a_callback_of_somebody_let_go_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(signin, "st", SimpleNamespace(session_state={}))
    monkeypatch.setattr(signin, "reader", lambda: None)
    with pytest.raises(BadInput, match="Your sign-in is over"):
        cached.to_write(Deed.ANSWER, "D1")
