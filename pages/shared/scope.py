"""The scope controls: as-of date, quarter, team, owner; kept in the URL, said in words."""

from __future__ import annotations

from datetime import date

import streamlit as st

from analytics.company import Company, Scope
from analytics.fiscal import Quarter, parse_day
from analytics.pipeline.owners import Owners
from analytics.problems import BadInput, NoDeals, NoStore
from analytics.wording import day, listed, plain
from pages.shared import cached, cached_quality, first_run, signin

_THIS_QUARTER = "the as-of date's"
_ALL = ""


def choose(*, needs_deals: bool = True) -> None:
    """Draw the controls and remember what they say. A page that needs deals is a first run without."""
    try:
        company, span = cached.the_company(), cached.the_span()
    except (NoStore, NoDeals) as problem:
        if needs_deals:
            first_run.welcome(problem)
            st.stop()
        return
    if st.session_state.pop("scope_latest", False):
        st.session_state.pop("scope_as_of", None)
        st.query_params.pop("as_of", None)
    not_found: list[str] = []
    with st.container(key="scope"):
        columns = st.columns([1, 1, 1, 1])
        as_of = _as_of(columns[0], span.first_day, span.last_day, not_found)
        sees = cached.look_at(signin.the_viewer(), as_of)
        quarter = _quarter(columns[1], company, as_of, span.first_day, span.last_day, not_found)
        owners = cached.the_owners(as_of)
        team = _team(columns[2], owners, not_found)
        owner = _owner(columns[3], owners, team, not_found, is_one=sees is not None and len(sees) == 1)
    chosen = Scope(as_of, quarter, team, owner, sees)
    st.session_state["chosen_scope"] = chosen
    _how_old(chosen)
    if not_found:
        st.warning(plain(f"Asked for {listed(not_found)}: not in the data at this date. Showing the rest."))


def _how_old(chosen: Scope) -> None:
    """The scope in words and how old the data are; a warning with what to do where they are too old."""
    fresh = cached_quality.the_freshness()
    st.caption(plain(f"{in_words(chosen)} {fresh.text}"))
    if fresh.problems:
        st.warning(plain(f"{'. '.join(fresh.problems)}. {fresh.to_do}"))


def go_to_latest() -> None:
    """Look at the store's last day from the next run on: where what was just written is seen."""
    st.session_state["scope_latest"] = True


def go_to_quarter(quarter: Quarter, this: Quarter) -> None:
    """Look at another quarter from the next run on; `this`: the as-of date's."""
    st.session_state["scope_quarter"] = _THIS_QUARTER if quarter == this else quarter.key


def current() -> Scope:
    """The scope of this run."""
    chosen: Scope = st.session_state["chosen_scope"]
    return chosen


def name(scope: Scope) -> str:
    """Whose numbers these are."""
    owners = cached.the_owners(scope.as_of)
    if scope.owner_id:
        return owners.label(scope.owner_id)
    if scope.team:
        return f"Team {scope.team}"
    if scope.sees is not None:
        return "Your deals" if len(scope.sees) < 2 else "You and your team"
    return cached.the_company().name or "The company"


def in_words(scope: Scope) -> str:
    """The scope as a sentence."""
    locale = cached.the_company().locale
    quarter = scope.quarter
    days = f"{day(quarter.first_day, locale=locale)} to {day(quarter.last_day, locale=locale)}"
    week = f", week {quarter.week_of(scope.as_of)}" if quarter.contains(scope.as_of) else ""
    return f"{name(scope)}, {quarter} ({days}{week}), as of {day(scope.as_of, locale=locale)}."


def parameters(scope: Scope) -> dict[str, str]:
    """The scope as URL parameters; defaults are left out."""
    given = {"as_of": st.query_params.get("as_of"), "quarter": st.query_params.get("quarter")}
    given |= {"team": scope.team or None, "owner": scope.owner_id or None}
    return {key: value for key, value in given.items() if value}


def _requested(key: str, widget: str) -> str | None:
    """What the URL asks for, if the control has not been touched in this session."""
    return st.query_params.get(key) if widget not in st.session_state else None


def _write(key: str, value: str, default: str) -> None:
    if value != default:
        st.query_params[key] = value
    elif key in st.query_params:
        del st.query_params[key]


def _as_of(column: st.delta_generator.DeltaGenerator, first: date, last: date, not_found: list[str]) -> date:
    asked = _requested("as_of", "scope_as_of")
    start = last
    if asked:
        try:
            start = parse_day(asked)
        except BadInput:
            not_found.append(f"the date {asked}")
        if not first <= start <= last:
            not_found.append(f"the date {asked}")
            start = min(max(start, first), last)
    held = st.session_state.get("scope_as_of", start)
    if not first <= held <= last:  # the store is another one now
        not_found.append(f"the date {held}")
        held = last
    st.session_state["scope_as_of"] = held
    chosen = column.date_input(
        "As of",
        min_value=first,
        max_value=last,
        key="scope_as_of",
        help="Everything is shown as the CRM had it at the end of this day. Nothing later is used.",
    )
    value = chosen if isinstance(chosen, date) else last
    _write("as_of", value.isoformat(), last.isoformat())
    return value


def _quarter(
    column: st.delta_generator.DeltaGenerator,
    company: Company,
    as_of: date,
    first: date,
    last: date,
    not_found: list[str],
) -> Quarter:
    calendar = company.calendar
    options, step = [], calendar.shift(calendar.quarter_of(last), 3)
    while step.last_day >= first:
        options.append(step.key)
        step = calendar.shift(step, -1)
    asked = _requested("quarter", "scope_quarter")
    if asked and asked not in options:
        not_found.append(f"the quarter {asked}")
    held = st.session_state.get("scope_quarter", asked)
    st.session_state["scope_quarter"] = held if held in options else _THIS_QUARTER
    this = calendar.quarter_of(as_of)
    chosen = column.selectbox(
        "Fiscal quarter",
        [_THIS_QUARTER, *options],
        key="scope_quarter",
        format_func=lambda key: f"{this} (current)" if key == _THIS_QUARTER else key,
    )
    _write("quarter", chosen, _THIS_QUARTER)
    return this if chosen == _THIS_QUARTER else calendar.parse(chosen)


def _team(column: st.delta_generator.DeltaGenerator, owners: Owners, not_found: list[str]) -> str:
    asked = _requested("team", "scope_team")
    if asked and asked not in owners.teams:
        not_found.append(f"the team {asked}")
    if "scope_team" not in st.session_state:
        st.session_state["scope_team"] = asked if asked in owners.teams else _ALL
    elif st.session_state["scope_team"] not in [_ALL, *owners.teams]:
        not_found.append(f"the team {st.session_state['scope_team']}")
        st.session_state["scope_team"] = _ALL
    chosen = column.selectbox(
        "Team",
        [_ALL, *owners.teams],
        key="scope_team",
        format_func=lambda team: team or "All teams",
        disabled=not owners.teams,
        help=None if owners.teams else "No teams are loaded.",
    )
    _write("team", chosen, _ALL)
    return chosen


def _owner(
    column: st.delta_generator.DeltaGenerator,
    owners: Owners,
    team: str,
    not_found: list[str],
    *,
    is_one: bool,
) -> str:
    """`is_one`: the reader sees one owner's deals only, and looks at nobody else's."""
    options = owners.of_team(team)
    every = [] if is_one and options else [_ALL]
    asked = _requested("owner", "scope_owner")
    if asked and asked not in options:
        not_found.append(f"the owner {asked}")
    if "scope_owner" not in st.session_state:
        st.session_state["scope_owner"] = asked if asked in options else [*every, *options][0]
    elif st.session_state["scope_owner"] not in [*every, *options]:
        st.session_state["scope_owner"] = [*every, *options][0]  # another team was chosen
    chosen = column.selectbox(
        "Owner",
        [*every, *options],
        key="scope_owner",
        format_func=lambda owner: owners.label(owner) if owner else "All owners",
        disabled=not options,
        help=None if options else "No owners are loaded.",
    )
    _write("owner", chosen, _ALL)
    return chosen
