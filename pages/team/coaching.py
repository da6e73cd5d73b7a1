"""Coaching: what to talk about with one rep, and what is good?"""

import streamlit as st

st.title("Coaching", anchor=False)
