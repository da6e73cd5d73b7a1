"""How fresh what the store knows of each live source is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import pandas as pd

from analytics.store.database import Store

#: Runs that ended before this are not looked at: a source that was given up is not stale for ever.
_SINCE = datetime(1970, 1, 1)


@dataclass(frozen=True)
class Freshness:
    """A live source, as its last runs left it. Moments in UTC."""

    system: str  # 'salesforce' or 'hubspot'
    #: up to when the store knows the CRM; None = no run has ended well yet
    crm_as_of: datetime | None
    last_success: datetime | None
    #: runs that failed since then, the last of them and what it said
    failures_since: int
    last_failure: datetime | None
    message: str
    #: of the CRM's daily allowance of calls, at the last run that was told; None = not told
    calls_used: int | None
    calls_allowed: int | None


def freshness(store: Store, since: datetime = _SINCE) -> list[Freshness]:
    """Each live source that ran since a moment, by name; empty where nothing is read live. Raises NoStore."""
    runs = store.query("sync_runs", since=since)
    return [_of(str(system), rows) for system, rows in runs.groupby("system", sort=True)]


def _of(system: str, runs: pd.DataFrame) -> Freshness:
    """`runs`: of one system, the latest first."""
    done = runs[runs["result"] == "done"]
    failed = runs[runs["result"] == "failed"]
    if len(done):
        failed = failed[failed["started_at"] > done["started_at"].iloc[0]]
    told = runs[runs["calls_allowed"].notna()]
    return Freshness(
        system,
        _moment(done, "crm_as_of"),
        _moment(done, "ended_at"),
        len(failed),
        _moment(failed, "ended_at"),
        str(failed["message"].iloc[0] or "") if len(failed) else "",
        int(told["calls_used"].iloc[0]) if len(told) else None,
        int(told["calls_allowed"].iloc[0]) if len(told) else None,
    )


def _moment(rows: pd.DataFrame, column: str) -> datetime | None:
    known = rows[column].dropna()
    return known.iloc[0].to_pydatetime() if len(known) else None
