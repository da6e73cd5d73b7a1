"""One week of new answers: what was found out, by whom, in which deals, and what colleagues could ask too."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import numpy as np
import pandas as pd

from analytics.business_case.case import Cases, cases_as_of, half_life
from analytics.business_case.feed import answer_changes
from analytics.business_case.questions import Question, asks_of
from analytics.company import Company
from analytics.pipeline.deals import deals_as_of
from analytics.store.database import Store
from analytics.wording import is_missing

DAYS = 7
#: From this level on an answer explains; up to this one it is empty or stays on the surface.
EXPLAINED, SURFACE = 3, 1
#: So many best answers are shown, of one person at most so many: the feed is about everybody.
MOST_BEST, MOST_OF_ONE = 6, 2
#: A root cause below level 4 is among the best only if one of its marked pieces has so many words.
CAUSE_WORDS = 3
#: The largest deals of which is said what is still empty; deals in which a question is worth asking too.
MOST_EMPTY, MOST_REUSE = 5, 3
NOBODY = "(not recorded)"
_WORD = re.compile(r"\w[\w'’.,-]*")
_OF_DEAL = ["amount_company", "stage", "stage_order", "deal_type", "close_date", "owner_name", "is_open"]


@dataclass(frozen=True)
class Week:
    """What changed in the answers of some deals from `since` to `until`, and how their cases stand then.

    `rows`: a row per deal and question whose answer changed, net of the week, the latest first: deal_id,
    name, account_name, question, label, asks, day, author, author_name, answer, spans (JSON), scored_level,
    counts, level, level_before (0-4; NaN: none), gain (levels), amount_company (company currency), stage,
    owner_id, owner_name, team, score (gain x money x freshness).
    `cases`: the company's open deals; `deals`: those of the scope, with case_depth. `questions`: key ->
    Question. `is_cut`: more changed than could be read.
    """

    since: date
    until: date
    team: str
    owner_id: str
    rows: pd.DataFrame
    cases: Cases
    deals: pd.DataFrame
    questions: dict[str, Question]
    is_cut: bool


def week_of(store: Store, company: Company, until: date, team: str = "", owner_id: str = "") -> Week:
    """The seven days up to one, as they were known at its end; of everybody, a team or an owner's deals."""
    since = until - timedelta(days=DAYS - 1)
    with store.reading():
        feed = answer_changes(store, company, until, DAYS)
        deals = deals_as_of(store, company, until, closed_since=since)
        cases = cases_as_of(store, company, until, deals[deals["is_open"]].reset_index(drop=True))
        asks = asks_of(store)
    rows = _net(feed.rows).assign(asks=lambda one: one["question"].map(asks).fillna(""))
    rows = _scored(rows.drop(columns=["team", "owner_id"]), deals, until)
    mine = cases.deals
    for column, wanted in (("team", team), ("owner_id", owner_id)):
        if wanted:
            rows, mine = rows[rows[column] == wanted], mine[mine[column] == wanted]
    questions = {one.key: one for one in cases.method.questions}
    rows, mine = rows.reset_index(drop=True), mine.reset_index(drop=True)
    return Week(since, until, team, owner_id, rows, cases, mine, questions, feed.is_cut)


def about(week: Week, label: str) -> Week:
    """Only one question, by its label; '' leaves all."""
    if not label:
        return week
    return replace(week, rows=week.rows[week.rows["label"] == label].reset_index(drop=True))


def _net(changes: pd.DataFrame) -> pd.DataFrame:
    """One row per deal and question: the last version of the week against what stood before its first."""
    by = ["deal_id", "question"]
    before = changes.drop_duplicates(by, keep="last").set_index(by)["level_before"]
    last = changes.drop_duplicates(by, keep="first")
    joined = last.drop(columns="level_before").join(before, on=by)
    return joined.assign(
        level=joined["level"].astype(float), level_before=joined["level_before"].astype(float)
    )


def _scored(rows: pd.DataFrame, deals: pd.DataFrame, until: date) -> pd.DataFrame:
    """With the deal's columns, `gain` and `score`; changes in deals that are not open and did not close in
    the week are left out."""
    of_deals = deals.set_index("deal_id")[[*_OF_DEAL, "team", "owner_id"]]
    joined = rows[rows["deal_id"].isin(of_deals.index)].join(of_deals, on="deal_id")
    gain = joined["level"] - joined["level_before"].fillna(0.0)
    age = (pd.Timestamp(until) - joined["day"].dt.normalize()).dt.days.clip(lower=0)
    fresh = 0.5 ** (age / half_life((joined["close_date"] - pd.Timestamp(until)).dt.days))
    money = joined["amount_company"].astype(float)
    return joined.assign(gain=gain, amount_company=money, score=gain * money.fillna(0.0) * fresh)


def best(week: Week) -> pd.DataFrame:
    """The best new answers, the best first: explained or evidenced now and deeper than before, by levels
    gained x the deal's money x freshness. One per deal, at most MOST_OF_ONE per person; a copied text is
    none, it counts as surface."""
    found = candidates(week)
    found = found.sort_values(
        ["score", "gain", "deal_id", "question"], ascending=[False, False, True, True], kind="stable"
    )
    found = found.drop_duplicates("deal_id").drop_duplicates("answer")
    nth = found.groupby("author_name").cumcount()
    return found[nth < MOST_OF_ONE].head(MOST_BEST).reset_index(drop=True)


def candidates(week: Week) -> pd.DataFrame:
    """Those that the best are chosen from: all that became explained or evidenced, but no root cause that
    single words ("only", "but") alone speak for."""
    rows = week.rows
    deep = rows[(rows["level"] >= EXPLAINED) & (rows["gain"] >= 1)]
    marks = np.array([_longest_mark(row) for row in deep.itertuples()], dtype=int)
    thin = (deep["asks"] == "root_cause") & (deep["level"] < 4) & (marks < CAUSE_WORDS)
    return deep[~thin]


def _longest_mark(row: Any) -> int:
    """Words in the longest piece of the answer that earned its level."""
    spans = [] if is_missing(row.spans) else json.loads(str(row.spans))
    text = "" if is_missing(row.answer) else str(row.answer)
    return max((len(_WORD.findall(text[int(one[-2]) : int(one[-1])])) for one in spans), default=0)


def closed(week: Week) -> pd.DataFrame:
    """Gaps closed: from empty or surface to explained or deeper, the most money first."""
    rows = week.rows
    was = rows["level_before"].fillna(0.0) <= SURFACE
    return _by_money(rows[was & (rows["level"] >= EXPLAINED)])


def causes(week: Week) -> pd.DataFrame:
    """Root causes found: explained or deeper now and not before, the most money first."""
    rows = week.rows
    was = rows["level_before"].fillna(0.0) < EXPLAINED
    return _by_money(rows[(rows["asks"] == "root_cause") & was & (rows["level"] >= EXPLAINED)])


def _by_money(rows: pd.DataFrame) -> pd.DataFrame:
    order = ["amount_company", "deal_id", "question"]
    return rows.sort_values(
        order, ascending=[False, True, True], na_position="last", kind="stable"
    ).reset_index(drop=True)


def leads_there(week: Week, question: str, level: float) -> str:
    """The follow-up question that leads to an answer of a level; '' if not known."""
    one = week.questions.get(question)
    return "" if one is None else one.follow_up[int(np.clip(level - 1, 0, 3))]


def worth_asking_too(week: Week, shown: pd.DataFrame) -> list[pd.DataFrame]:
    """For each row of `shown`, where the same question is open (`worth_asking`); every deal is named once,
    and those of `shown` are not named again."""
    named, found = set(shown["deal_id"]), []
    for row in shown.to_dict("records"):
        found.append(worth_asking(week, row, but=named))
        named |= set(found[-1]["deal_id"])
    return found


def worth_asking(week: Week, row: Mapping[Any, Any], but: Collection[str] = ()) -> pd.DataFrame:
    """Colleagues' open deals in which the same question is empty or on the surface, without their owners.

    Like deals only: the same deal type, at most one stage apart; the largest first. `row`: of Week.rows;
    `but`: deals that are left out. Columns: deal_id, name, amount_company.
    """
    answers = week.cases.answers
    thin = answers[(answers["question"] == row["question"]) & (answers["level"] <= SURFACE)]
    deals = week.cases.deals
    like = (deals["stage_order"].astype(float) - float(row["stage_order"])).abs() <= 1
    like &= deals["deal_id"].isin(thin["deal_id"]) & (deals["owner_id"] != row["owner_id"])
    like &= ~deals["deal_id"].isin(list(but))
    like &= deals["deal_type"].fillna("") == ("" if pd.isna(row["deal_type"]) else row["deal_type"])
    if week.team:
        like &= deals["team"] == week.team
    return _largest(deals[like]).head(MOST_REUSE)[["deal_id", "name", "amount_company"]]


def still_empty(week: Week) -> pd.DataFrame:
    """The largest open deals with questions at level 0: without an answer, or with one that says nothing.

    deal_id, name, owner_name, stage, amount_company, empty (how many), labels (which, in the method's order),
    ask (what to ask about the first of them).
    """
    answers = week.cases.answers
    open_ones = answers[(answers["level"] == 0) & answers["question"].isin(list(week.questions))]
    missing = open_ones.groupby("deal_id", sort=False)["question"].agg(list)
    deals = _largest(week.deals[week.deals["deal_id"].isin(missing.index)]).head(MOST_EMPTY)
    order = list(week.questions)
    keys = [sorted(missing[deal], key=order.index) for deal in deals["deal_id"]]
    return deals[["deal_id", "name", "owner_name", "stage", "amount_company"]].assign(
        empty=[len(one) for one in keys],
        labels=[", ".join(week.questions[key].label for key in one) for one in keys],
        ask=[week.questions[one[0]].follow_up[0] for one in keys],
    )


def _largest(deals: pd.DataFrame) -> pd.DataFrame:
    order = ["amount_company", "deal_id"]
    found = deals.sort_values(order, ascending=[False, True], na_position="last", kind="stable")
    return found.reset_index(drop=True)


def people(rows: pd.DataFrame) -> list[str]:
    """Who wrote the answers, by name."""
    return sorted({str(name) for name in rows["author_name"] if name != NOBODY})
