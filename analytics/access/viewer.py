"""Who looks, and in which role."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from analytics.store.database import Store


class Role(StrEnum):
    """What somebody is here for; the value is what the store and the command line write."""

    VP = "vp"
    REVOPS = "revops"
    MANAGER = "manager"
    REP = "rep"

    @property
    def label(self) -> str:
        """The role in words."""
        return {"vp": "Sales VP", "revops": "RevOps", "manager": "Manager", "rep": "Rep"}[self.value]


@dataclass(frozen=True)
class Viewer:
    """A reader. `email`: '' where nobody signs in; `person_id`: who that is in the CRM (managers, reps)."""

    email: str
    name: str
    role: Role
    person_id: str = ""

    @property
    def sees_all(self) -> bool:
        """Whether no deal is kept from this reader."""
        return self.role in (Role.VP, Role.REVOPS)


#: On one's own machine nobody signs in, and everything may be done.
LOCAL = Viewer("", "", Role.REVOPS)


def viewer_of(store: Store, email: str, name: str = "", admins: Collection[str] = ()) -> Viewer | None:
    """Who an email address is here; None for somebody whom nobody has let in.

    `admins`: addresses that the operator names outside of the store; they are RevOps whatever it says.
    """
    wanted = email.strip().lower()
    if not wanted:
        return None
    if wanted in {admin.strip().lower() for admin in admins}:
        return Viewer(wanted, name or wanted, Role.REVOPS)
    rows = grants(store)
    rows = rows[rows["email"] == wanted]
    if rows.empty:
        return None
    row = rows.iloc[0]
    return Viewer(wanted, name or row["name"] or wanted, Role(row["role"]), row["person_id"])


def grants(store: Store) -> pd.DataFrame:
    """Who was let in: email, role, person_id ('' = nobody of the CRM), name (there), granted_at, author."""
    if not store.exists:
        return pd.DataFrame(columns=["email", "role", "person_id", "name", "granted_at", "author"])
    rows = store.query("access_grants")
    return rows[rows["role"].isin([role.value for role in Role])].fillna({"person_id": "", "name": ""})
