"""The guard of uploads: who may send files, how much, and that it outlives a reading again of its module."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import pytest
from starlette import formparsers
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from analytics.access.viewer import LOCAL, Role, Viewer
from pages.shared import uploads

GUARD: Any = Runtime.is_active_session
ANNA, OLGA = "anna@example.com", "olga@example.com"


def test_read_again_the_same_sessions_stay_let_in() -> None:
    arriving = formparsers.SpooledTemporaryFile
    again = importlib.reload(uploads)
    assert Runtime.is_active_session is GUARD
    assert formparsers.SpooledTemporaryFile is arriving
    assert again._state is GUARD.state
    assert again._state.streamlits is not GUARD, "it would ask itself without end"


@pytest.fixture
def runtime(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A server with room for 15 bytes; Anna, in two sessions, and Olga may have 10 each."""
    monkeypatch.setitem(GUARD.__globals__, "MOST_OF_ALL", 15)
    let_in = {"one": (ANNA, 10), "two": (ANNA, 10), "three": (OLGA, 10)}
    monkeypatch.setattr(GUARD.state, "let_in", let_in)
    monkeypatch.setattr(GUARD.state, "runtime", None)
    manager = SimpleNamespace(is_active_session=lambda session_id: True)
    return SimpleNamespace(uploaded_file_mgr=MemoryUploadedFileManager("/upload"), _session_mgr=manager)


def held(file_id: str, size: int) -> UploadedFileRec:
    return UploadedFileRec(file_id, "a.csv", "text/csv", b"x" * size)


def test_who_holds_enough_may_send_no_more(runtime: Any) -> None:
    """A reader is stopped at their own limit, in whatever session, and all of them at that of all; what is
    taken away makes room."""
    files = runtime.uploaded_file_mgr
    assert GUARD(runtime, "one")
    files.add_file("one", held("a", 10))
    assert not GUARD(runtime, "one")
    assert not GUARD(runtime, "two"), "another tab of the same reader"
    assert GUARD(runtime, "three")
    files.add_file("three", held("b", 5))
    assert not GUARD(runtime, "three")
    files.remove_file("one", "a")
    assert GUARD(runtime, "two")
    assert not GUARD(runtime, "stranger")


def test_files_count_while_they_arrive(runtime: Any) -> None:
    """Many sent at one moment are each asked about before any of them is there."""
    assert GUARD(runtime, "one")
    first = formparsers.SpooledTemporaryFile(max_size=1)
    first.write(b"123456")
    assert GUARD(runtime, "two")
    second = formparsers.SpooledTemporaryFile(max_size=1)
    second.write(b"1234")
    with pytest.raises(formparsers.MultiPartException):
        second.write(b"5")
    first.close()
    second.close()
    assert GUARD(runtime, "two"), "what was broken off is forgotten"


def test_who_imports_may_send_more(monkeypatch: pytest.MonkeyPatch) -> None:
    state = uploads._State(None)
    monkeypatch.setattr(uploads, "_state", state)
    monkeypatch.setattr(uploads, "get_script_run_ctx", lambda: SimpleNamespace(session_id="s"))
    for viewer, most in (
        (LOCAL, uploads.MOST_OF_ONE),
        (Viewer(ANNA, "Anna", Role.REP), uploads.MOST_OF_OTHERS),
        (None, None),
    ):
        uploads.allow(viewer)
        assert state.let_in.get("s", (None, None))[1] == most
