"""Upgrade and roll back as docs/running.md tells them: backup, new code, the backup again under the old."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from analytics.problems import BadInput
from analytics.store import database
from analytics.store.copies import backup, check, restore
from analytics.store.database import Store, migrations
from analytics.store.settings import read_settings, write_setting
from tests.faults.deeds import of_layout
from tests.pages.planted import planted_store
from tests.small_stores import contents

#: The layout of the release before sign-in and audit.
BEFORE = 6


@contextmanager
def the_release_before() -> Iterator[None]:
    """The code that knows the layouts up to BEFORE only."""
    known = migrations()[:BEFORE]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(database, "migrations", lambda: known)
        yield


def test_upgrade_and_roll_back(tmp_path: Path) -> None:
    (tmp_path / "new").mkdir()
    store, kept = Store(tmp_path / "store.duckdb"), tmp_path / "before.duckdb"
    of_layout(store.path, BEFORE, planted_store(tmp_path / "new", owner="Mara").path)
    with the_release_before():
        was = contents(store)
    shutil.copyfile(store.path, kept)  # the backup that docs/running.md asks for, as that release made it

    write_setting(store, "company_name", "Renamed")  # the new code upgrades when it first writes
    now = contents(store)
    assert not check(store)
    changed = {"migration", "setting", "import", "import_file"}
    assert {name: now[name] for name in was if name not in changed} == {
        name: rows for name, rows in was.items() if name not in changed
    }

    with the_release_before(), pytest.raises(BadInput, match="written by a newer Plumbline"):
        read_settings(store)
    shutil.copyfile(kept, store.path)  # its restore
    with the_release_before():
        assert contents(store) == was

    assert read_settings(store)["company_name"] == ""  # and up again


def test_the_new_release_backs_up_and_restores_what_the_old_one_left(tmp_path: Path) -> None:
    """For whoever took the backup too late, or has only old ones."""
    (tmp_path / "new").mkdir()
    store, kept = Store(tmp_path / "store.duckdb"), tmp_path / "before.duckdb"
    of_layout(store.path, BEFORE, planted_store(tmp_path / "new", owner="Mara").path)
    backup(store, kept)
    old = tmp_path / "old.duckdb"
    of_layout(old, BEFORE, Store(tmp_path / "new" / "planted.duckdb").path)
    restore(store, old)
    assert not check(store)
    assert len(contents(store)["deal"]) == 1
    restore(store, kept)
    assert len(contents(store)["deal"]) == 1
