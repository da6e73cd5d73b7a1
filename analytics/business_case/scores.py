"""What the scorer says of the answers in a store: asked once per text, then kept beside them."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable

import pandas as pd

from analytics.business_case.depth.explain import SCORER_VERSION, Depth, explain_all
from analytics.business_case.depth.many import explain_parts
from analytics.business_case.questions import asks_of
from analytics.store.database import Store
from analytics.store.staging import Staging


def score_new(store: Store, progress: Callable[[float, str], None] | None = None) -> int:
    """Score every text that this scorer has not seen yet, and keep the scores; returns how many.

    Scores are a cache: they depend on the text, the question and the scorer alone, and on no date.
    """
    report = progress or (lambda share, text: None)
    texts = store.query("unscored_answers", scorer=SCORER_VERSION)
    if texts.empty:
        return 0
    asks = asks_of(store)
    found: list[Depth] = []
    for part in explain_parts(*_as_asked(texts["question"], texts["answer"], asks)):
        found += part
        report(len(found) / len(texts), "judging the depth of answers")
    _keep(store, _score_rows(texts, found))
    report(1.0, "answers judged")
    return len(texts)


def _score_rows(texts: pd.DataFrame, found: list[Depth]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "question": texts["question"],
            "text_md5": [
                hashlib.md5(text.encode(), usedforsecurity=False).hexdigest()
                for text in texts["answer"].fillna("")
            ],
            "scorer": SCORER_VERSION,
            "level": [one.level for one in found],
            "spans": [spans_text(one) for one in found],
            "missing": [one.missing for one in found],
        }
    )


def _as_asked(
    questions: Iterable[str], answers: Iterable[str | None], asks: dict[str, str]
) -> tuple[list[str], list[str]]:
    """What the scorer is asked; a question that nobody knows any more is judged as a problem."""
    keys = [asks.get(key, "problem") for key in questions]
    return keys, [text if isinstance(text, str) else "" for text in answers]


def depths(questions: Iterable[str], answers: Iterable[str | None], asks: dict[str, str]) -> list[Depth]:
    """Depth of each answer."""
    return explain_all(*_as_asked(questions, answers, asks))


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
