"""Landmarks know what was known at their moment, and nothing that came later."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from analytics.business_case.case import cases_as_of
from analytics.company import Company, company_of
from analytics.pipeline.deals import deals_as_of
from analytics.risk.chances import History
from analytics.risk.landmarks import landmark_rows
from analytics.store.database import Store
from analytics.store.subjects import QUESTIONS
from tests.conftest import TODAY
from tests.pipeline.test_quarter_end_view import deal
from tests.small_stores import STAGES, Row, described, load, view_of
from tests.store.test_cut_store import LAST, random_company

_OF_THE_FUTURE = [
    "outcome_0",
    "outcome_1",
    "outcome_2",
    "outcome_3",
    "closed_on",
    "closed_won",
    "final_amount_company",
]
CUT = date(2023, 9, 20)


def filled(path: Path, rows: dict[str, list[Row]]) -> Store:
    store = Store(path)
    load(store, **rows)
    return store


def is_later(row: Row, day: date) -> bool:
    return pd.Timestamp(row.get("valid_at", "1970-01-01")) >= pd.Timestamp(day) + pd.Timedelta(days=2)


def shuffled_after(rows: dict[str, list[Row]], day: date, seed: int) -> dict[str, list[Row]]:
    """The same company with another future: what is later happens to other deals, and otherwise."""
    rng = np.random.default_rng(seed)
    found: dict[str, list[Row]] = {}
    for subject, of_subject in rows.items():
        later = [
            row
            for row in of_subject
            if pd.Timestamp(row.get("valid_at", "1970-01-01")) >= pd.Timestamp(day) + pd.Timedelta(days=2)
        ]
        kept = [row for row in of_subject if row not in later]
        deals = [row.get("deal_id") for row in later]
        rng.shuffle(deals)
        changed: list[Row] = []
        for row, deal_id in zip(later, deals, strict=True):
            new: dict[str, Any] = dict(row)
            if deal_id is not None:
                new["deal_id"] = deal_id
            if "is_won" in new:
                new |= {"is_won": not new["is_won"], "amount": 1.0}
            if "probability" in new:
                new["probability"] = 0.99
            changed.append(new)
        found[subject] = kept + changed
    return found


@pytest.mark.parametrize("seed", [1, 2])
def test_another_future_leaves_every_feature_as_it_was(tmp_path: Path, seed: int) -> None:
    rows = random_company(seed)
    ours = filled(tmp_path / "ours.duckdb", rows)
    other = filled(tmp_path / "other.duckdb", shuffled_after(rows, CUT, seed))
    company = company_of(ours)
    days = [CUT - timedelta(days=7 * weeks) for weeks in range(60)]
    here, there = (
        landmark_rows(store, company, LAST, days).drop(columns=_OF_THE_FUTURE) for store in (ours, other)
    )
    assert len(here) > 300
    pd.testing.assert_frame_equal(here, there)


def test_outcomes_do_depend_on_the_future(tmp_path: Path) -> None:
    """The test above could not fail if the other future were no other."""
    rows = random_company(1)
    ours, other = (
        filled(tmp_path / "a.duckdb", rows),
        filled(tmp_path / "b.duckdb", shuffled_after(rows, CUT, 1)),
    )
    company = company_of(ours)
    here, there = (landmark_rows(store, company, LAST, [CUT])["outcome_3"] for store in (ours, other))
    assert (here != there).any()


def test_landmarks_agree_with_the_deals_as_of_their_day(
    small_world: Store, small_company: Company, small_rows: pd.DataFrame
) -> None:
    assert not small_rows.duplicated(["deal_id", "landmark"]).any()
    for day in sorted(small_rows["landmark"].unique())[10::15]:
        as_of = pd.Timestamp(day).date()
        deals = deals_as_of(small_world, small_company, as_of, closed_since=as_of)
        deals = deals[deals["is_open"]].set_index("deal_id").sort_index()
        here = small_rows[small_rows["landmark"] == day].set_index("deal_id").sort_index()
        assert list(here.index) == list(deals.index)
        for column in ("stage", "category", "owner_id", "timing"):
            known = deals[column] if column in deals else here[column]
            assert list(here[column]) == list(known)
        for column in (
            "amount_company",
            "pushes",
            "days_pushed",
            "probability",
            "stakeholders",
            "stage_order",
        ):
            pd.testing.assert_series_equal(
                here[column].astype(float), deals[column].astype(float), check_names=False, rtol=1e-9
            )


def test_case_features_agree_with_the_cases_as_of_their_day(
    small_world: Store, small_company: Company, small_history: History
) -> None:
    today = small_history.today.set_index("deal_id")
    deals = deals_as_of(small_world, small_company, TODAY, closed_since=TODAY)
    cases = cases_as_of(small_world, small_company, TODAY, deals[deals["is_open"]])
    answers = cases.answers.assign(fresh=cases.answers["level"] * cases.answers["freshness"])
    for name in ("level", "fresh"):
        there = answers.pivot(index="deal_id", columns="question", values=name).astype(float)
        for question in QUESTIONS:
            here = today[f"{name}_{question}"].reindex(there.index)
            assert list(here) == pytest.approx(list(there[question])), f"{name}_{question}"


FIRST: Row = {"stage": "Qualify", "close_date": "2024-03-20", "forecast_category": "Pipeline"}
SECOND: Row = {**FIRST, "stage": "Propose"}
THIRD: Row = {**SECOND, "close_date": "2024-05-04", "forecast_category": "Best Case"}
LATEST: Row = {**FIRST, "close_date": "2024-04-30", "forecast_category": "Commit"}
CHANGES: list[Row] = [
    deal("a", 1000, "2024-01-02", **FIRST),
    deal("a", 1000, "2024-01-20", **SECOND),
    deal("a", 1500, "2024-02-10", **THIRD),
    deal("a", 1500, "2024-02-20", **LATEST),
]


def one_row(store: Store, day: str, **more: list[Row]) -> pd.Series:
    load(store, deal=described(CHANGES), deal_change=CHANGES, stage=STAGES, **more)
    company, _ = view_of(store, day, "2024Q1")
    rows = landmark_rows(store, company, date(2024, 12, 31), [date.fromisoformat(day)])
    assert len(rows) == 1
    return rows.iloc[0]


def expect(row: pd.Series, **values: Any) -> None:
    assert {name: row[name] for name in values} == values


def test_movement_is_counted_by_hand(store: Store) -> None:
    row = one_row(store, "2024-02-25")
    expect(row, pushes=1, days_pushed=45, last_push_length=45, pulls=1, stage_moves_back=1)
    expect(row, category_raises_28=2, first_amount=1000, amount=1500, amount_changes=1)
    expect(row, timing="later", quarters_out=1, days_to_close=65, days_to_quarter_end=35, outcome_0="open")
    assert row["stage_days"] == pytest.approx(6, abs=0.01)
    expect(row, probability=0.1)  # the stage's own, as the deal states none


def test_people_are_counted_with_their_parts(store: Store) -> None:
    person = {"deal_id": "a", "contact_id": "1", "role": "Economic Buyer"}
    people: list[Row] = [
        {**person, "valid_at": "2024-01-10"},
        {"deal_id": "a", "contact_id": "2", "title": "Head of Legal", "valid_at": "2024-02-20"},
        {**person, "is_gone": True, "valid_at": "2024-02-22"},
        {"deal_id": "a", "contact_id": "3", "role": "Champion", "valid_at": "2024-03-01"},
    ]
    row = one_row(store, "2024-02-25", stakeholder=people)
    expect(row, stakeholders=1, new_people_28=1, has_security_or_legal=1)
    expect(row, has_economic_buyer=0, has_champion=0)


def test_answers_count_with_their_age_and_contradictions(store: Store) -> None:
    text = (
        "CFO Ana Ruiz released EUR 40,000 from the FY24 IT line on 12 January (mail), because each"
        " audit costs them 30 days"
    )
    answers: list[Row] = [
        {"deal_id": "a", "question": "budget", "answer": text, "valid_at": "2024-01-26 12:00"},
        {"deal_id": "a", "question": "budget", "answer": "", "valid_at": "2024-03-02"},
    ]
    row = one_row(store, "2024-02-25", answer=answers)
    assert row["level_budget"] >= 3
    assert row["last_answer_days"] == 30
    half_life = 65  # days to the close date, within 30 to 90
    assert row["fresh_budget"] == pytest.approx(row["level_budget"] * 0.5 ** (30 / half_life))
    expect(row, answered=1, level_problem=0)
    expect(row, contradictions=1)  # the stage moved on 20 February, and nothing new was learned


def test_a_stage_is_taken_as_it_was_configured_then(store: Store) -> None:
    load(store, stage=[{**STAGES[0], "valid_at": "2024-03-05", "probability": 0.7}])
    assert one_row(store, "2024-02-25")["probability"] == 0.1


def test_nothing_is_known_of_a_store_without_deals(store: Store) -> None:
    load(store, stage=STAGES)
    company = company_of(store)
    assert landmark_rows(store, company, date(2024, 2, 1)).empty
