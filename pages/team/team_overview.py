"""Team overview: how deep does each team dig, and where does it move?"""

import streamlit as st

st.title("Team overview", anchor=False)
