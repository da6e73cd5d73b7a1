"""What a rep, or a manager, says to what the coaching page says. Every reply is kept; none is changed."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.company import Company
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.written_rows import clean, need, write

#: Claims are made by us and may be long; what stands beside the reply is cut to this.
_LONGEST_CLAIM = 1_000


def reply(
    store: Store,
    company: Company,
    as_of: date,
    owner_id: str,
    topic: str,
    claim: str,
    text: str,
    *,
    author: str,
) -> None:
    """Keep a reply beside the claim of a topic as it read.

    Raises BadInput where the reply or the name is missing or too long, or if `as_of` is not the last day of
    the data.
    """
    need(text, "your reply")
    need(author, "your name")
    if not owner_id or not topic:
        raise BadInput("it is not said whose page this reply belongs to", to_do="Choose a rep first.")
    row = {
        "owner_id": owner_id,
        "topic": topic,
        "claim": clean(claim)[:_LONGEST_CLAIM],
        "reply": clean(text),
        "author": clean(author),
    }
    write(store, company, as_of, "coaching_reply", row, kind="coaching", source="replied in the app")


def replies_as_of(store: Store, company: Company, as_of: date, owner_id: str = "") -> pd.DataFrame:
    """Every reply known at the end of a day, the latest first; with `owner_id` those on one rep's page.

    owner_id, topic, claim, reply, author, valid_at, day (company day of the reply).
    """
    rows = store.query("coaching_replies_as_of", as_of_end=company.calendar.end_of(as_of))
    if owner_id:
        rows = rows[rows["owner_id"] == owner_id]
    days = [company.calendar.day_of(at.to_pydatetime()) for at in rows["valid_at"]]
    rows = rows.assign(day=pd.to_datetime(pd.Series(days, index=rows.index)))
    return rows.iloc[::-1].reset_index(drop=True)
