"""The page about one rep, made once per state of what it shows; replies are read when one is written."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import streamlit as st

from analytics.at_risk import AtRisk
from analytics.coaching.replies import replies_as_of
from analytics.company import Company, Scope
from analytics.rep_choice import People, people_to_choose
from analytics.rep_page import RepFacts, RepPage, rep_facts, rep_page
from analytics.risk.chances import History
from analytics.store.database import Store
from pages.shared import cached


@st.cache_resource(max_entries=12, show_spinner="Comparing each rep's deals with like deals …")
def _facts(store: Store, version: str, company: Company, as_of: date, _history: History) -> RepFacts:
    return rep_facts(store, company, as_of, _history)


@st.cache_resource(max_entries=24, show_spinner=False)
def _page(
    store: Store, version: str, company: Company, scope: Scope, name: str, _facts: RepFacts, _risk: AtRisk
) -> RepPage:
    return rep_page(store, company, _facts, _risk, scope.owner_id, name)


@st.cache_data(max_entries=24, show_spinner=False)
def _replies(store: Store, version: str, company: Company, as_of: date, owner_id: str) -> Any:
    return replies_as_of(store, company, as_of, owner_id)


@st.cache_data(max_entries=8, show_spinner=False)
def _people(store: Store, version: str, company: Company, as_of: date) -> People:
    return people_to_choose(store, company, as_of)


def the_people(as_of: date) -> People:
    """Whose page can be chosen."""
    version, store = cached.versions().facts, cached.store()
    return _people(store, str(version), cached.the_company(), as_of)


def the_rep(chosen: Scope, name: str) -> RepPage:
    """The page of the scope's owner."""
    versions = cached.versions()  # first: what lands while something is made must not be kept as if seen
    store, company = cached.store(), cached.the_company()
    known = f"{versions.facts} {versions.calls}"
    history = cached.the_history(chosen.as_of)
    facts = _facts(store, known, company, chosen.as_of, history)
    # deals of the owner in whatever team: the scope's team may be that of another day
    scope = replace(chosen, team="")
    risk = cached.the_risk(scope)
    return _page(store, f"{known} {versions.decisions}", company, scope, name, facts, risk)


def the_replies(chosen: Scope) -> Any:
    """What was replied on the page of the scope's owner: of `replies_as_of`."""
    store, version = cached.store(), cached.versions().coaching
    return _replies(store, version, cached.the_company(), chosen.as_of, chosen.owner_id)
