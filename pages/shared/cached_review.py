"""The weekly review, made once per state of the facts, and put together anew when something is decided."""

from __future__ import annotations

from datetime import date

import streamlit as st

from analytics.at_risk import AtRisk
from analytics.company import Company, Scope
from analytics.number import Number
from analytics.store.database import Store, store_path
from analytics.weekly_review import MINUTES, ReviewFacts, WeeklyReview, review_facts, weekly_review
from pages.shared import cached, scope


@st.cache_resource(max_entries=6, show_spinner="Comparing with the last review …")
def _facts(
    path: str, version: str, company: Company, scope: Scope, since: date, _number: Number, _risk: AtRisk
) -> ReviewFacts:
    return review_facts(Store(store_path(path)), company, scope, since, _number, _risk)


@st.cache_resource(max_entries=12, show_spinner=False)
def _review(
    path: str,
    version: str,
    company: Company,
    scope: Scope,
    since: date,
    whose: str,
    minutes: int,
    _facts: ReviewFacts,
) -> WeeklyReview:
    return weekly_review(Store(store_path(path)), company, _facts, whose, minutes)


def the_review(chosen: Scope, since: date, minutes: int = MINUTES) -> WeeklyReview:
    """The review of a scope against an earlier day. Raises BadInput if its quarter is over at its day."""
    versions = cached.versions()  # first: what lands while something is made must not be kept as if seen
    path, company = str(cached.store().path), cached.the_company()
    asked = (company, chosen, since)
    found = cached.the_number(chosen)
    facts = _facts(path, f"{versions.facts} {versions.calls}", *asked, found, cached.the_risk(chosen))
    every = f"{versions.facts} {versions.calls} {versions.decisions}"
    return _review(path, every, *asked, scope.name(chosen), minutes, facts)
