"""The business case of each deal as of a day: level, age and origin of each answer, one depth per deal."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pandas as pd

from analytics.business_case.depth.explain import SCORER_VERSION
from analytics.business_case.questions import Method, Question, asks_of, method_as_of
from analytics.business_case.scores import with_levels
from analytics.business_case.standing import counted, standings
from analytics.company import Company
from analytics.store.database import Store

#: An answer is half as fresh after this many days: far from the close date, and close to it.
HALF_LIFE_FAR, HALF_LIFE_NEAR = 90.0, 30.0
_NO_CLOSE_DATE = 365.0


@dataclass(frozen=True)
class Cases:
    """The cases of some deals. `answers`: a row per deal and question; `deals`: a row per deal."""

    method: Method
    questions: list[Question]
    answers: pd.DataFrame
    deals: pd.DataFrame


def cases_as_of(
    store: Store, company: Company, as_of: date, deals: pd.DataFrame, deal_id: str | None = None
) -> Cases:
    """The cases of `deals` (rows of deals_as_of) at the end of `as_of`; with `deal_id` of that deal only.

    `answers`: deal_id, question, answer, valid_at, author, source, confirmed_by, document_id, paragraph,
    versions, `scored_level` (what the text shows, 0-4), `level` (what counts: overruled, or at most 1 where
    the text is a copy), `counts` ('', 'overruled' or 'copied'), spans (JSON), missing, `is_answered`,
    `answered_on`, `age` (days), `freshness` (0-1). `deals`: the given columns with `case_depth` and
    `fresh_depth` (0-4), `answered` (how many), `oldest_days`, `last_answer_at`.
    Nothing later than `as_of` is used.
    """
    end = company.calendar.end_of(as_of)
    with store.reading():
        method = method_as_of(store, company.method, end)
        rows = store.query("case_answers", as_of_end=end, scorer=SCORER_VERSION, deal_id=deal_id)
        rows = rows[rows["deal_id"].isin(deals["deal_id"])]
        rows = counted(with_levels(store, rows.reset_index(drop=True)), standings(store, end, deal_id))
        asks = asks_of(store)
    questions = method.questions
    answers = _aged(_in_method(rows, questions, asks, deals), deals, company, as_of)
    return Cases(method, questions, answers, _per_deal(answers, questions, deals))


def _in_method(
    rows: pd.DataFrame, questions: list[Question], asks: dict[str, str], deals: pd.DataFrame
) -> pd.DataFrame:
    """A row per deal and question of the method, answered or not.

    An answer to another method's question stands where this method first asks the same of the seven; of
    several the deepest, then the latest.
    """
    first_asking: dict[str, str] = {}
    for one in questions:
        first_asking.setdefault(one.asks, one.key)
    keys = {one.key for one in questions}
    shown_as = (
        rows["question"]
        .map(lambda key: key if key in keys else first_asking.get(asks.get(key, ""), ""))
        .astype(object)
    )
    known = rows.assign(
        answered_as=rows["question"],
        question=shown_as,
        is_own=rows["question"] == shown_as,
        is_answered=rows["answer"].fillna("").str.strip() != "",
    )
    known = known[known["question"] != ""].sort_values(
        ["is_answered", "is_own", "level", "valid_at"], ascending=False, kind="stable"
    )
    known = known.drop_duplicates(["deal_id", "question"])
    every = pd.MultiIndex.from_product(
        [deals["deal_id"], [one.key for one in questions]], names=["deal_id", "question"]
    )
    table = known.set_index(["deal_id", "question"]).reindex(every).reset_index()
    return table.assign(
        level=table["level"].fillna(0).astype(int),
        scored_level=table["scored_level"].fillna(0).astype(int),
        counts=table["counts"].fillna(""),
        versions=table["versions"].fillna(0).astype(int),
        is_answered=table["is_answered"].eq(True),
        answered_as=table["answered_as"].fillna(table["question"]),
    ).drop(columns="is_own")


def _aged(answers: pd.DataFrame, deals: pd.DataFrame, company: Company, as_of: date) -> pd.DataFrame:
    """Age in days and freshness 0-1: 0.5 ** (age / half-life), see `terms`."""
    zone = company.calendar.time_zone
    local = answers["valid_at"].astype("datetime64[us]").dt.tz_localize("UTC").dt.tz_convert(zone)
    age = (pd.Timestamp(as_of) - local.dt.tz_localize(None).dt.normalize()).dt.days.clip(lower=0)
    closes = deals.set_index("deal_id")["close_date"].reindex(answers["deal_id"]).set_axis(answers.index)
    freshness = 0.5 ** (age / half_life((closes - pd.Timestamp(as_of)).dt.days))
    return answers.assign(
        age=age.where(answers["is_answered"]),
        freshness=freshness.where(answers["is_answered"], 0.0),
        answered_on=local.dt.tz_localize(None).dt.normalize().where(answers["is_answered"]),
    )


def half_life(days_to_close: pd.Series) -> pd.Series:
    """Days after which an answer is half as fresh: the days left until the close date, within 30 to 90."""
    return days_to_close.fillna(_NO_CLOSE_DATE).clip(HALF_LIFE_NEAR, HALF_LIFE_FAR)


def _per_deal(answers: pd.DataFrame, questions: list[Question], deals: pd.DataFrame) -> pd.DataFrame:
    weight = answers["question"].map({one.key: one.weight for one in questions})
    whole = sum(one.weight for one in questions) or np.nan
    summed = (
        answers.assign(
            case_depth=answers["level"] * weight / whole,
            fresh_depth=answers["level"] * answers["freshness"] * weight / whole,
        )
        .groupby("deal_id", sort=False)
        .agg(
            case_depth=("case_depth", "sum"),
            fresh_depth=("fresh_depth", "sum"),
            answered=("is_answered", "sum"),
            oldest_days=("age", "max"),
            last_answer_at=("valid_at", "max"),
        )
    )
    return deals.merge(summed, left_on="deal_id", right_index=True, how="left")
