"""Bytes of a store turned over, cut off or put out of order: said in one line, never read as if whole."""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.faults.deeds import look_at
from tests.faults.forks import Forks
from tests.faults.tally import Tally


def flip(content: bytearray, rng: random.Random) -> bytearray:
    """One bit."""
    content[rng.randrange(len(content))] ^= 1 << rng.randrange(8)
    return content


def scribble(content: bytearray, rng: random.Random) -> bytearray:
    """Some bytes of rubbish."""
    at = rng.randrange(len(content))
    rubbish = rng.randbytes(rng.choice((8, 64, 512)))
    content[at : at + len(rubbish)] = rubbish[: len(content) - at]
    return content


def blank(content: bytearray, rng: random.Random) -> bytearray:
    """A page that the disk gives back as zeros."""
    at = rng.randrange(0, len(content), 4096)
    content[at : at + 4096] = bytes(len(content[at : at + 4096]))
    return content


def cut(content: bytearray, rng: random.Random) -> bytearray:
    """The end is missing."""
    return content[: rng.randrange(1, len(content))]


def swap(content: bytearray, rng: random.Random) -> bytearray:
    """A page of one block where that of another belongs."""
    pages = len(content) // 4096
    if pages < 2:
        return flip(content, rng)
    one, other = (4096 * number for number in rng.sample(range(pages), 2))
    content[one : one + 4096], content[other : other + 4096] = (
        content[other : other + 4096],
        content[one : one + 4096],
    )
    return content


def head(content: bytearray, rng: random.Random) -> bytearray:
    """One bit of what the file begins with."""
    content[rng.randrange(min(12_288, len(content)))] ^= 1 << rng.randrange(8)
    return content


Damage = Callable[[bytearray, random.Random], bytearray]
DAMAGES: tuple[Damage, ...] = (flip, scribble, blank, cut, swap, head)


def damaged(
    store: Path, forks: Forks, folder: Path, times: int, rng: random.Random, *, log: bool = False
) -> list[Tally]:
    """Damage a copy of the store (`log`: the log that lies beside it) and look at all of it."""
    path = folder / "damaged" / store.name
    truth = look_at(_copy(store, path), forks)
    bare = _copy(store, path)
    bare.with_name(bare.name + ".wal").unlink(missing_ok=True)
    without_log = look_at(bare, forks)["said"] if log else None
    tallies = []
    for damage in DAMAGES:
        what = (damage.__doc__ or "").rstrip(".").lower()
        tally = Tally(f"damage in {'a log left by a kill' if log else 'the store'}: {what}")
        for number in range(times):
            hurt = _copy(store, path)
            if log:
                hurt = hurt.with_name(hurt.name + ".wal")
            hurt.write_bytes(damage(bytearray(hurt.read_bytes()), rng))
            wrong = _wrong(damage, look_at(path, forks), truth["said"], without_log)
            tally.note([f"{damage.__name__} {number}: {one}" for one in wrong])
        tallies.append(tally)
    return tallies


def _copy(store: Path, path: Path) -> Path:
    shutil.rmtree(path.parent, ignore_errors=True)
    path.parent.mkdir(parents=True)
    for file in store.parent.glob(f"{store.name}*"):
        shutil.copyfile(file, path.with_name(file.name))
    return path


def _wrong(damage: Damage, seen: dict[str, Any], truth: object, without_log: object) -> list[str]:
    if seen["code"] != 0:
        return [f"it ended with {seen['code']}: {seen['error'][-300:]}"]
    if seen["said"] is None:
        found = [] if seen["check"] else ["check finds nothing, though it cannot be read"]
        return found + (["more than one line"] if "\n" in seen["refused"] else [])
    if seen["said"] == truth:
        return []
    if seen["said"] == without_log and damage in (cut, blank):
        return []  # as if the write had never ended: nobody can tell the one from the other
    return ["other rows than there were, and nobody says so"]
