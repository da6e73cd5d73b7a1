"""The architecture, as rules that a change cannot forget."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

#: What everything that computes from the store may use.
FACTS = (
    "analytics.problems",
    "analytics.wording",
    "analytics.terms",
    "analytics.fiscal",
    "analytics.company",
    "analytics.store",
)
#: Imports point down only. A module may import from its own layer's entry and what stands after it.
MAY_IMPORT = {
    "analytics.problems": set(),
    "analytics.wording": {"analytics.problems"},
    "analytics.terms": set(),
    "analytics.logs": set(),
    "analytics.zips": {"analytics.problems"},
    "analytics.scratch": set(),
    "analytics.intervals": set(),
    "analytics.fiscal": {"analytics.problems"},
    "analytics.store": {"analytics.problems", "analytics.logs", "analytics.scratch"},
    "analytics.company": {"analytics.problems", "analytics.fiscal", "analytics.store"},
    "analytics.access": {
        "analytics.problems",
        "analytics.wording",
        "analytics.company",
        "analytics.store",
        "analytics.written_rows",
    },
    "analytics.audit": {
        "analytics.problems",
        "analytics.wording",
        "analytics.fiscal",
        "analytics.company",
        "analytics.store",
    },
    "analytics.erasure": {
        "analytics.problems",
        "analytics.wording",
        "analytics.company",
        "analytics.store",
        "analytics.access",
        "analytics.audit",
    },
    "analytics.sample_company": {"analytics.store.subjects"},
    "analytics.written_rows": {"analytics.problems", "analytics.company", "analytics.store"},
    "analytics.html_files": {"analytics.wording"},
    "analytics.intake": {
        "analytics.problems",
        "analytics.scratch",
        "analytics.zips",
        "analytics.store.patterns",
        "analytics.store.staging",
        "analytics.store.subjects",
        "analytics.business_case.questions",
        "analytics.business_case.blue_sheets",
        "analytics.business_case.sheet_matching",
        "analytics.business_case.sheet_rows",
    },
    "analytics.sync": {
        "analytics.problems",
        "analytics.wording",
        "analytics.fiscal",
        "analytics.company",
        "analytics.store",
        "analytics.intake",
    },
    "analytics.warehouse": {
        "analytics.problems",
        "analytics.store.database",
        "analytics.store.patterns",
        "analytics.sync.secrets",
    },
    "analytics.business_case.depth": {"analytics.problems"},
    "analytics.business_case.blue_sheets": {
        "analytics.problems",
        "analytics.store.subjects",
        "analytics.zips",
    },
    "analytics.business_case": {
        *FACTS,
        "analytics.written_rows",
        "analytics.zips",
        "analytics.pipeline.deals",
    },
    "analytics.figures": {
        "analytics.problems",
        "analytics.wording",
        "analytics.terms",
    },
    "analytics.pipeline": {
        *FACTS,
    },
    "analytics.risk": {
        *FACTS,
        "analytics.pipeline",
        "analytics.business_case",
    },
    "analytics.forecast": {
        "analytics.intervals",
        "analytics.risk",
        *FACTS,
        "analytics.pipeline",
    },
    "analytics.review": {
        "analytics.intervals",
        "analytics.written_rows",
        "analytics.forecast",
        "analytics.risk",
        *FACTS,
        "analytics.pipeline",
        "analytics.business_case",
    },
    "analytics.quality": {
        "analytics.written_rows",
        "analytics.freshness",
        *FACTS,
        "analytics.pipeline",
        "analytics.business_case",
    },
    "analytics.freshness": {*FACTS, "analytics.sync.freshness"},
    "analytics.playbook": {
        "analytics.intervals",
        "analytics.written_rows",
        "analytics.risk",
        *FACTS,
        "analytics.pipeline",
        "analytics.business_case",
    },
    "analytics.coaching": {
        "analytics.html_files",
        "analytics.intervals",
        "analytics.written_rows",
        "analytics.playbook",
        "analytics.review",
        "analytics.forecast",
        "analytics.risk",
        *FACTS,
        "analytics.pipeline",
        "analytics.business_case",
    },
    "analytics.digest": {
        "analytics.html_files",
        "analytics.written_rows",
        "analytics.coaching",
        "analytics.playbook",
        *FACTS,
        "analytics.pipeline",
        "analytics.business_case",
    },
}
NOT_IN_PAGES = {"duckdb", "pandas", "numpy", "plotly", "sklearn", "scipy"}


def python_files(folder: str) -> list[Path]:
    return sorted((ROOT / folder).rglob("*.py"))


def imported(path: Path) -> set[str]:
    """Every module that a file imports, as dotted names."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def module_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def within(name: str, layers: set[str]) -> bool:
    return any(name == layer or name.startswith(layer + ".") for layer in layers)


@pytest.mark.parametrize("layer", MAY_IMPORT)
def test_imports_point_one_way(layer: str) -> None:
    allowed = MAY_IMPORT[layer] | {layer}
    wrong = [
        f"{module_of(path)} imports {name}"
        for path in python_files("analytics")
        if within(module_of(path), {layer})
        for name in imported(path)
        if within(name, {"analytics", "pages", "streamlit"}) and not within(name, allowed)
    ]
    assert not wrong, f"{layer} may only import {sorted(allowed)}: {wrong}"


def test_analytics_knows_neither_streamlit_nor_pages() -> None:
    wrong = [
        f"{module_of(path)} imports {name}"
        for path in python_files("analytics")
        for name in imported(path)
        if within(name, {"streamlit", "pages"})
    ]
    assert not wrong, wrong


def test_pages_hold_no_sql_pandas_plotly_or_sklearn() -> None:
    wrong = [
        f"{module_of(path)} imports {name}"
        for path in [*python_files("pages"), ROOT / "app.py"]
        for name in imported(path)
        if name.split(".")[0] in NOT_IN_PAGES
    ]
    assert not wrong, wrong


def test_no_python_file_lies_directly_in_pages() -> None:
    """Streamlit serves pages/*.py by URL without running app.py, past the sign-in gate."""
    assert not list((ROOT / "pages").glob("*.py"))


def test_app_registers_its_pages_before_anything_can_stop_it() -> None:
    text = (ROOT / "app.py").read_text(encoding="utf-8")
    places = [text.index(call) for call in ("st.navigation(", "st.stop()", "scope.choose(", "page.run()")]
    assert places == sorted(places)


def test_one_module_opens_the_store() -> None:
    """Everything else gets a connection from analytics.store.database (staging is only ever in memory)."""
    wrong = [
        module_of(path)
        for path in python_files("analytics")
        if "duckdb.connect(" in path.read_text(encoding="utf-8")
        and module_of(path) not in ("analytics.store.database", "analytics.store.staging")
    ]
    assert not wrong, wrong


def test_every_query_says_its_question_grain_and_parameters() -> None:
    queries = sorted((ROOT / "analytics/store/queries").glob("*.sql"))
    assert queries
    for query in queries:
        text = query.read_text(encoding="utf-8")
        for word in ("-- question:", "-- grain:", "parameters:"):
            assert word in text, f"{query.name} lacks '{word}'"


def test_pages_stay_short() -> None:
    """A page is scope, answer, show; what grows beyond that belongs into analytics or pages/shared."""
    long = {
        module_of(path): n
        for path in python_files("pages")
        if "shared" not in path.parts and (n := len(path.read_text(encoding="utf-8").splitlines())) > 150
    }
    assert not long, long
