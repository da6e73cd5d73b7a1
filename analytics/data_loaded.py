"""What the numbers rest on: files, what to know about them, and rows that could not be read."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from analytics.importing import CORRECTION
from analytics.store.database import Store
from analytics.wording import count

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
}
_REJECTS = {
    "file": "File",
    "line": "Line",
    "column_name": "Column",
    "value": "Value",
    "reason": "Reason",
    "import_id": "Import",
    "corrected": "Corrected in import",
}

#: Imports that pages of their own list.
ON_PAGES_OF_THEIR_OWN = ("decision", "call", "coaching", "upkeep", "erasure")


@dataclass(frozen=True)
class DataLoaded:
    """Files, newest import first; problems in rejected rows; the notes of the newest import.

    `rejected_rows`: how many there are that were not corrected and given back.
    """

    files: pd.DataFrame
    rejects: pd.DataFrame
    rejected_rows: int
    notes: list[str]

    @property
    def unread_in_words(self) -> str:
        """How many rows could not be read and were not corrected since."""
        is_corrected = bool(self.rejects["Corrected in import"].notna().any())
        if not self.rejected_rows:
            return (
                f"Every row {'that could not be read was corrected since' if is_corrected else 'was read'}."
            )
        others = ", besides those corrected since" if is_corrected else ""
        return f"{count(self.rejected_rows, 'row')} could not be read{others}."

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
    rejects = rejects.assign(corrected=_corrected(imports, rejects))
    waiting = rejects[rejects["corrected"].isna()]
    imports = imports[~imports["import_kind"].isin(ON_PAGES_OF_THEIR_OWN)]
    files = imports[imports["file"].notna()]
    return DataLoaded(
        files=files[list(_FILES)].rename(columns=_FILES),
        rejects=rejects[list(_REJECTS)].rename(columns=_REJECTS),
        rejected_rows=len(waiting[["import_id", "file", "line"]].drop_duplicates()),
        notes=list(json.loads(imports["notes"].iloc[0])) if len(imports) else [],
    )


def _corrected(imports: pd.DataFrame, rejects: pd.DataFrame) -> pd.Series:
    """Per reject the import in which its row was given back corrected; NA = in none.

    Corrected rows come in a file that is called as the one they are from, and belong to the last import
    before that rejected rows of it; they settle them if there are as many of them.
    """
    found = pd.Series(pd.NA, index=rejects.index, dtype="Int64")
    stems = rejects["file"].map(_stem)
    counts = imports[(imports["import_kind"] == CORRECTION) & imports["undone_at"].isna()]
    for row in counts.sort_values("import_id").to_dict("records"):
        is_earlier = (rejects["import_id"] < row["import_id"]) & found.isna()
        mine = rejects[is_earlier & (stems == _stem(row["file"]))]
        last = mine[mine["import_id"] == mine["import_id"].max()]
        if last["line"].nunique() <= row["rows_read"]:
            found[last.index] = row["import_id"]
    return found


def _stem(file: object) -> str:
    return Path(str(file)).stem
