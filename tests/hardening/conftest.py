"""The hostile company, and the app started on it with no network but this machine's own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from analytics.store.database import Store
from tests.hardening.hostile_store import hostile_store
from tests.hardening.network import forbidden
from tests.pages.conftest import app, no_component_search  # noqa: F401


@pytest.fixture(scope="session")
def hostile(sample_store: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The sample company with hostile texts."""
    return hostile_store(sample_store.path, tmp_path_factory.mktemp("hostile"))


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Nothing here may ask another machine for anything; afterwards nobody has tried."""
    tried: list[str] = []
    with forbidden(monkeypatch, tried):
        yield tried
    assert not tried, f"asked other machines: {tried}"
