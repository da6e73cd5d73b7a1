"""Ways to show many deals at risk: saved views, the list with a deal beside it, owners."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from analytics.at_risk import HOLLOW, SLIP, TOO_HIGH, TOO_LOW, owners_table
from analytics.company import Company, Scope
from analytics.pipeline.tables import DealTable
from analytics.risk.statements import Statements
from analytics.wording import DASH, money, plain
from pages.shared import cached, risk_show, show

_PAGE = "pages/deals/at_risk.py"
_TALLEST = 560
_CHANCES = ("Stated", "Evidenced")
#: What a review usually looks at; each is a link, so that it can be sent on.
VIEWS: dict[str, dict[str, str]] = {
    "Everything": {},
    "Commits that are thin": {"kind": HOLLOW},
    "Commits by evidence": {"category": "Commit", "sort": "Evidenced, lowest first"},
    "Likely to slip": {"kind": SLIP},
    "Stated above their evidence": {"kind": TOO_HIGH},
    "Stated below their evidence": {"kind": TOO_LOW},
}


def saved_views(parameters: dict[str, str]) -> None:
    """Links to the usual views, and the link to what is shown now.

    A link from a page to itself leaves the browser's address as it was; taking `view` out of it writes it.
    """
    st.query_params.pop("view", None)
    with st.container(horizontal=True, gap="small"):
        for name, given in VIEWS.items():
            query = {**parameters, **given, "view": name}
            show.page_link(_PAGE, label=name, query_params=query, **show.ARROW)
        with st.popover("Link to this view"):
            st.caption("Whoever opens it sees the same date, filters, order and deal.")
            st.code(
                f"{st.context.url}?{urlencode(st.query_params.to_dict())}", language=None, wrap_lines=True
            )


def title(deals: Any, company: Company) -> str:
    """The picture's finding."""
    over = deals.loc[deals["gap"] < 0, "at_stake"].sum()
    under = deals.loc[deals["gap"] > 0, "at_stake"].sum()
    short = [money(one, company.currency, locale=company.locale) for one in (over, under)]
    return f"{short[0]} is stated above the evidence (below the line), {short[1]} below it (above the line)"


def table_with_deal(table: DealTable, deals: Any, company: Company, chosen: Scope) -> None:
    """The list; the deal that is chosen stands beside it and in the URL."""
    asked = st.query_params.get("at", "")
    rows = deals[deals["deal_id"] == asked]
    left, right = st.columns([3, 2], gap="medium") if len(rows) else (st.container(), None)
    with left:
        settings = show.column_formats(dict(table.kinds))
        settings["Deal"] = st.column_config.TextColumn(pinned=True, width=210)
        settings["Top reason"] = st.column_config.TextColumn(width=320)
        settings["Next question"] = st.column_config.TextColumn(width=320)
        show.dataframe(
            _rounded(table.rows),
            hide_index=True,
            width="stretch",
            height=min(_TALLEST, 38 + 35 * table.n),
            column_config=settings,
            on_select=lambda: _choose(table),
            selection_mode="single-row",
            placeholder=DASH,
            key="at risk table",
        )
        st.caption("Select a row to see the deal beside the list.")
        show.download(table.rows, f"at risk {chosen.quarter} {chosen.as_of}", where="list")
    if right is not None:
        with right:
            found = cached.the_deal_risk(asked, chosen)
            if found is not None and not found.missing:
                risk_show.beside(found, rows.iloc[0], company, chosen)
    elif asked:
        st.caption(plain(f"The deal {asked} is not in this list."))


def _rounded(rows: Any) -> Any:
    """Chances without decimals, unless they are small; the download has them exact."""
    return rows.assign(
        **{name: rows[name].round(2).where(rows[name] >= 0.01, rows[name].round(3)) for name in _CHANCES}
    )


def _choose(table: DealTable) -> None:
    rows = st.session_state["at risk table"].selection.rows
    if rows:
        st.query_params["at"] = table.deal_ids[rows[0]]
    else:
        st.query_params.pop("at", None)


def owners(statements: Statements, chosen: Scope) -> None:
    """Per owner the shrunken bias with interval and n; below what the data carries: said so."""
    if statements.missing is not None or statements.owners.empty:
        st.info(plain(f"{statements.missing or 'No owner is known.'}"))
        return
    table = owners_table(statements.owners, cached.the_owners(chosen.as_of).label)
    st.caption(
        "Positive: the owner's deals are stated later or lower than deals with such evidence usually are, in"
        " standard deviations of a deal, drawn to the other owners. Adjusted for the team's cycle, the kind"
        " of deal, tenure and past slips. It says how deals are stated, not why."
    )
    show.dataframe(
        table,
        hide_index=True,
        width="stretch",
        placeholder=DASH,
        key="owners",
        column_config={
            name: st.column_config.NumberColumn(name, format="%+.2f") for name in ("Bias", "From", "To")
        }
        | {"What happened to their dates": st.column_config.TextColumn(width=640)},
    )
    show.download(table, f"owners {chosen.as_of}")
