"""The parts of the page Playbook, a tab each: questions, stages, what is left empty, waiting, warnings."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from analytics.company import Company, Scope
from analytics.figures import answers_by_stage, answers_empty, question_effects, stage_waits, warning_effects
from analytics.playbook_page import (
    ENDS,
    REVIEW,
    Playbook,
    deals_at,
    effect_table,
    effects_shown,
    empty_table,
    entering,
    first_answers,
    first_question,
    levels_of,
    listed,
    waiting,
    waits_table,
)
from analytics.playbook_words import (
    DONE,
    EMPTY,
    FIRST_ANSWERS,
    LEVELS,
    NOT_A_CAUSE,
    WAITS,
    effects_title,
    empty_title,
    hollow,
    how,
    levels_title,
    stage_sentence,
    waits_title,
)
from analytics.risk.warning_rules import RULE
from analytics.terms import TERMS
from analytics.warning_list import figure_table, open_deals, title_of, warning_table
from analytics.wording import plain
from pages.shared import cached, cached_playbook, scope, show
from pages.shared.case_lists import pick

_SHARES = ("share", "low", "high")
_LEVEL = "How deep the question was answered when the stage began."
_LEFT = "left for warnings"
_DEPTHS = ["3+", "0-2", "0", "1", "2", "3", "4"]


def questions(view: Playbook, company: Company, chosen: Scope, file: str) -> None:
    """What each level deeper goes with, and the deals behind it."""
    table = effect_table(view)
    kinds = dict.fromkeys(("effect", "low", "high"), "share")
    show.figure(
        effects_title(view),
        question_effects.question_effects(table, dark=show.is_dark()),
        question_effects.describe(table),
        effects_shown(table),
        file=f"question effects {file}",
        note=f"{NOT_A_CAUSE} {hollow(view)}",
        kinds=kinds | {f"kept_{name}": kind for name, kind in kinds.items()},
    )
    with st.expander("How this is compared"):
        st.markdown(plain(how(view)))
    st.subheader("The deals behind a question", anchor=False)
    with st.container(horizontal=True):
        question, stage, outcome = _choices(view, every_stage=True)
        level = pick("level", "Level", _DEPTHS, help=_LEVEL)
    _deals(view, company, chosen, (question, outcome, stage, level))


def _choices(view: Playbook, *, every_stage: bool) -> tuple[str, str, str]:
    """The question (its key), the stage ('' for all) and the outcome chosen in the URL."""
    by_label = {label: key for key, label in view.labels.items()}
    by_name = {name: key for key, name in ENDS.items()}
    question = pick("question", "Question", list(by_label), every=False, start=first_question(view))
    stage = pick("stage", "Stage", view.entries.stages, every=every_stage)
    outcome = pick("outcome", "Outcome", list(by_name), every=False)
    return by_label[question], stage, by_name[outcome]


def _deals(view: Playbook, company: Company, chosen: Scope, asked: tuple[str, str, str, str]) -> None:
    found = deals_at(listed(view, chosen), *asked, owners=_owners(chosen))
    name = " ".join(part for part in asked if part)
    show.deals(found, company, file=f"playbook {name} {chosen.as_of}", parameters=scope.parameters(chosen))


def _owners(chosen: Scope) -> dict[str, str]:
    owners = cached.the_owners(chosen.as_of)
    return {one: owners.label(one) for one in owners.of_team("")}


def stages(view: Playbook, company: Company, chosen: Scope, file: str) -> None:
    """What became of deals by how deep one question was answered at each stage."""
    found = cached_playbook.the_stages(view)
    with st.container(horizontal=True):
        question, stage, outcome = _choices(view, every_stage=False)
        level = pick("level", "Level", _DEPTHS, help=_LEVEL)
    st.markdown(plain(stage_sentence(view, found, question, outcome, stage)))
    try_it(view, question, stage)
    rows = levels_of(found, question, outcome)
    end = DONE[outcome]
    show.figure(
        levels_title(view, rows, question, outcome, stage),
        answers_by_stage.answers_by_stage(rows, outcome=end, dark=show.is_dark()),
        answers_by_stage.describe(rows, outcome=end),
        rows,
        file=f"{question} by stage {outcome} {file}",
        note=f"{LEVELS} {NOT_A_CAUSE}",
        kinds=dict.fromkeys((*_SHARES, "rate"), "share"),
    )
    st.subheader("The deals behind it", anchor=False)
    _deals(view, company, chosen, (question, outcome, stage, level))


def try_it(view: Playbook, question: str, stage: str) -> None:
    """The way from what was seen to a playbook version that tests it.

    The names differ from those of this page's choices: Streamlit drops a link's parameters that are bound
    to a widget of the page that is left.
    """
    show.page_link(
        "pages/team/playbook_versions.py",
        label="Try it: record a new playbook version",
        query_params={"change_question": question, "change_stage": stage},
        **show.ARROW,
    )


def empty(view: Playbook, company: Company, chosen: Scope, file: str) -> None:
    """Which questions stay empty when a stage begins."""
    rows: Any = cached_playbook.the_empty(view)
    table = empty_table(view, rows)
    show.figure(
        empty_title(view, rows),
        answers_empty.answers_empty(table, dark=show.is_dark()),
        answers_empty.describe(table),
        table,
        file=f"left empty {file}",
        note=EMPTY,
        kinds=dict.fromkeys([*_SHARES, *(f"{name}_before" for name in _SHARES)], "share"),
    )
    st.subheader("The deals behind a cell", anchor=False)
    with st.container(horizontal=True):
        by_label = {label: key for key, label in view.labels.items()}
        question = by_label[pick("question", "Question", list(by_label), every=False)]
        stage = pick("stage", "Stage", view.entries.stages, every=False)
    found = entering(listed(view, chosen), question, stage, _owners(chosen))
    show.deals(found, company, file=f"empty {question} {stage} {file}", parameters=scope.parameters(chosen))


def waits(view: Playbook, company: Company, chosen: Scope, file: str) -> None:
    """Where deals wait, who waits longest now, and how soon questions are answered."""
    found = cached_playbook.the_waits(view)
    table = waits_table(found)
    words = {"currency": company.currency, "locale": company.locale}
    show.figure(
        waits_title(table, company),
        stage_waits.stage_waits(table, **words, dark=show.is_dark()),
        stage_waits.describe(table, **words),
        table.drop(columns="missing"),
        file=f"waits {file}",
        note=WAITS,
        kinds={"money": "money", "money_long": "money"},
    )
    long = {row.stage: row.waiting_long for row in table.itertuples() if row.waiting_long}
    if long:
        st.subheader("Who waits longer than most did", anchor=False)
        asked = pick("wait", "Where", list(long), every=False)
        today = replace(chosen, team="", owner_id="").within(cached.the_history(chosen.as_of).today)
        deals = waiting(found, today, "" if asked == REVIEW else asked, _owners(chosen))
        show.deals(deals, company, file=f"waiting {asked} {file}", parameters=scope.parameters(chosen))
    st.subheader("How soon a question is answered once a stage has begun", anchor=False)
    st.caption(plain(FIRST_ANSWERS))
    answered = first_answers(found, view.labels)
    show.dataframe(answered, hide_index=True, width="stretch", key=f"first answers {file}")
    show.download(answered, f"first answers {file}")


def come_back_from_warnings() -> None:
    """After the browser's Back from Warnings: Streamlit has put its query over that of this page."""
    if "warning" in st.query_params and _LEFT in st.session_state:
        st.switch_page("pages/team/playbook.py", query_params=st.session_state.pop(_LEFT))


def warnings(company: Company, chosen: Scope, file: str) -> None:
    """Which warnings were useful: what they went with."""
    st.session_state[_LEFT] = st.query_params.to_dict()
    view = cached.the_warnings(chosen.as_of)
    table = warning_table(view, open_deals(view, chosen, this_quarter=True))
    show.figure(
        title_of(table),
        warning_effects.warning_effects(table, dark=show.is_dark()),
        warning_effects.describe(table),
        figure_table(table),
        file=f"warnings {file}",
        note=f"All deals of {company.name or 'the company'}. {TERMS['warning_effect'].formula}",
    )
    labels = {RULE[key].label(view.limits[key].value): key for key in table["warning"]}
    asked = pick("warned", "Deals behind a warning", list(labels), every=False)
    show.page_link(
        "pages/deals/warnings.py",
        label="Open and past deals with it, in Warnings",
        query_params={"warning": labels[asked], **scope.parameters(chosen)},
        **show.ARROW,
    )
