"""A past quarter against what was said of it, made once per state of the facts and the calls."""

from __future__ import annotations

import streamlit as st

from analytics.company import Company, Scope
from analytics.forecast.basis import Basis
from analytics.post_mortem import STARTS, PostMortem, misses, post_mortem
from analytics.post_mortem_causes import Causes, causes, stories
from analytics.post_mortem_words import MOST_TOLD
from analytics.problems import NotEnough
from analytics.store.database import Store
from pages.shared import cached


@st.cache_resource(max_entries=24, show_spinner="Holding the quarter against what was said of it …")
def _view(
    store: Store, version: str, company: Company, scope: Scope, week: int, _basis: Basis
) -> PostMortem | NotEnough:
    return post_mortem(store, company, _basis, scope, week)


@st.cache_resource(max_entries=24, show_spinner="Looking for what could be seen then …")
def _causes(
    store: Store, version: str, company: Company, scope: Scope, week: int, _basis: Basis, _view: PostMortem
) -> tuple[Causes, dict[str, str]]:
    told = {one for start in STARTS for one in misses(_view, start)["deal_id"].head(MOST_TOLD)}
    return causes(store, company, _basis, _view), stories(store, company, _view, sorted(told))


def _asked(scope: Scope, week: int) -> tuple[str, str, Company, Scope, int]:
    found = cached.versions()
    return cached.store(), f"{found.facts} {found.calls}", cached.the_company(), scope, week


def the_post_mortem(scope: Scope, week: int) -> PostMortem | NotEnough:
    """One week's number of the scope's quarter, which is over, against its end."""
    return _view(*_asked(scope, week), cached.the_basis(scope.as_of))


def the_causes(scope: Scope, week: int, view: PostMortem) -> tuple[Causes, dict[str, str]]:
    """What its deals showed in the week, and what happened to those that missed most."""
    return _causes(*_asked(scope, week), cached.the_basis(scope.as_of), view)
