"""Ways to show what changed: the choice of the earlier day, the waterfalls with their deals, the weeks."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from analytics import number_bridge as bridges
from analytics import what_changed as words
from analytics.company import Company, Scope
from analytics.figures import bridge_waterfall, change_waterfall, weekly_trend
from analytics.forecast.quarter_forecast import Forecast
from analytics.pipeline.changes import MEASURES, Changes
from analytics.problems import NotEnough
from analytics.wording import DASH, plain
from pages.shared import cached, cached_changes, scope, show

_SINCE, _DAY = "changes_since", "changes_day"


def choose(company: Company, chosen: Scope) -> tuple[date, str, str]:
    """The earlier day, the measure, and what it is counted in: in the address and chosen here."""
    with st.container(horizontal=True, gap="medium", vertical_alignment="bottom"):
        since = _since(company, chosen)
        measure, by = _measure()
    if since.problem:
        st.warning(plain(since.problem))
    return since.day, measure, by


def _since(company: Company, chosen: Scope) -> words.Since:
    """The earlier day: in the address as `since`, chosen here."""
    span = cached.the_span()
    found = words.since_of(company, chosen, span, st.query_params.get("since", ""))
    st.session_state[_SINCE] = found.how
    st.selectbox(
        "Compared with",
        list(words.SINCE),
        format_func=lambda how: words.SINCE[how],
        key=_SINCE,
        width=250,
        on_change=lambda: _write(st.session_state[_SINCE], found.day),
    )
    if found.how == words.ANY_DAY:
        st.session_state[_DAY] = max(found.day, span.first_day)
        st.date_input(
            "The end of",
            key=_DAY,
            min_value=span.first_day,
            max_value=chosen.as_of,
            width=170,
            on_change=lambda: _write(words.ANY_DAY, st.session_state[_DAY]),
        )
    return found


def _write(how: str, on: date) -> None:
    """The address follows the choice; a week ago needs no word."""
    if how == words.WEEK:
        st.query_params.pop("since", None)
    else:
        st.query_params["since"] = on.isoformat() if how == words.ANY_DAY else how


def _measure() -> tuple[str, str]:
    """What is looked at, and whether as money or as number of deals."""
    measure = st.segmented_control(
        "Of the", list(MEASURES), default="open pipeline", required=True, key="measure", bind="query-params"
    )
    by = st.segmented_control(
        "Counted in",
        [words.BY_MONEY, words.BY_DEALS],
        default=words.BY_MONEY,
        required=True,
        key="by",
        bind="query-params",
    )
    return str(measure), str(by)


def waterfall(found: Changes, by: str, company: Company, chosen: Scope, look: dict[str, Any]) -> None:
    """From the earlier day to the later one; each box opens its deals."""
    rows = words.waterfall(found, by, company)
    said = {"by_money": by == words.BY_MONEY, "currency": company.currency, "locale": company.locale}
    show.figure(
        words.waterfall_title(found, by, company),
        change_waterfall.change_waterfall(rows, **said, dark=look["dark"]),
        change_waterfall.describe(rows, **said),
        rows,
        file=f"what changed {found.since} {chosen.as_of}",
        note="Each deal stands in one step; what its amount or exchange rate did is split out.",
        kinds={"amount": "money" if by == words.BY_MONEY else "number", "n": "number"},
    )
    _bucket(found, company, chosen)


def _bucket(found: Changes, company: Company, chosen: Scope) -> None:
    """The boxes as buttons, and the deals of the one that is open."""
    buttons = words.openers(found)
    with st.container(horizontal=True, gap="small"):
        st.markdown("**Open the deals of**", width="content")
        for bucket, text in buttons.items():
            show.opener("bucket", bucket, text)
    asked = st.query_params.get("bucket", "")
    if asked and asked not in buttons:
        st.caption(plain(f"No deal is {asked} in this window."))
    elif asked:
        with st.container(border=True):
            st.markdown(f"#### {plain(words.label(asked))}")
            st.caption(plain(words.bucket_note(found, asked)))
            show.deals(
                words.bucket_table(found, asked),
                company,
                file=f"{asked} {found.since} {chosen.as_of}",
                parameters=scope.parameters(chosen),
            )
            show.closer("bucket")


def undone(found: Changes, company: Company, chosen: Scope) -> None:
    """What both ends do not show; choosing a row opens the deal."""
    table = words.undone_table(found)
    st.subheader("Changed and changed back", anchor=False)
    st.caption(plain(words.undone_note(found, company)))
    if not table.n:
        return
    event = show.dataframe(
        table.rows,
        hide_index=True,
        width="stretch",
        column_config=show.column_formats(dict(table.kinds)),
        on_select="rerun",
        selection_mode="single-row",
        placeholder=DASH,
        key=f"undone {found.since} {chosen.as_of}",
        alt="What was changed and changed back",
    )
    show.download(table.rows, f"changed back {found.since} {chosen.as_of}")
    if event.selection.rows:
        show.open_deal(table.deal_ids[event.selection.rows[0]], scope.parameters(chosen))


def weeks(company: Company, chosen: Scope, look: dict[str, Any], expected: Any = None) -> None:
    """The quarter week by week; later data never rewrites a week."""
    trend = cached_changes.the_trend(chosen)
    note = "Each week as it was known then: its deals, stage probabilities, target and call. "
    if expected is not None and len(expected):
        trend = trend.assign(expected=trend["day"].map(expected))
        note += "Expected: from what was known then, by what the quarters complete before this one teach."
    said = {key: look[key] for key in ("currency", "locale")}
    show.figure(
        words.trend_finding(trend, chosen, company),
        weekly_trend.weekly_trend(trend, **look),
        weekly_trend.describe(trend, **said),
        trend,
        file=f"weeks of {chosen.quarter} {chosen.as_of}",
        note=note.strip(),
        kinds=dict.fromkeys((name for name in trend if name not in ("day", "week")), "money")
        | {"day": "day", "week": "number"},
    )


def the_number(found: Changes, company: Company, chosen: Scope, look: dict[str, Any]) -> None:
    """What moved the expected number between the same two days; its steps open their deals."""
    moved = cached_changes.the_moved(chosen, found.since)
    way = bridges.from_last_week(moved, company)
    if isinstance(way, NotEnough):
        st.info(plain(f"What moved the expected number cannot be told: {way}".rstrip(".") + "."))
        return
    show.figure(
        words.moved_finding(moved, company),
        bridge_waterfall.bridge_waterfall(way.rows, **look),
        bridge_waterfall.describe(way.rows, currency=look["currency"], locale=look["locale"]),
        way.rows.drop(columns="stated"),
        file=f"what moved the number {found.since} {chosen.as_of}",
        note=way.note,
        kinds={"amount": "money"},
    )
    with st.container(horizontal=True, gap="small"):
        st.markdown("**Open the deals of**", width="content")
        for step, deals in way.steps.items():
            show.opener("moved", step, f"{step} · {len(deals):,}")
    asked = st.query_params.get("moved", "")
    if asked in way.steps:
        _step(cached.the_forecast(chosen), asked, way.steps[asked], found, company, chosen)
    elif asked:
        st.caption(plain(f"{asked} is not a step between these days."))


def _step(forecast: Forecast, step: str, deals: Any, found: Changes, company: Company, chosen: Scope) -> None:
    with st.container(border=True):
        st.markdown(f"#### {plain(step)}")
        show.deals(
            bridges.deals_of_step(forecast, deals),
            company,
            file=f"{step} {found.since} {chosen.as_of}",
            parameters=scope.parameters(chosen),
        )
        show.closer("moved")
