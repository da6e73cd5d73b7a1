"""Playbook: which questions go with winning here?"""

import streamlit as st

st.title("Playbook", anchor=False)
