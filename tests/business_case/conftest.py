"""A small company with business cases: three open deals of two accounts, one closed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pandas as pd
import pytest

from analytics.business_case.case import Cases, cases_as_of
from analytics.business_case.contradictions import contradictions
from analytics.company import Company, company_of
from analytics.pipeline.deals import deals_as_of
from analytics.store.database import Store
from tests.small_stores import STAGES, Row, described, load

DAY = date(2026, 5, 20)
EVIDENCED = "CFO Ana Ruiz mailed on 4 May: 240k approved in cost centre 7731"


def change(deal_id: str, at: str, stage: str, amount: int | None, closes: str | None, **more: Any) -> Row:
    return {
        "deal_id": deal_id,
        "valid_at": at,
        "stage": stage,
        "amount": amount,
        "close_date": closes,
        **more,
    }


CHANGES: list[Row] = [
    change("A", "2026-03-01", "Qualify", 100_000, "2026-06-30"),
    change("A", "2026-05-01", "Negotiate", 240_000, "2026-06-30", forecast_category="Commit"),
    change("B", "2026-03-01", "Propose", 60_000, "2026-08-15"),
    change("C", "2026-03-01", "Propose", None, None),
    change("D", "2026-03-01", "Propose", 10_000, "2026-04-30"),
    change("D", "2026-04-30", "Won", 10_000, "2026-04-30", is_closed=True, is_won=True),
]


@dataclass
class Made:
    """A store with answers, and the ways in which the tests look at it."""

    store: Store

    @property
    def company(self) -> Company:
        return company_of(self.store)

    def answer(
        self, deal_id: str, question: str, text: str, at: str = "2026-05-10 12:00", **more: Any
    ) -> None:
        load(
            self.store,
            answer=[
                {
                    "deal_id": deal_id,
                    "question": question,
                    "valid_at": at,
                    "answer": text,
                    "author": "Kim",
                    **more,
                }
            ],
        )

    def deals(self, as_of: date = DAY) -> pd.DataFrame:
        return deals_as_of(self.store, self.company, as_of, closed_since=as_of + timedelta(days=1))

    def cases(self, as_of: date = DAY) -> Cases:
        return cases_as_of(self.store, self.company, as_of, self.deals(as_of))

    def cell(self, deal_id: str, question: str, as_of: date = DAY) -> pd.Series:
        rows = self.cases(as_of).answers
        return rows[(rows["deal_id"] == deal_id) & (rows["question"] == question)].iloc[0]

    def against(self, as_of: date = DAY, influences: dict[str, int] | None = None) -> pd.DataFrame:
        return contradictions(self.cases(as_of), self.company, as_of, influences)


@pytest.fixture
def made(tmp_path: Path) -> Made:
    return build(tmp_path / "case.duckdb")


@pytest.fixture(scope="session")
def make() -> Callable[[Path], Made]:
    return build


def build(path: Path) -> Made:
    store = Store(path)
    accounts = {"A": "Alpha", "B": "Beta", "C": "Beta", "D": "Delta"}
    deals = [{**row, "account_name": accounts[row["deal_id"]]} for row in described(CHANGES)]
    load(store, deal=deals, deal_change=CHANGES, stage=STAGES)
    return Made(store)
