"""Runs a notebook without Jupyter and keeps what it prints and shows, as text.

`python -m tests.execute_notebook notebooks/past_quarter.ipynb`
"""

from __future__ import annotations

import ast
import contextlib
import io
import json
import sys
from pathlib import Path
from typing import Any

import pandas as pd


def run_cell(source: str, names: dict[str, Any]) -> tuple[str, Any]:
    """Run one cell with the names of those before it: what it prints, and its last expression's value."""
    body = ast.parse(source).body
    last = body.pop() if body else None
    if last is not None and not isinstance(last, ast.Expr):
        body.append(last)
        last = None
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(ast.Module(body, []), "cell", "exec"), names)
        value = None
        if last is not None:
            value = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
    return printed.getvalue(), value


def execute(path: Path) -> None:
    """Run all cells in order and write the notebook with its outputs; figures are too large to keep."""
    notebook = json.loads(path.read_text(encoding="utf-8"))
    names: dict[str, Any] = {"__name__": "__main__"}
    cells = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    for number, cell in enumerate(cells, start=1):
        printed, value = run_cell("".join(cell["source"]), names)
        cell["execution_count"], cell["outputs"] = number, _outputs(number, printed, value)
    path.write_text(json.dumps(notebook, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")


def _outputs(number: int, printed: str, value: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = []
    if printed:
        found.append({"output_type": "stream", "name": "stdout", "text": printed.splitlines(keepends=True)})
    text = _as_text(value)
    if text:
        data = {"text/plain": text.splitlines(keepends=True)}
        found.append(
            {"output_type": "execute_result", "execution_count": number, "metadata": {}, "data": data}
        )
    return found


def _as_text(value: Any) -> str:
    if isinstance(value, pd.DataFrame):
        return value.to_string(index=False, float_format="{:,.2f}".format)
    return "" if value is None or hasattr(value, "to_plotly_json") else repr(value)


if __name__ == "__main__":
    execute(Path(sys.argv[1]))
