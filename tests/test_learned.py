"""What is published says to the last digit what is learned anew."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from analytics.company import Company, Scope
from analytics.forecast.basis import Basis
from analytics.forecast.change import since_week_earlier
from analytics.forecast.quarter_forecast import Forecast, forecast
from analytics.learned import Asked, drawn_whole, learned_basis, learned_history, publish
from analytics.number import number
from analytics.store.database import Store
from analytics.store.published import folder_of
from tests.conftest import TODAY


def told(store: Store, company: Company) -> tuple[Forecast, object]:
    asked = Asked.now(store, TODAY)
    history = learned_history(asked)
    basis = learned_basis(asked, history)
    quarter = company.calendar.quarter_of(TODAY)
    whole = drawn_whole(asked, quarter, basis)
    assert whole.basis is basis, "nothing is held twice"
    assert basis.history is history
    assert whole.expected.chances.history is history
    found = forecast(store, company, Scope(TODAY, quarter), whole=whole)
    return found, (number(store, company, found).trust, since_week_earlier(store, company, found).before)


def test_what_is_read_is_what_was_learned(
    small_world: Store, small_company: Company, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(Path(shutil.copy(small_world.path, tmp_path / "store.duckdb")))
    first = told(store, small_company)
    for name in ("history_of", "basis_of", "whole_company"):
        monkeypatch.setattr(f"analytics.learned.{name}", lambda *given: pytest.fail("it is there already"))
    second = told(store, small_company)
    pd.testing.assert_frame_equal(first[0].lines, second[0].lines, check_exact=True)
    np.testing.assert_array_equal(first[0].draws, second[0].draws)
    assert first[1] == second[1]


def test_publishing_makes_what_the_quarter_end_page_waits_for(
    small_world: Store, small_basis: Basis, tmp_path: Path
) -> None:
    store = Store(Path(shutil.copy(small_world.path, tmp_path / "store.duckdb")))
    shutil.copytree(folder_of(small_world.path), folder_of(store.path), dirs_exist_ok=True)
    day = publish(store)
    named = {one.name.split(".")[2] for one in folder_of(store.path).glob("*.*")}
    assert {"history", "basis"} < named
    assert any(one.startswith("whole") for one in named), day
