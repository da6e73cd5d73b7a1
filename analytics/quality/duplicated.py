"""What is there twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

import pandas as pd
from rapidfuzz import fuzz

from analytics.quality.check import REVOPS, Check, Found, NotJudged
from analytics.quality.facts import Facts, failing

ALIKE = 85  # rapidfuzz's ratio, 0-100, of the names' sorted words without their account
_NOT_WORDS = re.compile(r"[\W\d_]+")
#: More open deals than this of one account are no duplicates but a way to book; comparing them all is dear.
_MOST = 200


def _likely_duplicates(facts: Facts) -> Found | NotJudged:
    """Both open, the same account, nearly the same name: the smaller one is named."""
    every = facts.everyone[facts.everyone["is_open"]]
    if not facts.records("account_name"):
        return NotJudged("not enough data", "No accounts are loaded.")
    names = every.set_index("deal_id")["name"]
    twins = {smaller: f"like {names[larger]}" for smaller, larger in _pairs(every)}
    said = facts.open["deal_id"].map(twins)
    return failing(facts.open, said.notna(), said)


def _pairs(deals: pd.DataFrame) -> Iterator[tuple[str, str]]:
    """Deal ids: the smaller of a pair, the larger (by amount, then by age)."""
    accounts = deals["account_name"].fillna("").str.strip().str.casefold()
    shared = deals.assign(account=accounts)[accounts.duplicated(keep=False) & (accounts != "")]
    ordered = shared.sort_values(
        ["amount_company", "created_at", "deal_id"], ascending=[False, True, True], na_position="last"
    )
    of_account: dict[str, list[tuple[str, str]]] = {}
    for account, id_, name in zip(ordered["account"], ordered["deal_id"], ordered["name"], strict=True):
        of_account.setdefault(account, []).append((id_, _core(name, account)))
    for found in of_account.values():
        if len(found) <= _MOST:
            for (larger, name), (smaller, other) in combinations(found, 2):
                if fuzz.ratio(name, other) >= ALIKE:
                    yield smaller, larger


def _core(name: str, account: str) -> str:
    """A deal's name without its account's words, years and signs, sorted: what the deal itself is about."""
    words = _NOT_WORDS.sub(" ", name.casefold()).split()
    of_account = set(_NOT_WORDS.sub(" ", account).split())
    return " ".join(sorted(word for word in words if word not in of_account))


CHECKS = (
    Check(
        "DQ24", "Likely duplicate", "duplicated", "warning", "open deals",
        "Two open deals of one account with nearly the same name: the money may count twice.",
        "Close one of the two, or give them names that tell them apart.",
        REVOPS, _likely_duplicates,
    ),
)  # fmt: skip
