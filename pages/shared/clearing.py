"""Nobody clears what the app has kept: Streamlit does it for all, when any browser says so, signed in or not.

The menu entry for it is not shown (`toolbarMode` in config.toml), but the message needs no menu.
"""

from __future__ import annotations

from streamlit.runtime.app_session import AppSession


def forbid() -> None:
    """Let the message do nothing from now on; once is enough, more do no harm."""
    AppSession._handle_clear_cache_request = _nothing  # type: ignore[method-assign]


def _nothing(session: AppSession) -> None:
    """What is kept changes with the store, by its keys."""
