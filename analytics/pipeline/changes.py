"""What changed in a quarter's pipeline between two days: every deal in one bucket, exact to the cent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.company import Company, Scope
from analytics.pipeline.change_steps import CATEGORIES, Window, read_window
from analytics.pipeline.change_undone import undone
from analytics.pipeline.change_words import Words
from analytics.pipeline.quarter_end import total
from analytics.problems import BadInput
from analytics.store.database import Store

WON, LOST, GONE = "won", "lost", "gone"
NEW, REOPENED = "new", "reopened"
PULLED_IN, FROM_PAST = "pulled in", "moved in from the past"
PUSHED_OUT, PULLED_OUT = "pushed out", "pulled out to an earlier quarter"
OWNER = "owner changed"
CATEGORY_UP, CATEGORY_DOWN = "category up", "category down"
AMOUNT_UP, AMOUNT_DOWN, RATES = "amount up", "amount down", "exchange rate"
UNCHANGED = "unchanged"
#: Of several things that happened to a deal the first in this order has its money; amounts and exchange
#: rates are split out of it.
PRECEDENCE = (
    GONE, WON, LOST, OWNER, NEW, REOPENED, PUSHED_OUT, PULLED_OUT, PULLED_IN, FROM_PAST, CATEGORY_UP,
    CATEGORY_DOWN, AMOUNT_UP, AMOUNT_DOWN, RATES, UNCHANGED,
)  # fmt: skip
#: What is looked at -> the categories that count.
MEASURES = {
    "open pipeline": ("Commit", "Best Case", "Pipeline"),
    "commit and best case": ("Commit", "Best Case"),
    "commit": ("Commit",),
}


@dataclass(frozen=True)
class Changes:
    """From the measure at the end of `since` to the measure at the end of the scope's day.

    `lines`: bucket, deal_id, name, account_name, owner_id, owner_name, change (money, signed: their sum is
    end - start), money (of the deal that this bucket is about, >= 0), deals (+1 came in, -1 went out, 0;
    their sum is end_deals - start_deals), before, after (words), what (words: everything that changed). A
    deal has one line in its bucket and perhaps one more of AMOUNT_UP, AMOUNT_DOWN, RATES.
    `undone`: deal_id, name, owner_name, what, value, went_to, on, back_on, money: changed and changed back.
    """

    scope: Scope
    since: date
    measure: str
    start: float
    end: float
    start_deals: int
    end_deals: int
    lines: pd.DataFrame
    undone: pd.DataFrame

    @property
    def buckets(self) -> pd.DataFrame:
        """A row per bucket that has deals, in the order of PRECEDENCE: bucket, deals (number), change, money,
        deal_change (deals that came in less those that went out)."""
        lines = self.lines
        cents = lines.assign(change=(lines["change"] * 100).round(), money=(lines["money"] * 100).round())
        grouped = cents.groupby("bucket", sort=False).agg(
            deals=("deal_id", "nunique"),
            change=("change", "sum"),
            money=("money", "sum"),
            deal_change=("deals", "sum"),
        )
        there = [bucket for bucket in PRECEDENCE if bucket in grouped.index]
        table = grouped.loc[there].rename_axis("bucket").reset_index()
        return table.assign(change=table["change"] / 100 + 0.0, money=table["money"] / 100)

    def of(self, bucket: str) -> pd.DataFrame:
        """The lines of one bucket, the most money first."""
        return self.lines[self.lines["bucket"] == bucket].reset_index(drop=True)


_KEYS = ["bucket", "deal_id", "name", "account_name", "owner_id", "owner_name"]
LINES = [*_KEYS, "change", "money", "deals", "before", "after", "what"]
_OWNER_WITHIN = "owner changed within the scope"
#: What of a deal a bucket is about; elsewhere its state.
_ABOUT = {
    OWNER: "owner",
    PULLED_IN: "date",
    FROM_PAST: "date",
    PUSHED_OUT: "date",
    PULLED_OUT: "date",
    CATEGORY_UP: "category",
    CATEGORY_DOWN: "category",
}


def changes(
    store: Store, company: Company, scope: Scope, since: date, measure: str = "open pipeline"
) -> Changes:
    """What moved `measure` (of MEASURES) from the end of `since` to the end of the scope's day.

    The measure: money of open deals dated in the scope's quarter, in the scope, in the measure's categories.
    PRECEDENCE decides of several things that happened to a deal, with these readings.
    OWNER has a deal's money only where the change of hands (or the owner's change of team) moved it into or
    out of the scope; a deal that stayed in the measure under another owner stands here too, with no change.
    NEW: first seen after `since`. REOPENED: closed at first, or gone. A deal that loses its close date is
    PUSHED_OUT, one that gets its first is PULLED_IN. CATEGORY: also across the measure's categories.
    A deal that comes in and was there before comes in with its old amount, one that leaves takes its old
    amount; the rest of its difference is AMOUNT_UP, AMOUNT_DOWN, and RATES where exchange rates moved it.
    WON, LOST and GONE also have the deals that came and went within the window, or were booked in the quarter
    without having been in the measure: with no change. A deal without an amount counts as a deal, not as
    money.
    Raises BadInput if `since` lies after the scope's day or nobody knows the measure.
    """
    if measure not in MEASURES:
        raise BadInput("this measure is not known", expected=" or ".join(MEASURES), got=repr(measure))
    if since > scope.as_of:
        raise BadInput(
            "the earlier day lies after the later one",
            expected=f"{scope.as_of} or a day before",
            got=str(since),
        )
    window = read_window(store, company, scope, since, MEASURES[measure])
    before, after = window.before, window.after
    lines = _lines(window, scope, since, company)
    return Changes(
        scope=scope,
        since=since,
        measure=measure,
        start=_total(before.loc[before["is_in"], "money"]),
        end=_total(after.loc[after["is_in"], "money"]),
        start_deals=int(before["is_in"].sum()),
        end_deals=int(after["is_in"].sum()),
        lines=lines,
        undone=undone(window, company, measure),
    )


def _total(money: pd.Series) -> float:
    return total(money.dropna())


def _lines(window: Window, scope: Scope, since: date, company: Company) -> pd.DataFrame:
    """Every deal of the measure in its bucket, and what its amount and rates did."""
    bucket = _buckets(window, scope, since)
    ids = bucket.index
    before, after = window.before.loc[ids], window.after.loc[ids]
    words = Words(before, after, company)
    old, new = before["money"].fillna(0.0), after["money"].fillna(0.0)
    came, left = after["is_in"] & ~before["is_in"], before["is_in"] & ~after["is_in"]
    is_new = bucket == NEW
    change = pd.Series(0.0, index=ids).mask(came, old).mask(came & is_new, new).mask(left, -old)
    at_end = bucket.isin([WON, LOST, GONE, NEW]) & ~before["is_in"]
    whole = _table(
        words,
        bucket=bucket,
        change=change,
        money=old.mask(at_end, new).abs(),
        deals=came.astype(int) - left.astype(int),
        said=words.said(bucket.map(_ABOUT).fillna("state")),
    )
    stayed = after["is_in"] & ~is_new
    amount, rates = _split(window, stayed.index[stayed])
    parts = [
        _part(window, words, amount[amount > 0], AMOUNT_UP),
        _part(window, words, amount[amount < 0], AMOUNT_DOWN),
        _part(window, words, rates[rates != 0], RATES),
    ]
    moved = amount.index[(amount != 0) | (rates != 0)]
    lines = whole[~((whole["bucket"] == UNCHANGED) & whole["deal_id"].isin(moved))]
    lines = pd.concat([lines, *(one for one in parts if len(one))], ignore_index=True)
    return _ordered(lines.assign(what=lines["deal_id"].map(words.everything())))


def _ordered(lines: pd.DataFrame) -> pd.DataFrame:
    rank = lines["bucket"].map({bucket: at for at, bucket in enumerate(PRECEDENCE)})
    order = pd.DataFrame({"rank": rank, "size": -lines["money"], "deal_id": lines["deal_id"]})
    lines = lines.loc[order.sort_values(["rank", "size", "deal_id"]).index]
    return lines[LINES].reset_index(drop=True)


def _buckets(window: Window, scope: Scope, since: date) -> pd.Series:
    """The bucket of every deal that the measure has or had, or that came and went (by deal_id)."""
    before, after = window.before, window.after
    first, last = pd.Timestamp(scope.quarter.first_day), pd.Timestamp(scope.quarter.last_day)
    steps = window.steps
    touched = after.index.isin(steps.loc[steps["is_in"], "deal_id"])
    in_window = after["ended_on"] > pd.Timestamp(since)
    booked = after["is_won"] & after["is_mine"] & in_window & after["ended_on"].between(first, last)
    ended = after["is_won"] | (after["is_there"] & ~after["is_open"]) | after["is_gone"]
    keep = before["is_in"] | after["is_in"] | (ended & touched) | booked
    before, after = before[keep], after[keep]
    was_there = before["name"].notna()
    moved_in, moved_out = after["is_in"] & ~before["is_in"], before["is_in"] & ~after["is_in"]
    rank = {category: at for at, category in enumerate(CATEGORIES)}
    was, became = (one["category"].map(rank).astype(float).fillna(0.0) for one in (before, after))
    up = became - was
    out_date, in_date = after["close_date"], before["close_date"]
    is_open = after["is_open"]
    tests = {
        GONE: after["is_gone"],
        WON: after["is_won"],
        LOST: ~is_open,
        OWNER: was_there & (before["is_mine"] != after["is_mine"]) & ~before["is_gone"],
        NEW: ~was_there,
        REOPENED: ~before["is_open"],
        PUSHED_OUT: moved_out & ((out_date > last) | out_date.isna()),
        PULLED_OUT: moved_out & (out_date < first),
        PULLED_IN: moved_in & ((in_date > last) | in_date.isna()),
        FROM_PAST: moved_in & (in_date < first),
        _OWNER_WITHIN: before["is_in"] & after["is_in"] & (before["owner_id"] != after["owner_id"]),
        CATEGORY_UP: up > 0,
        CATEGORY_DOWN: up < 0,
    }
    found = np.select([test.to_numpy(bool) for test in tests.values()], list(tests), UNCHANGED)
    return pd.Series(found, index=after.index, dtype=object).replace(_OWNER_WITHIN, OWNER)


def _split(window: Window, stayed: pd.Index) -> tuple[pd.Series, pd.Series]:
    """How much of each deal's difference its own amount explains, and how much exchange rates do."""
    before, after = window.before.loc[stayed], window.after.loc[stayed]
    whole = (after["money"].fillna(0.0) - before["money"].fillna(0.0)).round(2)
    old, new = window.rate_before.loc[stayed], window.rate_after.loc[stayed]
    same = (before["currency"] == after["currency"]) & (old != new)
    own = after["amount"].fillna(0.0) - before["amount"].fillna(0.0)
    amount = whole.mask(same, (own * old.fillna(new).fillna(0.0)).round(2))
    return amount, (whole - amount).round(2)


def _part(window: Window, words: Words, money: pd.Series, bucket: str) -> pd.DataFrame:
    """What the amount or the exchange rate alone did."""
    some = words.only(money.index)
    amounts = pd.Series("amount", index=money.index)
    return _table(
        some,
        bucket=pd.Series(bucket, index=money.index),
        change=money,
        money=money.abs(),
        deals=pd.Series(0, index=money.index),
        said=some.rates(window.rate_before, window.rate_after) if bucket == RATES else some.said(amounts),
    )


def _table(
    words: Words,
    *,
    bucket: pd.Series,
    change: pd.Series,
    money: pd.Series,
    deals: pd.Series,
    said: list[tuple[str, str]],
) -> pd.DataFrame:
    after = words.after
    return pd.DataFrame(
        {
            "bucket": bucket.to_numpy(object),
            "deal_id": after.index.to_numpy(object),
            **{name: after[name].to_numpy(object) for name in _KEYS[2:]},
            "change": change.round(2).to_numpy(float) + 0.0,
            "money": money.round(2).to_numpy(float),
            "deals": deals.to_numpy(int),
            "before": [one for one, _ in said],
            "after": [other for _, other in said],
        }
    )
