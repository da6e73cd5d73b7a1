"""Everything the weekly review is about, put together once: for the meeting, the pre-read and the minutes."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd

from analytics.at_risk import AtRisk
from analytics.company import Company, Scope, span_of
from analytics.forecast.change import ChangeBridge, moved_since
from analytics.number import Number
from analytics.pipeline.changes import Changes, changes
from analytics.review.agenda import Agenda, agenda
from analytics.review.calls import calls_view
from analytics.review.decisions import decisions_as_of
from analytics.review.overrides import Overridden, overridden, overrides_as_of
from analytics.risk.usual import with_usual
from analytics.risk.warning_limits import read_limits
from analytics.risk.warnings import warnings_of
from analytics.store.database import Store
from analytics.weekly_trend import weekly_trend

MINUTES = 25


@dataclass(frozen=True)
class ReviewFacts:
    """What a review is about that no decision changes: made once per state of the CRM's facts and the calls.

    `changes`: of the open pipeline since `since`; `moved`: of the expected number; `warnings`: of
    `warnings_of`; `trend`: of `weekly_trend`; `calls`: of `calls_view`.
    """

    scope: Scope
    since: date
    number: Number
    risk: AtRisk
    changes: Changes
    moved: ChangeBridge
    warnings: pd.DataFrame
    trend: pd.DataFrame
    calls: pd.DataFrame
    _agendas: dict[str, Agenda] = field(default_factory=dict, repr=False, compare=False)

    def agenda(self, company: Company, decisions: pd.DataFrame, minutes: int) -> Agenda:
        """The agenda by what earlier reviews decided and what became of it; the day changes nothing in it."""
        earlier = decisions[decisions["day"] < pd.Timestamp(self.scope.as_of)]
        key = f"{minutes} {_mark(earlier)}"
        found = self._agendas.get(key)
        if found is None:
            found = agenda(
                self.risk.deals,
                self.risk.chances.reasons,
                self.changes,
                self.warnings,
                earlier,
                company,
                self.scope,
                minutes=minutes,
                missing=self.risk.missing,
            )
            self._agendas.clear()  # an earlier state of the reports is not asked for again
            self._agendas[key] = found
        return found


@dataclass(frozen=True)
class WeeklyReview:
    """The review of one scope at one day, with what was decided.

    `whose`: the scope in words; `decisions`: of `decisions_as_of`, of the scope's deals.
    """

    company: Company
    facts: ReviewFacts
    whose: str
    overridden: Overridden
    agenda: Agenda
    decisions: pd.DataFrame
    minutes: int = MINUTES

    @property
    def mark(self) -> str:
        """A text that differs where what was decided, reported, overridden or called differs."""
        tables = (self.decisions, self.overridden.deals, self.calls)
        return " ".join([str(self.scope), str(self.since), str(self.minutes), *map(_mark, tables)])

    @property
    def scope(self) -> Scope:
        """What is looked at."""
        return self.facts.scope

    @property
    def since(self) -> date:
        """The day compared with."""
        return self.facts.since

    @property
    def number(self) -> Number:
        """The number and what belongs to it."""
        return self.facts.number

    @property
    def changes(self) -> Changes:
        """What changed in the open pipeline."""
        return self.facts.changes

    @property
    def moved(self) -> ChangeBridge:
        """What moved the expected number."""
        return self.facts.moved

    @property
    def trend(self) -> pd.DataFrame:
        """Week by week in the quarter."""
        return self.facts.trend

    @property
    def calls(self) -> pd.DataFrame:
        """What owners, managers and the company called."""
        return self.facts.calls


def _mark(table: pd.DataFrame) -> str:
    """A short text that differs where the table's cells do."""
    return hashlib.sha256(table.to_csv(index=False).encode("utf-8", "replace")).hexdigest()


def last_review(store: Store, company: Company, as_of: date) -> date:
    """The day to compare with unless another is asked for: a week before, or the first day of the data."""
    return max(as_of - timedelta(days=7), min(span_of(store, company).first_day, as_of))


def review_facts(
    store: Store, company: Company, scope: Scope, since: date, found: Number, risk: AtRisk
) -> ReviewFacts:
    """Read and derive what does not depend on decisions. Raises BadInput where `since` cannot be compared."""
    with store.reading():
        today = risk.chances.history.today
        warnings = warnings_of(with_usual(store, company, today), read_limits(store))
        return ReviewFacts(
            scope=scope,
            since=since,
            number=found,
            risk=risk,
            changes=changes(store, company, scope, since),
            moved=moved_since(store, company, found.forecast, since),
            warnings=warnings,
            trend=weekly_trend(store, company, scope),
            calls=calls_view(store, company, scope, found.forecast),
        )


def weekly_review(
    store: Store, company: Company, facts: ReviewFacts, whose: str, minutes: int = MINUTES
) -> WeeklyReview:
    """The review with the decisions and overrides that are known now."""
    scope, forecast = facts.scope, facts.number.forecast
    with store.reading():
        decisions = decisions_as_of(store, company, scope.as_of)
        overrides = overrides_as_of(store, company, scope.as_of, scope.quarter.key)
        deals = store.query("decided_deals", as_of_end=company.calendar.end_of(scope.as_of))
    whose_deals = scope.within(deals)["deal_id"]
    ours = decisions[decisions["deal_id"].isin(whose_deals)].reset_index(drop=True)
    return WeeklyReview(
        company=company,
        facts=facts,
        whose=whose,
        overridden=overridden(forecast, overrides),
        agenda=facts.agenda(company, ours, minutes),
        decisions=ours,
        minutes=minutes,
    )
