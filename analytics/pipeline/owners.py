"""Whom a reader can choose to look at: teams, and the owners of deals."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from analytics.company import Company
from analytics.store.database import Store


@dataclass(frozen=True)
class Owners:
    """Teams by name, and owners by id with their name and team."""

    teams: list[str]
    names: dict[str, str]
    team_of: dict[str, str]

    def of_team(self, team: str) -> list[str]:
        """Owner ids of a team ('' = everybody), by name."""
        return [owner for owner in self.names if not team or self.team_of[owner] == team]

    def label(self, owner_id: str) -> str:
        """The owner's name, with the id where two share a name."""
        name = self.names.get(owner_id, owner_id)
        return f"{name} ({owner_id})" if list(self.names.values()).count(name) > 1 else name


def owners_as_of(store: Store, company: Company, as_of: date) -> Owners:
    """Everybody who owns a deal at the end of a day."""
    rows = store.query("owners_as_of", as_of_end=company.calendar.end_of(as_of))
    return Owners(
        teams=sorted({team for team in rows["team"].dropna() if team}),
        names=dict(zip(rows["owner_id"], rows["name"], strict=True)),
        team_of=dict(zip(rows["owner_id"], rows["team"].fillna(""), strict=True)),
    )
