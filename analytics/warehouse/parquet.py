"""A folder of Parquet files: a folder (or a file) per table, read by DuckDB in memory, nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb

from analytics.problems import BadInput
from analytics.store.database import confined
from analytics.store.patterns import GLOB_SIGNS, exactly
from analytics.warehouse.engines import Table, as_file, holds_crm, the_schema

_SUFFIXES = (".parquet", ".parq")
_MOMENT = "strftime({}, '%Y-%m-%dT%H:%M:%S.%gZ')"
#: What has nothing to do with a damaged file.
_OF_THE_SQL = (duckdb.ConversionException, duckdb.BinderException, duckdb.ParserException)


class ParquetFolder:
    """Tables as Parquet files below one folder."""

    def __init__(self, folder: Path, work: Path, schema: str = "") -> None:
        if not folder.is_dir():
            raise BadInput("there is no such folder", where=str(folder), to_do="Check the path.")
        self.name = str(folder)
        self._folder = folder.resolve()
        self._schema = schema
        self._con = confined([self._folder, work.resolve()], scratch=work.resolve() / "duckdb")
        self._files: dict[str, list[Path]] = {}

    def close(self) -> None:
        """Let the engine go."""
        self._con.close()

    def tables(self) -> dict[str, Table]:
        """A folder with Parquet files, or a single file, is a table of its name."""
        try:
            found = self._places_of_schema()
        except OSError as error:
            raise BadInput(
                f"the folder cannot be read ({error.strerror})",
                where=str(error.filename or self.name),
                to_do="Check that you may read it.",
            ) from None
        if not found:
            raise BadInput(
                "there are no Parquet files in the folder",
                where=self.name,
                expected="a folder per table, such as opportunity/*.parquet",
            )
        self._files = found
        return {name: self._table(name, files) for name, files in found.items()}

    def _places_of_schema(self) -> dict[str, list[Path]]:
        """Table -> its files: in the folder itself, or in the one below it that is the schema."""
        below = {child.name: child for child in sorted(self._folder.iterdir()) if _is_schema(child)}
        if self._schema:
            the_schema(dict.fromkeys(below, ()), self._schema, self.name)
            return _places(below[self._schema])
        places = _places(self._folder)
        if holds_crm(places):
            return places
        schemas = {name: _places(child) for name, child in below.items()}
        return schemas.get(the_schema(schemas, "", self.name) or "", places)

    def _table(self, name: str, files: list[Path]) -> Table:
        where = f"read_parquet({_listed(files)}, union_by_name = true)"
        with self._blaming(f"the table {name}", files):
            rows = self._con.execute(f"describe select * from {where}").fetchall()
        columns: dict[str, str] = {}
        for row in rows:
            columns.setdefault(str(row[0]).lower(), str(row[0]))
        return Table(where, columns)

    def check(self, sql: str, where: str) -> list[str]:
        """The columns of the answer, without running it."""
        return [name for name, _ in self._described(sql, where)]

    def save(self, sql: str, path: Path, where: str) -> int:
        """Write the answer as CSV; DuckDB writes it as it reads it."""
        columns = self._described(sql, where)
        target = _text(str(path.parent.resolve() / path.name))
        every = [file for files in self._files.values() for file in files]
        with self._blaming(where, every):
            counted = self._con.execute(
                f"copy ({as_file(columns, sql, _MOMENT)}) to {target} (format csv, header true)"
            ).fetchall()
        return int(counted[0][0])

    def _described(self, sql: str, where: str) -> list[tuple[str, bool]]:
        try:
            rows = self._con.execute(f"describe {sql}").fetchall()
        except duckdb.Error as error:
            raise _refused(where, error) from None
        return [(str(row[0]), str(row[1]).startswith("TIMESTAMP")) for row in rows]

    @contextmanager
    def _blaming(self, where: str, files: list[Path]) -> Iterator[None]:
        """If reading fails because of a file, say which."""
        try:
            yield
        except duckdb.OutOfMemoryException:
            raise BadInput(
                "the tables need more memory than there is",
                where=where,
                to_do="Write SQL of your own that reads less (--sql FOLDER).",
            ) from None
        except _OF_THE_SQL as error:
            raise _refused(where, error) from None
        except duckdb.Error as error:
            for file in files:
                self._try(file)
            raise _refused(where, error) from None

    def _try(self, file: Path) -> None:
        """Read a file to its end."""
        source = f"read_parquet({_listed([file])}, hive_partitioning = false)"
        try:
            self._con.execute(f"select count(hash(columns(*))) from {source}").fetchall()
        except duckdb.Error as error:
            raise BadInput(
                "this is not a Parquet file that can be read",
                where=str(file),
                got=str(error).splitlines()[0][:160],
                to_do="Write it again, or take it out of the folder.",
            ) from None


def _refused(where: str, error: duckdb.Error) -> BadInput:
    return BadInput(
        "this SQL cannot be run",
        where=where,
        got=" ".join(str(error).split())[:300],
        to_do="Change the SQL: --show-sql --write-sql FOLDER writes it, --sql FOLDER reads it.",
    )


def _places(folder: Path) -> dict[str, list[Path]]:
    """Table -> its files, in a folder of tables. Raises BadInput for what only looks like plain Parquet."""
    found: dict[str, list[Path]] = {}
    for child in sorted(folder.iterdir()):
        if not _is_plain(child.name):
            continue
        files = _files_below(child) if child.is_dir() else [child] if child.suffix in _SUFFIXES else []
        if files:
            name = (child.name if child.is_dir() else child.stem).lower()
            found[name] = [*found.get(name, []), *files]
    return found


def _files_below(folder: Path) -> list[Path]:
    files = []
    for path in sorted(folder.rglob("*")):
        inside = path.relative_to(folder)
        if path.name == "_delta_log" or path.name.endswith(".metadata.json"):
            raise BadInput(
                f"this is a table of {'Delta Lake' if path.name == '_delta_log' else 'Iceberg'}",
                where=str(folder),
                expected="plain Parquet files; those of such a table hold rows that are no more, too",
                to_do="Write the table out as Parquet with the tool that made it.",
            )
        if path.suffix in _SUFFIXES and path.is_file() and all(map(_is_plain, inside.parts)):
            files.append(path)
    return files


def _is_plain(part: str) -> bool:
    return not part.startswith((".", "_"))


def _is_schema(path: Path) -> bool:
    return _is_plain(path.name) and path.is_dir()


def _listed(files: list[Path]) -> str:
    """The files as SQL: one pattern where it means exactly them, else each."""
    folder = files[0].parent
    pattern = f"*{files[0].suffix}"
    if len(files) > 3 and not GLOB_SIGNS.search(str(folder)) and sorted(folder.glob(pattern)) == files:
        return _text(str(folder / pattern))
    return f"[{', '.join(_text(exactly(file)) for file in files)}]"


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"
