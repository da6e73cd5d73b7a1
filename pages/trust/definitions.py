"""Definitions: what does each number mean?"""

import streamlit as st

from analytics.terms import definitions_table
from pages.shared import show

show.answer("Definitions", "Each measure once: its formula, its unit, and which direction is better.")
wanted = st.text_input("Find a measure", key="find", bind="query-params", placeholder="coverage")
table = definitions_table(wanted)
if len(table):
    st.table(table.set_index("Measure"))
    show.download(table, "definitions")
else:
    st.info("No measure has this in its name or formula.")
