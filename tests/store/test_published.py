"""What is published is read by the next process only where it is the same, and nobody else could write it."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from analytics.store.published import folder_of, forget, made_once


class Maker:
    """Counts how often something was made."""

    def __init__(self, value: object = "made") -> None:
        self.value, self.times = value, 0

    def __call__(self) -> object:
        self.times += 1
        return self.value


def ask(store: Path, make: Callable[[], object], *, state: object = "facts 1", **other: object) -> object:
    given = {"day": "2026-01-01", "what": "a thing", "still": lambda: True} | other
    return made_once(store, state, make=make, **given)  # type: ignore[arg-type]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    return tmp_path / "store.duckdb"


def files(place: Path) -> list[Path]:
    return sorted(one for one in folder_of(place).iterdir() if one.suffix != ".lock")


def test_it_is_made_once(place: Path) -> None:
    make = Maker()
    assert [ask(place, make) for _ in range(3)] == ["made"] * 3
    assert make.times == 1


def test_another_state_day_or_thing_is_made_anew(place: Path) -> None:
    make = Maker()
    ask(place, make)
    ask(place, make, what="another thing")
    ask(place, make, day="2026-01-02")
    ask(place, make, state="facts 2")
    assert make.times == 4
    assert len(files(place)) == 1, "of a state that nobody will ask for again nothing stays"


def test_the_days_used_last_are_kept(place: Path) -> None:
    make = Maker()
    for day in range(1, 9):
        ask(place, make, day=f"2026-01-0{day}")
        os.utime(files(place)[-1], (day, day))
    assert [one.name.split(".")[1] for one in files(place)] == [f"2026-01-0{day}" for day in (5, 6, 7, 8)]


def test_shared_parts_are_the_callers_own(place: Path) -> None:
    part = ["a part"]
    first = ask(place, lambda: {"part": part}, shared=(part,))
    again = ["a part"]
    second = ask(place, lambda: {"part": part}, shared=(again,))
    assert first["part"] is part
    assert second["part"] is again


def test_what_was_overtaken_while_it_was_made_is_not_kept(place: Path) -> None:
    make = Maker()
    ask(place, make, still=lambda: False)
    ask(place, make)
    assert make.times == 2


@pytest.mark.parametrize("broken", [b"", b"no pickle", pickle.dumps("x")[:-3]], ids=["empty", "text", "cut"])
def test_a_broken_file_is_made_anew(place: Path, broken: bytes) -> None:
    make = Maker()
    ask(place, make)
    files(place)[0].write_bytes(broken)
    assert ask(place, make) == "made"
    assert make.times == 2


class Harmful:
    """Runs when it is read."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (os.environ["HARM"],)


def test_a_file_that_others_could_write_is_never_read(
    place: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HARM", str(tmp_path / "harm"))
    make = Maker()
    ask(place, make)
    files(place)[0].write_bytes(pickle.dumps([Harmful()]))
    files(place)[0].chmod(0o666)
    assert ask(place, make) == "made"
    assert not (tmp_path / "harm").exists()
    assert folder_of(place).stat().st_mode & 0o077 == 0, "nobody else can even look into the folder"
    assert files(place)[0].stat().st_mode & 0o077 == 0


def test_where_nothing_can_be_written_everything_still_works(tmp_path: Path) -> None:
    make = Maker()
    assert ask(tmp_path / "gone" / "store.duckdb", make) == "made"
    assert not (tmp_path / "gone").exists()


def test_two_processes_make_it_once(place: Path) -> None:
    code = (
        "import sys, time; from pathlib import Path; from analytics.store.published import made_once\n"
        "def make():\n    print('made', flush=True); time.sleep(0.5); return 1\n"
        "made_once(Path(sys.argv[1]), 'facts', '2026-01-01', 'a thing', make, lambda: True)"
    )
    running = [
        subprocess.Popen([sys.executable, "-c", code, str(place)], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    said = [one.communicate(timeout=120)[0] for one in running]
    assert sorted(said) == ["", "", "made\n"]


def test_forgetting_removes_all(place: Path) -> None:
    ask(place, Maker())
    forget(place)
    assert not folder_of(place).exists()
    forget(place)
