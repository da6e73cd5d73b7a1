"""Fixtures that every test may use; the builders stand in small_stores.py."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from analytics.store.database import Store

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
