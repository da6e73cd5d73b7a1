"""Notes in the audit who came, went, and was refused. A leaf: the sign-in uses it."""

from __future__ import annotations

import streamlit as st

from analytics.audit.trail import Action, Event, NotNoted, trail_of
from analytics.store.database import store_path
from analytics.wording import plain


def note(email: str, name: str, event: Event) -> None:
    """Note an event of the store that the app shows. Raises NotNoted."""
    path = store_path()
    if path.parent.is_dir():  # else it is the first run: there is nothing yet to look at
        st.session_state["person_number"] = trail_of(path).note(email, name, event)  # for the log


def refused(email: str, what: str) -> None:
    """Note that somebody was not let in, or not allowed something; once in a session."""
    done = st.session_state.setdefault("audit_refused", set())
    if (email, what) not in done:
        done.add((email, what))
        _note_or_warn(email, Event(Action.REFUSED, what=what))


def left(email: str) -> None:
    """Note that somebody signed out."""
    _note_or_warn(email, Event(Action.SIGNED_OUT))


def _note_or_warn(email: str, event: Event) -> None:
    try:
        note(email, "", event)
    except NotNoted as problem:
        st.warning(plain(f"This could not be noted: {problem}"))
