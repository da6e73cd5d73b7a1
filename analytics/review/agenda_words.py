"""What a review's card says in words: the last decision, what became of it, and why the deal is on it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pandas as pd

from analytics.company import Company
from analytics.problems import NotEnough
from analytics.review import decisions as made
from analytics.review.agenda_rank import AGREED, IS_SETTLED, IS_SMALL, NO_AMOUNT, NO_CHANCE, NOTHING_STATED
from analytics.wording import count, day, is_missing, money, percent

NO_TIME = "no time left"
_WHY = {
    NO_AMOUNT: "no amount is recorded, so it cannot be weighed",
    NOTHING_STATED: "no probability is stated, so there is nothing to compare",
    AGREED: "stated as its evidence",
}


def what_decided(row: Any, company: Company) -> str:
    """A decision (a row of `decisions_as_of`) in the fewest words, "Keep as stated"."""
    if row.kind == made.MOVE_DATE:
        return f"Move the close date to {_day(row.close_date, company)}"
    if row.kind == made.MOVE_CATEGORY:
        return f"Move the category to {row.category}"
    if row.kind == made.ACTION:
        return f"{row.action_owner_name}: {row.action}"
    return "Close it out" if row.kind == made.CLOSE_OUT else "Keep as stated"


def decided_in_words(row: Any, company: Company, *, signed: bool = True) -> str:
    """A decision with when it is due and its note; `signed`: with who and when."""
    due = f", due {_day(row.due, company)}" if row.kind == made.ACTION else ""
    note = f". {row.note}" if row.note else ""
    who = f" ({row.author}, {_day(row.day, company)})" if signed else ""
    return f"{what_decided(row, company)}{due}{who}{note}"


def decided_beside(row: Any, action: Any | None, company: Company) -> str:
    """What stands about a deal, with the action decided beside it."""
    text = decided_in_words(row, company)
    return text if action is None else f"{text} · Action: {decided_in_words(action, company)}"


def became_beside(row: Any, action: Any | None, deal: Any, company: Company, as_of: date) -> str:
    """What became of both."""
    text = became_in_words(row, deal, company, as_of)
    if action is None:
        return text
    return f"{text} Action: {became_in_words(action, deal, company, as_of)}".strip()


def why_outside(category: str, timing: str) -> str:
    """Why an open deal is not among those a review weighs; of `AtRisk.deals`."""
    if category == "Omitted" and timing in ("in quarter", "earlier"):
        return "left out of the forecast (Omitted)"
    return "not dated in the quarter"


def became_in_words(row: Any, deal: Any, company: Company, as_of: date) -> str:
    """Whether a decision happened so far; `deal`: how the CRM has it now (close_date, category)."""
    if row.kind == made.ACTION:
        return _of_action(row, company, as_of)
    if row.kind == made.CLOSE_OUT:
        return "Not done so far: the CRM still has it open."
    if row.kind == made.MOVE_DATE:
        now, wanted, before = (
            _day(one, company) for one in (deal.close_date, row.close_date, row.seen_close_date)
        )
        return _moved(now, wanted, before)
    if row.kind == made.MOVE_CATEGORY:
        return _moved(deal.category, row.category, row.seen_category)
    return _kept(row, deal, company)


def _of_action(row: Any, company: Company, as_of: date) -> str:
    if row.state == made.DONE:
        text = f"Done on {_day(row.done_on, company)}"
    elif row.state == made.OPEN:
        late = 0 if is_missing(row.due) else (as_of - pd.Timestamp(row.due).date()).days
        text = f"Not reported, {count(late, 'day')} past its due day" if late > 0 else "Still open"
    else:
        text = f"{row.state[:1].upper()}{row.state[1:]}"
    return f"{text}: {row.state_note}" if row.state_note else f"{text}."


def _moved(now: str, wanted: str, before: str) -> str:
    if now == wanted:
        return "Done: the CRM says so now."
    if now == before:
        return f"Not done so far: the CRM still says {now}."
    return f"It became another one: the CRM says {now}."


def _kept(row: Any, deal: Any, company: Company) -> str:
    """Whether date and category are as they were when it was decided to keep them."""
    moved = []
    if not is_missing(row.seen_close_date) and row.seen_close_date != deal.close_date:
        moved.append(f"the close date is {_day(deal.close_date, company)} now")
    if row.seen_category and row.seen_category != deal.category:
        moved.append(f"the category is {deal.category} now")
    if moved:
        return f"It did not hold: {' and '.join(moved)}."
    held = [] if is_missing(row.seen_close_date) else ["date"]
    held += ["category"] if row.seen_category else []
    return f"So far the {' and '.join(held)} held." if held else ""


def why_now(deal: Any, company: Company) -> str:
    """The rank in words, with its money; `deal`: a row of `agenda_rank.ranked`."""
    apart, stays = _money(deal.at_stake, company), _money(deal.rank_money, company)
    text = (
        f"{_money(deal.amount, company)}, stated at {percent(deal.stated)}, evidenced at"
        f" {percent(deal.evidenced)}: {apart} too {'much' if deal.gap < 0 else 'little'} is"
        " stated for the quarter"
    )
    if not deal.is_dated:
        text += f", dated {_day(deal.close_date, company)}"
    if deal.can_change == 1:
        text += "; the statement can be corrected in the room"
    else:
        text += f"; how it ends is {percent(deal.can_change)} open"
    if deal.is_settled:
        text += f"; decided on {_day(deal.decided_on, company)} and nothing new since"
    if stays != apart:
        text += f", so {stays} of it counts"
    return f"{text}."


def why_quiet(deal: Any, company: Company, missing: NotEnough | None) -> str:
    """Why a deal gets no card; `deal`: a deal of `agenda_rank.ranked`."""
    if deal.quiet == NO_CHANCE:
        return f"no chance to compare with: {missing or 'it is not foretold'}"
    if deal.quiet == IS_SETTLED:
        return f"decided on {_day(deal.decided_on, company)}, nothing changed since"
    if deal.quiet in _WHY:
        return _WHY[deal.quiet]
    lead = "small" if deal.quiet == IS_SMALL else NO_TIME
    return f"{lead}: {_money(deal.rank_money, company)} to settle"


def _day(value: Any, company: Company) -> str:
    return day(value, locale=company.locale)


def _money(amount: float, company: Company) -> str:
    return money(amount, company.currency, locale=company.locale)
