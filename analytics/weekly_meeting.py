"""The course of a weekly meeting: its steps, what it opens with, what is offered, what was decided in it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pandas as pd

from analytics import number as number_words
from analytics.company import Company, Scope
from analytics.review.agenda import Agenda, Card
from analytics.review.agenda_words import NO_TIME, decided_in_words, why_outside
from analytics.review.decisions import Seen
from analytics.store.subjects import CATEGORIES
from analytics.weekly_review import WeeklyReview
from analytics.wording import count, day, is_missing, listed, money, percent

OPENING, CLOSING = "opening", "closing"
_TO_CLOSE = 1.0  # minutes
_MOST_NAMES = 6


@dataclass(frozen=True)
class Step:
    """One step of the meeting; `until`: minutes planned from its begin to the end of this step."""

    key: str
    label: str
    owner: str
    minutes: float
    until: float


def steps_of(agenda: Agenda) -> list[Step]:
    """The opening, a step per card (keys: deal ids), the closing."""
    for_cards = sum(card.minutes for card in agenda.cards)
    closing = min(_TO_CLOSE, agenda.planned)
    parts = [(OPENING, "Opening", "", agenda.planned - for_cards - closing)]
    parts += [(card.deal_id, card.name, card.owner_name, card.minutes) for card in agenda.cards]
    parts += [(CLOSING, "Closing", "", closing)]
    steps, until = [], 0.0
    for key, label, owner, minutes in parts:
        until += minutes
        steps.append(Step(key, label, owner, minutes, until))
    return steps


def step_at(steps: list[Step], key: str) -> tuple[Step, Step | None, Step | None]:
    """The step called so (else the first one), the one before it and the one after it."""
    at = next((n for n, step in enumerate(steps) if step.key == key), 0)
    return steps[at], steps[at - 1] if at else None, steps[at + 1] if at + 1 < len(steps) else None


def place_in_words(agenda: Agenda, step: Step) -> str:
    """Deal 3 of 6; '' for the opening and the closing."""
    keys = [card.deal_id for card in agenda.cards]
    return f"Deal {keys.index(step.key) + 1} of {len(keys)}" if step.key in keys else ""


def time_in_words(agenda: Agenda, step: Step, began: datetime | None, now: datetime) -> str:
    """Minutes planned until the end of this step beside the minutes used so far."""
    planned = f"Planned until here: {step.until:.0f} of {agenda.minutes} min"
    if began is None:
        return f"{planned}. The clock starts with the first step."
    return f"{planned}. Used: {(now - began).total_seconds() / 60:.0f} min"


def card_of(agenda: Agenda, deal_id: str) -> Card:
    """The card of a deal that has one."""
    return next(card for card in agenda.cards if card.deal_id == deal_id)


def headline(review: WeeklyReview) -> tuple[str, str]:
    """Where the quarter will end, and how that changed since the last review; with what people override."""
    found, company = review.number, review.company
    if found.missing is not None:
        return f"Where {review.scope.quarter} will end cannot be foretold: {found.missing}.", ""
    rest = [_moved(review)]
    overridden = review.overridden
    if len(overridden.deals) and not is_missing(overridden.expected):
        rest.append(
            f"With {count(len(overridden.deals), 'override')} by people it is"
            f" {_money(overridden.expected, company)}"
            f" ({money(overridden.difference, company.currency, signed=True, locale=company.locale)})."
        )
    return number_words.headline(found, company), " ".join(rest)


def _moved(review: WeeklyReview) -> str:
    company, moved = review.company, review.moved
    since = day(review.since, locale=company.locale)
    if moved.missing is not None:
        return f"How it changed since {since} cannot be said: {moved.missing}."
    by = round(moved.after - moved.before, 2)
    if _money(moved.after, company) == _money(moved.before, company):
        return f"Unchanged since {since}."
    side = "more" if by > 0 else "less"
    return f"On {since} it was {_money(moved.before, company)}: {_money(abs(by), company)} {side} now."


def not_submitted(review: WeeklyReview) -> str:
    """Who has not submitted a call for the quarter in the last week, in words."""
    calls = review.calls
    asked = calls[calls["is_asked"].eq(True)]
    late = asked[asked["is_late"].eq(True)]
    if asked.empty:
        return "Nobody is asked for a call here."
    if late.empty:
        return f"All {count(len(asked), 'call')} are in."
    names = list(dict.fromkeys(late["name"].astype(str)))
    more = len(names) - _MOST_NAMES
    shown = names[:_MOST_NAMES] + ([f"{more} more"] if more > 0 else [])
    return f"Not submitted in the last week: {listed(shown)}."


def decided_today(review: WeeklyReview) -> pd.DataFrame:
    """The minutes: deal_id, deal, owner_name, what, author, at ("10:02"), decision_id, kind; as decided."""
    rows = review.decisions
    today = rows[pd.to_datetime(rows["day"]) == pd.Timestamp(review.scope.as_of)]
    deals = review.facts.risk.deals.set_index("deal_id")[["name", "owner_name"]].reindex(today["deal_id"])
    said = [decided_in_words(row, review.company, signed=False) for row in today.itertuples()]
    return pd.DataFrame(
        {
            "deal_id": today["deal_id"].to_numpy(),
            "deal": deals["name"].fillna("").to_numpy(),
            "owner_name": deals["owner_name"].fillna("").to_numpy(),
            "what": pd.Series(said, dtype=object).to_numpy(),
            "author": today["author"].to_numpy(),
            "at": [_clock(at, review.company, review.scope.as_of) for at in today["decided_at"]],
            "decision_id": today["decision_id"].to_numpy(),
            "kind": today["kind"].to_numpy(),
        }
    )


def settled_today(review: WeeklyReview, decided: pd.DataFrame) -> set[str]:
    """The deals on which something was decided, or an override put, in this meeting."""
    overrides = review.overridden.deals
    put = overrides[pd.to_datetime(overrides["day"]) == pd.Timestamp(review.scope.as_of)]
    return {*decided["deal_id"], *put["deal_id"]}


def minutes_table(decided: pd.DataFrame) -> pd.DataFrame:
    """The minutes as a reader sees them; of `decided_today`."""
    names = {"deal": "Deal", "what": "Decision", "author": "By", "at": "At", "owner_name": "Owner"}
    return decided.rename(columns=names)[list(names.values())]


def quiet_table(agenda: Agenda) -> pd.DataFrame:
    """The deals without a card, as a reader sees them."""
    names = {"name": "Deal", "amount": "Amount", "owner_name": "Owner", "why": "Why it has no card"}
    return agenda.quiet.rename(columns=names)[list(names.values())]


def quiet_in_words(agenda: Agenda) -> str:
    """How many deals need no talk, and how many would but find no time."""
    late = int(agenda.quiet["why"].astype(str).str.startswith(NO_TIME).sum())
    text = count(len(agenda.quiet) - late, "deal needs no talk", "deals need no talk")
    return f"{text}; {late:,} more found no time" if late else text


def _clock(at: pd.Timestamp, company: Company, as_of: date) -> str:
    """The time of the company's day; with the day where it is another one than that looked at."""
    moment = at.to_pydatetime().replace(tzinfo=UTC).astimezone(ZoneInfo(company.calendar.time_zone))
    text = f"{moment:%H:%M}"
    return text if moment.date() == as_of else f"{day(moment.date(), locale=company.locale)}, {text}"


def seen_now(review: WeeklyReview, deal_id: str) -> Seen:
    """How an open deal of the scope stands now, to be kept with what is decided about it."""
    rows = review.facts.risk.deals
    return Seen.of(rows[rows["deal_id"] == deal_id].iloc[0])


def names_of(review: WeeklyReview, deal_ids: pd.Series) -> dict[str, str]:
    """deal_id -> name, where it is known: open deals, else those that changed since the last review."""
    lines = review.changes.lines.drop_duplicates("deal_id").set_index("deal_id")["name"]
    known = review.facts.risk.deals.set_index("deal_id")["name"].combine_first(lines)
    found = known.reindex(deal_ids.unique()).dropna()
    return {str(deal_id): str(name) for deal_id, name in found.items()}


def why_no_card(review: WeeklyReview, deal_id: str) -> str:
    """Why a deal is not on the agenda."""
    quiet = review.agenda.quiet
    mine = quiet[quiet["deal_id"] == deal_id]
    if not mine.empty:
        name, why = mine["name"].iloc[0], str(mine["why"].iloc[0])
        return f"{name} {'found no time' if why.startswith(NO_TIME) else 'needs no talk'}: {why}."
    deals = review.facts.risk.deals
    for row in deals[deals["deal_id"] == deal_id].itertuples():
        return f"{row.name} is not on this agenda: {why_outside(str(row.category), str(row.timing))}."
    return f"{deal_id} is not on this agenda: it is not open, or not in this scope."


def override_in_words(review: WeeklyReview, deal_id: str) -> str:
    """What people put beside the model for a deal; '' if nothing."""
    rows, company = review.overridden.deals, review.company
    mine = rows[rows["deal_id"] == deal_id]
    if mine.empty:
        return ""
    row = mine.iloc[0]
    said = [] if is_missing(row["probability"]) else [f"chance {percent(row['probability'])}"]
    said += [] if is_missing(row["amount_by"]) else [f"amount {_money(row['amount_by'], company)}"]
    by = money(row["difference"], company.currency, signed=True, locale=company.locale)
    return f"{row['author']} put beside it: {listed(said)} ({by}). {row['reason']}"


def days_offered(card: Card, scope: Scope) -> list[tuple[str, date]]:
    """Days to which a close date is likely to move: label and day, none of them past or as it is."""
    start = scope.as_of if is_missing(card.close_date) else max(card.close_date.date(), scope.as_of)
    last = scope.quarter.last_day
    offered = [
        ("2 weeks later", start + timedelta(days=14)),
        ("4 weeks later", start + timedelta(days=28)),
        ("the quarter's last day", last),
        ("a month into the next quarter", last + timedelta(days=30)),
    ]
    taken: dict[date, str] = {}
    for label, to in offered:
        if to > scope.as_of and (is_missing(card.close_date) or to != card.close_date.date()):
            taken.setdefault(to, label)
    return [(label, to) for to, label in sorted(taken.items())]


def categories_offered(card: Card) -> list[str]:
    """The categories to which a deal can be moved."""
    return [category for category in CATEGORIES[1:] if category != card.category]


def due_in_a_week(scope: Scope) -> date:
    """When an action is due unless another day is said: before the next review."""
    return scope.as_of + timedelta(days=7)


def done_day_offered(action: Any, scope: Scope) -> date:
    """On which day an action was done unless another one is said: in time, as far as that day has come."""
    due = scope.as_of if is_missing(action.due) else min(action.due.date(), scope.as_of)
    decided: date = action.day.date()
    return max(due, decided)


def share_of(percents: float | None) -> float | None:
    """45 -> 0.45."""
    return None if percents is None else percents / 100


def _money(amount: object, company: Company) -> str:
    return money(amount, company.currency, locale=company.locale)
