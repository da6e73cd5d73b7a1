"""Ways to show a team: the spread of its reps, the heat map and what is behind a cell, the reps by name."""

from __future__ import annotations

from typing import Any

import streamlit as st

from analytics import team_page, team_words
from analytics.coaching.team import OVERALL, WEEKS
from analytics.company import Company, Scope
from analytics.figures import call_bias, depth_heat_map, depth_moved, depth_spread
from analytics.team_page import ALL_QUESTIONS, TeamView
from analytics.terms import TERMS
from analytics.wording import DASH, plain
from pages.shared import cached, case_lists, scope, show

COACHING, OVERVIEW = "pages/team/coaching.py", "pages/team/team_overview.py"
_TO_REP = "the rep whose page is opened"
_LEFT = "the cell that was open"
_TALLEST = 420  # px of a table


def leave_for_rep(chosen: Scope) -> None:
    """Open the rep's page, if one was chosen in the run before: the scope says whose it is.

    After the browser's Back from there, the cell that was open is opened again: Streamlit has put the query
    of the rep's page over that of this one.
    """
    if st.session_state.pop(_TO_REP, None):
        st.switch_page(COACHING, query_params=scope.parameters(chosen))
        return
    cell_left = st.session_state.pop(_LEFT, {})
    if cell_left and "who" not in st.query_params:
        st.switch_page(OVERVIEW, query_params={**scope.parameters(chosen), **cell_left})


def _choose_rep(owner_id: str) -> None:
    """The scope's owner from the next run on."""
    team = cached.the_owners(scope.current().as_of).team_of.get(owner_id, "")
    if st.session_state.get("scope_team"):
        st.session_state["scope_team"] = team
    st.session_state["scope_owner"] = owner_id
    st.session_state[_TO_REP] = owner_id
    asked = st.query_params.to_dict()
    st.session_state[_LEFT] = {key: asked[key] for key in ("names", "who", "asks") if key in asked}


def to_playbook(chosen: Scope) -> None:
    """The way to what goes with winning: the emptiest question need not be the one that matters."""
    show.page_link(
        "pages/team/playbook.py",
        label=team_words.TO_PLAYBOOK,
        query_params=scope.parameters(chosen),
        **show.ARROW,
    )


def spread(view: TeamView) -> None:
    """A dot per rep, whose names stand on them only where that was asked for."""
    named = st.toggle(
        "Show names",
        key="names",
        bind="query-params",
        help="Off: the dots show how far apart people are, not who is who. On: the name shows when you point"
        " at a dot. The tables below are by name either way.",
    )
    dots = team_page.spread(view, named=bool(named))
    show.figure(
        team_words.spread_in_words(view),
        depth_spread.depth_spread(dots, dark=show.is_dark()),
        depth_spread.describe(dots),
        team_page.spread_table(view),
        file=f"spread of reps {view.as_of}",
        note=f"Mean depth of the answers per rep and question. {team_words.differ_in_words(view)}",
    )


def heat_map(title: str, cells: Any, file: str, note: str = "") -> None:
    """Rows by questions, the mean level in each cell."""
    show.figure(
        title,
        depth_heat_map.depth_heat_map(cells, dark=show.is_dark()),
        depth_heat_map.describe(cells),
        team_page.cell_table(cells),
        file=file,
        note=note,
    )


def movement(view: TeamView) -> None:
    """How each question moved since the weeks before."""
    rows = team_page.movements(view)
    show.figure(
        f"What moved in {WEEKS} weeks",
        depth_moved.depth_moved(rows, dark=show.is_dark()),
        depth_moved.describe(rows),
        rows,
        file=f"depth moved {view.as_of}",
        note=f"Mean depth against the {WEEKS} weeks before, deals of the same stage compared. The lines are"
        " long enough to hold for all questions together (95%).",
    )


def cell(view: TeamView, company: Company, chosen: Scope) -> None:
    """The deals behind one cell of the heat map, chosen by name and question; kept in the URL."""
    st.subheader("Open a cell", anchor=False)
    who = {row.name: row.owner_id for row in view.depth.reps.itertuples()}
    if not view.team:
        who = {f"Team {team}": team for team in view.teams} | who
    questions = {label: key for key, label in view.labels.items()} | {ALL_QUESTIONS: OVERALL}
    with st.container(horizontal=True, vertical_alignment="bottom"):
        name = case_lists.pick("who", "Rep or team", list(who))
        asked = case_lists.pick("asks", "Question", list(questions), every=False, start=ALL_QUESTIONS)
        owner_id = who.get(name, "")
        if owner_id and owner_id not in view.teams:
            st.button(f"Open {plain(name)}'s page", on_click=_choose_rep, args=(owner_id,), key="open rep")
    if not name:
        st.caption("Choose a rep or a team: the deals behind the number are listed here.")
        return
    table = team_page.cell_deals(view, owner_id, questions[asked])
    file = f"{name} {asked} {view.as_of}"
    show.deals(table, company, file=file, parameters=scope.parameters(chosen))
    commits = None if owner_id in view.teams else team_page.commit_deals(view, owner_id)
    if commits is not None and commits.n:
        with st.expander(plain(f"The deals that {name} stated as commit in past quarters")):
            show.deals(commits, company, file=f"commits {file}", parameters=scope.parameters(chosen))


def reps(view: TeamView, chosen: Scope) -> None:
    """Depth, coverage, calls and commits per rep, by name; choosing a row opens the rep's page."""
    st.caption(plain(team_words.FAIR))
    st.subheader(plain(team_words.depth_title(view)), anchor=False)
    _by_rep(view, team_words.depth_table(view), "depth", chosen, team_words.HOW_DEPTH)
    st.subheader(plain(team_words.coverage_title(view)), anchor=False)
    said = f"Coverage: {TERMS['coverage'].formula} To-go coverage: {TERMS['to_go_coverage'].formula}"
    _by_rep(view, team_words.coverage_table(view), "coverage", chosen, said)
    calls = team_page.bias_rows(view)
    show.figure(
        team_words.calls_title(view),
        call_bias.call_bias(calls, dark=show.is_dark()),
        call_bias.describe(calls),
        calls,
        file=f"calls against won {view.as_of}",
        kinds=dict.fromkeys(("bias", "low", "high"), "share"),
    )
    _by_rep(view, team_words.calls_table(view), "calls", chosen, team_words.HOW_CALLS)


def _by_rep(view: TeamView, table: Any, name: str, chosen: Scope, note: str) -> None:
    """A row per rep; choosing one opens the rep's page."""
    owners = list(table.index)
    key = f"reps {name} {view.team}"

    def open_rep() -> None:
        rows = st.session_state[key].selection.rows
        if rows:
            _choose_rep(owners[rows[0]])

    settings = show.column_formats(dict.fromkeys(("Open pipeline", "Won", "Target"), "money"))
    settings["Rep"] = st.column_config.TextColumn(pinned=True, width=150)
    show.dataframe(
        table,
        hide_index=True,
        width="stretch",
        height=min(_TALLEST, 38 + 35 * len(table)),
        column_config={column: one for column, one in settings.items() if column in table},
        on_select=open_rep,
        selection_mode="single-row",
        placeholder=DASH,
        key=key,
        alt=f"Reps by name: {name}",
    )
    left, right = st.columns([3, 1])
    left.caption(plain(f"Select a row to open the rep's page. {note}"))
    with right:
        show.download(table, f"{name} of reps {chosen.as_of}", where="reps")
