"""How deep by which stage: what became of deals that entered a stage with a question answered so deep.

Counted as it was, beside the company's own rate at that stage, and compared among deals alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.intervals import wilson
from analytics.playbook.adjusted import Adjusted, Alike, alike
from analytics.playbook.effects import OUTCOMES
from analytics.playbook.entries import LEVELS, Entries
from analytics.problems import NotEnough
from analytics.store.subjects import QUESTIONS

#: Deals below which no share is shown.
FEWEST = 8
#: From this level on an answer is explained.
EXPLAINED = 3
COVERED = 0.95
DEPTHS = (0, 1, 2, 3, 4)
_YEAR = 365
_EMPTY = 1  # an answer at or below this level says nothing specific


@dataclass(frozen=True)
class ByStage:
    """Rows are of entries whose outcome is known; shares and n are of deals (one entry per deal and stage).

    `levels`: stage, question, outcome, level (0-4), n, happened, share, low, high (95%; NaN below FEWEST).
    `rates`: the company's own: stage, outcome, n, happened, share, low, high.
    `explained`: stage, question, outcome, n and share of deals that entered with it explained (`n_with`,
    `share_with`) and of the others (`n_without`, `share_without`; shares NaN below FEWEST), effect, low, high
    (with less without, among deals alike, the other questions being as deep; 95%), missing (NotEnough: then
    these are NaN).
    """

    levels: pd.DataFrame
    rates: pd.DataFrame
    explained: pd.DataFrame


def answers_by_stage(entries: Entries) -> ByStage:
    """Count and compare, stage by stage."""
    levels, rates, explained = [], [], []
    for stage in entries.stages:
        for outcome in OUTCOMES:
            rows = entries.rows[(entries.rows["stage"] == stage) & entries.rows[outcome].notna()]
            at = {"stage": stage, "outcome": outcome}
            rates.append(at | _share(rows[outcome]))
            prepared = alike(rows, outcome)
            for question, level in zip(QUESTIONS, LEVELS, strict=True):
                asked = at | {"question": question}
                groups = [(depth, rows.loc[rows[level] == depth, outcome]) for depth in DEPTHS]
                levels += [asked | {"level": depth} | _share(happened) for depth, happened in groups]
                explained.append(asked | _explained(rows, outcome, level, prepared))
    return ByStage(pd.DataFrame(levels), pd.DataFrame(rates), pd.DataFrame(explained))


def _share(happened: pd.Series) -> dict[str, Any]:
    """n, happened, share, low, high of a 0/1 column."""
    n, count = len(happened), int(happened.sum())
    if n < FEWEST:
        return {"n": n, "happened": count, "share": np.nan, "low": np.nan, "high": np.nan}
    low, high = wilson(count / n, n, COVERED)
    return {"n": n, "happened": count, "share": count / n, "low": low, "high": high}


def _explained(rows: pd.DataFrame, outcome: str, level: str, prepared: Alike | NotEnough) -> dict[str, Any]:
    """Deals with the question explained at entry against the others."""
    is_deep = rows[level] >= EXPLAINED
    sides = {"with": _share(rows.loc[is_deep, outcome]), "without": _share(rows.loc[~is_deep, outcome])}
    known = {f"{name}_{side}": found[name] for side, found in sides.items() for name in ("n", "share")}
    nothing = dict.fromkeys(("effect", "low", "high", "p"), np.nan)
    if isinstance(prepared, NotEnough):
        return known | nothing | {"missing": prepared}
    others = [name for name in LEVELS if name != level]
    fit: Adjusted = prepared.compare(rows[others].assign(is_deep=is_deep.astype(float)))
    row: dict[Any, Any] = fit.table.loc["is_deep"].to_dict()
    return known | {name: float(row[name]) for name in nothing} | {"missing": row["missing"]}


def empty_at_entry(entries: Entries) -> pd.DataFrame:
    """Which questions stay empty: of deals that entered a stage, the share whose answer said little (0 or 1).

    A row per stage and question: n, empty, share, low, high of entries in the year up to the as-of date, and
    the same with `_before` of the year before that. Shares NaN below FEWEST.
    """
    age = (pd.Timestamp(entries.as_of) - entries.rows["landmark"]).dt.days
    periods = {"": age < _YEAR, "_before": (age >= _YEAR) & (age < 2 * _YEAR)}
    found = []
    for stage in entries.stages:
        here = entries.rows["stage"] == stage
        for question, level in zip(QUESTIONS, LEVELS, strict=True):
            row: dict[str, Any] = {"stage": stage, "question": question}
            for suffix, when in periods.items():
                share = _share((entries.rows.loc[here & when, level] <= _EMPTY).astype(float))
                row |= {f"{name}{suffix}": share[name] for name in ("n", "share", "low", "high")}
                row[f"empty{suffix}"] = share["happened"]
            found.append(row)
    return pd.DataFrame(found)
