"""Who may upload, and how much: the sessions that the gate has let in, until they hold as much as they may.

Streamlit keeps in memory what any visitor sends, 500 MB a file, also of somebody who sees only the sign-in,
and as many files as come. It asks one thing before it reads a file, whether the session is active; so that
is where it is asked. Files that arrive at the same moment are each asked about before any of them is there.
"""

from __future__ import annotations

from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

#: Bytes that one session, and all sessions together, may hold before another file is taken.
MOST_OF_ONE, MOST_OF_ALL = 1024**3, 2 * 1024**3

#: Both are kept at the function: Streamlit reads a changed module again while the app runs.
_streamlits = getattr(Runtime.is_active_session, "streamlits", Runtime.is_active_session)
_let_in: set[str] = getattr(Runtime.is_active_session, "let_in", set())


def _is_let_in(runtime: Runtime, session_id: str) -> bool:
    return session_id in _let_in and _has_room(runtime, session_id) and _streamlits(runtime, session_id)


def _has_room(runtime: Runtime, session_id: str) -> bool:
    files = runtime.uploaded_file_mgr.file_storage  # type: ignore[attr-defined]  # of the one that serves
    held = {one: sum(len(file.data) for file in [*of.values()]) for one, of in [*files.items()]}
    return held.get(session_id, 0) < MOST_OF_ONE and sum(held.values()) < MOST_OF_ALL


if not hasattr(Runtime.is_active_session, "let_in"):
    _is_let_in.let_in, _is_let_in.streamlits = _let_in, _streamlits  # type: ignore[attr-defined]
    Runtime.is_active_session = _is_let_in  # type: ignore[method-assign]


def allow(is_let_in: bool) -> None:
    """Take files from this session from now on, or no longer."""
    run = get_script_run_ctx()
    if run is not None:
        (_let_in.add if is_let_in else _let_in.discard)(run.session_id)
