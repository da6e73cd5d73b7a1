"""One small sample company for all page tests, and the app started on it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from analytics.company import Company, Scope, company_of, span_of
from analytics.store.database import Store

APP = Path(__file__).parents[2] / "app.py"


@pytest.fixture(scope="session")
def company(sample_store: Store) -> Company:
    return company_of(sample_store)


@pytest.fixture(scope="session")
def scope(sample_store: Store, company: Company) -> Scope:
    """The whole company on the last day that is known."""
    as_of = span_of(sample_store, company).last_day
    return Scope(as_of, company.calendar.quarter_of(as_of))


@pytest.fixture(autouse=True, scope="module")
def no_caches_of_other_files() -> None:
    """Files patch what their pages would learn; within a file, a store and its version are key enough."""
    st.cache_data.clear()


@pytest.fixture(autouse=True)
def no_caches_of_patched_code(request: pytest.FixtureRequest) -> Iterator[None]:
    """A test that patches code itself neither finds what others cached nor leaves anything."""
    is_patching = "monkeypatch" in inspect.signature(request.function).parameters
    if is_patching:
        st.cache_data.clear()
    yield
    if is_patching:
        st.cache_data.clear()


@pytest.fixture(autouse=True, scope="session")
def no_component_search() -> Iterator[None]:
    """Every AppTest would read the metadata of all installed packages, to find components; there are none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("streamlit.components.v2.manifest_scanner.scan_component_manifests", list)
        yield


@pytest.fixture
def app(sample_store: Store, monkeypatch: pytest.MonkeyPatch) -> Callable[..., AppTest]:
    """Open a page of the app: `app("pages/deals/one_deal.py", deal="NB-1")`."""

    def open_page(page: str = "", store: Path | None = None, **query: str) -> AppTest:
        monkeypatch.setenv("PLUMBLINE_STORE", str(store or sample_store.path))
        at = AppTest.from_file(str(APP), default_timeout=600)
        if page:
            at.switch_page(page)  # forgets the query, so this comes first
        for key, value in query.items():
            at.query_params[key] = value
        return at.run()

    return open_page


def texts(at: AppTest) -> str:
    """All that the page says, in one string."""
    kinds = ("title", "markdown", "caption", "subheader", "text", "info", "warning", "error", "success")
    return "\n".join(str(element.value) for kind in kinds for element in at.get(kind))
