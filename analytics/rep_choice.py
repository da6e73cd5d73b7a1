"""Whose page can be chosen: reps with open or recent deals first, the others marked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from analytics.company import Company
from analytics.pipeline.deals import deals_as_of
from analytics.pipeline.owners import Owners, owners_as_of
from analytics.store.database import Store

#: Deals closed within so many days are recent: those the page looks at.
RECENT = timedelta(days=365)


@dataclass(frozen=True)
class People:
    """Everybody who owns deals: `leads` people, `gone` (works here no more), `active`: owns open or recent
    deals."""

    owners: Owners
    leads: frozenset[str]
    gone: frozenset[str]
    active: frozenset[str]

    @property
    def teams(self) -> list[str]:
        """Teams by name; '' for those without one."""
        return sorted(set(self.owners.team_of.values()))

    def reps_of(self, team: str) -> list[str]:
        """The reps of one team by name ('' = of no team)."""
        found = [who for who in self.owners.names if self.owners.team_of[who] == team and self._is_rep(who)]
        return sorted(found, key=self.owners.label)

    def others_of(self, team: str) -> list[str]:
        """Everybody else of a team ('' = of the company), by name."""
        found = [who for who in self.owners.of_team(team) if not self._is_rep(who)]
        return sorted(found, key=self.owners.label)

    def label(self, owner_id: str) -> str:
        """The name, with what sets them apart."""
        mark = (
            "left"
            if owner_id in self.gone
            else "leads people"
            if owner_id in self.leads
            else "no open or recent deal"
            if owner_id not in self.active
            else ""
        )
        name = self.owners.label(owner_id)
        return f"{name} ({mark})" if mark else name

    def _is_rep(self, owner_id: str) -> bool:
        return owner_id in self.active - self.leads - self.gone


def people_to_choose(store: Store, company: Company, as_of: date) -> People:
    """Everybody who owns a deal at the end of a day; nothing later is used."""
    with store.reading():
        owners = owners_as_of(store, company, as_of)
        people = store.query("people_as_of", as_of_end=company.calendar.end_of(as_of))
        deals = deals_as_of(store, company, as_of, closed_since=as_of - RECENT)
    here = people["is_active"].astype(bool)
    return People(
        owners,
        leads=frozenset(people.loc[here, "manager_id"].dropna()) - {""},
        gone=frozenset(people.loc[~here, "person_id"]),
        active=frozenset(deals["owner_id"].dropna()) - {""},
    )
