"""Ways to show the team feed: the week's best answers, gaps closed, causes found, and the digest."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from analytics.access.rights import Deed, NotAllowed
from analytics.company import Company, Scope
from analytics.digest import words
from analytics.digest.subscriptions import WHOLE_COMPANY, end_subscription, said, subscribe
from analytics.digest.week import Week, leads_there, worth_asking_too
from analytics.feed_tables import closed_table, week_ends
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.wording import count, day, money, plain
from pages.shared import audit_show, cached, cached_team, case, case_lists, scope, show

COMMAND = "python -m analytics digest --subscribed --out DIR"


def remember() -> None:
    """Where the browser's Back from a deal leads, whichever link opened it (`show.come_back`)."""
    st.session_state["left"] = st.query_params.to_dict()


def choose_week(chosen: Scope, company: Company) -> date:
    """The last day of the week that is looked at; kept in the URL."""
    ends = {day(one, locale=company.locale): one for one in week_ends(chosen.as_of, cached.the_span())}
    picked = case_lists.pick(
        "week", "Week to", list(ends), every=False, help="The seven days up to this one."
    )
    return ends[picked]


def best(week: Week, rows: Any, company: Company, parameters: dict[str, str]) -> None:
    """The best new answers with what earned them, and where the same question is worth asking."""
    st.subheader(plain(words.best_title(week)), anchor=False)
    if rows.empty:
        return
    st.caption(plain(words.HOW_CHOSEN))
    for at, others in enumerate(worth_asking_too(week, rows)):
        row = rows.iloc[at]
        with st.container(border=True, gap="xsmall", key=f"best-{at}"):
            _answer(row, company, parameters)
            st.markdown(f"**Ask:** {plain(leads_there(week, row['question'], row['level']))}")
            _others(others, company, parameters)


def causes(rows: Any, shown: Any, company: Company, parameters: dict[str, str]) -> None:
    """Root causes found; those that stand among the best answers are not said twice."""
    st.subheader(f"Root causes found: {len(rows):,}", anchor=False)
    if rows.empty:
        st.caption("No root cause was explained in this week that was not explained before.")
        return
    above = set(shown.loc[shown["asks"] == "root_cause", "deal_id"])
    if above:
        st.caption(f"{count(len(above), 'of them stands', 'of them stand')} among the best answers above.")
    for at, row in rows[~rows["deal_id"].isin(above)].iterrows():
        with st.container(border=True, gap="xsmall", key=f"cause-{at}"):
            _answer(row, company, parameters)


def _answer(row: Any, company: Company, parameters: dict[str, str]) -> None:
    """Who found what, in which deal, from which depth to which."""
    found = case.spans(row["spans"])
    text = case_lists.or_empty(row["answer"])
    worth = money(row["amount_company"], company.currency, locale=company.locale)
    by = plain(f"{worth} · {row['author_name']}, {day(row['day'], locale=company.locale)}")
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
        case_lists.deal_link(row["deal_id"], row["name"], parameters)
        st.markdown(
            f"**{plain(row['label'])}** :blue-badge[{plain(words.step(row))}] :gray[{by}]", width="content"
        )
    st.markdown(case.marked(text, found))


def _others(deals: Any, company: Company, parameters: dict[str, str]) -> None:
    """Deals in which the same question is still open, for who wants to see them; no names of people."""
    if deals.empty:
        return
    with st.expander("Where the same question is open"):
        for row in deals.itertuples():
            worth = money(row.amount_company, company.currency, locale=company.locale)
            show.page_link(
                "pages/deals/one_deal.py",
                label=plain(f"{row.name} ({worth})"),
                query_params={"deal": row.deal_id, **parameters},
                **show.ARROW,
            )


def closed(rows: Any, file: str, parameters: dict[str, str]) -> None:
    """Questions that went from empty or surface to explained; choosing a row opens the deal."""
    st.subheader(f"Gaps closed: {len(rows):,}", anchor=False)
    if rows.empty:
        st.caption("No question went from empty or surface to explained in this week.")
        return
    table = closed_table(rows)
    event = show.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height=min(420, 38 + 35 * len(table)),
        column_config=show.column_formats({"Amount": "money", "Found on": "day"}),
        on_select="rerun",
        selection_mode="single-row",
        placeholder="–",
        key=f"closed {file}",
        alt="Gaps closed: question, deal, from which depth to which, by whom",
    )
    left, right = st.columns([3, 1])
    left.caption("From empty or surface to explained or evidenced. Select a row to open its deal.")
    with right:
        show.download(table, f"gaps closed {file}", where="feed")
    if event.selection.rows:
        show.open_deal(rows["deal_id"].iloc[event.selection.rows[0]], parameters)


def digest(chosen: Scope, until: date, company: Company) -> None:
    """The same as a file, and who gets it."""
    st.subheader("The weekly digest", anchor=False)
    st.markdown(
        plain(
            "The digest is this week as one HTML page that opens without a network and prints well, with what"
            " is still empty on the largest deals and the actions that are due."
        )
    )
    whose = chosen.team
    name, content = cached_team.the_digest(until, whose)
    audit_show.download_button(
        plain(f"Download the digest of {said(whose)}"),
        content,
        name,
        what="weekly digest",
        mime="text/html",
        key="download digest",
    )
    _subscriptions(chosen, company)


def _subscriptions(chosen: Scope, company: Company) -> None:
    st.markdown("**Who gets it**")
    is_last = chosen.as_of >= cached.the_span().last_day
    rows = cached_team.the_subscriptions(chosen.as_of)
    if rows.empty:
        st.caption("Nobody is subscribed yet.")
    for row in rows.itertuples():
        who, end = st.columns([5, 1], vertical_alignment="center")
        since = show.day_text(company.calendar.day_of(row.since.to_pydatetime()), company)
        who.markdown(f"{plain(row.subscriber)} · {plain(said(row.team))} · :gray[since {since}]")
        end.button(
            "End",
            key=f"end {row.team} {row.subscriber}",
            help=plain(f"End {row.subscriber}'s subscription to {said(row.team)}"),
            disabled=not is_last,
            on_click=_end,
            args=(row.subscriber, row.team),
            width="stretch",
        )
    _say_problem()
    if is_last:
        _form(chosen)
    else:
        last = cached.the_span().last_day
        st.caption(plain(f"{chosen.as_of} is a past day: subscriptions can be changed as of {last} only."))
    st.caption(
        "Nothing is sent from here: the data stays on this machine. This command writes one file per"
        " subscribed team and says who gets it, for instance every Monday from a scheduler:"
    )
    st.code(COMMAND, language="bash")


def _form(chosen: Scope) -> None:
    teams, me = cached_team.teams_to_subscribe(chosen.as_of), cached_team.only_subscriber()
    if not teams:
        st.caption("A digest holds all deals of a team: there is none whose deals you see all.")
        return
    with st.form("subscribe"):
        left, right = st.columns(2)
        if me:
            st.session_state["subscriber"] = me
        left.text_input("Name or e-mail address", key="subscriber", disabled=bool(me))
        right.selectbox(
            "Team",
            teams,
            index=teams.index(chosen.team) if chosen.team in teams else 0,
            format_func=lambda team: team or WHOLE_COMPANY,
            key="subscribed team",
        )
        st.form_submit_button("Subscribe", type="primary", on_click=_subscribe)


def _subscribe() -> None:
    who, team = st.session_state["subscriber"], st.session_state["subscribed team"]
    if _write(_begin, who, team, f"{who.strip()} is subscribed to {said(team)}."):
        st.session_state["subscriber"] = ""  # what was refused stays there to be mended


def _begin(store: Store, company: Company, as_of: date, who: str, team: str) -> None:
    """Subscribe, to what this reader may hand out. Raises BadInput."""
    if team not in cached_team.teams_to_subscribe(as_of):
        raise NotAllowed("there is no such team here", got=team or WHOLE_COMPANY)
    subscribe(store, company, as_of, who, team)


def _end(subscriber: str, team: str) -> None:
    _write(end_subscription, subscriber, team, f"{subscriber} no longer gets the digest of {said(team)}.")


def _write(change: Any, who: str, team: str, message: str) -> bool:
    """Keep it and say so, or what is wrong, in the run that follows. Whether it was kept."""
    me = cached_team.only_subscriber()
    try:
        if me and who.strip().casefold() != me.casefold():
            raise NotAllowed("you may subscribe yourself only", got=who)
        change(cached.to_write(Deed.SUBSCRIBE), cached.the_company(), scope.current().as_of, who, team)
    except BadInput as problem:
        st.session_state["subscription problem"] = problem
        return False
    st.session_state["subscription done"] = message
    return True


def _say_problem() -> None:
    if problem := st.session_state.pop("subscription problem", None):
        show.problem(problem)
    if message := st.session_state.pop("subscription done", None):
        st.success(plain(message))
