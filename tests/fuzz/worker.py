"""One target in a process of its own: `python -m tests.fuzz.worker NAME FOLDER SECONDS SEED`."""

from __future__ import annotations

import json
import random
import sys
import time
from pathlib import Path

import atheris

with atheris.instrument_imports(
    include=["analytics.intake", "analytics.business_case.blue_sheets", "tests.fuzz"]
):
    from tests.fuzz.findings import Findings
    from tests.fuzz.formats import SEEDS, TOKENS
    from tests.fuzz.targets import TARGETS

_LONGEST = 4096
_MEGABYTES = 2500
_SLOWEST = 60


def main() -> None:
    """Fuzz until the time is over; findings, corpus and the count of executions stay in the folder."""
    name, folder, seconds, seed = sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
    corpus = _corpus(name, folder, seed)
    findings = Findings(folder / "findings" / name)
    target, counter = TARGETS[name], folder / f"{name}.json"
    done, began = 0, time.time()

    def once(data: bytes) -> None:
        nonlocal done
        findings.run(target, data)
        done += 1
        if done % 20 == 1 or time.time() - began > seconds - 5:
            told = {"executions": done, "messages": findings.messages, "seconds": time.time() - began}
            counter.write_text(json.dumps(told), "utf-8")

    options = [
        *(f"-max_total_time={seconds}", f"-max_len={_LONGEST}", f"-rss_limit_mb={_MEGABYTES}"),
        *(f"-timeout={_SLOWEST}", f"-seed={seed}", f"-artifact_prefix={findings.folder}/stopped-"),
        *(f"-dict={_dictionary(folder)}", "-report_slow_units=120", "-verbosity=0"),
    ]
    atheris.Setup(["fuzz", *options, str(corpus)], once)
    atheris.Fuzz()


def _corpus(name: str, folder: Path, seed: int) -> Path:
    """The folder of inputs to begin with: examples, and bytes of which pieces are put together."""
    corpus = folder / "corpus" / f"{name}-{seed}"
    corpus.mkdir(parents=True, exist_ok=True)
    chance = random.Random(seed)
    seeds = SEEDS.get(name, []) + [chance.randbytes(chance.randrange(200, 3000)) for _ in range(8)]
    for number, content in enumerate(seeds):
        (corpus / f"seed-{number}").write_bytes(content)
    return corpus


def _dictionary(folder: Path) -> Path:
    path = folder / "tokens.dict"
    escaped = ("".join(f"\\x{byte:02x}" for byte in token.encode()) for token in TOKENS if token)
    path.write_text("".join(f'"{token}"\n' for token in escaped), "utf-8")
    return path


if __name__ == "__main__":
    main()
