"""Which deals changed since a moment, in the order in which they did.

HubSpot's search stops at 10,000 rows, and its offsets shift while deals change. So only first pages are
asked: each begins at the moment with which the last one ended. Of a page full of one moment (an import, a
workflow) the rest is read by id.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from analytics.sync.hubspot_api import PAGE, HubSpot

_SEARCH = "crm/v3/objects/deals/search"
_MODIFIED, _ID = "hs_lastmodifieddate", "hs_object_id"


def changed_deals(api: HubSpot, since: int) -> Iterator[tuple[str, int]]:
    """Id and moment (milliseconds) of each deal changed at `since` or later, the earliest change first."""
    seen: set[tuple[str, int]] = set()
    while True:
        page = _search(api, [_filter(_MODIFIED, "GTE", since)], _MODIFIED)
        for found in page:
            if found not in seen:
                yield found
        if len(page) < PAGE:
            return
        last = page[-1][1]
        if last > since:
            seen, since = {found for found in page if found[1] == last}, last
            continue
        seen |= set(page)
        for found in _of_moment(api, since):
            if found not in seen:
                yield found
        seen, since = set(), since + 1


def _of_moment(api: HubSpot, moment: int) -> Iterator[tuple[str, int]]:
    """All deals of one moment, by id."""
    last = 0
    while True:
        filters = [_filter(_MODIFIED, "EQ", moment), _filter(_ID, "GT", last)]
        page = _search(api, filters, _ID)
        yield from page
        if len(page) < PAGE:
            return
        last = int(page[-1][0])


def _filter(name: str, operator: str, value: int) -> dict[str, str]:
    return {"propertyName": name, "operator": operator, "value": str(value)}


def _search(api: HubSpot, filters: list[dict[str, str]], order: str) -> list[tuple[str, int]]:
    body = {
        "filterGroups": [{"filters": filters}],
        "sorts": [{"propertyName": order, "direction": "ASCENDING"}],
        "properties": [_MODIFIED],
        "limit": PAGE,
    }
    rows: list[dict[str, Any]] = api.ask("POST", _SEARCH, json=body)["results"]
    return [(str(row["id"]), milliseconds(row["properties"][_MODIFIED])) for row in rows]


def milliseconds(text: str) -> int:
    """A moment as HubSpot writes it (ISO, or milliseconds) in milliseconds since 1970."""
    if text.isdecimal():
        return int(text)
    moment = datetime.fromisoformat(text).astimezone(UTC)
    return int(moment.timestamp()) * 1000 + moment.microsecond // 1000
