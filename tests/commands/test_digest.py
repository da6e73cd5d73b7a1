"""The command `digest`: one file, or one per subscribed team with who gets it."""

from __future__ import annotations

import argparse
from datetime import date, timedelta
from pathlib import Path

import pytest

from analytics.access.granting import grant, revoke
from analytics.commands import digesting, parser
from analytics.company import company_of
from analytics.digest.subscriptions import subscribe
from analytics.problems import BadInput
from analytics.store.database import Store
from tests.pages.case_store import AS_OF, case_store
from tests.small_stores import load

UNTIL = date.fromisoformat(AS_OF)


def digest(store: Store, *arguments: str) -> None:
    whole = argparse.ArgumentParser()
    digesting.add(whole.add_subparsers())
    given = whole.parse_args(["digest", *arguments])
    given.run(store, given)


@pytest.fixture
def own(tmp_path: Path) -> Store:
    return case_store(tmp_path)


def test_the_command_line_knows_it() -> None:
    assert parser().parse_args(["digest", "--out", "x"]).run


def test_it_writes_the_week_to_the_last_day_and_names_the_file(
    own: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "new" / "folder"
    digest(own, "--out", str(out))
    digest(own, "--as-of", "2024-05-11", "--team", "North", "--out", str(out))
    names = [f"digest {AS_OF} company.html", "digest 2024-05-11 North 43f853bb.html"]
    assert capsys.readouterr().out.splitlines() == [str(out / name) for name in names]
    assert "2 gaps closed" in (out / names[0]).read_text(encoding="utf-8")
    assert "1 gap closed" in (out / names[1]).read_text(encoding="utf-8")


def test_one_file_per_subscribed_team_with_who_gets_it(
    own: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    out = tmp_path / "out"
    digest(own, "--subscribed", "--out", str(out))
    assert "Nobody is subscribed" in capsys.readouterr().err
    assert not out.exists()
    company = company_of(own)
    for who, team in (("Ann", "North"), ("Bo", "North"), ("cy@example.com", "")):
        subscribe(own, company, UNTIL, who, team)
    load(own, digest_subscription=[{"subscriber": "Di", "team": "Gone", "is_active": True}])
    digest(own, "--subscribed", "--out", str(out))
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        f"{out / f'digest {AS_OF} company.html'}\tcy@example.com",
        f"{out / f'digest {AS_OF} North 43f853bb.html'}\tAnn, Bo",
    ]
    assert "Team Gone" in said.err
    assert "Di" in said.err
    assert len(list(out.iterdir())) == 2


def test_nobody_gets_what_they_may_not_see_any_more(
    own: Store, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    company = company_of(own)
    for who, team in (
        ("gone@x.com", "North"),
        ("rep@x.com", "North"),
        ("vp@x.com", "North"),
        ("board@y.org", ""),
    ):
        subscribe(own, company, UNTIL, who, team)
    with own.reading() as con:
        somebody = con.execute("select min(person_id) from person where team <> 'North'").fetchone()
    assert somebody is not None
    grant(own, company, "vp@x.com", "vp", "", author="me")
    grant(own, company, "gone@x.com", "vp", "", author="me")
    revoke(own, company, "gone@x.com", author="me")
    grant(own, company, "rep@x.com", "rep", somebody[0], author="me")
    digest(own, "--subscribed", "--out", str(tmp_path))
    said = capsys.readouterr()
    assert [line.split("\t")[1] for line in said.out.splitlines()] == ["board@y.org", "vp@x.com"]
    assert "no longer see the digest of North: gone@x.com, rep@x.com" in said.err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("--team", "Nowhere"), "no such team"),
        (("--as-of", "soon"), "--as-of"),
        (("--as-of", str(UNTIL + timedelta(days=1))), f"after the last day of the data.*up to {AS_OF}"),
        (("--team", "North", "--subscribed"), "different files"),
    ],
)
def test_what_cannot_be_done_is_said(
    own: Store, tmp_path: Path, arguments: tuple[str, ...], message: str
) -> None:
    with pytest.raises(BadInput, match=message):
        digest(own, *arguments, "--out", str(tmp_path / "out"))


def test_a_file_is_no_folder(own: Store, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("x")
    with pytest.raises(BadInput, match="cannot be written"):
        digest(own, "--out", str(tmp_path / "taken"))
