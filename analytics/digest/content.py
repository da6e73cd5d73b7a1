"""What a weekly digest says of one team: put together once, laid out by html.py."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256

import pandas as pd

from analytics.coaching.team_actions import actions_due
from analytics.company import Company
from analytics.digest.week import DAYS, Week, best, causes, closed, still_empty, week_of
from analytics.pipeline.owners import owners_as_of
from analytics.playbook.versions import versions_as_of
from analytics.problems import BadInput
from analytics.store.database import Store

_OF_CHANGE = ["title", "starts_on", "author", "hypothesis"]


@dataclass(frozen=True)
class Digest:
    """One team's week ('' = the whole company).

    `best`, `closed`, `causes`: rows of the week (see `Week.rows`); `empty`: of `still_empty`; `actions`: of
    `actions_due`; `playbook`: changes of the sales process that began or were written down in the week:
    title, starts_on, author, hypothesis.
    """

    company: Company
    whose: str
    week: Week
    best: pd.DataFrame
    closed: pd.DataFrame
    causes: pd.DataFrame
    empty: pd.DataFrame
    actions: pd.DataFrame
    playbook: pd.DataFrame

    @property
    def name(self) -> str:
        """The file's name without its ending, the same on every system and another for every team.

        Teams whose names differ only in signs that files cannot have are told apart by their last letters.
        """
        team = self.week.team
        if not team:
            return f"digest {self.week.until.isoformat()} company"
        kept = "".join(sign if sign.isalnum() or sign in "-_" else " " for sign in team)
        apart = sha256(team.encode("utf-8", "surrogatepass")).hexdigest()[:8]
        return f"digest {self.week.until.isoformat()} {' '.join(kept.split())[:60] or 'team'} {apart}"


def digest_of(store: Store, company: Company, until: date, team: str = "") -> Digest:
    """Read a week. Raises BadInput if there is no such team at its end."""
    with store.reading():
        teams = owners_as_of(store, company, until).teams
        if team and team not in teams:
            raise BadInput("there is no such team", expected=", ".join(teams) or "none", got=team)
        week = week_of(store, company, until, team)
        actions = actions_due(store, company, until, week.deals, DAYS)
        playbook = _playbook(store, company, week)
    return Digest(
        company=company,
        whose=f"Team {team}" if team else company.name or "The company",
        week=week,
        best=best(week),
        closed=closed(week),
        causes=causes(week),
        empty=still_empty(week),
        actions=actions,
        playbook=playbook,
    )


def _playbook(store: Store, company: Company, week: Week) -> pd.DataFrame:
    """The changes that hold for the team."""
    rows = []
    for one in versions_as_of(store, company, week.until):
        change = one.change
        is_new = any(week.since <= day <= week.until for day in (change.starts_on, one.written_on))
        if (
            is_new
            and not one.is_withdrawn
            and (not week.team or not change.teams or week.team in change.teams)
        ):
            rows.append({name: getattr(change, name) for name in _OF_CHANGE})
    return pd.DataFrame(rows, columns=_OF_CHANGE)
