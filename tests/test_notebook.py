"""The notebook runs from its first cell to its last, and shows what the page Model card shows."""

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

NOTEBOOK = Path(__file__).parents[1] / "notebooks" / "model_card.ipynb"


def code_cells() -> list[dict[str, Any]]:
    cells = json.loads(NOTEBOOK.read_text(encoding="utf-8"))["cells"]
    return [cell for cell in cells if cell["cell_type"] == "code"]


def sources_with_world(world: str) -> list[str]:
    sources = ["".join(cell["source"]) for cell in code_cells()]
    assert sum('WORLD = "default"' in source for source in sources) == 1
    return [source.replace('WORLD = "default"', f'WORLD = "{world}"') for source in sources]


def run_cells(sources: list[str]) -> list[Any]:
    """Run cells in order as a notebook does (names are shared); returns the last expressions' values."""
    names: dict[str, Any] = {"__name__": "__main__"}
    shown = []
    for source in sources:
        body = ast.parse(source).body
        last = body.pop() if isinstance(body[-1], ast.Expr) else None
        exec(compile(ast.Module(body, []), NOTEBOOK.name, "exec"), names)
        if last is not None:
            shown.append(eval(compile(ast.Expression(last.value), NOTEBOOK.name, "eval"), names))
    return shown


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
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("PLUMBLINE_STORE")
    sources = sources_with_world("small")
    shown = run_cells(sources)
    [path] = tmp_path.rglob("*.duckdb")
    card = shows_the_card(shown, capsys.readouterr().out, Store(path))
    assert OURS in set(card.pooled["method"]), "this world carries a model"


def test_it_reproduces_the_card_of_a_store_without_a_model(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    store = Store(tmp_path / "mine.duckdb")
    build_sample(store, "small", seed=8)
    monkeypatch.setenv("PLUMBLINE_STORE", str(store.path))
    shown = run_cells(sources_with_world("default"))
    card = shows_the_card(shown, capsys.readouterr().out, store)
    assert OURS not in set(card.pooled["method"]), "this world carries none"


def test_it_is_kept_without_outputs() -> None:
    assert all(not cell["outputs"] and cell["execution_count"] is None for cell in code_cells())


def test_it_computes_nothing_of_its_own() -> None:
    """It imports the product and the standard library, and defines no function."""
    trees = [ast.parse("".join(cell["source"])) for cell in code_cells()]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imported = {node.module for node in nodes if isinstance(node, ast.ImportFrom)}
    imported |= {alias.name for node in nodes if isinstance(node, ast.Import) for alias in node.names}
    tops = {str(name).split(".")[0] for name in imported}
    assert tops - set(sys.stdlib_module_names) == {"analytics"}
    assert not [node for node in nodes if isinstance(node, (ast.FunctionDef, ast.Lambda, ast.ClassDef))]
