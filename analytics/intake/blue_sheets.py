"""Blue Sheets: Word documents in files, folders and zips, each to the deal it belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from analytics.business_case.blue_sheets.reading import read_sheet
from analytics.business_case.blue_sheets.sheet import Sheet
from analytics.business_case.sheet_matching import Match
from analytics.business_case.sheet_rows import document_rows, fact_rows, match_row, stage
from analytics.intake.files import Source, unreadable
from analytics.intake.job import Job
from analytics.intake.known import Known
from analytics.problems import BadInput

KIND = "blue-sheets"
#: The largest document that is kept. One with many pictures has some megabytes.
MAX_SIZE = 64 * 1024**2
_ONCE_KNOWN = frozenset({"document"})
_BY_A_PERSON = "chosen by hand"


@dataclass(frozen=True)
class _Found:
    """A sheet that could be read, with its file's number and name, its bytes, and whose it is."""

    file_no: int
    name: str
    content: bytes
    sheet: Sheet
    match: Match


def stage_sheets(job: Job, sources: Sequence[Source], known: Known) -> None:
    """Read and stage every document; one that cannot be read is one reject.

    Raises BadInput if a single document was named and cannot be read.
    """
    found: list[_Found] = []
    seen: set[str] = set()
    for number, source in enumerate(sources):
        job.progress(0.95 * number / len(sources), f"reading Blue Sheets, {number + 1:,} of {len(sources):,}")
        content = b""
        try:
            content = _bytes_of(source)
            sheet = _read(content, source.label)
        except BadInput as problem:
            if len(sources) == 1:
                raise
            file_no = job.staging.add_file(source.label, KIND, hashlib.sha256(content).hexdigest(), 1)
            job.staging.reject(file_no, 1, "document", source.label, str(problem))
            continue
        file_no = job.staging.add_file(source.label, KIND, sheet.sha256, len(sheet.paragraphs))
        if sheet.sha256 in seen:  # the same document in another folder
            continue
        seen.add(sheet.sha256)
        match = _match(sheet, known)
        job.staging.read_as(file_no, f"of deal {match.deal_id}")  # with new deals it is another import
        found.append(_Found(file_no, source.label.rpartition("/")[2], content, sheet, match))
    _stage(job, found, known)
    _tell(job, found)


def _stage(job: Job, found: Sequence[_Found], known: Known) -> None:
    """Stage what was found. Sheets of one deal and one moment are put a second apart, the last one latest.

    One that the store holds keeps its moment; the others step back, so that none leaves its day.
    """
    taken: set[tuple[str | None, datetime]] = set()
    held = known.documents
    latest_first = sorted(found, key=lambda one: one.sheet.file, reverse=True)
    for one in sorted(latest_first, key=lambda one: one.sheet.sha256 not in held):
        deal_id, sha256 = one.match.deal_id, one.sheet.sha256
        at = held[sha256][0] if sha256 in held else _moment(job, one.sheet)
        while sha256 not in held and (deal_id, at) in taken:
            at -= timedelta(seconds=1)
        taken.add((deal_id, at))
        rows = document_rows(one.sheet, one.content, one.name, at)
        if sha256 not in held or held[sha256][1] != deal_id:
            rows["document_deal"] = [match_row(sha256, one.match, at)]
        if deal_id is not None:
            rows |= fact_rows(one.sheet, deal_id, one.name, at)
        stage(job.staging, rows, one.file_no, opening=_ONCE_KNOWN)


def _bytes_of(source: Source) -> bytes:
    """The document, at most one byte more than may be."""
    try:
        with source.path.open("rb") as file:
            return file.read(MAX_SIZE + 1)
    except OSError as error:
        raise unreadable(source.label, error) from None


def _read(content: bytes, label: str) -> Sheet:
    if len(content) > MAX_SIZE:
        raise BadInput(
            "the document is too large",
            where=label,
            expected=f"at most {MAX_SIZE // 1024**2} MB",
            to_do="Save it without its pictures.",
        )
    return read_sheet(content, label)


def _match(sheet: Sheet, known: Known) -> Match:
    """A deal that was found before stays; a person's word that there is none stays too."""
    held = known.documents.get(sheet.sha256)
    if held and (held[1] is not None or held[2].startswith(_BY_A_PERSON)):
        return Match(held[1], held[2])
    return known.deals.match(sheet)


def _moment(job: Job, sheet: Sheet) -> datetime:
    """When the sheet was true: its own date, else that of the import, never after now."""
    now = job.now()
    if sheet.dated is not None:
        return min(job.end_of(sheet.dated), now)
    return job.end_of(job.as_of) if job.as_of else now


def _tell(job: Job, found: Sequence[_Found]) -> None:
    unsure = sum(one.match.deal_id is None for one in found)
    unplaced = sum(len(one.sheet.unplaced) for one in found)
    if unsure:
        job.note(
            f"{unsure} of {len(found)} Blue Sheets could not be matched to a deal beyond doubt. Their"
            " facts wait: open the page Blue Sheets and choose the deal of each."
        )
    if unplaced:
        job.note(
            f"{unplaced} paragraphs found no place among the questions, people, flags and actions; they"
            " are kept and listed on the page Blue Sheets, sheet by sheet."
        )
