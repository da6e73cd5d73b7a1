"""Calls: what do owners, managers and the VP say the quarter will end at, and who has not said it yet?"""

import streamlit as st

from analytics.call_list import headline
from pages.shared import cached, cached_ledger, calls_show, case_forms, scope, show

show.come_back("pages/review/calls.py")
company, chosen = cached.the_company(), scope.current()
if chosen.quarter.last_day < chosen.as_of:
    show.answer("Calls", f"{chosen.quarter} was over on {chosen.as_of}.")
    st.info("Choose an as-of date within that quarter, or a later quarter.")
    st.stop()

rows, history = cached_ledger.the_calls(chosen), cached_ledger.the_call_history(chosen)
if rows.empty:
    show.answer("Calls", "Nobody here has deals to call.")
    st.info("Choose another team or owner, or an earlier date.")
    st.stop()
show.answer("Calls", *headline(rows, chosen, company))
case_forms.say_what_was_written()
calls_show.table(rows, history, chosen)
calls_show.one_caller(rows, history, company, chosen)
calls_show.form(rows, company, chosen)
