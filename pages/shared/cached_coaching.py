"""The page about one rep, made once per state of what it shows; replies are read when one is written."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from analytics.at_risk import AtRisk
from analytics.coaching.replies import replies_as_of
from analytics.company import Company, Scope
from analytics.rep_choice import People, people_to_choose
from analytics.rep_page import RepFacts, RepPage, rep_facts, rep_page
from analytics.risk.chances import History
from analytics.store.database import Store, store_path
from pages.shared import cached


@st.cache_resource(max_entries=3, show_spinner="Comparing each rep's deals with like deals …")
def _facts(path: str, version: str, company: Company, as_of: date, _history: History) -> RepFacts:
    return rep_facts(Store(store_path(path)), company, as_of, _history)


@st.cache_resource(max_entries=24, show_spinner=False)
def _page(
    path: str, version: str, company: Company, scope: Scope, name: str, _facts: RepFacts, _risk: AtRisk
) -> RepPage:
    return rep_page(Store(store_path(path)), company, _facts, _risk, scope.owner_id, name)


@st.cache_data(max_entries=24, show_spinner=False)
def _replies(path: str, version: str, company: Company, as_of: date, owner_id: str) -> Any:
    return replies_as_of(Store(store_path(path)), company, as_of, owner_id)


@st.cache_data(max_entries=8, show_spinner=False)
def _people(path: str, version: str, company: Company, as_of: date) -> People:
    return people_to_choose(Store(store_path(path)), company, as_of)


def the_people(as_of: date) -> People:
    """Whose page can be chosen."""
    version, path = cached.versions().facts, str(cached.store().path)
    return _people(path, str(version), cached.the_company(), as_of)


def the_rep(chosen: Scope, name: str) -> RepPage:
    """The page of the scope's owner."""
    versions = cached.versions()  # first: what lands while something is made must not be kept as if seen
    path, company = str(cached.store().path), cached.the_company()
    known = f"{versions.facts} {versions.calls}"
    history = cached.the_history(chosen.as_of)
    facts = _facts(path, known, company, chosen.as_of, history)
    # deals of the owner in whatever team: the scope's team may be that of another day
    scope = Scope(chosen.as_of, chosen.quarter, owner_id=chosen.owner_id)
    risk = cached.the_risk(scope)
    return _page(path, f"{known} {versions.decisions}", company, scope, name, facts, risk)


def the_replies(chosen: Scope) -> Any:
    """What was replied on the page of the scope's owner: of `replies_as_of`."""
    path, version = str(cached.store().path), cached.versions().coaching
    return _replies(path, version, cached.the_company(), chosen.as_of, chosen.owner_id)
