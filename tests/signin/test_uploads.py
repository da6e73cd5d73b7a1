"""The guard of uploads: who may send files, how much, and that it outlives a reading again of its module."""

from __future__ import annotations

import importlib
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.runtime import Runtime
from streamlit.runtime.memory_uploaded_file_manager import MemoryUploadedFileManager
from streamlit.runtime.uploaded_file_manager import UploadedFileRec

from pages.shared import uploads


def test_read_again_the_same_sessions_stay_let_in() -> None:
    guard = Runtime.is_active_session
    again = importlib.reload(uploads)
    assert Runtime.is_active_session is guard
    assert again._let_in is guard.let_in  # type: ignore[attr-defined]
    assert again._streamlits is not guard, "it would ask itself without end"


def test_a_session_that_holds_enough_may_send_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """One session is stopped at its own limit, all of them at that of all; what is taken away makes room."""
    files = MemoryUploadedFileManager("/upload")
    manager = SimpleNamespace(is_active_session=lambda session_id: True)
    runtime: Any = SimpleNamespace(uploaded_file_mgr=files, _session_mgr=manager)
    guard = Runtime.is_active_session
    let_in: set[str] = guard.let_in  # type: ignore[attr-defined]
    monkeypatch.setitem(guard.__globals__, "MOST_OF_ONE", 10)
    monkeypatch.setitem(guard.__globals__, "MOST_OF_ALL", 15)
    let_in.update(("one", "two", "three"))
    try:
        assert guard(runtime, "one")
        files.add_file("one", UploadedFileRec("a", "a.csv", "text/csv", b"0123456789"))
        assert not guard(runtime, "one")
        assert guard(runtime, "two")
        files.add_file("two", UploadedFileRec("b", "b.csv", "text/csv", b"01234"))
        assert not guard(runtime, "three")
        files.remove_file("one", "a")
        assert guard(runtime, "one")
        assert guard(runtime, "three")
        assert not guard(runtime, "stranger")
    finally:
        let_in.difference_update(("one", "two", "three"))
