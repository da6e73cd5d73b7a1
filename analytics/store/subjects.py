"""What the store keeps, subject by subject: the columns that identify a row and those it states.

Every subject is a table of dated versions. A row says: from `valid_at` on, `key` had `values`.
Rows are only added. `as of D` is the latest row per key with `valid_at` <= end of D; of two rows with
the same `valid_at` the one loaded later wins, then the one with the higher `seq` (order in its source).

The three deal subjects have timelines of their own, so that a row never has to repeat what its source
did not say:
- `deal`: what it is (name, account, currency; hardly ever changes),
- `deal_change`: the mechanics (stage, amount, close date ...; what a Salesforce OpportunityHistory row says),
- `deal_work`: who works it and how (owner, next step, last activity).
"""

from __future__ import annotations

from dataclasses import dataclass

#: Versions known "since always" (stage settings, people, targets on first load) start here.
BEGINNING = "1970-01-01 00:00:00"


@dataclass(frozen=True)
class Subject:
    """One table of dated versions: `key` identifies, `values` are stated; both map column -> SQL type."""

    name: str
    key: dict[str, str]
    values: dict[str, str]

    @property
    def columns(self) -> dict[str, str]:
        """Every column that a staged row states, in order."""
        return {**self.key, "valid_at": "TIMESTAMP", **self.values}


_ALL = [
    Subject(
        "deal",
        {"deal_id": "VARCHAR"},
        {
            "source": "VARCHAR",  # where it came from: 'salesforce', 'table:NAME', 'sample'
            "name": "VARCHAR",
            "account_id": "VARCHAR",
            "account_name": "VARCHAR",
            "currency": "VARCHAR",  # ISO code; NULL = the company's currency
            "deal_type": "VARCHAR",
            "lead_source": "VARCHAR",
            "created_at": "TIMESTAMP",
        },
    ),
    Subject(
        "deal_change",
        {"deal_id": "VARCHAR"},
        {
            "stage": "VARCHAR",  # NULL = the source does not say (final states only)
            "forecast_category": "VARCHAR",  # one of CATEGORIES below, or NULL
            "amount": "DECIMAL(18,2)",  # in the deal's currency; NULL = not recorded
            "close_date": "DATE",
            "probability": "DOUBLE",  # stated, 0-1; NULL = use the stage's configured one
            "is_closed": "BOOLEAN",
            "is_won": "BOOLEAN",
            "is_gone": "BOOLEAN",  # vanished from a full export
        },
    ),
    Subject(
        "deal_work",
        {"deal_id": "VARCHAR"},
        {"owner_id": "VARCHAR", "next_step": "VARCHAR", "last_activity_on": "DATE"},
    ),
    Subject(
        "stakeholder",
        {"deal_id": "VARCHAR", "contact_id": "VARCHAR"},
        {
            "name": "VARCHAR",
            "title": "VARCHAR",
            "role": "VARCHAR",
            "is_primary": "BOOLEAN",
            "is_gone": "BOOLEAN",
        },
    ),
    Subject(
        "answer",
        {"deal_id": "VARCHAR", "question": "VARCHAR"},
        {"answer": "VARCHAR", "author": "VARCHAR", "source": "VARCHAR", "confirmed_by": "VARCHAR"},
    ),
    Subject(
        "person",
        {"person_id": "VARCHAR"},
        {
            "name": "VARCHAR",
            "title": "VARCHAR",
            "manager_id": "VARCHAR",
            "team": "VARCHAR",
            "region": "VARCHAR",
            "is_active": "BOOLEAN",
        },
    ),
    Subject(
        "stage",
        {"stage": "VARCHAR"},
        {
            "sort_order": "INTEGER",
            "probability": "DOUBLE",  # configured in the CRM, 0-1
            "forecast_category": "VARCHAR",
            "is_closed": "BOOLEAN",
            "is_won": "BOOLEAN",
        },
    ),
    Subject(
        "target",
        {"owner_id": "VARCHAR", "quarter_start": "DATE"},  # owner_id '' = the company
        {"amount": "DECIMAL(18,2)", "currency": "VARCHAR"},
    ),
    Subject(
        "submitted_call",
        {"owner_id": "VARCHAR", "quarter_start": "DATE"},  # owner_id '' = the company
        {
            "commit_amount": "DECIMAL(18,2)",
            "best_case_amount": "DECIMAL(18,2)",
            "most_likely_amount": "DECIMAL(18,2)",
            "submitted_by": "VARCHAR",
        },
    ),
    Subject(
        "currency_rate",
        {"currency": "VARCHAR"},
        {"rate": "DOUBLE"},  # value of one unit in the company's currency
    ),
    Subject("setting", {"key": "VARCHAR"}, {"value": "VARCHAR"}),
]

SUBJECTS: dict[str, Subject] = {subject.name: subject for subject in _ALL}

#: Forecast categories, as stored, from surest to least. A closed-won deal is 'Closed'.
CATEGORIES = ("Closed", "Commit", "Best Case", "Pipeline", "Omitted")

#: Question keys of the business case (wording: analytics.business_case).
QUESTIONS = (
    "problem",
    "root_cause",
    "impact",
    "budget",
    "stakeholders",
    "gotchas",
    "compelling_event",
)

#: Settings and their defaults. `company_currency` is what totals are shown in.
SETTINGS: dict[str, str] = {
    "company_name": "",
    "company_currency": "USD",
    "time_zone": "UTC",
    "locale": "en_US",  # how money and dates are written
    "fiscal_year_start_month": "1",
    "fiscal_year_named_by": "end",  # a fiscal year is called after the calendar year it ends (or starts) in
}
