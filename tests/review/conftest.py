"""The small company's number, made once for the tests of the review."""

from __future__ import annotations

import pytest

from analytics.company import Company, Scope
from analytics.forecast.basis import Basis
from analytics.forecast.quarter_forecast import Forecast, forecast
from analytics.store.database import Store
from tests.conftest import TODAY


@pytest.fixture(scope="session")
def scope(small_company: Company) -> Scope:
    return Scope(TODAY, small_company.calendar.quarter_of(TODAY))


@pytest.fixture(scope="session")
def basis(small_basis: Basis) -> Basis:
    return small_basis


@pytest.fixture(scope="session")
def found(small_world: Store, small_company: Company, scope: Scope, basis: Basis) -> Forecast:
    return forecast(small_world, small_company, scope, basis)
