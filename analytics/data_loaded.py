"""What the numbers rest on: files, what to know about them, and rows that could not be read."""

from __future__ import annotations

import json
from dataclasses import dataclass

import pandas as pd

from analytics.store.database import Store

_FILES = {
    "file": "File",
    "kind": "Kind",
    "rows_read": "Rows read",
    "loaded": "Loaded",
    "unchanged": "Unchanged",
    "rejected": "Rejected",
    "loaded_at": "Loaded at (UTC)",
    "as_of": "True as of",
    "loaded_by": "Loaded by",
    "import_id": "Import",
    "sha256": "SHA-256",
}
_REJECTS = {
    "file": "File",
    "line": "Line",
    "column_name": "Column",
    "value": "Value",
    "reason": "Reason",
    "import_id": "Import",
}

#: Imports that pages of their own list.
ON_PAGES_OF_THEIR_OWN = ("decision", "call", "coaching", "upkeep", "erasure")


@dataclass(frozen=True)
class DataLoaded:
    """Files, newest import first; problems in rejected rows; the notes of the newest import."""

    files: pd.DataFrame
    rejects: pd.DataFrame
    rejected_rows: int
    notes: list[str]

    def of(self, import_id: int) -> tuple[pd.DataFrame, pd.DataFrame]:
        """The files and the rejects of one import; of all for 0."""
        if not import_id:
            return self.files, self.rejects
        return self.files[self.files["Import"] == import_id], self.rejects[
            self.rejects["Import"] == import_id
        ]


def data_loaded(store: Store) -> DataLoaded:
    """Read the log of imports."""
    with store.reading():
        imports, rejects = store.query("imports"), store.query("rejects")
    imports = imports[~imports["import_kind"].isin(ON_PAGES_OF_THEIR_OWN)]
    files = imports[imports["file"].notna()]
    return DataLoaded(
        files=files[list(_FILES)].rename(columns=_FILES),
        rejects=rejects[list(_REJECTS)].rename(columns=_REJECTS),
        rejected_rows=len(rejects[["import_id", "file", "line"]].drop_duplicates()),
        notes=list(json.loads(imports["notes"].iloc[0])) if len(imports) else [],
    )
