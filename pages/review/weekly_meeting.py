"""Weekly meeting: which few deals should we talk about, and what do we decide about each?"""

import streamlit as st

from analytics.weekly_meeting import CLOSING, OPENING, card_of, decided_today, step_at
from analytics.wording import plain
from pages.shared import cached, cached_meeting, meeting_forms, meeting_room, meeting_show, scope

chosen = scope.current()
if chosen.quarter.last_day < chosen.as_of:
    st.title("Weekly meeting", anchor=False)
    st.info(
        plain(f"{chosen.quarter} was over on {chosen.as_of}. Choose a day within it, or a later quarter.")
    )
    st.stop()

known = cached.versions().decisions  # before the review is read: what is decided meanwhile is seen next
review, steps = cached_meeting.the_meeting(chosen)
can_write = cached_meeting.can_decide(chosen)
decided = decided_today(review)
asked = st.query_params.get("deal", "")
at, before, after = step_at(steps, asked or OPENING)
meeting_forms.only_at(at.key)
meeting_room.large_letters()
meeting_show.drawn(decided, known)

card = None if at.key in (OPENING, CLOSING) else card_of(review.agenda, at.key)

left, right = st.columns([1, 4], gap="medium")
with left:
    meeting_show.rail(review, steps, at, decided)
with right:
    st.title(plain(card.name) if card else "Weekly meeting", anchor=False)
    meeting_show.steering(review, before, after, card)
    meeting_forms.say_problem()
    if not can_write:
        meeting_show.past_day(cached.the_span().last_day)
    if not meeting_show.is_step(steps, asked):
        meeting_show.not_on_it(review, asked)
    if card:
        meeting_show.card(review, card, decided)
    elif at.key == CLOSING:
        meeting_show.closing(review, decided)
    else:
        meeting_show.opening(review, can_write=can_write)
    meeting_show.steering_by_letter(review, before, after, at)
meeting_forms.show_form(review)
