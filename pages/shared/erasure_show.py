"""The form that erases a person: first what it would change, then, asked once more, it does."""

from __future__ import annotations

import streamlit as st

from analytics.access.rights import Deed
from analytics.erasure import Person, called, erase, in_words, person_of, would_change
from analytics.problems import BadInput
from analytics.wording import plain
from pages.shared import cached, case_forms, show


def form() -> None:
    """Whom to erase, what that would change, and the button that does it."""
    with st.expander("Erase a contact, or somebody who has left"):
        with st.form("erase"):
            given = st.text_input("Id in the CRM, or full name", key="erase whom")
            also = st.text_area(
                "Other spellings, addresses, user names; one a line", key="erase also", height=80
            )
            if st.form_submit_button("Say what would change"):
                st.session_state.pop("to erase", None)
                _try(given, also)
        if person := st.session_state.get("to erase"):
            _ask_again(person)


def _try(given: str, also: str) -> None:
    try:
        store = cached.to_write(Deed.ERASE)
        person = person_of(store, given, also.splitlines())
        with st.spinner("Looking for the name everywhere …"):
            st.session_state["would change"] = in_words(person, would_change(store, person))
    except BadInput as problem:
        show.problem(problem)
    else:
        st.session_state["to erase"] = person


def _ask_again(person: Person) -> None:
    st.markdown(plain(f"{person.label} will stand where {called(person)} stands. This cannot be undone."))
    for line in st.session_state["would change"]:
        st.caption(plain(line))
    name = case_forms.name_field("erase")
    if not st.button("Erase", type="primary", key="erase now"):
        return
    try:
        with st.spinner("Writing the store anew …"):
            erase(cached.to_write(Deed.ERASE), person, author=name)
    except BadInput as problem:
        show.problem(problem)
        return
    del st.session_state["to erase"], st.session_state["would change"]
    case_forms.done(f"{person.label} stands in their place from now on.")
