"""Ways to show the checks of the data: their list, what one of them names, and living with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from analytics.access.rights import Deed
from analytics.company import Company, Scope
from analytics.figures import data_quality_trend
from analytics.problems import BadInput
from analytics.quality.check import Result
from analytics.quality.checks import CHECK
from analytics.quality.ignored import ignore, take_back
from analytics.quality_page import (
    QualityView,
    assumed,
    by_owner,
    checks_table,
    deals_named,
    effect_words,
    everything,
    ignored_words,
    other_table,
    size,
    trend_rows,
    trend_title,
)
from analytics.wording import DASH, count, plain
from pages.shared import cached, case_forms, ledger_show, scope, show, signin

_TABLE = "checks table"
_KINDS = {"Money": "money", "Share of open money": "share"}


def found(view: QualityView) -> None:
    """The checks that found something; choosing one opens it, and the choice stands in the URL."""
    results = view.in_state("failed", "ignored")
    if not results:
        st.success("Nothing was found that a check could complain about.")
        return
    shown, codes = checks_table(results, view), [result.check.code for result in results]
    settings = show.column_formats(_KINDS)
    settings["Check"] = st.column_config.TextColumn(pinned=True, width=280)
    settings["Found"] = st.column_config.NumberColumn(help="Deals, or weeks, files, rows.")
    show.dataframe(
        shown,
        hide_index=True,
        width="stretch",
        height=38 + 35 * len(shown),
        column_config=settings,
        on_select=lambda: _open(codes),
        selection_mode="single-row",
        placeholder=DASH,
        key=_TABLE,
    )
    left, right = st.columns([3, 1])
    left.caption("Select a row to see what it is about. The download has every finding, a row each.")
    with right:
        show.download(everything(view), f"data quality {view.scope.as_of}")


def _open(codes: list[str]) -> None:
    chosen = st.session_state[_TABLE].selection.rows
    if chosen:
        st.query_params["check"] = codes[chosen[0]]
    else:
        st.query_params.pop("check", None)


def others(view: QualityView) -> None:
    """The checks that found nothing, or could not be run, and why."""
    results = view.in_state("passed", "not enough data", "not applicable", "skipped")
    if not results:
        return
    unjudged = len(results) - len(view.in_state("passed"))
    told = f"{count(len(results) - unjudged, 'check')} passed" + (
        f", {unjudged} not judged" if unjudged else ""
    )
    with st.expander(told):
        show.dataframe(
            other_table(results), hide_index=True, width="stretch", placeholder=DASH, key="other checks"
        )


def one(result: Result, company: Company, chosen: Scope) -> None:
    """One check: what it means, what it names, whose that is, and what a fix would change."""
    check = result.check
    st.subheader(plain(check.title), anchor=False)
    told = f": {size(result, company)}" if result.state in ("failed", "ignored") else ""
    st.markdown(
        f"**{plain(result.state.capitalize())}**{plain(told)} ({check.severity}, {check.kind}, {check.code})"
    )
    if result.note:
        st.markdown(plain(result.note))
    if told:
        st.markdown(f"{plain(check.means)} **{plain(check.who)}**: {plain(check.fix)}")
    else:
        st.caption(plain(f"What it would mean: {check.means}"))
    if words := effect_words(result, company):
        st.markdown(plain(words))
        _what_if(result, chosen)
    if result.ignored:
        st.info(plain(ignored_words(result.ignored, company)))
    _named(result, company, chosen)
    _living_with(result, company, chosen)
    show.closer("check")


def _what_if(result: Result, chosen: Scope) -> None:
    if scenario := assumed(result, chosen):
        show.page_link(
            "pages/quarter/what_if.py",
            label="What the expected number would become",
            query_params={**scope.parameters(chosen), "what": scenario, "scenario": result.check.title},
            **show.ARROW,
        )


def _named(result: Result, company: Company, chosen: Scope) -> None:
    file = f"{result.check.code} {result.check.title} {chosen.as_of}"
    if len(result.deals):
        deals, owners = st.tabs(["Deals", "By owner"])
        with deals:
            show.deals(deals_named(result), company, file=file, parameters=scope.parameters(chosen))
        with owners:
            rows = by_owner(result)
            formats = show.column_formats({"Money": "money"})
            show.dataframe(
                rows,
                hide_index=True,
                width="stretch",
                column_config=formats,
                placeholder=DASH,
                key="by owner",
            )
            show.download(rows, f"{file} by owner")
    elif len(result.things):
        show.dataframe(result.things, hide_index=True, width="stretch", placeholder=DASH, key="things")
        show.download(result.things, file)


def _living_with(result: Result, company: Company, chosen: Scope) -> None:
    """The form to ignore a failure with a reason, or to take that back."""
    if result.state not in ("failed", "ignored") or not signin.can(Deed.IGNORE):
        return
    if not ledger_show.is_last_day(chosen):
        ledger_show.only_on_the_last_day(chosen, "a reason to ignore it")
        return
    label = "Count it again" if result.ignored else "Ignore it, with a reason"
    with st.expander(label):
        if result.ignored:
            _take_back(result.check.code, company, chosen)
        else:
            _ignore(result.check.code, company, chosen)


def _ignore(code: str, company: Company, chosen: Scope) -> None:
    st.caption("For everybody: it stays in the list with your reason, but no longer counts as failed.")
    with st.form(f"ignore {code}", border=False):
        reason = st.text_area("Reason", key=f"reason {code}", height=80)
        until: Any = st.date_input(
            "Until", value=None, min_value=chosen.as_of, key=f"until {code}", help="Empty: until taken back."
        )
        name = case_forms.name_field(f"ignore {code}")
        pressed = st.form_submit_button("Ignore it", type="primary", key=f"ignore button {code}")
    if pressed:
        day = until if isinstance(until, date) else None
        _write(
            lambda: ignore(
                cached.to_write(Deed.IGNORE),
                company,
                chosen.as_of,
                code,
                reason=reason,
                author=name,
                until=day,
            ),
            f"{CHECK[code].title} is ignored from now on.",
        )


def _take_back(code: str, company: Company, chosen: Scope) -> None:
    with st.form(f"take back {code}", border=False):
        name = case_forms.name_field(f"take back {code}")
        pressed = st.form_submit_button("Count it again", type="primary", key=f"take back button {code}")
    if pressed:
        _write(
            lambda: take_back(cached.to_write(Deed.IGNORE), company, chosen.as_of, code, author=name),
            f"{CHECK[code].title} counts again.",
        )


def _write(do: Any, message: str) -> None:
    try:
        do()
    except BadInput as problem:
        show.problem(problem)
        return
    case_forms.done(message)


def trend(rows: Any, view: QualityView, company: Company, code: str) -> None:
    """The picture of the past weeks: of one check, or of all together."""
    of_one = code if code and CHECK[code].in_trend else ""
    drawn, of = trend_rows(rows, view, of_one)
    words = {"locale": company.locale}
    show.figure(
        trend_title(drawn, of),
        data_quality_trend.data_quality_trend(drawn, **words, dark=show.is_dark()),
        data_quality_trend.describe(drawn, **words),
        drawn,
        file=f"data quality trend {of_one or 'all'} {view.scope.as_of}",
        note=f"Share of {of} in the scope that failed, as it was known each week. Checks of open deals only.",
        kinds={"day": "day", "share": "share"},
    )
