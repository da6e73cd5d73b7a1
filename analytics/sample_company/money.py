"""Currency rates: monthly, dated, in US dollars."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.sample_company.arrays import Floats, Ints, stream
from analytics.sample_company.days import Days
from analytics.sample_company.options import WorldOptions
from analytics.sample_company.traits import CURRENCIES
from analytics.store.subjects import BEGINNING

_START = {"USD": 1.0, "EUR": 1.09, "GBP": 1.27}


@dataclass(frozen=True)
class Rates:
    """Dollars per unit: day x currency, and the same as dated rows."""

    by_day: Floats
    frame: pd.DataFrame  # subject 'currency_rate'


def draw_rates(options: WorldOptions, days: Days) -> Rates:
    """A random walk per currency that changes on the first business day of a month."""
    rng = stream(options.seed, "rates")
    month = days.dates.astype("datetime64[M]").astype(np.int64)
    number: Ints = month - month[0]
    by_day = np.ones((len(days.dates), len(CURRENCIES)))
    rows: list[tuple[str, pd.Timestamp, float]] = []
    first, last = days.index(options.first_day), days.index(options.last_day)
    for column, currency in enumerate(CURRENCIES):
        walk = np.cumsum(rng.normal(0, 0.0 if currency == "USD" else 0.014, number[-1] + 1))
        monthly = np.round(_START[currency] * np.exp(walk - walk[number[first]]), 4)
        by_day[:, column] = monthly[number]
        rows.append((currency, pd.Timestamp(BEGINNING), float(by_day[first, column])))
        for day in np.flatnonzero(np.diff(by_day[: last + 1, column])) + 1:
            if day > first:
                rows.append((currency, pd.Timestamp(days.dates[day]), float(by_day[day, column])))
    return Rates(by_day, pd.DataFrame(rows, columns=["currency", "valid_at", "rate"]))
