"""What changes a deal without touching it: its contacts, its account, an emptied recycle bin."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import pandas as pd

from analytics.store.database import Store
from analytics.sync import salesforce_objects as objects
from analytics.sync.core import Run
from analytics.sync.gone import FULL, missing_deals
from analytics.sync.salesforce_batch import Scope, read_where
from analytics.sync.salesforce_client import Client, Row, literal, moment
from analytics.sync.salesforce_objects import Schema, Wanted

_SOURCE = "salesforce"
_DELETED = "deleted Opportunity"
_REMEMBERED = timedelta(days=14)  # Salesforce names deleted records for 15 days
_SHORTEST = timedelta(minutes=2)  # of a period that Salesforce answers for
_DAY = timedelta(days=1)


class Others:
    """Changes since cursors of their own. The first run reads all deals whole, so it only sets them."""

    def __init__(
        self, store: Store, client: Client, schema: Schema, cursors: dict[str, str], started_at: datetime
    ) -> None:
        self._store, self._client, self._schema = store, client, schema
        self._cursors, self._started_at = cursors, started_at
        self._moved: dict[str, str] = {}

    def begin(self) -> dict[str, str]:
        """The cursors of what was never read: from this run's beginning on."""
        names = [one.name for one in (objects.CONTACT_ROLE, objects.ACCOUNT) if self._schema.has(one)]
        start = {name: literal(self._started_at) for name in [*names, _DELETED] if name not in self._cursors}
        self._moved |= start
        return start

    def end(self) -> dict[str, str]:
        """The cursors to land once everything of this run has."""
        return self._moved

    def touched(self) -> set[str]:
        """Ids of the deals to read again."""
        deals = {role["OpportunityId"] for role in self._changed(objects.CONTACT_ROLE)}
        accounts = {row["Id"]: row for row in self._changed(objects.ACCOUNT)}
        if accounts:
            known = self._deals()
            for row in known[known["account_id"].isin(list(accounts))].to_dict("records"):
                account = accounts[row["account_id"]]
                if account["IsDeleted"] == "true" or account["Name"] != row["account_name"]:
                    deals.add(row["deal_id"])
        return deals

    def gone(self, run: Run, *, full: bool) -> dict[str, datetime]:
        """Deals of the store that are not even in the org's recycle bin any more: id -> since when."""
        if not self._store.exists:
            return {}
        known = self._deals()
        known = known[~known["is_gone"]]
        gone = self._purged(run, known)
        if full:
            here = {row["Id"] for row in self._client.read("SELECT Id FROM Opportunity", ["Id"])}
            missing = missing_deals(run, "Salesforce", known, here | set(gone))
            gone |= dict.fromkeys(missing, self._started_at)
            self._moved[FULL] = run.started_at.isoformat()
        if gone:
            self._moved[_DELETED] = literal(self._started_at)
        return gone

    def _purged(self, run: Run, known: pd.DataFrame) -> dict[str, datetime]:
        if _DELETED not in self._cursors:
            return {}
        last = moment(self._cursors[_DELETED])
        if self._started_at - last > _DAY:
            self._moved[_DELETED] = literal(self._started_at)
        if self._started_at - last > _REMEMBERED:
            run.note(
                "The last sync is longer ago than Salesforce remembers deleted records. Run"
                " `python -m analytics sync salesforce --full` once to find deals that are gone."
            )
        since = max(last - max(self._client.pace.overlap, _SHORTEST), self._started_at - _REMEMBERED)
        deleted = self._client.deleted("Opportunity", since, self._started_at)
        ids = tuple(known[known["deal_id"].isin(list(deleted))]["deal_id"])
        still = {row["Id"] for row in self._by_id(ids)}  # in the recycle bin, or restored
        return {deal: deleted[deal] for deal in ids if deal not in still}

    def _changed(self, wanted: Wanted) -> list[Row]:
        """The object's rows changed since its cursor, and somewhat before; moves the cursor."""
        if wanted.name not in self._cursors or not self._schema.has(wanted):
            return []
        last = moment(self._cursors[wanted.name])
        since = literal(last - self._client.pace.overlap)
        columns = self._schema.columns(wanted)
        order = "SystemModstamp, Id"
        found = read_where(self._client, wanted.name, columns, [f"SystemModstamp > {since}"], order)
        rows = [{**row, "SystemModstamp": literal(moment(row["SystemModstamp"]))} for row in found]
        if rows and rows[-1]["SystemModstamp"] > literal(last):
            self._moved[wanted.name] = rows[-1]["SystemModstamp"]
        return rows

    def _by_id(self, ids: Iterable[str]) -> Iterable[Row]:
        return read_where(self._client, "Opportunity", ["Id"], Scope(ids=tuple(ids)).conditions("", "Id"))

    def _deals(self) -> pd.DataFrame:
        return self._store.query("deals_of_source", source=_SOURCE)
