"""What is learned for a day, published beside the store: who asks next, in whichever process, reads it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import pandas as pd

from analytics.company import Company, company_of, span_of
from analytics.fiscal import Quarter
from analytics.forecast.basis import Basis, basis_of
from analytics.forecast.quarter_forecast import Whole, whole_company
from analytics.risk.chances import History, history_of
from analytics.risk.kept import digest_of
from analytics.store.database import Store
from analytics.store.published import made_of, made_once
from analytics.store.versions import versions_of

Progress = Callable[[float, str], None]
_Made = TypeVar("_Made")


@dataclass(frozen=True)
class Asked:
    """The day that is asked for, and the store's facts when it was: what lands meanwhile is not in it."""

    store: Store
    facts: str
    company: Company
    as_of: date

    @classmethod
    def now(cls, store: Store, as_of: date | None = None) -> Asked:
        """The store as it is, at a day; by default its last one. Raises NoDeals."""
        facts, company = versions_of(store).facts, company_of(store)
        return cls(store, facts, company, as_of or span_of(store, company).last_day)

    def once(self, what: str, make: Callable[[], _Made], *shared: object) -> _Made:
        """`made_once` of this day."""
        state, day = (self.facts, self.company), self.as_of.isoformat()
        return made_once(self.store.path, state, day, what, make, self._is_still_so, shared)

    def keep(
        self, what: str, rows: Sequence[pd.DataFrame], given: object, make: Callable[[], _Made]
    ) -> _Made:
        """`Keep`: what was learned from the same landmarks on another day is taken."""
        return made_of(self.store.path, [digest_of(one) for one in rows], given, what, make)

    def _is_still_so(self) -> bool:
        return versions_of(self.store).facts == self.facts


def learned_history(asked: Asked, progress: Progress | None = None) -> History:
    """`history_of` the day."""
    return asked.once(
        "history", lambda: history_of(asked.store, asked.company, asked.as_of, progress, asked.keep)
    )


def learned_basis(asked: Asked, history: History, progress: Progress | None = None) -> Basis:
    """`basis_of` the day; `history`: of `learned_history`."""
    return asked.once(
        "basis",
        lambda: basis_of(asked.store, asked.company, asked.as_of, history, progress, keep=asked.keep),
        history,
    )


def drawn_whole(asked: Asked, quarter: Quarter, basis: Basis) -> Whole:
    """`whole_company` of a quarter; `basis`: of `learned_basis`."""
    history = basis.history

    def make() -> tuple[Whole, dict[Any, Any]]:
        whole = whole_company(asked.store, asked.company, asked.as_of, quarter, basis)
        return whole, dict(history.made)  # other readers may add to it while this is written

    whole, made = asked.once(f"whole {quarter.key}", make, basis, history)
    history.made.update(made)  # what the whole rests on, other pages ask for too
    return whole


def publish(store: Store, as_of: date | None = None, progress: Progress | None = None) -> date:
    """Make all that the quarter-end page of a day waits for; by default the last day. Returns the day."""
    report = progress or (lambda share, text: None)
    asked = Asked.now(store, as_of)
    history = learned_history(asked, lambda share, text: report(0.55 * share, text))
    basis = learned_basis(asked, history, lambda share, text: report(0.55 + 0.4 * share, text))
    drawn_whole(asked, asked.company.calendar.quarter_of(asked.as_of), basis)
    report(1.0, "published")
    return asked.as_of
