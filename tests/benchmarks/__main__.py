"""`python -m tests.benchmarks`: how fast Plumbline is on this machine, as one table."""

from __future__ import annotations

import argparse
import json
import os
import platform
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

# Nothing heavy is imported here: a started process inherits the peak memory of the one that starts it.


@dataclass(frozen=True)
class Row:
    """A row of the table: our job, the job it is compared with, and the most that the ratio may be."""

    what: str
    job: str
    floor: str = ""
    most: float | None = None
    seconds: float | None = None  # the aim, where there is no floor to compare with


ROWS = (
    Row("import (files to committed store)", "import_files", "bare_import", 3.0),
    Row("import the same files again", "import_again"),
    Row("deals as of a day", "as_of_reading", "bare_as_of_reading", 3.0),
    Row("whole home page", "home_page", "bare_home_page", 3.0),
    Row("one deal", "a_deal"),
    Row("forecast", "a_forecast"),
    Row("forecast, cold from the command line", "cold_forecast"),
)
CASE_ROWS = (
    Row("judge 100,000 answers", "score_answers", seconds=60),
    Row("search 100,000 answers", "search_answers", seconds=1),
    Row("business-case page, 10,000 open deals", "case_page"),
    Row("agreement with 100,000 levels of people", "agreement"),
    Row("import 300 Blue Sheets from a zip", "import_sheets", seconds=60),
)
NUMBER_ROWS = (
    Row("10,000 simulated quarters, 2,000 open deals", "simulated_quarters", seconds=2),
    Row("what the number rests on, cold", "learned_basis", seconds=90),
    Row("forecast with bridge and range, basis there", "warm_forecast"),
    Row("what if: five deals ticked as won", "what_if_tick", seconds=1),
)
MOST_MEGABYTES = 2000


@dataclass(frozen=True)
class Measured:
    """The best time of several runs, and the highest peak of memory."""

    seconds: float
    megabytes: float


def main() -> None:
    """Write the export, run every job in a process of its own, print the table."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__)
    parser.add_argument(
        "--deals", type=int, default=100_000, help="deals in the export (10 history rows each)"
    )
    parser.add_argument("--runs", type=int, default=3, help="runs of each job; the best counts")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="plumbline-bench-") as folder:
        _say(f"writing an export of {given.deals:,} deals")
        _run("export", folder, str(given.deals))
        lines = [_line(row, folder, given.runs) for row in ROWS]
        _say("writing 100,000 answers and 300 Blue Sheets")
        _run("cases", folder)
        lines += [_line(row, folder, given.runs) for row in CASE_ROWS]
        _say("building a company with 2,000 open deals")
        _run("numbers", folder)
        lines += [_line(row, folder, given.runs) for row in NUMBER_ROWS]
    _say("")
    print(
        f"{given.deals:,} deals, {given.deals * 10:,} history rows; best of {given.runs} runs. {_machine()}"
    )
    print()
    _print_table([("what", "ours (s)", "floor (s)", "ratio", "peak memory (MB)", "aim", "met?"), *lines])


def _line(row: Row, folder: str, runs: int) -> tuple[str, ...]:
    ours = _best(row.job, folder, runs)
    floor = _best(row.floor, folder, runs) if row.floor else None
    ratio = ours.seconds / floor.seconds if floor else None
    met = ours.megabytes < MOST_MEGABYTES and (row.most is None or ratio is None or ratio <= row.most)
    met = met and (row.seconds is None or ours.seconds <= row.seconds)
    aim = f"<= {row.most:.0f}x, " if row.most else f"<= {row.seconds:.0f} s, " if row.seconds else ""
    return (
        row.what,
        f"{ours.seconds:.2f}",
        f"{floor.seconds:.2f}" if floor else "",
        f"{ratio:.1f}" if ratio else "",
        f"{ours.megabytes:,.0f}",
        f"{aim}< 2 GB",
        "yes" if met else "no",
    )


def _best(job: str, folder: str, runs: int) -> Measured:
    _say(job)
    done = [_run(job, folder) for _ in range(runs)]
    return Measured(min(run.seconds for run in done), max(run.megabytes for run in done))


def _run(*arguments: str) -> Measured:
    line = [sys.executable, "-m", "tests.benchmarks.jobs", *arguments]
    done = subprocess.run(line, check=True, stdout=subprocess.PIPE, text=True)
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def _say(text: str) -> None:
    """What is going on, on a terminal only."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)


def _machine() -> str:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    memory = Path("/proc/meminfo")
    size = ""
    if memory.exists():
        kilobytes = int(memory.read_text(encoding="utf-8").split()[1])
        size = f", {kilobytes / 1024**2:.0f} GB memory"
    busy = f", load {os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else ""
    packages = ", ".join(f"{name} {version(name)}" for name in ("duckdb", "pandas", "numpy"))
    return f"{cores} cores{size}{busy}; Python {platform.python_version()}, {packages}; {platform.system()}."


def _print_table(rows: list[tuple[str, ...]]) -> None:
    """As Markdown, so that it can be pasted."""
    widths = [max(len(row[place]) for row in rows) for place in range(len(rows[0]))]
    for number, row in enumerate(rows):
        cells = [
            cell.rjust(width) if 0 < place < 5 else cell.ljust(width)
            for place, (cell, width) in enumerate(zip(row, widths, strict=True))
        ]
        print(f"| {' | '.join(cells)} |")
        if number == 0:
            marks = [
                f"{'-' * (width - 1)}{':' if 0 < place < 5 else '-'}" for place, width in enumerate(widths)
            ]
            print(f"| {' | '.join(marks)} |")


if __name__ == "__main__":
    main()
