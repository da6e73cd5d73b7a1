"""Every page on a company whose every text is hostile: nothing of it reaches the browser as anything but
text, and nothing asks another machine for anything."""

from __future__ import annotations

import re
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from analytics.store.database import Store
from tests.hardening.hostile_store import HOSTILE, a_deal, tiny_hostile_store
from tests.hardening.network import forbidden
from tests.hardening.sent import run_by_the_browser, sent
from tests.pages.test_roles import FILE

ROOT = Path(__file__).parents[2]
App = Callable[..., AppTest]
#: What stands open on a page, by its address; DEAL, OWNER and TEXT are put in.
OPENED: list[tuple[str, dict[str, str]]] = [
    ("quarter_end", {"number": "won"}),
    ("quarter_end", {"number": "commit", "check": "past_close_date"}),
    ("quarter_end", {"team": "TEAM"}),
    ("quarter_end", {"owner": "OWNER"}),
    ("quarter_end", {"team": "TEXT", "owner": "TEXT", "as_of": "TEXT", "quarter": "TEXT"}),
    ("what_changed", {"bucket": "new", "since": "TEXT"}),
    ("what_if", {"what": "DEAL~won,TEXT~lost", "scenario": "TEXT", "kept": "TEXT"}),
    ("at_risk", {"kind": "TEXT", "category": "TEXT"}),
    ("one_deal", {"deal": "DEAL", "open": "overrides"}),
    ("one_deal", {"deal": "DEAL", "open": "override"}),
    ("one_deal", {"deal": "TEXT"}),
    ("business_case", {"words": "1", "question": "TEXT"}),
    ("business_case", {"owner": "OWNER"}),
    ("warnings", {"warning": "no_activity"}),
    ("blue_sheets", {"sheet": "S1", "paragraph": "7"}),
    ("decisions", {"who": "TEXT", "by": "Person"}),
    ("post_mortem", {"quarter": "2026Q3"}),
    ("coaching", {"owner": "OWNER"}),
    ("coaching", {"owner": "OWNER", "topic": "statements"}),
    ("team_overview", {"who": "TEXT", "asks": "All questions"}),
    ("playbook", {"question": "TEXT", "stage": "TEXT", "view": "TEXT"}),
    ("playbook_versions", {"version": "v1"}),
    ("playbook_versions", {"record": "1", "change_question": "budget"}),
    ("team_feed", {"team": "TEAM", "week": "TEXT"}),
    ("data_loaded", {"import": "1"}),
]


@pytest.fixture(scope="module")
def known(hostile: Store) -> dict[str, str]:
    """What the addresses name."""
    deal_id, owner_id, _ = a_deal(hostile)
    with hostile.reading() as con:
        found = con.execute("select team from person where person_id = ?", [owner_id]).fetchone()
    return {"DEAL": deal_id, "OWNER": owner_id, "TEAM": found[0] if found else "", "TEXT": HOSTILE}


@pytest.mark.parametrize("page", FILE)
def test_no_text_of_the_crm_is_run(app: App, hostile: Store, page: str) -> None:
    _must_be_text(app(FILE[page], store=hostile.path))


@pytest.mark.parametrize(("page", "query"), OPENED, ids=str)
def test_nothing_that_is_open_is_run(
    app: App, hostile: Store, known: dict[str, str], page: str, query: dict[str, str]
) -> None:
    for word, value in known.items():
        query = {key: text.replace(word, value) for key, text in query.items()}
    _must_be_text(app(FILE[page], store=hostile.path, **query))


@pytest.mark.parametrize("page", FILE)
def test_ids_and_stages_are_no_better(app: App, tiny: Store, page: str) -> None:
    query = {"deal": HOSTILE, "owner": HOSTILE}
    _must_be_text(app(FILE[page], store=tiny.path, **query))


@pytest.fixture(scope="module")
def tiny(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return tiny_hostile_store(tmp_path_factory.mktemp("tiny"))


def _must_be_text(at: AppTest) -> None:
    assert not at.exception
    assert not run_by_the_browser(at)
    assert any("1+1" in one.text.replace("\\", "") for one in sent(at)), "nothing hostile was shown at all"


def test_the_walk_would_find_one(tmp_path: Path) -> None:
    def page() -> None:
        import streamlit as st

        st.markdown("[zz](javascript:alert(3))")
        st.segmented_control("![zz](https://evil.example/p.png)", ["a"], label_visibility="collapsed")
        st.selectbox("plain", ["**zz**"])
        st.metric("a", "$\\frac{9}{7}$", help="<img src=x>")
        st.button("an address: www.evil.example")

    found = run_by_the_browser(AppTest.from_function(page).run())
    assert [one.split(":")[0] for one in found] == [
        "Markdown.body",
        "ButtonGroup.label",
        "Metric.body",
        "Metric.help",
        "Button.label",
    ]


def test_no_page_writes_html_of_its_own() -> None:
    """What SECURITY.md says: one component with a fixed script, and no other way to write HTML."""
    found = {
        (path.name, match)
        for path in [*(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
        for match in re.findall(
            r"unsafe_\w+|st\.html|st\.iframe|components\.v\d|components\.html",
            path.read_text(encoding="utf-8"),
        )
    }
    assert found == {("meeting_room.py", "components.v2")}


def test_every_table_goes_through_the_one_place_that_makes_it_harmless() -> None:
    """A table's own menu saves what it shows: pages/shared/show.py takes the formulas out."""
    found = {
        path.name
        for path in [*(ROOT / "pages").rglob("*.py"), ROOT / "app.py"]
        if "st.dataframe(" in path.read_text(encoding="utf-8")
    }
    assert found == {"show.py"}


def test_asking_another_machine_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []
    with forbidden(monkeypatch, tried):
        for ask in (
            lambda: socket.create_connection(("192.0.2.1", 80), timeout=1),
            lambda: socket.getaddrinfo("evil.example", 443),
        ):
            with pytest.raises(OSError, match="forbids"):
                ask()
        socket.getaddrinfo("localhost", 80)
    assert tried == ["192.0.2.1", "evil.example"]
