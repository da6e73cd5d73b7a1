"""The targets of past quarters as they were known at any day of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

from analytics.company import Company, Scope
from analytics.fiscal import Quarter
from analytics.pipeline.quarter_end import Value, target_of, targets_by
from analytics.problems import NotEnough
from analytics.store.database import Store

Key = tuple[str, str]  # ('company', ''), ('team', name), ('owner', owner_id)


@dataclass
class Targets:
    """Reads what was known at a day up to `as_of`; days between two changes of a quarter are read once."""

    store: Store
    company: Company
    as_of: date
    _changes: pd.DataFrame | None = None
    _known: dict[tuple[Quarter, int], dict[Key, float]] = field(default_factory=dict)

    def at(self, quarter: Quarter, day: date) -> dict[Key, float]:
        """The quarter's targets of company, teams and owners as known at the end of `day`; none is no key."""
        changes = self._of(quarter)
        state = int((changes <= np.datetime64(self.company.calendar.end_of(day))).sum())
        if (quarter, state) not in self._known:
            self._known[(quarter, state)] = self._read(quarter, day) if state else {}
        return self._known[(quarter, state)]

    def _of(self, quarter: Quarter) -> np.ndarray:
        if self._changes is None:
            end = self.company.calendar.end_of(self.as_of)
            self._changes = self.store.query("target_steps", as_of_end=end)
        mine = pd.to_datetime(self._changes["quarter_start"]) == pd.Timestamp(quarter.first_day)
        return self._changes.loc[mine, "valid_at"].to_numpy()

    def _read(self, quarter: Quarter, day: date) -> dict[Key, float]:
        scope = Scope(day, quarter)
        with self.store.reading():
            found: dict[Key, Value] = {("company", ""): target_of(self.store, self.company, scope, day)}
            for kind, by in (("team", "team"), ("owner", "owner_id")):
                targets = targets_by(self.store, self.company, scope, by)
                found |= {(kind, key): value for key, value in targets.items()}
        return {key: value for key, value in found.items() if not isinstance(value, NotEnough)}
