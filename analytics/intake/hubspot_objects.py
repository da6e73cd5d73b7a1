"""The files in which HubSpot data comes: how they are recognised, and which columns are read.

Columns go by HubSpot's labels, its internal names, or Fivetran's (`property_` before the internal name).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from analytics.intake.fields import Field, key, locate
from analytics.intake.table_fields import FIELDS


@dataclass(frozen=True)
class HubSpotObject:
    """One kind of file: its name, what recognises it (one column of each group), and its fields."""

    name: str
    needs: tuple[tuple[str, ...], ...]
    fields: tuple[Field, ...]


def _field(name: str, kind: str, *labels: str, required: bool = False) -> Field:
    return Field(name, kind, required, (*labels, *(f"property_{label}" for label in labels)))


_DEAL_ID = ("Record ID", "hs_object_id", "Deal ID", "deal_id")
DEALS = HubSpotObject(
    "deals",
    (
        ("Record ID", "hs_object_id", "deal_id"),
        ("dealname", "property_dealname", "dealstage", "deal_pipeline_stage_id", "property_dealstage"),
    ),
    (
        _field("deal_id", "text", *_DEAL_ID, "id", required=True),
        _field("is_deleted", "flag", "archived", "is_deleted", "_fivetran_deleted"),
        _field("archived_at", "moment", "archivedAt", "archived_at"),
        _field(
            *("account_id", "text", "hs_primary_associated_company", "Primary Associated Company ID"),
            *("Associated Company ID", "Associated Company IDs", "Associated Company IDs (Primary)"),
        ),
        _field(
            *("account_name", "text", "Associated Company (Primary)", "Primary Associated Company"),
            *("Associated Company", "Company name", "Primary company"),
        ),
        _field("name", "text", "dealname"),
        _field("pipeline", "text", "pipeline", "deal_pipeline_id"),
        _field("stage", "text", "dealstage", "deal_pipeline_stage_id"),
        _field("amount", "amount", "amount"),
        _field("probability", "share", "Deal probability", "hs_deal_stage_probability"),
        _field("close_date", "date", "closedate"),
        _field("deal_type", "text", "dealtype"),
        _field("next_step", "text", "Next step", "hs_next_step"),
        _field("lead_source", "text", "Original Source", "Original Traffic Source", "hs_analytics_source"),
        _field("is_closed", "flag", "Is Closed", "Is Deal Closed?", "hs_is_closed"),
        _field("is_won", "flag", "Is Closed Won", "hs_is_closed_won"),
        _field("category", "text", "Forecast category", "hs_manual_forecast_category"),
        _field("owner_id", "text", "Deal owner", "hubspot_owner_id", "owner_id"),
        _field("created", "moment", "createdate", "createdAt"),
        _field("modified", "moment_end", "Last Modified Date", "hs_lastmodifieddate", "updatedAt"),
        _field("last_activity", "date", "Last Activity Date", "notes_last_updated"),
        _field("currency", "text", "deal_currency_code", "Currency"),
    ),
)
HISTORY = HubSpotObject(
    "property history",
    (
        (*_DEAL_ID, "Object ID"),
        ("Property name", "Property", "Property internal name", "name"),
        ("Value", "Property value", "New value"),
        ("Timestamp", "Changed at", "Change date", "Date changed", "Date of change"),
    ),
    (
        _field("deal_id", "text", *_DEAL_ID, "Object ID", required=True),
        _field(
            "property", "text", "Property internal name", "Property name", "Property", "name", required=True
        ),
        _field("value", "text", "Value", "Property value", "New value"),
        _field(
            *("since", "moment", "Timestamp", "Changed at", "Change date", "Date changed", "Date of change"),
            required=True,
        ),
    ),
)
STAGE_HISTORY = HubSpotObject(
    "stage history",
    (
        ("deal_id", "Deal ID", "Record ID"),
        ("value", "deal_stage", "Deal Stage", "stage", "stage_id", "pipeline_stage_label"),
        ("date_entered", "date_stage_entered", "Date entered", "_fivetran_start"),
    ),
    (
        _field("deal_id", "text", *_DEAL_ID, required=True),
        _field("value", "text", "value", "deal_stage", "stage_id", "stage", "pipeline_stage_label"),
        _field(
            *("since", "moment", "date_entered", "date_stage_entered", "_fivetran_start"),
            required=True,
        ),
    ),
)
STAGE = HubSpotObject(
    "stages",
    (("stage_id", "Stage ID"), ("label", "Stage", "Stage name"), ("pipeline_id", "Pipeline ID", "Pipeline")),
    (
        _field("stage_id", "text", "stage_id", required=True),
        _field("label", "text", "label", "Stage name", "Stage", required=True),
        _field("pipeline_id", "text", "pipeline_id"),
        _field("pipeline", "text", "pipeline_label", "Pipeline name", "Pipeline"),
        _field("sort_order", "number", "display_order"),
        _field("probability", "share", "probability", "Deal probability"),
        _field("is_closed", "flag", "is_closed"),
        _field("is_won", "flag", "closed_won", "is_won"),
        _field("is_deleted", "flag", "archived", "_fivetran_deleted"),
    ),
)
PIPELINE = HubSpotObject(
    "pipelines",
    (("pipeline_id", "Pipeline ID"), ("label", "Pipeline name")),
    (
        _field("pipeline_id", "text", "pipeline_id", required=True),
        _field("pipeline", "text", "label", "Pipeline name", required=True),
    ),
)
OWNER = HubSpotObject(
    "owners",
    (("owner_id", "Owner ID"), ("email", "first_name", "last_name", "Owner name")),
    (
        _field("person_id", "text", "owner_id", required=True),
        _field("name", "text", "Owner name"),
        _field("first_name", "text", "first_name"),
        _field("last_name", "text", "last_name"),
        _field("email", "text", "email"),
        _field("team", "text", "team", "Team name"),
        _field("is_deleted", "flag", "archived", "_fivetran_deleted"),
    ),
)
COMPANY = HubSpotObject(
    "companies",
    (
        ("company_id", "Record ID", "id", "hs_object_id"),
        ("Company name", "property_name", "company_name"),
    ),
    (
        _field("account_id", "text", "company_id", "Record ID", "hs_object_id", "id", required=True),
        _field("name", "text", "Company name", "property_name", "company_name"),
    ),
)
DEAL_COMPANY = HubSpotObject(
    "companies of deals",
    (("deal_id", "Deal ID"), ("company_id", "Company ID")),
    (
        _field("deal_id", "text", "deal_id", required=True),
        _field("account_id", "text", "company_id", required=True),
    ),
)
DEAL_CONTACT = HubSpotObject(
    "contacts of deals",
    (("deal_id", "Deal ID"), ("contact_id", "Contact ID")),
    (
        _field("deal_id", "text", "deal_id", required=True),
        _field("contact_id", "text", "contact_id", required=True),
        _field("name", "text", "contact_name", "name"),
        _field("title", "text", "jobtitle", "Job title", "title"),
        _field("role", "text", "label", "labels", "role", "Association label"),
        _field("is_primary", "flag", "is_primary", "primary"),
        _field("is_deleted", "flag", "archived", "_fivetran_deleted"),
        _field("created", "moment", "since", "associated_at"),
    ),
)
CONTACT = HubSpotObject(
    "contacts",
    (
        ("contact_id", "Record ID", "id", "hs_object_id"),
        ("firstname", "First Name"),
        ("lastname", "Last Name"),
    ),
    (
        _field("contact_id", "text", "contact_id", "Record ID", "hs_object_id", "id", required=True),
        _field("first_name", "text", "firstname", "First Name"),
        _field("last_name", "text", "lastname", "Last Name"),
        _field("name", "text", "Full name"),
        _field("title", "text", "jobtitle", "Job Title"),
    ),
)
#: In the order in which a header is tried: the more telling first.
OBJECTS = (
    *(HISTORY, STAGE_HISTORY, STAGE, PIPELINE, DEAL_CONTACT, DEAL_COMPANY, OWNER, DEALS, CONTACT, COMPANY),
)


def object_of(header: Sequence[str]) -> HubSpotObject | None:
    """Which of HubSpot's files has these columns."""
    columns = {key(label) for label in header}
    return next(
        (
            candidate
            for candidate in OBJECTS
            if all(any(key(label) in columns for label in group) for group in candidate.needs)
        ),
        None,
    )


_ENTERED = re.compile(
    r'date entered [“"]?(.+?)[”"]?$|(?:property_)?hs_(?:v2_)?date_entered_(.+)$', re.IGNORECASE
)


def entered_stages(header: Sequence[str]) -> dict[int, str]:
    """Columns of a list of deals that say when a deal entered a stage -> the stage's label or id."""
    found = {number: _ENTERED.match(label) for number, label in enumerate(header)}
    stages = {number: match[1] or match[2] for number, match in found.items() if match}
    return {number: stage for number, stage in stages.items() if key(stage) not in {"", "currentstage"}}


def is_own(header: Sequence[str]) -> bool:
    """Whether nothing but HubSpot writes such a file of deals, so that nobody needs to say the kind.

    A file whose amounts, names or dates have a label that only other tables use is read as one of those:
    HubSpot's reader would leave the column out.
    """
    found, columns = object_of(header), {key(label) for label in header}
    if found is DEALS:
        own = ({"recordid", "dealstage"}, {"hsobjectid", "dealstage"}, {"dealpipelinestageid"})
        ours, theirs = locate(header, DEALS.fields), locate(header, FIELDS)
        is_renamed = any(
            one in theirs and one not in ours and theirs[one] not in ours.values()
            for one in ("name", "amount", "close_date")
        )
        return any(group <= columns for group in own) and not is_renamed
    return found is HISTORY
