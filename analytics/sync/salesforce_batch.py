"""A batch of deals, each with its history, field history and contacts, as files that the import reads."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from analytics.sync import salesforce_objects as objects
from analytics.sync.salesforce_client import Client, Row, literal, moment
from analytics.sync.salesforce_objects import Schema, Wanted

_IDS = 200  # in one condition: an address may have 16,000 characters
_ID = re.compile(r"[A-Za-z0-9]{15,18}")

#: What belongs to deals. The order decides between changes of the same second.
_CHILDREN = (
    (objects.HISTORY, "CreatedDate, Id"),
    (objects.FIELD_HISTORY, "CreatedDate, Id"),
    (objects.CONTACT_ROLE, "Id"),
)


@dataclass(frozen=True)
class Scope:
    """Which deals: those changed after a moment up to another, or those with given ids."""

    after: str = ""
    until: str = ""
    ids: tuple[str, ...] = ()

    def conditions(self, parent: str, key: str) -> list[str]:
        """SOQL conditions, one query each. `parent`: how an object calls its deal ('' = it is the deal)."""
        if self.until:
            lower = f"{parent}SystemModstamp > {self.after} AND " if self.after else ""
            return [f"{lower}{parent}SystemModstamp <= {self.until}"]
        good = [one for one in self.ids if _ID.fullmatch(one)]
        parts = [good[start : start + _IDS] for start in range(0, len(good), _IDS)]
        return [f"{key} IN ({', '.join(repr(one) for one in part)})" for part in parts]


def read_where(
    client: Client, name: str, columns: Sequence[str], conditions: Iterable[str], order: str = "Id"
) -> Iterator[Row]:
    """The rows of an object, deleted ones included, that fulfil any of the conditions."""
    for condition in conditions:
        soql = f"SELECT {', '.join(columns)} FROM {name} WHERE {condition} ORDER BY {order}"
        yield from client.read(soql, columns)


def write_deals(client: Client, schema: Schema, folder: Path, rows: Sequence[Row], scope: Scope) -> None:
    """Write deals (rows of Opportunity) and what belongs to them."""
    written_ones = [name for name in schema.deals() if name != objects.ACCOUNT_CHANGED]
    write_csv(folder / "Opportunity.csv", written_ones, rows)
    for wanted, order in _CHILDREN:
        if schema.has(wanted):
            columns = schema.roles() if wanted is objects.CONTACT_ROLE else schema.columns(wanted)
            conditions = scope.conditions("Opportunity.", "OpportunityId")
            found = read_where(client, wanted.name, columns, conditions, order)
            written = (
                schema.changes(found) if wanted is objects.FIELD_HISTORY else schema.written(wanted, found)
            )
            write_csv(folder / f"{wanted.name}.csv", columns, written)


def drop_unsettled(client: Client, folder: Path, scope: Scope, read: dict[str, str]) -> None:
    """Leave out deals that changed while their parts were read: they come again, whole.

    `read`: id -> the SystemModstamp with which the deal was read.
    """
    found = read_where(client, "Opportunity", ["Id", "SystemModstamp"], scope.conditions("", "Id"))
    now = {row["Id"]: literal(moment(row["SystemModstamp"])) for row in found}
    settled = {deal for deal, at in read.items() if now.get(deal) == at}
    for file in folder.iterdir():
        _keep(file, "Id" if file.name == "Opportunity.csv" else "OpportunityId", settled)


def write_references(client: Client, schema: Schema, folder: Path) -> None:
    """Write the lists that are read whole: people, stages, targets, exchange rates."""
    for wanted in (objects.USER, objects.STAGE, objects.QUOTA, objects.CURRENCY):
        if schema.has(wanted):
            columns = schema.users() if wanted is objects.USER else schema.columns(wanted)
            found = client.read(
                f"SELECT {', '.join(columns)} FROM {wanted.name}{_only(wanted)} ORDER BY Id",
                columns,
                deleted=False,
            )
            write_csv(folder / f"{wanted.name}.csv", columns, schema.written(wanted, found))


def _only(wanted: Wanted) -> str:
    """Customers who log in to a portal are users too, by the hundred thousand; they own no deals."""
    return " WHERE UserType IN ('Standard', 'PowerPartner')" if wanted is objects.USER else ""


def write_csv(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write rows as CSV; no file where there are none."""
    file = None
    try:
        for row in rows:
            if file is None:
                file = path.open("w", encoding="utf-8", newline="")
                writer = csv.DictWriter(file, columns, extrasaction="ignore")
                writer.writeheader()
            writer.writerow({name: value.replace("\0", "") for name, value in row.items()})
    finally:
        if file is not None:
            file.close()


def _keep(path: Path, key: str, ids: set[str]) -> None:
    """Keep a file's rows of these deals."""
    with path.open(encoding="utf-8", newline="") as file:
        reader = csv.DictReader(file)
        columns = list(reader.fieldnames or [])
        rows = list(reader)
    good = [row for row in rows if row[key] in ids]
    if len(good) < len(rows):
        path.unlink()
        write_csv(path, columns, good)
