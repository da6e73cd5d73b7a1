"""What is decided in a meeting: a key each, a short form where something has to be said, and who says it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics import weekly_meeting as meeting
from analytics.access.rights import Deed
from analytics.override_words import seen_in
from analytics.problems import BadInput
from analytics.review import decisions as made
from analytics.review.agenda import Card
from analytics.review.decisions import Decision, decide, report_action
from analytics.review.overrides import override
from analytics.weekly_review import WeeklyReview
from analytics.wording import money, percent, plain
from pages.shared import cached, meeting_room, show, signin

OVERRIDE, REPORT, NAME = "override", "report", "name"
_FORM, _PROBLEM, _MINE, _ME = "meeting form", "meeting problem", "meeting mine", "my_name"
#: Kind -> what its button says and its key. Streamlit keeps C and R for itself.
KEYS = {
    made.KEEP: ("Keep", "K"),
    made.MOVE_DATE: ("Move date", "D"),
    made.MOVE_CATEGORY: ("Category", "F"),
    made.ACTION: ("Action", "A"),
    made.CLOSE_OUT: ("Close out", "X"),
    OVERRIDE: ("Override", "O"),
}


def me() -> str:
    """Who writes in this session; '' while nobody has said."""
    return signin.the_viewer().name or str(st.session_state.get(_ME, "")).strip()


def is_open() -> bool:
    """Whether a form is open: keys mean something else then."""
    return bool(st.session_state.get(_FORM))


def only_at(step: str) -> None:
    """A form of another step is closed: the browser's Back has left it."""
    form = st.session_state.get(_FORM)
    if form and form[0] != NAME and step != (meeting.OPENING if form[0] == REPORT else form[1]):
        st.session_state[_FORM] = None


def mine() -> set[str]:
    """The decisions that this session has made."""
    found: set[str] = st.session_state.setdefault(_MINE, set())
    return found


def rename() -> None:
    """Ask for the name again."""
    st.session_state[_FORM] = (NAME,)


def ask(review: WeeklyReview, *what: str) -> None:
    """Do what a key says, or open its form: (kind, deal) or (REPORT, action, state). Asks who, once."""
    if not me():
        st.session_state[_FORM] = (NAME, *what)
    elif what[0] == made.KEEP:
        _try(_decide, review, what[1], made.KEEP)
    elif what[0] == REPORT and what[2] != made.DONE:
        _try(_report, review, *what[1:])
    else:
        st.session_state[_FORM] = what


def say_problem() -> None:
    """What went wrong with the last key, once."""
    if problem := st.session_state.pop(_PROBLEM, None):
        show.problem(problem)


def show_form(review: WeeklyReview) -> None:
    """The open form, if one is."""
    form = st.session_state.get(_FORM)
    if not form:
        return
    if form[0] == NAME:
        _name(review, form[1:])
    elif form[0] == REPORT:
        actions = review.agenda.actions
        for row in actions[actions["decision_id"] == form[1]].itertuples():
            _done(review, row)
    else:
        _FORMS[form[0]](review, meeting.card_of(review.agenda, form[1]))


def _try(do: Any, *given: Any, **named: Any) -> bool:
    """Write; what is wrong is said in the next run. The form closes if it was right."""
    try:
        do(*given, **named)
    except BadInput as problem:
        st.session_state[_PROBLEM] = problem
        return False
    st.session_state[_FORM] = None
    return True


def _decide(review: WeeklyReview, deal_id: str, kind: str, **given: Any) -> None:
    decision = Decision(
        deal_id, review.scope.quarter.key, kind, me(), seen=meeting.seen_now(review, deal_id), **given
    )
    mine().add(decide(cached.to_write(Deed.DECIDE, deal_id), review.company, review.scope.as_of, decision))


def _report(review: WeeklyReview, decision_id: str, state: str, **given: Any) -> None:
    report_action(
        cached.to_write(Deed.REPORT, decision_id=decision_id),
        review.company,
        review.scope.as_of,
        decision_id,
        state,
        author=me(),
        **given,
    )


def _finish(kept: bool) -> None:
    """After a form's button: back to the card, or what is wrong."""
    if kept:
        st.rerun()
    say_problem()


def _cancel(form: str, *, cursor: bool) -> None:
    """The way out, and where the cursor stands."""
    if st.button("Cancel", key=f"cancel {form}", shortcut="Esc"):
        st.session_state[_FORM] = None
        st.rerun()
    if cursor:
        meeting_room.cursor_in_form(form)


def _of(card: Card) -> None:
    st.markdown(f"#### {plain(card.name)}")


@st.dialog("Who decides?", dismissible=False)
def _name(review: WeeklyReview, then: tuple[str, ...]) -> None:
    with st.form("meeting name", border=False):
        typed = st.text_input("Your name", value=me(), key="meeting name typed")
        st.caption("Kept beside what is decided, so that others can ask. Asked once.")
        if st.form_submit_button("Go on", type="primary") and typed.strip():
            st.session_state[_ME] = typed.strip()
            st.session_state[_FORM] = None
            if then:
                ask(review, *then)
            st.rerun()
    _cancel("name", cursor=True)


@st.dialog("When was it done?", dismissible=False)
def _done(review: WeeklyReview, action: Any) -> None:
    st.markdown(f"**{plain(action.action_owner_name)}: {plain(action.action)}**")
    st.caption(f"Due {show.day_text(action.due, review.company)}. Enter keeps the day below.")
    with st.form("meeting done", border=False):
        note = st.text_input("Note (optional)", key=f"note done {action.decision_id}")
        done_on = st.date_input(
            "Done on",
            value=meeting.done_day_offered(action, review.scope),
            min_value=action.day.date(),
            max_value=review.scope.as_of,
            key=f"done on {action.decision_id}",
        )
        if st.form_submit_button("It is done", type="primary"):
            _finish(_try(_report, review, action.decision_id, made.DONE, note=note, done_on=done_on))
    _cancel("done", cursor=True)


@st.dialog("Move the close date", dismissible=False)
def _move_date(review: WeeklyReview, card: Card) -> None:
    _of(card)
    note = st.text_input("Note (optional)", key=f"note date {card.deal_id}")
    st.caption(f"Now {show.day_text(card.close_date, review.company)}. One key moves it:")
    for number, (label, to) in enumerate(meeting.days_offered(card, review.scope), 1):
        text = f"{show.day_text(to, review.company)}: {label}"
        if st.button(text, key=f"day {number}", shortcut=str(number), width="stretch"):
            _finish(_try(_decide, review, card.deal_id, made.MOVE_DATE, close_date=to, note=note))
    with st.form("meeting date", border=False):
        to = st.date_input("Another day", value=None, min_value=review.scope.as_of, key="meeting day")
        if st.form_submit_button("Move to this day"):
            _finish(_try(_decide, review, card.deal_id, made.MOVE_DATE, close_date=to, note=note))
    _cancel("date", cursor=False)


@st.dialog("Move the forecast category", dismissible=False)
def _move_category(review: WeeklyReview, card: Card) -> None:
    _of(card)
    note = st.text_input("Note (optional)", key=f"note category {card.deal_id}")
    st.caption(plain(f"Now {card.category}. One key moves it:"))
    for number, category in enumerate(meeting.categories_offered(card), 1):
        if st.button(category, key=f"category {number}", shortcut=str(number), width="stretch"):
            _finish(_try(_decide, review, card.deal_id, made.MOVE_CATEGORY, category=category, note=note))
    _cancel("category", cursor=False)


@st.dialog("Decide an action", dismissible=False)
def _action(review: WeeklyReview, card: Card) -> None:
    _of(card)
    if card.question:
        st.caption(plain(f"To ask: {card.question}"))
    owners = cached.the_owners(review.scope.as_of)
    people = list(owners.names)
    with st.form("meeting action", border=False):
        action = st.text_input("What is to be done", key=f"what {card.deal_id}")
        left, right = st.columns(2)
        who = left.selectbox(
            "Who",
            people,
            index=people.index(card.owner_id) if card.owner_id in people else None,
            format_func=lambda person: owners.names.get(person, person),
            accept_new_options=True,
            key=f"who {card.deal_id}",
        )
        due = right.date_input(
            "Due", value=meeting.due_in_a_week(review.scope), min_value=review.scope.as_of, key="meeting due"
        )
        note = st.text_input("Note (optional)", key=f"note action {card.deal_id}")
        if st.form_submit_button("Keep the action", type="primary"):
            said = {"action": action, "action_owner": who or "", "due": due, "note": note}
            _finish(_try(_decide, review, card.deal_id, made.ACTION, **said))
    _cancel("action", cursor=True)


@st.dialog("Close it out", dismissible=False)
def _close_out(review: WeeklyReview, card: Card) -> None:
    _of(card)
    st.caption("The room holds it for lost. The CRM is not changed; its owner does that.")
    with st.form("meeting close out", border=False):
        note = st.text_input("Why (optional)", key=f"note close {card.deal_id}")
        if st.form_submit_button("Close it out", type="primary"):
            _finish(_try(_decide, review, card.deal_id, made.CLOSE_OUT, note=note))
    _cancel("close out", cursor=True)


@st.dialog("Put another chance or amount beside the model's", dismissible=False)
def _override(review: WeeklyReview, card: Card) -> None:
    _of(card)
    if standing := meeting.override_in_words(review, card.deal_id):
        st.info(plain(standing))
    model = seen_in(review.number.forecast, card.deal_id)
    with st.form("meeting override", border=False):
        left, right = st.columns(2)
        chance = left.number_input(
            "Chance to be won in the quarter, %",
            0.0,
            100.0,
            None,
            5.0,
            key=f"chance {card.deal_id}",
            format="%g",
        )
        amount = right.number_input(
            f"Amount in {review.company.currency}",
            0.0,
            None,
            None,
            key=f"amount {card.deal_id}",
            format="%.2f",
        )
        reason = st.text_input("Reason", key=f"reason {card.deal_id}")
        shown = money(card.amount, review.company.currency, locale=review.company.locale)
        st.caption(
            plain(
                f"Empty: as the model has it (chance {percent(model.chance)}, amount {shown})."
                " Both empty: takes an earlier one back."
            )
        )
        if st.form_submit_button("Keep the override", type="primary"):
            _finish(_try(_put_beside, review, card.deal_id, chance, amount, reason))
    _cancel("override", cursor=True)


def _put_beside(
    review: WeeklyReview, deal_id: str, chance: float | None, amount: float | None, reason: str
) -> None:
    override(
        cached.to_write(Deed.OVERRIDE, deal_id),
        review.company,
        review.scope.as_of,
        deal_id,
        review.scope.quarter.key,
        probability=meeting.share_of(chance),
        amount=amount,
        reason=reason,
        author=me(),
        seen=seen_in(review.number.forecast, deal_id),
    )


_FORMS = {
    made.MOVE_DATE: _move_date,
    made.MOVE_CATEGORY: _move_category,
    made.ACTION: _action,
    made.CLOSE_OUT: _close_out,
    OVERRIDE: _override,
}
