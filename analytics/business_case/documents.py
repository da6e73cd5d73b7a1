"""The Blue Sheets in a store: which there are, what stands in them, and whose a person says they are."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import Any

import pandas as pd

from analytics.business_case.blue_sheets.reading import read_sheet
from analytics.business_case.scores import score_new
from analytics.business_case.sheet_matching import Match
from analytics.business_case.sheet_rows import Rows, fact_rows, match_row, stage, with_places
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.moments import now_in
from analytics.store.staging import Staging

CHOSEN, NO_DEAL = "chosen by hand", "chosen by hand: no deal"
_EVER = datetime(9999, 1, 1)


def documents(store: Store, as_of_end: datetime, deal_id: str | None = None) -> pd.DataFrame:
    """A row per document: file, size, valid_at, deal, how it was matched, candidates, paragraphs, unplaced.

    Added: `state` ('matched', 'unsure' or 'no deal'), `says` (what the sheet states of its deal, in words).
    """
    rows = store.query("documents_as_of", as_of_end=as_of_end, deal_id=deal_id)
    unsure = rows["deal_id"].isna()
    state = pd.Series("matched", index=rows.index).where(~unsure, "unsure")
    return rows.assign(
        state=state.where(rows["how"] != NO_DEAL, "no deal"),
        says=[_says(stated) for stated in rows["stated"]],
        candidates=rows["candidates"].map(lambda one: json.loads(one) if isinstance(one, str) else []),
    )


def _says(stated: Any) -> str:
    said = json.loads(stated) if isinstance(stated, str) else {}
    return " · ".join(str(said[key]) for key in ("deal_id", "account", "deal_name", "owner") if said.get(key))


def paragraphs(store: Store, document_id: str, as_of_end: datetime) -> pd.DataFrame:
    """Every paragraph of a document in order: paragraph, text, place, used_as (NULL: found no place)."""
    return store.query("document_paragraphs", document_id=document_id, as_of_end=as_of_end)


def original(store: Store, document_id: str) -> tuple[str, bytes]:
    """The file as it was imported: its name and its bytes. Raises BadInput if there is no such document."""
    rows = store.query("document_content", document_id=document_id)
    if rows.empty:
        raise BadInput("there is no such document in the store", got=document_id)
    if pd.isna(rows.iloc[0]["content"]):
        raise BadInput(
            "this file is no longer kept: it named somebody who was erased",
            to_do="Load it again without the name.",
        )
    return str(rows.iloc[0]["file"]), bytes(rows.iloc[0]["content"])


def assign(store: Store, document_id: str, deal_id: str | None, *, author: str) -> None:
    """Say whose a Blue Sheet is; its facts land there. None: it belongs to no deal.

    What it had said of another deal before stays in the store, but counts there no longer from now on.
    Raises BadInput if document, deal or author is missing.
    """
    if not author.strip():
        raise BadInput("your name is missing", to_do="Say who decides this, so that others can ask.")
    with store.reading():
        found = store.query("documents_as_of", as_of_end=_EVER, deal_id=None).set_index("document_id")
        file, content = original(store, document_id)
        known = set(store.query("known_deals")["deal_id"])
        read = paragraphs(store, document_id, _EVER)
    if deal_id is not None and deal_id not in known:
        raise BadInput("there is no such deal", got=deal_id, to_do="Choose one of the list.")
    held: Any = found.loc[document_id]
    now = now_in(store)
    match = Match(deal_id, CHOSEN if deal_id else NO_DEAL)
    rows: Rows = {"document_deal": [match_row(document_id, match, now, author.strip())]}
    if deal_id is not None:
        used = [None if pd.isna(one) else str(one) for one in read["used_as"]]
        sheet = with_places(read_sheet(content, file), dict(zip(read["paragraph"], used, strict=True)))
        rows |= fact_rows(sheet, deal_id, file, held["valid_at"].to_pydatetime())
    keep(store, rows, f"{file} (assigned)")


def keep(store: Store, rows: Rows, what: str) -> None:
    """Land rows that a person's decision makes, and judge what is new in them."""
    staging = Staging()
    try:
        lines = sum(len(found) for found in rows.values())
        file_no = staging.add_file(what, "blue-sheets", uuid.uuid4().hex, lines)
        stage(staging, rows, file_no)
        land(store, staging, kind="blue-sheets")
    finally:
        staging.con.close()
    score_new(store)
