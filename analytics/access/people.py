"""What the page about people says."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from analytics.access.rights import Deed, may
from analytics.access.viewer import Role, Viewer
from analytics.wording import count, listed

SEES = {
    Role.VP: "every deal",
    Role.REVOPS: "every deal; imports, settings, who may look, the audit",
    Role.MANAGER: "their own deals and those of everybody who reports to them at the date looked at",
    Role.REP: "their own deals, and their own coaching page",
}


def headline(rows: pd.DataFrame, admins: Sequence[str], *, is_on: bool) -> tuple[str, str]:
    """How many people may look, and what that rests on."""
    if not is_on:
        return (
            "Nobody signs in here: whoever can open this app sees every deal.",
            "That is how it runs on one's own machine. What is set below counts once a sign-in is set up"
            " (docs/running.md).",
        )
    number = len(set(rows["email"]) | {one.strip().lower() for one in admins})
    by_role = [
        f"{count(int((rows['role'] == role.value).sum()), role.label)}"
        for role in Role
        if (rows["role"] == role.value).any()
    ]
    named = f"{count(len(admins), 'address')} named by the operator, RevOps always. " if admins else ""
    return f"{count(number, 'person', 'people')} may look.", f"{named}{listed(by_role)}".strip()


def people_table(rows: pd.DataFrame) -> pd.DataFrame:
    """A row per address that was let in, as it is shown."""
    return pd.DataFrame(
        {
            "Email": rows["email"],
            "Role": [Role(role).label for role in rows["role"]],
            "In the CRM": [
                f"{name} ({who})" if name else who
                for name, who in zip(rows["name"], rows["person_id"], strict=True)
            ],
            "Since": pd.to_datetime(rows["granted_at"]).dt.date,
            "Let in by": rows["author"],
        }
    ).reset_index(drop=True)


def rights_table() -> pd.DataFrame:
    """Role by role, what it sees and what it may do."""
    deeds = {role: listed([deed.value for deed in Deed if may(Viewer("", "", role), deed)]) for role in Role}
    return pd.DataFrame(
        {
            "Role": [role.label for role in Role],
            "Sees": [SEES[role] for role in Role],
            "May": [deeds[role] for role in Role],
        }
    )
