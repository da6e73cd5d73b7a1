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
        {
            "answer": "VARCHAR",
            "author": "VARCHAR",
            "source": "VARCHAR",
            "confirmed_by": "VARCHAR",
            "document_id": "VARCHAR",  # the Blue Sheet it was read from, and the paragraph in it
            "paragraph": "INTEGER",
        },
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
    Subject(
        "question",  # a changed one is a new version; the shipped ones are in analytics.business_case
        {"method": "VARCHAR", "question": "VARCHAR"},
        {
            "position": "INTEGER",
            "label": "VARCHAR",
            "wording": "VARCHAR",
            "asks": "VARCHAR",  # which of the seven it is judged as
            "weight": "DOUBLE",
            "help": "VARCHAR",
            "good_answer": "VARCHAR",
            "follow_ups": "VARCHAR",  # JSON list: what to ask at level 0, 1, 2, 3
            "is_retired": "BOOLEAN",
        },
    ),
    Subject(
        "depth_overrule",  # a person's level for one version of an answer; level NULL = taken back
        {"deal_id": "VARCHAR", "question": "VARCHAR", "answered_at": "TIMESTAMP"},
        {"level": "INTEGER", "reason": "VARCHAR", "author": "VARCHAR"},
    ),
    Subject(
        "document",
        {"document_id": "VARCHAR"},  # SHA-256 of the file
        {"file": "VARCHAR", "content": "BLOB", "size": "BIGINT", "stated": "VARCHAR"},  # stated: JSON
    ),
    Subject(
        "document_paragraph",
        {"document_id": "VARCHAR", "paragraph": "INTEGER"},
        {"text": "VARCHAR", "place": "VARCHAR", "used_as": "VARCHAR"},  # used_as NULL = could not be placed
    ),
    Subject(
        "document_deal",  # deal_id NULL = not known yet (candidates: JSON), or none (how = 'no deal')
        {"document_id": "VARCHAR"},
        {"deal_id": "VARCHAR", "how": "VARCHAR", "candidates": "VARCHAR", "author": "VARCHAR"},
    ),
    Subject(
        "case_note",  # red flags, strengths, actions ...: what a Blue Sheet says besides answers
        {"deal_id": "VARCHAR", "note_id": "VARCHAR"},
        {
            "kind": "VARCHAR",
            "text": "VARCHAR",
            "owner": "VARCHAR",
            "due": "VARCHAR",  # as written
            "document_id": "VARCHAR",
            "paragraph": "INTEGER",
        },
    ),
    Subject(
        "buying_influence",
        {"deal_id": "VARCHAR", "influence_id": "VARCHAR"},
        {
            "name": "VARCHAR",
            "title": "VARCHAR",
            "role": "VARCHAR",
            "influence": "VARCHAR",
            "mode": "VARCHAR",
            "rating": "VARCHAR",
            "win_result": "VARCHAR",
            "document_id": "VARCHAR",
            "paragraph": "INTEGER",
        },
    ),
    Subject(
        "decision",  # what a review decided about a deal; never changed, a later one counts instead
        {"decision_id": "VARCHAR"},
        {
            "deal_id": "VARCHAR",
            "quarter": "VARCHAR",  # whose review it was: '2026Q4'
            "kind": "VARCHAR",  # one of analytics.review.decisions.KINDS
            "close_date": "DATE",  # what it says the date, category, action should be
            "category": "VARCHAR",
            "action": "VARCHAR",
            "action_owner": "VARCHAR",  # a person_id, or a name
            "due": "DATE",
            "note": "VARCHAR",
            "author": "VARCHAR",
            "seen_close_date": "DATE",  # how the deal stood when it was decided: what it is graded against
            "seen_category": "VARCHAR",
            "seen_amount": "DECIMAL(18,2)",  # company currency
            "seen_probability": "DOUBLE",  # stated chance to be won in the quarter, 0-1
            "seen_chance": "DOUBLE",  # the model's, 0-1
        },
    ),
    Subject(
        "action_report",  # what became of a decided action
        {"decision_id": "VARCHAR"},
        {"state": "VARCHAR", "done_on": "DATE", "note": "VARCHAR", "author": "VARCHAR"},
    ),
    Subject(
        "override",  # what a person puts beside the model; probability and amount NULL = taken back
        {"deal_id": "VARCHAR", "quarter": "VARCHAR"},
        {
            "probability": "DOUBLE",
            "amount": "DECIMAL(18,2)",  # company currency
            "reason": "VARCHAR",
            "author": "VARCHAR",
            "seen_amount": "DECIMAL(18,2)",
            "seen_probability": "DOUBLE",
            "seen_chance": "DOUBLE",
        },
    ),
    Subject(
        "playbook_version",  # a change of the sales process; a later row of the same id: what was learned
        {"version_id": "VARCHAR"},
        {
            "kind": "VARCHAR",  # one of analytics.playbook.versions.KINDS
            "question": "VARCHAR",
            "stage": "VARCHAR",  # exit criteria: of which stage
            "level": "INTEGER",  # exit criteria: the level 0-4 that the question needs by the stage's end
            "teams": "VARCHAR",  # JSON list of the teams it holds for; [] = everybody
            "starts_on": "DATE",
            "ends_on": "DATE",  # NULL = still in force
            "title": "VARCHAR",
            "text_before": "VARCHAR",
            "text_after": "VARCHAR",
            "hypothesis": "VARCHAR",
            "measure": "VARCHAR",  # one of analytics.playbook.versions.MEASURES: what it should change
            "learned": "VARCHAR",  # a person's conclusion
            "author": "VARCHAR",
            "is_withdrawn": "BOOLEAN",
        },
    ),
    Subject(
        "coaching_reply",  # what a rep, or a manager, says to what is said of the rep's work
        {"owner_id": "VARCHAR", "topic": "VARCHAR"},
        {"claim": "VARCHAR", "reply": "VARCHAR", "author": "VARCHAR"},  # claim: the text replied to
    ),
    Subject(
        "digest_subscription",
        {"subscriber": "VARCHAR", "team": "VARCHAR"},  # team '' = the whole company
        {"is_active": "BOOLEAN"},
    ),
    Subject(
        "import_mapping",  # how a company's own table is read, kept for next week
        {"name": "VARCHAR"},
        {"kind": "VARCHAR", "header": "VARCHAR", "text": "VARCHAR"},  # header: JSON list; text: TOML
    ),
    Subject(
        "deal_match",  # which deal a row without an id is; deal_id NULL = none that was known, a new one
        {"source": "VARCHAR", "row_key": "VARCHAR"},
        {"deal_id": "VARCHAR", "author": "VARCHAR"},
    ),
    Subject(
        "sync_state",  # up to where a live source was read; moves in the transaction that lands its rows
        {"system": "VARCHAR", "object": "VARCHAR"},
        {"cursor": "VARCHAR"},
    ),
    Subject(
        "sync_run",  # a run that ended, well or not
        {"system": "VARCHAR", "started_at": "TIMESTAMP"},
        {
            "ended_at": "TIMESTAMP",
            "result": "VARCHAR",  # 'done' or 'failed'
            "message": "VARCHAR",  # why it failed, what to do; never a secret
            "crm_as_of": "TIMESTAMP",  # up to when the store knows the CRM after this run
            "rows": "BIGINT",
            "calls_used": "BIGINT",  # of the CRM's daily allowance, as the CRM reports it; NULL = not told
            "calls_allowed": "BIGINT",
        },
    ),
    Subject(
        "ignored_check",  # a check of the data that somebody decided to live with; reason NULL = taken back
        {"code": "VARCHAR"},
        {"reason": "VARCHAR", "author": "VARCHAR", "until": "DATE"},
    ),
    Subject(
        "access_grant",  # who may look, and who that is in the CRM; role NULL = no longer
        {"email": "VARCHAR"},
        {"role": "VARCHAR", "person_id": "VARCHAR", "author": "VARCHAR"},
    ),
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
    "method": "seven",  # which questions make the business case (analytics.business_case.methods)
    "warnings": "{}",  # JSON: the limits that differ from the defaults (analytics.risk.warning_limits)
    "fiscal_year_named_by": "end",  # a fiscal year is called after the calendar year it ends (or starts) in
}
