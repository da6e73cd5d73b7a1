"""Reads what people bring (CRM exports, tables, answers, targets) into staged rows or named rejects."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import NamedTuple

import duckdb

from analytics import scratch
from analytics.intake import (
    blue_sheets,
    contacts,
    dynamics,
    hubspot,
    lists,
    pipedrive,
    rates,
    salesforce,
    table,
    targets,
)
from analytics.intake.fields import key
from analytics.intake.files import SHEET_SUFFIXES, TABLE_SUFFIXES, Source, find
from analytics.intake.job import Job
from analytics.intake.known import Known
from analytics.intake.mapping import Mapping, read_mapping
from analytics.intake.meaning import say_krona
from analytics.intake.objects import OPPORTUNITY, object_of
from analytics.intake.raw import Probe, probe
from analytics.problems import BadInput
from analytics.store.staging import Staging


class _List(NamedTuple):
    """A list that may come with deals: how it is recognised and read."""

    is_own: Callable[[Sequence[str]], bool]
    stage: Callable[[Job, Sequence[Probe]], None]


class _Crm(NamedTuple):
    """A CRM whose list of deals is a table with rules of its own."""

    is_own: Callable[[Sequence[str]], bool]
    stage: Callable[[Job, Sequence[Probe], Mapping], None]


_LISTS = {
    "answers": _List(lists.is_answers, lists.stage_answers),
    "rates": _List(rates.is_rates, rates.stage_rates),
    "targets": _List(targets.is_targets, targets.stage_targets),
    "contacts": _List(contacts.is_contacts, contacts.stage_contacts),
}
_CRMS = {
    "pipedrive": _Crm(pipedrive.is_own, pipedrive.stage_pipedrive),
    "dynamics": _Crm(dynamics.is_own, dynamics.stage_dynamics),
}
KINDS = ("auto", "salesforce", "hubspot", *_CRMS, "table", *_LISTS, "blue-sheets")

#: Kind -> the files that are looked for in folders and zips; tables, where nothing is said.
_SUFFIXES = {"auto": TABLE_SUFFIXES | SHEET_SUFFIXES, "blue-sheets": SHEET_SUFFIXES}

__all__ = ["KINDS", "stage_files"]


def stage_files(
    paths: Sequence[Path],
    *,
    kind: str = "auto",
    mapping: Path | Mapping | None = None,
    as_of: date | None = None,
    time_zone: str = "UTC",
    progress: Callable[[float, str], None] | None = None,
    partial: bool = False,
    quarter_start_month: int = 1,
    year_named_by: str = "end",
    known: Known | None = None,
    taken_at: datetime | None = None,
    tracked: frozenset[str] = frozenset(),
    told: dict[str, str] | None = None,
) -> Staging:
    """Read files, folders or zips into a staging: typed rows, rejects with their reasons, notes.

    `as_of` dates the files as a snapshot; times without an offset are those of `time_zone`. `partial`: deals
    that the files lack are not missing. `quarter_start_month`: a month with which a fiscal quarter begins,
    such as the fiscal year's first; `year_named_by`: whether a fiscal year is called after the calendar year
    that it ends in, or that it starts in ('start'). `known`: what the store knows already, such as the deals
    to which Blue Sheets are matched. `told`: file (as it is called in messages) -> 'skip' to leave it out, or
    what a person says it is: 'deals', 'answers', 'targets', 'rates' or 'contacts'. `taken_at`: when a live
    source said all this (UTC), where that is known better than by `as_of`. `tracked`: deal fields of which
    it records changes; else only those are taken to be, of which the files show some.

    Raises BadInput, with one message, where nothing can be read.
    """
    _check_kind(kind)
    rules = mapping if isinstance(mapping, Mapping) else read_mapping(mapping)
    with scratch.folder() as folder:
        job = Job(
            Staging(),
            folder,
            time_zone,
            as_of,
            partial,
            progress or (lambda share, text: None),
            rules.formats,
            quarter_start_month,
            known or Known.none(),
            taken_at=taken_at,
            tracked=tracked,
            year_named_by=year_named_by,
        )
        say_krona(job, rules.values.get("currency", {}).get("kr"), rules.currency, job.known.currency)
        job.progress(0.0, "looking at the files")
        sources = find([Path(path) for path in paths], job.work, _SUFFIXES.get(kind, TABLE_SUFFIXES))
        told = told or {}
        sources = [source for source in sources if told.get(source.label) != "skip"]
        if not sources:
            raise BadInput("every file is left out", to_do="Take one in, or choose other files.")
        sheets = [one for one in sources if kind == "blue-sheets" or (kind == "auto" and one.is_sheet)]
        try:
            if len(sheets) < len(sources):
                probes = _probe_all(job, [one for one in sources if one not in sheets], rules)
                _stage(job, kind, probes, rules, told)
            if sheets:
                blue_sheets.stage_sheets(job, sheets, job.known)
        except duckdb.OutOfMemoryException:
            raise BadInput(
                "the files need more memory than there is", to_do="Import them in several parts."
            ) from None
        job.progress(1.0, "read")
        return job.staging


def _check_kind(kind: str) -> None:
    """Say what can be read today."""
    if kind not in KINDS:
        raise BadInput("unknown kind", got=f"'{kind}'", expected=", ".join(KINDS))


def _probe_all(job: Job, sources: Sequence[Source], rules: Mapping) -> list[Probe]:
    """Look at every file. One that cannot be read stops the import if it was named, or is all there is."""
    probes: list[Probe] = []
    problems: list[BadInput] = []
    for source in sources:
        try:
            probes.append(probe(source, job.work, rules.options))
        except BadInput as problem:
            if source.named or _may_matter(source):
                raise
            problems.append(problem)
    if not probes and problems:
        raise problems[0]
    for unread in problems:
        job.note(f"Not read: {unread}")
    return probes


def _may_matter(source: Source) -> bool:
    """Whether a file in a folder is an object of an export by its name, so that it must not be left out."""
    return object_of(source.path.name, [f.labels[0] for f in OPPORTUNITY.fields]) is OPPORTUNITY


def _stage(job: Job, kind: str, probes: list[Probe], rules: Mapping, told: dict[str, str]) -> None:
    """Give the files to the readers of their kinds."""
    if kind in _LISTS:
        _LISTS[kind].stage(job, probes)
    elif kind == "table":
        table.stage_table(job, probes, rules)
    elif kind in _CRMS:
        own = [found for found in probes if _CRMS[kind].is_own(found.header)]
        _CRMS[kind].stage(job, own or probes, rules)
        _name_unused(job, probes)
    elif kind == "auto" and rules.is_for_table:
        _stage_mapped(job, probes, rules, told)
    elif kind == "hubspot" or (kind == "auto" and any(hubspot.is_own(found.header) for found in probes)):
        _stage_hubspot(job, probes, rules, told, only_export=kind == "hubspot")
    else:
        _stage_recognised(job, probes, rules, told, only_export=kind == "salesforce")


def _lists_in(probes: Sequence[Probe], told: dict[str, str]) -> dict[str, list[Probe]]:
    """Kind -> the files that are such a list: as a person says, else as their columns say."""
    found: dict[str, list[Probe]] = {kind: [] for kind in _LISTS}
    for one in probes:
        fits = [kind for kind, reader in _LISTS.items() if reader.is_own(one.header)]
        if kind := told.get(one.label, fits[0] if fits else ""):
            found.get(kind, []).append(one)
    return found


def _stage_lists(job: Job, found: dict[str, list[Probe]]) -> None:
    """Lists that came with deals: after them, because they may name deals and owners."""
    for kind, probes in found.items():
        _LISTS[kind].stage(job, probes)


def _without(probes: Sequence[Probe], found: dict[str, list[Probe]]) -> list[Probe]:
    return [one for one in probes if not any(one in taken for taken in found.values())]


def _stage_mapped(job: Job, probes: list[Probe], rules: Mapping, told: dict[str, str]) -> None:
    """Tables of deals through their mapping, and the lists that came with them; other files are left out."""
    found = _lists_in(probes, told)
    rest = _without(probes, found)
    labels = {key(label) for label in rules.columns.values()}
    fits = [one for one in rest if told.get(one.label) == "deals" or labels <= {*map(key, one.header)}]
    deals = rest if not fits or rules.files or rules.owners or rules.lookups else fits
    if fits or not any(found.values()):
        crm = _crm_of(deals[0]) if deals else None
        stage = _CRMS[crm].stage if crm else table.stage_table
        stage(job, deals, rules)
    _stage_lists(job, found)
    _name_unused(job, [found for found in probes if found.source.path.name not in rules.not_needed])


def _stage_recognised(
    job: Job, probes: list[Probe], rules: Mapping, told: dict[str, str], *, only_export: bool
) -> None:
    """Find out what each file is, by its name and its columns."""
    recognised = [
        salesforce.Recognised(found, object_)
        for found in probes
        if (object_ := object_of(found.source.path.name, found.header)) is not None
    ]
    rest = [found for found in probes if found not in [file.probe for file in recognised]]
    lists_too = _lists_in(rest, told)
    rest = _without(rest, lists_too)
    has_lists = any(lists_too.values())
    if recognised and (only_export or _has_deals(recognised) or not (has_lists or _tables(rest))):
        salesforce.stage_export(job, recognised, rules)
    elif not _stage_tables(job, rest, rules) and not has_lists:
        raise table.not_recognised(probes)
    if not only_export:
        _stage_lists(job, lists_too)
    _name_unused(job, probes)


def _tables(probes: Sequence[Probe]) -> bool:
    """Whether there are tables of deals among the files."""
    return any(table.guess(found.header) or _crm_of(found) for found in probes)


def _crm_of(found: Probe) -> str | None:
    """The CRM whose list of deals a file is, where the CRM has a reader of its own."""
    return next((kind for kind, reader in _CRMS.items() if reader.is_own(found.header)), None)


def _stage_tables(job: Job, probes: Sequence[Probe], rules: Mapping) -> bool:
    """Stage the tables of deals among the files; False if there are none."""
    by_crm: dict[str | None, list[Probe]] = {}
    for found in probes:
        crm = _crm_of(found)
        if crm or table.guess(found.header):
            by_crm.setdefault(crm, []).append(found)
    for crm, own in by_crm.items():
        if crm:
            _CRMS[crm].stage(job, own, rules)
        else:
            table.stage_table(job, own, rules)
    return bool(by_crm)


def _stage_hubspot(
    job: Job, probes: list[Probe], rules: Mapping, told: dict[str, str], *, only_export: bool
) -> None:
    """HubSpot's files, and the lists that came with them."""
    own = hubspot.recognise(probes)
    rest = [] if only_export else [found for found in probes if found not in [file.probe for file in own]]
    hubspot.stage_hubspot(job, own, rules)
    _stage_lists(job, _lists_in(rest, told))
    _name_unused(job, probes)


def _has_deals(files: Sequence[salesforce.Recognised]) -> bool:
    return any(file.object is OPPORTUNITY for file in files)


def _name_unused(job: Job, probes: Sequence[Probe]) -> None:
    """A file that a person named and that was not used must not pass in silence."""
    used = {row[0] for row in job.con.execute("select file from staged_file").fetchall()}
    unused = [found.label for found in probes if found.label not in used]
    if unused:
        job.note(
            f"Not used: {', '.join(unused[:8])}{' ...' if len(unused) > 8 else ''}. If one of them"
            " matters, name it"
            " alone with --kind, or describe it in a mapping file."
        )
