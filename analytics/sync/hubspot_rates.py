"""HubSpot's exchange rates: since when one unit of a currency is worth how much in the account's own."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pandas as pd

from analytics.store.database import Store
from analytics.store.staging import Staging
from analytics.store.subjects import BEGINNING
from analytics.sync.core import Run
from analytics.sync.hubspot_api import HubSpot
from analytics.sync.hubspot_changes import milliseconds

_RATES = "settings/v3/currencies/exchange-rates"
_FILE = "hubspot/exchange rates"


def rates_of(api: HubSpot) -> list[dict[str, Any]]:
    """Every rate that was ever set. Raises BadInput where HubSpot refuses them."""
    return [rate for page in api.pages(_RATES) for rate in page]


def rate_rows(store: Store, run: Run, rates: list[dict[str, Any]]) -> Callable[[Staging], None] | None:
    """What stages the rates; None where there are none, or none in the company's currency.

    Before the first day with a rate that rate counts, as in a file of rates (analytics.intake.rates).
    """
    own = {str(rate.get("toCurrencyCode") or "") for rate in rates}
    if not rates:
        return None
    settings = store.query("settings_as_of") if store.exists else pd.DataFrame({"key": [], "value": []})
    company = dict(zip(settings["key"], settings["value"], strict=True)).get("company_currency")
    if len(own) > 1 or (company and own != {company}):
        run.note(
            f"HubSpot's exchange rates are to {', '.join(sorted(own))}, the company's currency is"
            f" {company or 'not set'}: they are not read. If HubSpot is right:"
            f" `python -m analytics settings company_currency {min(own)}`."
        )
        return None

    def add(staging: Staging) -> None:
        digest = hashlib.sha256(json.dumps(rates, sort_keys=True).encode()).hexdigest()
        file_no = staging.add_file(_FILE, "hubspot", digest, len(rates))
        known = pd.DataFrame(
            _readable(staging, file_no, rates), columns=["currency", "rate", "valid_at", "line"]
        )
        if known.empty:
            return
        first = known.sort_values("valid_at", kind="stable").drop_duplicates("currency")
        staging.add("currency_rate", known, file_no=file_no)
        since_always = {"valid_at": pd.Timestamp(BEGINNING)}
        staging.add("currency_rate", first.assign(**since_always), file_no=file_no, is_opening=True)
        setting = pd.DataFrame([{"key": "company_currency", "value": min(own), "line": 1, **since_always}])
        staging.add("setting", setting, file_no=file_no, is_opening=True)

    return add


def _readable(
    staging: Staging, file_no: int, rates: list[dict[str, Any]]
) -> list[tuple[str, float, datetime, int]]:
    """Currency, rate, since when (UTC) and which of the list; what cannot be read is a reject."""
    found = []
    for line, rate in enumerate(rates, 1):
        said = rate.get("conversionRate")
        try:
            value = float(str(said))
            since = pd.Timestamp(milliseconds(str(rate["effectiveAt"])), unit="ms").floor("s")
            if not 0 < value < float("inf"):
                raise ValueError
        except (KeyError, TypeError, ValueError):
            reason = "expected a rate above 0 and since when it holds; correct it in HubSpot"
            staging.reject(file_no, line, "conversionRate", str(said), reason)
            continue
        found.append((str(rate.get("fromCurrencyCode")), value, since.to_pydatetime(), line))
    return found
