"""Disks that are full or read-only, mounted for the occasion. Only root can mount."""

from __future__ import annotations

import contextlib
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tests.faults.forks import Forks
from tests.faults.kills import Case, name_of, verdict
from tests.faults.tally import Tally


class NoMount(Exception):
    """Mounting is not allowed here."""


def _mount(*words: str) -> None:
    try:
        done = subprocess.run(["mount", *words], capture_output=True, text=True, check=False)
    except OSError as error:
        raise NoMount(str(error)) from error
    if done.returncode:
        raise NoMount(done.stderr.strip())


@contextlib.contextmanager
def disk(folder: Path, kilobytes: int) -> Iterator[Path]:
    """A disk of so many kilobytes."""
    folder.mkdir(parents=True, exist_ok=True)
    _mount("-t", "tmpfs", "-o", f"size={kilobytes}k", "tmpfs", str(folder))
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=False)


def _filled(case: Case, folder: Path) -> Path:
    shutil.copytree(case.template.parent, folder, dirs_exist_ok=True)
    return folder / case.template.name


def full(case: Case, forks: Forks, folder: Path, room: list[int]) -> Tally:
    """Do it with only so many kilobytes left; then make room, and do it again."""
    tally = Tally(f"a disk that fills up during: {name_of(case)}")
    for kilobytes in room:
        with disk(folder, 60_000) as place:
            path = _filled(case, place)
            free = shutil.disk_usage(place).free
            (place / "fill").write_bytes(bytes(max(0, free - kilobytes * 1024)))
            ended, _ = forks.whole(case.deed, path, case.token)
            (place / "fill").unlink()
            problems = verdict(case, path, ended)
            if ended.code not in (0, 2) or "\n" in ended.error:
                problems.append(f"no clear message: {ended.code} {ended.error[-300:]}")
            tally.note([f"{kilobytes} KB left: {one}" for one in problems], acknowledged=ended.is_done)
    return tally


def read_only(case: Case, forks: Forks, folder: Path) -> Tally:
    """Do it on a disk that has become read-only; then on the same disk when it can be written again."""
    tally = Tally(f"a disk that is read-only for: {name_of(case)}")
    with disk(folder, 60_000) as place:
        path = _filled(case, place)
        _mount("-o", "remount,ro", str(place))
        ended, _ = forks.whole(case.deed, path, case.token)
        looked, _ = forks.whole("reading", path, "")
        _mount("-o", "remount,rw", str(place))
        problems = verdict(case, path, ended)
        if ended.code != 2 or "\n" in ended.error:
            problems.append(f"no clear message: {ended.code} {ended.error[-300:]}")
        can_be_read = case.deed != "migration" and case.states[0] != {}
        if can_be_read and not looked.is_done:
            problems.append(f"it cannot be read: {looked.error}")
        tally.note(problems)
    return tally
