"""What changed: between any two days, in the pipeline as the CRM states it, and in the expected number."""

import streamlit as st

from analytics.what_changed import also, headline
from analytics.wording import plain
from pages.shared import cached, cached_changes, changes_show, scope, show

PAGE = "pages/quarter/what_changed.py"
show.come_back(PAGE)
company, chosen = cached.the_company(), scope.current()
look = {"currency": company.currency, "locale": company.locale, "dark": show.is_dark()}

st.title("What changed", anchor=False)
answer = st.container()
since, measure, by = changes_show.choose(company, chosen)
found = cached_changes.the_changes(chosen, since, measure)
with answer:
    st.markdown(f"### {plain(headline(found, company))}")
    if rest := also(found, company):
        st.markdown(plain(rest))

if since == chosen.as_of:
    st.info("Both ends are the same day: choose an earlier one to compare with.")
elif found.lines.empty:
    st.info(
        "No deal of this scope is or was dated in the quarter. Choose another quarter, team or owner above."
    )
else:
    changes_show.waterfall(found, by, company, chosen, look)
    changes_show.undone(found, company, chosen)

st.header("The quarter week by week", anchor=False)
weeks = st.container()
is_over = chosen.quarter.last_day < chosen.as_of
is_learned = not is_over and cached.has_whole(chosen.as_of, chosen.quarter)
if not is_learned:
    with weeks:
        changes_show.weeks(company, chosen, look)

st.header("What moved the expected number", anchor=False)
if is_over:
    st.caption(plain(f"{chosen.quarter} was over on {chosen.as_of}: nothing is expected of it any more."))
    st.stop()
changes_show.the_number(found, company, chosen, look)
if is_learned:
    with weeks:
        changes_show.weeks(company, chosen, look, cached_changes.the_expected(chosen))
