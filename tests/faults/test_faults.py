"""A short run of the driver (`python -m tests.faults`): one fault of each kind that found something once."""

from __future__ import annotations

import contextlib
import io
import random
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from analytics.problems import NoStore
from analytics.store.database import Store
from tests.faults.damage import damaged
from tests.faults.deeds import copy_of, export, make
from tests.faults.disks import NoMount, full, read_only
from tests.faults.forks import Forks
from tests.faults.kills import Case, at_every_step, at_random_moments, case_of, do, one_store_for_long
from tests.faults.tally import Tally

needs_strace = pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    with contextlib.redirect_stdout(io.StringIO()):
        return make(tmp_path_factory.mktemp("template"))


@pytest.fixture(scope="module")
def forks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Forks]:
    with Forks(tmp_path_factory.mktemp("forks")) as started:
        yield started


@pytest.fixture(scope="module")
def decision(template: Path, tmp_path_factory: pytest.TempPathFactory) -> Case:
    return case_of("decision", template, tmp_path_factory.mktemp("decision") / "trial")


def none_lost(tally: Tally) -> None:
    assert tally.injected
    assert tally.problems == []


def test_a_deed_killed_at_random_moments(decision: Case, forks: Forks, tmp_path: Path) -> None:
    none_lost(at_random_moments(decision, forks, tmp_path / "trial", 4, random.Random(1)))


def test_a_store_that_is_killed_again_and_again(template: Path, forks: Forks, tmp_path: Path) -> None:
    none_lost(one_store_for_long(template, forks, tmp_path / "trial", 3, random.Random(2)))


@needs_strace
@pytest.mark.parametrize(
    ("called", "fault"),
    [("kill", "signal=KILL:when={}"), ("full", "error=ENOSPC:when={}+"), ("broken", "error=EIO:when={}")],
)
def test_a_deed_disturbed_at_its_steps(
    called: str, fault: str, decision: Case, forks: Forks, tmp_path: Path
) -> None:
    none_lost(at_every_step(decision, forks, tmp_path / "trial", fault, called, stride=5))


@needs_strace
def test_the_log_of_a_killed_writer_goes_with_the_next_reader(
    template: Path, forks: Forks, tmp_path: Path
) -> None:
    """One without a commit stayed, and every reader took its turn as a writer."""
    path = copy_of(template, tmp_path / "trial")
    forks.traced("import", path, "2", "signal=KILL:when=2", steps="write")
    log = path.with_name(path.name + ".wal")
    assert log.exists(), "the premise: the log of an import that did not come to its end"
    with Store(path).reading():
        assert not log.exists()


@needs_strace
def test_a_first_import_killed_at_any_step_leaves_no_store(forks: Forks, tmp_path: Path) -> None:
    """A file of which only the beginning was written could not be opened, nor told from a damaged store."""
    path = tmp_path / "store.duckdb"
    export(tmp_path / "export" / "2", 2)
    for steps, number in (("pwrite64", 2), ("pwrite64", 3), ("rename", 1), ("write", 1), ("write", 2)):
        ended = forks.traced("import", path, "2", f"signal=KILL:when={number}", steps=steps)
        assert ended.code == -signal.SIGKILL
        with pytest.raises(NoStore, match="analytics demo"), Store(path).reading():
            pass
    do("import", path, "2")


def test_damage_is_said_and_never_read_as_if_it_were_whole(
    template: Path, forks: Forks, tmp_path: Path
) -> None:
    for tally in damaged(template, forks, tmp_path, 2, random.Random(3)):
        none_lost(tally)


def test_a_full_and_a_read_only_disk(decision: Case, forks: Forks, tmp_path: Path) -> None:
    try:
        none_lost(full(decision, forks, tmp_path / "disk", [0, 200]))
        none_lost(read_only(decision, forks, tmp_path / "disk"))
    except NoMount as error:
        pytest.skip(f"mounting is not allowed here: {error}")
