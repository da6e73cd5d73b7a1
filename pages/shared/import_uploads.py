"""Step 1 of an import: the files, what each of them is, and what a person says of those nobody recognised."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.import_view import files_in_words, files_table
from analytics.importing import FILE_KINDS, SeenFile, misfits
from analytics.problems import BadInput
from analytics.wording import plain
from pages.shared import show
from pages.shared.import_state import Importing, head
from pages.shared.uploads import MOST_OF_ONE

#: What a person can say that a file is.
_SAYABLE = ("deals", "answers", "targets", "rates", "contacts")
_LEAVE_OUT = ""


def step(state: Importing) -> bool:
    """Take files in and say what they are; True once there is something to go on with."""
    head("files")
    given = st.file_uploader(
        "CSV or Excel files of your CRM, a zip of them, or Word documents",
        accept_multiple_files=True,
        key=f"import files {state.number}",
        on_change=_changed,
        args=(state,),
        help="Deals, targets, exchange rates, contact roles, answers, Blue Sheets. The files stay on this "
        "machine, macros never run, and what is uploaded here is removed when you leave.",
    )
    st.caption(
        f"Up to {st.get_option('server.maxUploadSize'):,} MB per file, {MOST_OF_ONE >> 20:,} MB in all."
        " Larger ones: `python -m analytics import PATH`."
    )
    place = st.empty()
    if state.is_changed:
        state.is_changed = False
        _take(state, given, place)
    for problem in [*state.uploads.refused, *([state.problem] if state.problem else [])]:
        show.problem(problem)
    if state.look is None:
        return False
    files = list(state.look.files)
    st.markdown(plain(files_in_words(files)))
    show.dataframe(
        files_table(files),
        hide_index=True,
        width="stretch",
        placeholder="–",
        column_config={
            "Rows": st.column_config.NumberColumn(format="%,d"),
            "Problem": st.column_config.TextColumn(width="large"),
        },
        key=f"import seen {state.looks}",
    )
    with st.expander("Look into the files"):
        _preview(files, state)
    _say_what_they_are(state, files, place)
    if st.button("Start over with other files", key=f"import over {state.number}"):
        state.start_over()
        st.rerun()
    return any(file.kind != "unknown" and not file.problem for file in files)


def _changed(state: Importing) -> None:
    state.is_changed = True


def _take(state: Importing, given: Any, place: Any) -> None:
    """Keep the uploads and look at them; without any, the import starts over."""
    if not given:
        state.start_over()
        st.rerun()
    try:
        paths = state.uploads.keep((one.name, one.getvalue()) for one in given)
    except BadInput as problem:
        state.problem, state.look = problem, None
        return
    state.take(paths, place)


def _preview(files: list[SeenFile], state: Importing) -> None:
    """The first rows of one of the files."""
    labels = [file.label for file in files]
    chosen = (
        st.selectbox("File", labels, key=f"import preview {state.batch}") if len(files) > 1 else labels[0]
    )
    file = files[labels.index(chosen or labels[0])]
    if file.sample.empty:
        st.caption(plain(file.problem or "This file has no rows that can be shown as a table."))
        return
    show.dataframe(
        file.sample.head(20),
        hide_index=True,
        width="stretch",
        # two columns can have one name, so the table has numbers
        column_config={str(place): label for place, label in enumerate(file.header)},
        key=f"import rows {chosen} {state.looks}",
    )
    st.caption("The first rows, as they are written.")


def _say_what_they_are(state: Importing, files: list[SeenFile], place: Any) -> None:
    """For each file that is not recognised, or not like the others: what it is, or that it is left out."""
    said = state.choices.kinds
    others = {*said, *(misfits(state.look, state.choices) if state.look else ())}
    asked = [file for file in files if file.kind == "unknown" or file.problem or file.label in others]
    chosen = dict(said)
    for file in asked:
        found = st.selectbox(
            plain(f"{file.label}: what is it?"),
            [*_SAYABLE, _LEAVE_OUT],
            index=[*_SAYABLE, _LEAVE_OUT].index(said[file.label]) if file.label in said else None,
            format_func=lambda kind: FILE_KINDS.get(kind, "Leave it out"),
            placeholder="Cannot be read like this: choose, or leave it out",
            key=f"import kind {file.label} {state.batch}",
            help="A list of deals needs a row per deal. Its columns are named in the next step.",
        )
        if found is not None:
            chosen[file.label] = found
    if chosen != said:
        state.choose(kinds=chosen)
        state.confirmed.clear()
        state.read(state.choices, place)
        st.rerun()
