"""What a forecast rests on, learned once for all page tests of a process."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

from analytics.company import company_of
from analytics.fiscal import Quarter
from analytics.forecast.quarter_forecast import Whole, whole_company
from analytics.store.database import Store
from tests.kept import basis_at


@cache
def whole_at(path: Path, as_of: date, quarter: Quarter) -> Whole:
    """One of its quarters."""
    store = Store(path)
    return whole_company(store, company_of(store), as_of, quarter, basis_at(path, as_of))
