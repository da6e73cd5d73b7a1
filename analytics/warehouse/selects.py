"""The .sql files: each says at its head which tables and columns it reads, and yields the rows of a file.

The head is a comment, a line per table; a line that begins with three blanks goes on with the one above:

    -- question: what each deal is now
    -- opportunity: id, stage_name, amount, close_date
    -- opportunity, if there: currency_iso_code, type
    -- only with: opportunity._fivetran_active

A column "if there" is NULL where it is not; a table of which nothing else is said is empty where it is not.
Without such lines, every table that the SQL mentions is there with all of its columns.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from analytics.problems import BadInput
from analytics.warehouse.engines import Table

_HEAD = re.compile(r"--\s?(?P<what>[A-Za-z_][\w ]*?)(?P<maybe>, if there)?:\s*(?P<said>.*)")
_WORDS = ("question", "only with")


@dataclass(frozen=True)
class Select:
    """One .sql file. Names of tables and columns are in lower case."""

    path: Path
    text: str
    needs: dict[str, tuple[str, ...]] = field(default_factory=dict)
    may_need: dict[str, tuple[str, ...]] = field(default_factory=dict)
    #: (table, column): without them the file has nothing to say
    only_with: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """What it yields, such as Opportunity."""
        return self.path.stem

    @property
    def has_head(self) -> bool:
        """Whether it says what it reads."""
        return bool(self.needs or self.may_need)


def read_selects(folder: Path) -> list[Select]:
    """The .sql files of a folder. Raises BadInput if there is none, or one that cannot be read."""
    if not folder.is_dir():
        raise BadInput("there is no such folder", where=str(folder), to_do="Check the path.")
    paths = sorted(path for path in folder.glob("*.sql") if path.is_file())
    if not paths:
        raise BadInput(
            "there is no .sql file in the folder",
            where=str(folder),
            expected="files such as Opportunity.sql, one SELECT in each",
            to_do="`--show-sql --write-sql FOLDER` writes those of a known source, to be changed.",
        )
    return [_read(path) for path in paths]


def _read(path: Path) -> Select:
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(
            "the SQL cannot be read", where=str(path), expected="a text file in UTF-8", got=str(error)[:100]
        ) from None
    needs: dict[str, tuple[str, ...]] = {}
    may_need: dict[str, tuple[str, ...]] = {}
    only_with: tuple[tuple[str, str], ...] = ()
    for what, is_optional, said in _head(text):
        names = tuple(name.strip().lower() for name in said.split(",") if name.strip())
        if what == "only with":
            only_with = tuple((name.split(".")[0], name.split(".")[-1]) for name in names)
        elif what not in _WORDS:
            into = may_need if is_optional else needs
            into[what] = (*into.get(what, ()), *names)
    return Select(path, text.strip().rstrip(";"), needs, may_need, only_with)


def _head(text: str) -> list[tuple[str, bool, str]]:
    """The statements at the head: what, whether only if it is there, what is said of it."""
    lines: list[str] = []
    for line in text.splitlines():
        if not line.startswith("--"):
            break
        if line.startswith("--   ") and lines:
            lines[-1] += " " + line[2:].strip()
        else:
            lines.append(line)
    found = [match for line in lines if (match := _HEAD.fullmatch(line.rstrip()))]
    return [(match["what"].lower(), bool(match["maybe"]), match["said"]) for match in found]


def applies(select: Select, tables: dict[str, Table]) -> bool:
    """Whether the tables that it cannot do without are there."""
    return all(name in tables for name in select.needs) and all(
        table in tables and column in tables[table].columns for table, column in select.only_with
    )


def complete(select: Select, tables: dict[str, Table], where: str) -> str:
    """The whole SQL as it runs: the file's, with each of its tables under its plain name.

    Raises BadInput for columns that the SQL needs and a table lacks.
    """
    wanted = _wanted(select, tables)
    parts = []
    for name, columns in wanted.items():
        table = tables.get(name)
        if table is None:
            cells, rows = [f"null as {_quoted(column)}" for column in columns], " where 1 = 0"
        else:
            _check(select, name, table, where)
            cells = [_cell(column, table) for column in columns]
            rows = f" from {table.where}"
        parts.append(f"{_quoted(name)} as (\n    select {', '.join(cells)}{rows}\n)")
    if not parts:
        return select.text
    return f"with {', '.join(parts)}\nselect * from (\n{select.text}\n) as wanted"


def _wanted(select: Select, tables: dict[str, Table]) -> dict[str, tuple[str, ...]]:
    """Table -> columns that the SQL may speak of."""
    if select.has_head:
        names = dict.fromkeys((*select.needs, *select.may_need))
        return {name: (*select.needs.get(name, ()), *select.may_need.get(name, ())) for name in names}
    return {
        name: tuple(table.columns)
        for name, table in tables.items()
        if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", select.text, re.IGNORECASE)
    }


def _check(select: Select, name: str, table: Table, where: str) -> None:
    missing = [column for column in select.needs.get(name, ()) if column not in table.columns]
    if missing:
        raise BadInput(
            f"the table {name} has no column {', '.join(missing)}, which {select.path.name} reads",
            where=where,
            got=f"the columns {', '.join(list(table.columns)[:60])}",
            to_do="If it is called otherwise, write the SQL to a folder (--show-sql --write-sql FOLDER),"
            f" change {select.path.name} there and give that folder with --sql FOLDER.",
        )


def _cell(column: str, table: Table) -> str:
    """A column under its name in lower case; NULL where the table lacks it."""
    if column not in table.columns:
        return f"null as {_quoted(column)}"
    own = _quoted(table.columns[column])
    return own if own == _quoted(column) else f"{own} as {_quoted(column)}"


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
