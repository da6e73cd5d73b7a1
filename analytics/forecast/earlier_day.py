"""What a forecast rests on at any earlier day: what is learned stays, what was known is that day's."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pandas as pd

from analytics.company import Company
from analytics.forecast.basis import Basis
from analytics.risk.chances import History
from analytics.risk.landmarks import landmark_rows
from analytics.risk.owner_history import COUNTED_WEEK
from analytics.store.database import Store


def basis_on(store: Store, company: Company, basis: Basis, day: date) -> Basis:
    """`basis.at(day)`; where the history has no landmarks of that day, they are read from what it knew."""
    if _has(basis.history, day):
        return basis.at(day)
    learned = _counted_days(company, basis.began, day)
    rows = landmark_rows(store.whole, company, day, days=learned, also=day)
    rows = rows[rows["landmark"] == pd.Timestamp(day)].reset_index(drop=True)
    return replace(basis, history=replace(basis.history, as_of=day, earlier=rows, made={}))


def _has(history: History, day: date) -> bool:
    return any(
        len(one) and (one["landmark"] == pd.Timestamp(day)).any() for one in (history.rows, history.earlier)
    )


def _counted_days(company: Company, began: date, day: date) -> list[date]:
    """The days of past quarters on which the owners' past rests."""
    calendar, days = company.calendar, []
    quarter = calendar.quarter_of(began)
    while quarter.first_day <= day:
        counted = quarter.first_day + timedelta(days=7 * COUNTED_WEEK)
        if began <= counted < day:
            days.append(counted)
        quarter = calendar.shift(quarter, 1)
    return days
