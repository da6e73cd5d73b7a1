"""Everything the weekly review is about, put together once: for the meeting, the pre-read and the minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.company import Company, Scope
from analytics.forecast.change import ChangeBridge
from analytics.number import Number
from analytics.pipeline.changes import Changes
from analytics.review.agenda import Agenda
from analytics.review.overrides import Overridden


@dataclass(frozen=True)
class WeeklyReview:
    """The review of one scope at one day, against `since`.

    `changes`: of the open pipeline; `moved`: of the expected number; `decisions`: of `decisions_as_of`,
    of the scope's deals and quarter; `calls`: of `calls_view`; `trend`: of `weekly_trend`.
    """

    company: Company
    scope: Scope
    whose: str
    since: date
    number: Number
    overridden: Overridden
    changes: Changes
    moved: ChangeBridge
    agenda: Agenda
    decisions: pd.DataFrame
    calls: pd.DataFrame
    trend: pd.DataFrame
