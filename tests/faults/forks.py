"""A process that forks a child for each deed, so that what takes long to import is imported once."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import traceback
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

ROOT = Path(__file__).parents[2]
#: What changes a file or makes it safe: a deed can be killed at each of them, or each can fail.
STEPS = "write,pwrite64,writev,fsync,fdatasync,ftruncate,rename,unlink,sendfile,copy_file_range"


@dataclass(frozen=True)
class Ended:
    """How a deed ended: exit code (-9: killed), whether it had said that it is done, and what went wrong."""

    code: int
    is_done: bool
    error: str


class Forks:
    """Starts deeds, kills them, makes their writing fail."""

    def __init__(self, folder: Path) -> None:
        self.says, self.out = folder / "says", folder / "says.out"
        with (folder / "forks.err").open("w") as err:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.forks"],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=err,
                text=True,
            )
        self._line()  # ready

    def __enter__(self) -> Forks:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.close()
        self.process.stdout.close()
        self.process.wait()

    def _line(self) -> str:
        assert self.process.stdout is not None
        if not (line := self.process.stdout.readline()):
            raise RuntimeError("the forking process has died")
        return line.strip()

    def begin(self, deed: str, store: Path, token: str, *, stopped: bool = False, user: int = 0) -> int:
        """Start a deed; returns the process id. With `stopped` it waits for SIGCONT."""
        assert self.process.stdin is not None
        self.says.write_text("")
        given = {"deed": deed, "store": str(store), "token": token, "stopped": stopped, "user": user}
        self.process.stdin.write(json.dumps({**given, "says": str(self.says)}) + "\n")
        self.process.stdin.flush()
        return int(self._line())

    def end(self) -> Ended:
        """Wait until the deed has ended."""
        code = int(self._line())
        lines = self.says.read_text("utf-8").splitlines()
        return Ended(code, "done" in lines, " ".join(line for line in lines if line not in ("begun", "done")))

    def whole(self, deed: str, store: Path, token: str) -> tuple[Ended, float]:
        """Do it undisturbed; also how long it took, in seconds."""
        began = time.monotonic()
        self.begin(deed, store, token)
        return self.end(), time.monotonic() - began

    def killed(self, deed: str, store: Path, token: str, after: float) -> Ended:
        """Kill it after so many seconds."""
        child = self.begin(deed, store, token)
        time.sleep(after)
        with contextlib.suppress(ProcessLookupError):  # it was quicker
            os.kill(child, signal.SIGKILL)
        return self.end()

    def traced(self, deed: str, store: Path, token: str, fault: str, steps: str = STEPS) -> Ended:
        """Disturb its steps as strace's `inject` says: signal=KILL:when=3, error=ENOSPC:when=3+."""
        child = self.begin(deed, store, token, stopped=True)
        log = self.says.with_name("steps")
        line = ["strace", "-f", "-qq", "-o", str(log), "-p", str(child), "-e", f"trace={steps}"]
        line += [word for path in _files(store, token) for word in ("-P", str(path))]
        tracer = subprocess.Popen(
            [*line, "-e", f"inject={steps}:{fault}"] if fault else line,
            stderr=subprocess.PIPE,
            text=True,
        )
        while _tracer_of(child) == 0:
            if tracer.poll() is not None:
                os.kill(child, signal.SIGKILL)
                self.end()
                raise RuntimeError(f"strace does not work here: {tracer.communicate()[1]}")
            time.sleep(0.002)
        os.kill(child, signal.SIGCONT)
        ended = self.end()
        tracer.communicate()
        return ended

    def steps(self, deed: str, store: Path, token: str) -> list[tuple[str, int]]:
        """The steps of an undisturbed deed: system call, and its number in its thread (as strace counts)."""
        if not (ended := self.traced(deed, store, token, "")).is_done:
            raise RuntimeError(f"undisturbed, {deed} does not end well: {ended}")
        log = self.says.with_name("steps").read_text("utf-8", errors="replace")
        seen: Counter[tuple[str, str]] = Counter()
        found: dict[tuple[str, int], None] = {}
        for thread, name in re.findall(r"^(\d+) +(\w+)\(", log, re.MULTILINE):
            seen[thread, name] += 1
            found[name, seen[thread, name]] = None
        return list(found)


def _files(store: Path, token: str) -> list[Path]:
    """What a deed may write to, besides its own words."""
    targets = [
        store,
        *(store.with_name(name) for name in (f"backup {token}", f"{store.name}.before-restore-1")),
    ]
    copies = [target.with_name(f"{target.name}.unfinished") / target.name for target in targets]
    targets.append(store.with_name(f"{store.name}.new"))
    return [*targets, *copies, *(path.with_name(f"{path.name}.wal") for path in (store, *copies))]


def _tracer_of(process: int) -> int:
    status = Path(f"/proc/{process}/status").read_text("utf-8")
    return int(status.split("TracerPid:")[1].split()[0])


def _child(given: dict[str, str]) -> int:
    from analytics.problems import BadInput
    from tests.faults.deeds import DEEDS, Refused
    from tests.faults.together import app, loads, syncs

    says = os.open(given["says"], os.O_WRONLY | os.O_APPEND)
    out = os.open(given["says"] + ".out", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o666)
    os.dup2(out, 1)
    os.dup2(out, 2)
    if given["user"]:
        os.setgid(int(given["user"]))
        os.setuid(int(given["user"]))
    if given["stopped"]:  # strace counts the steps of each thread apart: with one processor there is one
        os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
        os.kill(os.getpid(), signal.SIGSTOP)
    try:
        deeds = {**DEEDS, "app": app, "loads": loads, "syncs": syncs}
        deeds[given["deed"]](Path(given["store"]), given["token"])
    except (BadInput, Refused) as error:
        os.write(says, str(error).encode())
        return 2
    except BaseException:
        os.write(says, traceback.format_exc().encode())
        return 1
    os.write(says, b"done\n")
    return 0


def serve(lines: Sequence[str]) -> None:
    """Fork a child for each line; print its process id, and how it ended."""
    from analytics.business_case.depth.explain import explain_all
    from tests.faults import deeds, together

    assert deeds
    assert together
    explain_all(["problem"], ["warm"])  # loaded once, for all the children
    print("ready", flush=True)
    for line in lines:
        given = json.loads(line)
        if not (child := os.fork()):
            os._exit(_child(given))
        if given["stopped"]:
            os.waitpid(child, os.WUNTRACED)
        print(child, flush=True)
        print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)


if __name__ == "__main__":
    serve(sys.stdin)  # type: ignore[arg-type]
