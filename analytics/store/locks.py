"""Who may open the store now: many readers or one writer, over threads and processes.

DuckDB lets one process write and refuses everybody else meanwhile. These locks make the others wait
instead. A waiting writer holds the queue file, so that a stream of readers cannot starve it. The operating
system frees both locks when a process dies.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO

import portalocker

from analytics.problems import BadInput, StoreBusy

_PAUSE = 0.01  # seconds between two tries


def wait_limit() -> float:
    """How long to wait for the store, in seconds (`PLUMBLINE_LOCK_TIMEOUT`, default 300)."""
    given = os.environ.get("PLUMBLINE_LOCK_TIMEOUT", "300")
    try:
        return float(given)
    except ValueError:
        raise BadInput("PLUMBLINE_LOCK_TIMEOUT is no number", expected="seconds", got=repr(given)) from None


def _acquire(handle: IO[bytes], flags: portalocker.LockFlags, deadline: float, store: Path) -> None:
    while True:
        try:
            portalocker.lock(handle, flags | portalocker.LockFlags.NON_BLOCKING)
            return
        except portalocker.LockException:
            if time.monotonic() > deadline:
                raise StoreBusy(
                    "the store is in use by another process",
                    where=str(store),
                    to_do="Wait until its import has finished, or raise PLUMBLINE_LOCK_TIMEOUT (seconds).",
                ) from None
            time.sleep(_PAUSE)


def _open_lock_file(path: Path) -> IO[bytes] | None:
    for mode in ("ab", "rb"):  # who may only read can still hold a lock on a file that is there
        try:
            return path.open(mode)
        except OSError:
            continue
    return None  # a read-only disk: nobody can write there, so readers need no lock


@contextmanager
def _locked(store: Path, flags: portalocker.LockFlags, *, keep_queue: bool) -> Iterator[None]:
    deadline = time.monotonic() + wait_limit()
    queue = _open_lock_file(store.with_name(store.name + ".queue"))
    if queue is None:
        yield
        return
    with queue:
        _acquire(queue, portalocker.LockFlags.EXCLUSIVE, deadline, store)
        lock = _open_lock_file(store.with_name(store.name + ".lock"))
        if lock is None:
            raise BadInput("this lock file cannot be used", where=f"{store}.lock", to_do="Remove it.")
        with lock:
            _acquire(lock, flags, deadline, store)
            if not keep_queue:
                portalocker.unlock(queue)
            yield


def shared(store: Path) -> AbstractContextManager[None]:
    """Hold the store for reading; other readers may too."""
    return _locked(store, portalocker.LockFlags.SHARED, keep_queue=False)


def exclusive(store: Path) -> AbstractContextManager[None]:
    """Hold the store alone, for writing."""
    return _locked(store, portalocker.LockFlags.EXCLUSIVE, keep_queue=True)
