"""Sign-ins that were ended, in a file beside the store: all processes of the app know them, and later ones.

A line per sign-in: its hash, and when it was ended. Lines of sign-ins that would be over by themselves go.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import time
from collections.abc import Sequence
from functools import lru_cache
from pathlib import Path

#: No sign-in lasts longer (PLUMBLINE_SESSION_HOURS): seconds.
_LONGEST = 721 * 3600
_MOST_BYTES = 1_000_000
#: Ended in this process: also where the file cannot be written.
_here: set[str] = set()


def end(store: Path, sign_in: Sequence[str]) -> None:
    """Note that a sign-in is ended."""
    mark = _mark(sign_in)
    _here.add(mark)
    path = _file_of(store)
    with contextlib.suppress(OSError):  # a read-only disk: this process knows it
        if path.exists() and path.stat().st_size > _MOST_BYTES:
            _drop_old(path)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            os.write(handle, f"{mark} {time.time():.0f}\n".encode())
        finally:
            os.close(handle)


def has_ended(store: Path, sign_in: Sequence[str]) -> bool:
    """Whether a sign-in was ended, in whichever process."""
    mark, path = _mark(sign_in), _file_of(store)
    if mark in _here:
        return True
    try:
        stat = path.stat()
    except OSError:
        return False
    return mark in _marks(path, stat.st_ino, stat.st_size, stat.st_mtime_ns)


@lru_cache(maxsize=2)
def _marks(path: Path, file: int, size: int, changed: int) -> frozenset[str]:
    """The marks of a file as it is now; every click asks."""
    return frozenset(line.partition(" ")[0] for line in path.read_text(encoding="ascii").splitlines())


def _drop_old(path: Path) -> None:
    lines = path.read_text(encoding="ascii").splitlines()
    kept = [line for line in lines if float(line.partition(" ")[2] or 0) > time.time() - _LONGEST]
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    fresh.write_text("".join(f"{line}\n" for line in kept), encoding="ascii")
    fresh.chmod(0o600)
    fresh.replace(path)


def _mark(sign_in: Sequence[str]) -> str:
    return hashlib.sha256("\n".join(sign_in).encode()).hexdigest()


def _file_of(store: Path) -> Path:
    return store.with_name(f"{store.name}.ended")
