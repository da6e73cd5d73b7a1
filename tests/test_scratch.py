"""Scratch folders: gone when they are done with, and gone after a process that was killed."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from analytics import scratch

_WRITES = """
from analytics import scratch
import sys
(scratch.new_folder() / "deals.csv").write_text("Acme,1000")
print(scratch.start(), flush=True)
sys.stdin.read()
"""


def writing(there: Path) -> tuple[subprocess.Popen[str], Path]:
    """A process that has rows in a scratch folder, and waits; its folder."""
    process = subprocess.Popen(
        [sys.executable, "-c", _WRITES],
        env={"TMPDIR": str(there), "PYTHONPATH": str(Path(__file__).parents[1])},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    return process, Path(process.stdout.readline().strip())


@pytest.fixture
def starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder for temporary files in which this process has not begun yet."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    scratch._of_process.cache_clear()
    return tmp_path


@pytest.fixture(autouse=True)
def _begin_again() -> object:
    yield
    scratch._of_process.cache_clear()


@pytest.mark.skipif(sys.platform == "win32", reason="TMPDIR")
def test_what_a_killed_process_left_is_removed_by_the_next_and_nobody_elses(starts: Path) -> None:
    killed, its = writing(starts)
    alive, others = writing(starts)
    killed.kill()
    killed.communicate()
    assert [*its.rglob("deals.csv")], "nothing would be shown"
    mine = scratch.start()
    assert not its.exists()
    assert [*others.rglob("deals.csv")]
    assert mine.exists()
    alive.communicate("")
    assert not others.exists(), "who ends removes it"
    assert {one.name for one in starts.iterdir()} == {mine.name, f"{mine.name}.lock"}


def test_a_system_that_clears_its_temporary_files_stops_nobody(starts: Path) -> None:
    scratch.start().rmdir()
    with scratch.folder() as made:
        assert made.is_dir()


def test_a_folder_is_removed_when_it_is_done_with(starts: Path) -> None:
    with scratch.folder() as made:
        (made / "a.csv").write_text("x")
        assert made.parent == scratch.start()
    assert not made.exists()
