"""Who may upload, and how much: the readers that the gate has let in, until they hold as much as they may.

Streamlit keeps in memory what any visitor sends, 500 MB a file, also of somebody who sees only the sign-in,
and as many files as come. It asks one thing before it reads a file, whether the session is active; so that
is where it is asked. While a file arrives it is a temporary file, which counts with its first byte: else
many that are sent at one moment, and never to the end, fill the disk.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field
from tempfile import SpooledTemporaryFile
from threading import Lock
from typing import Any
from weakref import WeakSet

from starlette import formparsers
from streamlit.runtime import Runtime
from streamlit.runtime.scriptrunner import get_script_run_ctx

from analytics.access.rights import Deed, may
from analytics.access.viewer import Viewer

#: Bytes that somebody who imports may have here, in all their sessions; anybody else, who brings a document
#: to a deal at most; and all of them together.
MOST_OF_ONE, MOST_OF_OTHERS, MOST_OF_ALL = 1024**3, 128 * 1024**2, 2 * 1024**3


@dataclass
class _State:
    """Kept at the function that was replaced: Streamlit reads a changed module again while the app runs."""

    streamlits: Any
    #: session -> who it is, and how many bytes they may have
    let_in: dict[str, tuple[str, int]] = field(default_factory=dict)
    arriving: WeakSet[_Arriving] = field(default_factory=WeakSet)
    lock: Lock = field(default_factory=Lock)
    runtime: Runtime | None = None


_state: _State = getattr(Runtime.is_active_session, "state", None) or _State(Runtime.is_active_session)
#: The session that the request being answered sends a file for.
_asked_for: ContextVar[str] = ContextVar("asked_for", default="")


class _Arriving(SpooledTemporaryFile):  # type: ignore[type-arg]  # bytes
    """A file while it is being sent."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.session_id, self.size = _asked_for.get(), 0
        with _state.lock:
            _state.arriving.add(self)

    def write(self, chunk: Any) -> int:
        """Take a part. Raises MultiPartException, which is answered with 400, where there is no room."""
        self.size += len(chunk)
        if not _has_room(self.session_id):
            raise formparsers.MultiPartException("There is no room for more files.")
        return super().write(chunk)


def _is_let_in(runtime: Runtime, session_id: str) -> bool:
    _state.runtime = runtime
    _asked_for.set(session_id)
    is_open = session_id in _state.let_in and _state.streamlits(runtime, session_id)
    return is_open and _has_room(session_id, 1)


def _has_room(session_id: str, more: int = 0) -> bool:
    """Whether what is here, and `more` bytes, is within the limits of a session's reader, and of all."""
    who, most = _state.let_in.get(session_id, ("", 0))
    sizes = [*_sizes()]
    of_one = sum(size for one, size in sizes if _state.let_in.get(one, ("", 0))[0] == who)
    return of_one + more <= most and sum(size for _, size in sizes) + more <= MOST_OF_ALL


def _sizes() -> Iterator[tuple[str, int]]:
    """Session and bytes of each file that is here, or on its way."""
    if _state.runtime is not None:
        files = _state.runtime.uploaded_file_mgr.file_storage  # type: ignore[attr-defined]  # of the one that serves
        for session_id, of_session in [*files.items()]:
            yield session_id, sum(len(file.data) for file in [*of_session.values()])
    with _state.lock:
        arriving = [*_state.arriving]
    for file in arriving:
        if not file.closed:
            yield file.session_id, file.size


if not hasattr(Runtime.is_active_session, "state"):
    _is_let_in.state = _state  # type: ignore[attr-defined]
    Runtime.is_active_session = _is_let_in  # type: ignore[method-assign]
    formparsers.SpooledTemporaryFile = _Arriving  # type: ignore[misc]


def allow(viewer: Viewer | None) -> None:
    """Take files from this session from now on as its reader may send them; of nobody, no longer."""
    run = get_script_run_ctx()
    if run is None:
        return
    if viewer is None:
        _state.let_in.pop(run.session_id, None)
    else:
        most = MOST_OF_ONE if may(viewer, Deed.LOAD) else MOST_OF_OTHERS
        _state.let_in[run.session_id] = (viewer.email, most)
