"""What the Blue Sheets page shows: the documents of a store, and importing and sorting them from the app."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from analytics import scratch
from analytics.business_case.blue_sheets.reading import read_sheet
from analytics.business_case.blue_sheets.sheet import Sheet
from analytics.business_case.documents import assign, documents, paragraphs
from analytics.business_case.scores import score_new
from analytics.business_case.sheet_matching import Match
from analytics.company import Company
from analytics.deal_case import NOTE_KINDS
from analytics.intake import stage_files
from analytics.intake.known import Known
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import FileCounts, ImportResult, land
from analytics.wording import count

Progress = Callable[[float, str], None]
_EVER = datetime(9999, 1, 1)
_KINDS = {"answer": "Answers", "influence": "People"} | NOTE_KINDS
_WITHOUT = {"unsure": "(waits for you)", "no deal": "(no deal)"}
_HOW = {"id": "by its id", "account and name": "by account and name"}


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
        waiting, no_deal = len(self.unsure), int((self.rows["state"] == "no deal").sum())
        unplaced = int(self.rows["unplaced"].sum())
        matched = int((self.rows["state"] == "matched").sum())
        wait = "1 waits" if waiting == 1 else f"{waiting:,} wait" if waiting else "none waits"
        apart = f", {no_deal:,} of no deal" if no_deal else ""
        rest = f"{count(unplaced, 'paragraph')} found no place; each sheet lists its own."
        return (
            f"{count(len(self.rows), 'Blue Sheet')}: {matched:,} with their deal{apart},"
            f" {wait} for you to choose it. {rest if unplaced else 'Every paragraph found its place.'}"
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
        settings = store.query("settings_as_of")
        known = Known.of(
            store.query("known_deals"),
            held,
            asked,
            store.query("deal_matches"),
            store.query("people_as_of", as_of_end=_EVER),
            lambda source, moment: store.query("deal_statements", source=source, as_of_end=moment),
        )
    set_ = dict(zip(settings["key"], settings["value"], strict=True))
    return replace(known, currency=str(set_.get("company_currency", "")))


def import_uploads(
    store: Store, company: Company, uploads: Sequence[tuple[str, bytes]], progress: Progress
) -> ImportResult:
    """Import uploaded documents and zips: (name, content) each. Raises BadInput as an import does."""
    with scratch.folder() as folder:
        paths = []
        for number, (name, content) in enumerate(uploads):
            path = folder / str(number) / Path(name).name
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


def found_in_words(sheet: Sheet) -> str:
    """How many facts of each kind a document holds, and how many of its paragraphs found no place."""
    n = Counter(_KINDS.get(fact.kind, fact.kind.replace("_", " ")) for fact in sheet.facts)
    found = ", ".join(f"{kind.lower()} {times}" for kind, times in n.items())
    unplaced = count(len(sheet.unplaced), "paragraph")
    return f"Found: {found or 'nothing that can be placed'}; {unplaced} without a place."


def facts_table(sheet: Sheet) -> pd.DataFrame:
    """A row per fact of a document that is not kept yet: what it is, its text, its paragraph."""
    kinds = [(fact.question or fact.kind).replace("_", " ").capitalize() for fact in sheet.facts]
    return pd.DataFrame(
        {
            "Read as": kinds,
            "Text": [fact.text for fact in sheet.facts],
            "Paragraph": [fact.paragraph for fact in sheet.facts],
        }
    )


def how_found(how: str) -> str:
    """How a document's deal was found, or why it was not, in words."""
    return _HOW.get(how, how)


def sheets_table(rows: pd.DataFrame) -> pd.DataFrame:
    """The documents as people read them: what decides first."""
    return pd.DataFrame(
        {
            "Document": rows["file"],
            "Deal": rows["deal_name"].fillna(rows["state"].map(_WITHOUT)),
            "How": rows["how"].map(how_found),
            "Dated": rows["valid_at"],
            "Paragraphs": rows["paragraphs"],
            "With facts": rows["with_facts"],
            "No place": rows["unplaced"],
            "Account": rows["account_name"],
        }
    )
