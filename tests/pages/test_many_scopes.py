"""A meeting in which everybody looks at their own deals: nobody's number is made anew for that of another."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pages.shared import cached


def test_the_forecasts_of_fifty_scopes_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(cached, "forecast", lambda store, company, scope, *rest: made.append(scope) or scope)
    scopes = [f"of person {number}" for number in range(50)]
    try:
        for scope in [*scopes, *scopes]:
            cached._forecast("store", "version", "company", scope, SimpleNamespace(basis=None))  # type: ignore[arg-type]
    finally:
        cached._forecast.clear()
    assert made == scopes
