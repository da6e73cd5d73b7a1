"""The forms of the page about people."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from analytics.access.granting import grant, revoke
from analytics.access.people import rights_table
from analytics.access.rights import Deed
from analytics.access.viewer import Role
from analytics.problems import BadInput
from pages.shared import cached, case_forms, show

_NOBODY = ""


def let_in() -> None:
    """Let an address in, or give it another role."""
    st.subheader("Let somebody in", anchor=False)
    people = cached.the_directory()
    with st.form("let in"):
        left, middle, right = st.columns([2, 1, 2])
        email = left.text_input("Email address", key="let in email", help="As the sign-in service has it.")
        role = middle.selectbox("Role", list(Role), format_func=lambda one: one.label, key="let in role")
        who = right.selectbox(
            "Who that is in the CRM",
            [_NOBODY, *people],
            format_func=lambda one: people.get(one, "Nobody"),
            key="let in person",
            help="Managers and reps see deals by who they are in the CRM.",
        )
        name = case_forms.name_field("let in")
        pressed = st.form_submit_button("Let in", type="primary")
    if pressed:
        store = cached.everything()
        _write(
            lambda: grant(store, cached.the_company(), email, str(role), str(who or ""), author=name),
            f"{email.strip().lower()} is let in as {role.label}.",
        )


def let_out() -> None:
    """Let an address in no longer."""
    known = list(cached.the_grants()["email"])
    if not known:
        return
    st.subheader("Let somebody in no longer", anchor=False)
    with st.form("let out"):
        email = st.selectbox("Email address", known, key="let out email")
        name = case_forms.name_field("let out")
        pressed = st.form_submit_button("End access")
    if pressed:
        store = cached.everything()
        _write(
            lambda: revoke(store, cached.the_company(), str(email), author=name),
            f"{email} is let in no longer, from their next click on.",
        )


def what_they_see() -> None:
    """What each role sees and may do."""
    with st.expander("What each role sees and may do"):
        st.table(rights_table().set_index("Role"))


def _write(do: Callable[[], None], message: str) -> None:
    try:
        cached.to_write(Deed.ADMIT)
        do()
    except BadInput as problem:
        show.problem(problem)
        return
    case_forms.done(message)
