"""Reads HubSpot live: what has changed since the last run, into files that the import reads.

Deals come in the order in which they changed, in batches; a batch lands together with the moment of its last
change, from which the next run goes on. Some minutes before it are read again, because HubSpot's search
learns late of changes; what the store knows already lands as nothing.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from pathlib import Path

from analytics.company import company_of
from analytics.intake.hubspot_history import fields_of
from analytics.intake.mapping import Mapping
from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.staging import Staging
from analytics.sync import hubspot_files as files
from analytics.sync.core import Progress, Run, cursors_of, exact, land_batch, running, spool, utc_now
from analytics.sync.gone import FULL, gone_rows, missing_deals
from analytics.sync.http import host_url
from analytics.sync.hubspot_api import ASSOCIATIONS, URL, WITH_HISTORY, HubSpot, MissingScope
from analytics.sync.hubspot_changes import changed_deals, milliseconds
from analytics.sync.hubspot_rates import rate_rows, rates_of
from analytics.sync.secrets import optional, secret
from analytics.wording import count

#: Deals that land together. A deal has some tens of history rows.
BATCH = 2_000
#: How far before the last change that landed the next run begins, in milliseconds.
OVERLAP = 15 * 60 * 1000
_DEALS = "crm/v3/objects/deals"
_PRIMARY = "Primary"


@dataclass
class _Reading:
    """One run: where it reads, what it knows, where it lands."""

    store: Store
    run: Run
    api: HubSpot
    mapping: Mapping
    progress: Progress
    taken_at: datetime = field(default_factory=utc_now)
    properties: list[str] = field(default_factory=list)
    tracked: list[str] = field(default_factory=list)
    owners: list[files.Record] = field(default_factory=list)
    pipelines: list[files.Record] = field(default_factory=list)
    #: deal -> the contacts that the store knows of it
    contacts: dict[str, set[str]] = field(default_factory=dict)
    #: why the exchange rates are not known, to be told where a deal needs one
    no_rates: str = ""
    landed: int = 0


def sync(
    store: Store,
    *,
    full: bool = False,
    mapping: Path | Mapping | None = None,
    share: float = 1.0,
    progress: Progress | None = None,
) -> Run:
    """Read what changed in HubSpot since the last run (`full`: everything) and land it.

    Raises BadInput where HubSpot does not let us, does not answer, or more than `share` of the day's calls is
    used; what landed until then stays, and the next run goes on from there.
    """
    with running(store, "hubspot") as run:
        api = HubSpot(secret("HUBSPOT_TOKEN"), host_url(optional("HUBSPOT_URL") or URL, "HUBSPOT_URL"), share)
        reading = _Reading(store, run, api, exact(mapping), progress or (lambda share, text: None))
        try:
            with api:
                _read(reading, full=full)
        finally:
            run.calls_used, run.calls_allowed = api.used, api.allowed
            if api.waited >= 1:
                run.note(
                    f"HubSpot made us wait for {api.waited:,.0f} s, by its limits or because it was down."
                )
        run.crm_as_of = reading.taken_at
    return run


def _read(reading: _Reading, *, full: bool) -> None:
    """Everything that is read in a run."""
    reading.progress(0.0, "asking HubSpot what there is")
    _choose_properties(reading)
    reading.pipelines = list(reading.api.ask("GET", "crm/v3/pipelines/deals")["results"])
    reading.owners = _owners(reading)
    known = {} if full else cursors_of(reading.store, "hubspot")
    reading.contacts = _known_contacts(reading.store)
    names = files.stage_names(reading.pipelines)
    before = json.loads(known.get("stages", "{}"))
    if any(name != before.get(id_, name) for id_, name in names.items()):
        reading.run.note("Stages or pipelines were renamed in HubSpot, so all deals are read again.")
        known = {}
    # A run that dies now must not forget that all deals are to be read: their cursors go back with the names.
    stages = {"stages": json.dumps(names, sort_keys=True)}
    since = int(known.get("deals", 0))
    start = {} if known else {"deals": "0", "archived": "0"}
    rates = _rates(reading)
    here = _read_changed(reading, max(0, since - OVERLAP), stages | start)
    here |= _read_archived(reading, int(known.get("archived", 0)))
    if not reading.landed:
        _land(reading, [], stages)
    if rates is not None:
        with spool("hubspot", reading.run.spool) as folder:
            _land_folder(reading, folder, {}, rates)
    if not known:
        _mark_gone(reading, here)


def _choose_properties(reading: _Reading) -> None:
    """The properties that there are. Raises BadInput where a deal would say nothing without one."""
    body = reading.api.ask("GET", "crm/v3/properties/deals")
    there = {str(found["name"]) for found in body["results"]}
    amount = reading.mapping.hubspot.get("amount", "amount")
    needed = [amount if name == "amount" else name for name in files.NEEDED]
    if missing := [name for name in needed if name not in there]:
        raise BadInput(
            f"HubSpot's deals have no property '{missing[0]}'",
            where=reading.api.base,
            expected=", ".join(needed),
            to_do="Give the private app access to it, or name another amount in a mapping file:"
            ' [hubspot] amount = "..." (docs/sync.md).',
        )
    for name, loss in files.WANTED.items():
        if name not in there:
            reading.run.note(f"HubSpot's deals have no property '{name}', so {loss}.")
    reading.properties = [*needed, *(name for name in files.WANTED if name in there)]
    tracked = [amount if name == "amount" else name for name in files.TRACKED]
    reading.tracked = [name for name in tracked if name in there]


def _owners(reading: _Reading) -> list[files.Record]:
    """Owners, also those who left."""
    try:
        return [
            owner
            for archived in ("false", "true")
            for page in reading.api.pages("crm/v3/owners", archived=archived)
            for owner in page
        ]
    except MissingScope as problem:
        reading.run.note(f"Owners have no names: {problem}")
        return []


def _rates(reading: _Reading) -> Callable[[Staging], None] | None:
    """What stages the exchange rates. They are optional: most accounts have one currency only."""
    try:
        return rate_rows(reading.store, reading.run, rates_of(reading.api))
    except BadInput as problem:
        reading.no_rates = f"Exchange rates are not read: {problem}"
        return None


def _mark_gone(reading: _Reading, here: set[str]) -> None:
    """After a full read: deals that are neither in HubSpot nor among those that it lists as deleted.

    HubSpot forgets deleted ones after 90 days. Its search may lag behind, so each is asked for by its id.
    """
    every = reading.store.query("deals_of_source", source="hubspot")
    missing = missing_deals(reading.run, "HubSpot", every[~every["is_gone"]], here)
    still = {str(deal["id"]) for deal in reading.api.batch(f"{_DEALS}/batch/read", missing, properties=[])}
    gone = {deal: reading.taken_at for deal in missing if deal not in still}

    def add_gone(staging: Staging) -> None:
        gone_rows(staging, every, gone, "hubspot")

    with spool("hubspot", reading.run.spool) as folder:
        _land_folder(reading, folder, {FULL: reading.run.started_at.isoformat()}, add_gone)
    if gone:
        are = "is" if len(gone) == 1 else "are"
        reading.run.note(
            f"{count(len(gone), 'deal')} of the store {are} not in HubSpot any more, and marked as gone."
        )


def _known_contacts(store: Store) -> dict[str, set[str]]:
    """Deal -> its contacts, as the store has them before this run."""
    known: dict[str, set[str]] = {}
    if store.exists:
        rows = store.query("stakeholders_of_source", source="hubspot")
        for deal, contact in zip(rows["deal_id"], rows["contact_id"], strict=True):
            known.setdefault(str(deal), set()).add(str(contact))
    return known


def _read_changed(reading: _Reading, since: int, cursors: dict[str, str]) -> set[str]:
    """Deals that changed, in batches; their ids. `cursors` land with the first one."""
    changed = changed_deals(reading.api, since)
    newest, here = since, set[str]()
    while batch := list(islice(changed, BATCH)):
        newest = max(newest, batch[-1][1])
        ids = list(dict.fromkeys(id_ for id_, _ in batch))
        deals = []
        for deal in reading.api.batch(
            f"{_DEALS}/batch/read",
            ids,
            WITH_HISTORY,
            properties=reading.properties,
            propertiesWithHistory=reading.tracked,
        ):
            deals.append(deal)
            reading.progress(0.5, f"read {reading.landed + len(deals):,} changed deals")
        _land(reading, deals, cursors | {"deals": str(newest)})
        here.update(ids)
        cursors = {}
    return here


def _read_archived(reading: _Reading, since: int) -> set[str]:
    """Deals that were deleted; their ids. HubSpot lists those of the last 90 days, in no order."""
    newest, batch, here = since, [], set[str]()
    for page in reading.api.pages(
        _DEALS,
        archived="true",
        limit=WITH_HISTORY,
        properties=",".join(reading.properties),
        propertiesWithHistory=",".join(reading.tracked),
    ):
        here.update(str(deal["id"]) for deal in page)
        for deal in page:
            at = milliseconds(deal.get("archivedAt") or deal["updatedAt"])
            if at >= since - OVERLAP:
                batch.append(
                    deal | {"archived": True, "archivedAt": deal.get("archivedAt") or deal["updatedAt"]}
                )
                newest = max(newest, at)
        if len(batch) >= BATCH:  # the cursor waits for the last page: pages are in no order
            _land(reading, batch, {})
            batch = []
    if batch or newest > since:
        _land(reading, batch, {"archived": str(newest)})
    return here


def _land(reading: _Reading, deals: list[files.Record], cursors: dict[str, str]) -> None:
    """Write deals and what belongs to them into files, and land those."""
    with spool("hubspot", reading.run.spool) as folder:
        files.write_stages(folder, reading.pipelines)
        files.write_owners(folder, reading.owners)
        files.write_deals(folder, deals, reading.properties)
        ids = [str(deal["id"]) for deal in deals if not deal.get("archived")]
        _write_companies(reading, folder, ids)
        _write_contacts(reading, folder, ids)
        _land_folder(reading, folder, cursors)
    reading.landed += max(1, len(deals))
    currencies = {deal.get("properties", {}).get("deal_currency_code") for deal in deals}
    if reading.no_rates and currencies - {None, "", company_of(reading.store).currency}:
        reading.run.note(reading.no_rates)


def _land_folder(
    reading: _Reading, folder: Path, cursors: dict[str, str], also: Callable[[Staging], None] | None = None
) -> None:
    land_batch(
        reading.store,
        reading.run,
        folder,
        cursors,
        taken_at=reading.taken_at,
        mapping=reading.mapping,
        tracked=fields_of(reading.tracked, reading.mapping.hubspot.get("amount")),
        also=also,
    )


def _write_companies(reading: _Reading, folder: Path, deals: list[str]) -> None:
    """The company of each deal, the primary one before others, and its name."""
    try:
        links = sorted(_links(reading.api, "companies", deals), key=lambda link: _PRIMARY not in link.labels)
        names = reading.api.batch(
            "crm/v3/objects/companies/batch/read",
            list(dict.fromkeys(link.other for link in links)),
            properties=["name"],
        )
        files.write(
            folder,
            "companies",
            ["company_id", "company_name"],
            [[one["id"], one["properties"].get("name")] for one in names],
        )
        files.write(
            folder, "deal_companies", ["deal_id", "company_id"], [[link.deal, link.other] for link in links]
        )
    except MissingScope as problem:
        reading.run.note(f"Deals have no companies: {problem}")


def _write_contacts(reading: _Reading, folder: Path, deals: list[str]) -> None:
    """The contacts of each deal, with the labels of what they are to it, and those that it has no more."""
    try:
        links = list(_links(reading.api, "contacts", deals))
        people = reading.api.batch(
            "crm/v3/objects/contacts/batch/read",
            list(dict.fromkeys(link.other for link in links)),
            properties=["firstname", "lastname", "jobtitle"],
        )
        known = {str(one["id"]): one["properties"] for one in people}
        there = {(link.deal, link.other) for link in links}
        left = [
            [deal, contact, None, None, None, "true"]
            for deal in deals
            for contact in sorted(reading.contacts.get(deal, ()))
            if (deal, contact) not in there
        ]
        present = [
            [link.deal, link.other, _name(person), person.get("jobtitle"), ", ".join(link.labels), "false"]
            for link in links
            for person in [known.get(link.other, {})]
        ]
        columns = ["deal_id", "contact_id", "contact_name", "jobtitle", "label", "archived"]
        files.write(folder, "deal_contacts", columns, present + left)
    except MissingScope as problem:
        reading.run.note(f"Deals have no contacts: {problem}")


def _name(person: files.Record) -> str:
    return " ".join(filter(None, (person.get("firstname"), person.get("lastname"))))


@dataclass(frozen=True)
class _Link:
    """That a deal has another record, and how the link is called."""

    deal: str
    other: str
    labels: tuple[str, ...]


def _links(api: HubSpot, what: str, deals: list[str]) -> Iterator[_Link]:
    """The companies or contacts of deals."""
    for found in api.batch(f"crm/v4/associations/deals/{what}/batch/read", deals, ASSOCIATIONS):
        for other in found.get("to", []):
            labels = sorted(_labels(other.get("associationTypes", [])))
            yield _Link(str(found["from"]["id"]), str(other["toObjectId"]), tuple(labels))


def _labels(types: Iterable[files.Record]) -> set[str]:
    return {str(kind["label"]) for kind in types if kind.get("label")}
