"""Fixtures that every test may use; the builders stand in small_stores.py."""

from __future__ import annotations

import os
from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import HealthCheck, settings

from analytics.company import Company, company_of
from analytics.forecast.basis import Basis
from analytics.risk.chances import History
from analytics.store.database import Store
from tests.kept import basis_at, history_at, shared_store

TODAY = date(2026, 11, 15)  # the last day of the small world

# Nothing depends on the speed of the machine: no deadline per example.
settings.register_profile(
    "plumbline",
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "plumbline"))


@pytest.fixture(autouse=True)
def no_store_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No test may touch the store of whoever runs it, or wait minutes for a lock."""
    monkeypatch.setenv("PLUMBLINE_STORE", str(tmp_path / "unnamed.duckdb"))
    monkeypatch.setenv("PLUMBLINE_LOCK_TIMEOUT", "60")


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store that does not exist yet."""
    return Store(tmp_path / "store.duckdb")


@pytest.fixture(scope="session")
def sample_store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The small sample company as `demo` makes it; nobody writes to it."""
    return shared_store(tmp_path_factory, "sample")


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """About 200 deals over a year and a half."""
    return shared_store(tmp_path_factory, "small", seed=3)


@pytest.fixture(scope="session")
def small_company(small_world: Store) -> Company:
    """Its settings."""
    return company_of(small_world)


@pytest.fixture(scope="session")
def small_history(small_world: Store) -> History:
    """What was learned from it up to its last day."""
    return history_at(small_world.path, TODAY)


@pytest.fixture(scope="session")
def small_basis(small_world: Store) -> Basis:
    """What a forecast of its last day rests on."""
    return basis_at(small_world.path, TODAY)


@pytest.fixture(scope="session")
def small_rows(small_history: History) -> pd.DataFrame:
    """Its landmarks."""
    return small_history.rows
