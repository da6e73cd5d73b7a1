"""Surface beside deep: a rep's thin answer, a colleague's deep one on a like deal, and what leads there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analytics.business_case.case import cases_as_of
from analytics.business_case.depth.features import measure
from analytics.business_case.depth.limits import SOURCES
from analytics.business_case.depth.marks import MEASURES, PEOPLE, WHEN, Mark
from analytics.business_case.questions import Question
from analytics.company import Company
from analytics.pipeline.deals import deals_as_of
from analytics.store.database import Store
from analytics.wording import listed

SURFACE, DEEP = (1, 2), 3
#: Won deals whose answers may serve as an example.
_WON_WITHIN = timedelta(days=365)
_MOST, _PER_QUESTION, _TRIED = 6, 2, 40
#: How much less like a deal is, in e-folds of its size.
#: A deal that is larger or smaller by more e-folds (3.3 times) is no like deal.
_APART_AT_MOST = 1.2
_OTHER_TYPE, _NOT_WON, _NOT_TOP, _NO_AMOUNT = 0.7, 0.3, 0.2, 1.5
_KINDS = {
    "a number": MEASURES,
    "a person or a role": PEOPLE | {"role"},
    "a date": WHEN,
    "the reason": frozenset({"cause", "if_then", "so_then"}),
    "how one knows": SOURCES - WHEN,
}
#: What asks for a number, by question; of the others the question's own follow-up does.
_ASKS_NUMBER = {
    "problem": "How often does it happen, and how long does it take today?",
    "root_cause": "How often does that step fail, and what does it take to repair it?",
    "impact": "How much is it today, what does the plan assume, and what does the gap cost?",
    "compelling_event": "What does each week after that day cost them?",
}
#: Said of a date that the answer must have named.
_OF_A_DATE = ("the date they named", "that date", "this date")
_COLUMNS = ["deal_id", "question", "answer", "level", "spans", "is_answered", "counts", "answered_on"]
_OF_DEAL = ["deal_id", "name", "account_name", "owner_id", "owner_name", "deal_type", "stage", "stage_order",
            "amount_company", "is_open", "is_won_deal"]  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """`thin` and `deep`: rows of `answer_pool`. `lacks`: what the deep answer names and the thin one does
    not, in words; `ask`: the question that leads from one to the other; `shows`: where in the deep answer
    (start, end) numbers, people, dates, reasons and sources stand."""

    question: Question
    thin: dict[str, Any]
    deep: dict[str, Any]
    lacks: str
    ask: str
    shows: list[tuple[int, int]] = field(default_factory=list)


def answer_pool(store: Store, company: Company, as_of: date, stages: dict[str, float]) -> pd.DataFrame:
    """The answers of the deals that are open at a day, or were won within the year before; nothing later.

    A row per answered question: the columns of `Cases.answers`, and of the deal. `stages`: the order of the
    open stages.
    """
    with store.reading():
        deals = deals_as_of(store, company, as_of, closed_since=as_of - _WON_WITHIN)
        deals = deals[deals["is_open"] | deals["is_won_deal"]].reset_index(drop=True)
        answers = cases_as_of(store, company, as_of, deals).answers
    deals = deals.assign(
        stage_order=deals["stage"].map(stages).where(deals["is_open"]),
        amount_company=deals["amount_company"].astype(float),
        deal_type=deals["deal_type"].fillna(""),
    )
    known = answers.loc[answers["is_answered"], _COLUMNS]
    return known.merge(deals[_OF_DEAL], on="deal_id").reset_index(drop=True)


def pairs(
    pool: pd.DataFrame, owner_id: str, questions: Sequence[Question], first: Sequence[str] = ()
) -> list[Pair]:
    """Thin answers on the rep's open deals, most money first, each beside a colleague's deep one.

    The deep answer is to the same question, on a deal at the same stage or later, or won, of like size and
    type; no copy; of another owner; each is shown once. Questions of `first` (keys of the seven) come first.
    """
    mine = pool[(pool["owner_id"] == owner_id) & pool["is_open"] & pool["level"].isin(SURFACE)]
    asks = {one.key: one for one in questions}
    mine = mine[mine["question"].isin(asks) & (mine["counts"] != "copied")]
    wanted = mine["question"].map(lambda key: asks[key].asks in first)
    mine = mine.assign(wanted=wanted).sort_values(
        ["wanted", "amount_company", "deal_id", "question"],
        ascending=[False, False, True, True],
        na_position="last",
    )
    others = pool[(pool["owner_id"] != owner_id) & (pool["level"] >= DEEP) & (pool["counts"] != "copied")]
    by_question = dict(tuple(others.groupby("question")))
    found: list[Pair] = []
    used: set[Any] = set()
    for thin in mine.head(_TRIED).to_dict("records"):
        key = thin["question"]
        if len(found) == _MOST or sum(one.question.key == key for one in found) == _PER_QUESTION:
            continue
        deep = _like(thin, by_question.get(key, others.head(0)), used)
        if deep is not None:
            used.add((deep["deal_id"], key))
            found.append(_pair(asks[key], {str(name): value for name, value in thin.items()}, deep))
    return found


def _like(thin: dict[Any, Any], deep: pd.DataFrame, used: set[Any]) -> dict[str, Any] | None:
    """The deep answer on the most similar deal; None if there is none."""
    fits = deep["is_won_deal"] | ~(deep["stage_order"] < thin["stage_order"])
    fits &= ~deep["deal_id"].isin({deal for deal, key in used if key == thin["question"]})
    fits &= deep["answer"].str.strip() != str(thin["answer"]).strip()
    deep = deep[fits]
    if deep.empty:
        return None
    with np.errstate(divide="ignore", invalid="ignore"):
        apart = np.abs(np.log(deep["amount_company"].to_numpy(float) / (thin["amount_company"] or np.nan)))
    near = ~(np.isfinite(apart) & (apart > _APART_AT_MOST))
    if not near.any():
        return None
    deep, apart = deep[near], apart[near]
    distance = np.where(np.isfinite(apart), apart, _NO_AMOUNT)
    distance = distance + _OTHER_TYPE * (deep["deal_type"] != thin["deal_type"]).to_numpy()
    distance = distance + _NOT_WON * ~deep["is_won_deal"].to_numpy(bool)
    distance = distance + _NOT_TOP * (deep["level"] == DEEP).to_numpy()
    order = np.lexsort((deep["deal_id"].to_numpy(str), np.round(distance, 9)))
    return {str(name): value for name, value in deep.iloc[order[0]].to_dict().items()}


def _pair(question: Question, thin: dict[str, Any], deep: dict[str, Any]) -> Pair:
    has, there = _kinds(str(thin["answer"])), _kinds(str(deep["answer"]))
    lacks = [kind for kind in there if kind not in has]
    ask = _follow_up(question, int(thin["level"]), "a date" in has)
    number = _ASKS_NUMBER.get(question.asks, "")
    if "a number" in lacks and thin["level"] < DEEP - 1:  # from level 2 on the follow-up asks for it
        ask = f"{ask} {number}".strip()
    words = f"The deep answer names {listed(lacks)}; the other one does not yet." if lacks else ""
    return Pair(
        question, thin, deep, words, ask, _joined([mark for marks in there.values() for mark in marks])
    )


def _joined(marks: list[Mark]) -> list[tuple[int, int]]:
    """Where the marks stand, in order; those that overlap are one."""
    places: list[tuple[int, int]] = []
    for start, end in sorted((mark.start, mark.end) for mark in marks):
        if places and start < places[-1][1]:
            places[-1] = (places[-1][0], max(end, places[-1][1]))
        else:
            places.append((start, end))
    return places


def _follow_up(question: Question, level: int, has_date: bool) -> str:
    """What to ask next at a level; of a date only where one is named, else what leads to one."""
    asks = question.follow_up[: min(level, DEEP) + 1]
    fits = [one for one in asks if has_date or not any(words in one for words in _OF_A_DATE)]
    return fits[-1] if fits else asks[-1]


def _kinds(text: str) -> dict[str, list[Mark]]:
    """The marks of each kind that a text has; a number is one with a digit."""
    marks = measure(text).marks
    found = {kind: [mark for mark in marks if mark.rule in rules] for kind, rules in _KINDS.items()}
    found["a number"] = [mark for mark in found["a number"] if any(sign.isdigit() for sign in mark.text)]
    return {kind: of_kind for kind, of_kind in found.items() if of_kind}
