"""What a server process takes of the machine, from /proc: memory, threads, open files, cores."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")
_MB = 1024.0  # kB


@dataclass(frozen=True)
class Sample:
    """A look at the server; cpu in seconds since its start, of it, of this driver, of the whole machine."""

    at: float
    megabytes: float
    children: int
    threads: int
    sockets: int
    store_files: int
    other_files: int
    cpu: float
    driver_cpu: float
    machine_cpu: float


@dataclass
class Watch:
    """Looks at processes every few seconds until it is stopped."""

    pids: Sequence[int]
    every: float = 5.0
    samples: list[Sample] = field(default_factory=list)
    _over: threading.Event = field(default_factory=threading.Event)

    def __enter__(self) -> Watch:
        self.samples.append(look_at(self.pids))
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()
        self.samples.append(look_at(self.pids))

    def _run(self) -> None:
        while not self._over.wait(self.every):
            self.samples.append(look_at(self.pids))

    def cores(self) -> dict[str, float]:
        """How many cores were busy on average: with the server, with the driver, with other work."""
        first, last = self.samples[0], self.samples[-1]
        seconds = last.at - first.at
        server, driver = (last.cpu - first.cpu) / seconds, (last.driver_cpu - first.driver_cpu) / seconds
        machine = (last.machine_cpu - first.machine_cpu) / seconds
        return {"server": server, "driver": driver, "others": max(machine - server - driver, 0.0)}


def look_at(pids: Sequence[int]) -> Sample:
    """How processes, with their children, stand now; all in all."""
    family = [each for pid in pids for each in (pid, *children_of(pid))]
    files = [one for each in family for one in _files(each)]
    sockets = sum(one.startswith("socket:") for one in files)
    store = sum(".duckdb" in one for one in files)
    return Sample(
        at=time.monotonic(),
        megabytes=sum(_status(each, "VmRSS") for each in family) / _MB,
        children=len(family) - len(pids),
        threads=int(sum(_status(each, "Threads") for each in family)),
        sockets=sockets,
        store_files=store,
        other_files=len(files) - sockets - store,
        cpu=sum(map(_cpu, family)),
        driver_cpu=time.process_time(),
        machine_cpu=_machine_cpu(),
    )


def children_of(pid: int) -> list[int]:
    """The processes that a process has started, with theirs."""
    found: list[int] = []
    for task in _list(Path(f"/proc/{pid}/task")):
        for child in map(int, _read(task / "children").split()):
            found += [child, *children_of(child)]
    return found


def _status(pid: int, name: str) -> float:
    lines = (line.split() for line in _read(Path(f"/proc/{pid}/status")).splitlines())
    return next((float(words[1]) for words in lines if words[0] == f"{name}:"), 0.0)


def _cpu(pid: int) -> float:
    words = _read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return sum(map(int, words[11:13])) / _TICKS if words else 0.0


def _machine_cpu() -> float:
    user, nice, system, _, _, irq, soft = map(int, _read(Path("/proc/stat")).split()[1:8])
    return (user + nice + system + irq + soft) / _TICKS


def _files(pid: int) -> list[str]:
    found = []
    for one in _list(Path(f"/proc/{pid}/fd")):
        try:
            found.append(str(one.readlink()))
        except OSError:  # closed meanwhile
            continue
    return found


def _list(folder: Path) -> list[Path]:
    try:
        return list(folder.iterdir())
    except OSError:  # over meanwhile
        return []


def _read(file: Path) -> str:
    try:
        return file.read_text()
    except OSError:
        return ""
