"""What a person writes in the app: one checked, dated row at a time."""

from __future__ import annotations

import re
import uuid
from collections.abc import Mapping
from datetime import date
from typing import Any

import pandas as pd

from analytics.company import Company, span_of
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.moments import now_in
from analytics.store.staging import Staging

_LONGEST = 2_000
#: Characters of any text that somebody writes here; an answer may be that long.
LONGEST_OF_ANY = 20_000
_UNSEEN = re.compile(r"[\x00-\x1f\ud800-\udfff\ufffe\uffff]")
_UNSEEN_IN_LINES = re.compile(r"[\x00-\x09\x0b-\x1f\ud800-\udfff\ufffe\uffff]")


def need(text: str, what: str) -> None:
    """Raises BadInput where a text is missing or too long; `what` names it."""
    if not clean(text):
        to_do = "Write it, and save again."
        if what == "your name":
            to_do = "It stays beside what you write, so that others can ask."
        raise BadInput(f"{what} is missing", to_do=to_do)
    if len(text) > _LONGEST:
        raise BadInput(
            f"{what} is too long", expected=f"at most {_LONGEST:,} characters", got=f"{len(text):,}"
        )


def must_fit(row: Mapping[str, Any]) -> None:
    """Raises BadInput where any text of a row is longer than somebody writes: all who read it would wait."""
    for name, value in row.items():
        if isinstance(value, str) and len(value) > LONGEST_OF_ANY:
            raise BadInput(
                f"the {name.replace('_', ' ')} is too long",
                expected=f"at most {LONGEST_OF_ANY:,} characters",
                got=f"{len(value):,}",
            )


def clean(text: str) -> str:
    """One line without blanks around it and without signs that nobody can see."""
    return _UNSEEN.sub(" ", text).strip()


def clean_lines(text: str) -> str:
    """The same of a text that may have several lines: they stay lines."""
    return _UNSEEN_IN_LINES.sub(" ", text.replace("\r\n", "\n").replace("\r", "\n")).strip()


def write(
    store: Store,
    company: Company,
    as_of: date,
    subject: str,
    row: dict[str, Any],
    *,
    kind: str,
    source: str = "decided in the app",
    also: dict[str, dict[str, Any]] | None = None,
) -> None:
    """Add one row of a subject, dated by the day looked at (now, if that is today or later).

    `source` is what the log of imports calls it, also where the row says nothing new and is not kept.
    `also`: subject -> a row of it that is kept together with the first, or not at all.

    Raises BadInput if `as_of` is not the last day of the data: a decision about a past day would be made with
    knowledge that nobody had.
    """
    last = span_of(store, company).last_day
    if as_of < last:
        raise BadInput(
            "this is a past day: what is decided now cannot be dated back",
            expected=f"as of {last}, the last day of the data",
            got=str(as_of),
            to_do="Choose the last day above.",
        )
    for one in (row, *(also or {}).values()):
        must_fit(one)
    now = now_in(store)
    staging = Staging(restates=True)  # to say a thing again after something else was said is news
    try:
        at = min(now, company.calendar.end_of(as_of))
        for name, one in {subject: row, **(also or {})}.items():
            file_no = staging.add_file(source, name, uuid.uuid4().hex, 1)
            staging.add(name, pd.DataFrame([{**one, "valid_at": at, "line": 1}]), file_no=file_no)
        land(store, staging, kind=kind)
    finally:
        staging.con.close()
