"""Reads Salesforce live: what has changed since the last run, into files that the import reads.

Deals come in the order of their SystemModstamp, in batches, each deal with all of its history. A batch lands
together with the SystemModstamp up to which it goes; from there, less an overlap for rows that were committed
late, the next run goes on.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from analytics.company import company_of
from analytics.fiscal import Calendar
from analytics.intake.mapping import Mapping
from analytics.store.database import Store
from analytics.store.staging import Staging
from analytics.sync import salesforce_objects as objects
from analytics.sync.core import (
    Progress,
    Run,
    cursors_of,
    exact,
    land_batch,
    running,
    spool,
    utc_now,
)
from analytics.sync.gone import gone_rows
from analytics.sync.salesforce_batch import Scope, drop_unsettled, read_where, write_deals, write_references
from analytics.sync.salesforce_client import Client, Pace, Row, literal, moment
from analytics.sync.salesforce_objects import Schema
from analytics.sync.salesforce_others import Others

SYSTEM = "salesforce"
_MAPPED = ("amount", "created", "close_date")
_BEGINNING = "1970-01-01T00:00:00.000Z"


@dataclass
class _Reading:
    """One run: where it reads, where it lands."""

    store: Store
    run: Run
    client: Client
    schema: Schema
    mapping: Mapping
    report: Progress
    started_at: datetime
    #: the lists that are read whole; they land with the first batch
    references: Path
    references_due: bool = True


def sync(
    store: Store,
    *,
    full: bool = False,
    mapping: Path | Mapping | None = None,
    share: float = 0.8,
    progress: Progress | None = None,
    pace: Pace | None = None,
) -> Run:
    """Read what has changed in Salesforce since the last run (`full`: everything) and land it.

    Stops when `share` of the org's calls of the day is used. Raises BadInput with what to do; what was landed
    before stays, and the next run goes on from there.
    """
    rules = exact(mapping)
    report = progress or (lambda share, text: None)
    with running(store, SYSTEM) as run, spool(SYSTEM, run.spool) as lists:
        report(0.0, "logging in")
        client = Client(share, pace or Pace())
        started_at = client.session.told_at or utc_now()  # cursors are in Salesforce's time
        try:
            own = [rules.salesforce[name] for name in _MAPPED if name in rules.salesforce]
            schema = Schema(client, run, own, rules.salesforce.get("amount", "Amount"))
            _read(_Reading(store, run, client, schema, rules, report, started_at, lists), full=full)
            run.crm_as_of = started_at
        finally:
            if client.usage:
                run.calls_used, run.calls_allowed = client.usage
            if client.session.waited >= 1:
                run.note(f"Salesforce let us wait {client.session.waited:,.0f} s: it throttles, or was down.")
    return run


def _read(reading: _Reading, *, full: bool) -> None:
    reading.report(0.0, "looking at the org")
    cursors = cursors_of(reading.store, SYSTEM)
    reading.schema.columns(objects.OPPORTUNITY)  # stops here if deals cannot be read
    _note_settings(reading)
    write_references(reading.client, reading.schema, reading.references)
    others = Others(reading.store, reading.client, reading.schema, cursors, reading.started_at)
    _changed_deals(reading, cursors.get("Opportunity", ""), others.begin(), full=full)
    _other_changes(reading, others, full=full)
    reading.report(1.0, "done")


def _changed_deals(reading: _Reading, landed: str, begun: dict[str, str], *, full: bool) -> None:
    """Land the deals changed since the cursor `landed`, batch by batch.

    `begun`: other cursors that land with the first batch, so that a first run that dies loses no change.
    """
    client, pace = reading.client, reading.client.pace
    after = literal(moment(landed) - pace.overlap) if landed and not full else ""
    done, total, is_last = 0, 0, False
    while not is_last:
        rows, until, is_last = _next_deals(reading, after)
        if not until:
            return
        if not total:
            where = f" WHERE SystemModstamp > {after}" if after else ""
            total = len(rows) if is_last else client.count(f"SELECT COUNT() FROM Opportunity{where}")
        reading.report(0.05 + 0.85 * done / max(total, done, 1), f"deals {done:,} of {total:,}")
        landed = max(landed, until)
        _land_deals(reading, rows, Scope(after, until), {**begun, "Opportunity": landed})
        done, after, begun = done + len(rows), until, {}


def _next_deals(reading: _Reading, after: str) -> tuple[list[Row], str, bool]:
    """The next deals in the order of their change, up to which moment that is, and whether none are left.

    All deals that share the last moment are among them, so that the next batch begins after it.
    """
    limit = reading.client.pace.deals
    later = f"SystemModstamp > {after or _BEGINNING}"
    rows = _deal_rows(reading, [later], f"SystemModstamp, Id LIMIT {limit}")
    last = rows[-1]["SystemModstamp"] if rows else ""
    if len(rows) < limit:
        return rows, last, True
    ties = _deal_rows(reading, [f"SystemModstamp = {last}"])
    return [row for row in rows if row["SystemModstamp"] != last] + ties, last, False


def _deal_rows(reading: _Reading, conditions: list[str], order: str = "Id") -> list[Row]:
    found = read_where(reading.client, "Opportunity", reading.schema.deals(), conditions, order)
    rows = list(reading.schema.written(objects.OPPORTUNITY, found))
    for row in rows:
        row["SystemModstamp"] = literal(moment(row["SystemModstamp"]))
    return rows


def _other_changes(reading: _Reading, others: Others, *, full: bool) -> None:
    """Land what changed deals without their SystemModstamp: contact roles, accounts, emptied recycle bins."""
    reading.report(0.9, "contacts, accounts, deleted deals")
    touched = others.touched()
    ids, step = sorted(touched), reading.client.pace.deals
    for start in range(0, len(ids), step):
        scope = Scope(ids=tuple(ids[start : start + step]))
        rows = _deal_rows(reading, scope.conditions("", "Id"))
        _land_deals(reading, rows, scope, {})
    gone = others.gone(reading.run, full=full)

    def add_gone(staging: Staging) -> None:
        if gone:
            gone_rows(staging, reading.store.query("deals_of_source", source=SYSTEM), gone, SYSTEM)

    with spool(SYSTEM, reading.run.spool) as folder:
        _land(reading, folder, others.end(), add_gone)


def _land_deals(reading: _Reading, rows: list[Row], scope: Scope, cursors: dict[str, str]) -> None:
    """Land deals with all that belongs to them."""
    read = {row["Id"]: row["SystemModstamp"] for row in rows}
    for row in rows:  # an account's new name does not touch the deal, and must not be dated before it
        if row.get(objects.ACCOUNT_CHANGED):
            changed = literal(moment(row[objects.ACCOUNT_CHANGED]))
            row["SystemModstamp"] = max(row["SystemModstamp"], changed)
    with spool(SYSTEM, reading.run.spool) as folder:
        write_deals(reading.client, reading.schema, folder, rows, scope)
        drop_unsettled(reading.client, folder, scope, read)
        _land(reading, folder, cursors)


def _land(
    reading: _Reading, folder: Path, cursors: dict[str, str], also: Callable[[Staging], None] | None = None
) -> None:
    """Land a folder, with the lists that are due. Deals always need the meaning of stages beside them."""
    has_deals = (folder / "Opportunity.csv").exists()
    for file in reading.references.iterdir():
        if reading.references_due or (has_deals and file.stem == objects.STAGE.name):
            shutil.copy(file, folder)
    land_batch(
        reading.store,
        reading.run,
        folder,
        cursors,
        taken_at=reading.started_at,
        mapping=reading.mapping,
        tracked=reading.schema.tracked() if has_deals else frozenset(),
        also=also,
    )
    reading.references_due = False


def _note_settings(reading: _Reading) -> None:
    """Say where the company's settings differ from the org's."""
    columns = reading.schema.columns(objects.ORGANIZATION)
    month = "FiscalYearStartMonth"
    if month not in columns:
        return
    org = next(
        reading.client.read("SELECT " + ", ".join(columns) + " FROM Organization", columns, deleted=False), {}
    )
    calendar = company_of(reading.store).calendar if reading.store.exists else Calendar()
    if org.get(month) and org[month] != str(calendar.start_month):
        reading.run.note(
            f"Salesforce's fiscal year starts in month {org[month]}, ours in month {calendar.start_month}; if"
            f" Salesforce is right: `python -m analytics settings fiscal_year_start_month {org[month]}`."
        )
