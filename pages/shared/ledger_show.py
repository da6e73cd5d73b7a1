"""Ways to show the decision ledger: open actions and their reports, filters, the table, what became of it."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from analytics.access.rights import Deed
from analytics.company import Company, Scope
from analytics.decisions_view import (
    BY,
    LEDGER_KINDS,
    TALLY_KINDS,
    Shown,
    became_rows,
    became_title,
    due_in_words,
    ledger_table,
    open_actions,
    overrides_in_words,
    people_of,
    rounded,
    tally_table,
    withheld,
)
from analytics.figures import verdict_bars
from analytics.problems import BadInput
from analytics.review.decisions import DONE, DROPPED, NOT_DONE, report_action
from analytics.review.grades import VERDICTS
from analytics.review.ledger import KINDS, Ledger
from analytics.wording import DASH, count, plain
from pages.shared import cached, case_forms, case_lists, scope, show

_TALLEST = 560  # px of a table
_REPORTING = "the action that is reported on"
_REPORTED = {DONE: "Done", NOT_DONE: "Not done", DROPPED: "Dropped"}


def is_last_day(chosen: Scope) -> bool:
    """Whether something can be decided here: on a past day nobody can."""
    return chosen.as_of >= cached.the_span().last_day


def only_on_the_last_day(chosen: Scope, what: str) -> None:
    """Why nothing can be written on a past day."""
    if not is_last_day(chosen):
        last = cached.the_span().last_day
        st.caption(
            plain(f"{chosen.as_of} is a past day: {what} can be written as of {last}, the last day only.")
        )


def actions(found: Ledger, company: Company, chosen: Scope) -> None:
    """Open actions, the longest due first, each with the way to report what became of it."""
    rows = open_actions(found)
    if rows.empty:
        return
    st.subheader(f"Open actions: {len(rows)}", anchor=False)
    only_on_the_last_day(chosen, "a report")
    for row in case_lists.paged(rows, "action", "actions").itertuples():
        _action(row, company, chosen)


def _action(row: Any, company: Company, chosen: Scope) -> None:
    is_open = st.session_state.get(_REPORTING) == row.entry_id and is_last_day(chosen)
    with st.container(border=True, gap=None):
        what, button = st.columns([5, 1], vertical_alignment="center")
        with what:
            st.markdown(f"**{plain(row.what)}**")
            with st.container(horizontal=True, vertical_alignment="center", gap="xsmall"):
                case_lists.deal_link(row.deal_id, row.name, scope.parameters(chosen))
                said = f"{due_in_words(row.due, chosen.as_of, company)} · asked for by {row.author}"
                st.caption(f"{plain(said)} on {show.day_text(row.day, company)}", width="content")
        button.button(
            "Close" if is_open else "Report",
            key=f"report {row.entry_id}",
            disabled=not is_last_day(chosen),
            help=f"Say what became of: {plain(row.what)}",
            on_click=_open,
            args=("" if is_open else row.entry_id,),
            width="stretch",
        )
        if is_open:
            with st.container(gap="small"):
                _report(row.entry_id, chosen.as_of)


def _open(entry_id: str) -> None:
    """Open the form of one action; '' closes it."""
    st.session_state[_REPORTING] = entry_id


def _report(decision_id: str, as_of: date) -> None:
    """Say whether an action was done, when, and who says so."""
    state = st.radio(
        "It is",
        list(_REPORTED),
        format_func=lambda one: _REPORTED[one],
        horizontal=True,
        key=f"state {decision_id}",
    )
    day, note_at, name_at = st.columns([1, 2, 1])
    done_on = None
    if state == DONE:
        with day:
            done_on = st.date_input("Done on", value=as_of, max_value=as_of, key=f"done on {decision_id}")
    note = note_at.text_input("Note (may stay empty)", key=f"note {decision_id}")
    with name_at:
        name = case_forms.name_field(f"report {decision_id}")
    if st.button("Save the report", type="primary", key=f"save report {decision_id}"):
        _save_report(
            decision_id, as_of, str(state), note, name, done_on if isinstance(done_on, date) else None
        )


def _save_report(
    decision_id: str, as_of: date, state: str, note: str, name: str, done_on: date | None
) -> None:
    company = cached.the_company()
    given: dict[str, Any] = {"author": name, "note": note, "done_on": done_on}
    try:
        report_action(
            cached.to_write(Deed.REPORT, decision_id=decision_id), company, as_of, decision_id, state, **given
        )
    except BadInput as problem:
        show.problem(problem)
        return
    _open("")
    case_forms.done(f"Reported: {_REPORTED[state].lower()}. A later report can still change it.")


def filters(found: Ledger) -> Shown:
    """What is shown, in the URL."""
    entries = found.entries
    with st.container(horizontal=True):
        person = case_lists.pick("who", "Person", people_of(entries))
        kind = case_lists.pick("what", "Kind", [kind for kind in KINDS if kind in set(entries["kind"])])
        verdict = case_lists.pick("verdict", "Verdict", list(VERDICTS))
        quarter = case_lists.pick("of", "Quarter", sorted(set(entries["quarter"]), reverse=True))
        deal = st.text_input("Deal or id", key="words", bind="query-params", width=220)
    return Shown(person, kind, verdict, deal or "", quarter)


def table(entries: Any, chosen: Scope, shown: Shown, whole: int) -> None:
    """The ledger's rows; choosing one opens its deal."""
    if said := shown.in_words():
        st.caption(plain(f"Only: {said}. {len(entries):,} of {count(whole, 'entry', 'entries')}."))
    if entries.empty:
        st.info("Nothing is left. Choose fewer filters above.")
        return
    rows = ledger_table(entries)
    settings = show.column_formats(dict(LEDGER_KINDS))
    settings["Deal"] = st.column_config.TextColumn(pinned=True, width=200)
    settings["What"] = st.column_config.TextColumn(width=260)
    settings["What became of it"] = st.column_config.TextColumn(width=380)
    settings["Note or reason"] = st.column_config.TextColumn(width=260)
    event = show.dataframe(
        rows,
        hide_index=True,
        width="stretch",
        height=min(_TALLEST, 38 + 35 * len(rows)),
        column_config=settings,
        on_select="rerun",
        selection_mode="single-row",
        placeholder=DASH,
        key="ledger table",
        alt="Every decision and override with what became of it",
    )
    left, right = st.columns([3, 1])
    left.caption(
        "Nothing is overwritten: a later decision is a row of its own. Select a row to open its deal."
    )
    with right:
        show.download(rows, f"decisions {chosen.as_of}", where="ledger")
    if event.selection.rows:
        deal_id = entries["deal_id"].iloc[event.selection.rows[0]]
        show.open_deal(deal_id, scope.parameters(chosen))


def became(entries: Any, chosen: Scope) -> None:
    """How many held, by kind as a picture, and by person or deal as a table."""
    rows = became_rows(entries)
    show.figure(
        became_title(entries),
        verdict_bars.verdict_bars(rows, dark=show.is_dark()),
        verdict_bars.describe(rows),
        rows,
        file=f"what became of it {chosen.as_of}",
        note="Judged by what the deals did up to the as-of date, and by nothing later. In brackets: 90%"
        " interval of the share that holds.",
        kinds=dict.fromkeys(("share", "low", "high"), "share"),
    )
    by = st.segmented_control(
        "Counted by", list(BY), default="Kind", required=True, key="by", bind="query-params"
    )
    counted = tally_table(entries, str(by))
    show.dataframe(
        rounded(counted),
        hide_index=True,
        width="stretch",
        height=min(_TALLEST, 38 + 35 * len(counted)),
        column_config=show.column_formats(dict(TALLY_KINDS)),
        placeholder=DASH,
        key="tallies",
        alt=f"Decisions by {str(by).lower()}: how many held",
    )
    left, right = st.columns([3, 1])
    order = "An action counts for who was to do it, all else for who decided it. By name, no ranking."
    left.caption(
        plain(" ".join(part for part in (withheld(counted), order if by == "Person" else "") if part))
    )
    with right:
        show.download(counted, f"decisions by {str(by).lower()} {chosen.as_of}", where="tallies")


def against(found: Ledger, company: Company) -> None:
    """Overrides against the model and the reps."""
    st.markdown("\n".join(f"- {plain(text)}" for text in overrides_in_words(found, company)))
    st.caption(
        "Squared error: (chance - outcome) squared, outcome 1 if won in the quarter, else 0; 0 is perfect."
        " The model is asked as it would have answered then: it knew only the quarters before. Positive = the"
        " override was nearer."
    )


def how_to_decide() -> None:
    """Nothing was decided yet: what there will be, and how to begin."""
    st.info(
        "Decisions are made about a deal in the weekly meeting: keep, move the date or category, an action"
        " with owner and day, close out. Each is later held against what happened, here."
    )
