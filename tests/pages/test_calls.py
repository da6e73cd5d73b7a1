"""The page "Calls": who has not submitted comes first, the roll-up, and the form."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from streamlit.testing.v1 import AppTest

from analytics.call_list import call_rows_shown, headline
from analytics.company import Company, Scope
from analytics.figures import call_lines
from analytics.forecast.quarter_forecast import Forecast, forecast
from analytics.review.call_table import COMPANY, OWNER, TEAM
from analytics.review.calls import call_history, calls_view
from analytics.store.database import Store
from pages.shared import cached
from tests.pages.conftest import texts
from tests.pages.learned import whole_at

App = Callable[..., AppTest]
PAGE = "pages/review/calls.py"
LOOK: dict[str, Any] = {"currency": "USD", "locale": "en_US"}


@pytest.fixture(scope="module")
def found(sample_store: Store, company: Company, scope: Scope) -> Forecast:
    whole = whole_at(sample_store.path, scope.as_of, scope.quarter)
    return forecast(sample_store, company, scope, whole=whole)


@pytest.fixture(scope="module")
def rows(sample_store: Store, company: Company, scope: Scope, found: Forecast) -> pd.DataFrame:
    return calls_view(sample_store, company, scope, found)


@pytest.fixture(autouse=True)
def learned_once(monkeypatch: pytest.MonkeyPatch, found: Forecast) -> None:
    monkeypatch.setattr(cached, "the_whole", lambda as_of, quarter: found.whole)


def said(at: AppTest) -> str:
    assert not at.exception
    return texts(at).replace("\\", "")


def the_calls(at: AppTest) -> pd.DataFrame:
    return next(one.value for one in at.dataframe if "Whose call" in one.value)


def test_who_has_not_submitted_is_said_first(
    app: App, rows: pd.DataFrame, scope: Scope, company: Company
) -> None:
    at = app(PAGE)
    text = said(at)
    first, rest = headline(rows, scope, company)
    assert first in text
    assert rest in text
    late = rows[rows["is_late"] & (rows["level"] == TEAM)]
    assert all(name in first for name in late["name"])
    fresh = ((rows["level"] == TEAM) & rows["is_asked"] & ~rows["is_late"]).sum()
    assert f"{fresh} of " in rest
    shown = the_calls(at)
    assert len(shown) == len(rows)
    assert shown["Commit"].tolist() == rows["commit"].tolist()
    assert (shown.loc[rows["is_late"], "This week"] != "submitted").all()


def test_the_row_that_is_chosen_shows_its_quarter(app: App, rows: pd.DataFrame) -> None:
    row = rows[(rows["level"] == OWNER) & rows["submitted_on"].notna()].iloc[0]
    at = app(PAGE, caller=f"{OWNER} {row['person_id']} {row['team']}")
    assert f"{row['name']}: " in "\n".join(one.value.replace("\\", "") for one in at.subheader)
    at = app(PAGE, caller="owner nobody East")
    assert "The call asked for is not in this scope" in said(at)


def test_a_call_is_submitted_for_somebody_else(
    app: App, sample_store: Store, company: Company, scope: Scope, found: Forecast, tmp_path: Path
) -> None:
    copy = Store(tmp_path / "copy.duckdb")
    shutil.copy(sample_store.path, copy.path)
    at = app(PAGE, store=copy.path)
    at.number_input(key="commit of ").set_value(2_000_000.0)
    at.number_input(key="most_likely of ").set_value(1_000_000.0).run()
    assert "commit is above most likely" in said(at)
    submit = next(one for one in at.button if one.label == "Submit the call")
    submit.click().run()
    assert "your name is missing" in "\n".join(one.value for one in at.error).lower()
    at.text_input(key="name of the call").set_value("=Assistant $1$").run()
    next(one for one in at.button if one.label == "Submit the call").click().run()
    assert "The call is kept" in said(at)  # in an unusual order it is kept all the same
    top = calls_view(copy, company, scope, found).iloc[0]
    assert (top["level"], top["commit"], top["most_likely"]) == (COMPANY, 2e6, 1e6)
    assert top["submitted_by"] == "=Assistant $1$"


def test_on_a_past_day_nothing_can_be_submitted(app: App, scope: Scope) -> None:
    past = (pd.Timestamp(scope.as_of) - pd.Timedelta(days=1)).date()
    at = app(PAGE, as_of=past.isoformat())
    assert "past day" in said(at)
    assert next(one for one in at.button if one.label == "Submit the call").disabled


def test_a_quarter_that_is_over_says_so(app: App, company: Company, scope: Scope) -> None:
    before = company.calendar.shift(scope.quarter, -1)
    assert f"{before} was over on {scope.as_of}." in said(app(PAGE, quarter=before.key))


def test_a_table_without_calls_says_so(rows: pd.DataFrame, scope: Scope, company: Company) -> None:
    silent = rows.assign(submitted_on=pd.NaT, is_late=rows["is_asked"], commit=float("nan"))
    assert headline(silent, scope, company)[0] == f"Nobody has submitted a call for {scope.quarter} yet."
    everybody = rows.assign(is_late=False)
    assert headline(everybody, scope, company)[0].startswith("Everybody has submitted")


def test_the_picture_tells_what_was_called(
    sample_store: Store, company: Company, scope: Scope, rows: pd.DataFrame
) -> None:
    history = call_history(sample_store, company, scope)
    mine = history[history["owner_id"] == ""]
    fig = call_lines.call_lines(mine, (5e5, 3e5, 7e5), scope.as_of, **LOOK, dark=False)
    names = [trace.name for trace in fig.data]
    assert names == ["best case", "most likely", "commit", "expected"]
    assert list(fig.data[2].y)[:-1] == mine["commit"].tolist()
    assert "Expected $500K, 80% range $300K to $700K." in call_lines.describe(mine, (5e5, 3e5, 7e5), **LOOK)
    missing = (float("nan"),) * 3
    assert "Expected" not in call_lines.describe(mine, missing, **LOOK)
    empty = call_lines.call_lines(mine.head(0), missing, scope.as_of, **LOOK, dark=True)
    assert empty.layout.annotations[0].text == call_lines.NOTHING
    shown = call_rows_shown(rows, history)
    top = shown["Most likely over the quarter"].iloc[0]
    assert list(top) == mine["most_likely"].tolist()
