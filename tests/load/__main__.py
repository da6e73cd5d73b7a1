"""`python -m tests.load`: many people click in one weekly meeting: errors, times, memory.

The same people first click one after the other, each alone on the warm app; then all together. **Fair** is
what a click would take on an ideal machine: each click needs what one of its kind on its page needed alone,
comes when it really came, and the cores are shared evenly among all that are in progress at that moment. A
page's 95th percentile may be twice the fair one. A slow app cannot excuse itself: what it makes people wait
is not in the fair time, and fewer clicks make the fair time shorter.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path

from analytics.wording import count
from tests.load.measure import BY_ITSELF, LEAST_MINUTES, MOST_TIMES, Click, PageTimes, Rise, by_page, rise_of
from tests.load.people import PAGES, Meeting
from tests.load.screen import Screen
from tests.load.watch import Sample, Watch
from tests.serving import wait_until_answered
from tests.visitor import Visitor

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Found:
    """All that a load has shown."""

    alone: list[Click]
    together: list[Click]
    samples: list[Sample]
    cores: dict[str, dict[str, float]]  # busy on average: alone, together
    tracebacks: int
    pages: list[PageTimes]

    @property
    def rise(self) -> Rise:
        """How memory went."""
        return rise_of([one.at for one in self.samples], [one.megabytes for one in self.samples])

    @property
    def failures(self) -> list[str]:
        """What did not hold; empty if all did."""
        clicks = [*self.alone, *self.together]
        problems = Counter(f"{one.page}, {one.kind}: {one.problem}" for one in clicks if one.problem)
        found = [f"{times}x {problem}" for problem, times in problems.most_common()]
        if self.tracebacks:
            found.append(f"{self.tracebacks} tracebacks in the app's log")
        found += [
            f"{page.page}: p95 {page.p95:.2f} s is {page.times:.1f} times the fair {page.fair95:.2f} s"
            for page in self.pages
            if page.is_judged and page.times > MOST_TIMES
        ]
        if self.rise.minutes * 1.5 >= LEAST_MINUTES and not self.rise.levels_off:
            found.append(f"memory rose by {self.rise.total:.0f} MB in {self.rise.minutes:.0f} minutes")
        return found


def main() -> int:
    """Exit code 1 where something did not hold."""
    given = _given()
    with tempfile.TemporaryDirectory(prefix="plumbline-load-") as folder:
        store = Path(folder) / "load.duckdb"
        if given.store:
            shutil.copy(given.store, store)
        else:
            _say("building the sample company")
            subprocess.run(
                [sys.executable, "-m", "analytics", "--store", store, "demo"], cwd=ROOT, check=True
            )
        _say("publishing what is learned, as the night does")
        command = [sys.executable, "-m", "analytics", "--store", store, "publish"]
        subprocess.run(command, cwd=ROOT, check=True)
        logs = [Path(folder) / f"app-{number}.log" for number in range(given.processes)]
        with ExitStack() as stack:
            served = [
                stack.enter_context(serving(store, log, given.port + number))
                for number, log in enumerate(logs)
            ]
            found = drive([url for url, _ in served], [pid for _, pid in served], logs, given)
    print(report(found, given))
    if given.out:
        kept = asdict(found) | {"given": vars(given) | {"out": str(given.out)}, "rise": asdict(found.rise)}
        given.out.write_text(json.dumps(kept | {"failures": found.failures}, default=str), encoding="utf-8")
    return bool(found.failures)


def _given() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.load", description=__doc__)
    parser.add_argument("--people", type=int, default=50)
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--pause", type=float, default=20, help="s between two clicks of one, on average")
    parser.add_argument("--alone", type=int, default=10, help="clicks of each, when alone")
    parser.add_argument("--processes", type=int, default=1, help="of the app; each person stays with one")
    parser.add_argument("--cores", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--store", type=Path, help="a store to copy; else the sample company is built")
    parser.add_argument("--port", type=int, default=8700)
    parser.add_argument("--out", type=Path, help="a JSON file for all clicks and samples")
    return parser.parse_args()


@contextmanager
def serving(store: Path, log: Path, port: int) -> Iterator[tuple[str, int]]:
    """The app as `streamlit run` serves it, in a process of its own; its address and process id."""
    url = f"http://127.0.0.1:{port}"
    environment = os.environ | {"PLUMBLINE_STORE": str(store), "STREAMLIT_SERVER_PORT": str(port)}
    with log.open("wb") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py"],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=out,
        )
    try:
        wait_until_answered(f"{url}/_stcore/health", process, log)
        yield url, process.pid
    finally:
        process.terminate()
        process.wait(timeout=60)


def drive(urls: Sequence[str], pids: Sequence[int], logs: Sequence[Path], given: argparse.Namespace) -> Found:
    """Warm the app, let all click alone, then together."""
    _say("every page once")
    for url in urls:
        warm(url)
    meeting = Meeting(urls, given.people, given.pause, given.seed)
    _say(f"{given.people} people one after the other, {given.alone} clicks each")
    with Watch(pids) as before:
        meeting.one_by_one(given.alone)
    alone, meeting.clicks = meeting.clicks, []
    _say(f"{given.people} people together for {given.minutes:g} minutes; {len(alone)} clicks alone were made")
    with Watch(pids) as watch:
        meeting.hold(given.minutes)
    together = sorted(meeting.clicks, key=lambda click: click.at)
    tracebacks = sum(log.read_text(encoding="utf-8").count("Traceback (most recent") for log in logs)
    pages = by_page(together, alone, given.cores, given.seed)
    cores = {"alone": before.cores(), "together": watch.cores()}
    return Found(alone, together, watch.samples, cores, tracebacks, pages)


def warm(url: str) -> None:
    """Look at every page once, so that what takes a minute has been learned."""
    with Visitor(url).tab() as tab:
        screen = Screen(tab)
        screen.open()
        for page in PAGES:
            screen.go(page)


def report(found: Found, given: argparse.Namespace) -> str:
    """The tables, as Markdown."""
    busy = "; ".join(
        f"{when}: {', '.join(f'{what} {share:.2f}' for what, share in cores.items())}"
        for when, cores in found.cores.items()
    )
    clicks = [one for one in found.together if one.kind != BY_ITSELF]
    seconds = found.samples[-1].at - found.samples[0].at
    return "\n".join(
        [
            f"{given.people} people, {count(given.processes, 'process', 'processes')}, a pause of"
            f" {given.pause:g} s on average, {seconds / 60:.1f} minutes,"
            f" seed {given.seed}: {len(clicks)} clicks ({len(clicks) / seconds:.2f} a second),"
            f" {len(found.together) - len(clicks)} runs by themselves,"
            f" {sum(one.kind == 'open' for one in clicks)} openings, reloads among them.",
            f"{given.cores} cores; busy on average {busy}. Python {platform.python_version()}, Streamlit"
            f" {version('streamlit')}, {time.strftime('%Y-%m-%d')}.",
            "",
            "| page | clicks | errors | alone p50 | alone p95 | together p50 | p95 | fair p95 | times fair |",
            "|---|---:|---:|---:|---:|---:|---:|---:|---:|",
            *[_line(page) for page in found.pages],
            "",
            *_memory(found),
            "",
            *(found.failures or ["All held."]),
        ]
    )


def _line(page: PageTimes) -> str:
    mark = "" if page.is_judged else " (few)"
    return (
        f"| {page.page} | {page.n} | {page.errors} | {page.alone50:.2f} | {page.alone95:.2f}"
        f" | {page.p50:.2f} | {page.p95:.2f} | {page.fair95:.2f} | {page.times:.1f}{mark} |"
    )


def _memory(found: Found) -> list[str]:
    rise, some = found.rise, found.samples[:: max(len(found.samples) // 12, 1)]
    fields = ("megabytes", "children", "threads", "sockets", "store_files", "other_files")
    rows = [
        [f"{(one.at - some[0].at) / 60:.1f}", *(f"{getattr(one, name):.0f}" for name in fields)]
        for one in some
    ]
    return [
        "| minute | MB | children | threads | sockets | store's files | other files |",
        "|---:|---:|---:|---:|---:|---:|---:|",
        *[f"| {' | '.join(row)} |" for row in rows],
        "",
        f"Memory over the last {rise.minutes:.1f} minutes: {rise.at:.0f} MB,"
        f" {rise.per_10_minutes:+.1f} MB per 10 minutes, noise {rise.noise:.1f} MB:"
        f" {'levels off' if rise.levels_off else 'rises'}.",
    ]


def _say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')} {what}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
