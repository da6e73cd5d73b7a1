"""One Blue Sheet becomes rows: the document, its paragraphs, its deal, and what it says of the deal."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import pandas as pd

from analytics.business_case.blue_sheets.sheet import ANSWER, INFLUENCE, Fact, Sheet
from analytics.business_case.sheet_matching import Match, simple
from analytics.store.staging import Staging

LABEL = "label"
_PERSON = ("name", "title", "role", "influence", "mode", "rating", "win_result")
Rows = dict[str, list[dict[str, Any]]]


def document_rows(sheet: Sheet, content: bytes, file: str, at: datetime) -> Rows:
    """Subjects `document` and `document_paragraph`: the file as it was, and every paragraph of it."""
    stated = {
        name: getattr(sheet, name)
        for name in ("deal_id", "account", "deal_name", "owner", "amount", "close_date")
        if getattr(sheet, name)
    }
    used = _used_as(sheet)
    return {
        "document": [
            {
                "document_id": sheet.sha256,
                "valid_at": at,
                "file": file,
                "content": content,
                "size": len(content),
                "stated": json.dumps(stated, ensure_ascii=False),
                "line": 1,
            }
        ],
        "document_paragraph": [
            {
                "document_id": sheet.sha256,
                "paragraph": one.number,
                "valid_at": at,
                "text": one.text,
                "place": one.where,
                "used_as": used[one.number],
                "line": one.number,
            }
            for one in sheet.paragraphs
        ],
    }


def _used_as(sheet: Sheet) -> dict[int, str | None]:
    used: dict[int, str | None] = {one.number: LABEL for one in sheet.paragraphs}
    used |= dict.fromkeys(sheet.unplaced)
    for fact in sheet.facts:
        words = f"{fact.kind}: {fact.question}" if fact.kind == ANSWER else fact.kind
        for number in range(fact.paragraph, fact.last_paragraph + 1):
            if number in used and used[number] in (None, LABEL):
                used[number] = words
    return used


def with_places(sheet: Sheet, places: Mapping[int, str | None]) -> Sheet:
    """The sheet with what people said of the paragraphs that found no place: number -> used_as."""
    facts = list(sheet.facts)
    for one in sheet.paragraphs:
        used_as = places.get(one.number)
        if one.number in sheet.unplaced and used_as and used_as != LABEL:
            kind, _, question = used_as.partition(": ")
            facts.append(Fact(kind, one.text, one.number, one.number, question))
    return replace(sheet, facts=facts)


def note_id(document_id: str, kind: str, paragraph: int, nth: int = 1) -> str:
    """The name of a note: the same each time that its sheet is read."""
    return f"{document_id[:12]} {kind} {paragraph} {nth}"


def match_row(document_id: str, match: Match, at: datetime, author: str | None = None) -> dict[str, Any]:
    """Subject `document_deal`: whose sheet it is, or whose it could be."""
    return {
        "document_id": document_id,
        "valid_at": at,
        "deal_id": match.deal_id,
        "how": match.how,
        "candidates": match.candidates_text(),
        "author": author,
        "line": 1,
    }


def fact_rows(sheet: Sheet, deal_id: str, file: str, at: datetime) -> Rows:
    """Subjects `answer`, `buying_influence` and `case_note`: what the sheet says of its deal."""
    origin = {"deal_id": deal_id, "valid_at": at, "document_id": sheet.sha256}
    facts = sheet.facts
    return {
        "answer": _answers([one for one in facts if one.kind == ANSWER], sheet, file, origin),
        "buying_influence": _influences([one for one in facts if one.kind == INFLUENCE], origin),
        "case_note": _notes([one for one in facts if one.kind not in (ANSWER, INFLUENCE)], origin),
    }


def _answers(facts: list[Fact], sheet: Sheet, file: str, origin: dict[str, Any]) -> list[dict[str, Any]]:
    """One answer per question: what stands in several places is joined, and linked to the first of them."""
    rows: dict[str, dict[str, Any]] = {}
    for fact in facts:
        row = rows.setdefault(
            fact.question,
            {
                **origin,
                "question": fact.question,
                "answer": "",
                "author": sheet.owner or None,
                "source": f"Blue Sheet {file}",
                "paragraph": fact.paragraph,
                "line": fact.paragraph,
            },
        )
        row["answer"] = f"{row['answer']}\n{fact.text}".strip()
    return list(rows.values())


def _influences(facts: list[Fact], origin: dict[str, Any]) -> list[dict[str, Any]]:
    """A row per person; a person named twice has the roles of both, and the first word on everything else."""
    rows: dict[str, dict[str, Any]] = {}
    for fact in facts:
        said = {name: fact.fields.get(name, "").strip() for name in _PERSON}
        key = simple(said["name"]) or f"{origin['document_id'][:12]} {fact.paragraph}"
        row = rows.setdefault(
            key, {**origin, "influence_id": key, "paragraph": fact.paragraph, "line": fact.paragraph}
        )
        for name, value in said.items():
            if not value:
                continue
            if name == "role" and row.get("role") and value not in str(row["role"]).split(", "):
                row["role"] = f"{row['role']}, {value}"
            row.setdefault(name, value)
    return list(rows.values())


def _notes(facts: list[Fact], origin: dict[str, Any]) -> list[dict[str, Any]]:
    rows = []
    seen: Counter[tuple[str, int]] = Counter()
    for fact in facts:
        seen[place := (fact.kind, fact.paragraph)] += 1
        rows.append(
            {
                **origin,
                "note_id": note_id(origin["document_id"], fact.kind, fact.paragraph, seen[place]),
                "kind": fact.kind,
                "text": fact.text,
                "owner": fact.fields.get("owner") or None,
                "due": fact.fields.get("due") or None,
                "paragraph": fact.paragraph,
                "line": fact.paragraph,
            }
        )
    return rows


def stage(staging: Staging, rows: Rows, file_no: int, *, opening: frozenset[str] = frozenset()) -> None:
    """Stage the rows of one sheet; those of the subjects in `opening` only where the store lacks the key."""
    for subject, found in rows.items():
        if found:
            staging.add(subject, pd.DataFrame(found), file_no=file_no, is_opening=subject in opening)
