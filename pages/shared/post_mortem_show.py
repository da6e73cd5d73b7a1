"""Ways to show the post-mortem: which quarter and week, the bridge, the deals that missed, the warnings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from analytics import post_mortem_words as words
from analytics.company import Company, Scope
from analytics.figures import bridge_waterfall, weeks_to_end
from analytics.fiscal import Quarter
from analytics.post_mortem import NO_DEAL, STARTS, STEPS, PostMortem, bridge, label
from analytics.post_mortem_causes import FEWEST, Causes
from analytics.problems import NotEnough
from analytics.wording import DASH, plain
from pages.shared import case_lists, scope, show

_TALLEST = 353  # px of a table
_START_MOVED = "another start was chosen"


def nothing(why: str) -> None:
    """No past quarter can be looked at: why, and what to do."""
    show.answer("Post-mortem", "No past quarter can be held against what was said of it yet.", f"{why}.")
    st.info(
        "A quarter is looked at when it is over and could be foretold from at least two quarters before it."
        " Load more history, or choose a later as-of date."
    )


def choose_quarter(quarters: Sequence[Quarter], chosen: Scope) -> Quarter:
    """A quarter that is over, kept in the URL: the scope's if it is one, else the last."""
    by_key = {one.key: one for one in quarters}
    latest = [*by_key][::-1]
    asked = st.query_params.get("past")
    start = chosen.quarter.key if chosen.quarter.key in by_key else latest[0]
    found = st.selectbox(
        "Quarter that is over",
        latest,
        index=latest.index(start),
        key="past",
        bind="query-params",
        width=200,
    )
    if asked and asked not in by_key:
        st.caption(plain(f"{asked} is not over, or was not foretold; showing {found}."))
    return by_key[str(found)]


def choose_start() -> str:
    """What the end is held against, kept in the URL."""
    found = st.segmented_control(
        "Held against the",
        STARTS,
        default=STARTS[0],
        required=True,
        key="against",
        bind="query-params",
        on_change=_close_step,
    )
    return str(found or STARTS[0])


def _close_step() -> None:
    """Another bridge has other steps."""
    st.session_state["step"] = None
    st.session_state[_START_MOVED] = True


def the_weeks(view: PostMortem, company: Company, look: dict[str, Any], file: str) -> None:
    """The number and its range week by week, against the end."""
    said = {key: look[key] for key in ("currency", "locale")}
    show.figure(
        words.range_title(view, company),
        weeks_to_end.weeks_to_end(view.weeks, view.actual, week=view.week, **look),
        weeks_to_end.describe(view.weeks, view.actual, week=view.week, **said),
        view.weeks,
        file=f"weeks {file}",
        note=words.held(view, company),
        kinds=dict.fromkeys(("won", "stated", "expected", "p10", "p50", "p90", "target"), "money")
        | {"day": "day"},
    )


def the_bridge(view: PostMortem, start: str, company: Company, look: dict[str, Any], chosen: Scope) -> None:
    """From what was said to the end, by what became of the deals; a step opens into its deals."""
    rows = bridge(view, start)
    if isinstance(rows, NotEnough):
        st.info(plain(words.no_call(view)))
        return
    said = {key: look[key] for key in ("currency", "locale")}
    show.figure(
        words.bridge_title(rows, company),
        bridge_waterfall.bridge_waterfall(rows, **look),
        bridge_waterfall.describe(rows, **said),
        rows.drop(columns="stated"),
        file=f"bridge from {start} {view.quarter} {view.week}",
        note="By what became of each deal. A deal that is won adds what it had not been counted with, one"
        " that is not takes away what it was counted with; deals created later add what they brought, less"
        " what was expected of such deals. Every step is a sum over deals.",
        kinds={"amount": "money"},
    )
    names = {label(step): step for step in STEPS}
    here = [name for name in rows["step"] if name in names]
    if step := _choose_step(here):
        _step(view, start, names[step], company, chosen)


def _choose_step(names: list[str]) -> str:
    asked = st.query_params.get("step")
    found = st.selectbox(
        "Open a step into its deals",
        names,
        index=None,
        key="step",
        bind="query-params",
        placeholder="Choose a step",
        width=460,
    )
    if asked and asked not in names and not st.session_state.pop(_START_MOVED, False):
        st.caption(plain(f"{asked} is not a step of this bridge."))
    return str(found or "")


def _step(view: PostMortem, start: str, step: str, company: Company, chosen: Scope) -> None:
    table = words.step_table(view, start, step)
    _open_from(table, words.STEP_KINDS, f"step {step}", f"{label(step)}: the deals that add up to it", chosen)
    left, right = st.columns([3, 1])
    left.caption(plain(words.step_sum(table, company)))
    with right:
        show.download(table, f"{step} {view.quarter} week {view.week}", where="step")


def _open_from(table: Any, kinds: Mapping[str, str], key: str, alt: str, chosen: Scope) -> None:
    """A table of deals; choosing a row opens the deal."""
    event = show.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height=min(_TALLEST, 38 + 35 * len(table)),
        column_config=show.column_formats(dict(kinds))
        | {"Deal": st.column_config.TextColumn(pinned=True, width=240)},
        on_select="rerun",
        selection_mode="single-row",
        placeholder=DASH,
        key=key,
        alt=alt,
    )
    if event.selection.rows:
        deal_id = str(table["deal_id"].iloc[event.selection.rows[0]])
        if deal_id not in NO_DEAL:
            show.open_deal(deal_id, scope.parameters(chosen))


def the_misses(
    view: PostMortem,
    start: str,
    found: tuple[Causes, Mapping[str, str]],
    company: Company,
    chosen: Scope,
) -> None:
    """The deals that ended farthest from what was counted, and what could be seen of it."""
    st.subheader("The deals that were farthest off, and what could be seen of them", anchor=False)
    table = words.miss_table(view, start, *found, company)
    if table.empty:
        st.info("Every deal ended as it was counted.")
        return
    st.caption(
        plain(
            f"Off by: booked less counted. What happened: between week {view.week} and the quarter's end."
            " Warned of and Business case: as of that week (empty: nothing answered; thin: below level 2)."
            " Seen: since when our chance stood on the side on which the deal ended. Select a row to open"
            " the deal."
        )
    )
    for _, row in table.head(words.NAMED).iterrows():
        with st.container(border=True, gap="small"):
            with st.container(horizontal=True, vertical_alignment="center", gap="small"):
                case_lists.deal_link(row["deal_id"], row["Deal"], scope.parameters(chosen))
                st.markdown(plain(words.off_by(row, company)), width="content")
            st.caption(plain(words.reasons(row, view.week)))
    wide = {"What happened": 420, "Warned of": 360, "Business case": 260, "Seen": 160}
    kinds = words.MISS_KINDS
    event = show.dataframe(
        table,
        hide_index=True,
        width="stretch",
        row_height=35,
        column_config=show.column_formats(dict(kinds))
        | {"Deal": st.column_config.TextColumn(pinned=True, width=220)}
        | {name: st.column_config.TextColumn(name, width=width) for name, width in wide.items()},
        on_select="rerun",
        selection_mode="single-row",
        placeholder=DASH,
        key="misses",
        alt="The deals that missed most: off by, counted, booked, what happened, what could be seen",
    )
    show.download(table, f"misses {view.quarter} week {view.week} {start}", where="misses")
    if event.selection.rows:
        show.open_deal(str(table["deal_id"].iloc[event.selection.rows[0]]), scope.parameters(chosen))


def the_warnings(view: PostMortem, found: Causes, file: str) -> None:
    """Which warnings were right."""
    st.subheader(plain(words.warning_title(found)), anchor=False)
    st.caption(
        plain(
            f"Open deals dated in {view.quarter} in week {view.week}: how many of those that showed a warning"
            " were not won in it, against those that did not, with the 90% interval of the difference. At"
            f" least {FEWEST} deals on each side; limits as they are set today. Of so many warnings one or"
            " two look clear by luck: the page Warnings has all quarters."
        )
    )
    table = words.warning_table(found)
    show.dataframe(
        table,
        hide_index=True,
        width="stretch",
        column_config=show.column_formats({"Not won with it": "share", "Not won without": "share"})
        | {"Warning": st.column_config.TextColumn(width=420)},
        placeholder=DASH,
        key="which warnings were right",
        alt="Warnings and how often the deals that showed them were not won",
    )
    show.download(table, f"warnings {file}", where="warnings")


def the_lessons(found: Causes) -> None:
    """What follows for the next quarter, where the figures carry it."""
    st.subheader(words.CHANGES, anchor=False)
    said = words.lessons(found)
    for one in said or [words.cannot_say()]:
        st.markdown(plain(one))
