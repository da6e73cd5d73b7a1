"""Cached calls of the page What changed."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from analytics.company import Company, Scope
from analytics.forecast.change import ChangeBridge, moved_since
from analytics.forecast.quarter_forecast import Forecast
from analytics.pipeline.changes import Changes, changes
from analytics.store.database import Store
from analytics.weekly_trend import weekly_expected, weekly_trend
from pages.shared import cached


@st.cache_resource(max_entries=32, show_spinner="Reading what changed …")
def _changes(store: Store, facts: str, company: Company, scope: Scope, since: date, measure: str) -> Changes:
    return changes(store, company, scope, since, measure)


@st.cache_data(max_entries=32, show_spinner="Reading the quarter week by week …")
def _trend(store: Store, facts_and_calls: str, company: Company, scope: Scope) -> Any:
    return weekly_trend(store, company, scope)


@st.cache_resource(max_entries=12, show_spinner="Making the number of the earlier day …")
def _moved(
    store: Store, facts: str, company: Company, scope: Scope, since: date, _found: Forecast
) -> ChangeBridge:
    return moved_since(store, company, _found, since)


@st.cache_data(max_entries=12, show_spinner="Making the number of each week …")
def _expected(store: Store, facts: str, company: Company, scope: Scope, _found: Forecast) -> Any:
    return weekly_expected(store, company, _found)


def _store() -> tuple[Store, str]:
    """The store and its facts, as in `cached`: what is decided in a meeting makes nobody read anew."""
    return cached.store(), cached.versions().facts


def the_changes(scope: Scope, since: date, measure: str) -> Changes:
    """What changed from the end of `since` to the scope's day; nothing here has to be learned."""
    return _changes(*_store(), cached.the_company(), scope, since, measure)


def the_trend(scope: Scope) -> Any:
    """The quarter week by week, as it was known then."""
    store, facts = _store()
    return _trend(store, f"{facts} {cached.versions().calls}", cached.the_company(), scope)


def the_moved(scope: Scope, since: date) -> ChangeBridge:
    """What moved the expected number since a day."""
    return _moved(*_store(), cached.the_company(), scope, since, cached.the_forecast(scope))


def the_expected(scope: Scope) -> Any:
    """The expected number of each week of the trend."""
    return _expected(*_store(), cached.the_company(), scope, cached.the_forecast(scope))
