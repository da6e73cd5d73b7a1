from __future__ import annotations

import pytest

from analytics.sample_company import World, WorldOptions, build_world


@pytest.fixture(scope="session")
def default_world() -> World:
    """The sample company as it is shown, with its answers."""
    return build_world()


@pytest.fixture(scope="session")
def small_world() -> World:
    return build_world(WorldOptions.small())


@pytest.fixture(scope="session")
def honest_world() -> World:
    """The default world in which every rep states what they believe."""
    return build_world(WorldOptions(sandbagging=False, answers=False))


@pytest.fixture(scope="session")
def hollow_world() -> World:
    """The default world in which answers know nothing of the buyer."""
    return build_world(WorldOptions(depth_matters=False))
