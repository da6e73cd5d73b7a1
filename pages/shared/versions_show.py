"""Ways to show changes of the sales process: the loop, the history, one change and what came of it."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.company import Company, Scope
from analytics.figures import before_after, levels_by_week
from analytics.playbook.versions import LEVEL, Version
from analytics.playbook_change_words import NOT_CAUSE, beside, draw_in_words, later, result, what, whom
from analytics.playbook_history import (
    HISTORY_KINDS,
    VersionView,
    change_rows,
    criterion_in_words,
    history_table,
    measures_table,
)
from analytics.problems import NotEnough
from analytics.wording import DASH, plain
from pages.shared import cached, cached_versions, scope, show

_TALLEST = 420  # px of a table
_NOTHING_SEEN = "Nothing that this page can see. It cannot see everything."
_STEPS = (
    (
        "1 · Change one thing",
        "A question's wording, what to ask next, or how deep an answer must be before a stage is left. Write"
        " down why you think it will help, and what should move.",
    ),
    (
        "2 · Work with it",
        "Everybody, or some teams first. If the lot decides who begins, the comparison says far more.",
    ),
    (
        "3 · Come back",
        "The page holds like deals before and after against each other, says when it is too early to tell,"
        " and keeps what you learned.",
    ),
)


def the_loop() -> None:
    """Nothing was recorded yet: how the process gets better, in three steps."""
    for place, (title, text) in zip(st.columns(len(_STEPS)), _STEPS, strict=True):
        with place.container(border=True, height="stretch"):
            st.markdown(f"**{plain(title)}**")
            st.markdown(plain(text))


def history(versions: list[Version], chosen: Scope) -> None:
    """Every change, each with the way to open it; all of it as a file."""
    names, company = cached_versions.the_labels(chosen.as_of), cached.the_company()
    for one in versions:
        _card(one, names, company, chosen)
    table = history_table(versions, names, chosen.as_of)
    with st.expander("As a table, with the texts before and after"):
        show.dataframe(
            table,
            hide_index=True,
            width="stretch",
            height=min(_TALLEST, 38 + 35 * len(table)),
            column_config=show.column_formats(dict(HISTORY_KINDS)),
            placeholder=DASH,
            key="versions table",
            alt="Every change of the sales process",
        )
        show.download(table, f"playbook versions {chosen.as_of}", where="versions")


def _card(one: Version, names: dict[str, str], company: Company, chosen: Scope) -> None:
    change = one.change
    with st.container(border=True, gap=None):
        said, button = st.columns([5, 1], vertical_alignment="center")
        with said:
            since = show.day_text(change.starts_on, company)
            ended = f", ended on {show.day_text(one.ends_on, company)}" if one.ends_on else ""
            st.markdown(f"**{plain(change.title)}** · {one.state(chosen.as_of)} · since {since}{ended}")
            label = names.get(change.question, change.question)
            st.caption(plain(f"{what(change, label)} · {whom(change)} · recorded by {change.author}"))
            for note in one.notes[-1:]:
                said_of = note.text if one.is_withdrawn else f"Learned: {note.text}"
                st.markdown(plain(f"{said_of} ({note.author})"))
        with button:
            show.opener("version", one.version_id, "Open")


def one(view: VersionView, chosen: Scope, company: Company) -> None:
    """One change: what was meant, what came of it, its deals."""
    version, change = view.version, view.version.change
    st.subheader(plain(change.title), anchor=False)
    st.markdown(f"**{plain(result(version, view.own, chosen.as_of, company))}**")
    _meant(view, chosen, company)
    if change.draw is not None:
        st.markdown("\n".join(f"- {plain(text)}" for text in draw_in_words(change.draw)))
    if not isinstance(view.own, NotEnough):
        if after := later(view.own, company):
            st.markdown(plain(after))
        _compared(view, chosen)
    if not view.weeks.empty:
        _weeks(view, chosen, company)
    if view.without is not None:
        _without(view, chosen, company)
    _notes(version, company)


def _meant(view: VersionView, chosen: Scope, company: Company) -> None:
    """Who changed what, why, and the texts."""
    version, change = view.version, view.version.change
    since = show.day_text(change.starts_on, company)
    written = show.day_text(version.written_on, company)
    st.markdown(
        f"{plain(what(change, view.label))}; for {plain(whom(change))}; since {since}. Hypothesis of"
        f" {plain(change.author)}, written on {written}: “{plain(change.hypothesis)}”"
    )
    if version.written_on > change.starts_on:
        st.caption(
            plain(
                "It was written down after it had begun: the hypothesis may have been made with the first"
                " results in sight."
            )
        )
    if change.text_after:
        left, right = st.columns(2)
        for place, title, text in (
            (left, "Before", change.text_before),
            (right, "After", change.text_after),
        ):
            with place.container(border=True, height="stretch"):
                st.caption(title)
                st.text(text or DASH)


def _compared(view: VersionView, chosen: Scope) -> None:
    """The difference, what stands beside it, what else changed."""
    found = view.own
    if isinstance(found, NotEnough):
        return
    rows = change_rows(view)
    is_share = found.measure != LEVEL
    if len(rows):
        show.figure(
            "What moved, and what moved beside it",
            before_after.before_after(rows, is_share=is_share, dark=show.is_dark()),
            before_after.describe(rows, is_share=is_share),
            rows,
            file=f"before and after {chosen.as_of}",
            note="On deals alike in stage, size, type, team and owner. Bands: in 95 of 100 such comparisons"
            " the true difference lies inside. Dots without a band: teams held against each other.",
        )
        st.markdown("\n".join(f"- {plain(text)}" for text in beside(found)))
    if view.also or found.n_after:
        also = view.also or [_NOTHING_SEEN]
        st.markdown("**What else was different**\n" + "\n".join(f"- {plain(text)}" for text in also))
        st.caption(plain(NOT_CAUSE))
    table = measures_table(view)
    with st.expander("All four measures"):
        show.dataframe(
            table,
            hide_index=True,
            width="stretch",
            placeholder=DASH,
            key="measures",
            alt="Every measure before and after",
        )
        show.download(table, f"before and after all measures {chosen.as_of}", where="measures")
        st.caption(
            plain(
                "The version's own measure was fixed when it was recorded; the other three are there to look"
                " at, and of four measures one differs by chance more easily than of one."
            )
        )


def _weeks(view: VersionView, chosen: Scope, company: Company) -> None:
    change = view.version.change
    met = f" Level {change.level} or deeper meets it." if view.without is not None else ""
    title = criterion_in_words(view) or f"How deep “{view.label}” was when deals moved on"
    show.figure(
        title,
        levels_by_week.levels_by_week(view.weeks, begins="it begins", dark=show.is_dark()),
        levels_by_week.describe(view.weeks),
        view.weeks,
        file=f"levels by week {chosen.as_of}",
        note=f"“{view.label}” in deals that left {change.stage or 'a stage'}, {whom(change)}, by week.{met}",
        kinds={"starts_on": "day"},
    )


def _without(view: VersionView, chosen: Scope, company: Company) -> None:
    table: Any = view.without
    st.subheader(f"Deals that moved on without it: {table.n}", anchor=False)
    if not table.n:
        st.caption(
            plain(f"Every deal of this scope that moved on since it began met it. {scope.name(chosen)}.")
        )
        return
    st.caption(
        plain(
            "They moved on before the answer was at that level; some were answered later. Ask what was known"
            " then, and whether the criterion fits such deals."
        )
    )
    show.deals(
        table, company, file=f"moved on without it {chosen.as_of}", parameters=scope.parameters(chosen)
    )


def _notes(version: Version, company: Company) -> None:
    if not version.notes:
        return
    st.subheader("What was learned", anchor=False)
    for note in version.notes:
        st.markdown(f"{plain(note.text)}  \n{plain(note.author)}, {show.day_text(note.day, company)}")
