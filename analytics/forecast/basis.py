"""What a forecast rests on as of a day: the history, what was learned from it, and how that did before."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np
import pandas as pd

from analytics.company import Company
from analytics.forecast.bookings import bookings
from analytics.forecast.luck import Cohort, rho_weights
from analytics.forecast.record import (
    MOST_QUARTERS,
    Record,
    first_cohort,
    record_of,
    share_won_by,
    wins_over_time,
)
from analytics.forecast.targets import Targets
from analytics.risk.amounts import Amounts
from analytics.risk.chances import History, history_of
from analytics.risk.kept import Keep, make_anew
from analytics.risk.ladder import from_first_outcomes
from analytics.store.database import Store

Progress = Callable[[float, str], None]


@dataclass(frozen=True)
class Basis:
    """Made once per as-of date, used for every scope and quarter.

    `won`: of `bookings`; `began`: the first day of history; `rho`: weights of luck.RHOS; `wins`: when in a
    quarter its first deals are won.
    """

    history: History
    won: pd.DataFrame
    began: date
    record: Record
    rho: np.ndarray
    wins: np.ndarray
    _kept: dict[str, pd.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)

    def once(self, key: str, make: Callable[[], pd.DataFrame]) -> pd.DataFrame:
        """What `make` makes from this basis, made once; it is shared and must not be changed."""
        if key not in self._kept:
            self._kept[key] = make()
        return self._kept[key]

    def at(self, day: date) -> Basis:
        """The same for another day whose landmarks the history has, such as a week earlier."""
        return replace(self, history=replace(self.history, as_of=day))

    @property
    def amounts(self) -> Amounts:
        """What won deals close at by what was stated."""
        return self.history.amounts

    def so_far(self) -> tuple[Cohort | None, float]:
        """The running quarter's first deals with how many are won, and the share that usually is by now.

        None where there is no deal-level model, or where the history does not reach back to the quarter's
        first day.
        """
        model, day = self.history.learned.model, pd.Timestamp(self.history.as_of)
        rows, today = self.history.rows, self.history.today
        if model is None or today.empty:
            return None, 0.0
        first_day, last_day = today["first_day"].iloc[0], today["last_day"].iloc[0]
        first = rows[rows["landmark"] == first_day]
        if first.empty:
            return None, 0.0
        known = first.assign(
            p_won=model.chances(first)["p_won"],
            is_won=first["closed_won"].astype("boolean").fillna(False).astype(bool),
        )
        return first_cohort(known, day), share_won_by(self.wins, day, first_day, last_day)


def basis_of(
    store: Store,
    company: Company,
    as_of: date,
    history: History | None = None,
    progress: Progress | None = None,
    quarters: int = MOST_QUARTERS,
    keep: Keep = make_anew,
) -> Basis:
    """Learn up to a day, and foretell the past `quarters` as it would have been done then.

    `history`: where a caller has it already. `keep`: as for `history_of`.
    """
    report = progress or (lambda share, text: None)
    with store.reading():
        if history is None:
            history = history_of(store, company, as_of, lambda share, text: report(0.6 * share, text), keep)
        won = bookings(store, company, as_of)
        span = store.query("data_span").iloc[0]
    began = as_of if pd.isna(span["first_at"]) else company.calendar.day_of(span["first_at"].to_pydatetime())
    targets = Targets(store, company, as_of)
    record = record_of(
        history,
        won,
        company,
        began,
        targets,
        quarters=quarters,
        keep=keep,
        progress=lambda share, text: report(0.6 + 0.4 * share, text),
    )
    usable = from_first_outcomes(history.rows)
    return Basis(history, won, began, record, rho_weights(record.cohorts), wins_over_time(usable))
