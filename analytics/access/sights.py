"""Which deals a reader may see at a date: the whole company's, those of a manager's tree, or one's own.

A deal belongs to whoever owned it at the end of the date looked at; a tree is who reported to whom then.
"""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.access.viewer import Role, Viewer
from analytics.company import Company
from analytics.store.database import Store
from analytics.store.sight import Sight


def sight_of(store: Store, company: Company, viewer: Viewer, as_of: date) -> Sight | None:
    """What a reader sees of the store at a date; None is all of it. `store` is the whole one."""
    if viewer.sees_all:
        return None
    people = store.query("people_as_of", as_of_end=company.calendar.end_of(as_of))
    reports_to = dict(zip(people["person_id"], people["manager_id"], strict=True))
    owners = {viewer.person_id} if viewer.person_id else set()
    if viewer.role is Role.MANAGER and viewer.person_id:
        owners |= below(reports_to, viewer.person_id)
    return Sight(
        owners=tuple(sorted(owners)),
        as_of_end=company.calendar.end_of(as_of),
        people=tuple(sorted(above(reports_to, viewer.person_id))),
        subscriber=viewer.email,
    )


def below(reports_to: dict[str, str | None], head: str) -> set[str]:
    """Everybody who reports to somebody, over any number of steps; a circle does no harm."""
    found, layer = {head}, {head}
    while layer:
        layer = {who for who, boss in reports_to.items() if not pd.isna(boss) and boss in layer} - found
        found |= layer
    return found - {head}


def above(reports_to: dict[str, str | None], who: str) -> set[str]:
    """Everybody to whom somebody reports, over any number of steps."""
    found: set[str] = set()
    boss = reports_to.get(who)
    while boss is not None and not pd.isna(boss) and boss not in found and boss != who:
        found.add(boss)
        boss = reports_to.get(boss)
    return found
