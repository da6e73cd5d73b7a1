"""What each rule found, in plain words, and which rules can have earned a level."""

from __future__ import annotations

from analytics.business_case.depth.limits import SOURCES
from analytics.business_case.depth.marks import MEASURES, PEOPLE, WHEN

_WORDS: dict[str, frozenset[str]] = {
    "how much": MEASURES,
    "when": WHEN,
    "says why": frozenset({"cause", "if_then", "so_then"}),
    "compared with what": frozenset({"change"}),
    "what follows": frozenset({"consequence"}),
    "but or only": frozenset({"contrast"}),
    "named source": frozenset({"evidence", "document"}),
    "quoted words": frozenset({"quotation"}),
    "named person": PEOPLE,
    "role": frozenset({"role"}),
    "something of this customer": frozenset({"customer", "acronym"}),
    "what it tells": frozenset({"statement"}),
    "placeholder": frozenset({"placeholder"}),
    "general wish or pitch": frozenset({"pitch", "generic_cust"}),
    "enthusiasm": frozenset({"enthusiasm"}),
    "belief": frozenset({"hedge"}),
    "bare yes or no": frozenset({"bare_yes"}),
    "our own sale": frozenset({"seller", "seller_money", "activity"}),
    "our own number": frozenset({"own_number"}),
    "our own date": frozenset({"own_date"}),
    "speaks of another question": frozenset({"other_question"}),
}
_OF_RULE = {rule: words for words, rules in _WORDS.items() for rule in rules}

REASONS = _WORDS["says why"] | _WORDS["what follows"] | _WORDS["compared with what"]
CONCRETE = _WORDS["something of this customer"] | PEOPLE | {"role"}
_SHALLOW = frozenset({"pitch", "generic_cust", "enthusiasm", "hedge", "bare_yes", "seller", "own_number"})
#: Level -> the rules whose spans can have earned it. Where none is found, the next set is tried.
EARNING: dict[int, tuple[frozenset[str], ...]] = {
    0: (frozenset({"placeholder"}),),
    1: (_SHALLOW, frozenset({"placeholder", "activity"}) | PEOPLE),
    2: (CONCRETE, MEASURES | WHEN | REASONS | SOURCES),
    3: (MEASURES | WHEN | REASONS, frozenset({"contrast"}), CONCRETE),
    4: (MEASURES | REASONS | SOURCES | PEOPLE | {"role"},),
}


def rule_words(rule: str) -> str:
    """What a rule found, for a reader: "how much", "says why", "named source"; an unknown rule's own name."""
    return _OF_RULE.get(rule, rule.replace("_", " "))
