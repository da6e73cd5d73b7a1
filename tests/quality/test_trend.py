"""The share of open money that failed, week by week, as it was known then."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pandas as pd
import pytest

from analytics.company import Scope, company_of, span_of
from analytics.quality.check import Found
from analytics.quality.checks import CHECKS, find
from analytics.quality.facts import facts_as_of
from analytics.quality.trend import ANY, WEEKS, trend
from analytics.quality_page import quality_view, trend_rows, trend_title
from analytics.store.database import Store
from tests.quality.planted import AS_OF, planted_store
from tests.small_stores import STAGES, described, load

TODAY = date(2026, 3, 30)


def changes() -> list[dict[str, object]]:
    """Two deals of 300 and 100: the smaller one's date passes after two weeks, a third has no amount."""
    own = {"stage": "Propose", "is_closed": False, "valid_at": "2026-03-02 08:00"}
    return [
        {"deal_id": "large", "amount": 300, "close_date": "2026-06-30", **own},
        {"deal_id": "late", "amount": 100, "close_date": "2026-03-15", **own},
        {"deal_id": "bare", "amount": None, "close_date": "2026-06-30", **own},
        {
            "deal_id": "large",
            "amount": 300,
            "close_date": "2026-05-30",
            **own,
            "valid_at": "2026-03-30 08:00",
        },
    ]


def test_shares_are_those_of_each_week(store: Store) -> None:
    rows = changes()
    load(store, deal=described(rows), deal_change=rows, stage=STAGES)
    company = company_of(store)
    scope = Scope(TODAY, company.calendar.quarter_of(TODAY))
    found = trend(store, company, scope)
    late = found[found["code"] == "DQ11"].set_index("day")
    assert [str(day.date()) for day in late.index] == [
        "2026-03-02", "2026-03-09", "2026-03-16", "2026-03-23", "2026-03-30",
    ]  # fmt: skip
    assert late["share"].tolist() == [0, 0, 0.25, 0.25, 0.25]
    bare = found[found["code"] == "DQ01"]
    assert bare["share"].isna().all(), "money that nobody knows is no share of 0"
    assert bare["share_deals"].round(2).tolist() == [0.33] * 5
    assert found.loc[found["code"] == ANY, "share"].dropna().tolist() == [0.25, 0.25, 0.25]
    assert found.loc[found["code"] == ANY, "deals"].tolist() == [1, 1, 2, 2, 2]
    view = quality_view(store, company, scope, {})
    drawn, of = trend_rows(found, view)
    assert list(drawn["name"].unique()) == ["any error or warning", "Close date in the past"]
    assert trend_title(drawn, of) == "Any error or warning: 25% of open money, as 2 weeks ago"
    drawn, of = trend_rows(found, view, "DQ01")
    assert of == "open deals"
    assert trend_title(drawn, of) == "No amount: 33% of open deals, as 4 weeks ago"
    nobody = trend(store, company, Scope(TODAY, scope.quarter, team="Nobody"))
    assert nobody["share"].isna().all()
    assert trend_title(*trend_rows(nobody, view)) == "There are no earlier weeks to compare"


def test_at_most_thirteen_weeks_are_read(store: Store) -> None:
    rows = [{**row, "valid_at": "2025-01-06"} for row in changes()[:3]]
    load(store, deal=described(rows), deal_change=rows, stage=STAGES)
    company = company_of(store)
    done: list[float] = []
    scope = Scope(TODAY, company.calendar.quarter_of(TODAY))
    found = trend(store, company, scope, lambda share, text: done.append(share))
    assert found["day"].nunique() == WEEKS + 1
    assert found["day"].max() == pd.Timestamp(TODAY)
    assert done[-1] == 1


@pytest.mark.parametrize("team", ["", "North"])
def test_each_week_counts_what_the_checks_of_that_day_name(store: Store, team: str) -> None:
    planted_store(store)
    edit_past(store)
    company, last = company_of(store), span_of(store, company_of(store)).last_day
    scope = Scope(AS_OF, company.calendar.quarter_of(AS_OF), team=team)
    found = trend(store, company, scope)
    told = {(day.date(), code): deals for day, code, deals in found[["day", "code", "deals"]].to_numpy()}
    counted = {}
    for day in {day for day, _ in told}:
        facts = facts_as_of(store, company, replace(scope, as_of=day), last)
        for check in CHECKS:
            if check.in_trend:
                one = find(check, facts)
                counted[day, check.code] = len(one.deals) if isinstance(one, Found) else None
    assert {key: n for key, n in told.items() if key[1] != ANY and not pd.isna(n)} == {
        key: n for key, n in counted.items() if n is not None
    }
    assert sum(n or 0 for n in counted.values()) > 100


def edit_past(store: Store) -> None:
    """What stands otherwise from week to week: owners, teams, stages, rates, contacts, closings."""
    good = {"deal_id": "good 1", "stage": "Propose", "amount": 10_000, "close_date": "2026-03-30"}
    load(
        store,
        deal_work=[
            {"deal_id": "good 2", "owner_id": "out", "valid_at": "2026-02-01"},
            {"deal_id": "asleep", "owner_id": "ann", "valid_at": "2026-01-20"},
        ],
        person=[{"person_id": "out", "name": "Out", "team": "North", "valid_at": "2026-02-20"}],
        stage=[{**STAGES[1], "probability": 0.9, "valid_at": "2026-01-15"}],
        currency_rate=[{"currency": "NOK", "rate": 0.1, "valid_at": "2026-03-05"}],
        stakeholder=[
            {"deal_id": "no people", "contact_id": "c", "valid_at": "2026-02-03"},
            {"deal_id": "no people", "contact_id": "c", "is_gone": True, "valid_at": "2026-03-03"},
        ],
        answer=[{"deal_id": "asleep", "question": "budget", "answer": "Yes.", "valid_at": "2026-02-10"}],
        deal_change=[
            {**good, "is_closed": True, "valid_at": "2026-02-04 11:00"},
            {**good, "is_closed": False, "amount": 0, "valid_at": "2026-02-24 11:00"},
            {**good, "deal_id": "late", "is_gone": True, "valid_at": "2026-03-12 11:00"},
        ],
    )
