"""Ways to assume: a row of controls per deal, the scenario's name and link, the number before and after.

The address holds the whole scenario, the controls only show it: `what` is assumed, `scenario` is its name,
`kept` are the scenarios beside it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

import streamlit as st

from analytics.company import Company
from analytics.forecast.hangs_on import HangsOn
from analytics.forecast.quarter_forecast import Forecast
from analytics.forecast.what_if import OUTCOMES, Change, Scenario, read_changes, write_changes
from analytics.what_if_view import (
    LONGEST_NAME,
    Named,
    about,
    change_in_points,
    change_of,
    changed,
    read_kept,
    write_kept,
)
from analytics.wording import is_missing, money, percent, plain
from pages.shared import show

_UNNAMED = "Unnamed"
#: Every day that an address can name: Streamlit fails on one outside of a control's days.
_FIRST, _LAST = date(1900, 1, 1), date(2199, 12, 31)


@dataclass(frozen=True)
class Asked:
    """What the address asks for, and which parts of it cannot be read."""

    name: str
    changes: list[Change]
    kept: list[Named]
    problems: list[str]

    @property
    def what(self) -> str:
        """The changes as text."""
        return write_changes(self.changes)

    @property
    def kept_text(self) -> str:
        """The kept scenarios as text."""
        return write_kept(self.kept)


def from_url() -> Asked:
    """The scenario in the address. Taking `view` out of it writes the address that a link has led to."""
    st.query_params.pop("view", None)
    changes, unread = read_changes(st.query_params.get("what", ""))
    kept, lost = read_kept(st.query_params.get("kept", ""))
    return Asked(st.query_params.get("scenario", "")[:LONGEST_NAME], changes, kept, [*unread, *lost])


def current(asked: Asked) -> list[Named]:
    """The scenario of the address as one to compare, if it assumes anything that is not kept."""
    now = Named(asked.name or _UNNAMED, asked.what)
    if not asked.changes or now in asked.kept:
        return []
    is_taken = now.name in {one.name for one in asked.kept}
    return [Named(f"{now.name} (changed)", now.what) if is_taken else now]


def before_and_after(found: Forecast, scenario: Scenario, company: Company) -> None:
    """The three numbers that a scenario moves, each with its change against now."""
    short: dict[str, Any] = {"locale": company.locale}
    expected, reach, ranged = st.columns([1, 1, 2])
    moved = _difference(found.expected, scenario.expected)
    with expected.container(border=True, height="stretch"):
        said = money(moved, company.currency, signed=True, **short).replace("$", "\\$") if moved else None
        st.metric(
            "Expected",
            money(scenario.expected, company.currency, **short).replace("$", "\\$"),
            delta=said,
        )
        st.caption(plain(f"now {money(found.expected, company.currency, **short)}"))
    with reach.container(border=True, height="stretch"):
        change = change_in_points(found.p_target, scenario.p_target)
        st.metric(
            "Chance of target",
            percent(scenario.p_target),
            delta=change or None,
        )
        st.caption(plain(found.p_target if is_missing(found.p_target) else f"now {percent(found.p_target)}"))
    with ranged.container(border=True, height="stretch"):
        st.metric("80% range", _range(scenario, company).replace("$", "\\$"))
        st.caption(plain(f"now {_range(found, company)}"))


def _difference(before: Any, after: Any) -> float:
    return 0.0 if is_missing(before) or is_missing(after) else round(after - before, 2)


def _range(one: Forecast | Scenario, company: Company) -> str:
    low, high = (money(value, company.currency, locale=company.locale) for value in (one.p10, one.p90))
    return f"{low} – {high}"


def another_deal(found: Forecast) -> str:
    """Any other open deal, to assume something of it; '' for none."""
    deals = found.deals.sort_values("name", kind="stable")
    labels = dict(zip(deals["deal_id"], deals["name"] + " · " + deals["owner_name"], strict=True))
    chosen = st.selectbox(
        "Assume something of another deal",
        list(labels),
        index=None,
        key="what_if_also",
        format_func=lambda deal_id: labels.get(deal_id, deal_id),
        placeholder="Type a deal or owner to add it to the list above",
    )
    return chosen or ""


def controls(deal: Any, changes: Sequence[Change], hangs: HangsOn, company: Company) -> None:
    """One deal: what it is, and what is assumed of it."""
    deal_id = str(deal["deal_id"])
    now = change_of(changes, deal_id)
    keys = {part: f"{part} of {deal_id}" for part in ("outcome", "amount", "close_date")}
    for part, key in keys.items():  # the address is the truth, a control only shows it
        value = getattr(now, part)
        st.session_state[key] = None if value == "" else value
    name = plain(deal["name"])
    given: dict[str, Any] = {"on_change": _assume, "args": (deal_id, keys)}
    what, outcome, other = st.columns([50, 37, 27], vertical_alignment="center", gap="small")
    with what.container(gap=None):
        st.markdown(f"**{name}**" + (f" :gray-badge[{now.outcome}]" if now.outcome else ""))
        st.caption(plain(about(deal, hangs, company)))
    outcome.segmented_control(
        plain(f"Outcome of {deal['name']}"),  # never shown, but a picture in it would be fetched all the same
        OUTCOMES,
        key=keys["outcome"],
        format_func=str.capitalize,
        label_visibility="collapsed",
        **given,
    )
    changed_too = now.amount is not None or now.close_date is not None
    with other.popover(_other(now, company) if changed_too else "Amount, date", width="stretch"):
        st.number_input(
            f"Amount in {company.currency}",
            min_value=0.0,
            value=None,
            step=1_000.0,
            format="%.2f",
            key=keys["amount"],
            placeholder="as stated",
            **given,
        )
        st.date_input(
            "Close date", value=None, min_value=_FIRST, max_value=_LAST, key=keys["close_date"], **given
        )


def _other(now: Change, company: Company) -> str:
    said = [] if now.amount is None else [money(now.amount, company.currency, locale=company.locale)]
    said += [] if now.close_date is None else [now.close_date.isoformat()]
    return plain(", ".join(said))


def _assume(deal_id: str, keys: dict[str, str]) -> None:
    """Write what the controls of one deal say into the address."""
    outcome, amount, close_date = (st.session_state.get(key) for key in keys.values())
    changes = changed(
        from_url().changes,
        deal_id,
        outcome=outcome or "",
        amount=amount,
        close_date=close_date if isinstance(close_date, date) else None,
    )
    _put("what", write_changes(changes))


def name_and_keep(asked: Asked) -> None:
    """The scenario's name, its link, and the buttons that keep it beside others or forget it."""
    st.session_state["scenario_name"] = asked.name
    with st.container(horizontal=True, vertical_alignment="bottom", gap="small"):
        st.text_input(
            "Name of the scenario",
            key="scenario_name",
            max_chars=LONGEST_NAME,
            placeholder="such as: without the two banks",
            on_change=lambda: _put("scenario", st.session_state["scenario_name"].strip()),
            width=300,
        )
        st.button(
            "Keep to compare",
            disabled=not asked.changes,
            on_click=_keep,
            args=(asked,),
            help="It stands below beside the others while you assume something else.",
        )
        st.button("Reset", disabled=not asked.changes and not asked.name, on_click=_reset)
        if asked.kept:
            st.button("Forget those kept", on_click=_put, args=("kept", ""))
        with st.popover("Link to this scenario"):
            st.caption("Whoever opens it sees the same date, scope and assumptions.")
            st.code(
                f"{st.context.url}?{urlencode(st.query_params.to_dict())}", language=None, wrap_lines=True
            )


def _keep(asked: Asked) -> None:
    name = asked.name or f"Scenario {len(asked.kept) + 1}"
    _put("kept", write_kept([*asked.kept, Named(name, asked.what)]))
    _put("scenario", name)


def _reset() -> None:
    for name in ("what", "scenario"):
        _put(name, "")


def _put(name: str, value: str) -> None:
    if value:
        st.query_params[name] = value
    else:
        st.query_params.pop(name, None)


def links(page: str, scenarios: Sequence[Named], asked: Asked, parameters: dict[str, str]) -> None:
    """A link to each scenario; the kept ones stay kept."""
    with st.container(horizontal=True, gap="small"):
        for one in scenarios:
            query = {**parameters, "scenario": one.name, "what": one.what, "view": one.name}
            query |= {"kept": asked.kept_text} if asked.kept else {}
            show.page_link(page, label=plain(one.name), query_params=query, **show.ARROW)
