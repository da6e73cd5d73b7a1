"""The checks of the data: run once per state of the store, their trend once per state of its facts."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from analytics.company import Company, Scope
from analytics.freshness import Freshness, freshness_of
from analytics.quality.ignored import ignored_as_of
from analytics.quality.trend import trend
from analytics.quality_page import QualityView, quality_view
from analytics.store.database import Store
from pages.shared import cached


@st.cache_resource(max_entries=12, show_spinner="Checking the data …")
def _view(store: Store, version: str, company: Company, scope: Scope, today: date) -> QualityView:
    return quality_view(store, company, scope, ignored_as_of(store, company, scope.as_of))


@st.cache_data(max_entries=12, show_spinner="Checking the data of the past weeks …")
def _trend(store: Store, version: str, company: Company, scope: Scope) -> Any:
    return trend(store, company, scope)


@st.cache_data(max_entries=4, show_spinner=False, ttl=60)
def _freshness(store: Store, version: str, company: Company) -> Freshness:
    return freshness_of(store, company)


def the_quality(chosen: Scope) -> QualityView:
    """How every check of the scope's data ended."""
    store = cached.store()
    return _view(store, store.version(), cached.the_company(), chosen, date.today())


def the_quality_trend(chosen: Scope) -> Any:
    """The share of open money that failed each check in the past weeks."""
    return _trend(cached.store(), cached.versions().facts, cached.the_company(), chosen)


def the_freshness() -> Freshness:
    """How old what is shown is; looked at anew every minute."""
    store = cached.store()
    return _freshness(store, store.version(), cached.the_company())
