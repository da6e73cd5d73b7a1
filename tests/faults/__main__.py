"""`python -m tests.faults [--minutes N]`: faults of every kind, in rounds, until the time is up."""

from __future__ import annotations

import argparse
import contextlib
import io
import os
import random
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from tests.faults.damage import damaged
from tests.faults.deeds import copy_of, make
from tests.faults.disks import NoMount, full, read_only
from tests.faults.forks import Forks
from tests.faults.kills import Case, at_every_step, at_random_moments, cases, one_store_for_long
from tests.faults.tally import Tally
from tests.faults.together import together
from tests.sync.salesforce_fixtures import CLIENT_ID, CLIENT_SECRET, FakeSalesforce

#: How many steps are passed over; the next round begins at the next one.
_STRIDE = 6
_FAULTS = {
    "kill -9 before a step": "signal=KILL:when={}",
    "no space from a step on": "error=ENOSPC:when={}+",
    "an input/output error at a step": "error=EIO:when={}",
}


def main() -> int:
    """Exit code 1 where something was lost, seen half, or said with a traceback."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10)
    parser.add_argument("--seed", type=int, default=int(time.time()) % 100_000)
    given = parser.parse_args()
    folder = Path(tempfile.mkdtemp(prefix="plumbline-faults-"))
    server = FakeSalesforce(20)
    os.environ |= {"SALESFORCE_URL": server.url, "SALESFORCE_CLIENT_ID": CLIENT_ID}
    os.environ |= {"SALESFORCE_CLIENT_SECRET": CLIENT_SECRET}
    print(f"seed {given.seed}, in {folder}", file=sys.stderr)
    try:
        tallies = rounds(folder, random.Random(given.seed), time.monotonic() + given.minutes * 60)
    finally:
        server.close()
        shutil.rmtree(folder, ignore_errors=True)
    print("| fault | injected | survived | acknowledged before |\n|---|---|---|---|")
    for tally in tallies:
        print(tally.line())
    print(f"| all | {sum(t.injected for t in tallies)} | {sum(t.survived for t in tallies)} | |")
    problems = [problem for tally in tallies for problem in tally.problems]
    print("\n".join(["", *problems]) if problems else "\nNothing was lost.")
    return bool(problems)


def rounds(folder: Path, rng: random.Random, until: float) -> list[Tally]:
    """What was found, by kind of fault."""
    found: dict[str, Tally] = {}
    with contextlib.redirect_stdout(io.StringIO()):
        template = make(folder / "template")
        every = list(cases(template, folder))
    with Forks(folder) as forks:
        number = 0
        while time.monotonic() < until:
            for one in _round(number, template, every, forks, folder, rng):
                if time.monotonic() > until:
                    break
                try:
                    tallies = one()
                except NoMount as error:
                    print(f"left out, mounting is not allowed: {error}", file=sys.stderr)
                    continue
                for tally in tallies:
                    found.setdefault(tally.fault, Tally(tally.fault)).add(tally)
                    print(tally.line(), file=sys.stderr, flush=True)
                    print("\n".join(tally.problems), end="", file=sys.stderr)
            number += 1
    return [found[name] for name in sorted(found)]


def _round(
    number: int, template: Path, every: list[Case], forks: Forks, folder: Path, rng: random.Random
) -> Iterator[Callable[[], list[Tally]]]:
    trial = folder / "trial"

    def stepped(case: Case, called: str, fault: str, first: int) -> list[Tally]:
        return [at_every_step(case, forks, trial, fault, called, stride=_STRIDE, first=first % _STRIDE)]

    has_strace = shutil.which("strace") is not None
    for position, case in enumerate(every):
        yield lambda case=case: [at_random_moments(case, forks, trial, 3, rng)]
        for called, fault in _FAULTS.items() if has_strace else ():
            if case.deed != "sync" or "kill" in called:
                yield lambda case=case, called=called, fault=fault: stepped(case, called, fault, number)
        if position % 4 == number % 4 and case.deed != "sync":
            room = [rng.randrange(2000) for _ in range(2)]
            yield lambda case=case, room=room: [full(case, forks, folder / "disk", room)]
            yield lambda case=case: [read_only(case, forks, folder / "disk")]
    yield lambda: [one_store_for_long(template, forks, trial, 12, rng)]
    yield lambda: damaged(template, forks, folder, 3, rng)
    if has_strace:
        yield lambda: damaged(_with_log(template, forks, folder), forks, folder, 2, rng, log=True)
    yield lambda: [together(copy_of(template, trial), folder / f"together {number}", 15, sync=True)]


def _with_log(template: Path, forks: Forks, folder: Path) -> Path:
    """A store whose last import is safe in the log beside it, and not folded in."""
    path = copy_of(template, folder / "with log")
    forks.traced("import", path, "2", "signal=KILL:when=1", steps="pwrite64")
    return path


if __name__ == "__main__":
    sys.exit(main())
