"""`python -m tests.fuzz`: every parser, or one, for so many minutes; what is found is kept in a folder."""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path

_NAMES = (
    *("text", "values", "mapping", "archive", "workbook", "word", "raw", "cells", "table", "mapped"),
    *("salesforce", "hubspot", "pipedrive", "dynamics", "answers", "targets", "rates", "contacts"),
    "deals",
)


def main() -> int:
    """Fuzz the targets one after the other; exit code 1 where something was found."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=5, help="for each target")
    parser.add_argument("--target", action="append", choices=_NAMES, help="only this one; may be repeated")
    parser.add_argument("--folder", type=Path, default=Path("/tmp/plumbline-fuzz"), help="findings and log")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    seed = int(time.time()) % 100_000
    found = 0
    for name in given.target or _NAMES:
        found += _fuzz(name, given.folder, given.minutes * 60, seed)
    return 1 if found else 0


def _fuzz(name: str, folder: Path, seconds: float, seed: int) -> int:
    """Fuzz one target, again after a stop (too slow, too much memory); returns the number of findings."""
    end, executions, run = time.time() + seconds, 0, 0
    module = "tests.fuzz.deals" if name == "deals" else "tests.fuzz.worker"
    while (left := int(end - time.time())) > 1:
        (folder / f"{name}.json").unlink(missing_ok=True)
        line = [sys.executable, "-m", module, name, str(folder), str(left), str(seed + run)]
        with (folder / f"{name}.out").open("ab") as out:
            subprocess.run(line, stdout=out, stderr=out, check=False)
        counter = folder / f"{name}.json"
        if not counter.exists():
            raise SystemExit(f"{name} did not begin: see {folder / name}.out")
        executions += json.loads(counter.read_text("utf-8"))["executions"]
        run += 1
    kept = folder / "findings" / name
    found = sorted(kept.glob("*.txt")) + sorted(kept.glob("stopped-*"))
    done = f"{seconds / 60:.1f} minutes, {executions:,} executions, {run - 1} restarts"
    print(f"{name}: {done}, {len(found)} findings", flush=True)
    for path in found:
        print(
            f"  {path}: {path.read_text('utf-8').splitlines()[0] if path.suffix == '.txt' else 'stopped'}",
            flush=True,
        )
    with (folder / "log.tsv").open("a", encoding="utf-8") as log:
        log.write(
            f"{time.strftime('%H:%M')}\t{_commit()}\t{name}\t{seconds / 60:.1f}\t{executions}\t{len(found)}\n"
        )
    return len(found)


def _commit() -> str:
    done = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], capture_output=True, text=True, check=False
    )
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
