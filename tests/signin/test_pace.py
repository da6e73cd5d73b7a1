"""A connection that asks faster than anybody clicks is closed before Streamlit starts a run for it."""

from __future__ import annotations

from typing import Any

import pytest
from starlette.websockets import WebSocketDisconnect
from streamlit.runtime import Runtime

from pages.shared import pace


class Client:
    """A connection."""


@pytest.fixture
def handled(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What came through to Streamlit; time stands still at 100 s."""
    found: list[Any] = []
    monkeypatch.setattr(pace, "_streamlits", lambda runtime, session, msg, client: found.append(msg))
    monkeypatch.setattr(pace, "monotonic", lambda: 100.0)
    return found


def test_only_so_many_messages_come_through_at_once(
    handled: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    fast: Any = Client()
    other: Any = Client()
    runtime: Any = None
    for number in range(pace.AT_ONCE):
        pace._in_pace(runtime, "s", number, client=fast)
    with pytest.raises(WebSocketDisconnect):
        pace._in_pace(runtime, "s", "one too many", client=fast)
    pace._in_pace(runtime, "t", "another's", client=other)
    assert handled == [*range(pace.AT_ONCE), "another's"]
    monkeypatch.setattr(pace, "monotonic", lambda: 101.0)
    pace._in_pace(runtime, "s", "later", client=fast)
    assert handled[-1] == "later"


def test_it_stands_in_streamlits_place_and_only_once() -> None:
    pace.start()
    guard: Any = Runtime.handle_backmsg
    assert guard.streamlits is not guard
    pace.start()
    assert Runtime.handle_backmsg is guard
