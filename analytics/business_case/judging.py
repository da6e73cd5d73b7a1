"""How well the scorer agrees with the people who overruled it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import numpy as np
import pandas as pd
from sklearn.metrics import cohen_kappa_score

from analytics.business_case.depth.explain import SCORER_VERSION
from analytics.business_case.scores import with_levels
from analytics.problems import NotEnough
from analytics.store.database import Store
from analytics.wording import count, percent

#: Below this number of overruled answers an agreement says nothing.
ENOUGH = 30
_LEVELS = list(range(5))


@dataclass(frozen=True)
class Judged:
    """The overruled answers, newest first, and what they say of the scorer.

    `rows`: deal_id, question, answer, level (the scorer's), given_level, reason, author, valid_at. `kappa`:
    quadratic weighted; `bias`: mean of the scorer's level - the given one, positive = the scorer is too kind.
    """

    rows: pd.DataFrame
    kappa: float | NotEnough
    bias: float | NotEnough

    def in_words(self) -> str:
        """The agreement as a sentence. Overruled answers are the ones that somebody doubted, not a sample."""
        if isinstance(self.kappa, NotEnough) or isinstance(self.bias, NotEnough):
            if self.rows.empty:
                return (
                    f"Nobody has set another level yet; how well the scorer agrees is said from {ENOUGH} on."
                )
            return f"{count(len(self.rows), 'answer')} overruled so far; {self.kappa}."
        kind = "too kind" if self.bias > 0 else "too strict" if self.bias < 0 else "off"
        off = percent(float(np.mean(self.rows["level"] != self.rows["given_level"])))
        return (
            f"{count(len(self.rows), 'answer')} overruled: agreement (quadratic weighted kappa)"
            f" {self.kappa:.2f}; {off} got another level, and the scorer was {abs(self.bias):.1f} levels"
            f" {kind} on average."
            " People overrule what they doubt, so this is worse than for all answers."
        )


def judged_by_people(store: Store, as_of_end: datetime) -> Judged:
    """The scorer against every overrule in force at a moment."""
    with store.reading():
        rows = with_levels(
            store, store.query("overruled_answers", as_of_end=as_of_end, scorer=SCORER_VERSION)
        )
    few = len(rows) < ENOUGH
    if few or len({*rows["given_level"], *rows["level"]}) == 1:
        why = f"an agreement is given from {ENOUGH} on" if few else "all of them have the same level"
        missing = NotEnough(why, len(rows))
        return Judged(rows, missing, missing)
    kappa = cohen_kappa_score(rows["given_level"], rows["level"], weights="quadratic", labels=_LEVELS)
    return Judged(rows, float(kappa), float((rows["level"] - rows["given_level"]).mean()))
