"""`imports` and `undo`: what was loaded is listed, taken out as a whole and put back, or refused in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from analytics.commands import main
from analytics.store.database import Store

Command = Callable[..., int]
Said = pytest.CaptureFixture[str]
FIRST = "Deal ID,Name,Stage,Amount,Close Date\nd1,One,Propose,100,2026-06-30\nd2,Two,Propose,200,2026-06-30\n"
SECOND = (
    "Deal ID,Name,Stage,Amount,Close Date\nd1,One,Propose,999,2026-06-30\nd2,Two,Propose,lots,2026-06-30\n"
)


@pytest.fixture
def command(store: Store) -> Command:
    return lambda *given: main(["--store", str(store.path), *given])


@pytest.fixture
def loaded(store: Store, command: Command, tmp_path: Path, capsys: Said) -> Store:
    """Two weekly files; the second one has a wrong amount and one that cannot be read."""
    for day, text in (("2026-03-02", FIRST), ("2026-03-09", SECOND)):
        file = tmp_path / f"deals {day}.csv"
        file.write_text(text)
        assert command("import", str(file), "--kind", "table", "--as-of", day) == 0
    capsys.readouterr()
    return store


def amounts(store: Store) -> dict[str, float | None]:
    latest = "select deal_id, arg_max(amount, (valid_at, import_id))::double from deal_change group by 1"
    with store.reading() as con:
        return dict(con.execute(latest).fetchall())


def listed(command: Command, capsys: Said) -> list[dict[str, Any]]:
    capsys.readouterr()
    assert command("imports", "--json") == 0
    told: list[dict[str, Any]] = json.loads(capsys.readouterr().out)
    return told


def test_the_imports_are_listed_newest_first(loaded: Store, command: Command, capsys: Said) -> None:
    assert command("imports") == 0
    head, second, first = capsys.readouterr().out.splitlines()
    assert head.split()[:2] == ["import", "loaded"]
    assert (first.split()[0], second.split()[0]) == ("1", "2")
    assert "table" in first
    assert "undone" not in first + second
    newest, oldest = listed(command, capsys)
    assert (oldest["import_id"], oldest["rows_read"], oldest["rejected"]) == (1, 2, 0)
    assert (newest["import_id"], newest["rows_read"], newest["rejected"]) == (2, 2, 1)
    assert newest["rows_read"] == newest["loaded"] + newest["unchanged"] + newest["rejected"]
    assert (newest["can_undo"], newest["undone_at"]) == (True, None)
    assert newest["loaded_at"].startswith("20")


def test_an_import_is_taken_out_and_put_back(loaded: Store, command: Command, capsys: Said) -> None:
    before = amounts(loaded)
    assert before["d1"] == 999
    assert command("undo", "2", "--reason", "Wrong file") == 0
    said = capsys.readouterr().out
    assert "Import 2: " in said
    assert "taken out" in said
    assert "undo 2 --back" in said, "how to take it back"
    assert amounts(loaded) == {"d1": 100, "d2": 200}
    newest = listed(command, capsys)[0]
    assert newest["undo_reason"] == "Wrong file"
    assert newest["undone_at"] is not None
    assert command("imports") == 0
    assert ", undone" in capsys.readouterr().out.splitlines()[1]
    assert command("undo", "2", "--back") == 0
    said = capsys.readouterr().out
    assert "put back" in said
    assert "To take this back" not in said
    assert amounts(loaded) == before
    assert listed(command, capsys)[0]["undone_at"] is None


def test_undoing_an_earlier_import_says_what_the_later_one_brings_now(
    loaded: Store, command: Command, capsys: Said
) -> None:
    assert command("undo", "1") == 0
    assert "1 later import landed again" in capsys.readouterr().out
    assert amounts(loaded)["d1"] == 999


@pytest.mark.parametrize(
    ("given", "message"),
    [
        (("7",), "no such import"),
        (("two",), "the number of an import"),
        (("1", "--back"), "not undone"),
        (("1", "--back", "--reason", "So"), "--reason says why"),
    ],
)
def test_what_cannot_be_done_is_refused_in_words(
    loaded: Store, command: Command, capsys: Said, given: tuple[str, ...], message: str
) -> None:
    before = amounts(loaded)
    assert command("undo", *given) == 2
    said = capsys.readouterr()
    assert message in said.err
    assert "error: " in said.err
    assert "Traceback" not in said.err
    assert said.out == ""
    assert amounts(loaded) == before


def test_an_import_is_not_undone_twice(loaded: Store, command: Command, capsys: Said) -> None:
    assert command("undo", "2") == 0
    capsys.readouterr()
    assert command("undo", "2") == 2
    assert "error: " in capsys.readouterr().err
    assert amounts(loaded) == {"d1": 100, "d2": 200}


def test_a_store_without_imports_and_none_at_all(store: Store, command: Command, capsys: Said) -> None:
    assert command("imports") == 2
    assert "error: " in capsys.readouterr().err
    assert command("undo", "1") == 2
    assert not store.path.exists(), "looking makes no store"
    store.create()
    capsys.readouterr()
    assert command("imports") == 0
    assert "Nothing was loaded yet." in capsys.readouterr().out
    assert listed(command, capsys) == []
