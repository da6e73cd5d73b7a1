"""The business case of one deal on its page: the next question, the answers, what Blue Sheets add."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.access.rights import Deed
from analytics.case_matrix import at_a_glance
from analytics.company import Company
from analytics.deal_case import Answer, DealCase, history_table
from analytics.terms import explain
from analytics.wording import DASH, count, day, is_missing, plain
from pages.shared import case_forms, show, signin
from pages.shared.case import LEVELS, earned, level_words, marked, spans

SHEETS = "pages/deals/blue_sheets.py"


def the_case(deal_id: str, case: DealCase, company: Company, parameters: dict[str, str]) -> None:
    """Everything about the case, in the order in which a manager asks."""
    st.subheader("The business case", anchor=False, help=plain(explain("case_depth")))
    _next(case)
    st.table(at_a_glance(case, LEVELS, dark=show.is_dark()))
    for text in case.objections:
        st.warning(plain(text))
    for answer in case.answers:
        _answer(deal_id, answer, company, parameters)
    if len(case.others):
        with st.expander(f"{count(len(case.others), 'answer')} to questions of other methods"):
            show.dataframe(
                case.others[["question", "level", "answer", "author_name", "day"]],
                hide_index=True,
                width="stretch",
            )


def _next(case: DealCase) -> None:
    if case.ask is None:
        return
    with st.container(border=True, key="next-question"):
        st.markdown("**The next best question to ask**")
        st.markdown(f"### {plain(case.ask.ask)}")
        gain = (
            f" Evidenced, it would add {case.ask.gain:.1f} to the case depth."
            if case.ask.gain >= 0.05
            else ""
        )
        st.markdown(plain(f"{case.ask.reason}{gain}"))


def _answer(deal_id: str, answer: Answer, company: Company, parameters: dict[str, str]) -> None:
    key = answer.question.key
    with st.container(border=True, gap="xsmall", key=f"answer-{key}"):
        with st.container(horizontal=True, horizontal_alignment="distribute", vertical_alignment="center"):
            st.markdown(
                f"#### {plain(answer.question.wording)}", help=plain(answer.question.help), width="content"
            )
            is_deep = answer.is_answered and answer.row["level"] >= 2
            words = level_words(answer.row["level"]) if answer.is_answered else f"{DASH} not answered"
            st.badge(words, color="blue" if is_deep else "gray")
        if answer.is_answered:
            _text(answer, company)
        else:
            st.caption(plain(f"Ask: {answer.question.follow_up[0]}"))
        for text in answer.objections:
            st.warning(plain(text))
        with st.container(horizontal=True, vertical_alignment="center"):
            if st.button(f"Edit {answer.question.label.lower()}", key=f"edit {key}"):
                case_forms.start(deal_id, key)
                case_forms.edit_answer(deal_id, answer)
            may_set = answer.is_answered and signin.can(Deed.OVERRULE)
            if may_set and st.button("Set another level", key=f"overrule {key}"):
                case_forms.set_level(deal_id, answer)
            if len(answer.versions):
                with st.popover(f"History: {count(len(answer.versions), 'version')}", key=f"history {key}"):
                    _history(answer, company)
            if not is_missing(answer.row["document_id"]):
                show.page_link(
                    SHEETS,
                    label=f"Paragraph {int(answer.row['paragraph'])} of the Blue Sheet",
                    **show.ARROW,
                    query_params=_place(answer.row, parameters),
                )


def _place(row: Any, parameters: dict[str, str]) -> dict[str, str]:
    return {
        **parameters,
        "sheet": str(row["document_id"]),
        "paragraph": str(int(row["paragraph"])) if not is_missing(row["paragraph"]) else "1",
    }


def _text(answer: Answer, company: Company) -> None:
    row = answer.row
    places = spans(row["spans"])
    st.markdown(marked(row["answer"], places))
    lines = [earned(row["answer"], places, row["scored_level"])]
    if row["scored_level"] < 4 and not is_missing(row["missing"]):
        lines.append(f"For the next level: {row['missing']}")
    lines += [answer.standing(), answer.provenance(company)]
    st.caption("  \n".join(plain(line) for line in lines if line))


def _history(answer: Answer, company: Company) -> None:
    """Each version with what was new in it, newest first."""
    rows = answer.versions.to_dict("records")
    for row, before in zip(rows, [*rows[1:], None], strict=True):
        step = level_words(row["level"])
        if before is not None:
            step = f"{level_words(before['level'])} → {step}"
        when = plain(day(row["day"], locale=company.locale))
        st.markdown(f"**{when}** · {plain(row['author_name'])} · {plain(step)}")
        st.text(row["answer"] or "(emptied)")
        if row["wording"] != answer.question.wording:
            st.caption(plain(f"Asked as: {row['wording']}"))
    show.download(history_table(answer), f"history {answer.question.key}")


def from_sheets(case: DealCase, parameters: dict[str, str]) -> None:
    """Red flags, actions and the rest, each with its place in the document."""
    if case.notes.empty:
        st.info("No Blue Sheet of this deal is loaded, so there are no red flags or actions. Add one below.")
        return
    for heading, rows in case.notes.groupby("heading", sort=False):
        st.markdown(f"**{plain(heading)}**")
        for row in rows.to_dict("records"):
            said = [row["text"]]
            said += [f"owner: {row['owner']}"] if not is_missing(row["owner"]) else []
            said += [f"due: {row['due']}"] if not is_missing(row["due"]) else []
            with st.container(
                horizontal=True, horizontal_alignment="distribute", vertical_alignment="center", gap="small"
            ):
                st.markdown(plain(" · ".join(said)), width="stretch")
                show.page_link(
                    SHEETS,
                    label=f"Paragraph {int(row['paragraph'])}",
                    query_params=_place(row, parameters),
                    width="content",
                    **show.ARROW,
                )
