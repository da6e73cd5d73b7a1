from __future__ import annotations

from typing import Any

import pytest

WORDS: dict[str, Any] = {"currency": "USD", "locale": "en_US"}


@pytest.fixture
def words() -> dict[str, Any]:
    return dict(WORDS)


@pytest.fixture(params=[False, True], ids=["light", "dark"])
def look(request: pytest.FixtureRequest) -> dict[str, Any]:
    return WORDS | {"dark": request.param}


@pytest.fixture
def texts() -> Any:
    """All annotation texts of a figure."""
    return lambda fig: [annotation.text for annotation in fig.layout.annotations]
