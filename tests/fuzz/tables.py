"""Targets that stage whole files: each kind's reader, from any bytes and from pieces that fit it."""

from __future__ import annotations

import datetime as dt
import tempfile
from collections.abc import Sequence
from pathlib import Path

from atheris import FuzzedDataProvider

from analytics.intake import stage_files
from analytics.intake.contacts import CONTACTS
from analytics.intake.fields import Field
from analytics.intake.hubspot_objects import OBJECTS as HUBSPOT
from analytics.intake.labels import labels as labels_of
from analytics.intake.lists import ANSWERS
from analytics.intake.objects import OBJECTS as SALESFORCE
from analytics.intake.table_fields import FIELDS
from analytics.intake.targets import TARGETS
from tests.fuzz.invariants import check
from tests.fuzz.pieces import any_file, cell, header

RATES = (
    Field("currency", required=True, labels=labels_of("lists", "currency")),
    Field("since", "date", labels=labels_of("lists", "rate_date")),
    Field(
        "rate",
        "number",
        labels=("rate", "Value in EUR", "Units per USD", "ConversionRate", *labels_of("lists", "rate")),
    ),
)
_PERIODS = ("Q1 FY26", "Q2 FY26", "2026-01", "Jan 26", "2026-04-01", "1. Quartal 2026", "Q5 2026", "FY26")
ZONES = ("UTC", "America/New_York", "Pacific/Kiritimati")
_NAMES = ("deals.csv", "deals-2024-06-30.csv", "Opportunity.csv", "list.txt", "x.tsv")
_DYNAMICS = ("(Do Not Modify) Opportunity", "Topic", "Status", "Est. Revenue", "Est. Close Date")
_PIPEDRIVE = (
    "Deal - ID",
    "Deal - Title",
    "Deal - Status",
    "Deal - Stage",
    "Deal - Value",
    "Deal - Currency of Value",
)


def lines_of(raw: bytes) -> int:
    """More lines than any reading of these bytes can have."""
    return raw.count(b"\n") + raw.count(b"\r") + 1


def stage(fdp: FuzzedDataProvider, files: dict[str, bytes], kind: str, mapping: str = "") -> None:
    """Stage files in one of the zones, dated or not, and check what must hold."""
    with tempfile.TemporaryDirectory(prefix="fuzz-") as name:
        folder = Path(name)
        for file, raw in files.items():
            (folder / file).write_bytes(raw)
        rules = folder / "rules.toml"
        if not mapping and fdp.ConsumeIntInRange(0, 3):  # otherwise most files end with a question
            order, sign = fdp.PickValueInList(["dmy", "mdy", "ymd"]), fdp.PickValueInList([".", ","])
            mapping = f'[salesforce]\ndate_format = "{order}"\ndecimal = "{sign}"\n'
        if mapping:
            rules.write_text(mapping, "utf-8")
        staging = stage_files(
            [folder / file for file in files],
            kind=kind,
            mapping=rules if mapping else None,
            as_of=dt.date(2024, 6, 30) if fdp.ConsumeBool() else None,
            time_zone=fdp.PickValueInList(list(ZONES)),
            partial=fdp.ConsumeIntInRange(0, 7) == 0,
            quarter_start_month=fdp.ConsumeIntInRange(1, 12),
        )
        try:
            check(staging, {file: lines_of(raw) for file, raw in files.items()})
        finally:
            staging.con.close()


def raw(data: bytes) -> None:
    """Bytes as they are, of any kind."""
    fdp = FuzzedDataProvider(data)
    kind = fdp.PickValueInList(["auto", "table", "salesforce", "hubspot", "answers", "targets"])
    name = fdp.PickValueInList(list(_NAMES))
    body = fdp.ConsumeBytes(fdp.remaining_bytes())
    stage(FuzzedDataProvider(b""), {name: body}, kind)


def table(data: bytes) -> None:
    """A table of deals without a mapping."""
    fdp = FuzzedDataProvider(data)
    labels = header(
        fdp, FIELDS, fdp.PickValueInList([("Stage", "Amount", "Deal ID"), ("Stage", "Amount", "Name"), ()])
    )
    stage(
        fdp,
        {fdp.PickValueInList(list(_NAMES)): any_file(fdp, labels)},
        fdp.PickValueInList(["auto", "table"]),
    )


def pipedrive(data: bytes) -> None:
    """Pipedrive's list of deals."""
    fdp = FuzzedDataProvider(data)
    labels = header(fdp, FIELDS, [label for label in _PIPEDRIVE if fdp.ConsumeIntInRange(0, 5)])
    stage(fdp, {"deals.csv": any_file(fdp, labels)}, fdp.PickValueInList(["auto", "pipedrive"]))


def dynamics(data: bytes) -> None:
    """Opportunities of Dynamics 365."""
    fdp = FuzzedDataProvider(data)
    labels = header(fdp, FIELDS, [label for label in _DYNAMICS if fdp.ConsumeIntInRange(0, 5)])
    stage(fdp, {"deals.csv": any_file(fdp, labels)}, fdp.PickValueInList(["auto", "dynamics"]))


def mapped(data: bytes) -> None:
    """A table of deals with a mapping file, perhaps several snapshots, and files that come along."""
    fdp = FuzzedDataProvider(data)
    names = [field.name for field in FIELDS if fdp.ConsumeBool()]
    names += [name for name in ("deal_id", "stage") if name not in names]
    columns = "".join(f'{name} = "col {name}"\n' for name in names)
    options = {
        "date_format": ["dmy", "mdy", "ymd", "DD-MM-YY"],
        "decimal": [".", ","],
        "delimiter": [",", ";", "|"],
        "encoding": ["utf-8", "cp1252", "utf-16", "hex", "idna", "nope"],
        "currency": ["EUR", "euro"],
        "id_prefix": ["B-"],
        "as_of": ["2024-03-31"],
        "as_of_column": ["day"],
    }
    told = [
        f'{name} = "{fdp.PickValueInList(given)}"'
        for name, given in options.items()
        if not fdp.ConsumeIntInRange(0, 3)
    ]
    text = "[table]\n" + "\n".join(told) + f"\n[columns]\n{columns}"
    if not fdp.ConsumeIntInRange(0, 3):
        text += '[stages."Prospecting"]\nprobability = 10\n[stages."Closed Won"]\nwon = true\n'
    if not fdp.ConsumeIntInRange(0, 3):
        text += '[owners]\nfile = "helper.csv"\nname = "who"\nmanager = "boss"\n'
    if not fdp.ConsumeIntInRange(0, 3):
        text += '[lookups.p]\nfile = "helper.csv"\nkey = "col type"\nfile_key = "who"\namount = "price"\n'
    files = {"deals.csv": any_file(fdp, [*(f"col {name}" for name in names), "day"])}
    if fdp.ConsumeBool():
        files["deals2.csv"] = any_file(fdp, [*(f"col {name}" for name in names), "day"])
    if fdp.ConsumeBool():
        files["helper.csv"] = any_file(fdp, ["who", "boss", "price"])
    stage(fdp, files, fdp.PickValueInList(["auto", "table"]), text)


def salesforce(data: bytes) -> None:
    """A Salesforce export of some of its objects."""
    fdp = FuzzedDataProvider(data)
    files = {}
    for place, wanted in enumerate(SALESFORCE):
        if place == 0 or fdp.ConsumeIntInRange(0, 3) == 0:
            files[f"{wanted.name}.csv"] = any_file(fdp, header(fdp, wanted.fields, wanted.needs))
    stage(fdp, files, fdp.PickValueInList(["auto", "salesforce"]))


def hubspot(data: bytes) -> None:
    """HubSpot's files."""
    fdp = FuzzedDataProvider(data)
    files = {}
    for wanted in HUBSPOT:
        if wanted.name == "deals" or fdp.ConsumeIntInRange(0, 3) == 0:
            needs = [fdp.PickValueInList(list(group)) for group in wanted.needs]
            files[f"{wanted.name}.csv"] = any_file(fdp, header(fdp, wanted.fields, needs))
    stage(fdp, files, fdp.PickValueInList(["auto", "hubspot"]))


def _list(data: bytes, kind: str, fields: Sequence[Field]) -> None:
    fdp = FuzzedDataProvider(data)
    labels = header(fdp, fields, [field.name for field in fields if fdp.ConsumeIntInRange(0, 7)])
    stage(
        fdp, {fdp.PickValueInList(list(_NAMES)): any_file(fdp, labels)}, fdp.PickValueInList(["auto", kind])
    )


def answers(data: bytes) -> None:
    """A list of answers."""
    _list(data, "answers", ANSWERS)


def contacts(data: bytes) -> None:
    """A list of contact roles."""
    _list(data, "contacts", CONTACTS)


def rates(data: bytes) -> None:
    """A list of exchange rates."""
    _list(data, "rates", RATES)


def targets(data: bytes) -> None:
    """A list of targets, with a row or a column per period."""
    if data[:1] < b"\x80":
        return _list(data[1:], "targets", TARGETS)
    fdp = FuzzedDataProvider(data[1:])
    named = [fdp.PickValueInList(list(_PERIODS)) for _ in range(fdp.ConsumeIntInRange(1, 4))]
    return stage(fdp, {"targets.csv": any_file(fdp, ["Owner", *named])}, "targets")


def cells(data: bytes) -> None:
    """Every cell of a date, an amount and a share at once, in one small table that is nothing else."""
    fdp = FuzzedDataProvider(data)
    rows = [
        f'{n},N,Stage,"{cell(fdp)}","{cell(fdp)}","{cell(fdp)}"' for n in range(fdp.ConsumeIntInRange(1, 3))
    ]
    text = "Deal ID,Deal Name,Stage,Amount,Close Date,Probability\n" + "\n".join(rows)
    stage(fdp, {"deals.csv": text.encode()}, "table")
