"""There is no data yet: the two ways to some, on every page that needs it."""

from __future__ import annotations

import streamlit as st

from analytics.access.rights import Deed
from analytics.commands.sample import build_sample
from analytics.problems import BadInput
from analytics.wording import plain
from pages.shared import cached, signin


def welcome(problem: BadInput) -> None:
    """Instead of a page that needs deals: why it is empty, and what to do."""
    st.title("Plumbline", anchor=False)
    st.markdown("### Where will this quarter really end, and why? There is no data yet to say it from.")
    st.caption(plain(f"{problem.where}: {problem.what}."))
    if not signin.can(Deed.LOAD):
        st.info("RevOps loads the company's data; there is nothing to see until then.")
        return
    left, right = st.columns(2)
    with left.container(border=True, height="stretch", key="first-import"):
        st.markdown("**Bring your own export**")
        st.markdown(
            "CSV or Excel files of any CRM, as they are. You see what they are taken for, and what would be "
            "loaded, before anything is written."
        )
        if st.button("Import files", type="primary", key="first import"):
            st.switch_page("pages/trust/import_data.py")
    with right.container(border=True, height="stretch", key="first-sample"):
        sample()


def sample() -> None:
    """The sample company, built by a button."""
    st.markdown("**Build the sample company**")
    st.markdown(
        "A made-up software company with two years of deals, to look around. About a minute. Your own data "
        "need another store (`PLUMBLINE_STORE`): the two are never mixed."
    )
    place = st.empty()
    if st.button("Build the sample", key="first sample"):
        with cached.show_progress("Building the sample company", place) as report:
            build_sample(cached.to_write(Deed.LOAD), progress=report)
        st.switch_page("pages/quarter/quarter_end.py")
    with st.expander("The same on the command line"):
        st.code(
            "python -m analytics demo                # the sample company\n"
            "python -m analytics import MY_EXPORT    # a Salesforce export, a CSV, an XLSX",
            language="bash",
        )
