"""The log of the running app: a line of JSON per event, for a machine to read and a company to keep.

A line names the event, the page and how long it took; of a reader only their number. No address, no name,
no text of a deal: not even an error's message, which may quote one. An error is its kind and its place.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

#: Written by PLUMBLINE_LOG=json; without it Streamlit's own words stay, as on a laptop.
SWITCH = "PLUMBLINE_LOG"
#: All that an event may say.
FIELDS = ("page", "viewer", "ms", "error", "at", "from")
_FOREIGN = ("streamlit", "uvicorn", "websockets", "asyncio", "tornado")
_log = logging.getLogger("plumbline")


class Lines(logging.Formatter):
    """A record as one line; records of other packages without their words."""

    def format(self, record: logging.LogRecord) -> str:
        """The line, without its end."""
        ours = record.name == _log.name
        said: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "event": record.getMessage() if ours else "message",
        }
        if not ours:
            said["from"] = f"{record.name}:{record.lineno}"
        said |= getattr(record, "fields", {})
        if record.exc_info and record.exc_info[1]:
            said |= what_broke(record.exc_info[1])
        return json.dumps(said)


def is_on() -> bool:
    """Whether lines are asked for."""
    return os.environ.get(SWITCH) == "json"


def start() -> None:
    """Write lines to the standard error, also what other packages log; once is enough, more do no harm."""
    if not is_on():
        return
    if not _log.handlers:
        _log.addHandler(logging.StreamHandler(sys.stderr))
        _log.setLevel(logging.INFO)
        _log.propagate = False
    for name in [*logging.Logger.manager.loggerDict]:
        if name.split(".")[0] in (*_FOREIGN, _log.name):
            for handler in logging.getLogger(name).handlers:
                handler.setFormatter(Lines())


def event(name: str, *, level: int = logging.INFO, **fields: Any) -> None:
    """Log one event, where lines are asked for."""
    assert set(fields) <= set(FIELDS), "a field that nobody has looked at may hold personal data"
    if is_on():
        _log.log(level, name, extra={"fields": {key: one for key, one in fields.items() if one is not None}})


@contextmanager
def timed(name: str, **fields: Any) -> Iterator[None]:
    """Log an event with its duration when it is over; one that breaks as an error."""
    began = perf_counter()
    broke: dict[str, str] = {}
    try:
        yield
    except Exception as error:
        broke = what_broke(error)
        raise
    finally:
        level = logging.ERROR if broke else logging.INFO
        event(name, level=level, ms=round(1000 * (perf_counter() - began)), **fields, **broke)


def what_broke(error: BaseException) -> dict[str, str]:
    """An error's kind and its place in the code; its message may quote a deal, so it is left out."""
    steps = traceback.extract_tb(error.__traceback__)
    at = f"{Path(steps[-1].filename).name}:{steps[-1].lineno}" if steps else ""
    return {"error": type(error).__name__, "at": at}
