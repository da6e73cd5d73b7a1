"""The levels that an answer can have at all, by plain rules, whatever the model thinks of it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from analytics.business_case.depth.marks import MEASURES, PEOPLE, WHEN
from analytics.business_case.depth.phrases import Word, phrases
from analytics.business_case.depth.vocabulary import BARE

OWNERS = PEOPLE | {"role"}
SOURCES = frozenset({"evidence", "quotation", "document"}) | WHEN | {"own_date"}
#: What tells why, how much or by when, or what is in the way.
TELLS = MEASURES | {
    "deadline", "cause", "if_then", "so_then", "change", "consequence", "contrast", "negation",
}  # fmt: skip
_KNOWN = OWNERS | SOURCES | MEASURES | {"customer", "acronym", "consequence", "cause"}
#: The questions that "yes" answers, if badly.
YES_NO = frozenset({"budget", "stakeholders", "gotchas"})
_BARE = frozenset(phrases(BARE))
_LATIN_END = "\u0250"
_HARD_FACTS = (MEASURES, WHEN, PEOPLE, frozenset({"acronym"}))
_PART = re.compile(r"[,.;:\n/]+(?:\s+(?:and|or|und|et|y|e|i)\b)?|\b(?:and|or)\b")
_NONE = re.compile(
    r"\s*(?:no|not|none|never|without|kein\w*|sin|sem|geen|nessun\w*|pas de|brak|нет|без)\b", re.I
)


def bare(words: list[Word]) -> bool:
    """Whether a text is nothing but "yes", "ok" or "no"."""
    return 0 < len(words) <= 3 and all(word in _BARE for word, _, _ in words)


def only_missing(text: str) -> bool:
    """Whether a text only lists what is missing, in a few words each: "no budget, no owner, no date"."""
    parts = [part for part in _PART.split(text) if part.strip()]
    return len(parts) > 1 and all(_NONE.match(part) and len(part.split()) <= 4 for part in parts)


def limits(text: str, rules: Iterable[str]) -> tuple[int, int]:
    """The lowest and the highest level that a text can have.

    Highest: 0 without a letter; 1 for one or two words that no rule knows, and for a list of what is
    missing; 3 without somebody (by name or role), a source or date, and a why, how much or by when; else 4.
    Lowest: 2 for two hard facts (amount, date, name) in a script that the word lists hardly know; else 0.
    """
    letters = [sign for sign in text if sign.isalpha()]
    if not letters:
        return 0, 0
    found = set(rules)
    if not found & _KNOWN and len(set(text.lower().split())) <= 2:
        return 0, 1
    if not found & (MEASURES | WHEN | PEOPLE) and only_missing(text):
        return 0, 1
    foreign = sum(sign > _LATIN_END for sign in letters) * 2 > len(letters)
    lowest = 2 if foreign and sum(bool(found & facts) for facts in _HARD_FACTS) >= 2 else 0
    return lowest, 4 if found & OWNERS and found & SOURCES and found & TELLS else 3
