"""`python -m analytics.business_case.depth.evaluate`: how well the depth of an answer is judged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import confusion_matrix
from sklearn.model_selection import StratifiedKFold

from analytics.business_case.depth.features import QUESTIONS, measure
from analytics.business_case.depth.learn import kappa, learn
from analytics.business_case.depth.model import LEVELS, numbered
from analytics.business_case.depth.training import load

_WORST = 10


def judged(train: pd.DataFrame, test: pd.DataFrame) -> pd.DataFrame:
    """`test` with `found` (level) and `expected` (0.0-4.0) by a model that saw only `train`."""
    model = learn(train)
    questions, measured = list(test["question"]), [measure(text) for text in test["answer"]]
    expected, _ = model.expected(numbered(questions), measured)
    return test.assign(found=model.judge(questions, measured)[0], expected=expected)


def folded(answers: pd.DataFrame, folds: int = 5) -> pd.DataFrame:
    """Every answer judged by a model that did not see it, but did see others of its author."""
    strata = answers["level"].astype(str) + answers["question"]
    splits = StratifiedKFold(folds, shuffle=True, random_state=1).split(answers, strata)
    parts = [judged(answers.iloc[known], answers.iloc[held]) for known, held in splits]
    return pd.concat(parts).sort_index()


def by_author(answers: pd.DataFrame) -> pd.DataFrame:
    """Every answer judged by a model that saw nothing of its author."""
    author = answers["author"]
    return pd.concat([judged(answers[author != one], answers[author == one]) for one in author.unique()])


def described(name: str, found: pd.DataFrame) -> str:
    """One evaluation as text: kappa, confusion (rows: by hand), kappa by question, tie to length."""
    length = np.log1p(found["answer"].str.len())
    questions = {key: found[found["question"] == key] for key in QUESTIONS}
    return "\n".join(
        [
            f"== {name}: {len(found)} answers, kappa {kappa(found['level'], found['found']):.3f}, "
            f"same level {np.mean(found['level'] == found['found']):.2f}, "
            f"correlation with log length {_correlation(length, found['found']):+.2f} "
            f"(levels by hand {_correlation(length, found['level']):+.2f})",
            str(confusion_matrix(found["level"], found["found"], labels=list(LEVELS))),
            ", ".join(
                f"{key} {kappa(part['level'], part['found']):.2f}"
                for key, part in questions.items()
                if len(part)
            ),
        ]
    )


def _correlation(first: Any, second: Any) -> float:
    return float(np.corrcoef(first, second)[0, 1])


def worst(found: pd.DataFrame, n: int = _WORST) -> str:
    """The answers judged furthest from the level by hand."""
    distance = (found["expected"] - found["level"]).abs()
    order = distance.sort_values(ascending=False, kind="stable").index[:n]
    return "\n".join(
        f"{row.id} {row.question}: by hand {row.level}, judged {row.found} ({row.expected:.1f}): {row.answer}"
        for row in found.loc[order].itertuples()
    )


def main() -> None:
    """Print the evaluations: folds, each author left out, the shared examples, author d."""
    ours = load("answers_a.csv", "answers_b.csv", "answers_c.csv")
    shared, outside = load("examples.csv"), load("answers_d.csv")
    seen = pd.concat([ours, shared], ignore_index=True)
    print(described("5 folds of ours (a, b, c)", folded(ours)))
    left_out = by_author(seen)
    for author, part in left_out.groupby("author", sort=False):
        print(described(f"without author {author}, tested on it", part))
    print(described("shared examples, from ours only", judged(ours, shared)))
    print(described("author d (never used for a choice), from all the others", judged(seen, outside)))
    print(f"== the {_WORST} worst, each author left out\n{worst(left_out)}")


if __name__ == "__main__":
    main()
