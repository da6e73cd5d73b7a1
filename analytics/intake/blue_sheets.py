"""Blue Sheets: Word documents in files, folders and zips, each to the deal it belongs to."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

import pandas as pd

from analytics.business_case.blue_sheets.reading import read_sheet
from analytics.business_case.blue_sheets.sheet import Sheet
from analytics.business_case.sheet_matching import KnownDeals, Match
from analytics.business_case.sheet_rows import Rows, apart, document_rows, fact_rows, match_row, stage
from analytics.intake.files import Source, unreadable
from analytics.intake.job import Job
from analytics.problems import BadInput

KIND = "blue-sheets"
#: The largest document that is kept. One with many pictures has some megabytes.
MAX_SIZE = 64 * 1024**2
_ONCE_KNOWN = frozenset({"document"})
_BY_A_PERSON = "chosen by hand"


@dataclass(frozen=True)
class Known:
    """What the store knows already: its deals, and the documents that it holds with the deal of each."""

    deals: KnownDeals
    #: document_id -> (since when, deal_id or None, how)
    documents: dict[str, tuple[datetime, str | None, str]] = field(default_factory=dict)

    @classmethod
    def none(cls) -> Known:
        """Nothing is known: no deal will match."""
        return cls(KnownDeals(pd.DataFrame(columns=["deal_id", "name", "account_name", "is_open"])))

    @classmethod
    def of(cls, deals: pd.DataFrame, documents: pd.DataFrame) -> Known:
        """From the rows of the queries `known_deals` and `documents_as_of`."""
        held = {
            str(row["document_id"]): (
                row["valid_at"].to_pydatetime(),
                None if pd.isna(row["deal_id"]) else str(row["deal_id"]),
                str(row["how"]),
            )
            for row in documents.to_dict("records")
        }
        return cls(KnownDeals(deals), held)


@dataclass(frozen=True)
class _Found:
    """A sheet that could be read, with its file's number."""

    file_no: int
    sheet: Sheet
    rows: Rows


def stage_sheets(job: Job, sources: Sequence[Source], known: Known) -> None:
    """Read and stage every document; one that cannot be read is one reject.

    Raises BadInput if a single document was named and cannot be read.
    """
    found: list[_Found] = []
    seen: set[str] = set()
    unsure = 0
    for number, source in enumerate(sources):
        job.progress(0.95 * number / len(sources), f"reading Blue Sheets, {number + 1:,} of {len(sources):,}")
        content = _bytes_of(source)
        try:
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
        rows, deal_id = _rows(job, sheet, content, source.label, known)
        job.staging.read_as(file_no, f"of deal {deal_id}")  # with new deals it is another import
        unsure += deal_id is None
        found.append(_Found(file_no, sheet, rows))
    apart(one.rows for one in sorted(found, key=lambda one: one.sheet.file))
    for one in found:
        stage(job.staging, one.rows, one.file_no, opening=_ONCE_KNOWN)
    _tell(job, found, unsure)


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


def _rows(job: Job, sheet: Sheet, content: bytes, label: str, known: Known) -> tuple[Rows, str | None]:
    """The rows of one sheet, and its deal if that is known."""
    held = known.documents.get(sheet.sha256)
    at = held[0] if held else _moment(job, sheet)
    match = _match(sheet, known, held)
    rows = document_rows(sheet, content, label.rpartition("/")[2], at)
    if held is None or held[1] != match.deal_id:
        rows["document_deal"] = [match_row(sheet.sha256, match, at if held is None else job.now())]
    if match.deal_id is not None:
        rows |= fact_rows(sheet, match.deal_id, label.rpartition("/")[2], at)
    return rows, match.deal_id


def _match(sheet: Sheet, known: Known, held: tuple[datetime, str | None, str] | None) -> Match:
    """A deal that was found before stays; a person's word that there is none stays too."""
    if held and (held[1] is not None or held[2].startswith(_BY_A_PERSON)):
        return Match(held[1], held[2])
    return known.deals.match(sheet)


def _moment(job: Job, sheet: Sheet) -> datetime:
    """When the sheet was true: its own date, else that of the import, never after now."""
    now = job.now()
    if sheet.dated is not None:
        return min(job.end_of(sheet.dated), now)
    return job.end_of(job.as_of) if job.as_of else now


def _tell(job: Job, found: Sequence[_Found], unsure: int) -> None:
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
