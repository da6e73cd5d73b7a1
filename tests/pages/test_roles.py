"""Every page with every role: nothing is sent to a reader of what they may not see."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from analytics.access.rights import PAGES, NotAllowed, has_page
from analytics.access.viewer import LOCAL, Role, Viewer
from analytics.company import Company, Scope
from analytics.store.database import Store
from pages.shared import cached

App = Callable[..., AppTest]
_FOLDERS = {
    "quarter": ("quarter_end", "what_changed", "next_quarters", "what_if"),
    "deals": ("at_risk", "one_deal", "business_case", "answer_changes", "warnings", "blue_sheets"),
    "review": ("weekly_meeting", "decisions", "calls", "post_mortem"),
    "team": ("coaching", "team_overview", "playbook", "playbook_versions", "team_feed"),
    "trust": (
        *("accuracy", "model_card", "data_quality"),
        *("import_data", "data_loaded", "people", "audit", "definitions"),
    ),
}
FILE = {page: f"pages/{folder}/{page}.py" for folder, pages in _FOLDERS.items() for page in pages}
REP = Viewer("valerie@example.com", "Valerie Osei", Role.REP, "U1078")
MANAGER = Viewer("mikkel@example.com", "Mikkel Brandt", Role.MANAGER, "U1064")
NOBODY = Viewer("new@example.com", "New Person", Role.REP, "U9999")
LIMITED = {"rep": REP, "manager": MANAGER, "nobody": NOBODY}
_files: list[bytes] = []
_MINE = {"rep": {"U1078"}, "manager": {"U1078", "U1127", "U1064"}, "nobody": set()}


@pytest.fixture
def as_reader(monkeypatch: pytest.MonkeyPatch) -> Callable[[Viewer], None]:
    """Whoever signs in is this reader."""
    return lambda viewer: monkeypatch.setattr("pages.shared.signin.reader", lambda: viewer)


@pytest.fixture(autouse=True)
def files(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[bytes]]:
    """What the page's download buttons would save, made as if each were pressed; parts of zips apart."""
    made = _files
    made.clear()

    def button(label: str, data: Any, *more: Any, **given: Any) -> bool:
        content = data() if callable(data) else data
        made.append(content.encode() if isinstance(content, str) else bytes(content))
        if zipfile.is_zipfile(io.BytesIO(made[-1])):
            with zipfile.ZipFile(io.BytesIO(made[-1])) as parts:
                made.extend(parts.read(name) for name in parts.namelist())
        return False

    monkeypatch.setattr("streamlit.download_button", button)
    yield made
    made.clear()


def sent(at: AppTest) -> bytes:
    """All that the page sends to the browser, also what is hidden in a table, a picture or a file."""
    return b"\n".join([*_messages(at.main), *_messages(at.sidebar), *_files])


def _messages(node: Any) -> Iterator[bytes]:
    proto = getattr(node, "proto", None)
    if proto is not None:
        yield proto.SerializeToString()
    for child in getattr(node, "children", {}).values():
        yield from _messages(child)


@pytest.fixture(scope="module")
def secrets_of(sample_store: Store, scope: Scope, company: Company) -> dict[str, set[bytes]]:
    """What each limited reader must not find: ids and names of other people's deals, their accounts, them."""
    rows = sample_store.query(
        "deals_as_of",
        as_of_end=company.calendar.end_of(scope.as_of),
        closed_since=datetime(1970, 1, 1),
        deal_id=None,
    )
    found = {}
    for who, owners in _MINE.items():
        mine = rows[rows["owner_id"].isin(owners)]
        others = rows[~rows["owner_id"].isin(owners)]
        accounts = set(others["account_name"].dropna()) - set(mine["account_name"].dropna())
        words = {*others["deal_id"], *(set(others["name"].dropna()) - set(mine["name"])), *accounts}
        words |= set(others["owner_name"].dropna()) | set(others["owner_id"].dropna())
        own = " ".join([*mine["name"].dropna(), *mine["account_name"].dropna(), *mine["owner_name"].dropna()])
        found[who] = {word.encode() for word in words if word not in own}
    return found


@pytest.mark.parametrize("page", FILE)
@pytest.mark.parametrize("who", LIMITED)
def test_a_page_shows_no_row_too_many(
    app: App, as_reader: Any, secrets_of: dict[str, set[bytes]], who: str, page: str
) -> None:
    as_reader(LIMITED[who])
    at = app(FILE[page])
    assert not at.exception
    nothing_of_others(at, secrets_of[who])


def nothing_of_others(at: AppTest, words: set[bytes], asked: str = "") -> None:
    """`asked`: what the address itself says, and a message may repeat."""
    shown = sent(at)
    leaked = sorted(word.decode() for word in words if word in shown and word.decode() != asked)
    assert not leaked, f"{len(leaked)} of {len(words)}: {leaked[:5]}"


#: Views and choices that a link can ask for, page by page.
VIEWS = {
    "playbook": [{"view": view} for view in ("By stage", "Left empty", "Waiting", "Warnings")],
    "coaching": [{"owner": "U1078"}, {"owner": "U1127"}],
    "what_changed": [{"since": "2026-09-01"}, {"view": "Week by week"}],
    "decisions": [{"view": view} for view in ("Overrides", "Deals")],
    "quarter_end": [{"as_of": "2026-09-30"}, {"quarter": "2026Q3"}, {"quarter": "2027Q1"}],
    "post_mortem": [{"past": "2026Q3"}, {"quarter": "2026Q2"}],
    "business_case": [{"words": "security"}, {"as_of": "2026-08-31"}],
    "team_overview": [{"view": view} for view in ("Coverage", "Calls", "Depth")],
}


@pytest.mark.parametrize(("page", "query"), [(page, query) for page, all_ in VIEWS.items() for query in all_])
@pytest.mark.parametrize("who", ["rep", "manager"])
def test_no_choice_shows_a_row_too_many(
    app: App, as_reader: Any, secrets_of: dict[str, set[bytes]], who: str, page: str, query: dict[str, str]
) -> None:
    as_reader(LIMITED[who])
    at = app(FILE[page], **query)
    assert not at.exception
    nothing_of_others(at, secrets_of[who], query.get("owner", ""))


@pytest.mark.parametrize(
    "page", ["one_deal", "quarter_end", "at_risk", "coaching", "weekly_meeting", "decisions"]
)
@pytest.mark.parametrize("who", ["rep", "manager"])
def test_no_address_opens_what_is_of_others(
    app: App, as_reader: Any, secrets_of: dict[str, set[bytes]], sample_store: Store, who: str, page: str
) -> None:
    as_reader(LIMITED[who])
    deal = next(word.decode() for word in sorted(secrets_of[who]) if word.startswith(b"NB-"))
    for query in ({"deal": deal}, {"owner": "U1099"}, {"team": "West Strategic"}, {"caller": "U1099"}):
        at = app(FILE[page], **query)
        assert not at.exception
        nothing_of_others(at, secrets_of[who], *query.values())


def test_two_readers_share_no_cached_row(
    app: App, as_reader: Any, secrets_of: dict[str, set[bytes]], files: list[bytes]
) -> None:
    for viewer in (LOCAL, REP, LOCAL, MANAGER, REP):
        as_reader(viewer)
        files.clear()
        at = app(FILE["quarter_end"])
        if viewer is REP:
            nothing_of_others(at, secrets_of["rep"])
        if viewer is MANAGER:
            nothing_of_others(at, secrets_of["manager"])
        if viewer is LOCAL:
            assert any(word in sent(at) for word in secrets_of["rep"])


def test_the_walk_would_find_a_leak(
    app: App, as_reader: Any, secrets_of: dict[str, set[bytes]], files: list[bytes]
) -> None:
    as_reader(LOCAL)
    shown = sent(app(FILE["quarter_end"]))
    assert sum(word in shown for word in secrets_of["rep"]) > 20
    saved = b"".join(files)
    assert sum(word in saved for word in secrets_of["rep"]) > 10


@pytest.mark.parametrize("held", [{}, {"sight": (LOCAL, None)}, {"sight": (MANAGER, None)}])
def test_what_is_not_settled_for_a_reader_shows_nothing(
    monkeypatch: pytest.MonkeyPatch, held: dict[str, Any]
) -> None:
    """As in a button pressed outside of a run, or in a fragment after the reader's role was changed."""
    monkeypatch.setattr("pages.shared.cached.st.session_state", held)
    monkeypatch.setattr("pages.shared.signin.the_viewer", lambda: REP)
    with pytest.raises(NotAllowed, match="not settled"):
        cached.store()
    monkeypatch.setattr("pages.shared.signin.the_viewer", lambda: LOCAL)
    assert cached.store().sight is None


def test_every_page_has_its_readers() -> None:
    assert set(FILE) <= set(PAGES)
    assert all(has_page(LOCAL, page) for page in FILE)
    assert not has_page(LOCAL, "a page that nobody has thought of")
