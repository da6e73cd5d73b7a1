"""Definitions: what does each number mean, what is asked, and how is depth judged?"""

import streamlit as st

from analytics.business_case.questions import questions_table
from analytics.terms import definitions_table, explain
from analytics.wording import plain
from pages.shared import cached, scope, show

show.answer("Definitions", "Each measure once: its formula, its unit, and which direction is better.")
wanted = st.text_input("Find a measure", key="find", bind="query-params", placeholder="coverage")
table = definitions_table(wanted)
if len(table):
    st.table(table.set_index("Measure"))
    show.download(table, "definitions")
else:
    st.info("No measure has this in its name or formula.")

day = scope.current().as_of
method = cached.the_method(day)
st.subheader(f"The questions of the business case: {method.name}", anchor=False)
st.caption(
    "An answer keeps the wording under which it was given. Change them with "
    "`python -m analytics questions --change FILE.toml`, choose another method with "
    "`python -m analytics settings method meddpicc`."
)
questions = questions_table(method)
st.table(questions.set_index("Question").style.format({"Counts": "{:g}"}))
show.download(questions, "questions")

judged = cached.the_judged(day)
st.subheader("How depth is judged, and how people saw it", anchor=False)
st.markdown(plain(explain("depth")))
st.markdown(plain(judged.in_words()))
if len(judged.rows):
    show.dataframe(
        judged.rows[
            ["deal_id", "question", "answer", "level", "given_level", "reason", "author", "valid_at"]
        ].rename(columns={"level": "By its text", "given_level": "By a person"}),
        hide_index=True,
        width="stretch",
        key="overrules",
    )
    show.download(judged.rows, "overruled levels")
