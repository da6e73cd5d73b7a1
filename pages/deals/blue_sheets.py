"""Blue Sheets: which are loaded, whose are they, and what found no place?"""

import streamlit as st

from analytics.access.rights import Deed
from analytics.wording import count, plain
from pages.shared import cached, case_forms, scope, sheets_show, show, signin

company, chosen = cached.the_company(), scope.current()
sheets = cached.the_sheets(chosen.as_of)
show.answer("Blue Sheets", sheets.in_words())
case_forms.say_what_was_written()

SHOWN = 10
link = scope.parameters(chosen)
wanted = st.query_params.get("sheet", "")
found = sheets.rows[sheets.rows["document_id"] == wanted].to_dict("records")
if found:
    sheets_show.look_into(
        found[0],
        cached.the_paragraphs(wanted, chosen.as_of),
        st.query_params.get("paragraph", ""),
        link,
    )
    st.stop()
if wanted:
    st.warning("This Blue Sheet was not known at this date. Choose a later as-of date.")
sheets_show.last_import()

if signin.can(Deed.LOAD):
    st.subheader("Add Blue Sheets", anchor=False)
    sheets_show.upload_many()

waiting = sheets.unsure
if len(waiting):
    st.subheader(f"Waiting for their deal: {count(len(waiting), 'sheet')}", anchor=False)
    st.caption("Nothing of these sheets counts anywhere until you choose.")
    labels = cached.the_deal_choices(chosen.as_of)
    name = case_forms.name_field("waiting")
    for row in waiting.head(SHOWN).to_dict("records"):
        sheets_show.choose_deal(row, labels, name)
    if len(waiting) > SHOWN:
        st.caption(plain(f"{len(waiting) - SHOWN:,} more follow when these are decided."))

st.subheader("All Blue Sheets", anchor=False)
if len(sheets.rows):
    sheets_show.all_sheets(sheets.rows)
else:
    st.info(
        "No Blue Sheet is loaded as of this day. Add Word documents above, or on the command line: "
        "`python -m analytics import FOLDER_OR_ZIP --kind blue-sheets`."
    )
