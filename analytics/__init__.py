"""Plumbline's analytics: plain Python without Streamlit. `python -m analytics` is the command line."""
