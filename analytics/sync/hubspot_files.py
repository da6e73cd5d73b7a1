"""HubSpot's answers as the CSV files that the import reads (analytics.intake.hubspot_objects)."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

#: The properties of a deal that are read, with what is lost without them; 'amount' may be another one.
NEEDED = ("dealstage", "amount", "closedate", "createdate", "hs_lastmodifieddate")
WANTED = {
    "dealname": "deals have no names",
    "pipeline": "equal stages of several pipelines cannot be told apart",
    "hubspot_owner_id": "deals have no owners",
    "deal_currency_code": "all amounts count in the company's currency",
    "hs_manual_forecast_category": "there are no forecast categories",
    "hs_deal_stage_probability": "each deal has its stage's probability",
    "hs_next_step": "there are no next steps",
    "dealtype": "deals have no type",
    "notes_last_updated": "the last activity is unknown",
    "hs_analytics_source": "the lead source is unknown",
    "hs_merged_object_ids": "deals that were merged into others stay",
}
#: Those of which the history is read.
TRACKED = (
    *("dealname", "dealstage", "amount", "closedate", "hubspot_owner_id", "hs_manual_forecast_category"),
    *("hs_deal_stage_probability", "hs_next_step", "hs_merged_object_ids"),
)

Record = dict[str, Any]


def write(folder: Path, name: str, columns: Iterable[str], rows: Iterable[Iterable[object]]) -> None:
    """A file in the folder, where there are rows."""
    rows = list(rows)
    if rows:
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(columns)
            writer.writerows([["" if cell is None else cell for cell in row] for row in rows])


def write_deals(folder: Path, deals: list[Record], properties: list[str]) -> None:
    """Deals with their properties and their history, and what was merged into them."""
    merged = [row for deal in deals for row in _merged(deal)]
    rows = [
        [deal["id"], str(bool(deal.get("archived"))).lower(), deal.get("archivedAt")]
        + [deal.get("properties", {}).get(name) for name in properties]
        for deal in deals
    ]
    rows += [[id_, "true", at] + [None] * len(properties) for id_, at in merged]
    write(folder, "deals", ["hs_object_id", "archived", "archivedAt", *properties], rows)
    write(
        folder,
        "deal_property_history",
        ["deal_id", "property", "value", "timestamp"],
        (row for deal in deals for row in _history(deal)),
    )


def _history(deal: Record) -> Iterable[list[object]]:
    """A deal's changes, the earliest first: of two in one moment HubSpot lists the later one first."""
    for name, versions in (deal.get("propertiesWithHistory") or {}).items():
        if name != "hs_merged_object_ids":
            for version in reversed(versions or []):
                yield [deal["id"], name, version.get("value"), version.get("timestamp")]


def _merged(deal: Record) -> list[tuple[str, object]]:
    """The deals that were merged into this one, and since when they are."""
    since: dict[str, object] = {}
    for version in reversed((deal.get("propertiesWithHistory") or {}).get("hs_merged_object_ids") or []):
        for id_ in filter(None, str(version.get("value") or "").split(";")):
            since.setdefault(id_, version.get("timestamp"))
    for id_ in filter(None, str(deal.get("properties", {}).get("hs_merged_object_ids") or "").split(";")):
        since.setdefault(id_, deal["properties"].get("hs_lastmodifieddate"))
    return list(since.items())


def write_owners(folder: Path, owners: list[Record]) -> None:
    """The people to whom deals belong, with their first team."""
    write(
        folder,
        "owners",
        ["owner_id", "email", "first_name", "last_name", "team", "archived"],
        (
            [
                *(owner["id"], owner.get("email"), owner.get("firstName"), owner.get("lastName")),
                *(_team(owner), str(bool(owner.get("archived"))).lower()),
            ]
            for owner in owners
        ),
    )


def _team(owner: Record) -> str | None:
    teams = sorted(owner.get("teams") or [], key=lambda team: not team.get("primary"))
    return str(teams[0].get("name")) if teams else None


def write_stages(folder: Path, pipelines: list[Record]) -> None:
    """All pipelines' stages."""
    columns = ["stage_id", "label", "pipeline_id", "pipeline_label", "display_order", "probability"]
    write(
        folder,
        "stages",
        [*columns, "is_closed", "closed_won", "archived"],
        (
            [
                *(stage["id"], stage["label"], pipeline["id"], pipeline["label"]),
                *(stage.get("displayOrder"), probability, is_closed, is_won),
                str(bool(stage.get("archived") or pipeline.get("archived"))).lower(),
            ]
            for pipeline in pipelines
            for stage in pipeline.get("stages", [])
            for probability, is_closed, is_won in [_meaning(stage.get("metadata") or {})]
        ),
    )


def _meaning(metadata: Record) -> tuple[str | None, str, str]:
    """Probability, whether closed, whether won: HubSpot says the last only by the probability."""
    probability = metadata.get("probability")
    is_closed = str(metadata.get("isClosed")).lower() == "true"
    try:
        is_won = is_closed and float(probability or 0) == 1
    except ValueError:
        is_won = False
    return probability, str(is_closed).lower(), str(is_won).lower()


def stage_names(pipelines: list[Record]) -> dict[str, str]:
    """Stage id -> pipeline and label: where one of these changes, deals that did not change change too."""
    return {
        str(stage["id"]): f"{pipeline['label']}: {stage['label']}"
        for pipeline in pipelines
        for stage in pipeline.get("stages", [])
    }
