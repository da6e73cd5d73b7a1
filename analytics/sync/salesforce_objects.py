"""What is read of a Salesforce org: objects, fields, which must be readable, and how cells are written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from analytics.intake.field_history import TRACKED
from analytics.problems import BadInput
from analytics.sync.core import Run
from analytics.sync.salesforce_client import Client, Row


@dataclass(frozen=True)
class Wanted:
    """An object: fields without which nothing is read, those that are missed, those that may be absent."""

    name: str
    must: tuple[str, ...]
    #: field -> what is lost without it
    should: Mapping[str, str] = field(default_factory=dict)
    may: tuple[str, ...] = ()
    #: what is lost without the object; '' = it is absent in many orgs, nothing is said
    lost: str = ""


OPPORTUNITY = Wanted(
    "Opportunity",
    ("Id", "IsDeleted", "StageName", "Amount", "CloseDate", "OwnerId", "CreatedDate", "SystemModstamp"),
    {
        "Name": "deals have no names",
        "AccountId": "deals have no accounts",
        "IsClosed": "only stages say whether a deal is closed",
        "IsWon": "only stages say whether a deal is won",
        "Probability": "the stages' probabilities are used",
        "ForecastCategoryName": "the stages' categories are used",
        "NextStep": "next steps are not known",
        "LastActivityDate": "silent deals are not found",
        "Type": "deal types are not known",
        "LeadSource": "lead sources are not known",
    },
    ("CurrencyIsoCode",),
)
HISTORY = Wanted(
    "OpportunityHistory",
    ("OpportunityId", "CreatedDate", "StageName"),
    {
        "Amount": "past amounts are not known",
        "CloseDate": "past close dates are not known",
        "Probability": "past probabilities are not known",
        "ForecastCategory": "past forecast categories are not known",
    },
    lost="deals are not known at past dates",
)
FIELD_HISTORY = Wanted(
    "OpportunityFieldHistory",
    ("OpportunityId", "CreatedDate", "Field", "OldValue", "NewValue"),
    lost="past owners and next steps are not known",
)
CONTACT_ROLE = Wanted(
    "OpportunityContactRole",
    ("Id", "OpportunityId", "ContactId", "CreatedDate", "SystemModstamp", "IsDeleted"),
    {"Role": "roles are not known", "IsPrimary": "primary contacts are not known"},
    lost="stakeholders are not known",
)
STAGE = Wanted(
    "OpportunityStage",
    ("MasterLabel", "IsClosed", "IsWon"),
    {
        "SortOrder": "the order of stages is guessed",
        "DefaultProbability": "the stages' probabilities are guessed",
        "ForecastCategoryName": "the stages' categories are guessed",
    },
    ("IsActive",),
    lost="the order and probability of stages are taken from the deals",
)
USER = Wanted(
    "User",
    ("Id", "Name"),
    {"ManagerId": "nobody's manager is known", "UserRoleId": "teams are taken from departments"},
    ("IsActive", "Title", "Department", "Division", "Region__c", "Country"),
    lost="owners have no names and teams",
)
QUOTA = Wanted(
    "ForecastingQuota",
    ("QuotaOwnerId", "QuotaAmount", "StartDate"),
    may=("ForecastingTypeId", "CurrencyIsoCode"),
    lost="targets are not read; give them as a file (docs/import.md)",
)
CURRENCY = Wanted("CurrencyType", ("IsoCode", "ConversionRate", "IsCorporate"))
ACCOUNT = Wanted(
    "Account", ("Id", "Name", "IsDeleted", "MasterRecordId", "SystemModstamp"), lost="accounts have no names"
)
CONTACT = Wanted("Contact", ("Id", "Name"), may=("Title",), lost="stakeholders have no names")
ROLE = Wanted("UserRole", ("Id", "Name"), lost="teams are taken from departments")
ORGANIZATION = Wanted("Organization", ("Id",), may=("FiscalYearStartMonth", "DefaultCurrencyIsoCode"))

ACCOUNT_CHANGED = "Account.SystemModstamp"
_NUMBERS = frozenset({"currency", "double", "percent", "int"})
#: As OpportunityFieldHistory calls fields -> as we do.
_TRACKED = {
    "StageName": "stage",
    "Amount": "amount",
    "CloseDate": "close_date",
    "Probability": "probability",
    "ForecastCategoryName": "category",
    "Owner": "owner_id",
    "NextStep": "next_step",
}
_PERCENTS = frozenset({"Probability", "DefaultProbability"})
_PERMISSION = "Give the sync's user read access to it (docs/sync.md, Permissions)."


class Schema:
    """Which objects and fields this user may read, found out once per run; what is missing is said."""

    def __init__(
        self, client: Client, run: Run, own_fields: Iterable[str] = (), amount: str = "Amount"
    ) -> None:
        self._client, self._run = client, run
        self._own, self.amount = tuple(own_fields), amount
        self._columns: dict[str, list[str]] = {}
        self._types: dict[str, dict[str, str]] = {}
        self._tracked: frozenset[str] | None = None

    def has(self, wanted: Wanted) -> bool:
        """Whether the object can be read."""
        return bool(self.columns(wanted))

    def columns(self, wanted: Wanted) -> list[str]:
        """The fields to select, the object's own ones; [] where it cannot be read."""
        if wanted.name not in self._columns:
            self._columns[wanted.name] = self._look(wanted)
        return self._columns[wanted.name]

    def deals(self) -> list[str]:
        """The columns of Opportunity, with the account's name and since when it has it, at the latest."""
        columns = self.columns(OPPORTUNITY)
        of_account = ["Account.Name", ACCOUNT_CHANGED]
        return [*columns, *of_account] if "AccountId" in columns and self.has(ACCOUNT) else columns

    def roles(self) -> list[str]:
        """The columns of OpportunityContactRole, with the contact's name and title."""
        return [*self.columns(CONTACT_ROLE), *(f"Contact.{c}" for c in self.columns(CONTACT) if c != "Id")]

    def users(self) -> list[str]:
        """The columns of User, with the role's name."""
        columns = self.columns(USER)
        return [*columns, "UserRole.Name"] if "UserRoleId" in columns and self.has(ROLE) else columns

    def written(self, wanted: Wanted, rows: Iterable[Row]) -> Iterator[Row]:
        """Rows as the reader of files cannot misread them: plain numbers, shares with their sign."""
        types = self._types[wanted.name]
        numbers = [name for name, kind in types.items() if kind in _NUMBERS]
        for row in rows:
            for name in numbers:
                if row.get(name):
                    row[name] = _plain(row[name]) + ("%" if name in _PERCENTS else "")
            yield row

    def changes(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows of OpportunityFieldHistory that say something of a tracked field."""
        names = {name: ours for ours, all_ in TRACKED.items() for name in all_} | {
            self.amount.lower(): "amount"
        }
        for row in rows:
            ours = names.get(row["Field"].removeprefix("Opportunity.").lower())
            if ours is None:
                continue
            if ours in ("amount", "probability"):
                sign = "%" if ours == "probability" else ""
                for side in ("OldValue", "NewValue"):
                    row[side] = _plain(row[side]) + sign if row[side] else ""
            yield row

    def tracked(self) -> frozenset[str]:
        """Our names of the deals' fields of which the org has recorded any change: asked once per run."""
        if self._tracked is None:
            names = {ours: theirs for theirs, ours in _TRACKED.items()} | {"amount": self.amount}
            select = "SELECT Id FROM OpportunityFieldHistory WHERE Field ="
            self._tracked = frozenset(
                ours
                for ours, theirs in names.items()
                if self.has(FIELD_HISTORY)
                and list(self._client.read(f"{select} '{theirs}' ORDER BY Id LIMIT 1", ["Id"]))
            )
        return self._tracked

    def _look(self, wanted: Wanted) -> list[str]:
        types = self._client.fields_of(wanted.name)
        must, should = wanted.must, wanted.should
        if wanted is OPPORTUNITY:
            own = tuple(name for name in self._own if name not in must)
            must = tuple(name for name in must if name != "Amount" or self.amount == "Amount") + own
        lacking = [name for name in must if types is None or name not in types]
        if lacking:
            self._say_lacking(wanted, lacking, is_there=types is not None)
            return []
        assert types is not None
        for name, lost in should.items():
            if name not in types:
                self._run.note(f"{wanted.name}.{name} cannot be read, so {lost}. {_PERMISSION}")
        self._types[wanted.name] = types
        return [name for name in (*must, *should, *wanted.may) if name in types]

    def _say_lacking(self, wanted: Wanted, lacking: list[str], *, is_there: bool) -> None:
        names = ", ".join(f"{wanted.name}.{name}" for name in lacking) if is_there else wanted.name
        if wanted is OPPORTUNITY:
            raise BadInput(f"{names} cannot be read", where=self._client.url, to_do=_PERMISSION)
        if wanted.lost:
            self._run.note(f"{names} cannot be read, so {wanted.lost}. {_PERMISSION}")


def _plain(text: str) -> str:
    """A number without exponent; what is none stays, the reader of files says so."""
    try:
        return f"{Decimal(text):f}"
    except InvalidOperation:
        return text
