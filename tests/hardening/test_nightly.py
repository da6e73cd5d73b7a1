"""The night's script on a real store: sync, check, backup, rotation; and what happens when one fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from analytics.store.database import Store
from analytics.store.published import folder_of
from tests.pages.planted import planted_store

ROOT = Path(__file__).parents[2]


def night(store: Path, backups: Path, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run it once."""
    where = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PLUMBLINE_STORE": str(store),
        "PLUMBLINE_BACKUPS": str(backups),
        **settings,
    }
    command = ["sh", "deploy/nightly.sh"]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **where}, capture_output=True, text=True, check=False
    )


def older(folder: Path, n: int) -> list[Path]:
    """Backups of nights before."""
    folder.mkdir(exist_ok=True)
    found = [folder / f"plumbline-2026-01-{day:02}T023000.duckdb" for day in range(1, n + 1)]
    for path in found:
        path.write_bytes(b"old")
        path.with_name(f"{path.name}.audit.sqlite").write_bytes(b"old")
    return found


def test_a_backup_is_made_and_the_oldest_go(tmp_path: Path) -> None:
    store, backups = planted_store(tmp_path), tmp_path / "backups"
    old = older(backups, 4)
    (backups / "notes.txt").write_text("mine")
    done = night(store.path, backups, PLUMBLINE_KEEP="3")
    assert done.returncode == 0, done.stderr
    assert [path.exists() for path in old] == [False, False, True, True]
    assert not list(backups.glob("plumbline-2026-01-01*"))
    assert (backups / "notes.txt").exists()
    (made,) = (path for path in backups.glob("plumbline-*.duckdb") if path not in old)
    assert len(Store(made).query("data_span")) == 1
    assert "Published beside the store" in done.stdout
    assert list(folder_of(store.path).glob("*.whole-*")), "the app only reads what the night has learned"


def test_a_damaged_store_costs_no_backup(tmp_path: Path) -> None:
    store, backups = tmp_path / "store.duckdb", tmp_path / "backups"
    store.write_bytes(b"no store at all" * 1000)
    old = older(backups, 4)
    done = night(store, backups, PLUMBLINE_KEEP="1")
    assert done.returncode == 1
    assert "no backup was made" in done.stderr
    assert all(path.exists() for path in old)


def test_a_failed_sync_is_told_and_the_backup_is_made_all_the_same(tmp_path: Path) -> None:
    store, backups = planted_store(tmp_path), tmp_path / "backups"
    backups.mkdir()
    done = night(store.path, backups, PLUMBLINE_SYNC="hubspot", HUBSPOT_TOKEN="")
    assert done.returncode == 1
    assert "the sync of hubspot failed" in done.stderr
    assert list(backups.glob("plumbline-*.duckdb"))


@pytest.mark.parametrize("keep", ["0", "many", "-1"])
def test_a_number_of_nights_that_is_none_removes_nothing(tmp_path: Path, keep: str) -> None:
    old = older(tmp_path, 2)
    assert night(tmp_path / "none.duckdb", tmp_path, PLUMBLINE_KEEP=keep).returncode == 2
    assert all(path.exists() for path in old)
