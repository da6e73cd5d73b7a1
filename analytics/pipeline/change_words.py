"""A deal at two moments in words: what each thing was and what it became."""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

import pandas as pd

from analytics import wording
from analytics.company import Company

Said = tuple[str, str]
_NEEDED = [
    "category", "close_date", "amount", "currency", "stage", "owner_id", "owner_name", "team", "is_there",
    "is_open", "is_won", "is_gone", "ended_on",
]  # fmt: skip
NOT_THERE, NO_DATE, NO_AMOUNT = "not there yet", "no close date", "no amount"


@dataclass(frozen=True)
class Words:
    """`before` and `after`: the same deals by deal_id, as `change_steps.Window` has them."""

    before: pd.DataFrame
    after: pd.DataFrame
    company: Company

    def only(self, deals: pd.Index) -> Words:
        """Of these deals."""
        return Words(self.before.loc[deals], self.after.loc[deals], self.company)

    def said(self, aspects: pd.Series) -> list[Said]:
        """What each deal's aspect ('state', 'owner', 'date', 'category', 'amount') was and became."""
        tell: dict[str, Callable[[Any], str]] = {
            "state": self.state,
            "owner": self.owner,
            "date": lambda row: self.day(row.close_date),
            "category": lambda row: str(row.category),
            "amount": self.amount,
        }
        pairs = zip(aspects, *self._rows, strict=True)
        return [(tell[aspect](old), tell[aspect](new)) for aspect, old, new in pairs]

    def rates(self, before: pd.Series, after: pd.Series) -> list[Said]:
        """What a unit of each deal's currency was worth."""
        currencies = self.after["currency"]
        known = zip(currencies, before.loc[self.after.index], after.loc[self.after.index], strict=True)
        return [(self._rate(one, old), self._rate(one, new)) for one, old, new in known]

    def _rate(self, currency: str, rate: float) -> str:
        if wording.is_missing(rate):
            return f"no rate for {currency}"
        return f"1 {currency} = {rate:.6g} {self.company.currency}"

    @cached_property
    def _rows(self) -> tuple[list[Any], list[Any]]:
        before, after = (one[_NEEDED].itertuples(index=False) for one in (self.before, self.after))
        return list(before), list(after)

    def state(self, row: Any) -> str:
        """How a deal stands: its category and date, or how it ended."""
        if row.is_gone:
            return f"gone from the CRM{self._on(row)}"
        if not row.is_there:
            return NOT_THERE
        if row.is_open:
            date = self.day(row.close_date)
            return f"{row.category}, {date}" if date == NO_DATE else f"{row.category}, dated {date}"
        if row.is_won:
            at = self.amount(row)
            return f"won{self._on(row)}" + (f" at {at}" if at != NO_AMOUNT else ", no amount")
        return f"lost{self._on(row)}"

    def _on(self, row: Any) -> str:
        return "" if pd.isna(row.ended_on) else f" on {self.day(row.ended_on)}"

    def day(self, value: Any) -> str:
        """A day, or that there is none."""
        return NO_DATE if pd.isna(value) else _day(value, self.company.locale)

    def amount(self, row: Any) -> str:
        """A deal's amount in its own currency, exact."""
        if pd.isna(row.amount):
            return NO_AMOUNT
        return exact_money(row.amount, row.currency, self.company.locale)

    def owner(self, row: Any) -> str:
        """Who has it, with their team."""
        if pd.isna(row.owner_name):
            return "(no owner)"
        return f"{row.owner_name} ({row.team})" if row.team else str(row.owner_name)

    def everything(self) -> pd.Series:
        """All that differs between the two moments, in words, by deal_id; '' where nothing does."""
        differs = self._differs()
        told = [
            self._all(old, new, mine) if any(mine) else ""
            for old, new, mine in zip(*self._rows, differs, strict=True)
        ]
        return pd.Series(told, index=self.after.index, dtype=object)

    def _differs(self) -> list[tuple[bool, ...]]:
        before, after = self.before, self.after
        ended = [before[name] != after[name] for name in ("is_there", "is_open", "is_won", "is_gone")]
        columns = [ended[0] | ended[1] | ended[2] | ended[3]]
        for name in ("close_date", "category", "amount", "stage", "owner_id", "team"):
            same = (before[name] == after[name]) | (before[name].isna() & after[name].isna())
            columns.append(~same)
        return list(zip(*(one.tolist() for one in columns), strict=True))

    def _all(self, old: Any, new: Any, differs: tuple[bool, ...]) -> str:
        if not old.is_there and not old.is_gone:
            return f"new: {self.state(new)}, {self.amount(new)}, {self.owner(new)}"
        ended, dates, category, amount, stage, owner, team = differs
        open_again = new.is_open
        pairs = [
            ("", self.state(old), self.state(new), ended),
            ("close date", self.day(old.close_date), self.day(new.close_date), dates),
            ("category", old.category, new.category, category and open_again and not ended),
            ("amount", self.amount(old), self.amount(new), amount),
            ("stage", old.stage, new.stage, stage and open_again),
            ("owner", self.owner(old), self.owner(new), owner or team),
        ]
        return "; ".join(f"{what} {a} -> {b}".strip() for what, a, b, tell in pairs if tell)


@lru_cache(maxsize=20_000)
def _day(value: Hashable, locale: str) -> str:
    return wording.day(value, locale=locale)


def exact_money(amount: float, currency: str, locale: str) -> str:
    """As `wording.money(exact=True)`, quick enough for thousands of deals."""
    pattern = _pattern(currency, locale)
    if pattern is None:
        return wording.money(amount, currency, exact=True, locale=locale)
    prefix, suffix, digits, separators = pattern
    number = f"{abs(amount):,.{digits}f}".translate(separators)
    return f"{'-' if amount < 0 else ''}{prefix}{number}{suffix}"


@lru_cache(maxsize=256)
def _pattern(currency: str, locale: str) -> tuple[str, str, int, dict[int, str]] | None:
    """How a currency is written in a locale, told from one amount; None: not in threes."""
    text = wording.money(1_234_567.25, currency, exact=True, locale=locale)
    match = re.fullmatch(r"(\D*)1(\D?)234(\D?)567(?:(\D)(25))?(\D*)", text)
    if match is None or match[2] != match[3]:
        return None
    separators = str.maketrans({",": match[2], ".": match[4] or ""})
    return match[1], match[6], len(match[5] or ""), separators
