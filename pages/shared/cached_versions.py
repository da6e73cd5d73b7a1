"""Changes of the sales process: read again when one is recorded, never learned anew for it."""

from __future__ import annotations

from datetime import date
from typing import Any

import streamlit as st

from analytics.business_case.questions import Question
from analytics.company import Company, Scope
from analytics.playbook.versions import Version, questions_of, stages_of, versions_as_of
from analytics.playbook_history import VersionView, question_labels, version_view
from analytics.risk.chances import History
from analytics.store.database import Store
from pages.shared import cached


@st.cache_data(max_entries=8, show_spinner=False)
def _versions(store: Store, version: str, company: Company, as_of: date) -> list[Version]:
    return versions_as_of(store, company, as_of)


@st.cache_data(max_entries=8, show_spinner=False)
def _questions(store: Store, version: str, company: Company, as_of: date) -> Any:
    asked = questions_of(store, company, as_of)
    return asked, stages_of(store, company, as_of), question_labels(store, company, as_of)


@st.cache_resource(max_entries=16, show_spinner="Comparing before and after …")
def _view(
    store: Store, version: str, company: Company, scope: Scope, version_id: str, _history: History
) -> VersionView:
    every = versions_as_of(store, company, scope.as_of)
    mine = next(one for one in every if one.version_id == version_id)
    return version_view(store, company, scope, mine, every, _history)


def _key() -> tuple[Store, str]:
    found = cached.versions()
    return cached.store(), f"{found.facts} {found.coaching}"


def the_versions(as_of: date) -> list[Version]:
    """Every version known at a day, the latest first."""
    return _versions(*_key(), cached.the_company(), as_of)


def the_questions(as_of: date) -> dict[str, Question]:
    """The company's questions in force, by key."""
    found: dict[str, Question] = _questions(*_key(), cached.the_company(), as_of)[0]
    return found


def the_stages(as_of: date) -> list[str]:
    """The open stages in order."""
    found: list[str] = _questions(*_key(), cached.the_company(), as_of)[1]
    return found


def the_labels(as_of: date) -> dict[str, str]:
    """Key of every question -> its short name."""
    found: dict[str, str] = _questions(*_key(), cached.the_company(), as_of)[2]
    return found


def the_view(version: Version, scope: Scope) -> VersionView:
    """One version compared; what the deals did may have to be learned first."""
    key = _key()  # before the history is made: what lands meanwhile must not be kept as if seen
    return _view(*key, cached.the_company(), scope, version.version_id, cached.the_history(scope.as_of))
