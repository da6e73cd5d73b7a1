"""Ways to show submitted calls: the roll-up, one caller's calls over the quarter, the form to submit one."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.access.rights import Deed
from analytics.call_list import (
    CALL_KINDS,
    HISTORY,
    NOTE,
    call_rows_shown,
    callers,
    downloaded,
    last_call,
    of_caller,
    ours,
    picture_title,
)
from analytics.company import Company, Scope
from analytics.figures import call_lines
from analytics.problems import BadInput
from analytics.review.calls import out_of_order, submit_call
from analytics.wording import DASH, plain
from pages.shared import cached, case_forms, ledger_show, show

_TALLEST = 700  # px of a table
_TABLE = "calls table"
_FIELDS = {"commit": "Commit", "most_likely": "Most likely", "best_case": "Best case"}


def table(rows: Any, history: Any, chosen: Scope) -> None:
    """The calls with their roll-up; choosing a row shows that caller's quarter, and stands in the URL."""
    shown = call_rows_shown(rows, history)
    settings = show.column_formats(dict(CALL_KINDS))
    settings["Whose call"] = st.column_config.TextColumn(pinned=True, width=220)
    settings["This week"] = st.column_config.TextColumn(width=110)
    settings[HISTORY] = st.column_config.LineChartColumn(width=150, help="Each call of the quarter in turn.")
    show.dataframe(
        shown,
        hide_index=True,
        width="stretch",
        height=min(_TALLEST, 38 + 35 * len(shown)),
        column_config=settings,
        on_select=lambda: _choose(list(rows["level"] + " " + rows["person_id"] + " " + rows["team"])),
        selection_mode="single-row",
        placeholder=DASH,
        key=_TABLE,
        alt="Calls of the company, its teams and owners, with what they add up to",
    )
    left, right = st.columns([3, 1])
    left.caption(plain(f"{NOTE} Select a row to see its calls over the quarter."))
    with right:
        show.download(downloaded(shown), f"calls {chosen.quarter} {chosen.as_of}", where="calls")


def _choose(keys: list[str]) -> None:
    rows = st.session_state[_TABLE].selection.rows
    if rows:
        st.query_params["caller"] = keys[rows[0]]
    else:
        st.query_params.pop("caller", None)


def one_caller(rows: Any, history: Any, company: Company, chosen: Scope) -> None:
    """The calls of the chosen row over the quarter, beside our number; of the first row if none is chosen."""
    keys = list(rows["level"] + " " + rows["person_id"] + " " + rows["team"])
    asked = st.query_params.get("caller", "")
    if asked and asked not in keys:
        st.caption("The call asked for is not in this scope; showing the first.")
    row = rows.iloc[keys.index(asked) if asked in keys else 0]
    calls = of_caller(history, row).drop(columns="owner_id")
    words = {"currency": company.currency, "locale": company.locale}
    show.figure(
        picture_title(row, calls, company, chosen.as_of),
        call_lines.call_lines(calls, ours(row), chosen.as_of, **words, dark=show.is_dark()),
        call_lines.describe(calls, ours(row), **words),
        calls,
        file=f"calls of {row['name']} {chosen.quarter}",
        note="Grey is what was called, blue what is expected of the same people now, with its 80% range.",
        kinds={"day": "day"} | dict.fromkeys(_FIELDS, "money"),
    )


def form(rows: Any, company: Company, chosen: Scope) -> None:
    """Submit a call, one's own or for somebody else."""
    st.subheader("Submit a call", anchor=False)
    ledger_show.only_on_the_last_day(chosen, "a call")
    labels = callers(rows)
    if not labels:
        st.info("Nobody in this scope is asked for a call.")
        return
    whom = st.selectbox(
        "Whose call",
        list(labels),
        format_func=lambda person_id: labels[person_id],
        key="call of",
        help="Your own, or that of somebody who has told you.",
        width=400,
    )
    before = last_call(rows, str(whom))
    stands = (
        f"{chosen.quarter.key} {[before[what] for what in _FIELDS]}"  # a field keeps its amount by its key
    )
    amounts: dict[str, float | None] = {}
    for column, (what, name) in zip(st.columns(3), _FIELDS.items(), strict=True):
        amounts[what] = column.number_input(
            f"{name} ({company.currency})",
            min_value=0.0,
            value=before[what],
            step=10_000.0,
            format="%.2f",
            placeholder="not said",
            key=f"{what} of {whom} {stands}",
        )
    st.caption("For the whole quarter, with what is won already. Leave empty what you do not say.")
    if warning := out_of_order(**amounts):
        st.warning(plain(warning))
    name = case_forms.name_field("of the call")
    if st.button("Submit the call", type="primary", disabled=not ledger_show.is_last_day(chosen)):
        _submit(str(whom), amounts, name, labels[whom], company, chosen)


def _submit(
    whom: str, amounts: dict[str, float | None], name: str, label: str, company: Company, chosen: Scope
) -> None:
    try:
        submit_call(
            cached.to_write(Deed.CALL, owner_id=whom),
            company,
            chosen.as_of,
            whom,
            chosen.quarter,
            **amounts,
            author=name,
        )
    except BadInput as problem:
        show.problem(problem)
        return
    case_forms.done(f"The call is kept: {label}, by {name}. Earlier ones stay in the history.")
