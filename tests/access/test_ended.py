"""An ended sign-in is ended for every process, also the next one."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from analytics.access import ended
from analytics.access.ended import end, has_ended

MINE, OTHER = ("https://id", "1", "1700000000", "n"), ("https://id", "2", "1700000000", "n")
ASK = (
    "import sys; from pathlib import Path; from analytics.access.ended import has_ended;"
    "print(has_ended(Path(sys.argv[1]), sys.argv[2:]))"
)


@pytest.fixture
def store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(ended, "_here", set())
    return tmp_path / "store.duckdb"


def another_process_says(store: Path, sign_in: tuple[str, ...]) -> str:
    command = [sys.executable, "-c", ASK, str(store), *sign_in]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


def test_other_processes_know_it(store: Path) -> None:
    assert not has_ended(store, MINE)
    end(store, MINE)
    assert has_ended(store, MINE)
    assert another_process_says(store, MINE) == "True"
    assert another_process_says(store, OTHER) == "False"


def test_what_another_process_ends_later_is_seen(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    end(store, MINE)
    assert not has_ended(store, OTHER)
    end(store, OTHER)
    monkeypatch.setattr(ended, "_here", set())  # as if another process had ended both
    assert has_ended(store, OTHER)
    assert has_ended(store, MINE)


def test_the_file_names_nobody_and_is_nobody_elses(store: Path) -> None:
    end(store, ("https://id", "ada@example.com", "1", "n"))
    (file,) = store.parent.iterdir()
    assert "ada" not in file.read_text(encoding="ascii")
    assert file.stat().st_mode & 0o077 == 0


def test_old_ones_go_when_the_file_grows(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ended, "_MOST_BYTES", 10)
    file = store.with_name("store.duckdb.ended")
    file.write_text("0000 1\n", encoding="ascii")
    end(store, MINE)
    end(store, OTHER)
    assert "0000 1" not in file.read_text(encoding="ascii")
    monkeypatch.setattr(ended, "_here", set())
    assert has_ended(store, MINE)
    assert has_ended(store, OTHER)


def test_where_nothing_can_be_written_this_process_knows(tmp_path: Path) -> None:
    nowhere = tmp_path / "gone" / "store.duckdb"
    end(nowhere, MINE)
    assert has_ended(nowhere, MINE)
