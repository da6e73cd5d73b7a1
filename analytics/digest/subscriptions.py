"""Who wants which team's weekly digest. Nothing is sent from here: the names say whom a file is for."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.company import Company
from analytics.pipeline.owners import owners_as_of
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.written_rows import clean, need, write

WHOLE_COMPANY = "The whole company"
_LONGEST = 200


def subscriptions_as_of(store: Store, company: Company, as_of: date) -> pd.DataFrame:
    """The subscriptions that stand at the end of a day, by team and name: subscriber, team ('' = the whole
    company), since (moment, UTC)."""
    return store.query("subscriptions_as_of", as_of_end=company.calendar.end_of(as_of))


def subscribe(store: Store, company: Company, as_of: date, subscriber: str, team: str) -> None:
    """Begin a subscription; `subscriber`: a name or an e-mail address.

    Raises BadInput where the name is missing or too long, the team is not known, the subscription stands
    already, or `as_of` is not the last day of the data.
    """
    who = _who(subscriber)
    teams = owners_as_of(store, company, as_of).teams
    if team and team not in teams:
        raise BadInput("there is no such team", expected=", ".join(teams) or "none", got=team)
    if _standing(store, company, as_of, who, team) is not None:
        raise BadInput(f"{who} is subscribed to {said(team)} already")
    _write(store, company, as_of, who, team, is_active=True)


def end_subscription(store: Store, company: Company, as_of: date, subscriber: str, team: str) -> None:
    """End a subscription. Raises BadInput where there is none, or on a past day."""
    found = _standing(store, company, as_of, _who(subscriber), team)
    if found is None:
        raise BadInput(f"{clean(subscriber)} is not subscribed to {said(team)}")
    _write(store, company, as_of, found, team, is_active=False)


def said(team: str) -> str:
    """Whose digest it is, in words."""
    return f"team {team}" if team else "the whole company"


def _who(subscriber: str) -> str:
    need(subscriber, "the name or e-mail address")
    who = clean(subscriber)
    if len(who) > _LONGEST:
        raise BadInput(
            "the name or e-mail address is too long",
            expected=f"at most {_LONGEST} characters",
            got=f"{len(who):,}",
        )
    return who


def _standing(store: Store, company: Company, as_of: date, who: str, team: str) -> str | None:
    """The subscriber as written, whatever its capitals; None if not subscribed."""
    rows = subscriptions_as_of(store, company, as_of)
    mine = rows[(rows["team"] == team) & (rows["subscriber"].str.casefold() == who.casefold())]
    return None if mine.empty else str(mine["subscriber"].iloc[0])


def _write(store: Store, company: Company, as_of: date, who: str, team: str, *, is_active: bool) -> None:
    row = {"subscriber": who, "team": team, "is_active": is_active}
    write(store, company, as_of, "digest_subscription", row, kind="coaching", source="written in the app")
