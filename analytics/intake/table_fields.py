"""The fields of a table of deals, and the labels under which CRMs and plain sheets have them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from analytics.intake.fields import Field, locate
from analytics.intake.labels import labels

# In English; other languages, and what only some CRMs have, are in labels.toml.
_ENGLISH = (
    Field(
        "deal_id",
        labels=(
            *("deal_id", "Opportunity ID", "Deal ID", "Record ID", "hs_object_id", "Deal - ID", "Oppty ID"),
            *("Opportunity Number", "Deal Number", "Id"),
        ),
    ),
    Field(
        "name",
        labels=(
            "Opportunity Name",
            "Deal Name",
            "dealname",
            "Deal - Title",
            "Deal",
            "Opportunity",
            "Title",
            "Name",
        ),
    ),
    Field(
        "account_name",
        labels=(
            *(
                "account_name",
                "Account Name",
                "Account",
                "Associated Company",
                "Associated Company (Primary)",
            ),
            *("Deal - Organization", "Organization", "Company", "Company name", "Customer", "Client"),
        ),
    ),
    Field("account_id", labels=("Account ID", "Company ID")),
    Field(
        "owner",
        labels=(
            *(
                "owner",
                "Opportunity Owner",
                "Deal owner",
                "hubspot_owner_id",
                "Deal - Owner",
                "Sales Rep",
                "Rep",
            ),
            *("Sales Agent", "Account Executive", "Owner Name", "Owner ID", "Salesperson"),
        ),
    ),
    Field(
        "stage",
        labels=("stage", "Deal Stage", "dealstage", "Deal - Stage", "StageName", "Sales Stage", "Phase"),
    ),
    Field(
        "amount",
        "amount",
        labels=(
            *("amount", "ACV", "Deal Amount", "Deal - Value", "Deal Value", "Value", "Total Amount", "TCV"),
            *("Amount (converted)", "Close Value", "Revenue", "Betrag"),
        ),
    ),
    Field(
        "close_date",
        "date",
        labels=(
            *("close_date", "Close Date", "closedate", "Deal - Expected close date", "Expected Close Date"),
            "Expected Close",
        ),
    ),
    Field(
        "created",
        "moment",
        labels=(
            *(
                "created",
                "Created Date",
                "Create Date",
                "createdate",
                "Deal - Deal created",
                "Created",
                "Created At",
            ),
            *("Deal created", "engage_date"),
        ),
    ),
    Field("closed", "date", labels=("closed", "Closed Date", "Deal - Deal closed on", "Closed on")),
    Field(
        "forecast_category",
        labels=(
            "Forecast Category",
            "forecast_category",
            "hs_manual_forecast_category",
            "ForecastCategoryName",
        ),
    ),
    Field(
        "probability",
        "share",
        labels=(
            *("probability", "Probability (%)", "Deal probability", "hs_deal_stage_probability"),
            "Deal - Probability",
        ),
    ),
    Field(
        "next_step", labels=("Next Step", "next_step", "hs_next_step", "Opportunity Next Steps", "Next Steps")
    ),
    Field(
        "last_activity",
        "date",
        labels=(
            "Last Activity",
            "last_activity",
            "Last Activity Date",
            "notes_last_updated",
            "Deal - Last activity date",
        ),
    ),
    Field(
        "currency",
        labels=(
            *("currency", "CurrencyIsoCode", "Deal - Currency of Value", "deal_currency_code"),
            *("Amount Currency", "Total Amount Currency", "Opportunity Currency"),
        ),
    ),
    Field("status", labels=("status", "Deal - Status", "Deal Status")),
    Field("type", labels=("type", "Deal Type", "dealtype", "Opportunity Type")),
    Field("lead_source", labels=("Lead Source", "lead_source", "Original Source", "Deal - Source origin")),
    Field("pipeline"),
    Field("won_amount", "amount"),
    Field("won_on", "date"),
    Field("lost_on", "date"),
    Field("archived"),
    Field("archived_on"),
)
#: Our fields and the labels under which CRMs' lists and plain sheets have them.
FIELDS = tuple(
    replace(field, labels=(*(field.labels or (field.name,)), *labels("deals", field.name)))
    for field in _ENGLISH
)
_TELLING = ("stage", "status", "amount", "close_date")


#: A column that may be missing, and what is lost without it.
_WISHED = {
    "amount": "Without amounts every total is 0.",
    "close_date": "No deal is dated in a quarter, so the quarter's number is 0.",
    "owner": "No number can be shown per rep or team.",
    "created": "A deal's age is not known; past days show only what was loaded then.",
}


def without(columns: Collection[str]) -> dict[str, str]:
    """Our fields that are not among `columns`, though numbers rest on them -> what is lost."""
    return {name: cost for name, cost in _WISHED.items() if name not in columns}


def guess(header: Sequence[str]) -> dict[str, int] | None:
    """Which column is what, by usual names; None if this does not look like a table of deals."""
    found = locate(header, FIELDS)
    names_deal = "deal_id" in found or "name" in found
    enough = sum(name in found for name in _TELLING) >= 2 and ("stage" in found or "status" in found)
    return found if names_deal and enough else None
