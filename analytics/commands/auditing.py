"""Commands about people: who did what (audit), and taking somebody out on request (erase)."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from analytics.audit.listing import Asked, listing
from analytics.audit.trail import Action, Event, NotNoted, trail_of
from analytics.company import company_of
from analytics.erasure import called, erase, in_words, person_of, would_change
from analytics.fiscal import parse_day
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import user
from analytics.wording import count

#: Commands that take something out of the store, or put another in its place; what changes it notes itself.
_NOTED = ("backup", "restore", "score", "brief", "digest", "rejects", "export-parquet")


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    audit = commands.add_parser("audit", help="who looked at what, took what out, changed what; newest first")
    audit.add_argument("--since", metavar="DATE", help="from this day on")
    audit.add_argument("--person", default="", metavar="TEXT", help="part of a name or an address")
    audit.add_argument("--deal", default="", metavar="ID")
    audit.add_argument("--json", action="store_true")
    audit.add_argument(
        "--verify",
        nargs="?",
        const="",
        metavar="HEAD",
        help="whether no event was changed or taken out, also not since HEAD, which an earlier run printed",
    )
    audit.set_defaults(run=_audit)

    erasing = commands.add_parser("erase", help="take a contact, or somebody who has left, out of everything")
    erasing.add_argument("person", metavar="ID", help="their id in the CRM, or their full name in quotes")
    erasing.add_argument(
        "--also",
        action="append",
        default=[],
        metavar="TEXT",
        help="another spelling, an address, a user name; can be given again",
    )
    erasing.add_argument("--yes", action="store_true", help="do it; without this it only says what it would")
    erasing.set_defaults(run=_erase)


def note(store: Store, command: str) -> None:
    """Note a command that took something out; where that cannot be noted, say so."""
    if command in _NOTED and store.path.exists():
        try:
            trail_of(store.path).note(user(), "", Event(Action.RAN, what=command))
        except NotNoted as problem:
            print(f"warning: {problem}", file=sys.stderr)


def _audit(store: Store, given: argparse.Namespace) -> None:
    trail = trail_of(store.path)
    if given.verify is not None:
        _verify(
            trail.problems(), is_ours=not given.verify or trail.holds(given.verify), where=str(trail.path)
        )
        head = trail.head()
        print(f"{count(int(head.split(':')[0]), 'event')}, none changed or taken out. Head: {head}")
        return
    first = parse_day(given.since, what="--since") if given.since else None
    rows = listing(store, company_of(store), trail, Asked(person=given.person, deal=given.deal, first=first))
    if given.json:
        print(rows.to_json(orient="records", indent=2, date_format="iso"))
        return
    for one in rows.to_dict("records"):
        said = [one[name] for name in ("Page", "Deal", "What", "Looked at") if one[name]]
        print(
            f"{one['At (UTC)']:%Y-%m-%d %H:%M:%S}  {one['Who'] or '-':<30} {one['Did']:<14} {'; '.join(said)}"
        )
    if rows.empty:
        print("Nothing was noted that fits.")


def _verify(problems: list[str], *, is_ours: bool, where: str) -> None:
    if not is_ours:
        problems = [*problems, "it does not hold the event that was given, so it was written anew since"]
    if problems:
        raise BadInput(
            f"the audit was tampered with, or damaged: {'; '.join(problems)}",
            where=where,
            to_do="The copy beside the last backup says what stood there.",
        )


def _erase(store: Store, given: argparse.Namespace) -> None:
    person = person_of(store, given.person, given.also)
    if given.yes:
        done = erase(store, person)
        print(f"{person.label} stands where {called(person)} stood.")
    else:
        done = would_change(store, person)
        print(f"Nothing is changed yet. With --yes, {person.label} will stand where {called(person)} stands.")
    for line in in_words(person, done):
        print(line)
