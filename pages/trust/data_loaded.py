"""Data loaded: what do the numbers rest on, and what could not be read?"""

import streamlit as st

from analytics.wording import count, day, plain
from pages.shared import cached, show

company, span, loaded = cached.the_company(), cached.the_span(), cached.the_data_loaded()

show.answer(
    "Data loaded",
    f"{count(span.deals, 'deal')} with {count(span.change_rows, 'dated change')} of their mechanics, from"
    f" {day(span.first_day, locale=company.locale)} to {day(span.last_day, locale=company.locale)}."
    f" {count(loaded.rejected_rows, 'row')} could not be read.",
)
for note in loaded.notes:
    st.info(plain(note))

st.subheader("Files", anchor=False)
st.caption("For every file: rows read = loaded + unchanged + rejected.")
st.dataframe(loaded.files, hide_index=True, width="stretch", placeholder="–", key="files")
show.download(loaded.files, "files loaded")

st.subheader("Rows that could not be read", anchor=False)
if len(loaded.rejects):
    st.caption("Correct these in the CRM or in the file, and load it again. The other rows are in.")
    st.dataframe(loaded.rejects, hide_index=True, width="stretch", placeholder="–", key="rejects")
    show.download(loaded.rejects, "rejected rows")
else:
    st.success("Every row of every file was read.")
