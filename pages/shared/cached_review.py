"""The weekly review, made once per state of the facts, and put together anew when something is decided."""

from __future__ import annotations

from datetime import date

import streamlit as st

from analytics.at_risk import AtRisk
from analytics.company import Company, Scope
from analytics.number import Number
from analytics.store.database import Store
from analytics.weekly_review import MINUTES, ReviewFacts, WeeklyReview, review_facts, weekly_review
from pages.shared import cached, scope


@st.cache_resource(max_entries=6, show_spinner="Comparing with the last review …")
def _facts(
    store: Store, version: str, company: Company, scope: Scope, since: date, _number: Number, _risk: AtRisk
) -> ReviewFacts:
    return review_facts(store, company, scope, since, _number, _risk)


@st.cache_resource(max_entries=12, show_spinner=False)
def _review(
    store: Store,
    version: str,
    company: Company,
    scope: Scope,
    since: date,
    whose: str,
    minutes: int,
    _facts: ReviewFacts,
) -> WeeklyReview:
    return weekly_review(store, company, _facts, whose, minutes)


def the_review(chosen: Scope, since: date, minutes: int = MINUTES) -> WeeklyReview:
    """The review of a scope against an earlier day. Raises BadInput if its quarter is over at its day."""
    versions = cached.versions()  # first: what lands while something is made must not be kept as if seen
    store, company = cached.store(), cached.the_company()
    asked = (company, chosen, since)
    found = cached.the_number(chosen)
    facts = _facts(store, f"{versions.facts} {versions.calls}", *asked, found, cached.the_risk(chosen))
    every = f"{versions.facts} {versions.calls} {versions.decisions}"
    return _review(store, every, *asked, scope.name(chosen), minutes, facts)
