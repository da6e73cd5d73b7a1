"""The log says what happened and how long it took, and nothing of anybody."""

from __future__ import annotations

import json
import logging
import re
from pathlib import Path

import pytest

from analytics import logs

ROOT = Path(__file__).parents[2]
SECRET = "Acme renewal, anna@example.com"


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The lines that are logged."""
    found: list[str] = []

    class Kept(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            found.append(self.format(record))

    handler = Kept()
    monkeypatch.setenv(logs.SWITCH, "json")
    monkeypatch.setattr(logging.getLogger("plumbline"), "handlers", [handler])
    monkeypatch.setattr(logging.getLogger("streamlit.anything"), "handlers", [handler])
    logs.start()
    return found


def test_a_page_is_a_line(lines: list[str]) -> None:
    logging.getLogger("plumbline").setLevel(logging.INFO)
    with logs.timed("page", page="one_deal", viewer=3):
        pass
    said = json.loads(lines[0])
    assert said.pop("ms") >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}\+00:00", said.pop("time"))
    assert said == {"level": "info", "event": "page", "page": "one_deal", "viewer": 3}


def test_an_error_is_its_kind_and_place_without_its_words(lines: list[str]) -> None:
    with pytest.raises(KeyError), logs.timed("page", page="one_deal"):
        {}[SECRET]
    logging.getLogger("streamlit.anything").error("Uncaught: %s", SECRET, exc_info=KeyError(SECRET))
    ours, foreign = map(json.loads, lines)
    assert ours["level"] == "error"
    assert (ours["error"], ours["at"].split(":")[0]) == ("KeyError", "test_logs.py")
    assert (foreign["event"], foreign["error"]) == ("message", "KeyError")
    assert foreign["from"].startswith("streamlit.anything:")
    assert not any(SECRET in line for line in lines)


def test_only_fields_that_were_looked_at(lines: list[str]) -> None:
    with pytest.raises(AssertionError):
        logs.event("page", email="anna@example.com")


def test_without_the_switch_nothing_is_written(lines: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(logs.SWITCH)
    logs.event("page")
    assert not lines
