"""What the last import of this session did: counts, where to look, rejected rows to correct."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.import_files import corrected
from analytics.import_view import counts_in_words, totals_table
from analytics.problems import BadInput
from analytics.wording import count, plain
from pages.shared import audit_show, case_forms, import_load, show
from pages.shared.import_state import Done, Importing, company


def last(state: Importing) -> None:
    """The result of the import that was just loaded, if there is one."""
    if not (done := state.done):
        return
    with st.container(border=True, key="import-result"):
        if done.result.import_id is None:
            st.info("These files were loaded before. Nothing changed.")
        else:
            st.success(plain(f"Loaded. {counts_in_words(done.result.files)}"))
        with st.container(horizontal=True, key="import-next"):
            show.page_link("pages/quarter/quarter_end.py", label="Open Quarter end", **show.ARROW)
            look_into = {"label": "All imports, and undo", **_to(done), **show.ARROW}
            show.page_link("pages/trust/data_loaded.py", **look_into)
        if done.totals is not None:
            show.dataframe(
                totals_table(done.totals, company()),
                hide_index=True,
                width="stretch",
                column_config=import_load.TOTALS,
                key="import result totals",
            )
        import_load.counts(done.result.files, "done")
        for note in done.result.notes:
            st.caption(plain(note))
        if len(done.rejects):
            _fix(state, done)
        if st.button("Close", key="import close result"):
            state.done = None
            st.rerun()


def _to(done: Done) -> dict[str, Any]:
    """Where a link leads: to the import itself, where there is one."""
    return {"query_params": {"import": str(done.result.import_id)}} if done.result.import_id else {}


def _fix(state: Importing, done: Done) -> None:
    """The rejected rows: why, as a file of their own, and the corrected file back in."""
    rejected = sum(file.rejected for file in done.result.files)
    st.markdown(f"**{count(rejected, 'row')} could not be read**")
    # those that can be corrected have their own download below
    import_load.rejects(done.rejects, f"rejected rows {done.result.import_id}", is_download=not done.to_fix)
    if not done.to_fix:
        return
    st.markdown("**Fix and load again.** Download the rows, correct them, and give the file back here.")
    with st.container(horizontal=True, key="import-to-fix"):
        for number, file in enumerate(done.to_fix):
            audit_show.download_button(
                plain(f"{count(file.rows, 'row')} of {file.file}"),
                file.content,
                file.name,
                what=f"rejected rows of import {done.result.import_id} to correct",
                mime="text/csv",
                key=f"import fix {number} {done.result.import_id}",
            )
    given = st.file_uploader(
        "The corrected file",
        accept_multiple_files=True,
        key=f"import fixed {done.result.import_id}",
        help="It is read as the import before: the same columns, words and day. Nothing is marked as gone.",
    )
    if not given:
        return
    name = case_forms.name_field("import fix")
    place = st.empty()
    if st.button("Load the corrected rows", type="primary", key=f"import load fixed {done.result.import_id}"):
        if not name.strip():
            st.error("Your name is missing. It is kept with the import, so that others can ask.")
            return
        try:
            paths = [state.uploads.add(one.name, corrected(one.name, one.getvalue())) for one in given]
        except BadInput as problem:
            show.problem(problem)
            return
        state.tried = None
        if import_load.load_now(state, paths, done.choices, name, place, is_correction=True):
            st.rerun()
