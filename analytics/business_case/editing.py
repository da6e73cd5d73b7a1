"""What people write in the app: new answers, and levels of their own. Everything is a new dated row."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import duckdb
import pandas as pd

from analytics.business_case.scores import score_new
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.moments import now_in
from analytics.store.staging import Staging
from analytics.written_rows import must_fit

_UNSEEN = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_LATEST = """
    with sheet_of as (
        select document_id, deal_id, row_number() over (
            partition by document_id order by valid_at desc, import_id desc, seq desc) as newest
        from store.document_deal
    )
    select valid_at, answer, author from store.answer a
    where deal_id = ? and question = ? and not exists (select 1 from sheet_of o
        where o.newest = 1 and o.document_id = a.document_id and o.deal_id is distinct from a.deal_id)
    order by valid_at desc, import_id desc, seq desc limit 1
"""


@dataclass(frozen=True)
class Seen:
    """The version of an answer that a person had before them while writing; None where there was none."""

    valid_at: datetime | None
    answer: str


class Conflict(Exception):
    """Somebody else saved the same answer meanwhile. Nothing was written."""

    def __init__(self, answer: str, author: str, at: datetime) -> None:
        self.answer, self.author, self.at = answer, author, at
        super().__init__(f"{author} changed this answer at {at:%Y-%m-%d %H:%M} UTC")


def save_answer(
    store: Store,
    deal_id: str,
    question: str,
    answer: str,
    *,
    author: str,
    seen: Seen,
    source: str = "",
    confirmed_by: str = "",
) -> bool:
    """Save a new version of an answer, dated now; False if it says nothing new.

    Raises Conflict if the latest version is no longer the one that was `seen`; BadInput if the author is
    missing or the text too long.
    """
    text = _clean(answer)
    if not _clean(author):
        raise BadInput("your name is missing", to_do="Say who writes this, so that others can ask.")
    if text == seen.answer.strip() and not (source or confirmed_by):
        return False
    row = {
        "deal_id": deal_id,
        "question": question,
        "answer": text,
        "author": _clean(author),
        "source": _clean(source) or "Plumbline",
        "confirmed_by": _clean(confirmed_by) or None,
    }
    _write(store, "answer", row, lambda con: _unchanged(con, deal_id, question, seen))
    score_new(store)
    return True


def _clean(text: str) -> str:
    """Without blanks around it and without signs that nobody can see or write to a Word document."""
    return _UNSEEN.sub("", text).strip()


def _unchanged(con: duckdb.DuckDBPyConnection, deal_id: str, question: str, seen: Seen) -> None:
    row = con.execute(_LATEST, [deal_id, question]).fetchone()
    latest, text, author = row if row else (None, "", "")
    if latest is not None and (seen.valid_at is None or latest != seen.valid_at or text != seen.answer):
        raise Conflict(str(text or ""), str(author or "somebody"), latest)


def overrule(
    store: Store,
    deal_id: str,
    question: str,
    answered_at: datetime,
    level: int | None,
    *,
    reason: str,
    author: str,
) -> None:
    """Set another level for one version of an answer, kept with its reason; `level` None takes it back.

    Raises BadInput if the level is not 0-4, or the reason or author is missing.
    """
    if level is not None and level not in range(5):
        raise BadInput("there is no such level", expected="0 to 4", got=str(level))
    for value, what in ((reason, "the reason"), (author, "your name")):
        if not _clean(value):
            raise BadInput(f"{what} is missing", to_do="Both stay beside the level, for whoever reads it.")
    row = {
        "deal_id": deal_id,
        "question": question,
        "answered_at": answered_at,
        "level": level,
        "reason": _clean(reason),
        "author": _clean(author),
    }
    _write(store, "depth_overrule", row)


def _write(store: Store, subject: str, row: dict[str, Any], unless: Any = None) -> None:
    must_fit(row)
    now = now_in(store)
    staging = Staging()
    try:
        file_no = staging.add_file("written in the app", subject, uuid.uuid4().hex, 1)
        frame = pd.DataFrame([{**row, "valid_at": now, "line": 1}])
        staging.add(subject, frame, file_no=file_no)
        land(store, staging, kind="edit", unless=unless)
    finally:
        staging.con.close()
