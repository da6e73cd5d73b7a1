"""Copies are whole or not there; rubbish is never put in a store's place; damage is found."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from analytics.problems import BadInput
from analytics.store.copies import backup, check, restore
from analytics.store.database import Store
from tests.small_stores import contents, described, edit, load
from tests.store.test_bad_stores import BAD, everything_of, rich

ROW = {"deal_id": "a", "valid_at": "2024-01-01", "stage": "S1"}
OTHER = {**ROW, "deal_id": "b"}


def sound(store: Store) -> Store:
    load(store, deal=described([ROW]), deal_change=[ROW])
    return store


def test_a_restored_backup_is_what_was_backed_up(store: Store, tmp_path: Path) -> None:
    sound(store)
    kept = contents(store)
    backup(store, tmp_path / "copy.duckdb")
    load(store, deal=described([OTHER]), deal_change=[OTHER])
    later = contents(store)
    restore(store, tmp_path / "copy.duckdb")
    assert contents(store) == kept
    assert check(store) == []
    assert contents(Store(store.path.with_name("store.duckdb.before-restore-1"))) == later


def test_a_restore_makes_the_store_where_there_was_none(store: Store, tmp_path: Path) -> None:
    sound(store)
    backup(store, tmp_path / "copy.duckdb")
    other = Store(tmp_path / "new" / "other.duckdb")
    restore(other, tmp_path / "copy.duckdb")
    assert contents(other) == contents(store)


def test_a_backup_overwrites_nothing(store: Store, tmp_path: Path) -> None:
    sound(store)
    precious = tmp_path / "precious.txt"
    precious.write_text("mine")
    with pytest.raises(BadInput, match="exists already"):
        backup(store, precious)
    assert precious.read_text() == "mine"
    with pytest.raises(BadInput, match="folder"):
        backup(store, tmp_path / "no" / "copy.duckdb")


def test_a_backup_taken_while_imports_run_is_one_whole_state(store: Store, tmp_path: Path) -> None:
    sound(store)
    stop = threading.Event()

    def write() -> None:
        number = 0
        while not stop.is_set() and number < 40:
            number += 1
            rows = [{**ROW, "deal_id": f"{number}/{part}"} for part in range(10)]
            load(store, deal=described(rows), deal_change=rows)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(4):
            copy = tmp_path / f"copy {number}.duckdb"
            backup(store, copy)
            assert check(Store(copy)) == []
            assert (len(contents(Store(copy))["deal_change"]) - 1) % 10 == 0
    finally:
        stop.set()
        writer.join(60)
    assert not writer.is_alive()


@pytest.mark.parametrize("make", BAD, ids=lambda make: make.__name__)
def test_rubbish_is_not_restored(make: Callable[[Path], None], store: Store, tmp_path: Path) -> None:
    sound(store)
    before = everything_of(store.path)
    rubbish = tmp_path / "rubbish.duckdb"
    make(rubbish)
    with pytest.raises(BadInput):
        restore(store, rubbish)
    assert everything_of(store.path) == before
    assert check(store) == []


def test_a_missing_backup_is_named(store: Store, tmp_path: Path) -> None:
    sound(store)
    with pytest.raises(BadInput, match="does not exist"):
        restore(store, tmp_path / "none.duckdb")


def test_what_a_killed_import_had_committed_is_kept_by_a_restore(store: Store, tmp_path: Path) -> None:
    """The log beside the file belongs to the store: the copy kept aside has it, the restored one does not."""
    sound(store)
    backup(store, tmp_path / "copy.duckdb")
    edit(
        store.path,
        "pragma disable_checkpoint_on_shutdown",
        "insert into deal select * replace ('logged' as deal_id) from deal",
    )
    assert store.path.with_name("store.duckdb.wal").exists(), "the test's premise: a log is left"
    restore(store, tmp_path / "copy.duckdb")
    aside = Store(store.path.with_name("store.duckdb.before-restore-1"))
    assert {row[0] for row in contents(aside)["deal"]} == {"a", "logged"}
    assert {row[0] for row in contents(store)["deal"]} == {"a"}


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("update import_file set loaded = loaded + 1", "accounted for"),
        ("delete from import", "not recorded"),
        ("update deal_change set loaded_at = timestamp '2020-01-01'", "not recorded"),
        ("update deal_change set is_won = true", "won without being closed"),
        ("delete from deal", "no description"),
    ],
)
def test_check_finds_planted_damage(store: Store, damage: str, words: str) -> None:
    sound(store)
    assert check(store) == []
    edit(store.path, damage)
    found = check(store)
    assert any(words in problem for problem in found), found


def test_check_reads_every_block_of_every_column(store: Store, tmp_path: Path) -> None:
    rich(store)
    assert check(store) == []
    all_of_it = contents(store, of=["deal", "deal_change"])
    whole = store.path.read_bytes()
    block = 262_144
    missed = []
    used = 0
    for number in range((len(whole) - 12_288) // block):
        start = 12_288 + number * block
        if not any(whole[start + 5_000 : start + 5_064]):
            continue  # nothing is written there
        used += 1
        damaged = Store(tmp_path / f"{number}.duckdb")
        spoilt = bytearray(whole)
        spoilt[start + 5_000 : start + 5_064] = bytes(
            byte ^ 255 for byte in spoilt[start + 5_000 : start + 5_064]
        )
        damaged.path.write_bytes(spoilt)
        try:
            found = check(damaged)
        except BadInput:
            continue
        try:
            harmless = contents(damaged, of=["deal", "deal_change"]) == all_of_it  # a block not in use
        except BadInput:
            harmless = False
        if not found and not harmless:
            missed.append(number)
    assert used >= 3, "the test's premise: several blocks"
    assert not missed, f"damage in blocks {missed} of {used} was not found"


def test_a_restore_can_be_undone_and_undone_again(store: Store, tmp_path: Path) -> None:
    sound(store)
    first = contents(store)
    backup(store, tmp_path / "copy.duckdb")
    load(store, deal=described([OTHER]), deal_change=[OTHER])
    second = contents(store)
    kept = restore(store, tmp_path / "copy.duckdb")
    assert kept is not None
    kept_again = restore(store, kept)
    assert contents(store) == second, "restoring the kept copy brings back what was replaced"
    assert kept_again is not None
    assert kept_again != kept
    assert contents(Store(kept_again)) == first


def test_a_failed_checkpoint_after_the_commit_is_no_failed_import(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The rows are safe in the log then; "it is as it was before" would be untrue."""
    sound(store)

    class Failing:
        def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
            self.con = con

        def execute(self, sql: str, *arguments: object) -> object:
            if sql.startswith("checkpoint"):
                raise duckdb.IOException("no space left on device")
            return self.con.execute(sql, *arguments)

    con = duckdb.connect(":memory:")
    with store.writing(Failing(con)):  # type: ignore[arg-type]
        con.execute("insert into store.deal_change (deal_id, valid_at, loaded_at, import_id, seq)"
                    " values ('c', now()::timestamp, now()::timestamp, 1, 1)")  # fmt: skip
    con.close()
    with store.reading() as reader:
        assert reader.execute("select count(*) from deal_change where deal_id = 'c'").fetchone() == (1,)
