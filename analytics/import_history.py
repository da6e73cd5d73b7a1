"""The imports of a store as people read them: when, who, what came of it, whether it counts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

from analytics.company import Company
from analytics.data_loaded import ON_PAGES_OF_THEIR_OWN
from analytics.importing import CORRECTION
from analytics.store.database import Store
from analytics.store.undo import UndoResult, history
from analytics.wording import count, day, is_missing

#: What no list of imports shows: pages of their own have it, and their own way to take it back.
_NOT_LISTED = (*ON_PAGES_OF_THEIR_OWN, "settings")
#: How kinds of imports are called where their own names say nothing.
KIND_WORDS = {"auto": "files", CORRECTION: "corrected rows"}


@dataclass(frozen=True)
class Imports:
    """`rows`: as `store.undo.history`, newest first, without what pages of their own list."""

    rows: pd.DataFrame

    def one(self, import_id: int) -> dict[str, Any] | None:
        """One import; None if it is not listed."""
        found = self.rows[self.rows["import_id"] == import_id].to_dict("records")
        return {str(key): value for key, value in found[0].items()} if found else None

    def labels(self, company: Company) -> dict[int, str]:
        """import_id -> what a person knows it by."""
        return {int(row["import_id"]): self._label(row, company) for row in self.rows.to_dict("records")}

    @staticmethod
    def _label(row: dict[Any, Any], company: Company) -> str:
        loaded_at = company.calendar.day_of(row["loaded_at"].to_pydatetime())
        files = count(int(row["files"]), "file")
        # the state is no part of it: a label that changes would lose the choice that was made by it
        when = day(loaded_at, locale=company.locale)
        return f"{int(row['import_id'])}: {when}, {row['loaded_by']}, {files}"

    def table(self) -> pd.DataFrame:
        """The list: what decides first."""
        rows = self.rows
        return pd.DataFrame(
            {
                "Import": rows["import_id"],
                "Loaded at (UTC)": rows["loaded_at"],
                "By": rows["loaded_by"],
                "State": [_state(row) for row in rows.to_dict("records")],
                "True as of": rows["as_of"],
                "Files": rows["files"],
                "Rows read": rows["rows_read"],
                "Loaded": rows["loaded"],
                "Unchanged": rows["unchanged"],
                "Rejected": rows["rejected"],
                "Kind": [KIND_WORDS.get(kind, kind) for kind in rows["kind"]],
            }
        )


def _state(row: dict[Any, Any]) -> str:
    if is_missing(row["undone_at"]):
        return "Counts"
    reason = f": {row['undo_reason']}" if row["undo_reason"] else ""
    return f"Undone on {row['undone_at']:%Y-%m-%d} by {row['undone_by']}{reason}"


def imports_of(store: Store) -> Imports:
    """The imports of a store. Raises NoStore where there is none."""
    rows = history(store)
    return Imports(rows[~rows["kind"].isin(_NOT_LISTED)].reset_index(drop=True))


def undone_in_words(done: UndoResult, *, is_back: bool) -> str:
    """What an undo, or taking one back, changed."""
    what = "is back: it counts again" if is_back else "is undone: all is as if it had never been loaded"
    told = (
        f"Import {done.import_id} {what}. {count(done.own, 'row')} {'put back' if is_back else 'taken out'}"
    )
    if done.came or done.went:
        told += (
            f"; of later imports, {count(done.came, 'row')} count now that did not before,"
            f" and {done.went:,} no longer"
        )
    return f"{told}."
