"""Playbook: which questions go with winning here, by which stage, and where do deals wait?"""

import streamlit as st

from analytics.playbook_words import headline
from analytics.wording import plain
from pages.shared import cached, cached_playbook, playbook_show, scope, show

show.come_back("pages/team/playbook.py")
playbook_show.come_back_from_warnings()
company, chosen = cached.the_company(), scope.current()
view = cached_playbook.the_playbook(chosen)
show.answer("Playbook", *headline(view))
if view.note:
    st.caption(plain(view.note))
if chosen.sees is not None:
    st.caption("All deals of the company are counted; those that you may see are listed.")
if view.entries.rows.empty:
    st.info("No deal has been seen to enter a stage yet. Load dated changes, or choose a later date above.")
    st.stop()

file = f"{view.whose or 'company'} {chosen.as_of}"
questions, stages, empty, waits, warnings = st.tabs(
    ["Questions", "By stage", "Left empty", "Waiting", "Warnings"], key="view", bind="query-params"
)
if questions.open:
    with questions:
        playbook_show.questions(view, company, chosen, file)
if stages.open:
    with stages:
        playbook_show.stages(view, company, chosen, file)
if empty.open:
    with empty:
        playbook_show.empty(view, company, chosen, file)
if waits.open:
    with waits:
        playbook_show.waits(view, company, chosen, file)
if warnings.open:
    with warnings:
        playbook_show.warnings(company, chosen, file)
