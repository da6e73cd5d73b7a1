"""Copies of the store, and the check that it is sound."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb

from analytics.problems import BadInput
from analytics.store import locks, published
from analytics.store.database import Store
from analytics.store.subjects import SUBJECTS


def backup(store: Store, to: Path) -> None:
    """Copy the store to a file, while it is in use; the copy is checked, and appears whole or not at all."""
    if to.exists():
        raise BadInput("this file exists already", where=str(to), to_do="Name a new file for the backup.")
    if not to.parent.is_dir():
        raise BadInput("this folder does not exist", where=str(to.parent), to_do="Create it first.")
    with _workplace(to) as copy:
        with store.reading():  # nobody writes meanwhile, and the file is known to be a store
            _copy_with_log(store.path, copy)
        if damage := check(Store(copy)):  # this also folds in the log, if there is one
            raise BadInput(
                "the store is damaged, so there is no new backup of it",
                where=str(store.path),
                got=damage[0],
                to_do="`python -m analytics restore FILE` brings an earlier backup back.",
            )
        _put(copy, to)


def restore(store: Store, from_: Path, prepare: Callable[[Store], None] | None = None) -> Path | None:
    """Put a backup in the store's place; returns where the store that stood there is kept, if there was one.

    The backup itself is left as it is, also if it has an older layout. The kept copy gets a new name each
    time, so that a restore can be undone by restoring it. `prepare` changes what is put in place, before.
    """
    if not from_.exists():
        raise BadInput("this backup does not exist", where=str(from_))
    with contextlib.suppress(BadInput), store.reading():
        pass  # what a killed import had committed is folded in, so that the copy kept beside has it
    try:
        store.path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BadInput(
            "the store's folder cannot be made", where=str(store.path.parent), got=str(error)
        ) from error
    with _workplace(store.path) as copy:
        with locks.shared(from_):  # it may be a store in use
            _copy_with_log(from_, copy)
        _must_be_sound(copy, from_)
        if prepare is not None:
            prepare(Store(copy))
        with locks.exclusive(store.path):
            kept = _keep(store.path) if store.path.exists() else None
            _put(copy, store.path)
            published.forget(store.path)
            return kept


def _must_be_sound(copy: Path, from_: Path) -> None:
    try:
        damage = check(Store(copy))
    except BadInput as error:  # it is no store, or one of a newer Plumbline
        raise BadInput(error.what, where=str(from_), expected=error.expected, got=error.got) from error
    if damage:
        raise BadInput("this backup is damaged", where=str(from_), got=damage[0], to_do="Use another one.")


def _keep(path: Path) -> Path:
    """Copy a store, and a log that could not be folded in, to a name not used yet."""
    number = 1
    while (kept := path.with_name(f"{path.name}.before-restore-{number}")).exists():
        number += 1
    with _workplace(kept) as copy:
        shutil.copyfile(path, copy)
        _put(copy, kept)
    if (log := _log(path)).exists():  # the new store must not find it
        log.replace(_log(kept))
    return kept


def _log(path: Path) -> Path:
    return path.with_name(path.name + ".wal")


@contextlib.contextmanager
def _workplace(target: Path) -> Iterator[Path]:
    """A file to copy to, in a folder beside the target that is gone afterwards, as is what the dead left."""
    folder = target.with_name(target.name + ".unfinished")
    try:
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        yield folder / target.name
    except OSError as error:
        raise BadInput(
            "the copy could not be written",
            where=str(target),
            got=str(error),
            to_do="Check free space and permissions.",
        ) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _copy_with_log(source: Path, copy: Path) -> None:
    """On a full or read-only disk a log cannot be folded into the source, but into the copy."""
    shutil.copyfile(source, copy)
    if _log(source).exists():
        shutil.copyfile(_log(source), _log(copy))


def _put(copy: Path, target: Path) -> None:
    if _log(copy).exists():
        raise OSError("the log beside the store could not be folded in")
    with copy.open("rb+") as handle:
        os.fsync(handle.fileno())
    copy.replace(target)


def check(store: Store) -> list[str]:
    """What is wrong with the store, as sentences; an empty list means sound."""
    with store.reading() as con:
        problems = []
        found = con.execute("select table_name from duckdb_tables() order by table_name").fetchall()
        for table in dict.fromkeys([*SUBJECTS, *(row[0] for row in found)]):
            problems += _check_table(con, table)
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


def _check_table(con: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """What cannot be read; a subject's rows that no import accounts for, or of another time than it."""
    try:
        # hash() reads every column, and DuckDB compares every block that it reads with its checksum
        con.execute(f'select bit_xor(hash(t)) from "{name}" t').fetchall()
    except duckdb.Error as error:
        return [f"{name} cannot be read in full: {str(error).splitlines()[0]}"]
    if name not in SUBJECTS:
        return []
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
