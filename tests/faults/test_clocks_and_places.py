"""A clock that jumps; a store behind a link, without permission, or written by a newer Plumbline."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from analytics.business_case.editing import Seen, save_answer
from analytics.commands import main
from analytics.problems import BadInput
from analytics.store import moments
from analytics.store.copies import backup, check, restore
from analytics.store.database import Store, store_path
from analytics.store.landing import _loading_time
from analytics.store.settings import read_settings, write_setting
from tests.faults.deeds import of_layout
from tests.faults.forks import Forks
from tests.small_stores import contents, described, edit, load

ROW = {"deal_id": "a", "valid_at": "2024-01-01", "stage": "S1"}
_FAR = datetime(2100, 1, 1)


class Clock(datetime):
    """A clock that is off by so much."""

    off = timedelta()

    @classmethod
    def now(cls, tz: Any = None) -> datetime:
        return datetime.now(tz) + cls.off


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Iterator[type[Clock]]:
    monkeypatch.setattr(moments, "datetime", Clock)
    monkeypatch.setattr(f"{_loading_time.__module__}.datetime", Clock)
    yield Clock
    Clock.off = timedelta()


@pytest.fixture
def filled(store: Store) -> Store:
    load(store, deal=described([ROW]), deal_change=[ROW])
    return store


def answer_now(store: Store) -> Seen:
    rows = store.query("deal_answers", deal_id="a", as_of_end=_FAR, scorer="")
    if rows.empty:
        return Seen(None, "")
    return Seen(rows.iloc[0]["valid_at"].to_pydatetime(), rows.iloc[0]["answer"])


def test_what_is_written_after_the_clock_jumped_back_counts(filled: Store, clock: type[Clock]) -> None:
    for hours in (0, 48, -1, -1000, 2):  # ahead, then set right, then far behind
        clock.off = timedelta(hours=hours)
        text = f"budget approved, written {hours} hours off"
        assert save_answer(filled, "a", "budget", text, author="Ann", seen=answer_now(filled))
        assert answer_now(filled).answer == text, f"{hours} h: acknowledged, and the older one is shown"
        write_setting(filled, "company_name", f"Company {hours}")
        assert read_settings(filled)["company_name"] == f"Company {hours}"
    assert check(filled) == []
    rows = filled.query("imports")
    assert rows["loaded_at"].is_monotonic_decreasing, "newest first"


def test_a_clock_that_is_right_is_used(filled: Store) -> None:
    before = datetime.now(UTC).replace(tzinfo=None)
    save_answer(filled, "a", "budget", "yes", author="Ann", seen=Seen(None, ""))
    at = answer_now(filled).valid_at
    assert at is not None
    assert before <= at <= datetime.now(UTC).replace(tzinfo=None)


def test_a_link_to_the_store_is_the_store(filled: Store, tmp_path: Path) -> None:
    """One lock, one log, and a restore that replaces the file and not the link."""
    link = tmp_path / "elsewhere.duckdb"
    link.symlink_to(filled.path)
    assert store_path(link) == filled.path.resolve()
    assert main(["--store", str(link), "backup", str(tmp_path / "copy")]) == 0
    write_setting(filled, "company_name", "Later")
    assert main(["--store", str(link), "restore", str(tmp_path / "copy")]) == 0
    assert link.is_symlink()
    assert read_settings(filled)["company_name"] != "Later"
    dangling = tmp_path / "dangling.duckdb"
    dangling.symlink_to(tmp_path / "to come.duckdb")
    assert store_path(dangling) == tmp_path / "to come.duckdb"


def test_a_folder_in_the_stores_place_is_refused_by_every_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "folder.duckdb"
    path.mkdir()
    (path / "precious").write_text("mine")
    for words in (["check"], ["imports"], ["backup", str(tmp_path / "b")], ["settings", "company_name", "X"]):
        assert main(["--store", str(path), *words]) == 2, words
        said = capsys.readouterr().err
        assert said.startswith("error: "), said
        assert said.count("\n") == 1, said
        assert "folder.duckdb" in said
    assert (path / "precious").read_text() == "mine"


def test_what_a_newer_plumbline_wrote_is_left_alone(filled: Store, tmp_path: Path) -> None:
    edit(filled.path, "insert into migration values (999, '999_future', now()::timestamp)")
    before = filled.path.read_bytes()
    for attempt in (
        lambda: read_settings(filled),
        lambda: write_setting(filled, "company_name", "X"),
        lambda: check(filled),
        lambda: backup(filled, tmp_path / "copy"),
        lambda: restore(Store(tmp_path / "other.duckdb"), filled.path),
    ):
        with pytest.raises(BadInput, match="newer Plumbline"):
            attempt()
    assert filled.path.read_bytes() == before
    assert not (tmp_path / "copy").exists()
    assert not (tmp_path / "other.duckdb").exists()


def test_a_restore_leaves_an_older_backup_as_it_is(filled: Store, tmp_path: Path) -> None:
    """So that the older Plumbline can still go back to it."""
    old, store = tmp_path / "old.duckdb", Store(tmp_path / "new.duckdb")
    of_layout(old, 3, filled.path)
    before = old.read_bytes()
    restore(store, old)
    assert old.read_bytes() == before
    assert contents(store, of=["deal", "deal_change"]) == contents(filled, of=["deal", "deal_change"])


def test_a_backup_has_what_the_log_of_a_killed_writer_holds(
    filled: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where the disk is full or read-only, the log cannot be folded into the store."""
    edit(
        filled.path,
        "pragma disable_checkpoint_on_shutdown",
        "insert into deal select * replace ('logged' as deal_id) from deal",
    )
    monkeypatch.setattr(
        Store, "_finish_what_died", lambda self: Store._fold_in(self) if "unfin" in str(self.path) else None
    )
    backup(filled, tmp_path / "copy.duckdb")
    assert filled.path.with_name(filled.path.name + ".wal").exists(), "the premise: it is still there"
    with Store(tmp_path / "copy.duckdb").reading() as con:
        assert con.execute("select count(*) from deal where deal_id = 'logged'").fetchone() == (1,)


def test_a_damaged_store_is_not_backed_up(filled: Store, tmp_path: Path) -> None:
    edit(filled.path, "delete from deal")
    with pytest.raises(BadInput, match="no new backup"):
        backup(filled, tmp_path / "copy")
    assert not list(tmp_path.glob("copy*"))


def test_check_finds_a_subject_that_is_missing_and_damage_outside_the_subjects(filled: Store) -> None:
    edit(filled.path, "drop table action_report")
    assert any("action_report cannot be read" in one for one in check(filled))


@pytest.mark.skipif(os.name != "posix" or os.getuid() != 0, reason="needs to be root to become somebody else")
def test_a_store_of_somebody_else_is_refused_in_one_line(filled: Store, tmp_path: Path) -> None:
    folder = Path("/tmp") / f"plumbline-faults-{os.getpid()}"  # pytest's own folders are for root only
    folder.mkdir(mode=0o755)
    path = folder / "store.duckdb"
    shutil.copyfile(filled.path, path)
    try:
        with Forks(tmp_path) as forks:
            for folder_mode, mode, deed, words in (
                (0o700, 0o644, "reading", "cannot be reached"),
                (0o700, 0o644, "setting", "store.duckdb"),
                (0o755, 0o600, "reading", "cannot be read"),
                (0o755, 0o600, "setting", "store.duckdb"),
                (0o755, 0o644, "reading", ""),
                (0o755, 0o644, "setting", "store.duckdb"),
            ):
                folder.chmod(folder_mode)
                path.chmod(mode)
                forks.begin(deed, path, "x", user=65534)
                ended = forks.end()
                assert ended.code == (2 if words else 0), (oct(folder_mode), oct(mode), deed, ended)
                assert words in ended.error
                assert "\n" not in ended.error
    finally:
        shutil.rmtree(folder)


def test_what_a_restore_has_to_do_first_is_done_before_it_is_put_in_place(
    filled: Store, tmp_path: Path
) -> None:
    """A kill in between would else leave in the store whom somebody had asked to erase."""
    backup(filled, tmp_path / "copy.duckdb")
    write_setting(filled, "company_name", "Later")

    def stop(copy: Store) -> None:
        write_setting(copy, "company_name", "Half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        restore(filled, tmp_path / "copy.duckdb", prepare=stop)
    assert read_settings(filled)["company_name"] == "Later"
    restore(
        filled, tmp_path / "copy.duckdb", prepare=lambda copy: write_setting(copy, "company_name", "Changed")
    )
    assert read_settings(filled)["company_name"] == "Changed"
    assert not list(tmp_path.glob("*.unfinished"))
