"""Dialogs in which people write: an answer, another level, whose a Blue Sheet is."""

from __future__ import annotations

from datetime import datetime

import streamlit as st

from analytics.access.rights import Deed
from analytics.business_case.depth.explain import explain
from analytics.business_case.editing import Conflict, Seen, overrule, save_answer
from analytics.deal_case import Answer
from analytics.problems import BadInput
from analytics.wording import is_missing, plain
from pages.shared import cached, scope, show, signin
from pages.shared.case import LEVELS, level_words


def name_field(key: str) -> str:
    """Who writes; remembered for the session once it is typed (in a form: sent), and then stands in every
    other such field in which nothing was typed."""
    field, filled = f"name {key}", f"filled name {key}"
    if name := signin.the_viewer().name:
        st.caption(plain(f"Kept under your name, {name}."))
        return name
    known = st.session_state.get("my_name", "")
    held = st.session_state.setdefault(filled, "")
    # set only where it changes something: what is set overwrites what is being typed
    if known and (field not in st.session_state or st.session_state[field] == held != known):
        st.session_state[field] = st.session_state[filled] = known
    typed = st.text_input("Your name", key=field, help="Kept beside what you write, so that others can ask.")
    if typed.strip() and typed != st.session_state[filled]:
        st.session_state["my_name"] = st.session_state[filled] = typed
    return typed


@st.dialog("Edit the answer", width="large")
def edit_answer(deal_id: str, answer: Answer) -> None:
    """Write a new version of an answer. If somebody else was faster, both texts are shown; none is lost."""
    key = f"{deal_id} {answer.question.key}"
    held: str = answer.row["answer"] if answer.is_answered else ""
    st.markdown(f"**{plain(answer.question.wording)}**")
    st.caption(plain(f"A good answer has: {answer.question.good}"))
    seen = st.session_state.setdefault(f"seen {key}", _seen(answer, held))
    _other_version(key)
    text = st.text_area("Answer", value=held, height=160, key=f"text {key}")
    st.caption(plain(_as_it_stands(answer, text)))
    left, right = st.columns(2)
    source = left.text_input("Source (mail, minutes, call ...)", key=f"source {key}")
    confirmed = right.text_input("Confirmed by (at the customer)", key=f"confirmed {key}")
    name = name_field(key)
    st.caption("Saved as a new version dated today; the earlier ones stay in the history.")
    if st.button("Save", type="primary", key=f"save {key}"):
        _save(key, deal_id, answer.question.key, text, name, seen, source, confirmed)


def _as_it_stands(answer: Answer, text: str) -> str:
    """The level that the text shows, and what the next one asks for."""
    found = explain(answer.question.asks, text)
    missing = f" {found.missing}" if found.level < len(LEVELS) - 1 else ""
    return f"As it stands: level {level_words(found.level)}.{missing}"


def _seen(answer: Answer, held: str) -> Seen:
    if answer.row["answered_as"] != answer.question.key or is_missing(answer.row["valid_at"]):
        return Seen(None, "")
    moment: datetime = answer.row["valid_at"].to_pydatetime()
    return Seen(moment, held)


def _other_version(key: str) -> None:
    """What somebody else saved meanwhile, if so."""
    if conflict := st.session_state.get(f"conflict {key}"):
        st.warning(
            plain(
                f"{conflict.author} saved another text at {conflict.at:%Y-%m-%d %H:%M} UTC, while you wrote:"
            )
        )
        st.text(conflict.answer or "(emptied)")
        st.caption(
            "Your text is still below and nothing is lost. Take over what is missing; Save then makes yours"
            " the newest version, and theirs stays in the history."
        )


def _save(
    key: str, deal_id: str, question: str, text: str, name: str, seen: Seen, source: str, confirmed: str
) -> None:
    try:
        saved = save_answer(
            cached.to_write(Deed.ANSWER, deal_id),
            deal_id,
            question,
            text,
            author=name,
            seen=seen,
            source=source,
            confirmed_by=confirmed,
        )
    except Conflict as conflict:
        st.session_state[f"conflict {key}"] = conflict
        st.session_state[f"seen {key}"] = Seen(conflict.at, conflict.answer)
        st.rerun(scope="fragment")
    except BadInput as problem:
        show.problem(problem)
        return
    _forget(key)
    done("Saved as a new version, dated today." if saved else "Nothing was changed, so nothing was saved.")


@st.dialog("Set another level")
def set_level(deal_id: str, answer: Answer) -> None:
    """Overrule the scorer for this version of the answer, with a reason."""
    key = f"level {deal_id} {answer.question.key}"
    row = answer.row
    st.markdown(f"**{plain(answer.question.wording)}**")
    st.text(row["answer"])
    st.caption(plain(f"The text shows level {level_words(row['scored_level'])}. {row['missing']}"))
    level = st.radio(
        "Level",
        range(len(LEVELS)),
        index=int(row["level"]),
        format_func=level_words,
        horizontal=True,
        key=f"choice {key}",
    )
    reason = st.text_input("Reason", key=f"reason {key}")
    name = name_field(key)
    left, right = st.columns(2)
    if left.button("Set the level", type="primary", key=f"set {key}"):
        _overrule(deal_id, answer, int(level or 0), reason, name)
    if row["counts"] == "overruled" and right.button("Take the earlier one back", key=f"back {key}"):
        _overrule(deal_id, answer, None, reason, name)


def _overrule(deal_id: str, answer: Answer, level: int | None, reason: str, name: str) -> None:
    moment: datetime = answer.row["valid_at"].to_pydatetime()
    question = str(answer.row["answered_as"])
    try:
        overrule(
            cached.to_write(Deed.OVERRULE, deal_id),
            deal_id,
            question,
            moment,
            level,
            reason=reason,
            author=name,
        )
    except BadInput as problem:
        show.problem(problem)
        return
    done("The level is set. It counts from today on; the scorer is judged by it.")


def start(deal_id: str, question: str) -> None:
    """Forget what was begun in an earlier dialog about this answer."""
    _forget(f"{deal_id} {question}")


def _forget(key: str) -> None:
    for prefix in ("seen", "conflict", "text", "source", "confirmed"):
        st.session_state.pop(f"{prefix} {key}", None)


def done(message: str) -> None:
    """Say so after the next run, which looks at the latest day."""
    st.session_state["written"] = message
    scope.go_to_latest()
    st.rerun()


def say_what_was_written() -> None:
    """The confirmation of the last writing, once."""
    if message := st.session_state.pop("written", None):
        st.success(plain(message))
