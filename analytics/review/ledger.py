"""The decision ledger: everything that was decided or overridden, each with what became of it by a day."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pandas as pd

from analytics.company import Company, Scope
from analytics.fiscal import Quarter
from analytics.pipeline.deals import deals_as_of
from analytics.problems import BadInput
from analytics.review.agenda_words import what_decided
from analytics.review.course import Course, courses_of, day_said
from analytics.review.decisions import ACTION, CLOSE_OUT, KEEP, MOVE_CATEGORY, MOVE_DATE, decisions_as_of
from analytics.review.grades import NOT_JUDGED, STILL_OPEN, Decided, Grade, grade
from analytics.review.override_grades import graded_overrides
from analytics.review.overrides import override_steps
from analytics.risk.chances import History
from analytics.store.database import Store
from analytics.wording import DASH, is_missing, money, percent

OVERRIDE = "override"
KINDS = (KEEP, MOVE_DATE, MOVE_CATEGORY, ACTION, CLOSE_OUT, OVERRIDE)
COLUMNS = [
    "entry_id", "day", "deal_id", "name", "owner_id", "owner_name", "team", "quarter", "kind", "what",
    "author", "person", "note", "verdict", "why", "graded_on", "is_replaced", "followed", "followed_days",
    "due", "state", "seen_category", "seen_close_date", "seen_amount",
]  # fmt: skip


@dataclass(frozen=True)
class Ledger:
    """What was decided up to a day, graded by what is known at its end.

    `entries`: a row per decision and per override that put a number, the latest first: COLUMNS. `what`: in
    words; `person`: whom it is counted for, an action's owner, else the author; `verdict`: of
    `grades.VERDICTS`, `why` in words, `graded_on` the day on which it was seen (NaT: not yet); `is_replaced`:
    a later one took its place before it could be judged; `followed`: whether the CRM was changed to what was
    decided (None where there is nothing to change), `followed_days` after how many days. `overrides`: of
    `graded_overrides`, with the deal's columns and `entry_id`.
    """

    as_of: date
    entries: pd.DataFrame
    overrides: pd.DataFrame

    def within(self, scope: Scope) -> Ledger:
        """The part about deals whose owner is in a scope now."""
        entries, overrides = (
            scope.within(rows).reset_index(drop=True) for rows in (self.entries, self.overrides)
        )
        return replace(self, entries=entries, overrides=overrides)


def ledger(store: Store, company: Company, as_of: date, chances: pd.DataFrame | None = None) -> Ledger:
    """Read and grade. `chances`: of `past_chances`, where overrides do not know what the model said then."""
    with store.reading():
        end = company.calendar.end_of(as_of)
        decisions, overrides = decisions_as_of(store, company, as_of), override_steps(store, company, as_of)
        deals = store.query("decided_deals", as_of_end=end).set_index("deal_id")
        courses = courses_of(store.query("decided_deal_steps", as_of_end=end), company)
        amounts = _won_amounts(store, company, as_of, overrides)
    graded = graded_overrides(overrides, courses, amounts, company, as_of, chances)
    graded = graded.assign(entry_id=[f"override {number}" for number in range(len(graded))])
    graded = graded.join(deals, on="deal_id")
    rows = [*_decision_rows(decisions, courses, company, as_of), *_override_rows(graded, company)]
    entries = pd.DataFrame(rows, columns=[name for name in COLUMNS if name not in deals.columns])
    entries = entries.join(deals, on="deal_id")[COLUMNS]
    days = {name: pd.to_datetime(entries[name]) for name in ("day", "graded_on", "due", "seen_close_date")}
    entries = entries.assign(**days, is_replaced=entries["is_replaced"].astype(bool))
    return Ledger(as_of, entries.iloc[::-1].sort_values("day", ascending=False, kind="stable"), graded)


def _won_amounts(store: Store, company: Company, as_of: date, overrides: pd.DataFrame) -> pd.Series:
    """deal_id -> amount in the company's currency, of won deals with an override."""
    if overrides.empty:
        return pd.Series(dtype=float)
    deals = deals_as_of(store, company, as_of, closed_since=overrides["day"].min().date())
    won = deals[deals["is_won_deal"] & deals["deal_id"].isin(overrides["deal_id"])]
    return won.set_index("deal_id")["amount_company"].astype(float)


def past_chances(history: History, deal_ids: list[str]) -> pd.DataFrame:
    """deal_id, quarter, landmark, p_won at every past week, by a model learned before that quarter began."""
    rows = history.rows[history.rows["deal_id"].isin(deal_ids)]
    found = []
    for quarter, here in rows.groupby("quarter", sort=False):
        model = history.learned.model_for(str(quarter))
        if model is not None:
            won = model.chances(here.reset_index(drop=True))["p_won"].to_numpy(float)
            found.append(here[["deal_id", "quarter", "landmark"]].assign(p_won=won))
    empty = pd.DataFrame(columns=["deal_id", "quarter", "landmark", "p_won"])
    return pd.concat(found, ignore_index=True) if found else empty


def _decision_rows(
    decisions: pd.DataFrame, courses: Mapping[str, Course], company: Company, as_of: date
) -> list[dict[str, Any]]:
    """A row per decision, in order; what is said of a deal stands until something else is said of it."""
    following: dict[str, Any] = {}
    rows = []
    for row in reversed(list(decisions.itertuples())):
        deal_id, stands_alone = str(row.deal_id), row.kind == ACTION
        later = None if stands_alone else following.get(deal_id)
        if not stands_alone:
            following[deal_id] = row
        rows.append(_decision_row(row, later, courses.get(deal_id, Course(())), company, as_of))
    return rows[::-1]


def _decision_row(row: Any, later: Any, course: Course, company: Company, as_of: date) -> dict[str, Any]:
    decided = _decided(row, company)
    found = _grade(decided, later, course, company, as_of)
    moves = row.kind in (MOVE_DATE, MOVE_CATEGORY, CLOSE_OUT)
    return {
        "entry_id": row.decision_id,
        **{
            name: getattr(row, name)
            for name in ("day", "deal_id", "quarter", "kind", "author", "note", "due")
        },
        **{name: getattr(row, name) for name in ("state", "seen_category", "seen_close_date", "seen_amount")},
        "what": in_words(row, company),
        "person": row.action_owner_name if row.kind == ACTION else row.author,
        "verdict": found.verdict,
        "why": found.reason,
        "graded_on": found.on,
        "is_replaced": later is not None and found.reason.startswith(_REPLACED),
        "followed": found.followed_on is not None if moves else None,
        "followed_days": None if found.followed_on is None else (found.followed_on - decided.day).days,
    }


_REPLACED = "replaced by "


def _grade(decided: Decided, later: Any, course: Course, company: Company, as_of: date) -> Grade:
    """The grade as of a day; what was replaced is graded by what was known then."""

    def say(day: date) -> str:
        return day_said(day, company.locale)

    if later is None:
        return grade(decided, course, as_of, say)
    when = later.day.date()
    then = grade(decided, course.by(later.valid_at.to_pydatetime()), when, say)
    if then.verdict != STILL_OPEN:
        return then
    words = f"{_REPLACED}{later.author} on {say(when)}, before it could be judged"
    return replace(then, verdict=NOT_JUDGED, reason=words, on=when)


def _decided(row: Any, company: Company) -> Decided:
    calendar, day = company.calendar, row.day.date()
    seen = _day(row.seen_close_date)
    quarter = _quarter(row.quarter, day, company)
    horizon = quarter.last_day if seen is None else max(quarter.last_day, calendar.quarter_of(seen).last_day)
    return Decided(
        kind=row.kind,
        at=row.valid_at.to_pydatetime(),
        day=day,
        quarter=quarter,
        horizon=horizon,
        close_date=_day(row.close_date),
        category=row.category,
        due=_day(row.due),
        state=row.state,
        done_on=_day(row.done_on),
        state_note=row.state_note,
        seen_close_date=seen,
        seen_category=row.seen_category,
    )


def _quarter(key: Any, day: date, company: Company) -> Quarter:
    """The quarter whose review it was; where that cannot be read, the day's."""
    try:
        return company.calendar.parse(str(key))
    except BadInput:
        return company.calendar.quarter_of(day)


def _day(value: Any) -> date | None:
    return None if is_missing(value) else pd.Timestamp(value).date()


def in_words(row: Any, company: Company) -> str:
    """What was decided, without who and when; a row of `decisions_as_of`."""
    what = what_decided(row, company)
    if row.kind != KEEP:
        return what
    date_said = "" if is_missing(row.seen_close_date) else _day_said(row.seen_close_date, company)
    kept = ", ".join(text for text in (row.seen_category, date_said) if text)
    return f"{what}: {kept}" if kept else what


def _day_said(value: Any, company: Company) -> str:
    day = _day(value)
    return DASH if day is None else day_said(day, company.locale)


def override_in_words(row: Any, company: Company) -> str:
    """What was put beside the model; a row of `graded_overrides` or `override_steps`."""
    said = [] if is_missing(row.probability) else [f"{percent(row.probability)} to be won"]
    said += [] if is_missing(row.amount) else [money(row.amount, company.currency, locale=company.locale)]
    return " at ".join(said) or "taken back"


def _override_rows(graded: pd.DataFrame, company: Company) -> list[dict[str, Any]]:
    names = ("entry_id", "day", "deal_id", "quarter", "author", "verdict", "why", "graded_on", "is_replaced")
    return [
        {
            **{name: getattr(row, name) for name in names},
            "kind": OVERRIDE,
            "what": override_in_words(row, company),
            "person": row.author,
            "note": row.reason,
            "state": "",
            "seen_category": "",
            "seen_amount": row.seen_amount,
        }
        for row in graded.itertuples()
    ]
