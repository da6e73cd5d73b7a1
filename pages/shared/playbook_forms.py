"""Forms in which people change the sales process: record a change, end it, say what was learned."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import streamlit as st

from analytics.access.rights import Deed
from analytics.business_case.questions import asks_of
from analytics.company import Scope
from analytics.playbook.draw import Draw
from analytics.playbook.versions import (
    EXIT,
    FOLLOW_UP,
    KINDS,
    MEASURES,
    PLANNED,
    RUNNING,
    WITHDRAWN,
    Change,
    TextChanged,
    Version,
    end,
    learn,
    record,
    text_of,
    withdraw,
)
from analytics.playbook_change_words import KIND_WORDS, MEASURE_WORDS, draw_in_words
from analytics.playbook_history import draw_for
from analytics.problems import BadInput
from analytics.wording import plain
from pages.shared import cached, cached_versions, case_forms, show

_EVERY_STAGE = "Every stage"
EVERYBODY, CHOSEN, LOT = _WHO = ("Everybody", "Teams that I choose", "Teams drawn by lot")
_ORDER = (EXIT, *(one for one in KINDS if one != EXIT))


def record_a_change(chosen: Scope) -> None:
    """The form; a link may have named question and stage (`change_question`, `change_stage`)."""
    st.subheader("Record a change", anchor=False)
    draft = _what(chosen)
    draft = _why(draft, chosen)
    draft = _who(draft, chosen)
    name = case_forms.name_field("version")
    left, right = st.columns([1, 3])
    saves = left.button("Save the change", type="primary", key="save version")
    if right.button("Cancel", key="cancel version"):
        _close()
        st.rerun()
    if saves:
        _save(replace(draft, author=name), chosen.as_of)


def _what(chosen: Scope) -> Change:
    """Kind, question, stage, level and text."""
    questions, stages = cached_versions.the_questions(chosen.as_of), cached_versions.the_stages(chosen.as_of)
    kind = st.radio(
        "What changes",
        _ORDER,
        format_func=lambda one: KIND_WORDS[one],
        horizontal=True,
        key="version kind",
    )
    one, two, three = st.columns(3)
    asked, keys = st.query_params.get("change_question", ""), list(questions)
    key = one.selectbox(
        "Question",
        keys,
        index=keys.index(asked) if asked in keys else 0,
        format_func=lambda key: questions[key].label,
        key="version question",
    )
    options = stages if kind == EXIT else [_EVERY_STAGE, *stages]
    stage_asked = st.query_params.get("change_stage", "")
    stage = two.selectbox(
        "Stage that is left" if kind == EXIT else "Where it should show",
        options,
        index=options.index(stage_asked) if stage_asked in options else 0,
        key=f"version stage {kind == EXIT}",
    )
    level = None
    if kind in (EXIT, FOLLOW_UP):
        level = three.selectbox(
            "Level needed" if kind == EXIT else "Asked at level",
            range(1, 5) if kind == EXIT else range(4),
            index=1,
            key=f"version level {kind}",
            help="0 nothing, 1 surface, 2 specific, 3 explained, 4 evidenced.",
        )
    stage = "" if stage in (None, _EVERY_STAGE) else str(stage)
    change = Change(str(kind), str(key), "", "", "", chosen.as_of, stage=stage, level=level)
    if kind == EXIT:
        return change
    now = text_of(questions[str(key)], change)
    written, seen = f"version text {kind} {key} {level}", _seen(change)
    if written not in st.session_state or seen not in st.session_state:  # the text is opened
        st.session_state[written] = st.session_state[seen] = now
    text = st.text_area("Text from now on", height=90, key=written)
    st.caption(plain(f"Now: {now}"))
    return replace(change, text_before=str(st.session_state[seen]), text_after=text)


def _seen(change: Change) -> str:
    """Where the session keeps the text that the writer saw when it was opened, or was told of since."""
    return f"version seen {change.kind} {change.question} {change.level}"


def _why(change: Change, chosen: Scope) -> Change:
    """Title, hypothesis, and what should move."""
    title = st.text_input("Title", key="version title", placeholder="What you would call it in a meeting")
    hypothesis = st.text_area(
        "Hypothesis: why should it help, and what will be different?", height=90, key="version hypothesis"
    )
    measure = st.selectbox(
        "What should move",
        MEASURES,
        format_func=lambda one: MEASURE_WORDS[one],
        key="version measure",
        help="The first two can be told within weeks, the other two only when the deals are decided.",
    )
    return replace(change, title=title, hypothesis=hypothesis, measure=str(measure))


def _who(change: Change, chosen: Scope) -> Change:
    """For whom, and from which day on."""
    teams = cached.the_owners(chosen.as_of).teams
    left, right = st.columns([2, 1])
    who = left.radio("Holds for", _WHO if len(teams) > 1 else _WHO[:1], horizontal=True, key="version who")
    if change.kind == EXIT or who != EVERYBODY:
        begins = right.date_input("Begins on", value=chosen.as_of, key="version begins")
        change = replace(change, starts_on=begins if isinstance(begins, date) else chosen.as_of)
    else:
        right.caption("The text is in force at once. The deals are read again, which can take some minutes.")
    if who == CHOSEN:
        picked = st.multiselect("Teams", teams, key="version teams")
        return replace(change, teams=tuple(picked))
    if who == LOT:
        draw = _draw(change, chosen)
        return change if draw is None else replace(change, draw=draw, teams=draw.teams)
    return change


def _draw(change: Change, chosen: Scope) -> Draw | None:
    """The draw, and what it can show."""
    asked = asks_of(cached.everything()).get(change.question, change.question)
    try:
        draw = draw_for(cached.the_history(chosen.as_of), cached.the_company(), chosen.as_of, change, asked)
    except BadInput as problem:
        show.problem(problem)
        return None
    st.markdown("\n".join(f"- {plain(text)}" for text in draw_in_words(draw)))
    return draw


def _save(change: Change, as_of: date) -> None:
    who = st.session_state.get("version who")
    try:
        if who in (CHOSEN, LOT) and not change.teams:
            raise BadInput("no team is chosen", to_do="Choose teams, or let it hold for everybody.")
        version_id = record(cached.to_write(Deed.TEXT), cached.the_company(), as_of, change)
    except TextChanged as problem:
        show.problem(problem)
        st.session_state[_seen(change)] = problem.now  # now it is known
        return
    except BadInput as problem:
        show.problem(problem)
        return
    _close()
    st.query_params["version"] = version_id
    at_once = change.kind != EXIT and not change.teams
    tell = " Tell the teams: the app shows the old text to everybody." if change.teams else ""
    text = "The change is recorded, and the new text is in force." if at_once else "The change is recorded."
    case_forms.done(text + (tell if change.kind != EXIT else ""))


def _close() -> None:
    """Leave the form."""
    for key in ("record", "change_question", "change_stage"):
        st.query_params.pop(key, None)
    for key in [one for one in st.session_state if str(one).startswith("version ")]:
        del st.session_state[key]


def later(version: Version, chosen: Scope) -> None:
    """What can still be written about a version: what was learned, that it ended, that it was a mistake."""
    state, key = version.state(chosen.as_of), version.version_id
    if state == WITHDRAWN:
        return
    ways = {"learned": "Say what was learned"}
    if state == RUNNING:
        ways["end"] = "End it"
    if state in (RUNNING, PLANNED):
        ways["withdraw"] = "Withdraw it"
    st.subheader("Write about it", anchor=False)
    way = st.radio(
        "Write about it",
        list(ways),
        format_func=lambda one: ways[one],
        horizontal=True,
        key=f"way {key}",
        label_visibility="collapsed",
    )
    left, right = st.columns([3, 1])
    asked = {"learned": "What was learned", "end": "What was learned (may stay empty)"}
    text = left.text_input(asked.get(str(way), "Why"), key=f"note {way} {key}")
    with right:
        name = case_forms.name_field(f"later {key}")
    for_all = version.change.kind != EXIT and not version.change.teams
    st.caption(_MEANS[str(way)] + (_BACK if for_all and way != "learned" else ""))
    if st.button(ways[str(way)], type="primary", key=f"save later {key}"):
        _save_later(version, str(way), text, name, chosen.as_of)


_MEANS = {
    "learned": "Added with your name; what others wrote stays.",
    "end": "From today on it holds no longer. It is still compared.",
    "withdraw": "For a change that was a mistake or was never lived. It stays in the history and is not"
    " compared.",
}
_BACK = (
    " If the text still reads as this change made it, it goes back to what it was before, or to what another"
    " change that still runs made of it; the deals are then read again, which can take some minutes."
)


def _save_later(version: Version, way: str, text: str, name: str, as_of: date) -> None:
    company = cached.the_company()
    try:
        store = cached.to_write(Deed.TEXT)
        if way == "learned":
            learn(store, company, as_of, version.version_id, text, author=name)
        elif way == "end":
            end(store, company, as_of, version.version_id, author=name, learned=text)
        else:
            withdraw(store, company, as_of, version.version_id, text, author=name)
    except BadInput as problem:
        show.problem(problem)
        return
    done = {"learned": "Kept.", "end": "The change has ended.", "withdraw": "The change is withdrawn."}
    case_forms.done(done[way])
