"""What a forecast rests on, learned once for all page tests of a process."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from analytics.company import company_of
from analytics.fiscal import Quarter
from analytics.forecast.basis import Basis, basis_of
from analytics.forecast.quarter_forecast import Whole, whole_company
from analytics.store.database import Store


@cache
def basis_at(path: Path, as_of: date) -> Basis:
    """The basis of a store that does not change."""
    store = Store(path)
    return basis_of(store, company_of(store), as_of)


@cache
def whole_at(path: Path, as_of: date, quarter: Quarter) -> Whole:
    """One of its quarters."""
    store = Store(path)
    return whole_company(store, company_of(store), as_of, quarter, basis_at(path, as_of))
