"""How the share of open money that fails each check has moved over the past weeks."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from analytics.company import Company, Scope, span_of
from analytics.pipeline.quarter_end import total
from analytics.quality.check import Found
from analytics.quality.checks import CHECKS, find
from analytics.quality.facts import Facts, open_facts_at
from analytics.store.database import Store

WEEKS = 13
ANY = "any"  # the line of all errors and warnings together
Progress = Callable[[float, str], None]


def trend(store: Store, company: Company, scope: Scope, progress: Progress | None = None) -> pd.DataFrame:
    """The scope at its day and at the same weekday of up to 13 weeks before, as it was known at each.

    day, code ('any' = at least one error or warning), share of the open deals' money (0-1, missing where the
    check could not be judged, no money was open or none of its deals has any), share_deals (of the open
    deals), deals. Only checks of open deals that are quick to make.
    """
    span = span_of(store, company)
    days = [scope.as_of - timedelta(days=7 * back) for back in range(WEEKS, -1, -1)]
    days = [one for one in days if one >= span.first_day]
    rows = []
    for at, facts in enumerate(open_facts_at(store, company, scope, days, span.last_day)):
        rows += _shares(facts)
        if progress:
            progress((at + 1) / len(days), f"{facts.as_of}")
    return pd.DataFrame(rows, columns=["day", "code", "share", "share_deals", "deals"])


Row = tuple[pd.Timestamp, str, float | None, float | None, int | None]


def _shares(facts: Facts) -> list[Row]:
    rows: list[Row] = []
    touched = np.zeros(len(facts.open), dtype=bool)
    for check in CHECKS:
        if not check.in_trend:
            continue
        found = find(check, facts)
        if not isinstance(found, Found):
            rows.append((pd.Timestamp(facts.as_of), check.code, None, None, None))
            continue
        named = facts.open.index.isin(found.deals.index)
        if check.severity != "info":
            touched |= named
        rows.append(_row(facts, check.code, named))
    return [*rows, _row(facts, ANY, touched)]


def _row(facts: Facts, code: str, named: NDArray[np.bool_]) -> Row:
    amounts = facts.open["amount_company"]
    whole, part = total(amounts.dropna()), amounts[named].dropna()
    is_known = whole > 0 and (len(part) > 0 or not named.any())
    return (
        pd.Timestamp(facts.as_of),
        code,
        total(part) / whole if is_known else None,
        float(named.mean()) if len(named) else None,
        int(named.sum()),
    )
