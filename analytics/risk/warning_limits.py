"""The limits of the warnings: kept as one dated setting of the store, what was never set has its default."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from analytics.problems import BadInput
from analytics.risk.warning_rules import RULE, RULES, Limit, Rule
from analytics.store.database import Store
from analytics.store.settings import read_settings, write_setting

Limits = Mapping[str, Limit]  # by the rule's key; every rule has one
#: The setting that holds them.
SETTING = "warnings"
_EXAMPLE = '{"no_activity": {"limit": 21, "on": true}}'


def default_limits() -> dict[str, Limit]:
    """Every warning on, at its default limit."""
    return {rule.key: rule.default for rule in RULES}


def read_limits(store: Store) -> dict[str, Limit]:
    """The limits in force. Raises BadInput if the setting cannot be read."""
    return limits_from(read_settings(store)[SETTING])


def save_limits(store: Store, limits: Limits) -> None:
    """Put limits in force from now on; earlier ones stay in the store. Raises BadInput if one cannot be."""
    given = {
        key: {"limit": limit.value, "on": limit.is_on}
        for key, limit in limits.items()
        if limit != RULE[key].default
    }
    text = json.dumps(given)
    limits_from(text)
    write_setting(store, SETTING, text)


def limits_from(text: str) -> dict[str, Limit]:
    """The limits that a setting's text states, defaults for the rest. Raises BadInput."""
    try:
        given = json.loads(text)
    except json.JSONDecodeError:
        given = None
    if not isinstance(given, dict):
        raise _bad("the setting is no JSON object", f"one like {_EXAMPLE}", text)
    limits = default_limits()
    for key, one in given.items():
        if key not in RULE:
            raise _bad("there is no such warning", "one of " + ", ".join(RULE), str(key))
        limits[key] = _limit(RULE[key], one)
    return limits


def _limit(rule: Rule, given: Any) -> Limit:
    if not isinstance(given, dict) or set(given) - {"limit", "on"}:
        raise _bad(f"{rule.key} cannot be read", f"limit and on, like {_EXAMPLE}", json.dumps(given))
    value, is_on = given.get("limit", rule.default.value), given.get("on", rule.default.is_on)
    low, high = rule.allowed
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not is_number or not low <= value <= high:
        raise _bad(f"the limit of {rule.key}", f"{low:g} to {high:g} {rule.unit}", str(value))
    if not isinstance(is_on, bool):
        raise _bad(f"on of {rule.key}", "true or false", str(is_on))
    return Limit(float(value), is_on)


def _bad(what: str, expected: str, got: str) -> BadInput:
    to_do = "Change it on the page Warnings, or with `python -m analytics settings warnings '{...}'`."
    return BadInput(what, where=f"setting {SETTING}", expected=expected, got=got, to_do=to_do)
