"""The company that the store is about: its currency, calendar and locale."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.fiscal import Calendar, Quarter
from analytics.problems import NoDeals
from analytics.store.database import Store
from analytics.store.subjects import SETTINGS


@dataclass(frozen=True)
class Company:
    """Settings that every number depends on."""

    name: str
    currency: str
    locale: str
    calendar: Calendar
    method: str = "seven"  # whose questions make the business case


@dataclass(frozen=True)
class DataSpan:
    """What the store covers, in company days, and how fresh it is."""

    first_day: date
    last_day: date
    last_loaded_at: pd.Timestamp
    deals: int
    change_rows: int


def company_of(store: Store) -> Company:
    """Read the company's settings; what was never set has its default."""
    rows = store.query("settings_as_of")
    return company_from(SETTINGS | dict(zip(rows["key"], rows["value"], strict=True)))


def company_from(settings: Mapping[str, str]) -> Company:
    """The company that settings describe; every setting is given."""
    return Company(
        name=settings["company_name"],
        currency=settings["company_currency"],
        locale=settings["locale"],
        calendar=Calendar(
            settings["time_zone"],
            int(settings["fiscal_year_start_month"]),
            settings["fiscal_year_named_by"],
        ),
        method=settings["method"],
    )


def span_of(store: Store, company: Company) -> DataSpan:
    """From when to when the store knows something. Raises NoDeals if it holds none."""
    row = store.query("data_span").iloc[0]
    if not row["deals"]:
        raise NoDeals(
            "the store holds no deals yet",
            where=str(store.path),
            to_do="Load an export with `python -m analytics import PATH`, or build the sample company with"
            " `python -m analytics demo`.",
        )
    calendar = company.calendar
    return DataSpan(
        first_day=calendar.day_of(row["first_at"].to_pydatetime()),
        last_day=_last_day(row, calendar),
        last_loaded_at=row["last_loaded_at"],
        deals=int(row["deals"]),
        change_rows=int(row["change_rows"]),
    )


def _last_day(row: pd.Series, calendar: Calendar) -> date:
    """The last change, or the day of a later file in which nothing had changed."""
    last_change = calendar.day_of(row["last_at"].to_pydatetime())
    last_as_of = row["last_as_of"]
    return last_change if pd.isna(last_as_of) else max(last_change, pd.Timestamp(last_as_of).date())


@dataclass(frozen=True)
class Scope:
    """What a reader looks at: the state at a day, for a quarter, for everybody or one team or owner.

    `sees`: the owners whose deals this reader may see at all; None is everybody.
    """

    as_of: date
    quarter: Quarter
    team: str = ""
    owner_id: str = ""
    sees: tuple[str, ...] | None = None

    @property
    def is_company(self) -> bool:
        """Whether nothing is left out."""
        return not self.team and not self.owner_id and self.sees is None

    @property
    def is_part(self) -> bool:
        """Whether it is one owner, or what one reader sees: past totals are of company and teams."""
        return bool(self.owner_id) or self.sees is not None

    def within(self, deals: pd.DataFrame) -> pd.DataFrame:
        """The rows whose `team` and `owner_id` lie in this scope."""
        keep = pd.Series(True, index=deals.index)
        if self.team:
            keep &= deals["team"] == self.team
        if self.owner_id:
            keep &= deals["owner_id"] == self.owner_id
        if self.sees is not None:
            keep &= deals["owner_id"].isin(self.sees)
        return deals[keep]
