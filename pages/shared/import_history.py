"""The list of imports, and undoing one as a whole or putting it back."""

from __future__ import annotations

from functools import partial
from typing import Any

import streamlit as st

from analytics.access.rights import Deed
from analytics.business_case.scores import score_new
from analytics.import_history import Imports, undone_in_words
from analytics.problems import BadInput
from analytics.store.undo import put_back, undo
from analytics.wording import count, is_missing, plain
from pages.shared import cached, case_forms, scope, show
from pages.shared.import_state import company

ALL = 0


def choose(imports: Imports) -> int:
    """The list of imports; the one that is looked into, kept in the URL (0: all of them)."""
    table = imports.table()
    counts = {
        name: st.column_config.NumberColumn(format="%,d")
        for name in ("Rows read", "Loaded", "Unchanged", "Rejected")
    }
    show.dataframe(
        table,
        hide_index=True,
        width="stretch",
        placeholder="–",
        column_config={
            "Loaded at (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
            "True as of": st.column_config.DateColumn(format="YYYY-MM-DD"),
            **counts,
        },
        key="imports",
    )
    labels = {ALL: "All imports"} | imports.labels(company())
    asked = st.query_params.get("import", "")
    start = int(asked) if asked.isdecimal() and int(asked) in labels else ALL
    if asked and start == ALL:
        st.caption(plain(f"There is no import {asked}; showing all."))
    chosen = st.selectbox(
        "Look into an import, or undo it",
        list(labels),
        index=list(labels).index(start),
        format_func=labels.get,
        key="import looked into",
        on_change=_to_url,
        help="The files and rejected rows below are those of this import. One import can be undone here.",
    )
    return int(chosen or ALL)


def _to_url() -> None:
    if chosen := st.session_state["import looked into"]:
        st.query_params["import"] = str(chosen)
    else:
        st.query_params.pop("import", None)


def undoing(row: dict[str, Any]) -> None:
    """A button that opens the undo of the import, or its putting back, which says what happens."""
    import_id = int(row["import_id"])
    is_undone = not is_missing(row["undone_at"])
    if is_undone:
        st.info(plain(f"Undone on {row['undone_at']:%Y-%m-%d} by {row['undone_by']}. It counts nowhere."))
    elif not row["can_undo"]:
        st.caption(plain(f"It cannot be undone: {row['why_not']}."))
        return
    opened, text = f"undo opened {import_id}", "Put this import back" if is_undone else "Undo this import"
    if not st.session_state.get(opened):
        if st.button(text, key=f"open undo {import_id}"):
            st.session_state[opened] = True
            st.rerun()
        return
    with st.container(border=True, key=f"undo-{import_id}"):
        st.markdown(f"**{text}**")
        is_done = _put_back(import_id) if is_undone else _undo(import_id, int(row["loaded"]))
        if is_done or st.button("Leave it as it is", key=f"close undo {import_id}"):
            st.session_state.pop(opened)
            st.rerun()


def _undo(import_id: int, loaded: int) -> bool:
    st.markdown(
        f"The {count(loaded, 'row')} that import {import_id} loaded are taken out, and later imports are "
        "read as if it had never been. What people wrote in Plumbline (answers, decisions, calls) stays. "
        "The import can be put back."
    )
    reason = st.text_input("Reason", key=f"undo reason {import_id}")
    name = case_forms.name_field("undo")
    place = st.empty()
    if not st.button("Undo it", type="primary", key=f"undo now {import_id}"):
        return False
    if not (reason.strip() and name.strip()):
        st.error("A reason and your name are needed: they stand in the list of imports.")
        return False
    return _run(place, "Undoing", partial(undo, reason=reason.strip()), import_id, name)


def _put_back(import_id: int) -> bool:
    st.markdown(f"Import {import_id} counts again, at its old place among the others.")
    name = case_forms.name_field("put back")
    place = st.empty()
    if not st.button("Put it back", type="primary", key=f"put back now {import_id}"):
        return False
    if not name.strip():
        st.error("Your name is needed: it stands in the list of imports.")
        return False
    return _run(place, "Putting it back", put_back, import_id, name)


def _run(place: Any, what: str, change: Any, import_id: int, name: str) -> bool:
    try:
        with cached.show_progress(what, place) as report:
            done = change(cached.to_write(Deed.LOAD), import_id, author=name.strip(), progress=report)
            score_new(cached.to_write(Deed.LOAD))
    except BadInput as problem:
        show.problem(problem)
        return False
    st.session_state["written"] = undone_in_words(done, is_back=change is put_back)
    scope.go_to_latest()
    return True
