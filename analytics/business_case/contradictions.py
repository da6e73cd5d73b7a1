"""Where the business case and the CRM's mechanics do not fit together, one check per function."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from analytics.business_case.case import Cases
from analytics.business_case.in_text import amounts_in, dates_in
from analytics.company import Company
from analytics.wording import count, day, money

#: A budget named below this share of the stated amount does not pay for the deal.
_ENOUGH = 0.9
#: Weeks without a new answer after which a moved stage is worth a question.
_STILL_WEEKS = 3
COLUMNS = ["deal_id", "check", "question", "text"]


@dataclass(frozen=True)
class _Deal:
    """One deal with its answers by the question that they are judged as."""

    row: Any  # of deals_as_of
    by_question: dict[str, list[Any]]  # one of the seven -> rows of Cases.answers
    influences: int
    as_of: date
    company: Company

    def answers(self, question: str, *, from_level: int) -> list[Any]:
        return [
            one for one in self.by_question.get(question, []) if one.is_answered and one.level >= from_level
        ]

    @property
    def closes(self) -> date | None:
        return None if pd.isna(self.row.close_date) else self.row.close_date.date()

    def day(self, value: date) -> str:
        return day(value, locale=self.company.locale)


Found = Iterator[tuple[str, str]]  # question key, sentence


def contradictions(
    cases: Cases, company: Company, as_of: date, influences: dict[str, int] | None = None
) -> pd.DataFrame:
    """Columns `deal_id`, `check` (a key of `terms`), `question` ('' = the whole case), `text` (a sentence).

    `influences`: deal_id -> buying influences known from Blue Sheets. A row per contradiction.
    """
    asks = {one.key: one.asks for one in cases.questions}
    grouped: dict[str, dict[str, list[Any]]] = {}
    for one in cases.answers.itertuples():
        grouped.setdefault(str(one.deal_id), {}).setdefault(asks[str(one.question)], []).append(one)
    rows = []
    for deal in cases.deals.itertuples():
        known = (influences or {}).get(str(deal.deal_id), 0)
        seen = _Deal(deal, grouped.get(str(deal.deal_id), {}), known, as_of, company)
        for check, find in CHECKS.items():
            rows += [(deal.deal_id, check, question, text) for question, text in find(seen)]
    return pd.DataFrame(rows, columns=COLUMNS)


def _event_after_close(deal: _Deal) -> Found:
    """The event comes later than the date on which the deal is to close: nothing forces it by then."""
    closes = deal.closes
    for one in deal.answers("compelling_event", from_level=2):
        ahead = _days_ahead(deal, one)
        if closes and ahead and ahead[0] > closes:
            later = count((ahead[0] - closes).days, "day")
            yield (
                one.question,
                f"The event is named for {deal.day(ahead[0])}, {later} after the close date"
                f" ({deal.day(closes)}): what makes them sign before it?",
            )


def _event_before_close(deal: _Deal) -> Found:
    """The event is over when the deal is to close."""
    closes = deal.closes
    for one in deal.answers("compelling_event", from_level=2):
        ahead = _days_ahead(deal, one)
        if closes and ahead and ahead[-1] < closes:
            yield (
                one.question,
                f"The event is named for {deal.day(ahead[-1])}, but the deal is to close on"
                f" {deal.day(closes)}, after it: which of the two holds?",
            )


def _days_ahead(deal: _Deal, answer: Any) -> list[date]:
    """The days that an answer names and that lay ahead when it was given."""
    given = answer.answered_on.date()
    day_first = not deal.company.locale.startswith("en_US")
    return [one for one in dates_in(answer.answer, given, day_first=day_first) if one > given]


def _budget_below_amount(deal: _Deal) -> Found:
    """The budget that the answer names is smaller than the deal."""
    stated = deal.row.amount
    if pd.isna(stated) or not stated:
        return
    currency = str(deal.row.currency)
    for one in deal.answers("budget", from_level=2):
        named = [found for found in amounts_in(one.answer) if found.currency in ("", currency)]
        if named and named[0].value < _ENOUGH * float(stated) and named[0].value >= 1_000:
            locale = deal.company.locale
            yield (
                one.question,
                f"The budget named is {money(named[0].value, currency, locale=locale)}, the deal is stated at"
                f" {money(stated, currency, locale=locale)}: where does the rest come from?",
            )


def _stakeholders_not_recorded(deal: _Deal) -> Found:
    """People are described, but none is on the deal."""
    described = deal.answers("stakeholders", from_level=2)
    if described and not deal.row.stakeholders and not deal.influences:
        yield (
            described[0].question,
            "People are described here, but the CRM has no contact role on the deal: who are they?",
        )


def _commit_without_budget(deal: _Deal) -> Found:
    """In Commit, and nothing says that there is money."""
    if deal.row.category != "Commit":
        return
    for one in deal.by_question.get("budget", []):
        if one.level <= 1:
            what = "unanswered" if not one.is_answered else "only asserted"
            yield one.question, f"The deal is in Commit, and the budget is {what}: who released which money?"


def _unchanged_while_stage_moved(deal: _Deal) -> Found:
    """The stage went on, and nobody learned anything."""
    last, moved = deal.row.last_answer_at, deal.row.stage_since
    if pd.isna(last) or pd.isna(moved) or last >= moved or moved <= deal.row.first_seen_at:
        return
    weeks = (deal.as_of - deal.company.calendar.day_of(last.to_pydatetime())).days // 7
    if weeks >= _STILL_WEEKS:
        moved_on = deal.day(deal.company.calendar.day_of(moved.to_pydatetime()))
        yield (
            "",
            f"No answer has changed for {weeks} weeks, though the stage moved to {deal.row.stage} on"
            f" {moved_on}: what do we know today that we did not then?",
        )


def _same_text_elsewhere(deal: _Deal) -> Found:
    """The text stood in another customer's deal first."""
    for rows in deal.by_question.values():
        for one in rows:
            if one.counts == "copied":
                yield (
                    one.question,
                    f"The same text stood in deal {one.copy_of} of another account before. It counts as level"
                    f" {one.level}, not {one.scored_level}: what is this customer's own story?",
                )


CHECKS: dict[str, Callable[[_Deal], Found]] = {
    "event_after_close": _event_after_close,
    "event_before_close": _event_before_close,
    "budget_below_amount": _budget_below_amount,
    "stakeholders_not_recorded": _stakeholders_not_recorded,
    "commit_without_budget": _commit_without_budget,
    "unchanged_while_stage_moved": _unchanged_while_stage_moved,
    "same_text_elsewhere": _same_text_elsewhere,
}
