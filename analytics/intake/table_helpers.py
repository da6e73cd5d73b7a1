"""What a mapping adds to the deals of a table: corrected words, and files that come along with them."""

from __future__ import annotations

from collections.abc import Sequence
from fnmatch import fnmatch

from analytics.intake.fields import Field, Typing, drop_duplicates, key
from analytics.intake.files import Source
from analytics.intake.job import Job
from analytics.intake.mapping import Lookup, Mapping
from analytics.intake.raw import Probe, probe
from analytics.intake.table_fields import FIELDS
from analytics.problems import BadInput


def load_corrections(job: Job, mapping: Mapping) -> None:
    """Create `correction`: for a column, what is written and what is meant."""
    job.con.execute("create or replace table correction (field varchar, theirs varchar, ours varchar)")
    rows = [
        [key(name), theirs, ours] for name, fixes in mapping.values.items() for theirs, ours in fixes.items()
    ]
    if rows:
        job.con.executemany("insert into correction values (?, ?, ?)", rows)


def correct(job: Job, table: str, found: Probe, columns: dict[str, int], mapping: Mapping) -> None:
    """Apply the corrections of [values] to the columns that they name (by our name or by theirs)."""
    for field in [*FIELDS, Field("lookup_key")]:
        if field.kind != "text" or field.name not in columns:
            continue
        names = {key(field.name), key(found.header[columns[field.name]])}
        if names & {key(name) for name in mapping.values}:
            job.con.execute(
                f"update {table} set {field.name} = c.ours from correction c"
                f" where c.theirs = {field.name} and list_contains(?, c.field)",
                [sorted(names)],
            )


def helper_file(
    job: Job, name: str, others: Sequence[Probe], deals: Sequence[Probe], mapping: Mapping
) -> Probe:
    """The file that a mapping names beside the deals: among the given files, or beside the deals' file."""
    for found in others:
        if fnmatch(found.source.path.name, name):
            return found
    beside = deals[0].source.folder / name
    if beside.is_file() and "/" not in name and "\\" not in name:
        return probe(Source(beside, name, named=False), job.work, mapping.options)
    raise BadInput(
        f"the file '{name}' that the mapping names is not there",
        where=str(mapping.path),
        expected=f"{name} beside {deals[0].label}",
        to_do="Give the folder that holds both files.",
    )


def pick(found: Probe, labels: dict[str, str], mapping: Mapping) -> dict[str, int]:
    """Where a helper file has the columns that the mapping names."""
    places = {key(label): number for number, label in reversed(list(enumerate(found.header)))}
    for name, label in labels.items():
        if key(label) not in places:
            raise BadInput(
                f"there is no column '{label}'",
                where=found.label,
                got=", ".join(found.header[:40]),
                to_do=f"Correct {name} in {mapping.path}.",
            )
    return {name: places[key(label)] for name, label in labels.items()}


def add_lookup(
    job: Job, table: str, others: Sequence[Probe], deals: Sequence[Probe], mapping: Mapping
) -> None:
    """Add `list_amount`: what a lookup file says the deal is worth while it is open."""
    job.con.execute(f"alter table {table} add column list_amount decimal(18, 2)")
    for lookup in mapping.lookups:
        _check_key(lookup, deals, mapping)
        found = helper_file(job, lookup.file, others, deals, mapping)
        columns = pick(found, {"key": lookup.file_column, "price": lookup.amount}, mapping)
        fields = [Field("key", required=True), Field("price", "amount")]
        raw = job.load(found, "table", list(columns.values()))
        typing = Typing(job, raw, fields, columns)
        typing.decide(set())
        prices = typing.read()
        drop_duplicates(job, prices, ["key"], ["price"], "line desc", lookup.file_column)
        job.con.execute(
            f"update {table} t set list_amount = p.price from {prices} p where p.key = t.lookup_key"
        )
        missing = job.con.execute(
            f"select lookup_key, count(*) from {table} where lookup_key is not null"
            f" and lookup_key not in (select key from {prices}) group by 1 order by 2 desc limit 8"
        ).fetchall()
        if missing:
            names = ", ".join(f"'{name}' ({count:,} deals)" for name, count in missing)
            job.note(
                f"{found.label} lacks {names}: their open deals have no amount. Correct the names with"
                f" [values.{lookup.deal_column}] in {mapping.path}."
            )


def _check_key(lookup: Lookup, deals: Sequence[Probe], mapping: Mapping) -> None:
    for found in deals:
        pick(found, {f"key of the lookup in {lookup.file}": lookup.deal_column}, mapping)
