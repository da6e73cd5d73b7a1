"""`python -m analytics.business_case.depth.evaluate`: how well the depth of an answer is judged."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from sklearn.metrics import cohen_kappa_score, confusion_matrix
from sklearn.model_selection import StratifiedKFold

from analytics.business_case.depth.model import LEVELS, QUESTIONS, DepthModel, load


def kappa(given: Any, found: Any) -> float:
    """Quadratic weighted kappa."""
    return float(cohen_kappa_score(given, found, weights="quadratic", labels=list(LEVELS)))


def judged(train: pd.DataFrame, test: pd.DataFrame) -> Any:
    """Levels of `test` from a model that saw only `train`."""
    return DepthModel().fit(train).levels(list(test["question"]), list(test["answer"]))


def crossed(answers: pd.DataFrame, folds: int = 5) -> Any:
    """Every answer judged by a model that did not see it."""
    out = np.zeros(len(answers), dtype=int)
    strata = answers["level"].astype(str) + answers["question"]
    for known, held in StratifiedKFold(folds, shuffle=True, random_state=1).split(answers, strata):
        out[held] = judged(answers.iloc[known], answers.iloc[held])
    return out


def described(name: str, test: pd.DataFrame, found: Any) -> str:
    """One evaluation as text: kappa, confusion, by question, correlation with length."""
    length = np.log1p(test["answer"].str.len())
    lines = [
        f"== {name}: kappa {kappa(test['level'], found):.3f}, exact {np.mean(test['level'] == found):.2f}, "
        f"correlation with log length {np.corrcoef(length, found)[0, 1]:+.2f} "
        f"(levels given by hand {np.corrcoef(length, test['level'])[0, 1]:+.2f})",
        str(confusion_matrix(test["level"], found, labels=list(LEVELS))),
    ]
    by = {key: test["question"].to_numpy() == key for key in QUESTIONS}
    lines.append(
        "   " + ", ".join(f"{key} {kappa(test['level'][at], found[at]):.2f}" for key, at in by.items())
    )
    return "\n".join(lines)


def main() -> None:
    """Print the table: across folds, across authors, and on the shared examples (trained without them)."""
    a, b, shared = load("answers_a.csv"), load("answers_b.csv"), load("examples.csv")
    both = pd.concat([a, b], ignore_index=True)
    print(described("5 folds, a+b", both, crossed(both)))
    print(described("trained on a, tested on b", b, judged(a, b)))
    print(described("trained on b, tested on a", a, judged(b, a)))
    print(described("trained on a+b, tested on shared examples", shared, judged(both, shared)))


if __name__ == "__main__":
    main()
