"""Step 4 of an import: the day of the files, whether they are complete, and who the company is."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from analytics.access.rights import Deed
from analytics.import_company import MONTHS, currencies, guessed_settings, locales, time_zones
from analytics.import_view import days_in_names
from analytics.import_words import without_rate
from analytics.importing import Look
from analytics.problems import BadInput
from analytics.store.settings import read_settings, write_settings
from analytics.wording import day, plain
from pages.shared import cached, show
from pages.shared.import_state import Importing, body, company, go_on, head

_COMPLETE = "Yes, it is complete"
_SOME = "No, only some deals"


def step(state: Importing, look: Look) -> bool:
    """The day, the completeness and the settings; True once they are said."""
    head("company")
    if "company" in state.confirmed:
        st.markdown(plain(_said(state)))
    with body("Change the date, the completeness or a currency", is_settled="company" in state.confirmed):
        if any(file.kind in ("deals", "salesforce", "hubspot") for file in look.files):
            _day_and_completeness(state, look)
        if look.is_mapped and "amount" in state.choices.columns:
            _currency(state)
        if cached.everything().exists:
            _rates(state, look)
    settings = read_settings(cached.everything())
    if not cached.everything().exists:
        st.markdown("**The company.** Asked once; totals, quarters and days rest on it.")
        return _settings(state, guessed_settings(look, state.choices, *_browser()), is_first=True)
    with st.expander(plain(f"The company: {_in_words(settings)}")):
        _settings(state, settings, is_first=False)
    return go_on(state, "company")


def _said(state: Importing) -> str:
    """What was said of the files, once it is folded."""
    as_of = state.choices.as_of
    when = day(as_of, locale=company().locale) if as_of else "the files' own days"
    what = "a complete list of the deals" if state.choices.is_full else "only some of the deals"
    return f"True as of {when}; {what}."


def _browser() -> tuple[str, str]:
    """The reader's time zone and language, as the browser says."""
    return st.context.timezone or "", st.context.locale or ""


def _in_words(settings: dict[str, str]) -> str:
    name = settings["company_name"] or "no name"
    month = MONTHS[int(settings["fiscal_year_start_month"]) - 1]
    zone = settings["time_zone"].replace("_", " ")
    return f"{name}, {settings['company_currency']}, fiscal year from {month}, {zone}"


def _day_and_completeness(state: Importing, look: Look) -> None:
    left, right = st.columns([1, 2])
    named = days_in_names(look.files)
    as_of = None
    if len(named) > 1:
        first, last = (plain(f"{one:%Y-%m-%d}") for one in (named[0], named[-1]))
        left.markdown(f"**True as of** the days in the files' names, {first} to {last}")
    else:
        # what is read by its own names says when it was true: then only a person's word goes before that
        known = state.choices.as_of or (named[0] if named else date.today() if look.is_mapped else None)
        as_of = left.date_input(
            "True as of",
            value=min(known, date.today()) if known else None,
            max_value=date.today(),
            key=f"import day {state.batch}",
            help="The day on which the files were exported. Everything in them is dated by it. Changes that "
            "carry a date of their own (a history) keep it. Empty: the newest change in the files.",
        )
    complete = right.radio(
        "Is it a complete list of your deals?",
        [_COMPLETE, _SOME],
        index=0 if state.choices.is_full else 1,
        key=f"import complete {state.batch}",
        horizontal=True,
        help="Complete: an open deal that this list lacks is gone from that day on. It stays in the past.",
    )
    right.caption(
        "Open deals that Plumbline knows and this list lacks are marked as gone."
        if complete == _COMPLETE
        else "Deals that this list lacks stay as they are."
    )
    state.choose(as_of=as_of if isinstance(as_of, date) else None, is_full=complete == _COMPLETE)


def _currency(state: Importing) -> None:
    codes = currencies()
    chosen = st.selectbox(
        "Amounts without a currency are in",
        ["", *codes],
        index=["", *codes].index(state.choices.currency),
        format_func=lambda code: codes.get(code, "the company's currency"),
        key=f"import currency {state.batch}",
        help="A currency column, or a sign in the amount itself, wins.",
        width=400,
    )
    state.choose(currency=chosen)


def _rates(state: Importing, look: Look) -> None:
    """What a unit of a currency is worth that the store has no rate for."""
    ours, held = company().currency, state.choices.rates
    given = dict(held)
    for code in without_rate(look, state.choices, ours):
        worth = st.number_input(
            f"1 {code} in {ours}",
            value=held.get(code),
            min_value=0.0,
            format="%.6g",
            placeholder="No rate: it counts in no total",
            key=f"import rate {code} {state.batch}",
            width=400,
        )
        given.pop(code, None)
        given |= {code: worth} if worth else {}
    state.choose(rates=given)


def _settings(state: Importing, settings: dict[str, str], *, is_first: bool) -> bool:
    """The company's settings as a form; True if they are saved."""
    with st.form(f"import company {state.number}", border=False, enter_to_submit=False):
        given = _fields(settings)
        text = "Save and continue" if is_first else "Save the settings"
        if not st.form_submit_button(text, type="primary" if is_first else "secondary"):
            return False
    try:
        write_settings(cached.to_write(Deed.SETTING), given)
    except BadInput as problem:
        show.problem(problem)
        return False
    if is_first:
        state.confirmed.add("company")
    state.tried = None
    state.read(state.choices, st.empty())  # what has a rate depends on the company's currency
    st.rerun()
    return False


def _fields(settings: dict[str, str]) -> dict[str, Any]:
    left, middle, right = st.columns(3)
    name = left.text_input("Company name", value=settings["company_name"], key="import set name")
    codes, months, zones, tongues = currencies(), list(range(1, 13)), time_zones(), locales()
    currency = middle.selectbox(
        "Company currency",
        list(codes),
        index=list(codes).index(settings["company_currency"]),
        format_func=codes.get,
        key="import set currency",
        help="Totals are shown in it. Deals in another currency need an exchange rate.",
    )
    month = right.selectbox(
        "Fiscal year starts in",
        months,
        index=int(settings["fiscal_year_start_month"]) - 1,
        format_func=lambda number: MONTHS[number - 1],
        key="import set month",
    )
    zone = left.selectbox(
        "Time zone",
        zones,
        index=zones.index(settings["time_zone"]),
        format_func=lambda name: name.replace("_", " "),
        key="import set zone",
        help="Where a day of the company begins and ends.",
    )
    tongue = middle.selectbox(
        "Money and dates are written as in",
        list(tongues),
        index=list(tongues).index(settings["locale"]),
        format_func=tongues.get,
        key="import set locale",
    )
    return {
        "company_name": name.strip(),
        "company_currency": currency,
        "fiscal_year_start_month": str(month),
        "time_zone": zone,
        "locale": tongue,
    }
