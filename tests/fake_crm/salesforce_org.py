"""What a Salesforce org of our own holds, and the little SOQL that is asked of it."""

from __future__ import annotations

import random
import re
from datetime import UTC, datetime, timedelta
from typing import Any

Record = dict[str, Any]

_START = datetime(2025, 1, 6, 9, 0, tzinfo=UTC)


def _fields(text: str) -> dict[str, str]:
    """Field -> type; what has no type named is a text."""
    return {name: kind or "string" for name, _, kind in (one.partition(":") for one in text.split())}


#: Object -> field -> type, as `describe` tells it.
SCHEMA: dict[str, dict[str, str]] = {
    "Opportunity": _fields(
        "Id AccountId OwnerId Name StageName ForecastCategoryName NextStep Type LeadSource IsDeleted IsClosed"
        " IsWon Amount:currency ACV__c:currency Probability:percent CloseDate:date LastActivityDate:date"
        " CreatedDate:datetime SystemModstamp:datetime"
    ),
    "OpportunityHistory": _fields(
        "Id OpportunityId StageName ForecastCategory Amount:currency Probability:percent CloseDate:date"
        " CreatedDate:datetime SystemModstamp:datetime IsDeleted"
    ),
    "OpportunityFieldHistory": _fields(
        "Id OpportunityId Field OldValue:anyType NewValue:anyType CreatedDate:datetime IsDeleted"
    ),
    "OpportunityContactRole": _fields(
        "Id OpportunityId ContactId Role IsPrimary IsDeleted CreatedDate:datetime SystemModstamp:datetime"
    ),
    "OpportunityStage": _fields(
        "Id MasterLabel SortOrder:int DefaultProbability:percent ForecastCategoryName IsClosed IsWon IsActive"
    ),
    "Account": _fields("Id Name IsDeleted MasterRecordId SystemModstamp:datetime"),
    "Contact": _fields("Id Name Title"),
    "User": _fields("Id Name ManagerId UserRoleId IsActive Title UserType"),
    "UserRole": _fields("Id Name"),
    "ForecastingQuota": _fields("Id QuotaOwnerId QuotaAmount:currency StartDate:date"),
    "Organization": _fields("Id FiscalYearStartMonth:int"),
}
STAGES = (
    ("Prospecting", 10, "Pipeline", False, False),
    ("Proposal", 50, "Best Case", False, False),
    ("Negotiation", 80, "Commit", False, False),
    ("Closed Won", 100, "Closed", True, True),
    ("Closed Lost", 0, "Omitted", True, False),
)
_HISTORY_CATEGORY = {"Best Case": "BestCase", "Commit": "Forecast"}
_PREFIXES = ("006", "008", "017", "00K", "01J", "001", "003", "005", "00E", "0J9", "00D")
_ID = dict(zip(SCHEMA, _PREFIXES, strict=True))


def written(at: datetime) -> str:
    """A time as Salesforce writes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.000+0000")


class Refused(Exception):
    """A request that the org refuses: status, code, message."""


class Org:
    """Records by object and id; every change of a deal leaves the history that Salesforce would leave."""

    def __init__(self, deals: int, seed: int = 1) -> None:
        self.objects: dict[str, dict[str, Record]] = {name: {} for name in SCHEMA}
        self.types = {name: dict(fields) for name, fields in SCHEMA.items()}
        self.deleted: dict[str, str] = {}  # deals: id -> when
        self._numbers: dict[str, int] = {}
        self._random = random.Random(seed)
        self._last = _START
        self._lists()
        for number in range(deals):
            self._deal(number)

    def new(self, name: str, **fields: Any) -> str:
        """A new record; returns its id."""
        self._numbers[name] = self._numbers.get(name, 0) + 1
        id_ = f"{_ID[name]}5e{self._numbers[name]:010d}AAA"
        blank = dict.fromkeys(SCHEMA[name]) | ({"IsDeleted": False} if "IsDeleted" in SCHEMA[name] else {})
        self.objects[name][id_] = {**blank, "Id": id_, **fields}
        return id_

    def change(self, id_: str, at: datetime | None = None, **fields: Any) -> None:
        """Change a deal at a moment (now): it and its history."""
        deal, when = self.objects["Opportunity"][id_], written(at or datetime.now(UTC))
        before = dict(deal)
        if stage := next((one for one in STAGES if one[0] == fields.get("StageName")), None):
            fields = {
                "Probability": float(stage[1]),
                "ForecastCategoryName": stage[2],
                "IsClosed": stage[3],
                "IsWon": stage[4],
                **fields,
            }
        deal.update(fields, SystemModstamp=when)
        if any(before[key] != deal[key] for key in ("StageName", "Amount", "CloseDate", "Probability")):
            self._history(deal, when)
        for name, field in (("NextStep", "NextStep"), ("OwnerId", "Owner")):
            if before[name] != deal[name] and before["SystemModstamp"]:
                pairs = [(before[name], deal[name])]
                if field == "Owner":
                    users = self.objects["User"]
                    pairs.append((users[before[name]]["Name"], users[deal[name]]["Name"]))
                for old, new in pairs:
                    self.new(
                        "OpportunityFieldHistory",
                        OpportunityId=id_,
                        Field=field,
                        OldValue=old,
                        NewValue=new,
                        CreatedDate=when,
                    )

    def delete(self, id_: str, *, undo: bool = False) -> None:
        """Put a deal into the recycle bin, with what belongs to it, or take it out again."""
        when = written(datetime.now(UTC))
        for name in ("OpportunityHistory", "OpportunityFieldHistory", "OpportunityContactRole"):
            for row in self.objects[name].values():
                if row["OpportunityId"] == id_:
                    row["IsDeleted"] = not undo
        self.objects["Opportunity"][id_].update(IsDeleted=not undo, SystemModstamp=when)
        self.deleted.pop(id_, None)
        if not undo:
            self.deleted[id_] = when

    def purge(self, id_: str) -> None:
        """Delete a deal and empty the recycle bin."""
        self.delete(id_)
        for name in ("OpportunityHistory", "OpportunityFieldHistory", "OpportunityContactRole"):
            rows = self.objects[name]
            self.objects[name] = {key: row for key, row in rows.items() if row["OpportunityId"] != id_}
        del self.objects["Opportunity"][id_]

    def vanish(self, id_: str) -> None:
        """A deal that can be seen no more, and of which nothing is said: shared no longer, or long purged."""
        self.purge(id_)
        del self.deleted[id_]

    def add_role(self, id_: str, contact: str, role: str, at: datetime | None = None) -> None:
        """A contact role; the deal's SystemModstamp stays."""
        when = written(at or datetime.now(UTC))
        self.new(
            "OpportunityContactRole",
            OpportunityId=id_,
            ContactId=contact,
            Role=role,
            IsPrimary=False,
            CreatedDate=when,
            SystemModstamp=when,
        )

    def merge(self, loser: str, master: str) -> None:
        """Merge two accounts; the loser's deals move over, their SystemModstamp stays."""
        when = written(datetime.now(UTC))
        self.objects["Account"][loser].update(IsDeleted=True, MasterRecordId=master, SystemModstamp=when)
        self.objects["Account"][master].update(SystemModstamp=when)
        for deal in self.objects["Opportunity"].values():
            if deal["AccountId"] == loser:
                deal["AccountId"] = master

    def rename(self, account: str, name: str) -> None:
        """Rename an account."""
        self.objects["Account"][account].update(Name=name, SystemModstamp=written(datetime.now(UTC)))

    def add(self, **fields: Any) -> str:
        """A new deal, now."""
        when = written(datetime.now(UTC))
        base = {"Name": "New", "AccountId": self._any("Account"), "OwnerId": self._any("User")}
        id_ = self.new("Opportunity", **base, CreatedDate=when)
        self.change(id_, StageName="Prospecting", CloseDate="2027-01-31", **fields)
        return id_

    def hide(self, field: str) -> None:
        """Take a field (Opportunity.NextStep) or an object from this user."""
        name, _, column = field.partition(".")
        if column:
            del self.types[name][column]
        else:
            del self.types[name]

    def query(self, soql: str, *, everything: bool) -> list[Record]:
        """The rows of a query: column -> value."""
        found = re.fullmatch(
            r"SELECT (.+?) FROM (\w+)(?: WHERE (.+?))?(?: ORDER BY (.+?))?(?: LIMIT (\d+))?", soql
        )
        if not found:
            raise Refused(400, "MALFORMED_QUERY", f"unexpected token in {soql[:60]}")
        selected, name, where, order, limit = found.groups()
        if name not in self.types:
            raise Refused(400, "INVALID_TYPE", f"sObject type '{name}' is not supported.")
        rows = [r for r in self.objects[name].values() if everything or not r.get("IsDeleted")]
        for condition in re.split(r" AND ", where) if where else []:
            test = self._condition(name, condition)
            rows = [row for row in rows if test(row)]
        if selected == "COUNT()":
            return [{} for _ in rows]
        for column in reversed((order or "Id").split(", ")):
            rows = sorted(rows, key=lambda row, column=column: row[column])
        columns = selected.split(", ")
        return [{c: self._value(name, row, c) for c in columns} for row in rows[: int(limit or 10**9)]]

    def _condition(self, name: str, text: str) -> Any:
        path, operator, value = re.fullmatch(r"([\w.]+) (>|<=|=|IN) (.+)", text).groups()  # type: ignore[union-attr]
        if operator == "IN":
            wanted = set(re.findall(r"'([^']*)'", value))
            return lambda row: self._value(name, row, path) in wanted
        if value.startswith("'"):
            return lambda row: self._value(name, row, path) == value.strip("'")
        at = datetime.fromisoformat(value)
        compare = {
            ">": lambda row: self._time(name, row, path) > at,
            "<=": lambda row: self._time(name, row, path) <= at,
            "=": lambda row: self._time(name, row, path) == at,
        }
        return compare[operator]

    def _time(self, name: str, row: Record, path: str) -> datetime:
        return datetime.strptime(self._value(name, row, path), "%Y-%m-%dT%H:%M:%S.%f%z")

    def _value(self, name: str, row: Record, path: str) -> Any:
        first, _, rest = path.partition(".")
        if rest:
            parent = self.objects[first].get(row[f"{first}Id"] or "")
            return self._value(first, parent, rest) if parent else None
        if first not in self.types[name] and first != "Id":
            raise Refused(400, "INVALID_FIELD", f"No such column '{first}' on entity '{name}'.")
        return row[first]

    def _history(self, deal: Record, when: str) -> None:
        category = deal["ForecastCategoryName"]
        self.new(
            "OpportunityHistory",
            OpportunityId=deal["Id"],
            ForecastCategory=_HISTORY_CATEGORY.get(category, category),
            **{key: deal[key] for key in ("StageName", "Amount", "CloseDate", "Probability")},
            CreatedDate=when,
            SystemModstamp=when,
        )

    def _any(self, name: str) -> str:
        return self._random.choice(sorted(self.objects[name]))

    def _lists(self) -> None:
        self.new("Organization", FiscalYearStartMonth=2)
        role = self.new("UserRole", Name="West")
        boss = self.new("User", Name="Bo Ss", UserRoleId=role, IsActive=True, UserType="Standard")
        for name in ("Ann Lee", "Raj Patel", "Zoë Ünal"):
            user = self.new("User", Name=name, UserRoleId=role, ManagerId=boss, UserType="Standard")
            self.objects["User"][user]["IsActive"] = True
            for month in (1, 4, 7, 10):
                start = f"2025-{month:02d}-01"
                self.new("ForecastingQuota", QuotaOwnerId=user, QuotaAmount=1.5e6, StartDate=start)
        self.new("User", Name="Customer", UserType="CspLitePortal", IsActive=True)
        for order, (label, probability, category, closed, won) in enumerate(STAGES, 1):
            self.new(
                "OpportunityStage",
                MasterLabel=label,
                SortOrder=order,
                DefaultProbability=float(probability),
                ForecastCategoryName=category,
                IsClosed=closed,
                IsWon=won,
                IsActive=True,
            )
        for number in range(1, 6):
            self.new("Account", Name=f'Account "{number}", Inc.', SystemModstamp=written(_START))
            self.new("Contact", Name=f"Contact {number}", Title="CFO")

    def _deal(self, number: int) -> None:
        """A deal with some months of life. Deals 10 to 14 were touched in one second, as an upload does."""
        draw = self._random
        at = _START + timedelta(days=number, seconds=number)
        owners = sorted(id_ for id_, user in self.objects["User"].items() if user["ManagerId"])
        id_ = self.new(
            "Opportunity",
            Name=f"Deal {number}, \n{'ü' * (number % 3)}",
            AccountId=self._any("Account"),
            OwnerId=owners[number % 3],
            CreatedDate=written(at),
            Type="New Business",
        )
        money = {"Amount": 1000.0 * (number + 1) if number % 7 else 1.25e7, "ACV__c": 10.0 * (number + 1)}
        self.change(id_, at, StageName="Prospecting", CloseDate="2025-09-30", **money)
        self.add_role(id_, self._any("Contact"), "Decision Maker", at)
        for _ in range(draw.randint(0, 3)):
            at += timedelta(days=draw.randint(3, 30))
            self.change(id_, at, StageName=draw.choice(STAGES[1:])[0], NextStep=f"Call {at:%d.%m.}")
        at += timedelta(days=2)
        if number % 4 == 0:
            self.change(id_, at, OwnerId=draw.choice(owners), CloseDate="2025-12-15")
        if 10 <= number < 15:
            self.change(id_, _START + timedelta(days=300), Type="Renewal")
