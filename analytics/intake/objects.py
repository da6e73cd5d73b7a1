"""The objects of a Salesforce data export: how their files are recognised and which fields are read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import PurePath

from analytics.intake.fields import Field, key


@dataclass(frozen=True)
class SalesforceObject:
    """One object: its name, the columns without which a file is not it, and its fields."""

    name: str
    needs: tuple[str, ...]
    fields: tuple[Field, ...]
    #: columns that only this object has: enough to recognise a file whose name says nothing
    typical: tuple[str, ...] = ()


def _field(name: str, kind: str, *labels: str, required: bool = False) -> Field:
    return Field(name, kind, required, labels)


OPPORTUNITY = SalesforceObject(
    "Opportunity",
    ("Id", "StageName"),
    (
        _field("deal_id", "text", "Id", required=True),
        _field("is_deleted", "flag", "IsDeleted"),
        _field("account_id", "text", "AccountId"),
        _field("account_name", "text", "Account.Name", "AccountName"),
        _field("name", "text", "Name"),
        _field("stage", "text", "StageName"),
        _field("amount", "amount", "Amount"),
        _field("probability", "percent", "Probability"),
        _field("close_date", "date", "CloseDate"),
        _field("deal_type", "text", "Type"),
        _field("next_step", "text", "NextStep"),
        _field("lead_source", "text", "LeadSource"),
        _field("is_closed", "flag", "IsClosed"),
        _field("is_won", "flag", "IsWon"),
        _field("category", "text", "ForecastCategoryName", "ForecastCategory"),
        _field("owner_id", "text", "OwnerId", "Owner.Id", "Owner.Name"),
        _field("created", "moment", "CreatedDate"),
        _field("modified", "moment_end", "LastModifiedDate", "SystemModstamp"),
        _field("last_activity", "date", "LastActivityDate"),
        _field("currency", "text", "CurrencyIsoCode"),
    ),
    ("StageName", "CloseDate"),
)
HISTORY = SalesforceObject(
    "OpportunityHistory",
    ("OpportunityId", "StageName", "CreatedDate"),
    (
        _field("deal_id", "text", "OpportunityId", required=True),
        _field("since", "moment", "CreatedDate", required=True),
        _field("stage", "text", "StageName"),
        _field("amount", "amount", "Amount"),
        _field("close_date", "date", "CloseDate"),
        _field("probability", "percent", "Probability"),
        _field("category", "text", "ForecastCategory", "ForecastCategoryName"),
    ),
    ("OpportunityId", "StageName", "CreatedDate"),
)
FIELD_HISTORY = SalesforceObject(
    "OpportunityFieldHistory",
    ("OpportunityId", "Field", "NewValue", "CreatedDate"),
    (
        _field("deal_id", "text", "OpportunityId", required=True),
        _field("since", "moment", "CreatedDate", required=True),
        _field("field", "text", "Field", required=True),
        _field("old_value", "text", "OldValue"),
        _field("new_value", "text", "NewValue"),
    ),
    ("OpportunityId", "Field", "NewValue"),
)
CONTACT_ROLE = SalesforceObject(
    "OpportunityContactRole",
    ("OpportunityId", "ContactId"),
    (
        _field("deal_id", "text", "OpportunityId", required=True),
        _field("contact_id", "text", "ContactId", required=True),
        _field("name", "text", "Contact.Name", "ContactName"),
        _field("title", "text", "Contact.Title", "ContactTitle", "Title"),
        _field("role", "text", "Role"),
        _field("is_primary", "flag", "IsPrimary"),
        _field("is_deleted", "flag", "IsDeleted"),
        _field("created", "moment", "CreatedDate"),
        _field("modified", "moment_end", "LastModifiedDate", "SystemModstamp"),
    ),
    ("OpportunityId", "ContactId"),
)
STAGE = SalesforceObject(
    "OpportunityStage",
    ("MasterLabel",),
    (
        _field("stage", "text", "MasterLabel", required=True),
        _field("sort_order", "number", "SortOrder"),
        _field("probability", "percent", "DefaultProbability"),
        _field("category", "text", "ForecastCategoryName", "ForecastCategory"),
        _field("is_closed", "flag", "IsClosed"),
        _field("is_won", "flag", "IsWon"),
        _field("is_active", "flag", "IsActive"),
    ),
    ("MasterLabel", "DefaultProbability"),
)
ACCOUNT = SalesforceObject(
    "Account",
    ("Id", "Name"),
    (_field("account_id", "text", "Id", required=True), _field("name", "text", "Name")),
    ("Industry", "BillingCity"),
)
CONTACT = SalesforceObject(
    "Contact",
    ("Id",),
    (
        _field("contact_id", "text", "Id", required=True),
        _field("name", "text", "Name"),
        _field("first_name", "text", "FirstName"),
        _field("last_name", "text", "LastName"),
        _field("title", "text", "Title"),
    ),
    ("AccountId", "LastName"),
)
USER = SalesforceObject(
    "User",
    ("Id",),
    (
        _field("person_id", "text", "Id", required=True),
        _field("name", "text", "Name"),
        _field("first_name", "text", "FirstName"),
        _field("last_name", "text", "LastName"),
        _field("manager_id", "text", "ManagerId", "Manager.Id"),
        _field("role_name", "text", "UserRole.Name", "UserRoleName", "RoleName"),
        _field("role_id", "text", "UserRoleId"),
        _field("title", "text", "Title"),
        _field("department", "text", "Department"),
        _field("division", "text", "Division"),
        _field("region", "text", "Region__c", "Region", "Country"),
        _field("is_active", "flag", "IsActive"),
    ),
    ("Username", "ManagerId"),
)
ROLE = SalesforceObject(
    "UserRole",
    ("Id", "Name"),
    (_field("role_id", "text", "Id", required=True), _field("name", "text", "Name")),
    ("RollupDescription", "ParentRoleId"),
)
QUOTA = SalesforceObject(
    "ForecastingQuota",
    ("QuotaOwnerId", "QuotaAmount", "StartDate"),
    (
        _field("owner_id", "text", "QuotaOwnerId", required=True),
        _field("amount", "amount", "QuotaAmount", required=True),
        _field("starts", "date", "StartDate", required=True),
        _field("type_id", "text", "ForecastingTypeId"),
        _field("currency", "text", "CurrencyIsoCode"),
    ),
    ("QuotaOwnerId", "QuotaAmount"),
)
CURRENCY = SalesforceObject(
    "CurrencyType",
    ("IsoCode", "ConversionRate"),
    (
        _field("currency", "text", "IsoCode", required=True),
        _field("rate", "number", "ConversionRate", required=True),
        _field("is_corporate", "flag", "IsCorporate"),
    ),
    ("IsoCode", "ConversionRate"),
)

OBJECTS = (
    *(OPPORTUNITY, HISTORY, FIELD_HISTORY, CONTACT_ROLE, STAGE, ACCOUNT, CONTACT, USER, ROLE),
    *(QUOTA, CURRENCY),
)
_BY_NAME = {o.name.lower(): o for o in OBJECTS} | {
    "opportunities": OPPORTUNITY,
    "users": USER,
    "accounts": ACCOUNT,
}


def object_of(file: str, header: Sequence[str]) -> SalesforceObject | None:
    """Which object a file holds: by its name if its header fits, else by columns that only one object has."""
    columns = {key(label) for label in header}
    stem = re.sub(r"[^a-z]", "", PurePath(file).stem.lower())
    names = sorted((name for name in _BY_NAME if stem.startswith(name)), key=len, reverse=True)
    for name in names:
        if _has(columns, _BY_NAME[name].needs) and not (
            "opportunityid" in columns and _BY_NAME[name] is OPPORTUNITY
        ):
            return _BY_NAME[name]
    for candidate in (FIELD_HISTORY, HISTORY, CONTACT_ROLE, QUOTA, CURRENCY, STAGE):
        if _has(columns, candidate.typical):
            return candidate
    if "id" in columns and "opportunityid" not in columns:
        for candidate in (OPPORTUNITY, USER, ROLE, CONTACT, ACCOUNT):
            if _has(columns, candidate.typical):
                return candidate
    return None


def _has(columns: set[str], needed: Sequence[str]) -> bool:
    return all(key(label) in columns for label in needed)
