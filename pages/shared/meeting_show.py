"""Ways to show a meeting: its opening, one deal at a time, where it stands, and what it decided."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import streamlit as st

from analytics import weekly_meeting as meeting
from analytics.review import decisions as made
from analytics.review.agenda import Card
from analytics.weekly_meeting import CLOSING, OPENING, Step
from analytics.weekly_review import WeeklyReview
from analytics.wording import count, money, percent, plain
from pages.shared import cached, cached_meeting, files_show, meeting_forms, scope, show

_BEGAN, _DRAWN, _KNOWN, _HELP = "meeting began", "meeting drawn", "meeting known", "meeting help"
_WATCHED = 3  # seconds
_REPORTS = ((made.DONE, "Done"), (made.NOT_DONE, "Not done"), (made.DROPPED, "Dropped"))
_HELP_TEXT = (
    "**→** or **N** next · **←** or **P** previous · **K** keep as stated · **D** move the date"
    " · **F** forecast category · **A** action · **X** close out · **O** override"
    " · **1 2 3** report on the first open action: done, not done, dropped · **Enter** keeps a form,"
    " **Esc** leaves it · **H** this list.  \nNothing is deleted: a later decision on a deal counts instead."
)


def go(key: str) -> None:
    """Go to a step; the clock starts when the meeting leaves its opening."""
    if key == OPENING:
        st.query_params.pop("deal", None)
    else:
        st.query_params["deal"] = key
        st.session_state.setdefault(_BEGAN, datetime.now(UTC))


def rail(review: WeeklyReview, steps: list[Step], at: Step, decided: Any) -> None:
    """Where the meeting stands: owners with their deals, those decided marked; a click goes there."""
    place = meeting.place_in_words(review.agenda, at)
    st.markdown(f"**{place}**" if place else f"**{count(len(review.agenda.cards), 'deal')} to talk about**")
    watch(review, at)
    owner, settled = "", meeting.settled_today(review, decided)
    with st.container(gap="xxsmall"):
        for step in steps:
            if step.owner != owner and step.owner:
                st.caption(plain(step.owner))
            owner = step.owner
            _rail_button(step, is_here=step.key == at.key, is_done=step.key in settled)


def _rail_button(step: Step, *, is_here: bool, is_done: bool) -> None:
    st.button(
        plain(step.label),
        key=f"step {step.key}",
        type="primary" if is_here else "tertiary",
        icon=":material/check:" if is_done else None,
        help="Decided today" if is_done else None,
        on_click=go,
        args=(step.key,),
        disabled=meeting_forms.is_open(),
        wrap=False,
    )


@st.fragment(run_every=_WATCHED)
def watch(review: WeeklyReview, at: Step) -> None:
    """The time used, and whether somebody else has decided something: then the page is drawn anew."""
    began = st.session_state.get(_BEGAN)
    st.caption(plain(meeting.time_in_words(review.agenda, at, began, datetime.now(UTC))))
    if cached.versions().decisions != st.session_state.get(_DRAWN):
        if meeting_forms.is_open():
            st.caption("Somebody has decided something; it is shown when the form is closed.")
        else:
            st.rerun()


def drawn(decided: Any, version: str) -> None:
    """Remember what this page shows, and say what others have decided since it was drawn last.

    `version`: that of the decisions before they were read.
    """
    st.session_state[_DRAWN] = version
    known = st.session_state.get(_KNOWN)
    st.session_state[_KNOWN] = set(decided["decision_id"])
    if known is None:
        return
    for row in decided.itertuples():
        if row.decision_id not in known | meeting_forms.mine():
            st.toast(plain(f"{row.author} decided on {row.deal}: {row.what}, {row.at}"), duration="long")


def steering(review: WeeklyReview, before: Step | None, after: Step | None, found: Card | None) -> None:
    """Previous, next, and a button and a key for each decision about a card; `found`: None without one."""
    is_busy = meeting_forms.is_open()
    with st.container(horizontal=True, vertical_alignment="center", key="meeting-keys"):
        _step_button("Previous", before, "Left", is_busy)
        _step_button("Next", after, "Right", is_busy)
        if found is not None:
            _decide(review, found, is_busy or not cached_meeting.can_decide(review.scope))
        st.button("Keys", key="keys", shortcut="H", type="tertiary", on_click=_toggle_help, disabled=is_busy)
    if st.session_state.get(_HELP):
        st.info(_HELP_TEXT)


def _decide(review: WeeklyReview, found: Card, is_off: bool) -> None:
    for kind, (text, key) in meeting_forms.KEYS.items():
        st.button(
            text,
            key=f"decide {kind}",
            shortcut=key,
            type="primary" if kind == made.KEEP else "secondary",
            on_click=meeting_forms.ask,
            args=(review, kind, found.deal_id),
            disabled=is_off,
        )


def steering_by_letter(review: WeeklyReview, before: Step | None, after: Step | None, at: Step) -> None:
    """The same below the card, with letters, and the way to the deal's page."""
    with st.container(horizontal=True):
        _step_button("Previous", before, "P", meeting_forms.is_open())
        _step_button("Next", after, "N", meeting_forms.is_open())
        if at.owner and st.button("Open the deal", key="open the deal", type="tertiary", **show.ARROW):
            show.open_deal(at.key, scope.parameters(review.scope))


def _step_button(text: str, to: Step | None, key: str, is_busy: bool) -> None:
    st.button(
        text,
        key=f"{text} {key}",
        shortcut=key,
        on_click=go,
        args=(to.key if to else OPENING,),
        disabled=is_busy or to is None,
    )


def _toggle_help() -> None:
    st.session_state[_HELP] = not st.session_state.get(_HELP)


def opening(review: WeeklyReview, *, can_write: bool) -> None:
    """The number, who has not submitted, and the open actions to report on first."""
    lead, rest = meeting.headline(review)
    st.markdown(f"## {plain(lead)}")
    if rest:
        st.markdown(f"### {plain(rest)}")
    st.markdown(plain(meeting.not_submitted(review)))
    if not review.agenda.cards:
        no_cards(review)
    _who(can_write)
    files_show.files(review, "pre-read")
    actions = review.agenda.actions
    if actions.empty:
        st.markdown("No open action from earlier reviews.")
        return
    st.subheader(f"{count(len(actions), 'open action')} to report on first", anchor=False)
    names = meeting.names_of(review, actions["deal_id"])
    for number, row in enumerate(actions.itertuples()):
        _open_action(review, row, names.get(row.deal_id, row.deal_id), number == 0, can_write)


def _who(can_write: bool) -> None:
    if not can_write:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        who = meeting_forms.me()
        st.markdown(
            plain(f"Decisions are kept under the name {who}.") if who else "Nobody has said who decides."
        )
        st.button(
            "Another name" if who else "Say who decides",
            key="rename",
            shortcut="W",
            on_click=meeting_forms.rename,
            disabled=meeting_forms.is_open(),
        )


def _open_action(review: WeeklyReview, row: Any, deal: str, is_first: bool, can_write: bool) -> None:
    with st.container(
        horizontal=True, vertical_alignment="center", horizontal_alignment="distribute", border=True
    ):
        with st.container(gap="xxsmall", width="stretch"):
            st.markdown(f"**{plain(row.action_owner_name)}: {plain(row.action)}**")
            due = show.day_text(row.due, review.company)
            st.caption(f"{plain(deal)} · due {due} · {plain(f'decided by {row.author}')}")
        for number, (state, text) in enumerate(_REPORTS, 1):
            st.button(
                text,
                key=f"{state} {row.decision_id}",
                shortcut=str(number) if is_first else None,
                on_click=meeting_forms.ask,
                args=(review, meeting_forms.REPORT, row.decision_id, state),
                disabled=not can_write or meeting_forms.is_open(),
            )


def card(review: WeeklyReview, found: Card, decided: Any) -> None:
    """One deal, large: stated against evidenced, why now, what to ask, what is behind it."""
    company = review.company
    st.markdown(
        f"{plain(found.owner_name)} · {plain(found.stage)} · {plain(found.category)} · close date"
        f" {show.day_text(found.close_date, company)} · {plain(found.kind)}"
    )
    for column, (label, value) in zip(
        st.columns(4),
        (
            ("Amount", _short(found.amount, company)),
            ("Stated (CRM)", f":gray[{percent(found.stated)}]"),
            ("Evidenced", f":blue[{percent(found.evidenced)}]"),
            ("At stake", _short(found.at_stake, company)),
        ),
        strict=True,
    ):
        column.metric(label, value)
    _decided(decided[decided["deal_id"] == found.deal_id])
    st.markdown(plain(found.why_now))
    if said := meeting.override_in_words(review, found.deal_id):
        st.markdown(f"**Override.** {plain(said)}")
    with st.container(border=True, gap="xxsmall"):
        st.caption("Ask")
        st.markdown(f"## {plain(found.question)}" if found.question else "What would have to be true?")
    left, right = st.columns(2)
    with left:
        _points("Strongest reasons, in points of its chance", found.reasons, "No reason is known.")
        _points("Warnings", found.warnings, "No warning that is switched on applies.")
    with right:
        since = show.day_text(review.since, company)
        _points(f"Changed since {since}", found.changed, "Nothing changed.")
        last = (found.last_decision, found.what_became) if found.last_decision else ()
        _points("Last decision", tuple(text for text in last if text), "Nothing was decided about it yet.")


def _points(title: str, texts: tuple[str, ...], none: str) -> None:
    lines = "\n".join(f"- {plain(text)}" for text in texts) or none
    st.markdown(f"**{title}**\n\n{lines}")


def _decided(today: Any) -> None:
    """What was kept about this deal in this meeting, by whom and when; the last one counts."""
    if today.empty:
        return
    lines = [f"- **{plain(row.what)}** ({plain(f'{row.author}, {row.at}')})" for row in today.itertuples()]
    with st.container(border=True, gap="xxsmall", key="meeting-decided"):
        st.caption("Decided today: the last one counts, none is deleted")
        st.markdown("\n".join(lines))


def closing(review: WeeklyReview, decided: Any) -> None:
    """The minutes, the deals that need no talk, and the files."""
    st.markdown(f"## {count(len(decided), 'decision')} today")
    if decided.empty:
        st.markdown("Nothing was decided yet.")
    else:
        show.dataframe(meeting.minutes_table(decided), hide_index=True, width="stretch", key="minutes")
        st.caption("Nothing is overwritten: the last decision on a deal counts, the earlier ones stay.")
    quiet = meeting.quiet_table(review.agenda)
    st.subheader(meeting.quiet_in_words(review.agenda), anchor=False)
    if len(quiet):
        show.dataframe(
            quiet,
            hide_index=True,
            width="stretch",
            placeholder="–",
            column_config=show.column_formats({"Amount": "money"}),
            key="needs no talk",
        )
    files_show.files(review, "minutes")


def no_cards(review: WeeklyReview) -> None:
    """There is nothing to talk about: why."""
    agenda = review.agenda
    if agenda.missing is not None:
        st.info(plain(f"No deal can be held against its evidence: {agenda.missing}."))
    else:
        st.info("No deal needs talk: what is stated of each is as its evidence, small, or decided already.")


def past_day(last: Any) -> None:
    """A past day can be looked at, not decided about."""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.info("This is a past day: it is shown as it was. What is decided now cannot be dated back.")
        text = f"Go to {show.day_text(last, cached.the_company())}, the last day"
        st.button(text, key="to the last day", on_click=scope.go_to_latest)


def not_on_it(review: WeeklyReview, asked: str) -> None:
    """A link asked for a deal without a card."""
    st.info(plain(meeting.why_no_card(review, asked)))


def is_step(steps: list[Step], asked: str) -> bool:
    """Whether the address names a step."""
    return asked in {"", CLOSING, *(step.key for step in steps)}


def _short(amount: float, company: Any) -> str:
    return plain(money(amount, company.currency, locale=company.locale))
