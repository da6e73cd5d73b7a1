"""Reads what people bring (CRM exports, tables, answers, targets) into staged rows or named rejects."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path

import duckdb

from analytics.intake import blue_sheets, hubspot, lists, salesforce, table
from analytics.intake.files import SHEET_SUFFIXES, TABLE_SUFFIXES, Source, find
from analytics.intake.job import Job
from analytics.intake.known import Known
from analytics.intake.mapping import Mapping, read_mapping
from analytics.intake.objects import OPPORTUNITY, object_of
from analytics.intake.raw import Probe, probe
from analytics.problems import BadInput
from analytics.store.staging import Staging

KINDS = ("auto", "salesforce", "hubspot", "table", "answers", "targets", "blue-sheets")
_LATER = ("pipedrive",)

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
    known: Known | None = None,
    taken_at: datetime | None = None,
    told: dict[str, str] | None = None,
) -> Staging:
    """Read files, folders or zips into a staging: typed rows, rejects with their reasons, notes.

    `as_of` dates the files as a snapshot; times without an offset are those of `time_zone`. `partial`: deals
    that the files lack are not missing. `quarter_start_month`: a month with which a fiscal quarter begins,
    such as the fiscal year's first. `known`: what the store knows already, such as the deals to which Blue
    Sheets are matched. `told`: file (as it is called in messages) -> 'skip' to leave it out, or what a person
    says it is: 'deals', 'answers' or 'targets'. Raises BadInput, with one message, where nothing can be read.
    `taken_at`: when a live source said all this (UTC), where that is known better than by `as_of`.
    """
    _check_kind(kind)
    rules = mapping if isinstance(mapping, Mapping) else read_mapping(mapping)
    with tempfile.TemporaryDirectory(prefix="plumbline-") as folder:
        job = Job(
            Staging(),
            Path(folder),
            time_zone,
            as_of,
            partial,
            progress or (lambda share, text: None),
            rules.formats,
            quarter_start_month,
            known or Known.none(),
            taken_at=taken_at,
        )
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
    if kind in _LATER:
        raise BadInput(
            f"there is no reader of its own for {kind} yet",
            to_do="Its deals export can be read as --kind table, with a mapping file (docs/import.md).",
        )
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
    if kind == "answers":
        lists.stage_answers(job, probes)
    elif kind == "targets":
        lists.stage_targets(job, probes)
    elif kind == "table":
        table.stage_table(job, probes, rules)
    elif kind == "auto" and rules.is_for_table:
        _stage_mapped(job, probes, rules, told)
    elif kind == "hubspot" or (kind == "auto" and any(hubspot.is_own(found.header) for found in probes)):
        _stage_hubspot(job, probes, rules, only_export=kind == "hubspot")
    else:
        _stage_recognised(job, probes, rules, only_export=kind == "salesforce")


def _stage_mapped(job: Job, probes: list[Probe], rules: Mapping, told: dict[str, str]) -> None:
    """A table of deals through its mapping, and the lists that came with it."""

    def is_a(kind: str, found: Probe, looks_so: bool) -> bool:
        return told.get(found.label) == kind or (found.label not in told and looks_so)

    answers = [found for found in probes if is_a("answers", found, lists.is_answers(found.header))]
    rest = [found for found in probes if found not in answers]
    targets = [found for found in rest if is_a("targets", found, lists.is_targets(found.header))]
    labels = {key(label) for label in rules.columns.values()}
    fits = {found.label for found in rest if labels <= {key(label) for label in found.header}}
    lists_only = bool(answers or targets) and not fits
    deals = [
        found
        for found in rest
        if found not in targets and (not fits or is_a("deals", found, found.label in fits))
    ]
    if deals and not lists_only:
        table.stage_table(job, deals, rules)
    lists.stage_answers(job, answers)
    lists.stage_targets(job, targets)
    _name_unused(job, probes)


def _stage_recognised(job: Job, probes: list[Probe], rules: Mapping, *, only_export: bool) -> None:
    """Find out what each file is, by its name and its columns."""
    recognised = [
        salesforce.Recognised(found, object_)
        for found in probes
        if (object_ := object_of(found.source.path.name, found.header)) is not None
    ]
    rest = [found for found in probes if found not in [file.probe for file in recognised]]
    answers = [found for found in rest if lists.is_answers(found.header)]
    targets = [found for found in rest if found not in answers and lists.is_targets(found.header)]
    tables = [found for found in rest if found not in [*answers, *targets] and table.guess(found.header)]
    if recognised and (only_export or not (answers or targets or tables) or _has_deals(recognised)):
        salesforce.stage_export(job, recognised, rules)
    elif tables:
        table.stage_table(job, tables, rules)
    elif not (answers or targets):
        raise table.not_recognised(probes)
    if not only_export:
        lists.stage_answers(job, answers)
        lists.stage_targets(job, targets)
    _name_unused(job, probes)


def _stage_hubspot(job: Job, probes: list[Probe], rules: Mapping, *, only_export: bool) -> None:
    """HubSpot's files, and the lists that came with them."""
    lists_too = [] if only_export else probes
    answers = [found for found in lists_too if lists.is_answers(found.header)]
    targets = [found for found in lists_too if found not in answers and lists.is_targets(found.header)]
    rest = [found for found in probes if found not in [*answers, *targets]]
    hubspot.stage_hubspot(job, hubspot.recognise(rest), rules)
    lists.stage_answers(job, answers)
    lists.stage_targets(job, targets)
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
