"""Playbook versions: what was changed in the sales process, and did it help?"""

import streamlit as st

st.title("Playbook versions", anchor=False)
