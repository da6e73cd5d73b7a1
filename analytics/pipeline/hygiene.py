"""Mechanics that undermine the number: which deals, how much money, or why it could not be judged."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import pandas as pd

from analytics.company import Company
from analytics.fiscal import Quarter
from analytics.pipeline.deals import dated_in, deals_as_of, won_in
from analytics.pipeline.quarter_end import QuarterEnd, total
from analytics.store.database import Store
from analytics.terms import label

QUIET_DAYS = 14
LAST_DAYS = 3
MIN_STAYS = 20  # below this many completed stays, "usual" is not known

State = Literal["found", "clear", "not judged"]


@dataclass(frozen=True)
class Finding:
    """One check: the deals it names (in the scope), their money, or why it could not be judged."""

    key: str  # in analytics.terms
    state: State
    deals: pd.DataFrame
    money: float
    note: str


def findings(store: Store, company: Company, view: QuarterEnd) -> list[Finding]:
    """Run every check on a quarter-end view."""
    usual = store.query("stage_stays", as_of_end=company.calendar.end_of(view.scope.as_of))
    recorded = _recorded(store, company, view)
    checks: list[tuple[str, Callable[[], tuple[pd.DataFrame, str] | str]]] = [
        ("past_close_date", lambda: _past_close_date(view)),
        ("pushed_twice", lambda: (_where(view, view.open_in_quarter["pushes"] >= 2), "")),
        ("stage_too_old", lambda: _stage_too_old(view, usual, company)),
        ("parked", lambda: _parked(view)),
        ("no_activity", lambda: _no_activity(view, recorded)),
        ("no_next_step", lambda: _no_next_step(view, recorded)),
        ("no_stakeholder", lambda: _no_stakeholder(view, recorded)),
        ("no_owner", lambda: (_where(view, view.open_in_quarter["owner_id"] == ""), "")),
        ("no_close_date", lambda: _no_close_date(view)),
        ("no_amount", lambda: (_no_amount(view), "")),
        ("booked_elsewhere", lambda: (_booked_elsewhere(view), "")),
    ]
    return [_finding(key, check()) for key, check in checks]


def _recorded(store: Store, company: Company, view: QuarterEnd) -> set[str]:
    """What the CRM records on any deal at all, the company over: who lacks it everywhere lacks it."""
    found = _some(view.deals)
    if len(found) < 3 and not view.scope.is_company:
        found |= _some(deals_as_of(store, company, view.scope.as_of, closed_since=view.scope.as_of))
    return found


def _some(deals: pd.DataFrame) -> set[str]:
    some = {column for column in ("last_activity_on", "next_step") if deals[column].notna().any()}
    return some | ({"stakeholders"} if (deals["stakeholders"] > 0).any() else set())


def findings_table(found: list[Finding]) -> pd.DataFrame:
    """The checks as rows: `label`, `money`, `deals`, `state`, `note`; the most money first."""
    rows = [(label(item.key), item.money, len(item.deals), item.state, item.note) for item in found]
    table = pd.DataFrame(rows, columns=["label", "money", "deals", "state", "note"])
    return table.sort_values("money", ascending=False, kind="stable").reset_index(drop=True)


def _finding(key: str, outcome: tuple[pd.DataFrame, str] | str) -> Finding:
    if isinstance(outcome, str):
        return Finding(key, "not judged", pd.DataFrame(columns=["deal_id"]), 0.0, outcome)
    deals, note = outcome
    money = total(deals["amount_company"].dropna())
    ordered = deals.sort_values("amount_company", ascending=False, na_position="last")
    return Finding(key, "found" if len(deals) else "clear", ordered, money, note)


def _where(view: QuarterEnd, mask: pd.Series) -> pd.DataFrame:
    return view.open_in_quarter[mask]


def _past_close_date(view: QuarterEnd) -> tuple[pd.DataFrame, str]:
    deals, day = view.deals, view.deals["close_date"]
    past = (day < pd.Timestamp(view.scope.as_of)) & (day <= pd.Timestamp(view.scope.quarter.last_day))
    late = deals["is_open"] & past & (deals["category"] != "Omitted")
    return deals[late], ""


def _parked(view: QuarterEnd) -> tuple[pd.DataFrame, str]:
    from_day = pd.Timestamp(view.scope.quarter.last_day) - pd.Timedelta(days=LAST_DAYS - 1)
    return _where(view, view.open_in_quarter["close_date"] >= from_day), ""


def _no_activity(view: QuarterEnd, recorded: set[str]) -> tuple[pd.DataFrame, str] | str:
    if "last_activity_on" not in recorded:
        return "No activity dates are loaded (Salesforce: LastActivityDate)."
    seen = view.open_in_quarter["last_activity_on"]
    quiet_since = pd.Timestamp(view.scope.as_of) - pd.Timedelta(days=QUIET_DAYS)
    return _where(view, seen.isna() | (seen < quiet_since)), ""


def _no_next_step(view: QuarterEnd, recorded: set[str]) -> tuple[pd.DataFrame, str] | str:
    if "next_step" not in recorded:
        return "No next steps are loaded (Salesforce: NextStep)."
    return _where(view, view.open_in_quarter["next_step"].fillna("").str.strip() == ""), ""


def _no_stakeholder(view: QuarterEnd, recorded: set[str]) -> tuple[pd.DataFrame, str] | str:
    if "stakeholders" not in recorded:
        return "No contact roles are loaded (Salesforce: OpportunityContactRole)."
    return _where(view, view.open_in_quarter["stakeholders"] == 0), ""


def _no_close_date(view: QuarterEnd) -> tuple[pd.DataFrame, str]:
    return view.deals[view.deals["is_open"] & view.deals["close_date"].isna()], ""


def _no_amount(view: QuarterEnd) -> pd.DataFrame:
    relevant = dated_in(view.deals, view.scope.quarter) | won_in(view.deals, view.scope.quarter)
    return view.deals[relevant & view.deals["amount"].isna()]


def _booked_elsewhere(view: QuarterEnd) -> pd.DataFrame:
    won = view.won_in_quarter
    return won[~_inside(won["close_date"], view.scope.quarter)]


def _inside(day: pd.Series, quarter: Quarter) -> pd.Series:
    return (day >= pd.Timestamp(quarter.first_day)) & (day <= pd.Timestamp(quarter.last_day))


def _stage_too_old(view: QuarterEnd, usual: pd.DataFrame, company: Company) -> tuple[pd.DataFrame, str] | str:
    known = usual[usual["stays"] >= MIN_STAYS].set_index("stage")["p80_days"]
    if known.empty:
        most = int(usual["stays"].max()) if len(usual) else 0
        return (
            f"Too few completed stays to know what is usual (at most {most} in a stage, {MIN_STAYS} needed)."
        )
    deals = view.open_in_quarter
    end = pd.Timestamp(company.calendar.end_of(view.scope.as_of))
    days = (end - deals["stage_since"]).dt.days
    unknown = sorted(set(deals["stage"]) - set(known.index))
    note = f"Not judged for want of history: {', '.join(unknown)}." if unknown else ""
    return deals[days > deals["stage"].map(known).astype(float)], note
