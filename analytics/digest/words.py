"""What the feed and its digest say in sentences (plain texts)."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.company import Company
from analytics.digest.week import CAUSE_WORDS, Week, best, candidates, causes, closed, people
from analytics.wording import count, is_missing, level_words, listed, money

_MOST_NAMES = 5
HOW_CHOSEN = (
    "Chosen from the week's changes: answers that are explained or evidenced now, by levels gained, the"
    " deal's money and freshness; one per deal and at most two of a person. A text that was copied from"
    " another account's deal counts as surface; a root cause that is not evidenced needs"
    f" {CAUSE_WORDS} marked words in a row. Marked are the words that earned the level. The page Answer"
    " changes has every change."
)


def headline(week: Week, company: Company) -> tuple[str, str]:
    """How many gaps were closed on how much money, and who is to be thanked."""
    if week.rows.empty:
        return "No answer changed in this week.", ""
    gaps, found = closed(week), causes(week)
    changed = f"{count(len(week.rows), 'answer')} changed in {count(week.rows['deal_id'].nunique(), 'deal')}"
    if gaps.empty and found.empty:
        return f"{changed} in this week; none of them closed a gap.", ""
    deals = gaps.drop_duplicates("deal_id")
    worth = money(deals["amount_company"].sum(), company.currency, locale=company.locale)
    lead = f"{count(len(gaps), 'gap')} closed in {count(len(deals), 'deal')} worth {worth}"
    also = f", {count(len(found), 'root cause')} found" if len(found) else ""
    lead = f"{lead}{also}." if len(gaps) else _found(found)
    return lead, f"{thanks(pd.concat([gaps, found]))} {changed} in all."


def _found(found: pd.DataFrame) -> str:
    return f"{count(len(found), 'root cause')} found in {count(found['deal_id'].nunique(), 'deal')}."


def thanks(rows: pd.DataFrame) -> str:
    """Who is to be thanked, by name."""
    names = people(rows)
    if not names:
        return "Who wrote them is not recorded."
    if len(names) > _MOST_NAMES:
        names = [*names[: _MOST_NAMES - 1], f"{len(names) - _MOST_NAMES + 1} others"]
    return f"Thank you, {listed(names)}."


def step(row: Any) -> str:
    """From which level to which."""
    now = level_words(row.level)
    return f"{level_words(row.level_before)} → {now}" if not is_missing(row.level_before) else f"new: {now}"


def best_title(week: Week) -> str:
    """How many best answers there are, of how many."""
    shown = best(week)
    all_deep = len(candidates(week))
    if shown.empty:
        return "No new answer of this week stands out"
    if len(shown) == all_deep:
        return f"Best new answers: {len(shown)}"
    return f"Best new answers: {len(shown)} of {all_deep}"
