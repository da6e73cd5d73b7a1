"""The page "Calls": who has not submitted comes first, the roll-up, and the form."""

from __future__ import annotations

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
from pages.shared import cached, ledger_show
from tests.kept import copied
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


def field(at: AppTest, name: str) -> Any:
    return next(one for one in at.number_input if one.label.startswith(name))


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
    copy = copied(sample_store, tmp_path / "copy.duckdb")
    at = app(PAGE, store=copy.path)
    field(at, "Commit").set_value(2_000_000.0)
    field(at, "Most likely").set_value(1_000_000.0).run()
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


def form_alone() -> None:
    """The form by itself, of the call that the address tells."""
    import pandas as pd
    import streamlit as st

    from analytics.company import Company, Scope
    from analytics.fiscal import Calendar
    from pages.shared import calls_show

    calls_show.ledger_show.only_on_the_last_day = lambda *given: None  # type: ignore[assignment]
    calls_show.ledger_show.is_last_day = lambda chosen: True  # type: ignore[assignment]
    said = float(st.query_params["said"])
    row = {"level": "company", "person_id": "", "name": "Co", "team": "", "is_asked": True}
    rows = pd.DataFrame([row | dict.fromkeys(("commit", "most_likely", "best_case"), said)])
    quarter = Calendar().parse(st.query_params["quarter"])
    calls_show.form(rows, Company("Co", "USD", "en_US", Calendar()), Scope(quarter.first_day, quarter))


def test_the_form_shows_the_call_that_stands_for_its_quarter(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("only_on_the_last_day", "is_last_day"):  # put back what the form's page replaces
        monkeypatch.setattr(ledger_show, name, getattr(ledger_show, name))
    at = AppTest.from_function(form_alone)

    def shown(quarter: str, said: float) -> list[float | None]:
        at.query_params["quarter"], at.query_params["said"] = quarter, str(said)
        at.run()
        assert not at.exception
        return [one.value for one in at.number_input]

    assert shown("2026Q4", 9e6) == [9e6] * 3
    assert shown("2027Q1", float("nan")) == [None] * 3
    assert shown("2026Q4", 9e6) == [9e6] * 3
    assert shown("2026Q4", 5e6) == [5e6] * 3  # somebody else has called it meanwhile


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
