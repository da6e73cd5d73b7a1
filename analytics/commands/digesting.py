"""The command that writes weekly digests: digest."""

from __future__ import annotations

import argparse
import sys
from datetime import date
from pathlib import Path
from typing import Any

from analytics.company import Company, company_of, span_of
from analytics.fiscal import parse_day
from analytics.pipeline.owners import owners_as_of
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.team_digest import no_longer_theirs, subscribed, team_digest


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    digesting = commands.add_parser(
        "digest", help="a week's best answers, gaps closed and causes found, as one HTML file per team"
    )
    digesting.add_argument("--as-of", metavar="DATE", help="last day of the week (default: of the data)")
    digesting.add_argument("--team", default="", help="only this team")
    digesting.add_argument(
        "--subscribed", action="store_true", help="one file per team that somebody subscribed to"
    )
    digesting.add_argument("--out", required=True, type=Path, metavar="DIR")
    digesting.set_defaults(run=_digest)


def _digest(store: Store, given: argparse.Namespace) -> None:
    if given.subscribed and given.team:
        raise BadInput("--team and --subscribed ask for different files", to_do="Give one of them.")
    company = company_of(store)
    last = span_of(store, company).last_day
    until = parse_day(given.as_of, what="--as-of") if given.as_of else last
    if until > last:
        raise BadInput(
            "--as-of lies after the last day of the data",
            expected=f"a day up to {last}",
            got=str(until),
            to_do="Load newer data, or leave --as-of out.",
        )
    wanted = _wanted(store, company, until) if given.subscribed else {given.team: []}
    if not wanted:
        print(f"Nobody is subscribed as of {until}: no file was written.", file=sys.stderr)
        return
    for team, readers in wanted.items():
        name, content = team_digest(store, company, until, team)
        path = given.out / name
        _write(path, content)
        print(path if not readers else f"{path}\t{', '.join(readers)}")


def _wanted(store: Store, company: Company, until: date) -> dict[str, list[str]]:
    """team -> who gets its file; stderr says who may not see it any more, and which team is no more."""
    teams, wanted = owners_as_of(store, company, until).teams, {}
    for team, readers in subscribed(store, company, until).items():
        if team and team not in teams:
            print(
                f"Team {team} has no deals as of {until}: {', '.join(readers)} get no file.", file=sys.stderr
            )
            continue
        gone = no_longer_theirs(store, company, until, team, readers)
        if gone:
            what = f"the digest of {team}" if team else "the whole company's digest"
            print(f"Left out, as they may no longer see {what}: {', '.join(gone)}.", file=sys.stderr)
        if left := [reader for reader in readers if reader not in gone]:
            wanted[team] = left
    return wanted


def _write(path: Path, content: bytes) -> None:
    """A file into a folder, made where it is missing."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise BadInput("the file cannot be written", where=str(path), got=str(error)) from error
