"""The command `brief`: writes three files, and says in one message what is wrong with what it was asked."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from analytics.commands import briefing
from analytics.problems import BadInput
from analytics.store.database import Store
from tests.pages.planted import planted_store


def brief(store: Store, *arguments: str) -> None:
    whole = argparse.ArgumentParser()
    briefing.add(whole.add_subparsers())
    given = whole.parse_args(["brief", *arguments])
    given.run(store, given)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return planted_store(tmp_path_factory.mktemp("brief"), owner="Ann Lee")


def test_it_writes_three_files_and_names_them(
    planted: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "folder"
    brief(planted, "--as-of", "2026-01-05", "--kind", "minutes", "--out", str(out))
    names = [f"minutes 2026-01-05 company.{ending}" for ending in ("html", "xlsx", "pptx")]
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    assert capsys.readouterr().out.split("\n")[:3] == [str(out / name) for name in names]
    assert all((out / name).stat().st_size > 5_000 for name in names)


def test_an_owners_files_bear_their_name(planted: Store, tmp_path: Path) -> None:
    brief(planted, "--as-of", "2026-01-05", "--owner", "U1", "--out", str(tmp_path))
    assert (tmp_path / "pre-read 2026-01-05 Ann Lee.html").exists()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--team", "Nobody"), "there is no such team"),
        (("--owner", "U9"), "there is no such owner"),
        (("--since", "2026-02-01"), "the earlier day lies after"),
        (("--since", "soon"), "--since"),
    ],
)
def test_what_cannot_be_done_is_said(
    planted: Store, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        brief(planted, "--as-of", "2026-01-05", *arguments, "--out", str(tmp_path))


def test_a_file_is_no_folder(planted: Store, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(BadInput, match="cannot be written"):
        brief(planted, "--as-of", "2026-01-05", "--out", str(tmp_path / "taken"))
