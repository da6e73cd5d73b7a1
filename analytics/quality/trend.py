"""How the share of open money that fails each check has moved over the past weeks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pandas as pd

from analytics.company import Company, Scope, span_of
from analytics.pipeline.quarter_end import total
from analytics.quality.check import Found
from analytics.quality.checks import CHECKS, find
from analytics.quality.facts import Facts, facts_as_of
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
    with store.reading():
        for at, one in enumerate(days):
            facts = facts_as_of(store, company, replace(scope, as_of=one), span.last_day, open_only=True)
            rows += _shares(facts)
            if progress:
                progress((at + 1) / len(days), f"{one}")
    return pd.DataFrame(rows, columns=["day", "code", "share", "share_deals", "deals"])


Row = tuple[pd.Timestamp, str, float | None, float | None, int | None]


def _shares(facts: Facts) -> list[Row]:
    deals = facts.open
    rows: list[Row] = []
    touched: set[str] = set()
    for check in CHECKS:
        if not check.in_trend:
            continue
        found = find(check, facts)
        if not isinstance(found, Found):
            rows.append((pd.Timestamp(facts.as_of), check.code, None, None, None))
            continue
        ids = set(found.deals["deal_id"])
        touched |= ids if check.severity != "info" else set()
        rows.append(_row(facts, deals, check.code, ids))
    return [*rows, _row(facts, deals, ANY, touched)]


def _row(facts: Facts, deals: pd.DataFrame, code: str, ids: set[str]) -> Row:
    named = deals["deal_id"].isin(ids)
    whole, part = total(deals["amount_company"].dropna()), deals.loc[named, "amount_company"].dropna()
    is_known = whole > 0 and (len(part) > 0 or not ids)
    return (
        pd.Timestamp(facts.as_of),
        code,
        total(part) / whole if is_known else None,
        len(ids) / len(deals) if len(deals) else None,
        len(ids),
    )
