"""What goes with evidencing an open question: an association in past deals, never a promise."""

from __future__ import annotations

from collections.abc import Collection

import pandas as pd

from analytics.risk.outcome_model import OutcomeModel
from analytics.store.subjects import QUESTIONS

#: The level that is asked for (explained), and what a fresh answer counts.
ASKED_LEVEL = 3.0


def if_answered(
    model: OutcomeModel, rows: pd.DataFrame, questions: Collection[str] = QUESTIONS, ahead: int = 0
) -> pd.DataFrame:
    """What goes with new answers, per landmark row: deal_id, question, level, gain (0-1).

    `questions`: those of the seven that the company asks; gain: the change of the chance to be won by the end
    of the quarter `ahead` quarters on (0 to 3).

    Per question below level 3: the chance of deals alike in everything else that have this answer at level 3,
    given today, less the deal's own. The row with question '' is any new answer today, whatever it says.
    Deals with deep answers differ in more than their answers: no effect is promised. Largest gain first.
    """
    chance = f"p_won_{ahead}" if ahead else "p_won"
    own = model.chances(rows)[chance]
    found = [_gain(model, rows, own, "", rows.assign(last_answer_days=0.0))]
    for question in questions:
        asked = rows[rows[f"level_{question}"] < ASKED_LEVEL]
        level = {f"level_{question}": ASKED_LEVEL, f"fresh_{question}": ASKED_LEVEL}
        if len(asked):
            found.append(_gain(model, asked, own[asked.index], question, asked.assign(**level)))
    table = pd.concat(found, ignore_index=True)
    return table.sort_values("gain", ascending=False, kind="stable").reset_index(drop=True)


def _gain(
    model: OutcomeModel, rows: pd.DataFrame, own: pd.Series, question: str, answered: pd.DataFrame
) -> pd.DataFrame:
    level = rows[f"level_{question}"] if question else float("nan")
    gain = model.chances(answered)[str(own.name)] - own
    return pd.DataFrame({"deal_id": rows["deal_id"], "question": question, "level": level, "gain": gain})
