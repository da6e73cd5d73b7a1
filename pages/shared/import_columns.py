"""Step 2 of an import: which of their columns is what."""

from __future__ import annotations

import streamlit as st

from analytics.access.rights import Deed
from analytics.import_view import (
    FIELDS,
    MAIN_FIELDS,
    MORE_FIELDS,
    headings,
    missing_columns,
    samples,
    with_columns,
)
from analytics.importing import Look, forget
from analytics.problems import BadInput
from analytics.wording import day, plain
from pages.shared import cached, show
from pages.shared.import_state import Importing, body, company, go_on, head


def step(state: Importing, look: Look) -> bool:
    """A row per field of ours; True once the files were looked at by these columns."""
    head("columns")
    if look.kept:
        _as_last_time(look)
    if not look.is_mapped:
        st.caption("These files are read by their own names. Nothing to choose.")
        return True
    is_settled = bool(look.kept) or "columns" in state.confirmed
    with body("Change how the columns are read", is_settled=is_settled):
        st.caption(
            "Which column holds what. Guessed from the names and the values; every guess can be changed. "
            "The values beside a column are the first ones in it."
        )
        return _choose(state, look)


def _as_last_time(look: Look) -> None:
    when = f", {day(look.kept_on, locale=company().locale)}" if look.kept_on else ""
    with st.container(horizontal=True, vertical_alignment="center", key="import kept"):
        st.markdown(plain(f"Read as last time ({look.kept}{when})."))
        if st.button(
            "Forget this mapping", key=f"import forget {look.kept}", help="Next time it is guessed."
        ):
            try:
                forget(cached.to_write(Deed.LOAD), look.kept, st.session_state.get("my_name", ""))
            except BadInput as problem:
                show.problem(problem)
                return
            st.toast(plain(f"{look.kept} is forgotten; these files keep what is chosen here."))


def _choose(state: Importing, look: Look) -> bool:
    theirs = headings(look)
    chosen = {name: _field(name, state, look, theirs) for name in MAIN_FIELDS}
    in_use = [name for name in MORE_FIELDS if name in look.choices.columns]
    chosen |= {name: _field(name, state, look, theirs) for name in in_use}
    if rest := [name for name in MORE_FIELDS if name not in in_use]:
        with st.expander(f"{len(rest)} more that were not found in the files"):
            chosen |= {name: _field(name, state, look, theirs) for name in rest}
    _name(state)
    columns = {name: label for name, label in chosen.items() if label}
    if wrong := missing_columns(columns):
        st.error(plain(wrong))
        state.confirmed.discard("columns")
        return False
    if columns == look.choices.columns:
        return go_on(state, "columns", "These columns are right")
    state.confirmed.discard("columns")
    place = st.empty()
    if st.button("Read with these columns", type="primary", key=f"import reread {state.looks}"):
        state.read(with_columns(state.choices, columns), place)
        state.confirmed.add("columns")
        st.rerun()
    return False


def _field(name: str, state: Importing, look: Look, theirs: list[str]) -> str | None:
    """One of our fields: what it is, their column, what stands there."""
    words = FIELDS[name]
    left, right = st.columns([2, 3], vertical_alignment="bottom")
    guessed = state.choices.columns.get(name)
    chosen = left.selectbox(
        words.label,
        theirs,
        index=theirs.index(guessed) if guessed in theirs else None,
        placeholder="Not in the files",
        key=f"import column {name} {state.batch}",
        help=words.meaning,
    )
    values = samples(look, chosen) if chosen else []
    right.caption(plain(" · ".join(values)) if values else plain(words.meaning))
    return chosen


def _name(state: Importing) -> None:
    typed = st.text_input(
        "Name of this list",
        value=state.choices.name,
        key=f"import name {state.batch}",
        help="Next week's file with the same columns is read the same way, under this name. Its deals belong "
        "together: the next list under the same name changes them, another name makes others.",
    )
    if typed.strip() and typed.strip() != state.choices.name:
        state.choose(name=typed.strip())
