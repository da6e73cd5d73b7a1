"""The notebooks run from their first cell to their last, and show what the product says."""

from __future__ import annotations

import ast
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd
import plotly.graph_objects as go
import pytest
from pandas.testing import assert_frame_equal

from analytics.commands.sample import build_sample
from analytics.company import company_of, span_of
from analytics.model_card import OURS, ModelCard, headline, model_card
from analytics.risk.chances import history_of
from analytics.store.database import Store
from tests.execute_notebook import run_cell

NOTEBOOKS = Path(__file__).parents[1] / "notebooks"
CARD, PAST_QUARTER = NOTEBOOKS / "model_card.ipynb", NOTEBOOKS / "past_quarter.ipynb"
PLAYBOOK = NOTEBOOKS / "playbook.ipynb"


def code_cells(notebook: Path) -> list[dict[str, Any]]:
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def sources_with_world(world: str) -> list[str]:
    sources = ["".join(cell["source"]) for cell in code_cells(CARD)]
    assert sum('WORLD = "default"' in source for source in sources) == 1
    return [source.replace('WORLD = "default"', f'WORLD = "{world}"') for source in sources]


def run_cells(sources: list[str]) -> tuple[list[Any], str]:
    """Run cells in order as a notebook does: the last expressions' values, and all that was printed."""
    names: dict[str, Any] = {"__name__": "__main__"}
    ran = [run_cell(source, names) for source in sources]
    return [value for _, value in ran if value is not None], "".join(said for said, _ in ran)


@pytest.fixture(autouse=True)
def nothing_stays(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))


def shows_the_card(shown: list[Any], said: str, store: Store) -> ModelCard:
    """Every table of the card, both pictures and its headline."""
    company = company_of(store)
    card = model_card(history_of(store, company, span_of(store, company).last_day))
    tables = [one for one in shown if isinstance(one, pd.DataFrame)]
    for table, same in zip(tables, [card.pooled, card.calibration, card.drift, card.features], strict=True):
        assert_frame_equal(table, same)
    assert len([one for one in shown if isinstance(one, go.Figure)]) == 2
    assert all(sentence in said for sentence in headline(card))
    return card


def test_it_reproduces_the_card_of_the_sample_company(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("PLUMBLINE_STORE")
    sources = sources_with_world("small")
    shown, said = run_cells(sources)
    [path] = tmp_path.rglob("*.duckdb")
    card = shows_the_card(shown, said, Store(path))
    assert OURS in set(card.pooled["method"]), "this world carries a model"


def test_it_reproduces_the_card_of_a_store_without_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Store(tmp_path / "mine.duckdb")
    build_sample(store, "small", seed=8)
    monkeypatch.setenv("PLUMBLINE_STORE", str(store.path))
    shown, said = run_cells(sources_with_world("default"))
    card = shows_the_card(shown, said, store)
    assert OURS not in set(card.pooled["method"]), "this world carries none"


@pytest.mark.parametrize("notebook", [CARD, PLAYBOOK])
def test_it_is_kept_without_outputs(notebook: Path) -> None:
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code_cells(notebook))


def test_the_past_quarter_is_kept_as_it_ran_and_small() -> None:
    cells = code_cells(PAST_QUARTER)
    assert [cell["execution_count"] for cell in cells] == list(range(1, len(cells) + 1))
    assert "error" not in {output["output_type"] for cell in cells for output in cell["outputs"]}
    assert PAST_QUARTER.stat().st_size < 40_000


@pytest.mark.parametrize("notebook", [CARD, PAST_QUARTER, PLAYBOOK])
def test_a_notebook_computes_nothing_of_its_own(notebook: Path) -> None:
    """It imports the product and the standard library, and defines no function."""
    trees = [ast.parse("".join(cell["source"])) for cell in code_cells(notebook)]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    tops = {str(name).split(".")[0] for name in imported}
    assert tops - set(sys.stdlib_module_names) == {"analytics"}
    assert not [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef))]
