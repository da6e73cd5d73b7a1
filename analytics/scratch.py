"""Folders for the time of an import, which a process that was killed does not leave behind for good.

They hold rows in the clear, outside of the store: nothing erases there. All folders of a process lie in one,
beside which it holds a locked file; whoever starts later removes the folders that nobody holds. A leaf:
imports nothing of ours.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import IO

import portalocker

_PREFIX, _LOCK = "plumbline-scratch-", ".lock"


def new_folder() -> Path:
    """A folder of its own, to be removed by whoever asked for it."""
    return Path(tempfile.mkdtemp(dir=start()))


@contextmanager
def folder() -> Iterator[Path]:
    """A folder of its own, for as long as it is needed."""
    with tempfile.TemporaryDirectory(dir=start()) as made:
        yield Path(made)


def start() -> Path:
    """Remove what killed processes left, once; this process's own folder, which is removed at its end."""
    mine = _of_process(os.getpid())
    mine.mkdir(mode=0o700, exist_ok=True)  # a system may clear what nobody has touched for days
    return mine


@cache
def _of_process(process: int) -> Path:
    """By its id, as a forked one must have another folder than its parent, which removes its own."""
    there = Path(tempfile.gettempdir())
    for lock in there.glob(f"{_PREFIX}*{_LOCK}"):
        if held := _hold(lock):
            _remove(lock, held)
    held = None
    while held is None:  # somebody who starts now may have taken it for one that was left
        number, name = tempfile.mkstemp(prefix=_PREFIX, suffix=_LOCK)
        os.close(number)
        mine = Path(name)
        held = _hold(mine)
    atexit.register(_end, process, mine, held)
    return _folder(mine)


def _end(process: int, lock: Path, held: IO[bytes]) -> None:
    if os.getpid() == process:  # not a forked one, which ends before its parent
        _remove(lock, held)


def _hold(lock: Path) -> IO[bytes] | None:
    """The file, locked; None where another process holds it, or it is another user's, or gone."""
    try:
        opened = lock.open("r+b")
    except OSError:
        return None
    try:
        portalocker.lock(opened, portalocker.LOCK_EX | portalocker.LOCK_NB)
    except portalocker.LockException:
        opened.close()
        return None
    return opened


def _folder(lock: Path) -> Path:
    return lock.with_name(lock.name.removesuffix(_LOCK))


def _remove(lock: Path, held: IO[bytes]) -> None:
    shutil.rmtree(_folder(lock), ignore_errors=True)
    held.close()
    lock.unlink(missing_ok=True)
