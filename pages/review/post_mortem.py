"""Post-mortem: how did a quarter end against what was said of it, which deals made it, and who knew?"""

from dataclasses import replace

import streamlit as st

from analytics.post_mortem import middle_week, past_quarters, weeks_of
from analytics.post_mortem_words import behind, headline
from analytics.problems import NotEnough
from analytics.wording import plain
from pages.shared import cached, cached_post_mortem, post_mortem_show, scope, show

show.come_back("pages/review/post_mortem.py")
company, chosen = cached.the_company(), scope.current()
look = {"currency": company.currency, "locale": company.locale, "dark": show.is_dark()}
basis = cached.the_basis(chosen.as_of)
quarters = past_quarters(basis, company)
if not quarters:
    post_mortem_show.nothing(
        f"As of {chosen.as_of} no quarter with two quarters of history before it is over"
    )
    st.stop()

top = st.container()
with st.container(horizontal=True):
    quarter = post_mortem_show.choose_quarter(quarters, chosen)
    weeks = weeks_of(basis, quarter)
    week = show.choose_week(
        "Against what was said in week",
        weeks,
        middle_week(weeks),
        "What was known at the end of that week's first day is held against the quarter's end.",
    )
    start = post_mortem_show.choose_start()
asked = replace(chosen, quarter=quarter)
view = cached_post_mortem.the_post_mortem(asked, week)
if isinstance(view, NotEnough) or view.deals.empty:
    with top:
        show.answer("Post-mortem", f"Nothing was open or won here in {quarter}.")
    st.info("Choose another team, owner or quarter above.")
    st.stop()

file = f"{quarter} week {week} {chosen.team or chosen.owner_id or 'company'}"
found = cached_post_mortem.the_causes(asked, week, view)
with top:
    show.answer("Post-mortem", headline(view, company), behind(view, start, company))
    if chosen.quarter.contains(chosen.as_of) and quarter != chosen.quarter:
        st.caption(plain(f"{chosen.quarter} is not over on {chosen.as_of}; this is {quarter}."))
post_mortem_show.the_bridge(view, start, company, look, chosen)
post_mortem_show.the_misses(view, start, found, company, chosen)
post_mortem_show.the_weeks(view, company, look, file)
post_mortem_show.the_warnings(view, found[0], file)
post_mortem_show.the_lessons(found[0])
