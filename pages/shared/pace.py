"""How fast a browser may ask: faster than anybody clicks, but not without end.

Streamlit answers what comes over a websocket in the thread that serves everybody, and starts a run of the
page for each, also for somebody who sees only the sign-in: 10,000 messages of 15 bytes kept all others
waiting for half a minute. A connection that asks faster is closed; a browser then opens another.
"""

from __future__ import annotations

from time import monotonic
from typing import Any
from weakref import WeakKeyDictionary

from starlette.websockets import WebSocketDisconnect
from streamlit.runtime import Runtime

#: How many messages at once, and how many a second from then on.
AT_ONCE, A_SECOND = 40, 20

#: Both are kept at the function: Streamlit reads a changed module again while the app runs.
_streamlits = getattr(Runtime.handle_backmsg, "streamlits", Runtime.handle_backmsg)
_asked: WeakKeyDictionary[Any, tuple[float, float]] = getattr(
    Runtime.handle_backmsg, "asked", WeakKeyDictionary()
)


def _is_too_fast(client: Any, now: float) -> bool:
    """Count a message of a connection; `now` in seconds."""
    left, at = _asked.get(client, (AT_ONCE, now))
    left = min(AT_ONCE, left + (now - at) * A_SECOND) - 1
    _asked[client] = left, now
    return left < 0


def _in_pace(runtime: Runtime, session_id: str, msg: Any, *, client: Any = None) -> None:
    if client is not None and _is_too_fast(client, monotonic()):
        raise WebSocketDisconnect(1008)  # the handler takes it for a browser that went away, and lets it go
    _streamlits(runtime, session_id, msg, client=client)


def start() -> None:
    """From now on."""
    if not hasattr(Runtime.handle_backmsg, "streamlits"):
        _in_pace.streamlits, _in_pace.asked = _streamlits, _asked  # type: ignore[attr-defined]
        Runtime.handle_backmsg = _in_pace  # type: ignore[method-assign]
