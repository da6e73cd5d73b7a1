"""The team overview and the team feed, made once per state of what they show."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from analytics.company import Company, Scope
from analytics.digest.subscriptions import subscriptions_as_of
from analytics.digest.week import Week, week_of
from analytics.fiscal import Quarter
from analytics.problems import NotEnough
from analytics.risk.chances import History
from analytics.store.database import Store
from analytics.team_digest import team_digest, teams_seen
from analytics.team_page import TeamView, of_team, team_view
from pages.shared import cached, signin


@st.cache_resource(max_entries=6, show_spinner="Counting each rep's deals …")
def _team(
    store: Store, version: str, company: Company, as_of: date, quarter: Quarter, _history: History
) -> TeamView | NotEnough:
    return team_view(store, company, as_of, quarter, _history.rows)


@st.cache_resource(max_entries=12, show_spinner="Reading the week's answers …")
def _week(store: Store, version: str, company: Company, until: date, team: str, owner_id: str) -> Week:
    return week_of(store, company, until, team, owner_id)


@st.cache_data(max_entries=8, show_spinner=False)
def _subscriptions(store: Store, version: str, company: Company, as_of: date) -> Any:
    return subscriptions_as_of(store, company, as_of)


@st.cache_resource(max_entries=8, show_spinner="Writing the digest …")
def _digest(store: Store, version: str, company: Company, until: date, team: str) -> tuple[str, bytes]:
    return team_digest(store, company, until, team)


def the_team(chosen: Scope) -> TeamView | NotEnough:
    """The scope's team, or everybody; an owner's scope is that of their team."""
    versions = cached.versions()  # first: what lands while something is made must not be kept as if seen
    store, company, history = cached.store(), cached.the_company(), cached.the_history(chosen.as_of)
    asked = f"{versions.facts} {versions.calls}"
    found = _team(store, asked, company, chosen.as_of, chosen.quarter, history)
    return found if isinstance(found, NotEnough) else of_team(found, team_of(chosen))


def team_of(chosen: Scope) -> str:
    """The scope's team, or that of its owner."""
    if chosen.owner_id and not chosen.team:
        return cached.the_owners(chosen.as_of).team_of.get(chosen.owner_id, "")
    return chosen.team


def the_week(chosen: Scope, until: date) -> Week:
    """What the scope's people found out in the seven days up to one."""
    store, facts = cached.store(), cached.versions().facts
    return _week(store, facts, cached.the_company(), until, chosen.team, chosen.owner_id)


def the_subscriptions(as_of: date) -> Any:
    """Who gets which digest: of `subscriptions_as_of`."""
    store, coaching = cached.store(), cached.versions().coaching
    return _subscriptions(store, coaching, cached.the_company(), as_of)


def the_digest(until: date, team: str) -> tuple[str, bytes]:
    """The digest's file name and content."""
    versions = cached.versions()
    asked = f"{versions.facts} {versions.decisions} {versions.coaching}"
    return _digest(cached.store(), asked, cached.the_company(), until, team)


def only_subscriber() -> str:
    """Whom alone this reader may subscribe to a digest: themselves; '' for those who see every deal."""
    viewer = signin.the_viewer()
    return "" if viewer.sees_all else viewer.email


def teams_to_subscribe(as_of: date) -> list[str]:
    """The teams whose digest this reader may have sent; '' is the whole company."""
    sight = cached.sight_today(signin.the_viewer())
    return teams_seen(cached.everything(), cached.the_company(), sight, as_of)
