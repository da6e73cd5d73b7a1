"""Try an import without writing, or load it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from analytics.business_case.scores import score_new
from analytics.importing.as_mapping import mapping_from
from analytics.importing.choices import Choices, Rehearsal
from analytics.importing.kept import keep
from analytics.importing.reading import TYPED_RATES, Progress, job_on, seen_files, silent, staged
from analytics.intake.mapping_text import text_of
from analytics.store.database import Store, query_text
from analytics.store.landing import FileCounts, ImportResult, land

#: The kind of an import of rows that an earlier one rejected.
CORRECTION = "correction"
_EVER = datetime(9999, 1, 1)


def rehearse(
    store: Store, paths: Sequence[Path], choices: Choices, progress: Progress | None = None
) -> Rehearsal:
    """Read everything and land it, then roll it back. Raises BadInput where it cannot be read."""
    report = progress or silent
    before = store.query("deals_as_of", **_now(store)) if store.exists else pd.DataFrame()
    after: list[pd.DataFrame] = []
    rejects: list[pd.DataFrame] = []

    def look(con: duckdb.DuckDBPyConnection) -> None:
        con.execute("use store")
        try:
            after.append(con.execute(query_text("deals_as_of"), _now(store)).df())
        finally:
            con.execute("use memory")
        rejects.append(
            con.execute(
                "select f.file, r.line, r.column_name, r.value, r.reason from rejected_row r"
                " join staged_file f using (file_no) order by r.file_no, r.line"
            ).df()
        )

    with staged(store, paths, choices, lambda share, text: report(share * 0.6, text)) as staging:
        result = land(
            store,
            staging,
            kind="auto",
            as_of=choices.as_of,
            options=_options(choices),
            rehearse=True,
            look=look,
            progress=lambda share, text: report(0.6 + share * 0.4, text),
        )
    return Rehearsal(_given(result.files), result.notes, rejects[0], _totals(store, before, after[0]))


def load(
    store: Store,
    paths: Sequence[Path],
    choices: Choices,
    author: str,
    progress: Progress | None = None,
    *,
    is_correction: bool = False,
) -> ImportResult:
    """Load the files, keep the mapping under its name, judge new answers. Raises BadInput, as `rehearse`.

    `is_correction`: rows of an import that were corrected; they are a part of its list, whose mapping stays.
    """
    if is_correction:
        choices = replace(choices, is_full=False)
    report = progress or silent
    with staged(store, paths, choices, lambda share, text: report(share * 0.6, text)) as staging:
        result = land(
            store,
            staging,
            kind=CORRECTION if is_correction else "auto",
            as_of=choices.as_of,
            options=_options(choices),
            author=author,
            progress=lambda share, text: report(0.6 + share * 0.2, text),
        )
    if not is_correction and (choices.columns or choices.stages or choices.categories):
        keep(store, choices, _header(store, paths, choices), author)
    score_new(store, lambda share, text: report(0.8 + share * 0.2, text))
    return replace(result, files=_given(result.files))


def _given(files: list[FileCounts]) -> list[FileCounts]:
    """The files that a person gave."""
    return [file for file in files if file.file != TYPED_RATES]


def _options(choices: Choices) -> str:
    """Whatever of the choices changes the meaning of the files: the same again is the same import."""
    kinds, matches = sorted(choices.kinds.items()), sorted(choices.matches.items())
    return json.dumps([text_of(mapping_from(choices)), choices.is_full, kinds, matches])


def _header(store: Store, paths: Sequence[Path], choices: Choices) -> tuple[str, ...]:
    """The columns of the (first) list of deals; of an export that is read by its own names, none."""
    with job_on(store, choices, silent) as job:
        found = [file.header for file, _ in seen_files(job, paths, choices.kinds) if file.kind == "deals"]
    return found[0] if found else ()


def _now(store: Store) -> dict[str, Any]:
    """As of ever: an import says what it will show when all of it has come true."""
    today = datetime.now(UTC).replace(tzinfo=None)
    return {"as_of_end": _EVER, "closed_since": today - timedelta(days=365), "deal_id": None}


def _totals(store: Store, before: pd.DataFrame, after: pd.DataFrame) -> pd.DataFrame:
    """What, before, after: counts, and money in the company's currency."""
    one, two = _summed(before), _summed(after)
    return pd.DataFrame({"what": list(two), "before": list(one.values()), "after": list(two.values())})


def _summed(deals: pd.DataFrame) -> dict[str, float]:
    if deals.empty:
        return dict.fromkeys(_WHAT, 0.0)
    here = deals[~deals["is_gone"].astype(bool)]
    is_open, is_won = ~here["is_closed"].astype(bool), here["is_won"].astype(bool)
    amount = here["amount_company"].astype(float)
    missing = here["amount"].notna() & amount.isna()
    found = (
        int(is_open.sum()),
        float(amount[is_open].sum()),
        int((is_won & ~is_open).sum()),
        float(amount[is_won & ~is_open].sum()),
        int(deals["is_gone"].astype(bool).sum()),
        int((missing & is_open).sum()),
    )
    return dict(zip(_WHAT, map(float, found), strict=True))


_WHAT = (
    "Open deals",
    "Open amount",
    "Won in the past 365 days",
    "Won amount in the past 365 days",
    "Open deals marked as gone",
    "Open deals without exchange rate",
)
