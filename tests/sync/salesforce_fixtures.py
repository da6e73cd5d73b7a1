"""The Salesforce of our own as a process, and how to compare what stores say."""

from __future__ import annotations

import csv
import subprocess
import sys
from pathlib import Path
from typing import Any

import requests

from analytics.intake import stage_files
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.subjects import SUBJECTS
from analytics.sync.core import exact

ROOT = Path(__file__).parents[2]
CLIENT_ID, CLIENT_SECRET, USERNAME = "3MVG9-consumer-key", "s3cr3t-of-the-app", "sync@acme.example"
#: What comes from the CRM.
_CONTENT = ("deal", "deal_change", "deal_work", "stakeholder", "person", "stage", "target")
#: Object -> columns of an export, as an administrator would choose them.
_EXPORT = {
    "Opportunity": "Id, Name, AccountId, Account.Name, StageName, Amount, Probability, CloseDate, Type,"
    " NextStep, LeadSource, IsClosed, IsWon, ForecastCategoryName, OwnerId, CreatedDate, SystemModstamp,"
    " LastActivityDate, IsDeleted",
    "OpportunityHistory": "OpportunityId, CreatedDate, StageName, Amount, CloseDate, Probability,"
    " ForecastCategory",
    "OpportunityFieldHistory": "OpportunityId, CreatedDate, Field, OldValue, NewValue",
    "OpportunityContactRole": "OpportunityId, ContactId, Contact.Name, Contact.Title, Role, IsPrimary,"
    " IsDeleted, CreatedDate, SystemModstamp",
    "OpportunityStage": "MasterLabel, SortOrder, DefaultProbability, ForecastCategoryName, IsClosed, IsWon",
    "User": "Id, Name, ManagerId, UserRole.Name, IsActive, Title",
    "ForecastingQuota": "QuotaOwnerId, QuotaAmount, StartDate",
}


class FakeSalesforce:
    """The server's process, and how to tell it what to do."""

    def __init__(self, deals: int = 30, page: int = 2000, key: Path | None = None) -> None:
        script = ROOT / "tests/fake_crm/salesforce_server.py"
        command = [sys.executable, str(script), "--deals", str(deals), "--page", str(page)]
        command += ["--key", str(key)] if key else []
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.url = f"http://127.0.0.1:{self.process.stdout.readline().strip()}"
        self.session = requests.Session()
        self.session.trust_env = False

    def do(self, name: str, /, **given: Any) -> Any:
        return self.session.post(f"{self.url}/_do", json=[name, given], timeout=10).json()

    def fault(self, on: str, kind: str, **given: Any) -> None:
        self.do("fault", on=on, kind=kind, **given)

    def rows(self, soql: str) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = self.do("rows", soql=soql)
        return rows

    def asked(self, part: str) -> int:
        return sum(part in line for line in self.do("asked"))

    def export(self, folder: Path) -> Path:
        """All objects as the files of a data export."""
        folder.mkdir()
        for name, columns in _EXPORT.items():
            order = "CreatedDate, Id" if "History" in name else "Id"
            rows = self.rows(f"SELECT {columns} FROM {name} ORDER BY {order}")
            rows = [row for row in rows if not str(row.get("Name", "")).startswith("Customer")]
            with (folder / f"{name}.csv").open("w", newline="", encoding="utf-8") as file:
                writer = csv.DictWriter(file, columns.split(", "))
                writer.writeheader()
                writer.writerows(rows)
        return folder

    def close(self) -> None:
        self.session.close()
        self.process.kill()
        self.process.wait()
        assert self.process.stdout is not None
        self.process.stdout.close()


def content(store: Store, *subjects: str) -> dict[str, list[tuple[Any, ...]]]:
    """What a store says of the CRM, without when and by which import it learned it."""
    with store.reading() as con:
        return {
            name: sorted(
                con.execute(f"select {', '.join(SUBJECTS[name].columns)} from {name}").fetchall(), key=repr
            )
            for name in subjects or _CONTENT
        }


def imported(store: Store, export: Path) -> Store:
    """A store with an export loaded as files."""
    staging = stage_files([export], kind="salesforce", mapping=exact(None), partial=True)
    land(store, staging, kind="salesforce")
    staging.con.close()
    return store


def deal_now(store: Store, deal_id: str) -> dict[str, Any]:
    """How a deal stands, as the store knows it."""
    deals = store.query("deals_of_source", source="salesforce").set_index("deal_id")
    row: dict[str, Any] = deals.loc[deal_id].to_dict()
    return row
