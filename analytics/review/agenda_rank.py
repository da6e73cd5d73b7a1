"""Which deals are worth talking about: money x disagreement x what a decision this week can still change."""

from __future__ import annotations

from datetime import date

import pandas as pd

from analytics.company import Scope
from analytics.pipeline.changes import UNCHANGED, Changes
from analytics.review import decisions as made

#: From this gap between stated and evidenced the statement itself is to be corrected; below the other there
#: is nothing to disagree about.
CORRECT, AGREE = 0.2, 0.1
#: What was decided in so many days and nothing happened since counts so much less.
_SETTLED_DAYS, SETTLED = 10, 0.3
#: A deal counts as small below this share of what the first one with a card is ranked by.
_SMALL = 0.1
#: Why a deal gets no card.
NO_CHANCE, NO_AMOUNT, NOTHING_STATED, AGREED, IS_SETTLED, IS_SMALL = (
    "no chance", "no amount", "nothing stated", "agreed", "settled", "small",
)  # fmt: skip


def ranked(deals: pd.DataFrame, changes: Changes, decisions: pd.DataFrame, scope: Scope) -> pd.DataFrame:
    """The deals that a review could talk about, the one with the largest `rank_money` first.

    `deals`: of `AtRisk`; kept are the open ones dated in the quarter or before it (Omitted left out), and
    others whose evidence says that they may come into it. Added: amount, is_dated, can_change (0-1),
    decided_on (the day of what stands, of
    `decisions.standing`, decided before the day; NaT), is_settled, rank_money (company currency; NaN where
    it cannot be weighed), quiet ('' or why it gets no card, of the names above).
    """
    deals = deals.reset_index(drop=True)
    is_omitted = deals["category"] == "Omitted"
    dated = deals["is_open"] & deals["timing"].isin(["in quarter", "earlier"]) & ~is_omitted
    may_come = deals["is_open"] & ~dated & (deals["gap"] > CORRECT)
    found = deals[dated | may_come].assign(is_dated=dated)
    earlier = decisions[decisions["day"] < pd.Timestamp(scope.as_of)]
    before = made.standing(earlier)
    found = found.assign(
        amount=found["amount_company"].astype(float),
        decided_on=pd.to_datetime(before["day"].reindex(found["deal_id"]).to_numpy()),
        can_change=_can_change(found),
    )
    found = found.assign(is_settled=_settled(found, before, earlier, changes, scope.as_of))
    weight = found["can_change"] * found["is_settled"].map({True: SETTLED, False: 1.0})
    found = found.assign(rank_money=(found["amount"] * found["gap"].abs() * weight).round(2))
    order = ["rank_money", "amount", "deal_id"]
    found = found.sort_values(order, ascending=[False, False, True], na_position="last", kind="stable")
    return found.assign(quiet=_quiet(found)).reset_index(drop=True)


def _can_change(deals: pd.DataFrame) -> pd.Series:
    """1 where the statement is to be corrected; else how open the outcome is: 4 p (1 - p), 1 at one half."""
    chance = deals["evidenced"]
    return (4 * chance * (1 - chance)).where(deals["gap"].abs() <= CORRECT, 1.0).where(chance.notna())


def _settled(
    deals: pd.DataFrame, before: pd.DataFrame, earlier: pd.DataFrame, changes: Changes, as_of: date
) -> pd.Series:
    """Whether each deal was decided lately and nothing is new since: nothing moved, nothing became due.

    `before`: what stands; `earlier`: every decision of before, for the actions beside it.
    """
    last = before.reindex(deals["deal_id"]).set_axis(deals.index)
    today = pd.Timestamp(as_of)
    lately = last["day"].ge(today - pd.Timedelta(days=_SETTLED_DAYS))
    moved = _differs(last["seen_close_date"], deals["close_date"])
    moved |= _differs(last["seen_category"].replace("", None), deals["category"])
    moved |= _differs(last["seen_amount"], deals["amount_company"].astype(float))
    lines = changes.lines
    changed = deals["deal_id"].isin(lines.loc[lines["bucket"] != UNCHANGED, "deal_id"])
    since = changed & last["day"].le(pd.Timestamp(changes.since))
    overdue = earlier[(earlier["state"] == made.OPEN) & earlier["due"].lt(today)]
    is_due = deals["deal_id"].isin(overdue["deal_id"]) | last["close_date"].lt(today)
    return (lately & ~moved & ~since & ~is_due).astype(bool)


def _differs(seen: pd.Series, now: pd.Series) -> pd.Series:
    return seen.notna() & (seen != now)


def _quiet(deals: pd.DataFrame) -> pd.Series:
    """Why a deal gets no card whatever the time; of several reasons the first in this order."""
    agreed = deals["gap"].abs().lt(AGREE)
    most = deals["rank_money"].mask(agreed).max()
    why = pd.Series("", index=deals.index)
    small = deals["rank_money"].lt(_SMALL * most) | deals["rank_money"].eq(0)
    for name, applies in (
        (IS_SMALL, small),
        (IS_SETTLED, small & deals["is_settled"]),
        (AGREED, agreed),
        (NOTHING_STATED, deals["stated"].isna()),
        (NO_AMOUNT, deals["amount"].isna()),
        (NO_CHANCE, deals["evidenced"].isna()),
    ):
        why = why.mask(applies, name)
    return why
