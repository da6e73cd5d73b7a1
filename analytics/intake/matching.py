"""Which deal a row without an id is: the one with its account, name and creation day, or a person says."""

from __future__ import annotations

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta

import pandas as pd
from rapidfuzz import fuzz

from analytics.business_case.sheet_matching import simple, simple_account

#: What `match_rows` returns, in this order.
COLUMNS = ("row_key", "name", "account", "created", "amount", "state", "deal_id", "candidates")
#: Similarity (0-100) from which two names may be one.
_ALIKE = 85.0
_MOST = 5
_NO_DAY = "-"


def normal(text: str | None) -> str:
    """A name as it is compared: without case, doubled blanks and signs at its ends."""
    flat = " ".join(unicodedata.normalize("NFKC", text or "").casefold().split())
    start, end = 0, len(flat)
    while start < end and not flat[start].isalnum():
        start += 1
    while end > start and not flat[end - 1].isalnum():
        end -= 1
    return flat[start:end] or flat


def row_key(account: str | None, name: str | None, created: date | None) -> str:
    """What identifies a row without an id from week to week: account, name and creation day."""
    return " · ".join([normal(account), normal(name), created.isoformat() if created else _NO_DAY])


def match_rows(
    rows: pd.DataFrame, known: pd.DataFrame, decided: Mapping[str, str | None], *, prefix: str = ""
) -> pd.DataFrame:
    """Which deal each row of one snapshot is; the index of `rows` is kept.

    `rows`: name, account, created (day or None), amount. `known`: deal_id, name, account_name, created (day
    or None), has_time (the day comes from a time: another zone may have seen the day beside it), is_open.
    `decided`: row key -> deal_id, or None for a new deal; `prefix`: before the id of a new one.
    Returns COLUMNS: `state` is 'known', 'new' or 'waiting' (for a person; deal_id is None), `candidates` a
    list of [deal_id, label, why], best first.
    """
    deals = _Deals.of(known)
    columns = [rows[name] for name in ("name", "account", "created", "amount")]
    found = [_Row.of(*values) for values in zip(*columns, strict=True)]
    times = Counter(row.key for row in found)
    exact = [deals.exactly(row) for row in found]
    holders = Counter(at[0] for at in exact if len(at) == 1)
    for row, at in zip(found, exact, strict=True):
        if row.key in decided:
            said = decided[row.key]
            own = [one for one in at if deals.created[one] == row.created]
            if said is None and len(own) == 1:  # the deal that was new when it was decided
                said = deals.ids[own[0]]
            row.settle(said if said in deals.place else None)
        elif len(at) == 1 and times[row.key] == 1 and holders[at[0]] == 1:
            row.settle(deals.ids[at[0]])
    claimed = {deals.place[row.deal_id] for row in found if row.deal_id is not None}
    new: dict[str, str] = {}
    taken = set(deals.ids)
    for row, at in zip(found, exact, strict=True):
        if row.state != "waiting":
            continue
        row.candidates = deals.candidates(row, at, claimed, times[row.key])
        is_new = row.key in decided and decided[row.key] is None and len(at) < 2
        if is_new or (row.key not in decided and not row.candidates and times[row.key] == 1):
            row.settle_new(new, prefix, taken)
    return pd.DataFrame([row.out() for row in found], columns=list(COLUMNS), index=rows.index)


@dataclass
class _Row:
    """One row on its way to its deal."""

    name: str
    account: str
    created: date | None
    amount: object
    key: str
    state: str = "waiting"
    deal_id: str | None = None
    candidates: list[list[str]] = field(default_factory=list)

    @classmethod
    def of(cls, name: object, account: object, created: object, amount: object) -> _Row:
        called, customer, day = _text(name), _text(account), _day(created)
        return cls(called, customer, day, amount, row_key(customer, called, day))

    def settle(self, deal_id: str | None) -> None:
        """It is this deal; None: the deal that it was said to be is not known."""
        if deal_id is not None:
            self.state, self.deal_id = "known", deal_id

    def settle_new(self, new: dict[str, str], prefix: str, taken: set[str]) -> None:
        """It is a new deal: called by account and name; where that is taken, by the creation day too.

        `new`: row key -> id of the deals that are new so far; rows with one key are one deal.
        """
        called = prefix + " · ".join(part for part in (self.account, self.name) if part)
        day = self.created.isoformat() if self.created else _NO_DAY
        ids = (called, f"{called} · {day}", *(f"{called} · {day} · {number}" for number in range(2, 1000)))
        deal_id = new.get(self.key) or next(one for one in ids if one not in taken)
        taken.add(deal_id)
        self.state, self.deal_id, self.candidates = "new", new.setdefault(self.key, deal_id), []

    def out(self) -> list[object]:
        """The row's values, as COLUMNS."""
        named = [self.key, self.name, self.account, self.created, self.amount]
        return [*named, self.state, self.deal_id, self.candidates]


@dataclass(frozen=True)
class _Deals:
    """The known deals, ready for being compared."""

    ids: list[str]
    names: list[str]
    accounts: list[str]
    created: list[date | None]
    has_time: list[bool]
    is_open: list[bool]
    place: dict[str, int]
    by_name: dict[tuple[str, str], list[int]]
    by_account: dict[str, list[int]]
    by_simple_name: dict[str, list[int]]

    @classmethod
    def of(cls, known: pd.DataFrame) -> _Deals:
        ids = [str(one) for one in known["deal_id"]]
        names, accounts = ([_text(one) for one in known[name]] for name in ("name", "account_name"))
        by_name: dict[tuple[str, str], list[int]] = defaultdict(list)
        by_account: dict[str, list[int]] = defaultdict(list)
        by_simple: dict[str, list[int]] = defaultdict(list)
        for at, (account, name) in enumerate(zip(accounts, names, strict=True)):
            by_name[normal(account), normal(name)].append(at)
            by_account[simple_account(account)].append(at)
            by_simple[simple(name)].append(at)
        return cls(
            ids,
            names,
            accounts,
            created=[_day(one) for one in known["created"]],
            has_time=[bool(one) for one in known["has_time"]],
            is_open=[bool(one) for one in known["is_open"]],
            place={one: at for at, one in enumerate(ids)},
            by_name=by_name,
            by_account=by_account,
            by_simple_name=by_simple,
        )

    def exactly(self, row: _Row) -> list[int]:
        """The deals with the row's account, name and creation day."""
        named = self.by_name.get((normal(row.account), normal(row.name)), [])
        same = [at for at in named if self.created[at] == row.created]
        return same or [at for at in named if self._same_day(at, row.created)]

    def _same_day(self, at: int, day: date | None) -> bool:
        """Whether it is the same day, as far as two time zones can agree on one."""
        theirs = self.created[at]
        if theirs is None or day is None:
            return False
        return abs(theirs - day) <= timedelta(days=1 if self.has_time[at] else 0)

    def candidates(self, row: _Row, exact: list[int], claimed: set[int], times: int) -> list[list[str]]:
        """The deals that a row may be, best first: those that no other row of the snapshot is."""
        reasons: dict[int, str] = {}
        for at in exact:
            several = f"{times} rows have" if times > 1 else f"{len(exact)} deals have"
            reasons[at] = f"{several} this account, name and creation day"
        account, name = simple_account(row.account), simple(row.name)
        of_account = self.by_account.get(account, []) if account else []  # none says nothing: not all of them
        near = {*of_account, *self.by_simple_name.get(name, [])}
        for at in near - set(reasons) - claimed:
            if why := self._why(at, row, account, name):
                reasons[at] = why
        best = sorted(
            reasons,
            key=lambda at: (at not in exact, not self.is_open[at], -fuzz.ratio(self.names[at], row.name), at),
        )
        return [[self.ids[at], self._label(at), reasons[at]] for at in best[:_MOST]]

    def _why(self, at: int, row: _Row, account: str, name: str) -> str:
        """Why a row may be this deal; '' where it is another one."""
        same_account = simple_account(self.accounts[at]) == account
        same_name = simple(self.names[at]) == name
        same_day, theirs = self._same_day(at, row.created), self.created[at]
        no_day = theirs is None or row.created is None
        if same_account and same_name:
            if same_day or theirs == row.created:
                return "the same but for signs in its names"
            if no_day:
                return f"same account and name, {'the row' if row.created is None else 'the deal'} has no day"
            return "same account and name, created on another day"
        if same_account and account and same_day:
            return "same account and creation day, another name"
        if same_account and account and no_day and _alike(simple(self.names[at]), name):
            return "same account, a similar name"
        nameless = not account or not self.accounts[at]
        if same_name and same_day and (nameless or _alike(simple_account(self.accounts[at]), account)):
            return "same name and creation day, another account"
        return ""

    def _label(self, at: int) -> str:
        """A deal as a person knows it."""
        created = self.created[at]
        since = f"created {created.isoformat()}" if created else "creation day unknown"
        named = " · ".join(part for part in (self.accounts[at], self.names[at]) if part)
        return f"{named} ({since}, {'open' if self.is_open[at] else 'closed'})"


def _alike(one: str, other: str) -> bool:
    return bool(fuzz.token_set_ratio(one, other) >= _ALIKE)


def _text(value: object) -> str:
    return value if isinstance(value, str) else ""


def _day(value: object) -> date | None:
    """A day from whatever pandas made of it."""
    if value is None or pd.isna(value):  # type: ignore[call-overload]
        return None
    return pd.Timestamp(value).date()  # type: ignore[arg-type]
