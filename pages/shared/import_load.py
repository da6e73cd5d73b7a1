"""Steps 6 to 8 of an import: what is open, a try without writing, the loading."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.access.rights import Deed
from analytics.import_files import rows_to_fix
from analytics.import_view import (
    counts_in_words,
    counts_table,
    rejects_of,
    rejects_table,
    totals_table,
)
from analytics.importing import Look, Open, Rehearsal, check, load, rehearse
from analytics.problems import BadInput
from analytics.wording import count, plain
from pages.shared import cached, case_forms, scope, show
from pages.shared.import_state import Done, Importing, company, head, link

#: Numbers written as texts.
TOTALS = {
    name: st.column_config.TextColumn(alignment="right", width="medium") for name in ("Before", "After")
}
#: Where an open point is decided.
_STEP_OF = {"columns": "columns", "matches": "matches", "files": "files", "rates": "company"}


def open_points(state: Importing, look: Look) -> bool:
    """What still has to be decided and what it costs; True if nothing holds the loading up."""
    head("open")
    points = check(look, state.choices)
    if not points:
        st.success("Nothing is open.")
    for point in points:
        _point(point)
    blocked = sum(point.blocks for point in points)
    if blocked:
        st.markdown(f"Loading waits for {count(blocked, 'point')} above.")
    return not blocked


def _point(point: Open) -> None:
    box = st.error if point.blocks else st.warning
    where = link(_STEP_OF.get(point.where, "words"))
    parts = [point.what.rstrip(".") + ".", point.cost and point.cost.rstrip(".") + "."]
    box(f"{' '.join(plain(part) for part in parts if part)} Decide it in {where}.")


def trial(state: Importing) -> bool:
    """Read and land everything without writing, and show what it would do; True once that was seen."""
    head("try")
    if state.tried and state.tried[0] == state.choices:
        _show(state.tried[1])
        return True
    if state.tried:
        st.caption("Something was changed since the last try.")
    else:
        st.caption("Reads every row and counts what it would do. Nothing is written.")
    place = st.empty()
    if not st.button("Try it", type="primary", key=f"import try {state.batch}"):
        return False
    try:
        with cached.show_progress("Trying", place) as report:
            state.tried = (
                state.choices,
                rehearse(cached.to_write(Deed.LOAD), state.paths, state.choices, report),
            )
    except BadInput as problem:
        show.problem(problem)
        return False
    st.rerun()
    return False


def _show(found: Rehearsal) -> None:
    st.markdown(plain(counts_in_words(found.files)))
    show.dataframe(
        totals_table(found.totals, company()),
        hide_index=True,
        width="stretch",
        column_config=TOTALS,
        key="import totals",
    )
    counts(found.files, "tried")
    for note in found.notes:
        st.caption(plain(note))
    if len(found.rejects):
        rejected = sum(file.rejected for file in found.files)
        with st.expander(f"{count(rejected, 'row')} that cannot be read, and why"):
            rejects(found.rejects, "rejected rows of the try")


def counts(files: Any, where: str) -> None:
    """What becomes of the rows of each file."""
    with st.expander("File by file"):
        show.dataframe(counts_table(files), hide_index=True, width="stretch", key=f"import counts {where}")


def rejects(rows: Any, file: str, *, is_download: bool = True) -> None:
    """Rejected rows with their reasons, to download."""
    table = rejects_table(rows)
    show.dataframe(
        table,
        hide_index=True,
        width="stretch",
        placeholder="–",
        column_config={"Reason": st.column_config.TextColumn(width="large")},
        key=f"import {file}",
    )
    if is_download:
        show.download(table, file)


def loading(state: Importing) -> None:
    """The name of who loads, and the loading."""
    head("load")
    name = case_forms.name_field("import")
    place = st.empty()
    if not st.button("Load", type="primary", key=f"import load {state.batch}"):
        st.caption("Lands whole or not at all. It can be undone as a whole.")
        return
    if not name.strip():
        st.error("Your name is missing. It is kept with the import, so that others can ask.")
        return
    if load_now(state, state.paths, state.choices, name, place):
        state.start_over()
        st.rerun()


def load_now(
    state: Importing, paths: Any, choices: Any, name: str, place: Any, *, is_correction: bool = False
) -> bool:
    """Load files and remember what it did; False if they cannot be loaded (the reason is shown)."""
    try:
        with cached.show_progress("Loading", place) as report:
            result = load(
                cached.to_write(Deed.LOAD), paths, choices, name.strip(), report, is_correction=is_correction
            )
        found = rejects_of(cached.everything(), result.import_id)
        fix = rows_to_fix(paths, found)
    except BadInput as problem:
        show.problem(problem)
        return False
    totals = state.tried[1].totals if state.tried else None
    state.done = Done(result, found, fix, totals, choices)
    scope.go_to_latest()
    return True
