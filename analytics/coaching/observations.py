"""What each deal says of its owner's work: one value per deal, owner and topic, beside deals of its kind.

A rep with young deals, small ones, or deals in early stages is not shallow: every week of a deal is compared
with weeks of the same stage, age, size, deal type and team first (linear regression on these classes), and
what is left over is averaged over the deal's weeks. Commits are counted singly: one per deal and quarter.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pandas as pd

from analytics.coaching.team_calls import commit_rows
from analytics.coaching.topics import DEPTH, Topic
from analytics.company import Company
from analytics.playbook.entries import Entries

#: Days of "now" and of "before": four quarters each. Commits are few: they are counted over QUARTERS.
WINDOW_DAYS = 365
_AGES = [-1, 14, 30, 60, 90, 135, 200, 300, np.inf]
_SIZES = 5
_DAYS_OF_QUARTER = 91
#: Rarer classes are put together: nothing can be learned from a few rows.
_FEWEST_OF_CLASS = 25
_OLDEST_ANSWER, _OLDEST_STEP, _MOST_PEOPLE, _MOST_CONTRADICTIONS = 120.0, 60.0, 8.0, 3.0
_BASE = ["deal_id", "owner_id", "team", "landmark", "stage", "deal_type", "amount_company", "age_days"]


def observations(
    rows: pd.DataFrame,
    entries: Entries,
    company: Company,
    topics: Sequence[Topic],
    until: date,
    asks: Sequence[str],
) -> pd.DataFrame:
    """A row per topic, deal and owner over the four quarters up to `until`; nothing later is used.
    Of commits: per deal, owner and quarter, over the last QUARTERS that were over.

    topic, deal_id, owner_id, team, value (mean over the deal's weeks, in the topic's unit), beyond (what is
    left of it beside deals of the same kind), rows (weeks behind it; of commits 1), weight
    (less with few weeks; the usual deal's is about 1).
    """
    end = pd.Timestamp(until)
    weekly = _weekly(rows[rows["landmark"] <= end], end)
    window = weekly[weekly["landmark"] > end - pd.Timedelta(days=WINDOW_DAYS)]
    parts = []
    for topic in topics:
        if topic.key == "commits":
            measured = _commits(rows, company, until)
        elif topic.key.startswith(DEPTH):
            measured = _depth(topic, window, entries, end)
        else:
            measured = _WEEKLY[topic.key](window, len(asks))
        parts.append(_per_deal(measured, topic))
    return pd.concat(parts, ignore_index=True)


def _weekly(rows: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """One landmark a week, and the last day; deals without an owner belong to nobody."""
    on_week = (rows["landmark"] - rows["first_day"]).dt.days % 7 == 0
    kept: pd.DataFrame = rows[(on_week | (rows["landmark"] == end)) & (rows["owner_id"] != "")]
    return kept.sort_values(["deal_id", "landmark"], kind="stable")


def _depth(topic: Topic, window: pd.DataFrame, entries: Entries, end: pd.Timestamp) -> pd.DataFrame:
    """The level at each stage entered, the first one apart, and on the last day of open deals."""
    level = f"level_{topic.key.removeprefix(DEPTH)}"
    entered = entries.rows
    since = entered["landmark"].between(end - pd.Timedelta(days=WINDOW_DAYS - 1), end)
    later = entered["stage_order"] > entered["stage_order"].min()
    entered = entered[since & later & (entered["owner_id"] != "")]
    now = window[(window["landmark"] == end) & (window["stage_order"] > window["stage_order"].min())]
    parts = [part[[*_BASE, level]].assign(alike=at) for part, at in ((entered, "entry"), (now, "now"))]
    found: pd.DataFrame = pd.concat(parts, ignore_index=True).rename(columns={level: "value"})
    return found


def _commits(rows: pd.DataFrame, company: Company, until: date) -> pd.DataFrame:
    """What was stated as Commit in the fifth week of a past quarter: won in it or not (one by one)."""
    once = commit_rows(rows[rows["owner_id"] != ""], company, until)
    return once[[*_BASE, "quarter"]].assign(value=(once["outcome_0"] == "won").astype(float), alike="")


def _empty(rows: pd.DataFrame, asked: int) -> pd.DataFrame:
    return rows[_BASE].assign(value=(asked - rows["answered"]).clip(lower=0.0), alike="")


def _shallow(rows: pd.DataFrame, asked: int) -> pd.DataFrame:
    given = rows[rows["answered"] >= 1]
    return given[_BASE].assign(value=given["case_depth"] * 7 / given["answered"], alike="")


def _stale(rows: pd.DataFrame, asked: int) -> pd.DataFrame:
    """Deals with as many answers are compared: whoever answers seldom is not stale, but empty."""
    given = rows[rows["answered"] >= 1]
    age = given["last_answer_days"].clip(upper=_OLDEST_ANSWER)
    return given[_BASE].assign(value=age, alike=given["answered"])


def _pushes(rows: pd.DataFrame, asked: int) -> pd.DataFrame:
    """Moves between one row and the next, per quarter; a row counts by the days it stands for."""
    deals = rows.groupby("deal_id", sort=False)
    days = (rows["landmark"] - deals["landmark"].shift(1)).dt.days
    moved = (rows["pushes"] - deals["pushes"].shift(1)).clip(lower=0)
    value = moved * _DAYS_OF_QUARTER / days
    return rows[_BASE].assign(value=value, days=days, alike="").dropna(subset=["value"])


def _people(rows: pd.DataFrame, asked: int) -> pd.DataFrame:
    return rows[_BASE].assign(value=rows["stakeholders"].clip(upper=_MOST_PEOPLE), alike="")


def _buyer(rows: pd.DataFrame, asked: int) -> pd.DataFrame:
    """From the middle of the process on: before, nobody has met them."""
    late = rows[rows["stage_order"] >= rows["stage_order"].median()]
    return late[_BASE].assign(value=late["has_economic_buyer"], alike="")


def _no_next_step(rows: pd.DataFrame, asked: int) -> pd.DataFrame:
    return rows[_BASE].assign(value=1 - rows["has_next_step"], alike="")


def _old_next_step(rows: pd.DataFrame, asked: int) -> pd.DataFrame:
    there = rows[(rows["has_next_step"] == 1) & rows["next_step_days"].notna()]
    return there[_BASE].assign(value=there["next_step_days"].clip(upper=_OLDEST_STEP), alike="")


def _contradictions(rows: pd.DataFrame, asked: int) -> pd.DataFrame:
    """Deals with as many answers are compared: who answers nothing contradicts nothing."""
    return rows[_BASE].assign(
        value=rows["contradictions"].clip(upper=_MOST_CONTRADICTIONS),
        alike=rows["answered"],
    )


_WEEKLY: dict[str, Callable[[pd.DataFrame, int], pd.DataFrame]] = {
    "empty": _empty,
    "shallow": _shallow,
    "stale": _stale,
    "pushes": _pushes,
    "people": _people,
    "buyer": _buyer,
    "no_next_step": _no_next_step,
    "old_next_step": _old_next_step,
    "contradictions": _contradictions,
}


def _per_deal(measured: pd.DataFrame, topic: Topic) -> pd.DataFrame:
    columns = ["topic", "deal_id", "owner_id", "team", "value", "beyond", "rows", "weight"]
    if measured.empty:
        return pd.DataFrame({name: pd.Series(dtype=object) for name in columns}).astype(
            dict.fromkeys(["value", "beyond", "rows", "weight"], float)
        )
    days = measured["days"] if "days" in measured else pd.Series(7.0, index=measured.index)
    beyond = measured["value"] - _usual(measured, days)
    weighed = measured.assign(weeks=days / 7, values=measured["value"] * days / 7, beyonds=beyond * days / 7)
    keys = [name for name in ("deal_id", "owner_id", "quarter") if name in measured]
    deals = weighed.groupby(keys, as_index=False).agg(
        team=("team", "last"), value=("values", "sum"), beyond=("beyonds", "sum"), rows=("weeks", "sum")
    )
    deals = deals.assign(value=deals["value"] / deals["rows"], beyond=deals["beyond"] / deals["rows"])
    weight = deals["rows"] / (deals["rows"] + topic.settles)
    weight = (
        weight * weight.sum() / (weight**2).sum()
    )  # so that they add up to as many deals as they are worth
    return deals.assign(topic=topic.key, weight=weight)[columns]


def _usual(rows: pd.DataFrame, days: pd.Series) -> np.ndarray:
    """What rows of the same stage, age, size, deal type and team show (least squares on their classes, each
    row by its days)."""
    ages = pd.cut(rows["age_days"], _AGES, labels=False).fillna(-1).astype(int)
    stages = pd.factorize(rows["stage"], sort=True)[0]
    classes = [
        stages * (len(_AGES) + 1) + ages.to_numpy() + 1,
        _size(rows["amount_company"]),
        pd.factorize(rows["deal_type"], sort=True)[0],
        pd.factorize(rows["team"], sort=True)[0],
        pd.factorize(rows["alike"], sort=True)[0],
    ]
    design = np.hstack([_marked(one) for one in classes])
    value = rows["value"].to_numpy(float)
    counted = design.T * (days / days.mean()).to_numpy(float)
    ridge = 1e-6 * len(design) * np.eye(design.shape[1])  # the classes add up to the same: choose the least
    found: np.ndarray = design @ np.linalg.solve(counted @ design + ridge, counted @ value)
    return found


def _marked(classes: np.ndarray) -> np.ndarray:
    """A column per class, 1 where a row is of it; rare classes are one."""
    _, place, n = np.unique(classes, return_inverse=True, return_counts=True)
    column = np.where(n >= _FEWEST_OF_CLASS, np.cumsum(n >= _FEWEST_OF_CLASS), 0)
    marks = np.zeros((len(classes), int(column.max()) + 1))
    marks[np.arange(len(classes)), column[place]] = 1.0
    return marks


def _size(amount: pd.Series) -> np.ndarray:
    """Fifths of the amounts, 1 to 5; none recorded is a class of its own, 0."""
    place = np.ceil(amount.rank(pct=True).to_numpy(float) * _SIZES)
    return np.nan_to_num(place).astype(int)
