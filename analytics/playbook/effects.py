"""Which questions go with winning, and with being decided in time: the seven held against each other.

Two steps under one error rate. First each question over all stages, for both outcomes (fourteen comparisons,
corrected by Holm's method); then, only inside what was claimed, stage by stage. The first step may use four
fifths of the error rate, the second the rest, so that in a company where nothing matters, or only some
questions do, the chance of any false claim on the page stays below ERROR_RATE.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

import numpy as np
import pandas as pd
from statsmodels.stats.multitest import multipletests  # type: ignore[import-untyped]

from analytics.company import Company
from analytics.playbook.adjusted import Adjusted, adjusted
from analytics.playbook.entries import LEVELS, Entries, entries_of
from analytics.problems import NotEnough
from analytics.risk.chances import History
from analytics.store.subjects import QUESTIONS

#: The chance of one false claim or more, over all questions, outcomes and stages together.
ERROR_RATE = 0.05
OUTCOMES = ("won", "kept")
_FIRST_STEP = 0.8  # share of the error rate for the questions; the rest for their stages
_NUMBERS = ["effect", "low", "high", "p"]


@dataclass(frozen=True)
class Effects:
    """`questions`: a row per question and outcome: question (key), outcome ('won', 'kept'), effect (change in
    the share per level deeper), low, high (95%), p, p_adjusted (at most ERROR_RATE: claimed), claimed, order
    (1 for the largest effect among those claimed of the outcome; missing if not claimed), n (deals), events
    (deals to which it happened), missing (NotEnough or None: then the numbers are NaN).
    `stages`: the same with `stage`, among deals that reached it (order: over questions and stages);
    looked into only for what is claimed over all stages, `missing` says so elsewhere.
    `baseline`: the company's own rate by outcome, over the entries compared (NaN: too few).
    `by_owner`: whether deals of one owner may resemble each other in the intervals (few owners: only the rows
    of one deal).
    """

    questions: pd.DataFrame
    stages: pd.DataFrame
    baseline: dict[str, float]
    by_owner: bool


def question_effects(entries: Entries) -> Effects | NotEnough:
    """What each level deeper goes with at stage entries that are alike otherwise (see `adjusted`).

    NotEnough if neither outcome can be measured: too few deals, or hardly any that ended the other way.
    """
    rows = entries.rows
    fits = {outcome: adjusted(rows, outcome, rows[LEVELS]) for outcome in OUTCOMES}
    if isinstance(fits["won"], NotEnough) and isinstance(fits["kept"], NotEnough):
        return fits["won"]
    table = pd.concat([_rows(fit, outcome) for outcome, fit in fits.items()], ignore_index=True)
    questions = _ranked(_judged(table, _FIRST_STEP))
    stages = _by_stage(entries, questions)
    return Effects(
        questions=questions,
        stages=stages,
        baseline={
            outcome: np.nan if isinstance(fit, NotEnough) else fit.rate for outcome, fit in fits.items()
        },
        by_owner=all(fit.by_owner for fit in fits.values() if not isinstance(fit, NotEnough)),
    )


def effects_of(history: History, company: Company) -> Effects | NotEnough:
    """`question_effects` of the whole company, made once per history; shared, not to be changed."""
    return cast(
        Effects | NotEnough,
        history.once(
            ("question effects", history.as_of), lambda: question_effects(entries_of(history, company))
        ),
    )


def _rows(fit: Adjusted | NotEnough, outcome: str) -> pd.DataFrame:
    """A row per question of one fit."""
    base: dict[str, Any] = {"question": list(QUESTIONS), "outcome": outcome}
    if isinstance(fit, NotEnough):
        return pd.DataFrame(
            base | dict.fromkeys(_NUMBERS, np.nan) | {"n": fit.n or 0, "events": 0, "missing": fit}
        )
    table = fit.table.reindex(LEVELS)
    numbers = {name: table[name].to_numpy(float) for name in _NUMBERS}
    counts = {"n": fit.deals, "events": fit.events, "missing": table["missing"].to_numpy()}
    return pd.DataFrame(base | numbers | counts)


def _judged(table: pd.DataFrame, share: float) -> pd.DataFrame:
    """With p_adjusted over all rows that have a p, at this share of the error rate, and claimed."""
    p_adjusted = pd.Series(np.nan, index=table.index)
    tested = table["p"].notna()
    if tested.any():
        by_holm = multipletests(table.loc[tested, "p"], method="holm")[1]
        p_adjusted[tested] = np.minimum(by_holm / share, 1.0)
    return table.assign(p_adjusted=p_adjusted, claimed=p_adjusted <= ERROR_RATE)


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    """With the order of the claimed ones of each outcome, the largest effect first."""
    claimed = table.loc[table["claimed"], ["outcome", "effect"]]
    order = claimed.groupby("outcome")["effect"].rank(ascending=False, method="first")
    return table.assign(order=order.reindex(table.index).astype("Int64"))


def _by_stage(entries: Entries, questions: pd.DataFrame) -> pd.DataFrame:
    """The second step: a row per question, outcome and stage."""
    claimed = set(
        questions.loc[questions["claimed"], ["question", "outcome"]].itertuples(index=False, name=None)
    )
    parts = []
    for stage in entries.stages:
        rows = entries.rows[entries.rows["stage"] == stage]
        for outcome in OUTCOMES:
            asked_at_all = any(one == outcome for _, one in claimed)
            fit = adjusted(rows, outcome, rows[LEVELS]) if asked_at_all else NotEnough(_NOT_CLAIMED)
            parts.append(_rows(fit, outcome).assign(stage=stage))
    table = pd.concat(parts, ignore_index=True) if parts else _rows(NotEnough(_NOT_CLAIMED), "won").head(0)
    pairs = zip(table["question"], table["outcome"], strict=True)
    inside = pd.Series([pair in claimed for pair in pairs], index=table.index, dtype=bool)
    table[_NUMBERS] = table[_NUMBERS].where(inside)
    table["missing"] = table["missing"].where(inside, NotEnough(_NOT_CLAIMED))
    return _ranked(_judged(table, 1 - _FIRST_STEP))


_NOT_CLAIMED = "looked into by stage only where it makes a difference over all stages"
