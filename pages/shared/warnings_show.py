"""Ways to show the warnings: their table, whose rows open into deals, and the form that sets them."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics.access.rights import Deed
from analytics.problems import BadInput
from analytics.risk.warning_limits import Limits, save_limits
from analytics.risk.warning_rules import RULES, Limit, Rule
from analytics.warning_list import limit_words, shown_table
from analytics.wording import DASH, plain
from pages.shared import cached, show

_TABLE = "warnings table"
_KINDS = {
    "Warning": "text",
    "Money": "money",
    "Slipped with it": "share",
    "Slipped without": "share",
    "Past deals with it": "number",
    "Past deals without": "number",
}


def table(rows: Any) -> None:
    """The warnings; choosing one opens its deals, and the choice stands in the URL."""
    shown = shown_table(rows)
    keys = list(rows["warning"])
    settings = show.column_formats(_KINDS)
    settings["Warning"] = st.column_config.TextColumn(pinned=True, width=330)
    settings["On"] = st.column_config.CheckboxColumn(width=50, help="Whether deals show it.")
    for name in ("Slipping", "Winning"):
        settings[name] = st.column_config.TextColumn(
            help="Points more or less than deals of the same stage and week without it, with 90% interval."
        )
    show.dataframe(
        shown,
        hide_index=True,
        width="stretch",
        height=38 + 35 * len(shown),
        column_config=settings,
        on_select=lambda: _open(keys),
        selection_mode="single-row",
        placeholder=DASH,
        key=_TABLE,
    )
    left, right = st.columns([3, 1])
    left.caption("Select a row to see its deals.")
    with right:
        show.download(shown, "warnings")


def _open(keys: list[str]) -> None:
    chosen = st.session_state[_TABLE].selection.rows
    if chosen:
        st.query_params["warning"] = keys[chosen[0]]
    else:
        st.query_params.pop("warning", None)


def form(limits: Limits) -> None:
    """Change limits, switch warnings on and off; saved for everybody."""
    with st.form("limits"):
        chosen = {rule.key: _field(rule, limits[rule.key]) for rule in RULES}
        sent = st.form_submit_button("Save the limits", type="primary")
    if not sent:
        return
    try:
        save_limits(cached.to_write(Deed.LIMIT), chosen)
    except BadInput as problem:
        show.problem(problem)
        return
    st.session_state["limits_saved"] = True
    st.rerun()


def say_saved() -> None:
    """The confirmation of the last saving, once."""
    if st.session_state.pop("limits_saved", False):
        st.success("Saved. The limits hold from now on, for everybody and for past dates too.")


def _field(rule: Rule, limit: Limit) -> Limit:
    on, number = st.columns([3, 1], vertical_alignment="center")
    is_on = on.checkbox(plain(limit_words(rule.key)), value=limit.is_on, key=f"on {rule.key}")
    low, high = rule.allowed
    value = number.number_input(
        f"{limit_words(rule.key)} ({rule.unit})",
        min_value=float(low),
        max_value=float(high),
        value=float(limit.value),
        step=0.5 if low % 1 else 1.0,
        format="%g",
        key=f"limit {rule.key}",
        label_visibility="collapsed",
        help=f"{low:g} to {high:g} {rule.unit}",
    )
    return Limit(float(value), bool(is_on))
