"""The calendar of the simulation: business days with their place in the month and the quarter."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np

from analytics.sample_company.arrays import Dates, Ints
from analytics.sample_company.options import WorldOptions

#: Calendar days simulated before the first day, so that the company starts with a full pipeline.
WARM_UP = 300
#: Calendar days that can be continued after the last day.
BEYOND = 420


@dataclass(frozen=True)
class Days:
    """Business days (Monday to Friday) as parallel arrays; a day is known by its index."""

    dates: Dates
    weekday: Ints  # 0 = Monday
    week: Ints  # weeks since the first simulated day
    quarter: Ints  # year * 4 + quarter - 1 (calendar fiscal year)
    to_quarter_end: Ints  # business days left after this one
    to_month_end: Ints
    from_quarter_start: Ints

    def index(self, day: date) -> int:
        """The last business day on or before `day`."""
        return int(np.searchsorted(self.dates, np.datetime64(day, "D"), side="right")) - 1


def calendar(options: WorldOptions) -> Days:
    """All business days of a world, from the warm-up to well beyond its last day."""
    start = np.datetime64(options.first_day, "D") - np.timedelta64(WARM_UP, "D")
    stop = np.datetime64(options.last_day, "D") + np.timedelta64(BEYOND, "D")
    every = np.arange(start, stop)
    dates = every[np.is_busday(every)]
    number = dates.astype(np.int64)
    month = dates.astype("datetime64[M]")
    quarter = month.astype(np.int64) // 3 + 1970 * 4
    return Days(
        dates=dates,
        weekday=(number + 3) % 7,
        week=(number + 3) // 7 - (number[0] + 3) // 7,
        quarter=quarter,
        to_quarter_end=np.busday_count(dates, quarter_end(quarter) + 1) - 1,
        to_month_end=np.busday_count(dates, (month + 1).astype("datetime64[D]")) - 1,
        from_quarter_start=np.busday_count(quarter_start(quarter), dates),
    )


def quarter_start(quarter: Ints) -> Dates:
    """First calendar day of each quarter number."""
    return ((quarter - 1970 * 4) * 3).astype("datetime64[M]").astype("datetime64[D]")


def quarter_end(quarter: Ints) -> Dates:
    """Last calendar day of each quarter number."""
    following: Dates = quarter_start(quarter + 1) - np.timedelta64(1, "D")
    return following


def quarter_of(dates: Dates) -> Ints:
    """The quarter number of calendar dates."""
    months: Ints = dates.astype("datetime64[M]").astype(np.int64)
    return months // 3 + 1970 * 4


def month_end(dates: Dates) -> Dates:
    """Last calendar day of each date's month."""
    next_month = dates.astype("datetime64[M]") + np.timedelta64(1, "M")
    return np.asarray(next_month.astype("datetime64[D]") - 1, dtype="datetime64[D]")


def on_business_day(dates: Dates) -> Dates:
    """Each date, or the last business day before it."""
    rolled: Dates = np.busday_offset(dates, 0, roll="backward")
    return rolled
