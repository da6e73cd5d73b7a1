from __future__ import annotations

import pytest

from analytics.sample_company import World, WorldOptions
from tests.kept import shared_world


@pytest.fixture(scope="session")
def default_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The sample company as it is shown, with its answers."""
    return shared_world(tmp_path_factory, "default", WorldOptions())


@pytest.fixture(scope="session")
def small_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    return shared_world(tmp_path_factory, "small", WorldOptions.small())


@pytest.fixture(scope="session")
def honest_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The default world in which every rep states what they believe."""
    return shared_world(tmp_path_factory, "honest", WorldOptions(sandbagging=False, answers=False))


@pytest.fixture(scope="session")
def hollow_world(tmp_path_factory: pytest.TempPathFactory) -> World:
    """The default world in which answers know nothing of the buyer."""
    return shared_world(tmp_path_factory, "hollow", WorldOptions(depth_matters=False))
