"""Paragraphs of Blue Sheets that found no place, placed by a person."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pandas as pd

from analytics.business_case.documents import keep, paragraphs
from analytics.business_case.questions import Method
from analytics.business_case.sheet_rows import Rows, note_id
from analytics.problems import BadInput
from analytics.store.database import Store

#: What a paragraph can be besides an answer; the last one takes it off the list.
NOTES = {"red_flag": "Red flag", "strength": "Strength", "action": "Action", "competition": "Competition"}
NOTHING = "label"
_EVER = datetime(9999, 1, 1)


def choices(method: Method) -> dict[str, str]:
    """What a paragraph can be placed as: key -> words."""
    questions = {f"answer: {one.key}": f"Answer: {one.label}" for one in method.questions}
    return questions | NOTES | {NOTHING: "Nothing: only a label or a remark"}


def place(store: Store, document_id: str, paragraph: int, used_as: str, *, author: str) -> None:
    """Place a paragraph of a sheet that has its deal: as an answer, a note, or nothing (a key of `choices`).

    It counts from the sheet's own date on, as if it had been read so. To an answer that the same sheet gave
    it is added. Raises BadInput if document, paragraph or author is missing, or it has a place already.
    """
    if not author.strip():
        raise BadInput("your name is missing", to_do="Say who decides this, so that others can ask.")
    with store.reading():
        held = store.query("documents_as_of", as_of_end=_EVER, deal_id=None)
        held = held[held["document_id"] == document_id]
        rows = paragraphs(store, document_id, _EVER).set_index("paragraph")
        if held.empty or paragraph not in rows.index:
            raise BadInput("there is no such paragraph in the store", got=f"{document_id} {paragraph}")
        sheet: Any = held.iloc[0]
        found: Any = rows.loc[paragraph]
        if pd.isna(sheet["deal_id"]):
            raise BadInput("the sheet has no deal yet", to_do="Choose its deal first.")
        if pd.notna(found["used_as"]):
            raise BadInput("the paragraph has a place already", got=str(found["used_as"]))
        answers = store.query("deal_answers", deal_id=sheet["deal_id"], as_of_end=_EVER, scorer="")
    said = {
        "document_id": document_id,
        "paragraph": paragraph,
        "valid_at": sheet["valid_at"],
        "line": paragraph,
    }
    changed: Rows = {
        "document_paragraph": [{**said, "text": found["text"], "place": found["place"], "used_as": used_as}]
    }
    fact = {**said, "deal_id": sheet["deal_id"]}
    kind, _, question = used_as.partition(": ")
    if kind == "answer":
        changed["answer"] = [_answer(fact, question, str(found["text"]), answers, str(sheet["file"]), author)]
    elif used_as in NOTES:
        name = note_id(document_id, used_as, paragraph)
        changed["case_note"] = [{**fact, "note_id": name, "kind": used_as, "text": found["text"]}]
    elif used_as != NOTHING:
        raise BadInput("a paragraph cannot be placed as this", got=repr(used_as))
    keep(store, changed, f"{sheet['file']} (placed by {author.strip()})")


def _answer(
    fact: dict[str, Any], question: str, text: str, answers: pd.DataFrame, file: str, author: str
) -> dict[str, Any]:
    """The answer with the paragraph: alone, or behind what the same sheet said to the question already."""
    same = answers[(answers["question"] == question) & (answers["document_id"] == fact["document_id"])]
    row = {**fact, "question": question, "source": f"Blue Sheet {file}", "answer": text}
    if same.empty:
        return {**row, "author": author.strip()}
    before: Any = same.iloc[0]
    joined = f"{before['answer']}\n{text}"
    return {**row, "answer": joined, "author": before["author"], "paragraph": int(before["paragraph"])}
