"""A team's weekly digest as a file, in the house colours; and the files of all who subscribed."""

from __future__ import annotations

from datetime import date

from analytics.company import Company
from analytics.digest.content import digest_of
from analytics.digest.html import html_page
from analytics.digest.subscriptions import subscriptions_as_of
from analytics.figures.style import DARK, LIGHT, Palette
from analytics.store.database import Store


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
