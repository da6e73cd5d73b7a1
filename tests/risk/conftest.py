"""The small sample company, built once, and what was learned from it."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest

from analytics.commands.sample import build_sample
from analytics.company import Company, company_of
from analytics.risk.chances import History, history_of
from analytics.store.database import Store

TODAY = date(2026, 11, 15)


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """About 200 deals over a year and a half."""
    store = Store(tmp_path_factory.mktemp("risk") / "small.duckdb")
    build_sample(store, "small", seed=3)
    return store


@pytest.fixture(scope="session")
def small_company(small_world: Store) -> Company:
    """Its settings."""
    return company_of(small_world)


@pytest.fixture(scope="session")
def small_history(small_world: Store, small_company: Company) -> History:
    """What was learned from it up to its last day."""
    return history_of(small_world, small_company, TODAY)


@pytest.fixture(scope="session")
def small_rows(small_history: History) -> pd.DataFrame:
    """Its landmarks."""
    return small_history.rows
