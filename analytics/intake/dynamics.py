"""Dynamics 365: opportunities exported from a view, or Dataverse rows under their logical names.

A table with its own rules: Status says whether a deal is closed, a won one counts its actual revenue.
The file has no history: each export is a snapshot.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from analytics.intake.fields import key
from analytics.intake.job import Job
from analytics.intake.labels import labels
from analytics.intake.mapping import Mapping
from analytics.intake.raw import Probe
from analytics.intake.table import stage_table

SOURCE = "dynamics"

_FORMATTED = "@OData.Community.Display.V1.FormattedValue"
_BASE = labels("dynamics", "base_amount")
_REASON = labels("dynamics", "status_reason")
#: Labels that go before the usual ones: a view may show several columns that would fit.
_LABELS = {
    "deal_id": labels("dynamics", "deal_id"),
    "name": ("Topic", "name"),
    "account_name": (
        *("Account", "Potential Customer", "parentaccountidname", "customeridname"),
        *(f"_parentaccountid_value{_FORMATTED}", f"_customerid_value{_FORMATTED}"),
    ),
    "account_id": ("_parentaccountid_value", "parentaccountid", "_customerid_value", "customerid"),
    "owner": ("Owner", "owneridname", f"_ownerid_value{_FORMATTED}", "_ownerid_value", "ownerid"),
    "stage": ("Pipeline Phase", "stepname", "Sales Stage", f"salesstage{_FORMATTED}", "salesstage"),
    "amount": ("Est. Revenue", "estimatedvalue", *labels("deals", "amount"), *_BASE),
    "close_date": ("Est. Close Date", "estimatedclosedate"),
    "currency": (
        *("Currency", "transactioncurrencyidname", "isocurrencycode"),
        f"_transactioncurrencyid_value{_FORMATTED}",
    ),
    "forecast_category": ("Forecast category", f"msdyn_forecastcategory{_FORMATTED}"),
    "status": (
        *("Status", "statecodename", f"statecode{_FORMATTED}", "statecode", *labels("deals", "status")),
        *(*_REASON, "statuscode"),
    ),
}
_REASONS = {
    **dict.fromkeys(("In Progress", "On Hold"), "Open"),
    **dict.fromkeys(("Canceled", "Cancelled", "Out-Sold"), "Lost"),
}
#: Words and codes in its cells, by column.
_VALUES = {
    "statecode": {"0": "Open", "1": "Won", "2": "Lost"},
    "statuscode": {"1": "Open", "2": "Open", "3": "Won", "4": "Lost", "5": "Lost"},
    "salesstage": {"0": "1-Qualify", "1": "2-Develop", "2": "3-Propose", "3": "4-Close"},
    **dict.fromkeys(_REASON, _REASONS),
}
_CATEGORIES = {
    "100000001": "Pipeline",
    "100000002": "Best Case",
    "100000003": "Commit",
    "100000004": "Omitted",
    "100000005": "Closed",
    "100000006": "Omitted",
}
_TYPICAL = ("estimatedvalue", "estimatedclosedate", "actualvalue", "actualclosedate", "statecode", "stepname")


def is_own(header: Sequence[str]) -> bool:
    """Whether a header is that of opportunities of Dynamics 365."""
    columns = {key(label) for label in header}
    if columns & {key(label) for label in labels("dynamics", "deal_id") if label.startswith("(")}:
        return True
    if "opportunityid" in columns and len(columns & set(_TYPICAL)) >= 2:
        return True
    shown = ("Topic", "Est. Revenue", "Est. Close Date", "Actual Revenue", "Potential Customer")
    return len(columns & {key(label) for label in shown}) >= 3


def stage_dynamics(job: Job, probes: Sequence[Probe], mapping: Mapping) -> None:
    """Stage exports of opportunities; the mapping names columns in a language that is not known."""
    for found in probes:
        _note_bare_ids(job, found)
    stage_table(
        job,
        probes,
        replace(
            mapping,
            source=SOURCE,
            labels=_LABELS,
            base_amounts=_BASE,
            values={**_VALUES, **mapping.values},
            categories={**_CATEGORIES, **mapping.categories},
        ),
    )


def _note_bare_ids(job: Job, found: Probe) -> None:
    """Dataverse rows may name the currency by an id only, which says nothing outside of Dynamics."""
    columns = {key(label) for label in found.header}
    has_name = columns & {key(label) for label in _LABELS["currency"]}
    if not has_name and columns & {"transactioncurrencyidvalue", "transactioncurrencyid"}:
        job.note(
            f"{found.label}: the deals' currencies are given as ids, so all amounts count as in the company's"
            " currency; export the formatted value of transactioncurrencyid too."
        )
