"""From an earlier day's expected number to today's: what moved it, exact to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.company import Company
from analytics.forecast.earlier_day import basis_on
from analytics.forecast.expected import Expected, expected_in
from analytics.forecast.lines import COLUMNS, NEW, NOT_CREATED_YET
from analytics.forecast.quarter_forecast import Forecast, Step, steps_of
from analytics.pipeline.deals import deals_as_of, won_in
from analytics.pipeline.quarter_end import total
from analytics.problems import NotEnough
from analytics.risk.reason_words import NORMAL
from analytics.store.database import Store
from analytics.wording import count

BEFORE = "the earlier number"
WON, LOST = "won", "lost or gone"
NEW_DEALS, REOPENED = "new deals", "reopened"
MOVED_IN, MOVED_OUT = "came from other owners", "went to other owners"
AMOUNT, BOOKED = "amounts changed", "booked amounts changed"
DATES, STAGE = "moved close dates", "moved stages"
ANSWERS, ACTIVITY = "new answers in business cases", "activity and people"
STATED, TIME = "categories and amounts as stated", "time passing"
SO_FAR = "how the quarter runs"
STEPS = (
    BEFORE, WON, BOOKED, LOST, NEW_DEALS, REOPENED, MOVED_IN, MOVED_OUT, AMOUNT, DATES, STAGE, ANSWERS,
    ACTIVITY, STATED, TIME, SO_FAR, NEW,
)  # fmt: skip
_OF_FAMILY = {
    "business case": ANSWERS,
    "movement": ACTIVITY,
    "people": ACTIVITY,
    "statement": STATED,
    "owner's history": TIME,
    "calendar": TIME,
    "deal": TIME,
}
_DATE_REASONS = frozenset({"close date", "pushes"})
_FACTOR = "how often such deals close at their amount"


@dataclass(frozen=True)
class ChangeBridge:
    """`steps` from the earlier number (the first one) to today's: their amounts add up to `after`.

    `lines`: deal_id, step, reason, text, amount. `missing` says why there is none.
    """

    since: date
    before: float
    after: float
    steps: list[Step]
    lines: pd.DataFrame
    missing: NotEnough | None = None


def since_week_earlier(store: Store, company: Company, found: Forecast) -> ChangeBridge:
    """What moved the scope's expected number in the last seven days: `moved_since` a week earlier."""
    return moved_since(store, company, found, found.view.scope.as_of - timedelta(days=7))


def moved_since(store: Store, company: Company, found: Forecast, day: date) -> ChangeBridge:
    """What moved the scope's expected number from the end of an earlier day to today's.

    The earlier number is made with what was known then, by what is learned from the quarters complete today.
    """
    scope, basis = found.view.scope, found.whole.basis
    if isinstance(found.expected, NotEnough):
        return _without(day, found.expected)
    if day < basis.began:
        return _without(day, NotEnough(f"nothing was recorded on {day} yet"))
    if day >= scope.as_of:
        return _without(day, NotEnough("both numbers are of the same day"))
    if basis.history.learned.model is None:
        return _without(day, NotEnough("without a deal-level model the two days are not taken apart"))
    with store.reading():
        earlier = expected_in(store, company, day, scope.quarter, basis_on(store, company, basis, day))
        if not earlier.chances.has_model:
            return _without(day, NotEnough(f"on {day} the quarter was too far away for a deal-level model"))
        past = deals_as_of(store, company, day, closed_since=basis.began)
        now = deals_as_of(store, company, scope.as_of, closed_since=basis.began)
    lines = _lines(found, earlier, _Moved.of(found, earlier, past, now), scope.as_of - day)
    steps = steps_of(lines, STEPS)
    before = round(float(lines.loc[lines["step"] == BEFORE, "amount"].sum()), 2)
    return ChangeBridge(day, before, found.expected, steps, lines)


def expected_on(store: Store, company: Company, found: Forecast, day: date) -> float:
    """The scope's expected number at the end of an earlier day, made as `moved_since` makes it."""
    scope, basis = found.view.scope, found.whole.basis
    with store.reading():
        earlier = expected_in(store, company, day, scope.quarter, basis_on(store, company, basis, day))
        past = deals_as_of(store, company, day, closed_since=min(scope.quarter.first_day, day))
    mine = scope.within(earlier.deals)
    won = scope.within(past[won_in(past, scope.quarter)])
    owners = mine["owner_id"].unique()
    later = earlier.later if scope.is_company else earlier.later[earlier.later.index.isin(owners)]
    money = (mine["expected_amount"], won["amount_company"], later)
    return round(sum(total(one.dropna()) for one in money), 2)


def _without(day: date, missing: NotEnough) -> ChangeBridge:
    return ChangeBridge(day, 0.0, 0.0, [], pd.DataFrame(columns=COLUMNS), missing)


@dataclass(frozen=True)
class _Moved:
    """The deals on both days: `old`, `new` expected money of the scope's open ones; `booked_before`, `booked`
    that of its won ones in the quarter; `past`, `now` everybody's deals; `mine` those of the scope now."""

    old: pd.Series
    new: pd.Series
    booked_before: pd.Series
    booked: pd.Series
    past: pd.DataFrame
    now: pd.DataFrame
    mine: pd.Index

    @classmethod
    def of(cls, found: Forecast, earlier: Expected, past: pd.DataFrame, now: pd.DataFrame) -> _Moved:
        """`past`, `now`: of `deals_as_of` the two days, closed ones since history began."""
        scope = found.view.scope
        past = past.assign(is_booked=won_in(past, scope.quarter))
        return cls(
            old=_money(scope.within(earlier.deals), "expected_amount"),
            new=_money(found.deals, "expected_amount"),
            booked_before=_money(scope.within(past[past["is_booked"]]), "amount_company"),
            booked=_money(found.view.won_in_quarter, "amount_company"),
            past=past.set_index("deal_id"),
            now=now.set_index("deal_id"),
            mine=pd.Index(scope.within(now)["deal_id"]),
        )


def _money(deals: pd.DataFrame, column: str) -> pd.Series:
    return deals.set_index("deal_id")[column].fillna(0.0).astype(float)


def _lines(found: Forecast, earlier: Expected, moved: _Moved, gone: timedelta) -> pd.DataFrame:
    """Every deal's lines: what it was worth before, and what moved it."""
    parts = [
        _start(moved.old, moved.booked_before),
        _stayed(found.whole.expected, earlier, moved.old.index.intersection(moved.new.index)),
        *_left(moved),
        *_came(moved),
        *_booked(moved),
        _later(found, earlier, gone),
    ]
    table = pd.concat(parts, ignore_index=True)
    return table[(table["amount"] != 0) | (table["step"] == NEW)].reset_index(drop=True)


def _left(moved: _Moved) -> list[pd.DataFrame]:
    """Deals that were open in the scope and are no more: won, with other owners, lost or gone.

    One that was won before the quarter began brings nothing in it.
    """
    old, now = moved.old, moved.now
    left = old.index.difference(moved.new.index)
    is_won = now.index[now["is_won_deal"]]
    out = left.intersection(is_won.union(now.index[now["is_open"]]).difference(moved.mine))
    won = left.intersection(is_won).difference(out)
    lost = left.difference(out).difference(won)
    booked = moved.booked.reindex(won).fillna(0.0)
    return [
        _whole_deals(won, booked - old.reindex(won), WON),
        _whole_deals(out, -old.reindex(out), MOVED_OUT),
        _whole_deals(lost, -old.reindex(lost), LOST),
    ]


def _came(moved: _Moved) -> list[pd.DataFrame]:
    """Deals that are open in the scope and were not: new ones, reopened ones, those of other owners."""
    came = moved.new.index.difference(moved.old.index)
    there = came.intersection(moved.past.index)
    moved_in = there.intersection(moved.past.index[moved.past["is_open"]])
    reopened = there.difference(moved_in)
    found = []
    for which, step in ((came.difference(there), NEW_DEALS), (reopened, REOPENED), (moved_in, MOVED_IN)):
        gone = moved.booked_before.reindex(which).fillna(0.0)
        found.append(_whole_deals(which, moved.new.reindex(which) - gone, step))
    return found


def _booked(moved: _Moved) -> list[pd.DataFrame]:
    """Won deals that were not open in the scope: booked on one of the days, or on both."""
    before, booked = moved.booked_before, moved.booked
    fresh = booked.index.difference(before.index).difference(moved.old.index)
    ours = before.index.difference(moved.new.index)
    moved_in = fresh.intersection(moved.past.index[moved.past["is_booked"]])
    moved_out = ours.intersection(moved.now.index[moved.now["is_won_deal"]].difference(moved.mine))
    first, rest = fresh.difference(moved_in), ours.difference(moved_out)
    return [
        _whole_deals(first, booked.reindex(first), WON),
        _whole_deals(moved_in, booked.reindex(moved_in), MOVED_IN),
        _whole_deals(moved_out, -before.reindex(moved_out), MOVED_OUT),
        _whole_deals(rest, booked.reindex(rest).fillna(0.0) - before.reindex(rest), BOOKED),
    ]


def _start(old: pd.Series, booked: pd.Series) -> pd.DataFrame:
    worth = pd.concat([old, booked])
    return _whole_deals(worth.index, worth, BEFORE)


def _whole_deals(deals: pd.Index, amounts: pd.Series, step: str) -> pd.DataFrame:
    """Deals whose whole difference is one line."""
    return pd.DataFrame(
        {
            "deal_id": deals,
            "step": step,
            "reason": step,
            "text": step,
            "amount": amounts.to_numpy(float).round(2),
        }
    )


def _later(found: Forecast, earlier: Expected, gone: timedelta) -> pd.DataFrame:
    owners = found.view.scope.within(earlier.deals)["owner_id"].unique()
    before = round(float(earlier.later[earlier.later.index.isin(owners)].sum()), 2)
    after = round(float(found.later.sum()), 2)
    rows = [
        (NOT_CREATED_YET, BEFORE, BEFORE, BEFORE, before),
        (
            NOT_CREATED_YET,
            NEW,
            NEW,
            f"{_span(gone.days)} less is left for new deals",
            round(after - before, 2),
        ),
    ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _span(days: int) -> str:
    """7 -> a week, 5 -> 5 days."""
    return "a week" if days == 7 else count(days, "day")


def _stayed(after: Expected, before: Expected, stayed: pd.Index) -> pd.DataFrame:
    """Deals open on both days: their amounts, and their chances by reason.

    d(A q) = mean(q) dA + mean(A) dq, with q the money expected per money stated, a sum over reasons.
    """
    if stayed.empty:
        return pd.DataFrame(columns=COLUMNS)
    old, new = (one.deals.set_index("deal_id").loc[stayed] for one in (before, after))
    amounts = [one["amount_company"].fillna(0.0).to_numpy(float) for one in (old, new)]
    worth = [one["expected_amount"].fillna(0.0).to_numpy(float) for one in (old, new)]
    units, keys, texts = zip(*(_units(one, stayed) for one in (before, after)), strict=True)
    per_money = [one.sum(axis=1) for one in units]
    by_amount = (per_money[0] + per_money[1]) / 2 * (amounts[1] - amounts[0])
    by_reason = ((amounts[0] + amounts[1]) / 2)[:, None] * (units[1] - units[0])
    money = np.column_stack([by_reason, by_amount]).round(2)
    left = (worth[1] - worth[0] - money.sum(axis=1)).round(2)
    rows = np.arange(len(money))
    largest = np.abs(money).argmax(axis=1)
    money[rows, largest] = (money[rows, largest] + left).round(2)
    moved_stage = (old["stage"] != new["stage"]).to_numpy()
    steps = _step_names(after, list(keys[1]), moved_stage)
    words = np.column_stack([texts[1], [f"{a:,.2f} -> {b:,.2f}" for a, b in zip(*amounts, strict=True)]])
    return pd.DataFrame(
        {
            "deal_id": np.repeat(stayed.to_numpy(), money.shape[1]),
            "step": steps.ravel(),
            "reason": [*keys[1], AMOUNT] * len(stayed),
            "text": words.ravel(),
            "amount": money.ravel(),
        }
    )


def _units(one: Expected, deals: pd.Index) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Expected money per money stated, by reason, the quarter so far and the amount at close (deal x ...)."""
    keys = list(dict.fromkeys(one.reasons["reason"]))
    shape = (len(one.deals), len(keys))
    at = pd.Index(one.deals["deal_id"]).get_indexer(deals)
    won = one.reasons["won"].to_numpy(float).reshape(shape)[at]
    texts = one.reasons["text"].to_numpy(dtype=object).reshape(shape)[at]
    chance, ratio = (one.deals[name].to_numpy(float)[at] for name in ("chance", "amount_ratio"))
    units = np.column_stack([won, chance - won.sum(axis=1), chance * (ratio - 1)])
    words = np.column_stack([texts, np.full(len(at), SO_FAR, object), np.full(len(at), _FACTOR, object)])
    return units, [*keys, SO_FAR, _FACTOR], words


def _step_names(one: Expected, keys: list[str], moved_stage: np.ndarray) -> np.ndarray:
    """Which step each line of `_stayed` belongs to (deal x line)."""
    family = dict(zip(one.reasons["reason"], one.reasons["family"], strict=True))
    steps = np.empty((len(moved_stage), len(keys) + 1), dtype=object)
    for at, key in enumerate(keys):
        if key in (NORMAL, "stage"):
            steps[:, at] = np.where(moved_stage, STAGE, TIME)
        elif key in _DATE_REASONS or key == _FACTOR:
            steps[:, at] = DATES
        elif key == SO_FAR:
            steps[:, at] = SO_FAR
        else:
            steps[:, at] = _OF_FAMILY[family[key]]
    steps[:, -1] = AMOUNT
    return steps
