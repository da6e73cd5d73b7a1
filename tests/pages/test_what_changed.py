"""The page What changed, run by Streamlit itself: it says what the library says, and every sum opens."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics import what_changed as words
from analytics.company import Company, Scope
from analytics.pipeline.changes import Changes, changes
from analytics.store.database import Store
from tests.pages.conftest import texts
from tests.pages.planted import planted_store
from tests.pipeline.changes_by_hand import load_cases

PAGE = "pages/quarter/what_changed.py"
App = Callable[..., AppTest]


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Path:
    store = Store(tmp_path_factory.mktemp("page") / "store.duckdb")
    load_cases(store)
    return store.path


@pytest.fixture(scope="module")
def month(sample_store: Store, company: Company, scope: Scope) -> Changes:
    return changes(sample_store, company, scope, scope.as_of - timedelta(days=28))


def said(at: AppTest) -> str:
    assert not at.exception
    assert not at.error
    return texts(at).replace("\\", "")


def table(at: AppTest, column: str) -> pd.DataFrame:
    """The first table with such a column."""
    return next(one.value for one in at.dataframe if column in one.value)


def test_the_page_says_what_the_library_says(
    app: App, sample_store: Store, company: Company, scope: Scope, month: Changes
) -> None:
    week = changes(sample_store, company, scope, scope.as_of - timedelta(days=7))
    assert words.headline(week, company) in said(app(PAGE))
    at = app(PAGE, since="month")
    assert words.headline(month, company) in said(at)
    drawn = table(at, "Kind")
    assert list(drawn["Amount"]) == list(words.waterfall(month, words.BY_MONEY, company)["amount"])
    assert round(drawn["Amount"].iloc[:-1].sum(), 2) == month.end
    labels = [button.label.replace("\\", "") for button in at.button]
    assert set(words.openers(month).values()) <= set(labels)


def test_a_bucket_opens_into_deals_that_add_up(app: App, month: Changes) -> None:
    for row in month.buckets.head(3).itertuples():
        shown = table(app(PAGE, since="month", bucket=str(row.bucket)), "Before")
        assert round(shown["Change"].sum(), 2) == row.change
        assert len(shown) == row.deals
        assert list(shown["deal_id"]) == list(month.of(str(row.bucket))["deal_id"])


def test_deals_can_be_counted(app: App, company: Company, month: Changes) -> None:
    at = app(PAGE, since="month", by="deals")
    assert words.waterfall_title(month, words.BY_DEALS, company) in said(at)
    drawn = table(at, "Kind")
    assert drawn["Amount"].iloc[:-1].sum() == month.end_deals


def test_the_earlier_day_is_in_the_address(app: App, by_hand: Path) -> None:
    def opened(**query: str) -> str:
        return said(app(PAGE, store=by_hand, as_of="2024-05-31", **query))

    assert "from $6K on Apr 30, 2024" in opened(since="2024-04-30")
    assert "on May 24, 2024" in opened()
    assert "on Mar 31, 2024" in opened(since="quarter-start")
    assert "The day soon cannot be read: compared with a week ago." in opened(since="soon")
    assert "The data begins on Mar 2, 2024" in opened(since="2023-01-01")
    assert "Both ends are the same day" in opened(since="2024-05-31")
    assert "2024-06-30 lies after the as-of date" in opened(since="2024-06-30")


def test_what_is_not_there_is_said(app: App, by_hand: Path) -> None:
    text = said(app(PAGE, store=by_hand, as_of="2024-05-31", since="2024-04-30", bucket="**bold** $1 $2"))
    assert "No deal is **bold** $1 $2 in this window." in text
    assert "What moved the expected number cannot be told" in text
    text = said(app(PAGE, store=by_hand, as_of="2024-05-31", quarter="2024Q4"))
    assert "No open pipeline is dated in 2024Q4 in this scope" in text
    text = said(app(PAGE, store=by_hand, as_of="2024-05-31", quarter="2024Q1"))
    assert "2024Q1 was over on 2024-05-31: nothing is expected of it any more." in text


def test_what_was_undone_is_listed(app: App, by_hand: Path) -> None:
    at = app(PAGE, store=by_hand, as_of="2024-05-31", since="2024-04-30")
    shown = table(at, "In between")
    assert list(shown["What"]).count("close date") == 2
    assert f"{len(shown)} changes of {shown['deal_id'].nunique()} deals" in said(at)


def test_a_hostile_name_stays_text(app: App, tmp_path: Path) -> None:
    store = planted_store(tmp_path, name="=1+1 **x** <script>")
    at = app(PAGE, store=store.path, bucket="new")
    assert table(at, "Before")["Deal"].tolist() == ["\u2060=1+1 **x** <script>"]  # its menu saves no formula
    assert "<script>" not in texts(at)


def test_what_moved_the_number_opens_into_deals(app: App) -> None:
    at = app(PAGE, since="month", moved="Nothing of the kind")
    text = said(at)
    assert "The earlier number is made with what was known on" in text
    assert "Nothing of the kind is not a step between these days." in text
    bridge = [one.value for one in at.dataframe if "Kind" in one.value][-1].set_index("Step")["Amount"]
    assert round(bridge.iloc[:-1].sum(), 2) == bridge.iloc[-1]
    step = str(bridge.index[1])
    at = app(PAGE, since="month", moved=step)
    assert round(table(at, "Counts with")["Counts with"].sum(), 2) == bridge[step]
    # once the number is there, the weeks have it too
    assert table(at, "Open pipeline")["Expected"].notna().all()
