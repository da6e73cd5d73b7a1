"""Decisions, overrides and calls: read again when something is decided or called, never learned anew."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from analytics.company import Company, Scope
from analytics.fiscal import Quarter
from analytics.forecast.quarter_forecast import Forecast
from analytics.review.calls import call_history, calls_view
from analytics.review.ledger import Ledger, ledger, past_chances
from analytics.review.overrides import Overridden, overridden, overrides_as_of
from analytics.risk.chances import History
from analytics.store.database import Store
from pages.shared import cached


@st.cache_resource(max_entries=8, show_spinner="Reading what was decided …")
def _ledger(
    store: Store, version: str, company: Company, as_of: date, _chances: Any, with_chances: bool
) -> Ledger:
    return ledger(store, company, as_of, _chances if with_chances else None)


@st.cache_resource(max_entries=8, show_spinner="Looking up what the model would have said …")
def _chances(
    store: Store, version: str, company: Company, as_of: date, deals: tuple[str, ...], _history: History
) -> Any:
    return past_chances(_history, list(deals))


@st.cache_data(max_entries=16, show_spinner=False)
def _overrides(store: Store, version: str, company: Company, as_of: date, quarter: Quarter) -> Any:
    return overrides_as_of(store, company, as_of, quarter.key)


@st.cache_resource(max_entries=16, show_spinner=False)
def _overridden(
    store: Store, version: str, company: Company, scope: Scope, _forecast: Forecast
) -> Overridden:
    overrides = _overrides(store, version, company, scope.as_of, scope.quarter)
    return overridden(_forecast, overrides)


@st.cache_data(max_entries=16, show_spinner="Adding up the calls …")
def _calls(store: Store, version: str, company: Company, scope: Scope, _forecast: Forecast) -> Any:
    return calls_view(store, company, scope, _forecast)


@st.cache_data(max_entries=16, show_spinner=False)
def _history(store: Store, version: str, company: Company, scope: Scope) -> Any:
    return call_history(store, company, scope)


def _key() -> tuple[Store, str]:
    """The store, its facts and what was decided."""
    found = cached.versions()
    return cached.store(), f"{found.facts} {found.decisions}"


def _key_with_calls() -> tuple[Store, str]:
    found = cached.versions()
    return cached.store(), f"{found.facts} {found.calls}"


def the_ledger(as_of: date) -> Ledger:
    """The company's ledger; overrides are held against the model where they know what it said."""
    return _ledger(*_key(), cached.the_company(), as_of, None, False)


def the_judged_ledger(as_of: date) -> Ledger:
    """The same with what the model would have said at each override, which may have to be learned first."""
    company, store, facts = cached.the_company(), cached.store(), cached.versions().facts
    overrides = the_ledger(as_of).overrides
    unknown = overrides.loc[overrides["model"].isna(), "deal_id"]
    if unknown.empty:
        return the_ledger(as_of)
    deals = tuple(sorted(set(unknown)))
    chances = _chances(store, facts, company, as_of, deals, cached.the_history(as_of))
    return _ledger(*_key(), company, as_of, chances, True)


def the_overrides(as_of: date, quarter: Quarter) -> Any:
    """The overrides that stand for a quarter: of `overrides_as_of`."""
    return _overrides(*_key(), cached.the_company(), as_of, quarter)


def the_overridden(scope: Scope) -> Overridden:
    """The scope's number with the overrides of its deals. Raises BadInput if its quarter is over."""
    return _overridden(*_key(), cached.the_company(), scope, cached.the_forecast(scope))


def the_calls(scope: Scope) -> Any:
    """The calls of the scope's quarter: of `calls_view`. Raises BadInput if it is over."""
    return _calls(*_key_with_calls(), cached.the_company(), scope, cached.the_forecast(scope))


def the_call_history(scope: Scope) -> Any:
    """Every call of the scope's quarter: of `call_history`."""
    return _history(*_key_with_calls(), cached.the_company(), scope)
