"""The company's settings: read, check, change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from zoneinfo import available_timezones

import pandas as pd
from babel import Locale, UnknownLocaleError
from babel.numbers import is_currency

from analytics.problems import BadInput
from analytics.store.database import Store
from analytics.store.landing import land
from analytics.store.moments import now_in
from analytics.store.staging import Staging
from analytics.store.subjects import SETTINGS


def _is_locale(value: str) -> bool:
    try:
        Locale.parse(value)
    except (UnknownLocaleError, ValueError):
        return False
    return True


#: What a setting may be: a test and the words for it.
_RULES: dict[str, tuple[Callable[[str], bool], str]] = {
    "company_currency": (is_currency, "a currency code like USD or EUR"),
    "time_zone": (lambda value: value in available_timezones(), "a time zone like Europe/Berlin"),
    "locale": (_is_locale, "a locale like en_US or de_DE"),
    "fiscal_year_start_month": (
        lambda value: value in [str(n) for n in range(1, 13)],
        "a month from 1 to 12",
    ),
    "method": (lambda value: value in ("seven", "meddpicc", "bant"), "seven, meddpicc or bant"),
    "fiscal_year_named_by": (lambda value: value in ("start", "end"), "start or end"),
}


def read_settings(store: Store) -> dict[str, str]:
    """Every setting with its value; what was never set has its default."""
    if not store.exists:
        return dict(SETTINGS)
    rows = store.query("settings_as_of")
    return SETTINGS | dict(zip(rows["key"], rows["value"], strict=True))


def write_setting(store: Store, key: str, value: str) -> None:
    """Change one setting. Raises BadInput if there is no such setting or the value cannot be."""
    write_settings(store, {key: value})


def write_settings(store: Store, values: Mapping[str, str]) -> None:
    """Change several settings, all or none. Raises BadInput for one that there is not or that cannot be."""
    for key, value in values.items():
        _check(key, value)
    staging = Staging()
    staging.restates = True
    now = pd.Timestamp(now_in(store))
    said = " ".join(f"{key}={value}" for key, value in values.items())
    file_no = staging.add_file("settings", "settings", f"{said}@{now}", len(values))
    rows = {"key": list(values), "value": list(values.values()), "valid_at": [now] * len(values)}
    staging.add("setting", pd.DataFrame(rows), file_no=file_no)
    land(store, staging, kind="settings")


def _check(key: str, value: str) -> None:
    if key not in SETTINGS:
        raise BadInput("there is no such setting", expected="one of " + ", ".join(SETTINGS), got=repr(key))
    allowed, words = _RULES.get(key, (lambda _: True, "a text"))
    if not allowed(value):
        raise BadInput(f"{key} cannot be this", expected=words, got=repr(value))
