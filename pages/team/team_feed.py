"""Team feed: what did colleagues find out this week?"""

import streamlit as st

from analytics.digest import week as weeks
from analytics.digest import words
from analytics.wording import plain
from pages.shared import cached, cached_team, case_lists, feed_show, scope, show

show.come_back("pages/team/team_feed.py")
company, chosen = cached.the_company(), scope.current()
parameters = scope.parameters(chosen)

top = st.container()
with st.container(horizontal=True):
    until = feed_show.choose_week(chosen, company)
    read = cached_team.the_week(chosen, until)
    question = case_lists.pick("question", "Question", sorted(set(read.rows["label"])))
feed_show.remember()
found = weeks.about(read, question)
with top:
    show.answer("Team feed", *words.headline(found, company))
if question:
    st.caption(plain(f"Only {question}: {len(found.rows):,} of {len(read.rows):,} changes."))
if read.is_cut:
    st.warning("More answers changed in this week than could be read; the earliest are left out.")

if found.rows.empty:
    st.info("Choose another week, team or question above. Every change stands on the page Answer changes.")
else:
    file = f"{scope.name(chosen)} {until}"
    shown = weeks.best(found)
    feed_show.best(found, shown, company, parameters)
    feed_show.closed(weeks.closed(found), file, parameters)
    feed_show.causes(weeks.causes(found), shown, company, parameters)
feed_show.digest(chosen, until, company)
