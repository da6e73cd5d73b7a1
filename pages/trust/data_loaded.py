"""Data loaded: what do the numbers rest on, what could not be read, and how is an import undone?"""

import streamlit as st

from analytics.wording import count, day, plain
from pages.shared import cached, case_forms, import_history, import_state, show

if not cached.everything().exists:
    show.answer("Data loaded", "Nothing is loaded yet.")
    show.page_link("pages/trust/import_data.py", label="Import files", **show.ARROW)
    st.stop()

company, loaded, imports = import_state.company(), cached.the_data_loaded(), cached.the_imports()
if cached.has_deals():
    span = cached.the_span()
    headline = (
        f"{count(span.deals, 'deal')} with {count(span.change_rows, 'dated change')} of their mechanics, from"
        f" {day(span.first_day, locale=company.locale)} to {day(span.last_day, locale=company.locale)}."
    )
else:
    headline = "No deal counts at the moment."
show.answer("Data loaded", f"{headline} {loaded.unread_in_words}")
case_forms.say_what_was_written()
for note in loaded.notes:
    st.info(plain(note))

st.subheader("Imports", anchor=False)
show.page_link("pages/trust/import_data.py", label="Import files", **show.ARROW)
chosen = import_history.choose(imports)
if row := imports.one(chosen):
    import_history.undoing(row)
files, rejects = loaded.of(chosen)

st.subheader("Files", anchor=False)
st.caption("For every file: rows read = loaded + unchanged + rejected.")
show.dataframe(
    files,
    hide_index=True,
    width="stretch",
    placeholder="–",
    column_config={
        "Loaded at (UTC)": st.column_config.DatetimeColumn(format="YYYY-MM-DD HH:mm"),
        "True as of": st.column_config.DateColumn(format="YYYY-MM-DD"),
    },
    key="files",
)
show.download(files, "files loaded")

st.subheader("Rows that could not be read", anchor=False)
if len(rejects):
    st.caption("Correct these in the CRM or in the file, and load it again. The other rows are in.")
    show.dataframe(rejects, hide_index=True, width="stretch", placeholder="–", key="rejects")
    show.download(rejects, "rejected rows")
else:
    st.success("Every row of every file was read.")
