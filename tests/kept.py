"""What takes long to make and is the same for all: made by one worker of a run, read by the others."""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, cast

import portalocker
import pytest

from analytics.commands.sample import build_sample
from analytics.company import company_of
from analytics.forecast.basis import Basis, basis_of
from analytics.risk.chances import History, history_of
from analytics.sample_company import World, WorldOptions, build_world
from analytics.store.database import Store


def shared_store(factory: pytest.TempPathFactory, name: str, *, seed: int = 7) -> Store:
    """A small sample company that nobody writes to."""
    folder = _folder(factory)
    store = Store(folder / f"{name}.duckdb")
    with portalocker.Lock(folder / f"{name}.building", timeout=600):
        build_sample(store, "small", seed=seed)  # nothing if it is built
    return store


def shared_world(factory: pytest.TempPathFactory, name: str, options: WorldOptions) -> World:
    """A made-up company before it is written to a store; nobody changes its frames."""
    return cast(World, _kept(_folder(factory) / f"{name}.world", "", lambda: build_world(options)))


@cache
def history_at(path: Path, as_of: date) -> History:
    """What is learned up to a day from a store that does not change."""
    store = Store(path)
    return _kept(path, f"history {as_of}", lambda: history_of(store, company_of(store), as_of))


@cache
def basis_at(path: Path, as_of: date) -> Basis:
    """The basis of a forecast on such a store."""
    store, history = Store(path), history_at(path, as_of)
    return _kept(path, f"basis {as_of}", lambda: basis_of(store, company_of(store), as_of, history))


def _folder(factory: pytest.TempPathFactory) -> Path:
    """Of the run, which is that of one worker or of several."""
    folder = factory.getbasetemp()
    return folder.parent if "PYTEST_XDIST_WORKER" in os.environ else folder


def _kept(path: Path, name: str, make: Callable[[], Any]) -> Any:
    place = path.with_name(f"{path.stem} {name}.pickle")
    with portalocker.Lock(place.with_suffix(".making"), timeout=600):
        if not place.exists():
            place.write_bytes(pickle.dumps(make()))
        return pickle.loads(place.read_bytes())
