"""`audit` and `erase` on the command line; backups that hold the audit; `check` that reads it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import pytest

from analytics.audit.trail import Action, Event, beside, trail_of
from analytics.commands import main
from analytics.store.database import Store
from analytics.store.landing import user
from tests.audit.test_erasure import crm, holds
from tests.small_stores import load


@pytest.fixture
def crm_store(store: Store) -> Store:
    load(store, **crm())
    return store


def run(store: Store, *words: str, code: int = 0) -> None:
    assert main(["--store", str(store.path), *words]) == code


def test_the_list_on_the_command_line(crm_store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    trail_of(crm_store.path).note("anna@example.com", "Anna", Event(Action.VIEWED, "one_deal", deal="d1"))
    run(crm_store, "rejects")
    capsys.readouterr()
    run(crm_store, "audit", "--json")
    rows = json.loads(capsys.readouterr().out)
    assert [row["Did"] for row in rows] == ["ran", "viewed", "imported"]
    assert (rows[0]["Who"], rows[0]["What"]) == (user(), "rejects")
    run(crm_store, "audit", "--person", "anna", "--since", "2020-01-01")
    assert "Anna (anna@example.com)" in capsys.readouterr().out
    run(crm_store, "audit", "--deal", "d404")
    assert "Nothing was noted that fits." in capsys.readouterr().out
    run(crm_store, "audit", "--since", "soon", code=2)
    assert "--since" in capsys.readouterr().err


def test_verify_and_check_find_a_change(crm_store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    trail = trail_of(crm_store.path)
    trail.note("anna@example.com", "Anna", Event(Action.VIEWED))
    head = trail.head()
    trail.note("anna@example.com", "Anna", Event(Action.VIEWED))
    run(crm_store, "audit", "--verify", head)
    assert "2 events, none changed or taken out" in capsys.readouterr().out
    run(crm_store, "check")
    run(crm_store, "audit", "--verify", "1:0000", code=2)
    assert "written anew" in capsys.readouterr().err
    con = sqlite3.connect(trail.path)
    con.executescript("drop trigger event_stays; update event set what = 'x' where number = 1;")
    con.close()
    for words in (("audit", "--verify"), ("check",)):
        run(crm_store, *words, code=2)
        error = capsys.readouterr().err
        assert "event 1 of the audit" in error
        assert "Traceback" not in error


def test_a_command_goes_on_where_it_cannot_be_noted(
    crm_store: Store, capsys: pytest.CaptureFixture[str]
) -> None:
    trail_of(crm_store.path).path.mkdir()
    run(crm_store, "rejects")
    assert "warning: " in capsys.readouterr().err


def test_a_backup_has_its_audit(crm_store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    trail = trail_of(crm_store.path)
    trail.note("anna@example.com", "Anna", Event(Action.VIEWED))
    head, copy = trail.head(), tmp_path / "copy.duckdb"
    run(crm_store, "backup", str(copy))
    assert "keep the two together" in capsys.readouterr().out
    assert trail_of(copy).head() == head
    run(crm_store, "restore", str(copy))  # the one that is there goes on
    assert trail.holds(head)
    assert trail.rows("select what from event where action = 'ran' order by number") == [
        ("backup",),
        ("restore",),
    ]
    fresh = Store(tmp_path / "new" / "fresh.duckdb")
    run(fresh, "restore", str(copy))
    assert trail_of(fresh.path).holds(head)


def test_erasing_is_tried_first(crm_store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    run(crm_store, "erase", "c1")
    told = capsys.readouterr().out
    assert "Nothing is changed yet" in told
    assert "stakeholder.name: 1 row" in told
    assert "Maria Lopez" in told
    assert holds(crm_store, "Maria Lopez") == ["Maria Lopez"]
    run(crm_store, "erase", "c1", "--yes")
    assert "Erased person 1 stands where Maria Lopez stood." in capsys.readouterr().out
    assert holds(crm_store, "Maria", "Lopez") == []
    run(crm_store, "erase", "nobody", code=2)
    assert "nobody here has this id" in capsys.readouterr().err


def test_a_restored_backup_forgets_them_again(
    crm_store: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(crm_store, "backup", str(tmp_path / "before.duckdb"))
    run(crm_store, "erase", "c1", "--yes")
    run(crm_store, "restore", str(tmp_path / "before.duckdb"))
    assert "1 person erased since it was made: erased again." in capsys.readouterr().out
    assert holds(crm_store, "Maria Lopez") == []
    assert beside(crm_store.path).exists()
    run(crm_store, "restore", str(tmp_path / "before.duckdb"))
    run(crm_store, "erase", "c1", "--yes")
    assert "was made before: delete it" in capsys.readouterr().out
