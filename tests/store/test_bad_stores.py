"""Whatever stands in the store's place: one clear message, never another exception, nothing lost."""

from __future__ import annotations

import sqlite3
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd
import pytest

from analytics.company import company_of
from analytics.problems import BadInput, StoreBusy
from analytics.store import locks
from analytics.store.copies import backup, check, restore
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.settings import read_settings, write_setting
from tests.small_stores import contents, described, edit, load, staged

ROW = {"deal_id": "a", "valid_at": "2024-01-01", "stage": "S1"}


def rich(store: Store, rows: int = 20_000) -> Store:
    """A store whose columns fill more than one block each."""
    staging = staged({})
    frame = pd.DataFrame(
        {
            "deal_id": [f"deal {number}" for number in range(rows)],
            "valid_at": pd.Timestamp("2024-01-01"),
            "source": "test",
            "name": [
                f"{number * 7919 % 104729:x} and {number * 31337 % 15485863:x}" for number in range(rows)
            ],
        }
    )
    changes = frame[["deal_id", "valid_at"]].assign(stage="S1", amount=(np.arange(rows) / 7).round(2))
    file_no = staging.add_file("rich.csv", "test", "rich", rows)
    staging.add("deal", frame, file_no=file_no)
    staging.add("deal_change", changes, file_no=file_no)
    land(store, staging, kind="test")
    return store


def text_file(path: Path) -> None:
    path.write_text("Deal,Amount\nA,1\n" * 2000, encoding="utf-8")


def empty_file(path: Path) -> None:
    path.touch()


def directory(path: Path) -> None:
    path.mkdir()


def random_bytes(path: Path) -> None:
    path.write_bytes(np.random.default_rng(1).bytes(60_000))


def sqlite_file(path: Path) -> None:
    con = sqlite3.connect(path)
    con.execute("create table deal (name)")
    con.commit()
    con.close()


def other_duckdb(path: Path) -> None:
    edit(path, "create table holiday (day date)", "insert into holiday values ('2024-12-25')")


def truncated(path: Path) -> None:
    rich(Store(path))
    with path.open("rb+") as handle:
        handle.truncate(path.stat().st_size // 2)


def only_a_header(path: Path) -> None:
    load(Store(path), deal_change=[ROW])
    with path.open("rb+") as handle:
        handle.truncate(4096)


def newer(path: Path) -> None:
    load(Store(path), deal_change=[ROW])
    edit(path, "insert into migration values (999, '999_future', now()::timestamp)")


BAD: list[Callable[[Path], None]] = [
    text_file,
    directory,
    random_bytes,
    sqlite_file,
    other_duckdb,
    truncated,
    only_a_header,
    newer,
]


def everything_of(path: Path) -> object:
    return sorted(file.name for file in path.iterdir()) if path.is_dir() else path.read_bytes()


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_reading_it_is_refused_with_one_message(make: Callable[[Path], None], store: Store) -> None:
    make(store.path)
    before = everything_of(store.path)
    for ask in (
        lambda: store.query("deal_stakeholders", deal_id="a", as_of_end=pd.Timestamp("2025-01-01")),
        lambda: company_of(store),
        lambda: read_settings(store),
    ):
        try:
            ask()
        except BadInput as error:
            assert store.path.name in str(error), "it names the file"  # noqa: PT017
            assert "\n" not in str(error), "one line"  # noqa: PT017
        else:
            assert make is truncated, "only what lies in the half that is left may still be answered"
    assert everything_of(store.path) == before, "looking at it changed it"


@pytest.mark.parametrize(
    "make",
    [text_file, directory, random_bytes, sqlite_file, other_duckdb, newer],
    ids=lambda make: make.__name__,
)
def test_importing_into_it_is_refused_and_leaves_it_alone(make: Callable[[Path], None], store: Store) -> None:
    make(store.path)
    before = everything_of(store.path)
    with pytest.raises(BadInput) as caught:
        load(store, deal_change=[ROW])
    assert store.path.name in str(caught.value)
    assert everything_of(store.path) == before


def test_a_damaged_store_is_never_read_as_if_it_were_whole(store: Store) -> None:
    truncated(store.path)
    with pytest.raises(BadInput):
        store.query(
            "deals_as_of",
            as_of_end=pd.Timestamp("2025-01-01"),
            closed_since=pd.Timestamp("2024-01-01"),
            deal_id=None,
        )


def test_a_missing_store_says_how_to_make_one(store: Store) -> None:
    with pytest.raises(BadInput, match="analytics demo"):
        store.query("imports")
    assert not store.path.exists(), "asking made a file"


def test_an_empty_file_is_a_store_that_was_never_filled(store: Store) -> None:
    """`touch`, or an import that was stopped before it wrote anything: the next import works."""
    empty_file(store.path)
    with pytest.raises(BadInput):
        store.query("imports")
    load(store, deal_change=[ROW])
    assert len(contents(store)["deal_change"]) == 1


def test_after_a_first_import_that_failed_there_is_no_store_rather_than_a_foreign_one(store: Store) -> None:
    def stop(share: float, text: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        land(store, staged({"deal_change": [ROW]}), kind="test", progress=stop)
    with pytest.raises(BadInput, match="analytics demo") as caught:
        store.query("imports")
    assert "not a Plumbline store" not in str(caught.value), "it is ours, and empty"
    load(store, deal=described([ROW]), deal_change=[ROW])
    assert check(store) == []


@pytest.mark.parametrize("inside", ["file.txt/store.duckdb", "file.txt/deeper/store.duckdb"])
def test_a_store_below_a_file_is_refused(inside: str, tmp_path: Path) -> None:
    (tmp_path / "file.txt").write_text("no folder")
    store = Store(tmp_path / inside)
    with pytest.raises(BadInput):
        store.query("imports")
    with pytest.raises(BadInput):
        load(store, deal_change=[ROW])


def test_an_older_store_is_brought_up_to_date_by_reading_it(
    store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    load(store, deal_change=[ROW])
    from analytics.store import database

    later = tmp_path / "002_more.sql"
    later.write_text("create table more (n INTEGER)", encoding="utf-8")
    known = database.migrations()
    number = known[-1][0] + 1
    monkeypatch.setattr(database, "migrations", lambda: [*known, (number, later)])
    assert "more" in contents(store)
    assert len(contents(store)["deal_change"]) == 1


def test_a_store_in_use_elsewhere_is_waited_for_and_then_named(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    load(store, deal_change=[ROW])
    monkeypatch.setenv("PLUMBLINE_LOCK_TIMEOUT", "0.1")
    with locks.exclusive(store.path), pytest.raises(StoreBusy, match="in use by another process"):
        load(store, deal_change=[ROW])
    assert len(contents(store)["deal_change"]) == 1, "the lock was left behind"


def test_a_wait_limit_that_is_no_number_is_named(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    load(store, deal_change=[ROW])
    monkeypatch.setenv("PLUMBLINE_LOCK_TIMEOUT", "soon")
    with pytest.raises(BadInput, match="PLUMBLINE_LOCK_TIMEOUT"):
        store.query("imports")


def test_a_reading_within_a_reading_does_not_keep_the_store_open(store: Store) -> None:
    load(store, deal_change=[ROW])
    with store.reading(), store.reading() as inner:
        inner.execute("select 1 from deal_change").fetchall()
    load(store, deal_change=[{**ROW, "deal_id": "b"}])
    with pytest.raises(duckdb.Error):
        inner.execute("select 1")


def test_a_connection_reaches_nothing_but_the_store(store: Store, tmp_path: Path) -> None:
    load(store, deal_change=[ROW])
    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    with store.reading() as con, pytest.raises(duckdb.Error):
        con.execute(f"select * from '{secret}'").fetchall()
    with store.reading() as con, pytest.raises(duckdb.Error):
        con.execute("delete from deal_change")


# --- disks -------------------------------------------------------------------------------------------------


def mount(*arguments: str) -> None:
    try:
        done = subprocess.run(["mount", *arguments], capture_output=True, text=True, check=False)
    except OSError as error:
        pytest.skip(f"no mount here: {error}")
    if done.returncode:
        pytest.skip(f"mounting is not allowed here: {done.stderr.strip()}")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of three megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mount("-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk))
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=False)


def test_a_full_disk_stops_an_import_and_loses_nothing(small_disk: Path) -> None:
    store = Store(small_disk / "store.duckdb")
    load(store, deal=described([ROW]), deal_change=[ROW])
    before = contents(store)
    staging = staged({})
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(
        {
            "deal_id": [f"{number}" for number in range(60_000)],
            "valid_at": pd.Timestamp("2024-01-01"),
            "name": [rng.bytes(40).hex() for _ in range(60_000)],
        }
    )
    staging.add("deal", frame, file_no=staging.add_file("big.csv", "test", "big", len(frame)))
    with pytest.raises(BadInput, match="as it was before"):
        land(store, staging, kind="test")
    assert contents(store) == before
    assert check(store) == []
    load(store, deal_change=[{**ROW, "deal_id": "b"}])


def test_a_full_disk_stops_a_backup_and_leaves_no_half_of_it(small_disk: Path, store: Store) -> None:
    rich(store)
    target = small_disk / "copy.duckdb"
    (small_disk / "fill").write_bytes(b"x" * (2_900_000))
    with pytest.raises(BadInput, match="copy could not be written"):
        backup(store, target)
    assert not target.exists()
    assert [file.name for file in small_disk.iterdir()] == ["fill"]


def test_on_a_read_only_disk_reading_works_and_writing_is_refused(small_disk: Path) -> None:
    store = Store(small_disk / "store.duckdb")
    load(store, deal_change=[ROW])
    before = contents(store)
    mount("-o", "remount,ro", str(small_disk))
    assert contents(store) == before
    for attempt in (
        lambda: load(store, deal_change=[{**ROW, "deal_id": "b"}]),
        lambda: write_setting(store, "company_name", "X"),
        lambda: load(Store(small_disk / "new.duckdb"), deal_change=[ROW]),
        lambda: load(Store(small_disk / "folder" / "new.duckdb"), deal_change=[ROW]),
        lambda: backup(store, small_disk / "copy.duckdb"),
        lambda: restore(store, store.path),
    ):
        with pytest.raises(BadInput):
            attempt()
    assert contents(store) == before
