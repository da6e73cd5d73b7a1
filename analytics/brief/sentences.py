"""The sentences of a brief that no page says in the same way."""

from __future__ import annotations

import pandas as pd

from analytics.company import Company
from analytics.fiscal import Quarter
from analytics.override_words import beside_number
from analytics.review import decisions as made
from analytics.weekly_meeting import quiet_in_words
from analytics.weekly_review import WeeklyReview
from analytics.what_changed import moved_finding
from analytics.wording import count, day, listed, money

_DECIDED = {
    made.KEEP: "kept as stated",
    made.MOVE_DATE: "to another close date",
    made.MOVE_CATEGORY: "to another category",
    made.ACTION: "with an action",
    made.CLOSE_OUT: "to close out",
}


def scope_in_words(review: WeeklyReview) -> str:
    """Whose numbers, which quarter, as of when."""
    scope, locale = review.scope, review.company.locale
    quarter: Quarter = scope.quarter
    week = f", week {quarter.week_of(scope.as_of)}" if quarter.contains(scope.as_of) else ""
    return f"{review.whose} · {quarter}{week} · as of {day(scope.as_of, locale=locale)}"


def moved(review: WeeklyReview) -> str:
    """What became of the expected number, and the steps that moved it most."""
    found, company = review.moved, review.company
    if found.missing is not None:
        since = day(found.since, locale=company.locale)
        return f"What moved the expected number since {since} cannot be said: {found.missing}."
    return f"{moved_finding(found, company)}."


def agenda(review: WeeklyReview) -> str:
    """How many deals to talk about, with how much money at stake, and for how long."""
    found, company = review.agenda, review.company
    if not found.cards:
        why = f": {found.missing}" if found.missing else ", nothing is far from its evidence"
        return f"No deal needs a talk{why}."
    stake = sum(card.at_stake for card in found.cards)
    owners = len({card.owner_id for card in found.cards})
    return (
        f"{count(len(found.cards), 'deal')} of {count(owners, 'owner')} to talk about, with"
        f" {_short(round(stake, 2), company)} between what is stated and what is evidenced:"
        f" {found.planned:g} of {found.minutes} minutes."
    )


def quiet(review: WeeklyReview) -> str:
    """How many deals need no talk and how many found no time, as on the screen, and their money."""
    rows = review.agenda.quiet
    if rows.empty:
        return "No other open deal is dated in the quarter."
    worth = _short(round(float(rows["amount"].fillna(0.0).sum()), 2), review.company)
    return f"Of the other open deals dated in the quarter ({worth}), {quiet_in_words(review.agenda)}."


def actions(review: WeeklyReview, rows: pd.DataFrame) -> str:
    """How many actions are open and how many of them overdue."""
    if rows.empty:
        return "No action is open."
    late = int((rows["due"] < pd.Timestamp(review.scope.as_of)).sum())
    if len(rows) == 1:
        return f"1 action is open, {'and it is overdue' if late else 'and it is not overdue'}."
    overdue = f"{late} of them overdue" if late else "none of them overdue"
    return f"{count(len(rows), 'action is', 'actions are')} open, {overdue}."


def decided(rows: pd.DataFrame) -> str:
    """What the day's decisions were, by kind."""
    if rows.empty:
        return "Nothing was decided on this day."
    counts = rows["kind"].value_counts()
    kinds = [f"{counts[kind]} {_DECIDED[kind]}" for kind in made.KINDS if kind in counts.index]
    deals = count(int(rows["deal_id"].nunique()), "deal")
    return f"{count(len(rows), 'decision')} about {deals}: {listed(kinds)}."


def overridden(review: WeeklyReview) -> str:
    """The number with what people put beside it; '' where nobody did."""
    text = beside_number(review.overridden, review.company)
    return f"{text}; they are never part of the number." if text and not review.number.missing else ""


def without(review: WeeklyReview) -> str:
    """What is the case where there is no number, and why."""
    found = review.number.forecast
    won, stated = found.view.measures["won"].value, review.number.stated
    quarter = review.scope.quarter
    return (
        f"No expected number for {quarter}: {review.number.missing}. {_short(won, review.company)} is won;"
        f" with the weighted pipeline the CRM states {_short(stated, review.company)}."
    )


def _short(amount: object, company: Company) -> str:
    return money(amount, company.currency, locale=company.locale)
