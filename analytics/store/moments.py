"""When something is written."""

from __future__ import annotations

from datetime import UTC, datetime

from analytics.problems import NoStore
from analytics.store.database import Store


def now_in(store: Store) -> datetime:
    """Now (UTC), but never before what the store has learned already.

    After a clock has jumped back, what is written then would otherwise lie behind what it replaces.
    """
    now = datetime.now(UTC).replace(tzinfo=None)
    try:
        with store.reading() as con:
            row = con.execute("select max(loaded_at) from import").fetchone()
    except NoStore:
        return now
    return max(now, row[0]) if row and row[0] else now
