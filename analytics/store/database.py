"""Opens the store. Nothing else in Plumbline opens a DuckDB file."""

from __future__ import annotations

import contextlib
import os
import shutil
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from analytics.problems import BadInput, NoStore
from analytics.store import locks, published
from analytics.store.sight import Sight, limit

_HERE = Path(__file__).parent
DEFAULT_STORE = Path(__file__).parents[2] / "data" / "plumbline.duckdb"


def store_path(given: str | Path | None = None) -> Path:
    """The store to use: as given, else `PLUMBLINE_STORE`, else `data/plumbline.duckdb`.

    Of a link it is the file that it leads to, so that all who use it wait for each other at one place.
    """
    path = Path(given or os.environ.get("PLUMBLINE_STORE") or DEFAULT_STORE)
    return path.resolve() if path.is_symlink() else path


def migrations() -> list[tuple[int, Path]]:
    """The numbered schema files, oldest first."""
    files = sorted((_HERE / "migrations").glob("[0-9][0-9][0-9]_*.sql"))
    return [(int(file.name[:3]), file) for file in files]


def query_text(name: str) -> str:
    """The SQL of `queries/NAME.sql`."""
    return (_HERE / "queries" / f"{name}.sql").read_text(encoding="utf-8")


@dataclass(frozen=True)
class Store:
    """One store file. Connections are short: open, ask, close; a reader waits while somebody writes.

    With a `sight`, every reading shows the rows that it allows and no other. Writing is not limited by it.
    """

    path: Path
    sight: Sight | None = None

    @cached_property
    def _wal(self) -> Path:
        return self.path.with_name(self.path.name + ".wal")

    @property
    def whole(self) -> Store:
        """The same without a sight: for what is made from all deals, kept for all, cut to a scope later."""
        return self if self.sight is None else replace(self, sight=None)

    @property
    def exists(self) -> bool:
        """Whether there is something here to read; a file that is no store counts, reading it says so."""
        try:
            with self.reading():
                return True
        except NoStore:
            return False
        except BadInput:
            return True

    def version(self) -> str:
        """Changes whenever the store's content may have changed; the key of every cache."""
        parts = []
        for file in (self.path, self._wal):
            try:
                stat = file.stat()
            except FileNotFoundError:
                continue
            parts.append(f"{stat.st_mtime_ns:x}-{stat.st_size:x}")
        return ".".join(parts)

    @contextmanager
    def reading(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A read-only connection that can reach nothing but this file.

        Inside a `with store.reading()` every further reading or query of the same thread sees the same state.
        """
        open_here = _open_in_this_thread()
        if self.path in open_here:
            with self._cursor(open_here[self.path]) as cursor:
                yield cursor
            return
        self._must_exist()
        self._finish_what_died()
        with locks.shared(self.path):
            con = self._connect()
            try:
                is_older = _is_older(con, self.path)
                if not is_older:
                    open_here[self.path] = con
                    with self._cursor(con) as cursor:
                        yield cursor
            except duckdb.Error as error:
                if isinstance(error, _DAMAGE) or "corrupt" in str(error).lower():
                    raise _damaged(self.path, error) from error
                raise
            finally:
                open_here.pop(self.path, None)
                _let_go(con, self.path)
        if is_older:
            self.create()  # brings it up to date; needs the store alone
            with self.reading() as con:
                yield con

    @contextmanager
    def _cursor(self, con: duckdb.DuckDBPyConnection) -> Iterator[duckdb.DuckDBPyConnection]:
        with contextlib.closing(con.cursor()) as cursor:
            cursor.execute("use store")
            if self.sight is not None:
                limit(cursor, self.sight)
            yield cursor

    @contextmanager
    def writing(self, con: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Attach the store as `store` to `con` and hold it alone. All that is done inside is one transaction.

        An exception, or the death of the process, leaves the store as it was.
        """
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise BadInput(
                "the store's folder cannot be made",
                where=str(self.path.parent),
                got=str(error),
                to_do="Name a place that can be written with --store or PLUMBLINE_STORE.",
            ) from error
        with locks.exclusive(self.path):
            try:
                self._make_file(con)
                # ATTACH takes no parameters; the path is the operator's own, quoted. With the type given,
                # DuckDB does not look for (and try to download) an extension for another kind of file.
                con.execute(f"attach '{_quoted(self.path)}' as store (type duckdb)")
            except (duckdb.Error, OSError) as error:
                raise _cannot_open(self.path, error) from error
            try:
                con.execute("begin")
                _migrate(con, self.path)
                yield
                con.execute("commit")
            except duckdb.Error as error:
                _roll_back(con)
                raise _cannot_write(self.path, error) from error
            except BaseException:
                _roll_back(con)
                raise
            else:
                # The data is safe in the log by now; if it cannot be folded in, the next reader does it.
                with contextlib.suppress(duckdb.Error):
                    con.execute("checkpoint store")
            finally:
                with contextlib.suppress(duckdb.Error):  # a lost disk must not hide the first error
                    con.execute("detach store")

    def query(self, name: str, **parameters: Any) -> pd.DataFrame:
        """Run `queries/NAME.sql` with its named parameters; one frame, one short connection."""
        with self.reading() as con:
            return con.execute(query_text(name), parameters).df()

    @contextmanager
    def changing(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection of its own that writes as `writing` does, for what no staging brings."""
        with contextlib.closing(duckdb.connect(":memory:")) as con, self.writing(con):
            yield con

    def create(self) -> None:
        """Make the store, or bring an older one up to date."""
        with self.changing():
            pass

    def rewrite(self) -> None:
        """Write the file anew, whole or not at all: what was changed or taken out leaves no byte in it."""
        fresh = self.path.with_name(self.path.name + ".rewritten")
        with locks.exclusive(self.path), contextlib.closing(duckdb.connect(":memory:")) as con:
            try:
                fresh.unlink(missing_ok=True)
                con.execute(f"attach '{_quoted(self.path)}' as store (type duckdb)")
                con.execute(f"attach '{_quoted(fresh)}' as fresh (type duckdb)")
                con.execute("copy from database store to fresh")
                con.execute("detach fresh")
                con.execute("detach store")
                shutil.copymode(self.path, fresh)
                with fresh.open("rb+") as handle:
                    os.fsync(handle.fileno())
                fresh.replace(self.path)
                self._wal.unlink(missing_ok=True)  # all of it is in the new file
                published.forget(self.path)
            except (duckdb.Error, OSError) as error:
                raise _cannot_write(self.path, error) from error
            finally:
                with contextlib.suppress(OSError):
                    fresh.unlink(missing_ok=True)

    def _must_exist(self) -> None:
        try:
            is_there = self.path.exists() and not self._is_empty_file()
        except OSError as error:
            raise BadInput(
                "the store cannot be reached",
                where=str(self.path),
                got=str(error),
                to_do="Check the permissions of its folder.",
            ) from error
        if not is_there:
            raise _no_store(self.path)
        if not os.access(self.path, os.R_OK):
            raise BadInput("the store cannot be read", where=str(self.path), to_do="Check its permissions.")

    def _is_empty_file(self) -> bool:
        return self.path.is_file() and self.path.stat().st_size == 0

    def _make_file(self, con: duckdb.DuckDBPyConnection) -> None:
        """A new store's file appears whole: one cut short by a kill could not be told from a damaged store.

        A file without a byte in it, which DuckDB refuses, is replaced too.
        """
        if self.path.exists() and not self._is_empty_file():
            return
        fresh = self.path.with_name(self.path.name + ".new")
        fresh.unlink(missing_ok=True)
        con.execute(f"attach '{_quoted(fresh)}' as fresh (type duckdb)")
        con.execute("detach fresh")
        fresh.replace(self.path)

    def _finish_what_died(self) -> None:
        """Fold in what a killed writer had committed, before reading, and take its log away."""
        if not self._wal.exists() or not os.access(self.path, os.W_OK):
            return
        with locks.shared(self.path):
            pass  # a live writer ends first; its log is gone then
        if self._wal.exists():
            self._fold_in()

    def _fold_in(self) -> None:
        with locks.exclusive(self.path), contextlib.closing(duckdb.connect(":memory:")) as con:
            try:
                con.execute(f"attach '{_quoted(self.path)}' as store (type duckdb)")
            except duckdb.Error as error:
                raise _cannot_open(self.path, error) from error
            with contextlib.suppress(duckdb.Error):  # on a full disk readers go on with the log
                # A log without a commit stays, and so would every reader's turn as a writer, until something
                # changes. This leaves nothing in the store.
                con.execute("begin")
                con.execute("create table store.left_by_the_dead (nothing INTEGER)")
                con.execute("drop table store.left_by_the_dead")
                con.execute("commit")
                con.execute("checkpoint store")

    def _connect(self) -> duckdb.DuckDBPyConnection:
        try:
            con = _engine(self.path)
            con.execute(f"attach '{_quoted(self.path)}' as store (type duckdb, read_only)")
            con.execute("use store")
        except duckdb.Error as error:
            _kept().pop(self.path, None)
            raise _cannot_open(self.path, error) from error
        return con


_local = threading.local()


def _open_in_this_thread() -> dict[Path, duckdb.DuckDBPyConnection]:
    if not hasattr(_local, "open"):
        _local.open = {}
    opened: dict[Path, duckdb.DuckDBPyConnection] = _local.open
    return opened


def _kept() -> dict[Path, duckdb.DuckDBPyConnection]:
    if not hasattr(_local, "kept"):
        _local.kept = {}
    kept: dict[Path, duckdb.DuckDBPyConnection] = _local.kept
    return kept


def _engine(path: Path) -> duckdb.DuckDBPyConnection:
    """This thread's DuckDB that may open this file and no other.

    It is kept without the file between two readings: starting one takes longer than most queries.
    """
    kept = _kept()
    if path not in kept:
        for other in set(kept) - set(_open_in_this_thread()):
            kept.pop(other).close()
        con = duckdb.connect(":memory:")
        files = [f"'{_quoted(name)}{end}'" for name in (path, path.resolve()) for end in ("", ".wal")]
        con.execute(f"set allowed_paths = [{', '.join(files)}]")
        con.execute("set enable_external_access = false")
        kept[path] = con
    return kept[path]


def confined(folders: Sequence[Path], *, scratch: Path) -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory for files that are no store: it reaches these folders and nothing else.

    What does not fit into memory goes to `scratch`, which lies in one of them.
    """
    allowed = ", ".join(f"'{_quoted(path)}'" for path in folders)
    con = duckdb.connect(":memory:")
    con.execute(f"set temp_directory = '{_quoted(scratch)}'")
    con.execute(f"set allowed_directories = [{allowed}]")
    con.execute("set enable_external_access = false")
    con.execute("set TimeZone = 'UTC'")
    con.execute("set lock_configuration = true")
    return con


def empty_store() -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory with the store's tables and no rows: what type has each column of an answer?"""
    con = duckdb.connect(":memory:")
    con.execute("attach ':memory:' as store")
    _migrate(con, Path(":memory:"))
    con.execute("use store")
    con.execute("set enable_external_access = false")
    return con


def _let_go(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Close the file; a connection that cannot is not used again."""
    try:
        con.execute("use memory")
        con.execute("detach store")
    except duckdb.Error:
        _kept().pop(path, None)
        con.close()


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")


def _roll_back(con: duckdb.DuckDBPyConnection) -> None:
    with contextlib.suppress(duckdb.Error):  # the transaction may be over already; nothing was written
        con.execute("rollback")


def _known_version(con: duckdb.DuckDBPyConnection, prefix: str) -> int:
    found = con.execute(
        "select 1 from duckdb_tables() where table_name = 'migration' and database_name = $name",
        {"name": prefix},
    ).fetchone()
    if not found:
        return 0
    row = con.execute(f'select max(number) from "{prefix}".migration').fetchone()
    return int(row[0] or 0) if row else 0


def _migrate(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    """Apply the migrations that the attached store does not have yet."""
    have = _known_version(con, "store")
    newest = migrations()[-1][0]
    if have > newest:
        raise _too_new(path, have, newest)
    if have == newest:
        return
    before = con.execute("select current_database()").fetchone()
    assert before is not None
    con.execute("use store")
    try:
        if have == 0:
            _refuse_foreign(con, path)
            con.execute("create table migration (number INTEGER, name VARCHAR, applied_at TIMESTAMP)")
        for number, file in migrations():
            if number > have:
                con.execute(file.read_text(encoding="utf-8"))
                con.execute("insert into migration values (?, ?, now()::timestamp)", [number, file.stem])
    finally:
        con.execute(f'use "{before[0]}"')


def _refuse_foreign(con: duckdb.DuckDBPyConnection, path: Path) -> None:
    row = con.execute("select count(*) from duckdb_tables() where database_name = 'store'").fetchone()
    if row and row[0]:
        raise BadInput(
            "this DuckDB file holds other tables and is not a Plumbline store",
            where=str(path),
            to_do="Name another file with --store or PLUMBLINE_STORE.",
        )


def _is_older(con: duckdb.DuckDBPyConnection, path: Path) -> bool:
    row = con.execute("select current_database()").fetchone()
    assert row is not None
    have, newest = _known_version(con, row[0]), migrations()[-1][0]
    if have == 0:
        tables = con.execute("select count(*) from duckdb_tables()").fetchone()
        if tables == (0,):  # the first import was stopped
            raise _no_store(path)
        raise BadInput(
            "this DuckDB file is not a Plumbline store",
            where=str(path),
            to_do="Name another file with --store or PLUMBLINE_STORE.",
        )
    if have > newest:
        raise _too_new(path, have, newest)
    return have < newest


def _no_store(path: Path) -> NoStore:
    return NoStore(
        "there is no store",
        where=str(path),
        to_do="Build the sample company with `python -m analytics demo`, or load an export with"
        " `python -m analytics import PATH`.",
    )


#: What DuckDB raises when the file itself cannot be read (not: when a query is wrong).
_DAMAGE = (duckdb.IOException, duckdb.FatalException, duckdb.InternalException, duckdb.SerializationException)


def _damaged(path: Path, error: duckdb.Error) -> BadInput:
    return BadInput(
        "the store is damaged",
        where=str(path),
        got=str(error).splitlines()[0][:300],
        to_do="`python -m analytics restore FILE` brings a backup back.",
    )


def _too_new(path: Path, have: int, newest: int) -> BadInput:
    return BadInput(
        "the store was written by a newer Plumbline",
        where=str(path),
        expected=f"layout {newest} or older",
        got=f"layout {have}",
        to_do="Update Plumbline; the store is unharmed.",
    )


def _cannot_open(path: Path, error: Exception) -> BadInput:
    text = str(error)
    if "not a valid DuckDB" in text or "Serialization" in text or "magic" in text.lower():
        what, to_do = "this file is not a DuckDB database", "Name the store with --store or PLUMBLINE_STORE."
    elif "lock" in text.lower():
        what, to_do = "another program has the store open", "Close it (a notebook or the duckdb shell?)."
    elif "ermission" in text or "ead-only" in text:
        what, to_do = "the store cannot be written here", "Check the disk and the file's permissions."
    else:
        what, to_do = "the store cannot be opened", "`python -m analytics restore FILE` brings a backup back."
    return BadInput(what, where=str(path), got=text.splitlines()[0][:300], to_do=to_do)


def _cannot_write(path: Path, error: Exception) -> BadInput:
    return BadInput(
        "the store could not be written; it is as it was before",
        where=str(path),
        got=str(error).splitlines()[0][:300],
        to_do="Check free space and permissions, then try again.",
    )
