"""Decisions: what was decided about deals, what is still to be done, and did it come true?"""

import streamlit as st

from analytics.decisions_view import headline
from analytics.wording import plain
from pages.shared import cached, cached_ledger, case_forms, ledger_show, scope, show

show.come_back("pages/review/decisions.py")
company, chosen = cached.the_company(), scope.current()
found = cached_ledger.the_ledger(chosen.as_of).within(chosen)

show.answer("Decisions", *headline(found))
case_forms.say_what_was_written()
if found.entries.empty:
    ledger_show.how_to_decide()
    st.stop()

ledger_show.actions(found, company, chosen)

st.subheader("The ledger", anchor=False)
shown = ledger_show.filters(found)
entries = shown.of(found.entries)
ledger_show.table(entries, chosen, shown, len(found.entries))
if not entries.empty:
    ledger_show.became(entries, chosen)

if len(found.overrides):
    st.subheader("Overrides against the model and the reps", anchor=False)
    told = st.empty()
    with told.container():
        st.caption(plain("What the model would have said then is being looked up …"))
    judged = cached_ledger.the_judged_ledger(chosen.as_of).within(chosen)
    with told.container():
        ledger_show.against(judged, company)
