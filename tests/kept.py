"""What takes long to make and is the same for all: made by one worker of a run, read by the others."""

from __future__ import annotations

import os
import pickle
import shutil
from datetime import date
from functools import cache
from pathlib import Path
from typing import cast

import portalocker
import pytest

from analytics.commands.sample import build_sample
from analytics.forecast.basis import Basis
from analytics.learned import Asked, learned_basis, learned_history
from analytics.risk.chances import History
from analytics.sample_company import World, WorldOptions, build_world
from analytics.store.database import Store
from analytics.store.published import folder_of


def shared_store(factory: pytest.TempPathFactory, name: str, *, seed: int = 7) -> Store:
    """A small sample company that nobody writes to."""
    folder = _folder(factory)
    store = Store(folder / f"{name}.duckdb")
    with portalocker.Lock(folder / f"{name}.building", timeout=600):
        build_sample(store, "small", seed=seed)  # nothing if it is built
    return store


def shared_world(factory: pytest.TempPathFactory, name: str, options: WorldOptions) -> World:
    """A made-up company before it is written to a store; nobody changes its frames."""
    place = _folder(factory) / f"{name}.world"
    with portalocker.Lock(place.with_suffix(".making"), timeout=600):
        if not place.exists():
            place.write_bytes(pickle.dumps(build_world(options)))
        return cast(World, pickle.loads(place.read_bytes()))


def copied(store: Store, to: Path) -> Store:
    """A copy that may be written to, with what was learned of the store; nobody learns it again."""
    shutil.copy(store.path, to)
    if folder_of(store.path).exists():
        shutil.copytree(
            folder_of(store.path), folder_of(to), ignore=shutil.ignore_patterns("*.new", "*.lock")
        )
    return Store(to)


@cache
def history_at(path: Path, as_of: date) -> History:
    """What is learned up to a day from a store that does not change."""
    return learned_history(Asked.now(Store(path), as_of))


@cache
def basis_at(path: Path, as_of: date) -> Basis:
    """The basis of a forecast on such a store."""
    return learned_basis(Asked.now(Store(path), as_of), history_at(path, as_of))


def _folder(factory: pytest.TempPathFactory) -> Path:
    """Of the run, which is that of one worker or of several."""
    folder = factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder
