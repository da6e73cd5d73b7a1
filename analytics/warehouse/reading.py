"""From a warehouse's tables to files: which SQL runs, what is missing, the CSV that it yields."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from analytics.problems import BadInput
from analytics.warehouse.engines import Table, Warehouse
from analytics.warehouse.selects import Select, applies, complete, read_selects

_OWN = "own"
#: Who left the tables there -> the kind of the files that its SQL yields.
KINDS = {
    "fivetran-salesforce": "salesforce",
    "airbyte-salesforce": "salesforce",
    "fivetran-hubspot": "hubspot",
    _OWN: "auto",
}
SOURCES = tuple(KINDS)
#: The SQL without which there are no deals.
_DEALS = ("Opportunity", "deals")
#: A source is told by a column that only its table has.
_TELLING = {
    "fivetran-salesforce": ("opportunity", "stage_name"),
    "airbyte-salesforce": ("opportunity", "stagename"),
    "fivetran-hubspot": ("deal", "deal_pipeline_stage_id"),
}


@dataclass(frozen=True)
class Plan:
    """What would run: each SELECT with its whole SQL, and the .sql files that find no table."""

    source: str
    runs: dict[str, str]
    selects: tuple[Select, ...]
    unused: tuple[str, ...]

    @property
    def kind(self) -> str:
        """The kind of the files."""
        return KINDS[self.source]

    def as_text(self) -> str:
        """The SQL to read, and to run by hand."""
        return "\n\n".join(f"-- {name}\n{sql};" for name, sql in self.runs.items())


def sql_folder(source: str) -> Path:
    """Where the SQL of a known source lies."""
    return Path(__file__).parent / "sql" / source


def plan(warehouse: Warehouse, source: str | None = None, own: Path | None = None) -> Plan:
    """Look at the tables and complete the SQL. `own`: a folder of one's own .sql files.

    Raises BadInput for a source that cannot be told, missing deals or columns, SQL that cannot be run.
    """
    if source == _OWN and own is None:
        raise BadInput("there is no SQL of your own", to_do="Give its folder with --sql FOLDER.")
    tables = warehouse.tables()
    source = source or (_OWN if own else _told(warehouse, tables))
    selects = read_selects(own or sql_folder(source))
    used = [select for select in selects if (own and not select.has_head) or applies(select, tables)]
    if own is None and not any(select.name in _DEALS for select in used):
        raise BadInput(
            "there is no table of deals",
            where=warehouse.name,
            expected=next(", ".join(one.needs) for one in selects if one.name in _DEALS),
            got=f"the tables {', '.join(sorted(tables)[:40]) or 'none'}",
            to_do="Name the schema (--schema), another --source, or write SQL of your own (--sql).",
        )
    if not used:
        raise BadInput(
            "none of the SQL finds its tables",
            where=str(own),
            expected=", ".join(sorted({name for select in selects for name in select.needs})),
            got=f"the tables {', '.join(sorted(tables)[:40]) or 'none'}",
        )
    runs = {}
    for select in used:
        runs[select.path.name] = complete(select, tables, f"{warehouse.name}, {select.path.name}")
        warehouse.check(runs[select.path.name], _place(select))
    absent = [one for one in selects if one not in used and not one.only_with]
    return Plan(source, runs, tuple(selects), tuple(one.path.name for one in absent))


def _told(warehouse: Warehouse, tables: dict[str, Table]) -> str:
    """Who left these tables, by a column that only theirs have."""
    for source, (table, column) in _TELLING.items():
        if table in tables and column in tables[table].columns:
            return source
    raise BadInput(
        "whose tables these are cannot be told",
        where=warehouse.name,
        expected="a table opportunity with stage_name (Fivetran) or StageName (Airbyte), or deal (Fivetran's"
        " HubSpot)",
        got=f"the tables {', '.join(sorted(tables)[:40]) or 'none'}",
        to_do="Name the schema (--schema) or write SQL of your own (--sql FOLDER, docs/import.md).",
    )


def write_files(
    warehouse: Warehouse, planned: Plan, folder: Path, progress: Callable[[float, str], None]
) -> list[str]:
    """Run the SQL and write each answer into the folder as CSV. Returns the names that have no rows."""
    empty = []
    for number, (name, sql) in enumerate(planned.runs.items()):
        progress(number / len(planned.runs), f"running {name}")
        path = folder / f"{Path(name).stem}.csv"
        select = next(one for one in planned.selects if one.path.name == name)
        try:
            rows = warehouse.save(sql, path, _place(select))
        except OSError as error:
            raise BadInput(
                f"what {name} yields cannot be written ({error.strerror})",
                where=str(folder),
                to_do="Make room, or set TMPDIR to a folder that has it.",
            ) from None
        if not rows:
            empty.append(name)
            path.unlink()
    if not any(folder.iterdir()):
        raise BadInput("the warehouse has no rows", where=warehouse.name, got=", ".join(planned.runs))
    return empty


def write_sql(planned: Plan, folder: Path) -> list[Path]:
    """Write the SQL as files to be changed. Raises BadInput before it would overwrite one."""
    paths = [folder / select.path.name for select in planned.selects]
    if taken := [path.name for path in paths if path.exists()]:
        raise BadInput(
            "these files are there already",
            where=str(folder),
            got=", ".join(taken),
            to_do="Name a new folder.",
        )
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for select, path in zip(planned.selects, paths, strict=True):
            path.write_text(select.text + "\n", encoding="utf-8")
    except OSError as error:
        raise BadInput(
            f"the SQL cannot be written ({error.strerror})", where=str(folder), to_do="Name another folder."
        ) from None
    return paths


def _place(select: Select) -> str:
    """How messages call a .sql file: one of a person's own by its path."""
    built_in = sql_folder("").resolve() in select.path.resolve().parents
    return select.path.name if built_in else str(select.path)
