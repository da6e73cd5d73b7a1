"""Step 5 of an import: rows without an id that could be a deal that is known; a person says which."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.import_view import match_in_words
from analytics.importing import Look
from analytics.wording import count, plain
from pages.shared.import_state import Importing, body, company, go_on, head

SHOWN = 10
_NEW = ""


def step(state: Importing, look: Look) -> bool:
    """Ask for each row which deal it is; True once a person goes on."""
    if not len(look.matches):
        return True
    head("matches")
    rows = look.matches.to_dict("records")
    waiting = [row for row in rows if row["row_key"] not in state.choices.matches]
    st.caption(
        "These rows look like a deal that is known, but not exactly: renamed, or without a created date. "
        "Until you say which deal each is, it is not loaded."
    )
    is_settled = "matches" in state.confirmed and not waiting
    with body("Change which deals they are", is_settled=is_settled):
        for row in rows[:SHOWN]:
            _ask(state, row)
    if len(rows) > SHOWN:
        st.caption(plain(f"{len(rows) - SHOWN:,} more; load these first, the others are asked next time."))
    if waiting and st.button(
        f"{count(len(waiting), 'row')} not decided: all are new deals", key="import all new"
    ):
        state.choose(matches=state.choices.matches | {row["row_key"]: _NEW for row in waiting})
        for row in waiting:
            st.session_state.pop(f"import match {row['row_key']} {state.batch}", None)
        st.rerun()
    return go_on(state, "matches")


def _ask(state: Importing, row: dict[str, Any]) -> None:
    held = state.choices.matches
    labels = {_NEW: "A new deal"} | {one[0]: f"{one[1]} ({one[2]})" for one in row["candidates"]}
    options = [*list(labels)[1:], _NEW]
    chosen = st.selectbox(
        plain(match_in_words(row, company())),
        options,
        index=options.index(held[row["row_key"]]) if held.get(row["row_key"]) in options else None,
        format_func=lambda one: labels[one],
        placeholder="Not decided: which deal is it?",
        key=f"import match {row['row_key']} {state.batch}",
    )
    if chosen is not None:
        state.choose(matches=held | {row["row_key"]: chosen})
