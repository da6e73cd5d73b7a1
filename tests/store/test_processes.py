"""Real processes: killed in the middle of an import, and reading while another one writes."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from analytics.problems import BadInput
from analytics.store.copies import check
from analytics.store.database import Store
from analytics.store.undo import put_back
from tests.small_stores import load

ROOT = Path(__file__).parents[2]
ROWS = 20_000  # what one import of the killed process brings

IMPORTER = """
import sys
from pathlib import Path
import pandas as pd
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.staging import Staging
path, number, rows = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
staging = Staging()
ids = [f"import {number} deal {n}" for n in range(rows)]
frame = pd.DataFrame({"deal_id": ids, "valid_at": pd.Timestamp("2024-01-01"), "source": "test", "name": ids})
file_no = staging.add_file("f.csv", "test", f"sha {number}", 2 * rows)
staging.add("deal", frame, file_no=file_no)
changes = frame[["deal_id", "valid_at"]].assign(stage="S1", line=range(rows, 2 * rows))
staging.add("deal_change", changes, file_no=file_no)
print("landing", flush=True)
land(Store(path), staging, kind="test")
print("landed", flush=True)
"""


def start(code: str, *arguments: object) -> subprocess.Popen[str]:
    environment = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "error"}
    return subprocess.Popen(
        [sys.executable, "-c", code, *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
    )


def say(process: subprocess.Popen[str], word: str) -> None:
    assert process.stdout is not None
    line = process.stdout.readline()
    if line.strip() != word:
        _, err = process.communicate(timeout=60)
        raise AssertionError(f"waited for {word!r}, got {line!r}: {err}")


def state(store: Store) -> dict[int, tuple[int, int]]:
    """Rows of both tables per import."""
    with store.reading() as con:
        rows = con.execute(
            "select import_id, (select count(*) from deal d where d.import_id = i.import_id),"
            " (select count(*) from deal_change c where c.import_id = i.import_id) from import i"
        ).fetchall()
        total = con.execute(
            "select (select count(*) from deal), (select count(*) from deal_change)"
        ).fetchone()
    assert total == (sum(row[1] for row in rows), sum(row[2] for row in rows)), "rows of no recorded import"
    return {row[0]: (row[1], row[2]) for row in rows}


@pytest.mark.slow
def test_a_killed_import_leaves_the_store_as_before_or_as_after(store: Store) -> None:
    row = {"deal_id": "first", "valid_at": "2024-01-01", "stage": "S1"}
    load(store, deal=[{**row, "source": "test"}], deal_change=[row])
    began = time.monotonic()
    measured = start(IMPORTER, store.path, 0, ROWS)
    say(measured, "landing")
    landing = time.monotonic()
    say(measured, "landed")
    lasted = time.monotonic() - landing
    measured.communicate(timeout=60)
    rng, outcomes = random.Random(int(began)), []
    moments = [0.0, 0.4, 0.65, 0.95]
    for number, moment in enumerate(moments, start=1):
        before = state(store)
        process = start(IMPORTER, store.path, number, ROWS)
        say(process, "landing")
        time.sleep(lasted * (moment + rng.uniform(0, 0.1)))
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        after = state(store)
        new = {key: counts for key, counts in after.items() if key not in before}
        assert {key: after[key] for key in before} == before, "an earlier import lost rows"
        assert new in ({}, {max(before) + 1: (ROWS, ROWS)}), f"half an import, killed at {moment:.0%}: {new}"
        outcomes.append(bool(new))
        assert check(store) == [], f"killed at {moment:.0%}"
    assert not all(outcomes), "the test never hit the middle of an import"
    last = load(store, deal=[{**row, "deal_id": "z", "source": "test"}])
    assert last.files[0].loaded == 1, "the next import works"
    assert not store.path.with_name(store.path.name + ".wal").exists(), "nothing is left beside the store"


@pytest.mark.slow
def test_killing_the_very_first_import_leaves_no_store_or_a_whole_one(tmp_path: Path) -> None:
    for number, delay in enumerate((0.02, 0.2)):
        store = Store(tmp_path / f"{number}.duckdb")
        process = start(IMPORTER, store.path, number, ROWS)
        say(process, "landing")
        time.sleep(delay)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        try:
            found = state(store)
        except BadInput as error:
            assert "analytics demo" in str(error), "it says how to begin"  # noqa: PT017
        else:
            assert found in ({}, {1: (ROWS, ROWS)})
        load(store, deal=[{"deal_id": "z", "source": "test"}])
        assert check(store) == []


READER = """
import sys, time
from pathlib import Path
from analytics.store.database import Store
store, until, per_import = Store(Path(sys.argv[1])), Path(sys.argv[2]), int(sys.argv[3])
seen, last = 0, -1
print("reading", flush=True)
while True:
    over = until.exists()
    files = store.query("imports")
    with store.reading() as con:
        counts = con.execute("select import_id, count(*) from deal_change group by import_id").fetchall()
        recorded = con.execute("select count(*) from import").fetchone()[0]
    assert all(n == per_import for _, n in counts), f"half an import: {counts}"
    assert len(counts) == recorded, f"{len(counts)} imports have rows, {recorded} are recorded"
    assert recorded >= last, "the past came back"
    seen, last = seen + 1, recorded
    if over:
        break
    time.sleep(0.005)
print(f"{seen} {last}", flush=True)
"""

WRITER = (
    IMPORTER.split("staging = Staging()")[0]
    + """
for n in range(number):
    staging = Staging()
    ids = [f"import {n} deal {m}" for m in range(rows)]
    frame = pd.DataFrame({"deal_id": ids, "valid_at": pd.Timestamp("2024-01-01"), "stage": "S1"})
    staging.add("deal_change", frame, file_no=staging.add_file("f.csv", "test", f"sha {n}", rows))
    land(Store(path), staging, kind="test")
print("done", flush=True)
"""
)


@pytest.mark.slow
def test_readers_and_a_writer_in_processes_of_their_own_all_finish(store: Store, tmp_path: Path) -> None:
    imports, per_import = 5, 1_000
    frame = [{"deal_id": f"{n}", "valid_at": "2024-01-01", "stage": "S1"} for n in range(per_import)]
    load(store, deal_change=frame)
    over = tmp_path / "over"
    readers = [start(READER, store.path, over, per_import) for _ in range(2)]
    for reader in readers:
        say(reader, "reading")
    writer = start(WRITER, store.path, imports, per_import)
    out, err = writer.communicate(timeout=240)
    over.touch()
    assert out.strip() == "done", f"the writer failed: {err}"
    for reader in readers:
        out, err = reader.communicate(timeout=120)
        assert reader.returncode == 0, f"a reader failed: {err}"
        seen, last = map(int, out.split())
        assert last == imports + 1, "a reader never saw the last import"
        assert seen >= 2
    assert len(state_of_changes(store)) == imports + 1


def state_of_changes(store: Store) -> dict[int, int]:
    with store.reading() as con:
        rows = con.execute("select import_id, count(*) from deal_change group by 1").fetchall()
    return dict(rows)


@pytest.mark.slow
def test_threads_of_one_process_read_and_write(store: Store) -> None:  # noqa: C901
    """The app imports in one session's thread while the others look."""
    per_import, imports, problems = 50, 4, []
    stop = threading.Event()

    def rows(number: int) -> list[dict[str, str]]:
        return [{"deal_id": f"{number}/{n}", "valid_at": "2024-01-01"} for n in range(per_import)]

    load(store, deal_change=rows(0))

    def read() -> None:
        try:
            while not stop.is_set():
                with store.reading():
                    before = state_of_changes(store)
                    store.query("imports")
                    assert state_of_changes(store) == before, "one reading saw two states"
                assert set(before.values()) == {per_import}, before
        except Exception as error:
            problems.append(error)

    def write(first: int) -> None:
        try:
            for number in range(first, first + imports):
                load(store, deal_change=rows(number))
        except Exception as error:
            problems.append(error)

    readers = [threading.Thread(target=read) for _ in range(3)]
    writers = [threading.Thread(target=write, args=(first,)) for first in (100, 200)]
    for thread in [*readers, *writers]:
        thread.start()
    for thread in writers:
        thread.join(120)
    stop.set()
    for thread in readers:
        thread.join(120)
    assert not problems, problems
    assert not any(thread.is_alive() for thread in [*readers, *writers]), "somebody waits for ever"
    assert len(state_of_changes(store)) == 2 * imports + 1


UNDOER = """
import sys
from pathlib import Path
from analytics.store.database import Store
from analytics.store.undo import put_back, undo
store, number = Store(Path(sys.argv[1])), int(sys.argv[2])
print("undoing", flush=True)
undo(store, number)
print("undone", flush=True)
put_back(store, number)
print("back", flush=True)
"""


@pytest.mark.slow
def test_a_killed_undo_leaves_the_store_as_before_or_as_after(store: Store) -> None:
    """Undone and put back in one process, killed at moments all over it: three states, two of them equal."""
    rows = 3_000
    for number, stage in enumerate(("S1", "S2", "S1"), start=1):
        changes = [
            {"deal_id": f"d{n}", "valid_at": f"2024-01-0{number}", "stage": stage} for n in range(rows)
        ]
        load(store, deal_change=changes)
    measured = start(UNDOER, store.path, 2)
    say(measured, "undoing")
    began = time.monotonic()
    before = state_of_changes(store)
    for word in ("undone", "back"):
        say(measured, word)
    lasted = time.monotonic() - began
    measured.communicate(timeout=60)
    assert before == state_of_changes(store) == dict.fromkeys((1, 2, 3), rows)
    without = {1: rows}  # the third only went back to the first
    rng, seen = random.Random(7), set()
    for number in range(15):
        process = start(UNDOER, store.path, 2)
        say(process, "undoing")
        time.sleep(lasted * (number + rng.uniform(0, 1)) / 15)
        process.send_signal(signal.SIGKILL)
        process.communicate(timeout=60)
        found = state_of_changes(store)
        assert found in (before, without), f"half an undo: {found}"
        assert [line for line in check(store) if "no description" not in line] == []
        seen.add(len(found))
        if found == without:
            put_back(store, 2)
            assert state_of_changes(store) == before
    assert len(seen) == 2, "the test never hit the middle"
