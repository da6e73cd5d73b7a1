"""Checks that somebody decided to live with: why, who, and until when. It can be taken back."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from analytics.company import Company
from analytics.problems import BadInput
from analytics.quality.check import Ignored
from analytics.quality.checks import CHECK
from analytics.store.database import Store
from analytics.written_rows import clean, need, write


def ignored_as_of(store: Store, company: Company, as_of: date) -> dict[str, Ignored]:
    """The checks ignored on a day: code -> why. What was taken back, or has run out, is left out."""
    rows = store.query("ignored_checks_as_of", as_of_end=company.calendar.end_of(as_of))
    found = {}
    row: Any
    for row in rows.itertuples():
        until = None if pd.isna(row.until) else pd.Timestamp(row.until).date()
        if not pd.isna(row.reason) and (until is None or until >= as_of):
            since = company.calendar.day_of(row.valid_at.to_pydatetime())
            found[str(row.code)] = Ignored(str(row.reason), str(row.author), until, since)
    return found


def ignore(
    store: Store,
    company: Company,
    as_of: date,
    code: str,
    *,
    reason: str,
    author: str,
    until: date | None = None,
) -> None:
    """Live with a check's failures, for everybody. Raises BadInput if reason or name is missing, the check is
    unknown, or `until` has passed."""
    need(reason, "the reason")
    need(author, "your name")
    if code not in CHECK:
        raise BadInput("there is no such check", expected="one of " + ", ".join(CHECK), got=code)
    if until is not None and until < as_of:
        raise BadInput("this day has passed", expected=f"{as_of} or later", got=str(until))
    row = {"code": code, "reason": clean(reason), "author": clean(author), "until": until}
    write(store, company, as_of, "ignored_check", row, kind="upkeep")


def take_back(store: Store, company: Company, as_of: date, code: str, *, author: str) -> None:
    """Count the check's failures again. Raises BadInput if it is not ignored or the name is missing."""
    need(author, "your name")
    if code not in ignored_as_of(store, company, as_of):
        raise BadInput("this check is not ignored", got=code)
    row = {"code": code, "reason": None, "author": clean(author), "until": None}
    write(store, company, as_of, "ignored_check", row, kind="upkeep")
