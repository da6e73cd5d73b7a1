"""What the playbook rests on: compared once per day and team, shared by all readers."""

from __future__ import annotations

from datetime import date

import streamlit as st

from analytics.company import Company, Scope
from analytics.playbook.by_stage import ByStage, answers_by_stage, empty_at_entry
from analytics.playbook.waits import Waits, waits
from analytics.playbook_page import Playbook, playbook
from analytics.risk.chances import History
from analytics.risk.reason_words import first_labels
from analytics.store.database import Store
from pages.shared import cached


@st.cache_resource(max_entries=16, show_spinner="Comparing deals that are alike …")
def _playbook(
    store: Store,
    version: str,
    company: Company,
    scope: Scope,
    labels: tuple[tuple[str, str], ...],
    _history: History,
) -> Playbook:
    return playbook(_history, company, scope, dict(labels))


@st.cache_resource(max_entries=16, show_spinner="Counting stage by stage …")
def _stages(
    store: Store, version: str, company: Company, as_of: date, whose: str, _playbook: Playbook
) -> ByStage:
    return answers_by_stage(_playbook.entries)


@st.cache_resource(max_entries=16, show_spinner=False)
def _empty(
    store: Store, version: str, company: Company, as_of: date, whose: str, _playbook: Playbook
) -> object:
    return empty_at_entry(_playbook.entries)


@st.cache_resource(max_entries=16, show_spinner="Timing the stages …")
def _waits(
    store: Store,
    version: str,
    company: Company,
    as_of: date,
    whose: str,
    _playbook: Playbook,
    _history: History,
) -> Waits:
    return waits(_playbook.entries, _history.rows)


def _key() -> tuple[Store, str, Company]:
    return cached.store(), cached.versions().facts, cached.the_company()


def the_playbook(scope: Scope) -> Playbook:
    """What goes with winning among the deals of the scope's team, or of the company."""
    labels = tuple(first_labels(cached.the_method(scope.as_of).questions).items())
    return _playbook(*_key(), scope, labels, cached.the_history(scope.as_of))


def the_stages(view: Playbook) -> ByStage:
    """How deep by which stage."""
    return _stages(*_key(), view.entries.as_of, view.whose, view)


def the_empty(view: Playbook) -> object:
    """Which questions stay empty: of `empty_at_entry`."""
    return _empty(*_key(), view.entries.as_of, view.whose, view)


def the_waits(view: Playbook) -> Waits:
    """Where deals wait."""
    as_of = view.entries.as_of
    return _waits(*_key(), as_of, view.whose, view, cached.the_history(as_of))
