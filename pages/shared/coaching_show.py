"""Ways to show one rep's page: suggestions with their deals, thin answers beside deep ones, figures."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics import rep_tables, rep_words
from analytics.coaching.suggestions import Suggestion
from analytics.company import Company, Scope
from analytics.figures import depth_against_team
from analytics.rep_choice import People
from analytics.rep_page import RepPage
from analytics.rep_sheet import one_to_one
from analytics.rep_words import Claim
from analytics.wording import count, is_missing, money, plain
from pages.shared import audit_show, case_lists, coaching_forms, scope, show
from pages.shared.case import level_words, marked, spans

_TOPIC = "topic"


def choose_rep(people: People, team: str) -> None:
    """Nobody is chosen yet: the reps by name, a button each; whoever has no 1:1 stands below."""
    for one in people.teams:
        if not team or one == team:
            _buttons(people, one, people.reps_of(one))
    others = people.others_of(team)
    if others:
        with st.expander(f"{count(len(others), 'other')}: lead people, left, or own no open or recent deal"):
            _buttons(people, "", others)


def _buttons(people: People, team: str, owner_ids: list[str]) -> None:
    if not owner_ids:
        return
    if team:
        st.markdown(f"**{plain(team)}**")
    with st.container(horizontal=True, gap="small", key=f"reps {team} {owner_ids[0]}"):
        for owner_id in owner_ids:
            st.button(
                plain(people.label(owner_id)), key=f"rep {owner_id}", on_click=_choose, args=(owner_id,)
            )


def choose_another() -> None:
    """Back to the list of reps."""
    st.button("Choose another rep", key="another rep", icon=":material/group:", on_click=_choose, args=("",))


def _choose(owner_id: str) -> None:
    st.session_state["scope_owner"] = owner_id


def suggestions(page: RepPage, replies: Any, company: Company, chosen: Scope) -> None:
    """At most three things to talk about, each with its evidence, deals, question and replies."""
    found = page.suggestions
    st.subheader("To talk about", anchor=False)
    if found.withheld is not None:
        st.info(plain(f"Nothing is suggested. {str(found.withheld)[:1].upper()}{str(found.withheld)[1:]}."))
    if clear := rep_words.also_clear(page):
        st.caption(plain(clear))
    for number, one in enumerate(found.coach, 1):
        with st.container(border=True, gap="small", key=f"coach-{one.topic}"):
            st.markdown(f"#### {number}. {plain(one.title)}")
            _evidence(one, company)
            st.markdown(f"**Ask:** {plain(one.ask)}")
            behind(page, one.topic, company, chosen)
            coaching_forms.reply_to(Claim(one.topic, one.title, one.sentence), replies, company, chosen)


def _evidence(one: Suggestion, company: Company) -> None:
    st.markdown(plain(one.sentence))
    stake = money(one.stake, company.currency, locale=company.locale)
    at_stake = f"Open deals that show it: {stake}." if one.stake else ""
    if rest := " ".join(text for text in (one.beside, at_stake, one.goes_with) if text):
        st.caption(plain(rest))


def praise(page: RepPage, replies: Any, company: Company, chosen: Scope) -> None:
    """What is good, with the same evidence."""
    st.subheader("Good", anchor=False)
    if not page.suggestions.praise:
        st.caption(rep_words.NO_PRAISE)
    for one in page.suggestions.praise:
        with st.container(border=True, gap="small", key=f"good-{one.topic}"):
            st.markdown(f"#### {plain(one.title)}")
            st.markdown(plain(one.sentence))
            if one.beside:
                st.caption(plain(one.beside))
            behind(page, one.topic, company, chosen)
            coaching_forms.said(replies, one.topic, one.sentence)


def behind(page: RepPage, topic: str, company: Company, chosen: Scope) -> None:
    """A button that opens the deals behind a topic, in the URL; and the deals, where it is open."""
    text, is_any = rep_words.behind_words(page, topic)
    if not is_any:
        st.caption(plain(text))
        return
    show.opener(_TOPIC, topic, text)
    if st.query_params.get(_TOPIC) == topic:
        table = rep_tables.habit_table(page, topic)
        show.deals(
            table, company, file=f"{topic} {page.owner_id} {page.as_of}", parameters=scope.parameters(chosen)
        )


def depth(page: RepPage, company: Company, chosen: Scope) -> None:
    """The rep's depth per question against the team and their own past; all that was looked at below."""
    rows = rep_tables.depth_rows(page)
    show.figure(
        rep_words.depth_title(page),
        depth_against_team.depth_against_team(rows, dark=show.is_dark()),
        depth_against_team.describe(rows),
        rep_tables.depth_table(page),
        file=f"depth {page.owner_id} {page.as_of}",
        note=rep_words.depth_note(),
    )
    with st.expander(f"Everything that was looked at: {count(len(page.rows), 'thing')}"):
        table = rep_tables.everything(page)
        show.dataframe(table, hide_index=True, width="stretch", placeholder="–", key="everything")
        show.download(table, f"coaching {page.owner_id} {page.as_of}", where="everything")
    _any_deals(page, company, chosen)


def _any_deals(page: RepPage, company: Company, chosen: Scope) -> None:
    """The deals behind any of what was looked at, chosen by name; the choice stands in the URL."""
    labels = dict(zip(page.rows["label"], page.rows["topic"], strict=True))
    label = st.selectbox(
        "The deals behind",
        list(labels),
        index=None,
        placeholder="Choose one of the things looked at",
        key="behind",
        bind="query-params",
    )
    if label in labels:
        file = f"behind {labels[label]} {page.owner_id} {page.as_of}"
        table = rep_tables.habit_table(page, labels[label])
        show.deals(table, company, file=file, parameters=scope.parameters(chosen))


def beside(page: RepPage, company: Company, chosen: Scope) -> None:
    """Thin answers beside a colleague's deep ones, and the question that leads from one to the other."""
    st.subheader("On the surface, and in depth on a like deal", anchor=False)
    if not page.pairs:
        st.caption("No open deal of theirs has an answer on the surface that a colleague's can stand beside.")
        return
    st.caption(
        "Left: an answer on an open deal, most money first. Right: a colleague's answer to the same question"
        " on a like deal, open at the same stage or later, or won. Marked in it: numbers,"
        " people, dates, reasons and sources."
    )
    for number, pair in enumerate(page.pairs):
        with st.container(border=True, gap="small", key=f"pair-{number}"):
            st.markdown(f"#### {plain(pair.question.label)}")
            left, right = st.columns(2, gap="medium")
            with left:
                _answer(pair.thin, [], company, chosen, is_deep=False)
            with right:
                _answer(pair.deep, pair.shows, company, chosen, is_deep=True)
            if pair.lacks:
                st.caption(plain(pair.lacks))
            st.markdown(f"**Ask:** {plain(pair.ask)}")


def _answer(
    row: dict[str, Any], places: list[Any], company: Company, chosen: Scope, *, is_deep: bool
) -> None:
    st.badge(level_words(row["level"]), color="blue" if is_deep else "gray")
    st.markdown(marked(row["answer"], places or (spans(row["spans"]) if is_deep else [])))
    amount = "no amount" if is_missing(row["amount_company"]) else _money(row["amount_company"], company)
    state = "won" if row["is_won_deal"] else row["stage"]
    whose = f"{row['owner_name']}, " if is_deep else ""
    st.caption(plain(f"{whose}{amount}, {row['deal_type'] or 'no type'}, {state}"))
    case_lists.deal_link(row["deal_id"], row["name"], scope.parameters(chosen))


def _money(amount: float, company: Company) -> str:
    return money(amount, company.currency, locale=company.locale)


def talk(page: RepPage, company: Company, chosen: Scope) -> None:
    """The open deals worth a talk, with the reason and the next question."""
    st.subheader("Deals to talk about", anchor=False)
    st.markdown(plain(rep_words.talk_words(page, company)))
    show.page_link("pages/deals/at_risk.py", label="All of them on At risk", **show.ARROW)
    if page.talk.deals.empty:
        return
    table = rep_tables.talk_table(page)
    show.deals(table, company, file=f"talk {page.owner_id} {page.as_of}", parameters=scope.parameters(chosen))
    for line in rep_words.talk_reasons(page):
        st.markdown(line)


def figures(page: RepPage, replies: Any, company: Company, chosen: Scope) -> None:
    """How deals are stated, calls, commits and pushes: each in a sentence, with what is behind it."""
    st.subheader("Forecast", anchor=False)
    st.caption(plain(rep_words.BESIDE))
    shown = {one.topic for one in [*page.suggestions.coach, *page.suggestions.praise]}
    for claim in rep_words.figures(page, company):
        st.markdown(f"**{plain(claim.title)}**  \n{plain(claim.text)}")
        if claim.topic not in shown:  # above, its deals and replies stand with it
            _FIGURES[claim.topic](page, company, chosen)
            coaching_forms.said(replies, claim.topic, claim.text)


def _stated(page: RepPage, company: Company, chosen: Scope) -> None:
    behind(page, "statements", company, chosen)


def _calls(page: RepPage, company: Company, chosen: Scope) -> None:
    if len(page.called):
        with st.expander(f"The {count(len(page.called), 'quarter')} behind it"):
            table = rep_tables.calls_table(page)
            kinds = dict.fromkeys(table.columns[1:], "money")
            show.dataframe(table, hide_index=True, width="stretch", column_config=show.column_formats(kinds))
            show.download(table, f"calls {page.owner_id} {page.as_of}")


def _commits(page: RepPage, company: Company, chosen: Scope) -> None:
    if not len(page.commits):
        return
    show.opener(_TOPIC, "commit_deals", f"The {count(len(page.commits), 'Commit')} behind it")
    if st.query_params.get(_TOPIC) == "commit_deals":
        file = f"commits {page.owner_id} {page.as_of}"
        show.deals(rep_tables.commits_table(page), company, file=file, parameters=scope.parameters(chosen))


def _pushes(page: RepPage, company: Company, chosen: Scope) -> None:
    behind(page, "pushes", company, chosen)


_FIGURES = {"statements": _stated, "calls": _calls, "commits": _commits, "pushes": _pushes}


def actions(page: RepPage) -> None:
    """Open actions of reviews."""
    st.subheader(f"Open actions: {len(page.actions)}", anchor=False)
    if page.actions.empty:
        st.caption("No action from a review is open on these deals.")
        return
    table = rep_tables.actions_table(page)
    days = show.column_formats({"Due": "day"})
    show.dataframe(
        table, hide_index=True, width="stretch", column_config=days, placeholder="–", key="open actions"
    )
    show.download(table, f"actions {page.owner_id} {page.as_of}")
    show.page_link("pages/review/decisions.py", label="Report on them", **show.ARROW)


def to_take_along(page: RepPage, replies: Any, company: Company) -> None:
    """The page as one file for the 1:1."""
    audit_show.download_button(
        "Download for the 1:1 (HTML)",
        lambda: one_to_one(page, replies, company),
        f"one-to-one {page.owner_id} {page.as_of}.html",
        what=f"one-to-one {page.owner_id}",
        mime="text/html",
        key="one-to-one",
    )


def answer_back(page: RepPage, replies: Any, company: Company, chosen: Scope) -> None:
    """Everything replied so far, and a reply to any claim or to the page as a whole."""
    st.subheader("Replies", anchor=False)
    st.caption("Whoever the page is about can answer it here; so can their manager. Nothing is overwritten.")
    claims = {one.topic: one for one in rep_words.claims(page, company)}
    topic = st.selectbox(
        "Reply to",
        list(claims),
        index=len(claims) - 1,
        format_func=lambda key: claims[key].title,
        key=f"reply about {page.owner_id}",
    )
    coaching_forms.reply_to_chosen(claims[topic], company, chosen)
    if len(replies):
        with st.expander(f"{count(len(replies), 'reply', 'replies')} so far"):
            table = rep_tables.replies_table(replies)
            days = show.column_formats({"Day": "day"})
            show.dataframe(table, hide_index=True, width="stretch", column_config=days, key="all replies")
            show.download(table, f"replies {page.owner_id} {page.as_of}")
