"""The notebook of the playbook runs from its first cell to its last and shows what the product says."""

from __future__ import annotations

import shutil
import sys
from datetime import date
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import pytest

from analytics.company import Company
from analytics.playbook.compare import Comparison, compare
from analytics.playbook.entries import entries_of
from analytics.playbook.exit_criteria import departures_of
from analytics.playbook.versions import version_of
from analytics.playbook_change_words import result
from analytics.risk import chances
from analytics.risk.chances import History
from analytics.store.database import Store
from tests.conftest import TODAY
from tests.playbook.planted_versions import plant
from tests.test_notebook import PLAYBOOK, code_cells, run_cells


def test_it_shows_what_the_product_says(
    small_world: Store,
    small_company: Company,
    small_history: History,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = Store(tmp_path / "mine.duckdb")
    shutil.copy(small_world.path, store.path)
    plant(store, "v1", date(2026, 4, 6))
    monkeypatch.setenv("PLUMBLINE_STORE", str(store.path))
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(chances, "history_of", lambda *asked: small_history)  # learned once for all tests
    shown, said = run_cells(["".join(cell["source"]) for cell in code_cells(PLAYBOOK)])
    version = version_of(store, small_company, TODAY, "v1")
    entries = entries_of(small_history, small_company)
    found = compare(version, entries, departures_of(small_history, entries), "impact")
    assert isinstance(found, Comparison)
    assert result(version, found, TODAY, small_company) in said
    assert "Went with" not in said
    tables = [one for one in shown if isinstance(one, pd.DataFrame)]
    assert len(tables) == 9
    assert any("Hypothesis" in table and len(table) == 1 for table in tables)
    assert len([one for one in shown if isinstance(one, go.Figure)]) == 1
