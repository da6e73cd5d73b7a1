"""Any table with a row per deal: dated as a snapshot, through a mapping file or through its column names."""

from __future__ import annotations

import re
from collections.abc import Mapping as MappingType
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatch

from analytics.intake.fields import Field, Typing, drop_duplicates, key, locate
from analytics.intake.job import Job
from analytics.intake.mapping import Mapping
from analytics.intake.meaning import load_categories, load_currencies, note_unsaid_krona
from analytics.intake.raw import Probe
from analytics.intake.report import complete, give_ids, join_known, name_owners, own_currency
from analytics.intake.snapshots import AS_OF, date_rows, day_column
from analytics.intake.table_deals import finish, judge, stage_deals, stage_people, stage_stages
from analytics.intake.table_fields import FIELDS, guess, without
from analytics.intake.table_helpers import add_lookup, correct, load_corrections
from analytics.problems import BadInput

__all__ = ["guess", "not_recognised", "stage_table"]


def stage_table(job: Job, probes: Sequence[Probe], mapping: Mapping) -> None:
    """Stage the deals of one or several tables of the same kind."""
    load_categories(job, mapping.categories)
    load_currencies(job)
    load_corrections(job, mapping)
    deals, others = _deal_files(probes, mapping)
    stem = re.sub(r"[^a-z]+", "-", deals[0].source.path.stem.lower()).strip("-")
    source = mapping.source or f"table:{mapping.name if mapping.path else stem or 'import'}"
    job.con.execute("create or replace table rejected_deal (file_no integer, deal_id varchar)")
    parts: list[str] = []
    absent: dict[int, set[str]] = {}
    for number, found in enumerate(deals):
        job.progress(0.1 + 0.5 * number / len(deals), f"reading {found.label}")
        parts.append(_read_deals(job, found, mapping, absent))
    table = job.fresh("deals")
    job.con.execute(
        f"create table {table} as " + " union all ".join(f"select * from {part}" for part in parts)
    )
    give_ids(job, table, source, mapping)
    name_owners(job, table)
    join_known(job, table, source, by_name=any("deal_id" in lacking for lacking in absent.values()))
    complete(job, table, absent)
    _note_absent(job, table, absent, mapping)
    same = [f.name for f in FIELDS if f.name != "deal_id"]
    drop_duplicates(job, table, ["deal_id", "taken_at"], same, "file_no desc, line desc", "deal id")
    add_lookup(job, table, others, deals, mapping)
    judge(job, table, mapping)
    job.progress(0.7, "putting deals together")
    stage_deals(job, source, mapping)
    stage_stages(job, mapping)
    stage_people(job, others, deals, mapping)
    finish(job, source, others, mapping)


def _note_absent(job: Job, table: str, absent: MappingType[int, set[str]], mapping: Mapping) -> None:
    """A list that lacks what numbers rest on takes it from its deals: that must not be silent.

    Not of a view, which leaves the deals as their own source stated them, nor of what a second file gives.
    """
    given = {"amount"} if mapping.lookups else set()
    own = f"select distinct file_no, f.file from {table} join staged_file f using (file_no) where not is_view"
    for file_no, label in job.con.execute(f"{own} order by 1").fetchall():
        present = {field.name for field in FIELDS} - absent[file_no] | given
        for name, cost in without(present).items():
            job.note(f"{label}: no column is chosen for {name.replace('_', ' ')}. {cost}")


def _deal_files(probes: Sequence[Probe], mapping: Mapping) -> tuple[list[Probe], list[Probe]]:
    """Which files hold deals, and which other files came with them."""
    if mapping.source:
        return list(probes), []
    if not mapping.is_for_table:
        deals = [found for found in probes if guess(found.header) is not None]
        if not deals:
            raise not_recognised(probes)
        return deals, [found for found in probes if found not in deals]
    if len(probes) == 1 and mapping.files is None:
        return list(probes), []
    helpers = {
        name
        for name in (mapping.owners and mapping.owners.file, *(look.file for look in mapping.lookups))
        if name
    }
    deals = [
        found
        for found in probes
        if (
            fnmatch(found.source.path.name, mapping.files)
            if mapping.files
            else found.source.path.name not in helpers | set(mapping.not_needed)
        )
    ]
    if not deals and len(probes) == 1:
        deals = list(probes)
    if not deals:
        raise BadInput(
            "no file fits the mapping",
            where=str(mapping.path),
            expected=f"a file called {mapping.files}",
            got=", ".join(found.label for found in probes[:8]),
            to_do="Correct files = ... in [table], or name the file.",
        )
    return deals, [found for found in probes if found not in deals]


def not_recognised(probes: Sequence[Probe]) -> BadInput:
    """The message for files in which no known columns are found."""
    found = probes[0]
    columns = ", ".join(f"'{label}'" for label in found.header[:25] if label) or "none"
    return BadInput(
        "this is not recognised as a list of deals",
        where=found.label,
        expected="columns such as Opportunity ID, Opportunity Name, Stage, Amount, Close Date",
        got=f"columns {columns}",
        to_do='Write a mapping file, e.g. [columns] deal_id = "your column", stage = "...", amount = "...",'
        ' close_date = "...", and give it with --mapping (docs/import.md).',
    )


def _columns(found: Probe, mapping: Mapping, job: Job) -> dict[str, int]:
    """Where each field is: as the mapping says, else by usual names (a note then says which)."""
    if mapping.source or not mapping.is_for_table:
        columns = _own_columns(found, mapping) if mapping.source else guess(found.header) or {}
        columns |= own_currency(found.header, columns)
        told = ", ".join(f"'{found.header[number]}' as {name}" for name, number in columns.items())
        job.note(
            f"{found.label}: columns were recognised by name: {told}. If that is wrong, give a mapping file."
        )
        return columns
    columns = _mapped(found, mapping)
    if "currency" not in columns:
        columns |= own_currency(found.header, columns)
    if "deal_id" not in columns and "name" not in columns:
        raise BadInput(
            "no column identifies the deal",
            where=str(mapping.path),
            to_do='Add deal_id = "..." to [columns].',
        )
    return columns


def _own_columns(found: Probe, mapping: Mapping) -> dict[str, int]:
    """Where a CRM's file has each field: as the mapping says, else by the CRM's labels and the usual ones."""
    named = _mapped(found, mapping)
    fields = [
        replace(field, labels=(*mapping.labels.get(field.name, ()), *field.labels))
        for field in FIELDS
        if field.name not in named
    ]
    located = locate(found.header, fields)
    columns = {name: number for name, number in located.items() if number not in named.values()} | named
    if not {"deal_id", "name"} & set(columns) or not {"stage", "status"} & set(columns):
        raise not_recognised([found])
    base = {key(label) for label in mapping.base_amounts}
    if "amount" in columns and key(found.header[columns["amount"]]) in base:
        columns.pop("currency", None)
    return columns


def _mapped(found: Probe, mapping: Mapping) -> dict[str, int]:
    """Where the columns are that the mapping names."""
    places = {key(label): number for number, label in reversed(list(enumerate(found.header)))}
    columns = {}
    for name, label in mapping.columns.items():
        if key(label) not in places:
            raise BadInput(
                f"there is no column '{label}'",
                where=found.label,
                expected=f"the column for {name}",
                got=", ".join(found.header[:40]),
                to_do=f"Correct {name} in [columns] of {mapping.path}.",
            )
        columns[name] = places[key(label)]
    return columns


def _read_deals(job: Job, found: Probe, mapping: Mapping, absent: dict[int, set[str]]) -> str:
    """Read one file of deals into a typed table, with the time it was taken at.

    `absent` learns which fields the file has no column for; `rejected_deal`, which deals its rejects name.
    """
    columns = _columns(found, mapping, job)
    fields = [*FIELDS, AS_OF, Field("lookup_key")]
    columns |= day_column(job, found, mapping)
    if mapping.lookups:
        wanted = key(mapping.lookups[0].deal_column)
        for number, label in enumerate(found.header):
            if key(label) == wanted:
                columns["lookup_key"] = number
    identity = "deal_id" if "deal_id" in columns else "name"
    fields = [Field(f.name, f.kind, f.name in (identity, AS_OF.name), f.labels) for f in fields]
    raw = job.load(found, mapping.source or "table", list(columns.values()))
    absent[raw.file_no] = {f.name for f in fields} - set(columns)
    typing = Typing(job, raw, fields, columns)
    typing.decide(set())
    # Without an id a corrected name could be another deal: a rejected row then names none that is known.
    job.con.execute("set variable id_prefix = ?", [mapping.id_prefix])
    prefixed = "getvariable('id_prefix') || deal_id"
    named = prefixed if identity == "deal_id" else "case when bad <> 0 then null else '' end"
    named_before = job.count("select count(*) from named_deal")
    table = typing.read(deals=named)
    if "amount" in columns and "currency" not in columns:
        note_unsaid_krona(job, raw.name, f"c{columns['amount']}")
    correct(job, table, found, columns, mapping)
    if identity == "name":
        job.note(
            f"{found.label}: there is no column with the deal's id, so deals are told apart by account, name"
            " and creation day; add the id to the report, then a renamed deal needs no decision."
        )
    job.con.execute(f"alter table {table} add column taken_at timestamp")
    if mapping.id_prefix:
        job.con.execute(f"update {table} set deal_id = ? || deal_id", [mapping.id_prefix])
    job.con.execute(
        "insert into rejected_deal select ?, deal_id from (select deal_id from named_deal offset ?)"
        f" where deal_id is distinct from '' and (deal_id is null or deal_id not in (select deal_id"
        f" from {table} where deal_id is not null))",
        [raw.file_no, named_before],
    )
    date_rows(job, table, found, mapping, raw.file_no)
    return table
