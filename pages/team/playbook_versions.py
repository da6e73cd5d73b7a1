"""Playbook versions: what was changed in the sales process, and did it help?"""

import streamlit as st

from analytics.playbook_history import headline, shown
from analytics.wording import plain
from pages.shared import (
    cached,
    cached_versions,
    case_forms,
    ledger_show,
    playbook_forms,
    scope,
    show,
    versions_show,
)

show.come_back("pages/team/playbook_versions.py")
company, chosen = cached.the_company(), scope.current()
versions = cached_versions.the_versions(chosen.as_of)

asked = st.query_params.get("version", "")
opened = next((one for one in versions if one.version_id == asked), None)

show.answer("Playbook versions", *headline(versions, chosen.as_of))
case_forms.say_what_was_written()
if opened is not None:
    show.closer("version", "All changes")
    versions_show.one(cached_versions.the_view(opened, chosen), chosen, company)
    if ledger_show.is_last_day(chosen):
        playbook_forms.later(opened, chosen)
    st.stop()
if asked:
    st.caption(plain("The change that the link asks for is not known on this day."))
if not versions:
    versions_show.the_loop()

ledger_show.only_on_the_last_day(chosen, "a change")
if ledger_show.is_last_day(chosen):
    if {"record", "change_question", "change_stage"} & {*st.query_params}:
        with st.container(border=True):
            playbook_forms.record_a_change(chosen)
    else:
        show.opener("record", "1", "Record a change")

mine = shown(versions, chosen.team)
if versions:
    st.subheader("History", anchor=False)
    if chosen.team:
        st.caption(plain(f"Only what holds for {chosen.team}: {len(mine)} of {len(versions)}."))
    versions_show.history(mine, chosen)
