"""What the Blue Sheets page shows: the documents of a store, and importing and sorting them from the app."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from analytics.business_case.blue_sheets.reading import read_sheet
from analytics.business_case.blue_sheets.sheet import Sheet
from analytics.business_case.documents import assign, documents, paragraphs
from analytics.business_case.scores import score_new
from analytics.business_case.sheet_matching import Match
from analytics.company import Company
from analytics.intake import stage_files
from analytics.intake.known import Known
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import FileCounts, ImportResult, land
from analytics.wording import count

Progress = Callable[[float, str], None]
_EVER = datetime(9999, 1, 1)


@dataclass(frozen=True)
class Sheets:
    """The documents known at a day. `rows`: as `business_case.documents.documents`."""

    rows: pd.DataFrame

    @property
    def unsure(self) -> pd.DataFrame:
        """Those whose deal a person must choose."""
        return self.rows[self.rows["state"] == "unsure"].reset_index(drop=True)

    def in_words(self) -> str:
        """How many there are, how many wait, and how much found no place."""
        if self.rows.empty:
            return "No Blue Sheet is loaded yet."
        waiting = len(self.unsure)
        unplaced = int(self.rows["unplaced"].sum())
        matched = int((self.rows["state"] == "matched").sum())
        wait = f"{waiting:,} wait for you to choose it" if waiting else "none waits for you to choose it"
        return (
            f"{count(len(self.rows), 'Blue Sheet')}: {matched:,} with their deal, {wait}."
            f" {count(unplaced, 'paragraph')} found no place and are listed with each sheet."
        )


def sheets_as_of(store: Store, company: Company, as_of: date) -> Sheets:
    """The documents that were known at the end of a day."""
    return Sheets(documents(store, company.calendar.end_of(as_of)))


def sheet_paragraphs(store: Store, company: Company, document_id: str, as_of: date) -> pd.DataFrame:
    """Every paragraph of a document: paragraph, text, place, used_as (NULL: no place)."""
    return paragraphs(store, document_id, company.calendar.end_of(as_of))


def known_of(store: Store) -> Known:
    """What an import must know of the store: deals, documents, the company's own questions."""
    if not store.exists:
        return Known.none()
    with store.reading():
        held = store.query("documents_as_of", as_of_end=_EVER, deal_id=None)
        asked = store.query("questions_as_of", as_of_end=_EVER)
        return Known.of(store.query("known_deals"), held, asked)


def import_uploads(
    store: Store, company: Company, uploads: Sequence[tuple[str, bytes]], progress: Progress
) -> ImportResult:
    """Import uploaded documents and zips: (name, content) each. Raises BadInput as an import does."""
    with tempfile.TemporaryDirectory(prefix="plumbline-") as folder:
        paths = []
        for number, (name, content) in enumerate(uploads):
            path = Path(folder) / str(number) / Path(name).name
            path.parent.mkdir()
            path.write_bytes(content)
            paths.append(path)
        staging = stage_files(
            paths,
            kind="blue-sheets",
            time_zone=company.calendar.time_zone,
            known=known_of(store),
            progress=lambda share, text: progress(share * 0.7, text),
        )
        try:
            result = land(
                store, staging, kind="blue-sheets", progress=lambda s, t: progress(0.7 + s * 0.1, t)
            )
        finally:
            staging.con.close()
    score_new(store, lambda share, text: progress(0.8 + share * 0.2, text))
    return result


def add_to_deal(
    store: Store, company: Company, name: str, content: bytes, deal_id: str, *, author: str
) -> None:
    """Import one document and say that it is this deal's. Raises BadInput before anything is written."""
    if not author.strip():
        raise BadInput("your name is missing", to_do="Say who decides this, so that others can ask.")
    sheet = read_sheet(content, name)
    import_uploads(store, company, [(name, content)], lambda share, text: None)
    assign(store, sheet.sha256, deal_id, author=author)


def preview(store: Store, name: str, content: bytes) -> tuple[Sheet, Match]:
    """What a document says and whose it seems to be, before anything is kept."""
    sheet = read_sheet(content, name)
    return sheet, known_of(store).deals.match(sheet)


def result_table(files: Sequence[FileCounts]) -> pd.DataFrame:
    """What became of each file, rejected ones first."""
    table = pd.DataFrame(
        {
            "File": [file.file for file in files],
            "Paragraphs": [file.rows_read for file in files],
            "Loaded": [file.loaded for file in files],
            "Unchanged": [file.unchanged for file in files],
            "Rejected": [file.rejected for file in files],
        }
    )
    return table.sort_values("Rejected", ascending=False, kind="stable").reset_index(drop=True)
