"""What the scorer says of the answers in a store: asked once per text, then kept beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable
from datetime import datetime

import pandas as pd

from analytics.business_case.depth.explain import SCORER_VERSION, Depth, explain_all
from analytics.business_case.questions import every_key
from analytics.store.database import Store
from analytics.store.staging import Staging

_BATCH = 4_000
_EVER = datetime(9999, 1, 1)


def asks_of(store: Store) -> dict[str, str]:
    """Key of every question, shipped or the company's own -> which of the seven it is judged as."""
    own = store.query("questions_as_of", as_of_end=_EVER)
    return every_key() | dict(zip(own["question"], own["asks"], strict=True))


def score_new(store: Store, progress: Callable[[float, str], None] | None = None) -> int:
    """Score every text that this scorer has not seen yet, and keep the scores; returns how many.

    Scores are a cache: they depend on the text, the question and the scorer alone, and on no date.
    """
    report = progress or (lambda share, text: None)
    texts = store.query("unscored_answers", scorer=SCORER_VERSION)
    if texts.empty:
        return 0
    asks = asks_of(store)
    parts = []
    for start in range(0, len(texts), _BATCH):
        report(start / len(texts), "judging the depth of answers")
        part = texts.iloc[start : start + _BATCH].reset_index(drop=True)
        parts.append(_scored(part, asks))
    _keep(store, pd.concat(parts, ignore_index=True))
    report(1.0, "answers judged")
    return len(texts)


def _scored(texts: pd.DataFrame, asks: dict[str, str]) -> pd.DataFrame:
    found = depths(texts["question"], texts["answer"], asks)
    return pd.DataFrame(
        {
            "question": texts["question"],
            "text_md5": [hashlib.md5(text.encode()).hexdigest() for text in texts["answer"].fillna("")],
            "scorer": SCORER_VERSION,
            "level": [one.level for one in found],
            "spans": [spans_text(one) for one in found],
            "missing": [one.missing for one in found],
        }
    )


def depths(questions: Iterable[str], answers: Iterable[str | None], asks: dict[str, str]) -> list[Depth]:
    """Depth of each answer; a question that nobody knows any more is judged as a problem."""
    return explain_all(
        [asks.get(key, "problem") for key in questions],
        [text if isinstance(text, str) else "" for text in answers],
    )


def spans_text(depth: Depth) -> str:
    """The spans as JSON: a list of [rule, start, end]."""
    return json.dumps([[one.rule, one.start, one.end] for one in depth.spans])


def _keep(store: Store, scores: pd.DataFrame) -> None:
    con = Staging().con
    try:
        con.register("new_scores", scores)
        with store.writing(con):
            con.execute(
                "insert into store.answer_score select question, text_md5, scorer, level, spans, missing"
                " from new_scores n where not exists (select 1 from store.answer_score s"
                " where s.question = n.question and s.text_md5 = n.text_md5 and s.scorer = n.scorer)"
            )
            con.execute("delete from store.answer_score where scorer <> ?", [SCORER_VERSION])
    finally:
        con.close()


def with_levels(store: Store, answers: pd.DataFrame) -> pd.DataFrame:
    """Rows with `question`, `answer`, `level`, `spans`, `missing`: those without a level are scored now."""
    new = answers["level"].isna()
    if not new.any():
        return answers.assign(level=answers["level"].astype(int))
    found = depths(answers.loc[new, "question"], answers.loc[new, "answer"], asks_of(store))
    filled = answers.astype({"level": "object", "spans": "object", "missing": "object"})
    filled.loc[new, "level"] = [one.level for one in found]
    filled.loc[new, "spans"] = [spans_text(one) for one in found]
    filled.loc[new, "missing"] = [one.missing for one in found]
    return filled.assign(level=filled["level"].astype(int))
