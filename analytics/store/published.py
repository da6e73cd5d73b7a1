"""What takes long to make of a store, published in a folder beside it: the next process reads it instead.

A file holds one thing as Python objects (pickle, which runs code when it is read). So only files that nobody
but this user could have written are read; anything else, or of another state of the store, another version of
Plumbline or of a library, counts as not there. The folder may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import logging
import os
import pickle  # nosec B403: see above, and `_is_ours`
import shutil
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import IO, Any, TypeVar

import portalocker

from analytics import logs

_Made = TypeVar("_Made")
_CODE = Path(__file__).parents[1]
_LIBRARIES = ("numpy", "pandas", "scipy", "scikit-learn", "pyarrow")
#: Days of which something is kept, the last used first: 150 MB each for a company of 5,000 deals.
_MOST_DAYS = 4
#: Seconds after which nobody waits any longer for another process that makes the same.
_LONGEST_WAIT = 900.0
_PAUSE = 0.1
#: Seconds after which what was learned from the same landmarks is no longer kept for another refresh.
_UNUSED = 45 * 24 * 3600.0


def folder_of(store: Path) -> Path:
    """Where what belongs to a store is published."""
    return store.with_name(store.name + ".published")


def forget(store: Path) -> None:
    """Remove all that is published: what was erased from the store may stand there."""
    with contextlib.suppress(FileNotFoundError):
        shutil.rmtree(folder_of(store))


def made_once(
    store: Path,
    state: object,
    day: str,
    what: str,
    make: Callable[[], _Made],
    still: Callable[[], bool],
    shared: tuple[object, ...] = (),
) -> _Made:
    """What `make` makes, or what a process before has published; one process makes it, others wait for it.

    `state`: all that it depends on besides the code, with a repr that tells states apart; `still`: whether
    that is the store's state after it was made, too. `day`: only the days used last are kept. `shared`: parts
    of the result that the caller has already, in the same order whenever it is asked for; they are not
    written again, and what is read refers to the caller's own.
    """
    folder = folder_of(store)
    mark = hashlib.sha256(f"{state!r} {_code()}".encode()).hexdigest()[:20]
    path = folder / f"{mark}.{day}.{_file_name(what)}"
    with _alone(path):
        found = _read(path, shared)
        if not found:
            found = [make()]
            if still():
                _write(path, found, shared, lambda: _make_room(path, mark))
    return found[0]  # type: ignore[no-any-return]  # whoever wrote it has made it with the same `make`


def made_of(store: Path, parts: Sequence[str], given: object, what: str, make: Callable[[], _Made]) -> _Made:
    """What `make` makes of parts that are told apart by their digests, and of `given` (by its repr).

    The same whatever else is in the store, so that it outlives a change of its state.
    """
    folder = folder_of(store) / "of-parts"
    mark = hashlib.sha256(f"{parts!r} {given!r} {_code()}".encode()).hexdigest()[:20]
    path = folder / f"{mark}.{_file_name(what)}"
    found = _read(path, ())
    if not found:
        found = [make()]
        _write(path, found, (), lambda: _drop_unused(folder))
    return found[0]  # type: ignore[no-any-return]


def _drop_unused(folder: Path) -> None:
    """Remove what was not asked for lately."""
    for one in (folder.parent, folder):
        one.mkdir(mode=0o700, exist_ok=True)
    oldest = time.time() - _UNUSED
    for one in folder.iterdir():
        with contextlib.suppress(OSError):
            if one.stat().st_mtime < oldest:
                one.unlink()


@cache
def _code() -> str:
    """Changes with every line of Plumbline and every version of what it computes with."""
    found = hashlib.sha256(f"{sys.version} {[version(name) for name in _LIBRARIES]}".encode())
    for path in sorted(_CODE.rglob("*.py")):
        found.update(path.read_bytes())
    return found.hexdigest()


def _file_name(what: str) -> str:
    return "-".join("".join(one if one.isalnum() else " " for one in what.lower()).split())


@contextmanager
def _alone(path: Path) -> Iterator[None]:
    """Hold a day's things while one is made; who cannot, or has waited too long, makes their own."""
    with contextlib.ExitStack() as held:
        with contextlib.suppress(OSError, portalocker.LockException):
            path.parent.mkdir(mode=0o700, exist_ok=True)
            lock = portalocker.Lock(
                path.with_suffix(".lock"), "ab", timeout=_LONGEST_WAIT, check_interval=_PAUSE
            )
            held.enter_context(lock)
        yield


class _Writer(pickle.Pickler):
    def __init__(self, handle: IO[bytes], shared: tuple[object, ...]) -> None:
        super().__init__(handle, protocol=5)
        self._at = {id(one): at for at, one in enumerate(shared)}

    def persistent_id(self, obj: object) -> int | None:
        return self._at.get(id(obj))


class _Reader(pickle.Unpickler):
    def __init__(self, handle: IO[bytes], shared: tuple[object, ...]) -> None:
        super().__init__(handle)
        self._shared = shared

    def persistent_load(self, pid: Any) -> object:
        return self._shared[pid]


def _is_ours(handle: IO[bytes]) -> bool:
    """Whether nobody but this user could have written the file."""
    stat = os.fstat(handle.fileno())
    return not hasattr(os, "getuid") or (stat.st_uid == os.getuid() and not stat.st_mode & 0o022)


def _read(path: Path, shared: tuple[object, ...]) -> list[Any]:
    """What stands in the file, in a list; empty where there is none that can be used."""
    try:
        with path.open("rb") as handle:
            if not _is_ours(handle):
                logs.event("published file that others may write", level=logging.WARNING)
                return []
            found: list[Any] = _Reader(io.BytesIO(handle.read()), shared).load()
        os.utime(path)
    except FileNotFoundError:
        return []
    except Exception as error:  # a broken file may raise anything: it is made anew
        logs.event("published file that cannot be read", level=logging.WARNING, **logs.what_broke(error))
        return []
    return found


def _write(path: Path, found: list[Any], shared: tuple[object, ...], make_room: Callable[[], None]) -> None:
    fresh = path.with_suffix(f".{os.getpid()}-{threading.get_ident()}.new")
    try:
        make_room()
        with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as handle:
            _Writer(handle, shared).dump(found)
        fresh.replace(path)
    except OSError as error:  # a full or read-only disk: it is made anew the next time
        logs.event("nothing could be published", level=logging.WARNING, **logs.what_broke(error))
    finally:
        with contextlib.suppress(OSError):
            fresh.unlink(missing_ok=True)


def _make_room(path: Path, mark: str) -> None:
    """Remove what belongs to another state of the store, or to days that were not asked for lately."""
    mine, used = path.name.split(".")[1], dict[str, float]()
    for one in path.parent.glob("*.*"):
        state, day = one.name.split(".")[:2]
        if state != mark:
            _remove(one)
        elif day != mine:
            with contextlib.suppress(FileNotFoundError):
                used[day] = max(used.get(day, 0.0), one.stat().st_mtime)
    gone = set(sorted(used, key=lambda day: -used[day])[_MOST_DAYS - 1 :])
    for one in path.parent.glob("*.*"):
        if one.name.split(".")[1] in gone:
            _remove(one)


def _remove(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink()
