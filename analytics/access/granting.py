"""Let somebody in, or no longer: one dated row at a time, with who did it."""

from __future__ import annotations

import re
from datetime import date

from analytics.access.viewer import Role, grants
from analytics.company import Company
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.written_rows import clean, need, write

_EMAIL = re.compile(r"[^@\s,;<>\"]+@[^@\s,;<>\"]+\.[^@\s,;<>\".]+")


def grant(store: Store, company: Company, email: str, role: str, person_id: str, *, author: str) -> None:
    """Let an email address in. Raises BadInput for what is no address or role, for a manager or a rep who is
    nobody in the CRM, and for a person whom the store does not know."""
    need(author, "your name")
    wanted = email.strip().lower()
    if not _EMAIL.fullmatch(wanted):
        raise BadInput("this is no email address", expected="one such as anna@example.com", got=repr(email))
    if role not in {known.value for known in Role}:
        raise BadInput("there is no such role", expected=", ".join(Role), got=repr(role))
    if person_id:
        _must_be_known(store, company, person_id)
    elif role in (Role.MANAGER, Role.REP):
        raise BadInput(
            f"a {Role(role).label.lower()} sees deals by who they are in the CRM",
            expected="the person's id, as the CRM has it",
            to_do="Choose the person, or give the role VP or RevOps.",
        )
    row = {"email": wanted, "role": role, "person_id": person_id or None, "author": clean(author)}
    write(store, company, date.today(), "access_grant", row, kind="upkeep", source="access")


def revoke(store: Store, company: Company, email: str, *, author: str) -> None:
    """Let an address in no longer, from the next page on. Raises BadInput if it was not let in."""
    need(author, "your name")
    wanted = email.strip().lower()
    if wanted not in set(grants(store)["email"]):
        raise BadInput("this address was not let in", got=repr(email))
    row = {"email": wanted, "role": None, "person_id": None, "author": clean(author)}
    write(store, company, date.today(), "access_grant", row, kind="upkeep", source="access")


def directory(store: Store, company: Company) -> dict[str, str]:
    """Everybody of the CRM as of today: person_id -> name, title and id, by name."""
    people = store.query("people_as_of", as_of_end=company.calendar.end_of(date.today()))
    told = people[["name", "title"]].fillna("").astype(str)
    words = (told["name"] + ", " + told["title"]).str.strip(", ")
    return {str(who): f"{text} ({who})" for who, text in zip(people["person_id"], words, strict=True)}


def _must_be_known(store: Store, company: Company, person_id: str) -> None:
    people = store.query("people_as_of", as_of_end=company.calendar.end_of(date.today()))
    if person_id not in set(people["person_id"]):
        raise BadInput(
            "there is no such person in the data", expected="a person's id, as the CRM has it", got=person_id
        )
