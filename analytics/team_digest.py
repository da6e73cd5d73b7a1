"""A team's weekly digest as a file, in the house colours; and the files of all who subscribed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from analytics.access.sights import sight_of
from analytics.access.viewer import viewer_of
from analytics.company import Company
from analytics.digest.content import digest_of
from analytics.digest.html import html_page
from analytics.digest.subscriptions import subscriptions_as_of
from analytics.figures.style import DARK, LIGHT, Palette
from analytics.pipeline.owners import owners_as_of
from analytics.store.database import Store
from analytics.store.sight import Sight


def team_digest(store: Store, company: Company, until: date, team: str = "") -> tuple[str, bytes]:
    """File name and content of the digest of the week up to a day; '' is the whole company.

    Raises BadInput if there is no such team.
    """
    digest = digest_of(store, company, until, team)
    return f"{digest.name}.html", html_page(digest, css(LIGHT), css(DARK))


def subscribed(store: Store, company: Company, until: date) -> dict[str, list[str]]:
    """team ('' = the whole company) -> who subscribed to it, both by name."""
    rows = subscriptions_as_of(store, company, until)
    return {str(team): list(mine["subscriber"]) for team, mine in rows.groupby("team", sort=True)}


def teams_seen(store: Store, company: Company, sight: Sight | None, as_of: date) -> list[str]:
    """The teams whose digest a reader may have: those of which they see every owner; '' is the company."""
    owners = owners_as_of(store, company, as_of)
    if sight is None:
        return ["", *owners.teams]
    return [team for team in owners.teams if set(owners.of_team(team)) <= set(sight.owners)]


def no_longer_theirs(
    store: Store, company: Company, as_of: date, team: str, readers: Sequence[str]
) -> list[str]:
    """Who of a digest's subscribers was let in and is no longer, or no longer sees the team.

    Addresses that nobody has ever let in are those of others, whom somebody subscribed who sees everything.
    """
    grants = store.query("access_grants").set_index("email")["role"]
    found = []
    for reader in readers:
        address = reader.strip().lower()
        if address in grants.index:
            viewer = viewer_of(store, address)
            if viewer is None or team not in teams_seen(
                store, company, sight_of(store, company, viewer, as_of), as_of
            ):
                found.append(reader)
    return found


def css(palette: Palette) -> str:
    """The house colours as CSS variables."""
    named = {
        "text": palette.text,
        "muted": palette.muted,
        "grid": palette.grid,
        "background": palette.background,
        "likely": palette.likely.mark,
        "depth-1": palette.depth[1].fill,
        "depth-1-on": palette.depth[1].on,
    }
    return " ".join(f"--{name}: {colour};" for name, colour in named.items())
