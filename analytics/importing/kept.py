"""Mappings that are kept for next week: found again by the columns of a file."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pandas as pd

from analytics.importing.as_mapping import mapping_from
from analytics.importing.choices import Choices
from analytics.intake.fields import key
from analytics.intake.mapping import Mapping, mapping_of
from analytics.intake.mapping_text import text_of
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.moments import now_in
from analytics.store.staging import Staging

#: How much of the columns of last week's file and this one's must be the same.
_SHARED = 0.8


@dataclass(frozen=True)
class Kept:
    """A mapping as it was kept."""

    mapping: Mapping
    on: date


def find_kept(store: Store, header: Sequence[str]) -> Kept | None:
    """The kept mapping of a file with these columns: the one whose file had most of them, then the newest.

    Another list may share a few plain names (Id, Name, Stage): a fifth of the columns may differ, no more.
    """
    labels = {key(label) for label in header}
    fitting = []
    for before, kept in _all_kept(store):
        columns = kept.mapping.columns.values()
        if columns and all(key(label) in labels for label in columns):
            shared = len(before & labels) / len(before | labels)
            if shared >= _SHARED:
                fitting.append((shared, kept))
    return max(fitting, key=lambda item: item[0])[1] if fitting else None


def kept_as(store: Store, name: str) -> Kept | None:
    """What was said of the words of an export that is read by its own names: it is kept as its CRM's."""
    found = (kept for _, kept in _all_kept(store) if kept.mapping.name == name and not kept.mapping.columns)
    return next(found, None)


def _all_kept(store: Store) -> Iterator[tuple[set[str], Kept]]:
    """Every kept mapping, the newest first, with the columns of the file it was made for."""
    for row in store.query("kept_mappings").to_dict("records") if store.exists else ():
        try:
            mapping = mapping_of(str(row["text"]), Path(str(row["name"])))
        except BadInput:
            continue  # kept by another version of Plumbline; it is chosen anew
        header = {key(label) for label in json.loads(row["header"] or "[]")}
        yield header, Kept(mapping, row["valid_at"].date())


def keep(store: Store, choices: Choices, header: Sequence[str], author: str) -> None:
    """Keep how a list was read, under the name that was chosen. It stays when the import is undone."""
    text = text_of(mapping_from(choices))
    _write(store, choices.name, json.dumps(list(header)), text, author)


def forget(store: Store, name: str, author: str) -> None:
    """A kept mapping is not found again."""
    _write(store, name, None, None, author)


def _write(store: Store, name: str, header: str | None, text: str | None, author: str) -> None:
    staging = Staging(restates=True)
    try:
        file_no = staging.add_file(f"mapping {name}", "import_mapping", uuid.uuid4().hex, 1)
        now = now_in(store)
        row = {"name": name, "kind": "table", "header": header, "text": text, "valid_at": now, "line": 1}
        staging.add("import_mapping", pd.DataFrame([row]), file_no=file_no)
        land(store, staging, kind="upkeep", author=author)
    finally:
        staging.con.close()
