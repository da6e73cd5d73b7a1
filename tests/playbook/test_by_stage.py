"""How deep by which stage, and what stays empty: counted as it was, small numbers not shown."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from analytics.playbook.by_stage import FEWEST, ByStage, answers_by_stage, empty_at_entry
from tests.playbook.made_entries import STAGES, made


@pytest.fixture(scope="module")
def found() -> ByStage:
    return answers_by_stage(made(1, {"impact": 0.10}))


def test_levels_add_up_to_the_stage_and_few_deals_are_not_shown(found: ByStage) -> None:
    summed = found.levels.groupby(["stage", "outcome", "question"])[["n", "happened"]].sum().reset_index()
    rates = found.rates.set_index(["stage", "outcome"])
    for row in summed.itertuples():
        assert row.n == rates.loc[(row.stage, row.outcome), "n"]
        assert row.happened == rates.loc[(row.stage, row.outcome), "happened"]
    few = found.levels["n"] < FEWEST
    assert few.any()
    assert found.levels.loc[few, ["share", "low", "high"]].isna().all(axis=None)
    shown = found.levels[~few]
    assert ((shown["low"] <= shown["share"]) & (shown["share"] <= shown["high"])).all()


def test_the_explained_are_won_more_often_by_what_is_true(found: ByStage) -> None:
    at = found.explained[found.explained["outcome"] == "won"].set_index(["stage", "question"])
    impact = at.loc[("Negotiate", "impact")]
    assert impact["low"] > 0
    assert impact["effect"] == pytest.approx(0.2, abs=0.12)  # 3 or 4 against 0 to 2, 0.1 a level
    assert (
        impact["n_with"] + impact["n_without"]
        == found.rates.set_index(["stage", "outcome"]).loc[("Negotiate", "won"), "n"]
    )


def test_what_cannot_be_compared_says_why() -> None:
    table = answers_by_stage(made(1, deals=60)).explained
    assert table["effect"].isna().all()
    assert table["missing"].notna().all()


def test_empty_counts_entries_of_the_last_year_and_of_the_year_before() -> None:
    entries = made(1)
    rows = entries.rows.assign(level_budget=0.0)
    table = empty_at_entry(replace(entries, rows=rows)).set_index(["stage", "question"])
    day = pd.Timestamp(entries.as_of)
    for stage in STAGES:
        age = (day - rows.loc[rows["stage"] == stage, "landmark"]).dt.days
        row = table.loc[(stage, "budget")]
        assert row["n"] == (age < 365).sum()
        assert row["n_before"] == ((age >= 365) & (age < 730)).sum()
        assert np.isnan(row["share"]) if row["n"] < FEWEST else row["share"] == 1.0
