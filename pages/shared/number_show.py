"""Ways to show the number: the answer, its range, the bridge to it, what it hangs on, and its parts."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

import streamlit as st

from analytics import number as words
from analytics import number_bridge as bridges
from analytics.company import Company, Scope
from analytics.figures import bridge_waterfall, next_quarters, quarter_range, swing_bars
from analytics.number import Number
from analytics.number_bridge import Bridge
from analytics.pipeline.quarter_end import QuarterEnd
from analytics.pipeline.tables import DealTable
from analytics.problems import NotEnough
from analytics.terms import explain, label
from analytics.wording import DASH, count, money, percent, plain
from pages.shared import cached, case_lists, overrides_show, scope, show

#: Height that the answer takes, px: kept free while it is made, so that what stands below it stays in place.
_ITS_HEIGHT = 660
_FORETOLD = ("expected", "range", "p_target")
_KNOWN = ("target", "won", "weighted_pipeline")
_TALLEST = 353  # px of a table
_MOVED = "another bridge was chosen"
_MOST_PARTS = 12  # drawn; the data has all


def cannot(chosen: Scope, why: NotEnough) -> None:
    """There is no number: why, and what to do."""
    st.markdown(f"### {plain(f'Where {chosen.quarter} will end cannot be foretold yet.')}")
    st.info(
        plain(
            f"{str(why)[:1].upper()}{str(why)[1:].rstrip('.')}. Load the deals of past quarters with how they"
            " ended: a Salesforce export with its history, or dated lists of deals. Where it stands is"
            " below."
        )
    )


def stands(headline: str, view: QuarterEnd, company: Company, chosen: Scope, *, is_over: bool) -> None:
    """Where the quarter stands, in the place of the number: it is over, or the number is being made."""
    st.markdown(f"### {plain(headline)}")
    if is_over:
        _over(company, chosen)
        return
    _row(dict.fromkeys(_FORETOLD, DASH), view, company)
    st.caption(
        "Where it will end is being learned from the past quarters, once for each as-of date. Where it stands"
        " is further down."
    )
    st.space(_ITS_HEIGHT)


def _over(company: Company, chosen: Scope) -> None:
    """The way to look at a quarter that is over as it was."""
    middle = chosen.quarter.first_day + (chosen.quarter.last_day - chosen.quarter.first_day) / 2
    asked = {
        "as_of": middle.isoformat(),
        "quarter": chosen.quarter.key,
        "team": chosen.team,
        "owner": chosen.owner_id,
    }
    link = f"{st.context.url}?{urlencode({key: value for key, value in asked.items() if value})}"
    st.caption(plain(f"{chosen.quarter} was over on this day: nothing is left to foretell."))
    st.link_button(f"See it as it was foretold on {show.day_text(middle, company)}", link)


def answer(found: Number, company: Company, chosen: Scope) -> None:
    """The number in words, in a row of numbers, and the deals to call about."""
    one = found.forecast
    low, high = (money(end, company.currency, locale=company.locale) for end in (one.p10, one.p90))
    foretold = (show.in_unit("expected", one.expected, company), f"{low} – {high}", percent(one.p_target))
    st.markdown(f"### {plain(words.headline(found, company))}")
    _row(dict(zip(_FORETOLD, foretold, strict=True)), one.view, company)
    overrides_show.beside(company, chosen)
    st.markdown(plain(words.why(found, company)))
    st.markdown(plain(words.hangs_in_words(found, company)))
    if deals := words.call_about(found):
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.markdown("**Call about:**", width="content")
            for deal_id, name in deals:
                case_lists.deal_link(deal_id, name, scope.parameters(chosen))
    trust = found.trust
    st.caption(plain(f"How far to trust it: {trust}." if isinstance(trust, NotEnough) else trust))


def _row(foretold: dict[str, str], view: QuarterEnd, company: Company) -> None:
    """What is foretold beside what is known, in a row."""
    known = {key: show.in_unit(key, view.measures[key].value, company) for key in _KNOWN}
    with st.container(horizontal=True, gap="medium"):
        for key, text in {**foretold, **known}.items():
            st.metric(label(key), text.replace("$", "\\$"), help=plain(explain(key)), width="content")


def its_range(found: Number, company: Company, chosen: Scope, look: dict[str, Any]) -> None:
    """The simulated ends beside the target, what is won and what is stated."""
    one, view = found.forecast, found.forecast.view
    given = {key: view.measures[key].value for key in ("won", "target")}
    drawn = {key: None if isinstance(value, NotEnough) else value for key, value in given.items()}
    drawn["stated"] = words.beside(found)
    show.figure(
        words.range_finding(found, company),
        quarter_range.quarter_range(one.draws, **drawn, **look),
        quarter_range.describe(one.draws, **drawn, **_said(look)),
        words.range_table(found),
        file=f"range {chosen.quarter}",
        note="Each dot is 2 of 100 simulated ends. Solid is won, hollow is what the CRM or a call states.",
        kinds={"amount": "money"},
    )


def _said(look: dict[str, Any]) -> dict[str, Any]:
    """How numbers are written, for a figure in words."""
    return {key: look[key] for key in ("currency", "locale")}


def the_bridge(found: Number, company: Company, chosen: Scope, look: dict[str, Any]) -> None:
    """From another number to the expected one; a step opens into its deals, a deal into its reasons."""
    start = st.segmented_control(
        "The way to the expected number, from the",
        list(bridges.BRIDGES),
        default=bridges.FROM_WEIGHTED,
        required=True,
        key="from",
        bind="query-params",
        on_change=_close_step,
    )
    way, lines = _way(str(start), found, company, chosen)
    if isinstance(way, NotEnough):
        st.info(plain(f"There is no way from the {start} to show: {way}".rstrip(".") + "."))
        return
    show.figure(
        words.bridge_finding(way.rows, company),
        bridge_waterfall.bridge_waterfall(way.rows, **look),
        bridge_waterfall.describe(way.rows, **_said(look)),
        way.rows.drop(columns="stated"),
        file=f"bridge from {start} {chosen.quarter}",
        note=way.note,
        kinds={"amount": "money"},
    )
    if step := _choice("step", "Open a step into its deals", list(way.steps)):
        _step(way, lines, step, found, company, chosen)


def _close_step() -> None:
    """Another bridge has other steps."""
    st.session_state["step"] = None
    st.session_state[_MOVED] = True
    st.query_params.pop("of", None)


def _way(start: str, found: Number, company: Company, chosen: Scope) -> tuple[Bridge | NotEnough, Any]:
    """The bridge from a number, and its lines by deal and reason."""
    one = found.forecast
    if start == bridges.FROM_LAST_WEEK:
        moved = cached.the_change(chosen)
        return bridges.from_last_week(moved, company), moved.lines
    if start == bridges.FROM_CALL:
        return bridges.from_call(one, found.call, company), one.lines
    return bridges.from_weighted(one), one.lines


def _choice(name: str, heading: str, options: list[str]) -> str:
    """One of several, kept in the URL; '' for none. What a link asks for and is not there is said."""
    asked = st.query_params.get(name)
    chosen = st.selectbox(
        heading,
        options,
        index=None,
        key=name,
        bind="query-params",
        persist_state="page",
        placeholder="Choose a step",
        width=460,
    )
    has_moved = st.session_state.pop(_MOVED, False)  # the address still has the step of the bridge before
    if asked and asked not in options and not has_moved:
        st.caption(plain(f"{asked} is not a step of this bridge."))
    return str(chosen or "")


def _step(way: Bridge, lines: Any, step: str, found: Number, company: Company, chosen: Scope) -> None:
    """A step's deals, and below them the reasons of the deal that is chosen."""
    table = bridges.deals_of_step(found.forecast, way.steps[step])
    if not table.n:
        st.info("No deals.")
        return
    show.dataframe(
        table.rows.assign(Chance=table.rows["Chance"].round(2)),
        hide_index=True,
        width="stretch",
        height=min(_TALLEST, 38 + 35 * table.n),
        column_config=show.column_formats(dict(table.kinds))
        | {"Deal": st.column_config.TextColumn(pinned=True, width=240)},
        on_select=lambda: _choose(table.deal_ids, f"step {step}"),
        selection_mode="single-row",
        placeholder=DASH,
        key=f"step {step}",
        alt=f"{step}: the deals that add up to it",
    )
    summed = money(table.total, company.currency, exact=True, locale=company.locale)
    left, right = st.columns([3, 1])
    left.caption(
        plain(
            f"{count(table.n, 'row')}, together {summed}. Counts with: what it adds in this step;"
            " Expected: in all steps. Select one to see its reasons."
        )
    )
    with right:
        show.download(table.rows, f"{step} {chosen.quarter}", where="step")
    asked = st.query_params.get("of", "")
    if asked in table.deal_ids:
        _reasons(asked, step, table, lines, found, company, chosen)


def _choose(deal_ids: list[str], key: str) -> None:
    rows = st.session_state[key].selection.rows
    if rows:
        st.query_params["of"] = deal_ids[rows[0]]
    else:
        st.query_params.pop("of", None)


def _reasons(
    deal_id: str, step: str, table: DealTable, lines: Any, found: Number, company: Company, chosen: Scope
) -> None:
    """One deal's reasons with their money, those of the step first, and the way to its page."""
    name = table.rows["Deal"].iloc[table.deal_ids.index(deal_id)]
    reasons = bridges.reasons_of(lines, deal_id, step)
    with st.container(border=True):
        st.markdown(f"#### {plain(name)}")
        st.markdown(plain(bridges.deal_in_words(found.forecast, deal_id, company)))
        if len(reasons):
            show.dataframe(
                reasons,
                hide_index=True,
                width="stretch",
                height=min(_TALLEST, 38 + 35 * len(reasons)),
                column_config=show.column_formats({"Money": "money"})
                | {"Reason": st.column_config.TextColumn(width=640)},
                key="reasons of the deal",
                alt=f"{name}: reasons with their money",
            )
            st.caption(plain(bridges.reasons_in_words(reasons, step, company)))
        with st.container(horizontal=True):
            if deal_id not in bridges.NO_DEAL and st.button("Open the deal", key="open from bridge"):
                show.open_deal(deal_id, scope.parameters(chosen))
            if len(reasons):
                show.download(reasons, f"reasons {deal_id}", where="bridge")
            show.closer("of")


def what_it_hangs_on(found: Number, company: Company, chosen: Scope, look: dict[str, Any]) -> None:
    """The deals that move the chance to reach the target, concentration, and what must be true."""
    table, base = words.swings(found), found.forecast.p_target
    show.figure(
        "What it hangs on",
        swing_bars.swing_bars(table, base, dark=look["dark"]),
        swing_bars.describe(table, base),
        table,
        file=f"hangs on {chosen.quarter}",
        note=f"{words.must_be_true(found, company)} {words.concentration(found)} In the order to"
        " call about them: open outcomes that move it far come first.",
        kinds={
            "if_won": "share",
            "if_slips": "share",
            "chance": "share",
            "amount": "money",
            "expected": "money",
        },
    )


def its_parts(found: Number, chosen: Scope, look: dict[str, Any]) -> None:
    """The number by team, region and owner, each with its range and chance."""
    if not found.parts:
        return
    by = st.segmented_control(
        "The number by",
        list(found.parts),
        default=next(iter(found.parts)),
        required=True,
        key="parts",
        bind="query-params",
    )
    table = found.parts[str(by)]
    drawn = words.parts_for_picture(table, found.forecast, words.PARTS[str(by)]).head(_MOST_PARTS)
    more = f" The {_MOST_PARTS} largest are drawn; the data has all." if len(table) > _MOST_PARTS else ""
    show.figure(
        words.parts_finding(table, str(by)),
        next_quarters.next_quarters(drawn, **look),
        next_quarters.describe(drawn, **_said(look)),
        table,
        file=f"parts by {by} {chosen.quarter}",
        note="What is expected adds up to the whole exactly. Ranges do not add up: parts share their luck."
        + more,
        kinds=dict.fromkeys(_MONEY, "money") | {"p_target": "share"},
    )


_MONEY = ("won", "open_expected", "later", "expected", "p10", "p50", "p90", "target")
