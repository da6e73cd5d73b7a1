"""What reading needs of a warehouse, whatever runs the SQL."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from analytics.problems import BadInput

#: A schema that has one of these tables holds a CRM.
_TELLING = ("opportunity", "deal")


@dataclass(frozen=True)
class Table:
    """A table of the warehouse: where it lies (SQL that stands after `from`), and its columns."""

    where: str
    #: name in lower case -> name as the warehouse writes it
    columns: dict[str, str]


class Warehouse(Protocol):
    """Parquet files or a database. All methods raise BadInput with what a person can do."""

    #: how messages call it; never with a secret
    name: str

    def tables(self) -> dict[str, Table]:
        """The tables of the schema, by their names in lower case."""

    def check(self, sql: str, where: str) -> list[str]:
        """The columns of the answer of a SELECT, without running it; `where`: how messages call it."""

    def close(self) -> None:
        """Let go of what is open; a second time does nothing."""

    def save(self, sql: str, path: Path, where: str) -> int:
        """Write the answer as CSV: times in UTC as ISO 8601, days as ISO. Returns the number of rows."""


def holds_crm(tables: Iterable[str]) -> bool:
    """Whether a schema with these tables (in lower case) holds a CRM."""
    return not set(_TELLING).isdisjoint(tables)


def the_schema(schemas: Mapping[str, Iterable[str]], wanted: str, where: str) -> str | None:
    """The schema to read: the wanted one, else the only one that holds a CRM; None if none does.

    `schemas`: name -> its tables in lower case.
    """
    names = ", ".join(sorted(schemas)[:20]) or "none"
    if wanted:
        if wanted not in schemas:
            raise BadInput(f"there is no schema '{wanted}'", where=where, expected=f"one of {names}")
        return wanted
    found = sorted(name for name, tables in schemas.items() if holds_crm(tables))
    if len(found) > 1:
        raise BadInput(
            "several schemas hold a CRM", where=where, got=", ".join(found), to_do="Name one with --schema."
        )
    return found[0] if found else None


def as_file(columns: Iterable[tuple[str, bool]], sql: str, moment: str) -> str:
    """The SELECT whose answer can be written as CSV: times as texts, everything else as text.

    `columns`: name and whether it is a time; `moment`: SQL with {} for a time without zone, in UTC.
    """
    cells = []
    for name, is_time in columns:
        quoted = '"' + name.replace('"', '""') + '"'
        cell = moment.format(f"cast({quoted} as timestamp)") if is_time else f"cast({quoted} as varchar)"
        cells.append(f"{cell} as {quoted}")
    return f"select {', '.join(cells)} from (\n{sql}\n) as answer"
