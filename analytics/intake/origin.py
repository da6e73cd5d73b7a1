"""Which CRM deals come from: the source under which the store keeps them, and how it calls things."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Origin:
    """A CRM's own words, for messages: a person must find there what a message names."""

    source: str
    crm: str
    #: the deal's id in its own file, and in the files that belong to deals
    id: str
    deal_id: str
    owner: str
    #: what to add to an export that does not say which stages are won and lost
    stages: str
    #: what to add to an export that lacks the deals' past
    history: str
    #: said where contacts of deals come without the time since when; '' = there is nothing to do about it
    undated_contacts: str
    #: said where deals were created after they closed
    late: str


SALESFORCE = Origin(
    source="salesforce",
    crm="Salesforce",
    id="Id",
    deal_id="OpportunityId",
    owner="OwnerId",
    stages="the OpportunityStage file, or IsClosed and IsWon to Opportunity",
    history="OpportunityHistory",
    undated_contacts="OpportunityContactRole lacks CreatedDate, so stakeholders are known only from the"
    " export's date on; export that column too to see them at past dates.",
    late=" Give an export with the true dates, or name the columns that have them in a mapping file, such as"
    ' [salesforce] created = "Opp Creation Date_Simulated", close_date = "Opp Close Date_Simulated".',
)
HUBSPOT = Origin(
    source="hubspot",
    crm="HubSpot",
    id="Record ID",
    deal_id="Deal ID",
    owner="Deal owner",
    stages="the list of stages",
    history="the deals' property history",
    undated_contacts="",
    late=" Give an export in which Create Date is the true one.",
)
