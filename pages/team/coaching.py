"""Coaching: what to talk about with one rep, and what is good?"""

import streamlit as st

from analytics import rep_words
from analytics.wording import plain
from pages.shared import cached, cached_coaching, case_forms, coaching_show, scope, show

show.come_back("pages/team/coaching.py")
company, chosen = cached.the_company(), scope.current()
owners = cached.the_owners(chosen.as_of)
if not chosen.owner_id:
    whose = f"of team {chosen.team}" if chosen.team else "of the company"
    show.answer(
        "Coaching", "Whose 1:1 is it? Choose a rep.", f"The reps {whose} with open or recent deals, by name."
    )
    coaching_show.choose_rep(cached_coaching.the_people(chosen.as_of), chosen.team)
    st.stop()

page = cached_coaching.the_rep(chosen, owners.label(chosen.owner_id))
replies = cached_coaching.the_replies(chosen)
show.answer("Coaching", *rep_words.headline(page))
st.caption(plain(rep_words.FAIR))
coaching_show.choose_another()
case_forms.say_what_was_written()
if page.rows.empty and page.talk.deals.empty:
    st.info("There are no deals to talk about here: choose another rep, or an earlier day.")
    st.stop()

coaching_show.to_take_along(page, replies, company)
coaching_show.suggestions(page, replies, company, chosen)
coaching_show.praise(page, replies, company, chosen)
coaching_show.depth(page, company, chosen)
coaching_show.beside(page, company, chosen)
coaching_show.talk(page, company, chosen)
coaching_show.figures(page, replies, company, chosen)
coaching_show.actions(page)
coaching_show.answer_back(page, replies, company, chosen)
