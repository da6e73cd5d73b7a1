"""Data loaded: what do the numbers rest on, and what could not be read?"""

import streamlit as st

from analytics.wording import count, day
from pages.shared import cached, show

company, span = cached.the_company(), cached.the_span()
imports, rejects = cached.the_rows("imports"), cached.the_rows("rejects")

show.answer(
    "Data loaded",
    f"{count(span.deals, 'deal')} with {count(span.change_rows, 'dated row')}, from"
    f" {day(span.first_day, locale=company.locale)} to {day(span.last_day, locale=company.locale)}."
    f" {count(len(rejects), 'problem')} in rejected rows.",
)
st.subheader("Files", anchor=False)
st.caption("Rows read = loaded + unchanged + rejected, for every file.")
st.dataframe(imports, hide_index=True, width="stretch", placeholder="–", key="imports")
show.download(imports, "imports")
st.subheader("Rows that could not be read", anchor=False)
if len(rejects):
    st.caption("Correct these in the CRM or in the file and load it again; the other rows are in.")
    st.dataframe(rejects, hide_index=True, width="stretch", placeholder="–", key="rejects")
    show.download(rejects, "rejects")
else:
    st.success("Every row of every file was read.")
