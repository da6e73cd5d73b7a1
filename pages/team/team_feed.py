"""Team feed: what did colleagues find out this week?"""

import streamlit as st

st.title("Team feed", anchor=False)
