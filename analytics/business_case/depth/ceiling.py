"""The level that an answer can reach at most, by plain rules, whatever the model thinks of it."""

from __future__ import annotations

from collections.abc import Iterable

from analytics.business_case.depth.marks import MEASURES, PEOPLE, WHEN

OWNERS = PEOPLE | {"role"}
SOURCES = frozenset({"evidence", "quotation", "document"}) | WHEN | {"own_date"}
_KNOWN = OWNERS | SOURCES | MEASURES | {"customer", "acronym", "consequence", "cause"}


def ceiling(text: str, rules: Iterable[str]) -> int:
    """0 without a letter; 1 for one or two words that no rule knows; 3 without somebody (by name or role), or
    without a source or date; else 4.
    """
    if not any(sign.isalpha() for sign in text):
        return 0
    found = set(rules)
    if not found & _KNOWN and len(set(text.lower().split())) <= 2:
        return 1
    return 4 if found & OWNERS and found & SOURCES else 3
