"""What is there twice."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

import pandas as pd
from rapidfuzz import fuzz, process

from analytics.quality.check import REVOPS, Check, Found, NotJudged
from analytics.quality.facts import Facts, failing

ALIKE = 85  # rapidfuzz's token_sort_ratio, 0-100, of the names without their account
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
    ordered = deals.sort_values(
        ["amount_company", "created_at", "deal_id"], ascending=[False, True, True], na_position="last"
    )
    accounts = ordered["account_name"].fillna("").str.strip().str.casefold()
    for account, group in ordered[accounts.duplicated(keep=False)].groupby(accounts):
        if not account or len(group) > _MOST:
            continue
        ids, names = list(group["deal_id"]), [_core(name, str(account)) for name in group["name"]]
        alike = process.cdist(names, names, scorer=fuzz.token_sort_ratio)
        for larger, smaller in combinations(range(len(ids)), 2):
            if alike[larger][smaller] >= ALIKE or names[larger] == names[smaller]:
                yield ids[smaller], ids[larger]


def _core(name: object, account: str) -> str:
    """A deal's name without its account's words, years and signs: what the deal itself is about."""
    words = _NOT_WORDS.sub(" ", str(name).casefold()).split()
    of_account = set(_NOT_WORDS.sub(" ", account).split())
    return " ".join(word for word in words if word not in of_account)


CHECKS = (
    Check(
        "DQ24", "Likely duplicate", "duplicated", "warning", "open deals",
        "Two open deals of one account with nearly the same name: the money may count twice.",
        "Close one of the two, or give them names that tell them apart.",
        REVOPS, _likely_duplicates,
    ),
)  # fmt: skip
