"""Where deals wait: times with those that still wait, and who waits long now."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from analytics.company import Company
from analytics.playbook.entries import Entries, entries_of, stage_entries
from analytics.playbook.survival import left_after
from analytics.playbook.waits import FEWEST, Waits, waits
from analytics.problems import NotEnough
from analytics.risk.chances import History
from tests.conftest import TODAY


@given(
    days=st.lists(st.integers(0, 60), min_size=2, max_size=60),
    through=st.lists(st.booleans(), min_size=60, max_size=60),
)
def test_the_share_left_is_that_of_scipy(days: list[int], through: list[bool]) -> None:
    at, over = np.array(days, float), np.array(through[: len(days)])
    ours = left_after(at, over, 0.95)
    theirs = stats.ecdf(stats.CensoredData(uncensored=at[over], right=at[~over])).sf
    np.testing.assert_allclose(ours.share, theirs.evaluate(ours.days), atol=1e-9)
    assert (ours.low <= ours.share + 1e-9).all()
    assert (ours.share <= ours.high + 1e-9).all()


@pytest.mark.filterwarnings("ignore:The confidence interval is undefined:RuntimeWarning")
def test_its_interval_is_that_of_scipy() -> None:
    rng = np.random.default_rng(0)
    days, over = rng.integers(1, 90, 300).astype(float), rng.uniform(size=300) < 0.7
    ours = left_after(days, over, 0.95)
    theirs = stats.ecdf(stats.CensoredData(uncensored=days[over], right=days[~over])).sf
    ends = theirs.confidence_interval(0.95, method="log-log")
    inside = (ours.share < 1) & (ours.share > 0)
    np.testing.assert_allclose(ours.low[inside], ends.low.evaluate(ours.days)[inside], atol=1e-6)
    np.testing.assert_allclose(ours.high[inside], ends.high.evaluate(ours.days)[inside], atol=1e-6)


@pytest.fixture(scope="module")
def entries(small_history: History, small_company: Company) -> Entries:
    return entries_of(small_history, small_company)


@pytest.fixture(scope="module")
def found(entries: Entries, small_history: History) -> Waits:
    return waits(entries, small_history.rows)


def test_every_open_deal_waits_in_one_stage(found: Waits, small_history: History, entries: Entries) -> None:
    today = small_history.today
    assert found.now["deal_id"].is_unique
    assert set(found.now["deal_id"]) <= set(today["deal_id"])
    assert found.stages["waiting"].sum() == len(found.now)
    for row in found.stages.itertuples():
        here = found.now[found.now["stage"] == row.stage]
        amounts = today.set_index("deal_id")["amount_company"]
        assert row.money == pytest.approx(amounts.reindex(here["deal_id"]).sum(), abs=0.01)
        assert row.waiting_long == (here["beyond"] > 0).sum()
        if isinstance(row.missing, NotEnough):
            assert row.through < FEWEST
        else:
            assert row.low <= row.median
            assert row.median <= row.long


def test_a_deal_that_vanished_does_not_wait(entries: Entries, small_history: History) -> None:
    gone = small_history.today["deal_id"].iloc[0]
    rows = small_history.rows
    before = rows[(rows["deal_id"] != gone) | (rows["landmark"] < pd.Timestamp(TODAY))]
    found = waits(entries, before)
    assert gone not in set(found.now["deal_id"]) | set(found.reviewing["deal_id"])


def test_first_answers_come_after_the_stage_began(found: Waits) -> None:
    assert (found.answers["answered"] <= found.answers["n"]).all()
    assert (found.answers["median"].dropna() > 0).all()
    few = found.answers["n"] < FEWEST
    assert found.answers.loc[few, "share"].isna().all()


def test_nothing_later_than_the_day_is_used(small_history: History, small_company: Company) -> None:
    day = TODAY - timedelta(days=182)
    rows = small_history.rows
    day = rows.loc[rows["landmark"] <= pd.Timestamp(day), "landmark"].max().date()
    then = stage_entries(rows, small_company, day)
    cut = rows[rows["landmark"] <= pd.Timestamp(day)]
    cut = cut.assign(closed_on=cut["closed_on"].where(cut["closed_on"] <= pd.Timestamp(day)))
    whole, part = waits(then, rows), waits(then, cut)
    pd.testing.assert_frame_equal(whole.stages, part.stages)
    pd.testing.assert_frame_equal(whole.now, part.now)
    pd.testing.assert_frame_equal(whole.review, part.review)


def test_a_company_without_entries_has_no_waits(entries: Entries, small_history: History) -> None:
    nothing = replace(entries, rows=entries.rows.head(0))
    found = waits(nothing, small_history.rows)
    assert (found.stages["n"] == 0).all()
    assert found.stages["median"].isna().all()
    assert found.now.empty
