"""Commands about who may look: list, let in, let in no longer."""

from __future__ import annotations

import argparse
from typing import Any

from analytics.access.granting import grant, revoke
from analytics.access.viewer import Role, grants
from analytics.company import company_of
from analytics.store.database import Store
from analytics.store.landing import user


def add(commands: Any) -> None:
    """Add this group's commands to the parser."""
    access = commands.add_parser("access", help="who may look, in which role; let somebody in, or no longer")
    access.add_argument("email", nargs="?", help="whom to let in; without it everybody is listed")
    access.add_argument("--role", choices=[role.value for role in Role])
    access.add_argument("--person", default="", metavar="ID", help="who that is in the CRM (managers, reps)")
    access.add_argument("--remove", action="store_true", help="let this address in no longer")
    access.set_defaults(run=_access)


def _access(store: Store, given: argparse.Namespace) -> None:
    author = user() or "command line"
    if given.email and given.remove:
        revoke(store, company_of(store), given.email, author=author)
    elif given.email:
        grant(store, company_of(store), given.email, given.role or "", given.person, author=author)
    with store.reading():
        rows = grants(store)
    row: Any
    for row in rows.itertuples():
        who = f" as {row.name or row.person_id} ({row.person_id})" if row.person_id else ""
        print(f"{row.email}: {Role(row.role).label}{who}, let in by {row.author}")
    if rows.empty:
        print("Nobody was let in yet. PLUMBLINE_ADMINS names who is RevOps from the start (docs/running.md).")
