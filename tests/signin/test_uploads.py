"""The guard of uploads outlives that Streamlit reads its module again (a file of the app was changed)."""

from __future__ import annotations

import importlib

from streamlit.runtime import Runtime

from pages.shared import uploads


def test_read_again_the_same_sessions_stay_let_in() -> None:
    guard = Runtime.is_active_session
    again = importlib.reload(uploads)
    assert Runtime.is_active_session is guard
    assert again._let_in is guard.let_in  # type: ignore[attr-defined]
