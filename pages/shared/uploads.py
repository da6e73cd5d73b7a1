"""Who may upload: the sessions that the gate has let in.

Streamlit keeps in memory what any visitor sends, 500 MB a file, also of somebody who sees only the sign-in.
It asks one thing before it reads a file, whether the session is active; so that is where it is asked.
"""

from __future__ import annotations

from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

_streamlits = Runtime.is_active_session
#: Kept at the function: Streamlit reads a changed module again while the app runs.
_let_in: set[str] = getattr(_streamlits, "let_in", set())


def _is_let_in(runtime: Runtime, session_id: str) -> bool:
    return session_id in _let_in and _streamlits(runtime, session_id)


if not hasattr(_streamlits, "let_in"):
    _is_let_in.let_in = _let_in  # type: ignore[attr-defined]
    Runtime.is_active_session = _is_let_in  # type: ignore[method-assign]


def allow(is_let_in: bool) -> None:
    """Take files from this session from now on, or no longer."""
    run = get_script_run_ctx()
    if run is not None:
        (_let_in.add if is_let_in else _let_in.discard)(run.session_id)
