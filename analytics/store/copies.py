"""Copies of the store, and the check that it is sound."""

from __future__ import annotations

import contextlib
import os
import shutil
from pathlib import Path

import duckdb

from analytics.problems import BadInput
from analytics.store import locks
from analytics.store.database import Store
from analytics.store.subjects import SUBJECTS


def backup(store: Store, to: Path) -> None:
    """Copy the store to a file, while it is in use; the copy appears whole or not at all."""
    if to.exists():
        raise BadInput("this file exists already", where=str(to), to_do="Name a new file for the backup.")
    if not to.parent.is_dir():
        raise BadInput("this folder does not exist", where=str(to.parent), to_do="Create it first.")
    with store.reading():  # nobody writes meanwhile, and the file is known to be a sound store
        _copy(store.path, to)


def restore(store: Store, from_: Path) -> Path | None:
    """Put a backup in the store's place; returns where the store that stood there is kept, if there was one.

    The kept copy gets a new name each time, so that a restore can be undone by restoring it.
    """
    if not from_.exists():
        raise BadInput("this backup does not exist", where=str(from_))
    if damage := check(Store(from_)):  # raises if it is no store at all
        raise BadInput("this backup is damaged", where=str(from_), got=damage[0], to_do="Use another one.")
    with contextlib.suppress(BadInput), store.reading():
        pass  # what a killed import had committed is folded in, so that the copy kept beside has it
    try:
        store.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            "the store's folder cannot be made", where=str(store.path.parent), got=str(error)
        ) from error
    with locks.exclusive(store.path):
        kept = _keep(store.path) if store.path.exists() else None
        _copy(from_, store.path)
        return kept


def _keep(path: Path) -> Path:
    """Copy a store, and a log that could not be folded in, to a name not used yet."""
    number = 1
    while (kept := path.with_name(f"{path.name}.before-restore-{number}")).exists():
        number += 1
    _copy(path, kept)
    log = path.with_name(path.name + ".wal")
    if log.exists():
        log.replace(kept.with_name(kept.name + ".wal"))
    return kept


def _copy(source: Path, target: Path) -> None:
    unfinished = target.with_name(target.name + ".unfinished")
    try:
        shutil.copyfile(source, unfinished)
        with unfinished.open("rb+") as handle:
            os.fsync(handle.fileno())
        unfinished.replace(target)
    except OSError as error:
        with contextlib.suppress(OSError):
            unfinished.unlink(missing_ok=True)
        raise BadInput(
            "the copy could not be written",
            where=str(target),
            got=str(error),
            to_do="Check free space and permissions.",
        ) from error


def check(store: Store) -> list[str]:
    """What is wrong with the store, as sentences; an empty list means sound."""
    with store.reading() as con:
        problems = []
        for subject in SUBJECTS.values():
            problems += _check_subject(con, subject.name)
        problems += _rows(
            con,
            "select 'import ' || import_id || ', ' || file || ': ' || rows_read || ' rows read, but '"
            " || (loaded + unchanged + rejected) || ' accounted for'"
            " from import_file where rows_read <> loaded + unchanged + rejected",
        )
        problems += _rows(
            con,
            "select 'deal ' || deal_id || ' is won without being closed (' || valid_at || ')'"
            " from deal_change"
            " where is_won and not coalesce(is_closed, false)",
        )
        problems += _rows(
            con,
            "select 'deal ' || c.deal_id || ' has changes but no description' from deal_change c"
            " where not exists (select 1 from deal d where d.deal_id = c.deal_id) group by c.deal_id",
        )
        return problems


def _check_subject(con: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """What cannot be read; rows that no import accounts for, or loaded at another time than it."""
    try:
        # hash() reads every column, and DuckDB compares every block that it reads with its checksum
        con.execute(f"select bit_xor(hash(t)) from {name} t").fetchall()
    except duckdb.Error as error:
        return [f"{name} cannot be read in full: {str(error).splitlines()[0]}"]
    return _rows(
        con,
        f"select '{name}: ' || count(*) || ' rows of import ' || s.import_id || ', which is not recorded'"
        f" from {name} s where not exists (select 1 from import i where i.import_id = s.import_id"
        " and i.loaded_at = s.loaded_at and i.undone_at is null) group by s.import_id",
    )


def _rows(con: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    try:
        return [row[0] for row in con.execute(sql).fetchall()]
    except duckdb.Error as error:
        return [f"the store cannot be read in full: {str(error).splitlines()[0]}"]
