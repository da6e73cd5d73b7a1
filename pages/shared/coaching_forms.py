"""Replying to what the page about a rep says: the replies beside a claim, and the form."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.access.rights import Deed
from analytics.coaching.replies import reply
from analytics.company import Company, Scope
from analytics.problems import BadInput
from analytics.rep_words import Claim
from analytics.wording import plain
from pages.shared import cached, case_forms, ledger_show, show


def said(replies: Any, topic: str, claim: str) -> None:
    """What was replied to a topic, the latest first, with the claim where it read otherwise then."""
    for row in replies[replies["topic"] == topic].itertuples():
        company = cached.the_company()
        with st.container(border=False, gap=None, key=f"reply {topic} {row.Index}"):
            st.markdown(f":material/reply: **{plain(row.author)}**, {show.day_text(row.day, company)}")
            st.text(row.reply)
            if row.claim != claim:
                st.caption(plain(f"Said of: {row.claim}"))


def reply_to(claim: Claim, replies: Any, company: Company, chosen: Scope) -> None:
    """The replies to a claim, and a form to add one."""
    said(replies, claim.topic, claim.text)
    if not ledger_show.is_last_day(chosen):
        return
    with st.expander(f"Reply to: {plain(claim.title)}"):
        _form(claim, company, chosen, "beside")


def _form(claim: Claim, company: Company, chosen: Scope, where: str) -> None:
    key = f"{chosen.owner_id} {claim.topic} {where}"
    with st.form(f"reply {key}", border=False):
        text = st.text_area(
            "Your reply",
            key=f"text {key}",
            height=90,
            help="It stays beside the claim with your name and the day. Rep and manager both see it.",
        )
        name = case_forms.name_field(f"reply {key}")
        pressed = st.form_submit_button("Save the reply", type="primary", key=f"save {key}")
    if pressed and _saved(claim, text, name, company, chosen):
        st.session_state.pop(f"text {key}", None)
        case_forms.done(f"Your reply stands beside “{claim.title}” now.")


def _saved(claim: Claim, text: str, name: str, company: Company, chosen: Scope) -> bool:
    try:
        reply(
            cached.to_write(Deed.REPLY, owner_id=chosen.owner_id),
            company,
            chosen.as_of,
            chosen.owner_id,
            claim.topic,
            claim.text,
            text,
            author=name,
        )
    except BadInput as problem:
        show.problem(problem)
        return False
    return True


def reply_to_chosen(claim: Claim, company: Company, chosen: Scope) -> None:
    """The claim that was chosen, as it reads, and the form."""
    st.caption(plain(claim.text))
    if ledger_show.is_last_day(chosen):
        _form(claim, company, chosen, "chosen")
    else:
        ledger_show.only_on_the_last_day(chosen, "a reply")
