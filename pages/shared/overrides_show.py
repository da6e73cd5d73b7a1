"""Ways to show what people put beside the model: on a deal with the form, beside the number, as a note.

Overrides are never part of a number; with them it stands beside the one without.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import streamlit as st

from analytics.access.rights import Deed, has_page
from analytics.company import Company, Scope
from analytics.override_words import (
    OVERRIDE_KINDS,
    adds_up,
    as_share,
    beside_number,
    decided_on,
    in_form,
    of_deal,
    overrides_table,
    rounded,
    seen_in,
)
from analytics.problems import BadInput
from analytics.review.decisions import Seen
from analytics.review.overrides import Overridden, override
from analytics.wording import DASH, money, percent, plain
from pages.shared import cached, cached_ledger, case_forms, ledger_show, scope, show, signin

_MOST_DECISIONS = 3
_OPENED = "with"  # in the address: what stands open beside the number or on the deal


def beside(company: Company, chosen: Scope) -> None:
    """The number with the overrides beside it, opening into the deals that add up to it."""
    found = cached_ledger.the_overridden(chosen)
    text = beside_number(found, company)
    if not text:
        return
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        show.opener(_OPENED, "overrides", text)
        st.caption("Never part of the number.", width="content")
    if st.query_params.get(_OPENED) == "overrides":
        _deals(found, company, chosen)


def _deals(found: Overridden, company: Company, chosen: Scope) -> None:
    """The overridden deals; their differences lead from the number to the one with overrides."""
    rows = overrides_table(found)
    event = show.dataframe(
        rounded(rows),
        hide_index=True,
        width="stretch",
        column_config=show.column_formats(dict(OVERRIDE_KINDS))
        | {"Deal": st.column_config.TextColumn(pinned=True, width=220)},
        on_select="rerun",
        selection_mode="single-row",
        placeholder=DASH,
        key="overrides",
        alt="The deals that people put another chance or amount beside",
    )
    left, right = st.columns([3, 1])
    left.caption(plain(f"{adds_up(found, company)} Select a row to open the deal."))
    with right:
        show.download(rows, f"overrides {chosen.quarter} {chosen.as_of}", where="number")
    if event.selection.rows:
        deal_id = found.deals["deal_id"].iloc[event.selection.rows[0]]
        show.open_deal(deal_id, scope.parameters(chosen))


def note(company: Company, chosen: Scope) -> None:
    """That a scenario starts from the number without the overrides, if there are any."""
    text = beside_number(cached_ledger.the_overridden(chosen), company)
    if text:
        st.caption(plain(f"It starts from the number without overrides. {text}."))


def the_deal(deal_id: str, deal: Any, company: Company, chosen: Scope) -> None:
    """The deal page's section: what was decided about it, and what stands beside the model."""
    st.subheader("What people decided about it", anchor=False)
    _decisions(deal_id, company, chosen)
    if not deal["is_open"] or deal["is_gone"] or chosen.quarter.last_day < chosen.as_of:
        return
    standing = cached_ledger.the_overrides(chosen.as_of, chosen.quarter)
    mine = standing[standing["deal_id"] == deal_id]
    for row in mine.itertuples():
        st.markdown(f"**Override for {plain(chosen.quarter)}:** {plain(of_deal(row, company))}")
    if not signin.can(Deed.OVERRIDE):
        return
    words = "Change the override" if len(mine) else "Put another chance or amount beside the model"
    show.opener(_OPENED, "override", words)
    if st.query_params.get(_OPENED) == "override":  # only then has anybody to wait for the quarter's number
        found = cached.the_forecast(replace(chosen, team="", owner_id=""))
        _form(deal_id, mine, seen_in(found, deal_id), company, chosen)


def _decisions(deal_id: str, company: Company, chosen: Scope) -> None:
    entries = cached_ledger.the_ledger(chosen.as_of).entries
    said = decided_on(entries[entries["deal_id"] == deal_id], company)
    if not said:
        st.caption("Nothing was decided about this deal in a review yet.")
        return
    for what, became in said[:_MOST_DECISIONS]:
        st.markdown(f"- {plain(what)}  \n  :gray[{plain(became)}]")
    with st.container(horizontal=True):
        more = f"All {len(said)} in the ledger" if len(said) > _MOST_DECISIONS else "In the ledger"
        if has_page(signin.the_viewer(), "decisions") and st.button(more, key="to the ledger"):
            query = {"words": deal_id, **scope.parameters(chosen)}
            st.switch_page("pages/review/decisions.py", query_params=query)


def _form(deal_id: str, mine: Any, seen: Seen, company: Company, chosen: Scope) -> None:
    amount = money(seen.amount, company.currency, locale=company.locale)
    st.caption(
        plain(
            f"Within {chosen.quarter}: the model says {percent(seen.chance)}, the CRM states"
            f" {percent(seen.probability)} and {amount}. An override changes neither: it stands beside them,"
            " and later held against what happened."
        )
    )
    ledger_show.only_on_the_last_day(chosen, "an override")
    can_write = ledger_show.is_last_day(chosen)
    has_one, (chance_now, amount_now) = len(mine) > 0, in_form(mine)
    stands = f"{deal_id} {chosen.quarter.key} {chance_now} {amount_now}"  # a field keeps its value by its key
    with st.form(f"override {deal_id}", border=False):
        left, right = st.columns(2)
        chance = left.number_input(
            f"Chance to be won within {chosen.quarter}, in percent",
            min_value=0.0,
            max_value=100.0,
            value=chance_now,
            step=5.0,
            format="%g",
            placeholder="as the model has it",
            key=f"chance {stands}",
        )
        other = right.number_input(
            f"Amount in {company.currency}",
            min_value=0.0,
            value=amount_now,
            step=1_000.0,
            format="%.2f",
            placeholder="as the model has it",
            key=f"overridden amount {stands}",
        )
        reason = st.text_input("Reason", key=f"override reason {deal_id} {chosen.quarter.key}")
        name = case_forms.name_field(f"override {deal_id}")
        with st.container(horizontal=True):
            saved = st.form_submit_button("Save the override", type="primary", disabled=not can_write)
            back = has_one and st.form_submit_button("Take it back", disabled=not can_write)
    if saved and chance is None and other is None:
        st.error("Give a chance or an amount." + (" Or take the override back." if has_one else ""))
    elif saved or back:
        given = (None, None) if back else (chance, other)
        _save(deal_id, *given, reason, name, seen, chosen)


def _save(
    deal_id: str,
    chance: float | None,
    amount: float | None,
    reason: str,
    name: str,
    seen: Seen,
    chosen: Scope,
) -> None:
    try:
        override(
            cached.to_write(Deed.OVERRIDE, deal_id),
            cached.the_company(),
            chosen.as_of,
            deal_id,
            chosen.quarter.key,
            probability=as_share(chance),
            amount=amount,
            reason=reason,
            author=name,
            seen=seen,
        )
    except BadInput as problem:
        show.problem(problem)
        return
    taken = chance is None and amount is None
    case_forms.done(
        "The override is taken back; it stays in the ledger." if taken else "The override is kept."
    )
