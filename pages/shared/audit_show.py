"""Notes what a reader does that changes nothing in the store: looking at pages, taking files out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from analytics.access.viewer import Viewer
from analytics.audit.trail import Action, Event, NotNoted
from analytics.company import Scope
from analytics.store.landing import signed_in, user
from analytics.wording import plain
from pages.shared import noting, signin

#: Sign-ins that are noted: a page loaded anew is a new session of the same one.
_signed_in: set[tuple[str, object]] = set()


def begin(page: str) -> None:
    """Note that a page is looked at: once, until another page, scope or deal is. What is written is theirs.

    A page is shown also where that cannot be noted, with a warning; changes are noted in the store itself.
    """
    viewer = signin.the_viewer()
    signed_in.set(viewer.email)
    view = Event(Action.VIEWED, page, _scope(), st.query_params.get("deal", ""))
    sign_in = (viewer.email, st.user.get("iat"))
    try:
        if viewer.email and sign_in not in _signed_in:
            _note(viewer, Event(Action.SIGNED_IN))
            _signed_in.add(sign_in)
        if st.session_state.get("audit_view") != (viewer, view):
            _note(viewer, view)
            st.session_state["audit_view"] = (viewer, view)
    except NotNoted as problem:
        st.warning(plain(f"That you look at this page could not be noted: {problem}"))


def download_button(
    label: str, data: bytes | Callable[[], bytes], file_name: str, *, what: str, **given: Any
) -> None:
    """A button that saves a file and notes it; what cannot be noted is not given out.

    `what` names the file in the audit: ids and kinds, no names of deals or people.
    """
    viewer, is_still_let_in = signin.the_viewer(), signin.still()
    event = Event(Action.EXPORTED, _page(), _scope(), st.query_params.get("deal", ""), what)

    def taken_out() -> bytes:
        is_still_let_in()  # the page may have been open for long
        content = data() if callable(data) else data
        _note(viewer, event)
        return content

    st.download_button(label, data=taken_out, file_name=file_name, on_click="ignore", **given)


def _page() -> str:
    seen = st.session_state.get("audit_view")
    return seen[1].page if seen else ""


def _scope() -> str:
    """What is looked at, in ids: day, quarter, team, owner."""
    scope: Scope | None = st.session_state.get("chosen_scope")
    if scope is None:
        return ""
    whose = [f"team {scope.team}"] if scope.team else []
    whose += [f"owner {scope.owner_id}"] if scope.owner_id else []
    return ", ".join([f"{scope.as_of}", str(scope.quarter.key), *whose])


def _note(viewer: Viewer, event: Event) -> None:
    noting.note(viewer.email or user(), viewer.name, event)
