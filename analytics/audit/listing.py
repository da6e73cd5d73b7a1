"""One list of what people did: events of the audit file, and what the store says of its own changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import pandas as pd

from analytics.audit.trail import Action, Trail
from analytics.company import Company
from analytics.store.database import Store
from analytics.wording import count

COLUMNS = ("At (UTC)", "Who", "Did", "Page", "Deal", "What", "Looked at")
#: As many rows at most, newest first.
MOST = 5_000
_ALL = 10_000_000

_ACTIONS = {
    "decision": Action.DECIDED,
    "call": Action.DECIDED,
    "edit": Action.CHANGED,
    "coaching": Action.CHANGED,
    "playbook": Action.CHANGED,
    "settings": Action.CHANGED,
    "questions": Action.CHANGED,
    "upkeep": Action.CHANGED,
    "undo": Action.UNDID,
    "put back": Action.UNDID,
    "erasure": Action.ERASED,
}
_EVENTS = (
    "select e.at, coalesce(nullif(p.name, ''), p.email), p.email, e.action, e.page, e.deal, e.what, e.scope"
    " from event e left join person p on p.number = e.person"
    " where (:since is null or e.at >= :since) and (:until is null or e.at <= :until)"
    " and (:person is null or instr(lower(p.email), :person) or instr(lower(p.name), :person))"
    " and (:deal is null or e.deal = :deal) and (:action is null or e.action = :action)"
    " and (:page is null or e.page = :page) order by e.number desc limit :limit"
)


@dataclass(frozen=True)
class Asked:
    """What is looked for; '' or None: everything. Days are the company's; `page` as in its address."""

    person: str = ""
    action: str = ""
    page: str = ""
    deal: str = ""
    first: date | None = None
    last: date | None = None


def listing(store: Store, company: Company, trail: Trail, asked: Asked) -> pd.DataFrame:
    """What was done, newest first: COLUMNS; at most MOST rows."""
    wanted = _wanted(company, asked)
    rows = pd.concat([_noted(trail, asked, wanted), _changes(store, asked, wanted)], ignore_index=True)
    rows["At (UTC)"] = pd.to_datetime(rows["At (UTC)"], format="ISO8601", utc=True).dt.tz_localize(None)
    return rows.sort_values("At (UTC)", ascending=False, kind="stable").head(MOST).reset_index(drop=True)


def _wanted(company: Company, asked: Asked) -> dict[str, Any]:
    since = company.calendar.start_of(asked.first) if asked.first else None
    until = company.calendar.end_of(asked.last) if asked.last else None
    return {
        "since": since,
        "until": until,
        "person": asked.person.strip().lower() or None,
        "deal": asked.deal.strip() or None,
        "limit": MOST,
    }


def _noted(trail: Trail, asked: Asked, wanted: dict[str, Any]) -> pd.DataFrame:
    given = {name: _iso(value) for name, value in wanted.items()}
    found = trail.rows(_EVENTS, given | {"action": asked.action or None, "page": asked.page or None})
    rows = [
        (at, _who(name, email), action, page, deal, what, scope)
        for at, name, email, action, page, deal, what, scope in found
    ]
    return pd.DataFrame(rows, columns=list(COLUMNS), dtype=object)


def _changes(store: Store, asked: Asked, wanted: dict[str, Any]) -> pd.DataFrame:
    if asked.page:
        return pd.DataFrame(columns=list(COLUMNS), dtype=object)
    given = {name: wanted[name] for name in ("since", "until", "person")} | {"deal_id": wanted["deal"]}
    given["limit"] = _ALL if asked.action else MOST  # which action it was is said here, not in SQL
    rows = store.query("audit_changes", **given)
    told = [
        (one["done_at"].isoformat(), one["person"] or "", _action(one), "", one["deals"], _what(one), "")
        for one in rows.astype(object).where(rows.notna(), "").to_dict("records")
    ]
    told = [row for row in told if not asked.action or row[2] == asked.action]
    return pd.DataFrame(told, columns=list(COLUMNS), dtype=object)


def _action(one: dict[Any, Any]) -> Action:
    if "access_grant" in one["parts"]:
        return Action.LET_IN
    return _ACTIONS.get(one["kind"], Action.IMPORTED)


def _what(one: dict[Any, Any]) -> str:
    number = f"import {one['import_id']}"
    action = _action(one)
    if action is Action.IMPORTED:
        counted = f"{count(int(one['loaded'] or 0), 'row')} loaded, {int(one['rejected'] or 0):,} rejected"
        return f"{number}, {one['kind']}: {count(int(one['files'] or 0), 'file')}, {counted}"
    if action is Action.UNDID:
        return f"{number} put back" if one["kind"] == "put back" else f"{number} undone"
    return f"{one['parts'].replace('_', ' ')} ({number})" if one["parts"] else number


def _who(name: str | None, email: str | None) -> str:
    if name and email and name != email:
        return f"{name} ({email})"
    return name or email or ""


def _iso(value: Any) -> Any:
    return value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else value
