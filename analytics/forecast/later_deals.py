"""Money of deals that are not in the CRM yet and will be won in a quarter: how much past quarters had of it.

What actuaries call incurred but not reported (methods.md B3). The number of such deals is drawn from a
negative binomial around the mean of past quarters at the same day, their amounts from those of past ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.fiscal import Calendar, Quarter
from analytics.problems import NotEnough

#: A past quarter counts half as much for every six quarters of age, as for the chances of deals.
_HALF_LIFE = 6.0
#: The season of a fiscal quarter is drawn to none as if by this many quarters; the spread likewise.
_SEASON_WEIGHT, _SPREAD_WEIGHT = 3.0, 4.0
#: Squared variation of the number of deals between quarters, beyond chance, before anything is known.
_SPREAD = 0.05
#: Every owner counts as if they had won this many such deals besides their own.
_OWNER_WEIGHT = 2.0
_FEWEST = 2


@dataclass(frozen=True)
class LaterDeals:
    """Deals created after a day and won in a quarter: their expected number, its variation, amounts, owners.

    `variation`: squared, of the number beyond that of a Poisson; `shares`: owner_id -> share, adding up to 1;
    `numbers`: past quarter -> number; `missing` says why nothing is expected.
    """

    mean: float
    variation: float
    amounts: np.ndarray
    shares: pd.Series
    numbers: pd.Series
    missing: NotEnough | None = None

    @property
    def mean_amount(self) -> float:
        """Expected money of one such deal."""
        return float(self.amounts.mean()) if len(self.amounts) else 0.0

    @property
    def expected(self) -> float:
        """Expected money."""
        return self.mean * self.mean_amount

    def by_owner(self) -> pd.Series:
        """Expected money by owner_id."""
        return self.shares * self.expected


def later_deals(
    won: pd.DataFrame,
    calendar: Calendar,
    *,
    as_of: date,
    quarter: Quarter,
    began: date,
    owners: pd.Index,
) -> LaterDeals:
    """What past quarters, complete at `as_of`, won from deals first seen after the same day.

    `won`: of `bookings` (later ones are not looked at); `began`: the first day of history; `owners`: who can
    win deals from now on. For a later quarter than the as-of date's the day lies as many quarters before.
    """
    looked_from = min(calendar.quarter_of(as_of), quarter)
    ahead = calendar.steps(looked_from, quarter)
    booked, seen = won["booked_day"].to_numpy(), won["first_seen_on"].to_numpy()
    amounts, owned = won["amount_company"].to_numpy(float), won["owner_id"]
    numbers, money, ages, by_owner = {}, [], [], []
    for age in range(1, 13):
        past = calendar.shift(quarter, -age)
        landmark = calendar.shift(past, -ahead).day_like(as_of, looked_from)
        if landmark < began:
            break
        if past.last_day > as_of:
            continue
        first, last, after = (np.datetime64(day) for day in (past.first_day, past.last_day, landmark))
        is_new = (booked >= first) & (booked <= last) & (seen > after)
        numbers[past] = int(is_new.sum())
        money.append(amounts[is_new])
        by_owner.append(owned[is_new])
        ages.append(age)
    shares = _shares(by_owner, owners)
    if len(numbers) < _FEWEST:
        n = len(numbers)
        missing = NotEnough(f"{_FEWEST} complete quarters are needed to see what new deals still bring", n)
        return LaterDeals(0.0, _SPREAD, np.zeros(0), shares, pd.Series(numbers, dtype=float), missing)
    counts = pd.Series(numbers, dtype=float)
    mean, variation = _mean(counts, np.array(ages, dtype=float), quarter)
    return LaterDeals(mean, variation, np.concatenate(money), shares, counts)


def _mean(counts: pd.Series, ages: np.ndarray, quarter: Quarter) -> tuple[float, float]:
    """Expected number in `quarter` and its squared variation, that of the mean itself included."""
    weights = 0.5 ** (ages / _HALF_LIFE)
    numbers = counts.to_numpy(float)
    mean = float((weights * numbers).sum() / weights.sum())
    if mean <= 0:
        return 0.0, _SPREAD
    alike = np.array([past.key[-1] == quarter.key[-1] for past in counts.index])
    season = (numbers[alike].sum() / mean + _SEASON_WEIGHT) / (alike.sum() + _SEASON_WEIGHT)
    n = len(numbers)
    beyond_chance = max((float(((numbers - mean) ** 2).sum()) / (n - 1) - mean) / mean**2, 0.0)
    variation = (n * beyond_chance + _SPREAD_WEIGHT * _SPREAD) / (n + _SPREAD_WEIGHT)
    return mean * season, variation * (1 + 1 / n) + 1 / (mean * n)


def _shares(by_owner: list[pd.Series], owners: pd.Index) -> pd.Series:
    """Who will win such deals: as they did, drawn to equal shares; of `owners` only."""
    if owners.empty:
        owners = pd.Index([""])
    counted = pd.concat(by_owner).value_counts() if by_owner else pd.Series(dtype=float)
    weights = counted.reindex(owners).fillna(0.0) + _OWNER_WEIGHT
    return pd.Series(weights / weights.sum(), index=owners, dtype=float)
