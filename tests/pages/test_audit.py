"""What is looked at and taken out is noted, and RevOps finds it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.access.rights import Deed, NotAllowed, must
from analytics.access.viewer import LOCAL, Role, Viewer
from analytics.audit.trail import NotNoted, Trail, trail_of
from analytics.problems import BadInput
from analytics.store.database import Store
from pages.shared import audit_show, noting, show
from tests.audit.test_erasure import crm, holds
from tests.pages.conftest import texts
from tests.small_stores import load

App = Callable[..., AppTest]
REVOPS = Viewer("anna@example.com", "Anna", Role.REVOPS)


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    """A store of its own, and somebody who is signed in."""
    monkeypatch.setattr("pages.shared.signin.reader", lambda: REVOPS)
    monkeypatch.setattr("pages.shared.audit_show._signed_in", set())
    store = Store(tmp_path / "small.duckdb")
    load(store, **crm())
    return store


def noted(store: Store) -> list[tuple[Any, ...]]:
    return trail_of(store.path).rows("select action, page, deal from event order by number")


def test_a_page_is_noted_once_until_another_is_looked_at(app: App, small: Store) -> None:
    at = app("pages/trust/definitions.py", store=small.path)
    at.run()
    assert noted(small) == [("signed in", "", ""), ("viewed", "definitions", "")]
    at.switch_page("pages/deals/one_deal.py")
    at.query_params["deal"] = "d1"
    at.run().run()
    assert noted(small)[2:] == [("viewed", "one_deal", "d1")]
    app("pages/trust/definitions.py", store=small.path)  # another tab of the same sign-in
    assert [row[0] for row in noted(small)[3:]] == ["viewed"]
    scopes = trail_of(small.path).rows("select distinct scope from event where action = 'viewed'")
    assert scopes == [("2026-01-01, 2026Q1",)]


def test_a_page_is_shown_where_it_cannot_be_noted(app: App, small: Store) -> None:
    trail_of(small.path).path.mkdir()  # no file can be made here
    at = app("pages/trust/definitions.py", store=small.path)
    assert not at.exception
    assert at.title[0].value == "Definitions"
    assert "could not be noted" in texts(at)


def test_a_file_is_noted_before_it_is_given_out(
    app: App, small: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept: dict[str, Any] = {}
    monkeypatch.setattr(
        st, "download_button", lambda label, **given: kept.update({given["file_name"]: given["data"]})
    )
    app("pages/trust/definitions.py", store=small.path)
    assert len(kept) >= 2
    data = kept["definitions.csv"]
    assert data().startswith(b"\xef\xbb\xbf") or b"," in data()
    assert noted(small)[-1][:2] == ("exported", "definitions")
    monkeypatch.setattr(Trail, "note", lambda *_: (_ for _ in ()).throw(NotNoted("full")))
    with pytest.raises(NotNoted):
        data()


def test_every_download_is_noted() -> None:
    """Streamlit's own button is called in one place only."""
    places = [path for path in Path("pages").rglob("*.py") if "st.download_button(" in path.read_text()]
    assert [path.name for path in places] == ["audit_show.py"]


def test_what_a_role_does_not_allow_is_noted(small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    rep = Viewer("rep@example.com", "Rep", Role.REP, "u1")
    monkeypatch.setenv("PLUMBLINE_STORE", str(small.path))
    monkeypatch.setattr("pages.shared.signin.the_viewer", lambda: rep)
    monkeypatch.setattr(st, "session_state", {})
    with pytest.raises(NotAllowed) as caught:
        must(rep, Deed.LOAD)
    show.problem(caught.value)
    show.problem(caught.value)  # drawn again
    show.problem(BadInput("something else is wrong"))
    assert [row[0] for row in noted(small)] == ["refused"]
    noting.left("rep@example.com")
    assert noted(small)[-1][0] == "signed out"


def test_revops_finds_it(app: App, small: Store) -> None:
    app("pages/trust/definitions.py", store=small.path)
    at = app("pages/trust/audit.py", store=small.path)
    assert not at.exception
    assert list(at.dataframe[0].value["Did"]) == ["viewed", "viewed", "signed in", "imported"]
    assert "4 events by" in texts(at)
    at.selectbox(key="on_page").set_value("definitions").run()
    assert list(at.dataframe[0].value["Page"]) == ["definitions"]
    at.text_input(key="who").set_value("nobody at all").run()
    assert "Nothing was noted that fits" in texts(at)
    at.button(key="audit check").click().run()
    assert "each follows from the one before" in texts(at)


def test_a_manipulated_audit_is_told(app: App, small: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Trail, "problems", lambda self: ["event 3 was changed"])
    at = app("pages/trust/audit.py", store=small.path)
    at.button(key="audit check").click().run()
    assert "event 3 was changed" in at.error[0].value


def test_a_link_can_ask(app: App, small: Store) -> None:
    at = app("pages/trust/audit.py", store=small.path, did="imported")
    assert set(at.dataframe[0].value["Did"]) == {"imported"}


@pytest.mark.parametrize("role", [Role.VP, Role.MANAGER, Role.REP])
def test_nobody_else_has_the_page(
    app: App, small: Store, monkeypatch: pytest.MonkeyPatch, role: Role
) -> None:
    monkeypatch.setattr("pages.shared.signin.reader", lambda: Viewer("x@example.com", "X", role, "u1"))
    at = app("pages/trust/audit.py", store=small.path)
    assert not [title for title in at.title if title.value == "Audit"]


def test_at_home_it_is_the_user_of_the_machine(
    app: App, small: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pages.shared.signin.reader", lambda: LOCAL)
    app("pages/trust/definitions.py", store=small.path)
    assert [row[0] for row in noted(small)] == ["viewed"]
    assert trail_of(small.path).rows("select email from person") == [(audit_show.user(),)]


def test_a_person_is_erased_on_the_page(app: App, small: Store) -> None:
    at = app("pages/trust/audit.py", store=small.path)
    at.text_input(key="erase whom").set_value("c1")
    _press(at, "Say what would change")
    assert "Erased person 1 will stand where Maria Lopez stands" in texts(at)
    assert "stakeholder.name: 1 row" in texts(at).replace("\\", "")
    assert holds(small, "Maria Lopez") == ["Maria Lopez"]
    at.button(key="erase now").click().run()
    assert not at.exception
    assert "Erased person 1 stands in their place" in texts(at)
    assert holds(small, "Maria", "Lopez") == []
    assert at.dataframe[0].value["Did"].iloc[0] in ("viewed", "erased")
    assert "anna@example.com" in set(at.dataframe[0].value.query("Did == 'erased'")["Who"])


def test_a_person_that_nobody_knows(app: App, small: Store) -> None:
    at = app("pages/trust/audit.py", store=small.path)
    at.text_input(key="erase whom").set_value("x")
    _press(at, "Say what would change")
    assert "nobody here has this id" in at.error[0].value.lower()


def _press(at: AppTest, label: str) -> None:
    next(button for button in at.button if button.label == label).click().run()
