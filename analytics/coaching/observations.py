"""What each deal says of its owner's work: one value per deal, owner and topic, beside deals of its kind.

A rep with young deals, small ones, or deals in early stages is not shallow: every week of a deal is compared
with weeks of the same stage, age, size, deal type and team first (linear regression on these classes), and
what is left over is averaged over the deal's weeks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

import numpy as np
import pandas as pd

from analytics.coaching.topics import DEPTH, Topic
from analytics.playbook.entries import Entries

#: Days of "now" and of "before": four quarters each. Commits are few: they are counted over eight.
WINDOW_DAYS = 365
_AGES = [-1, 14, 30, 60, 90, 135, 200, 300, np.inf]
_SIZES = 5
_WEEKS_OF_QUARTER = 13
_COMMIT_WEEK, _COMMIT_QUARTERS = 4, 8
#: Rarer classes are put together: nothing can be learned from a few rows.
_FEWEST_OF_CLASS = 25
_OLDEST_ANSWER, _OLDEST_STEP, _MOST_PEOPLE, _MOST_CONTRADICTIONS = 120.0, 60.0, 8.0, 3.0
_BASE = ["deal_id", "owner_id", "team", "landmark", "stage", "deal_type", "amount_company", "age_days"]


def observations(
    rows: pd.DataFrame, entries: Entries, topics: Sequence[Topic], until: date, asks: Sequence[str]
) -> pd.DataFrame:
    """A row per topic, deal and owner over the four quarters up to `until`; nothing later is used.

    topic, deal_id, owner_id, team, value (mean over the deal's weeks, in the topic's unit), beyond (what is
    left of it beside deals of the same kind), rows (weeks behind it), weight (less with few weeks; the
    usual deal's is about 1).
    """
    end = pd.Timestamp(until)
    weekly = _weekly(rows[rows["landmark"] <= end], end)
    window = weekly[weekly["landmark"] > end - pd.Timedelta(days=WINDOW_DAYS)]
    parts = [_per_deal(_measured(topic, window, weekly, entries, end, asks), topic) for topic in topics]
    return pd.concat(parts, ignore_index=True)


def _weekly(rows: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """One landmark a week, and the last day; deals without an owner belong to nobody."""
    on_week = (rows["landmark"] - rows["first_day"]).dt.days % 7 == 0
    kept: pd.DataFrame = rows[(on_week | (rows["landmark"] == end)) & (rows["owner_id"] != "")]
    return kept.sort_values(["deal_id", "landmark"], kind="stable")


def _measured(
    topic: Topic,
    window: pd.DataFrame,
    weekly: pd.DataFrame,
    entries: Entries,
    end: pd.Timestamp,
    asks: Sequence[str],
) -> pd.DataFrame:
    """The rows of a topic with `value` and, where other things must be alike too, `alike`."""
    if topic.key.startswith(DEPTH):
        return _depth(topic, window, entries, end)
    if topic.key == "commits":
        return _commits(weekly, end)
    return _WEEKLY[topic.key](window, len(asks))


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


def _commits(weekly: pd.DataFrame, end: pd.Timestamp) -> pd.DataFrame:
    """Deals stated as Commit in week 4 of one of the last quarters that are over: won in it or not."""
    said = (weekly["week"] == _COMMIT_WEEK) & (weekly["category"] == "Commit")
    said &= weekly["timing"] == "in quarter"
    past = weekly["last_day"].drop_duplicates()
    last = past[past <= end].nlargest(_COMMIT_QUARTERS)
    over = weekly["outcome_0"].notna() & weekly["last_day"].isin(last)
    once: pd.DataFrame = weekly[said & over].drop_duplicates(["deal_id", "quarter"])
    return once[_BASE].assign(value=(once["outcome_0"] == "won").astype(float), alike="")


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
    moved = rows["pushes"] - rows.groupby("deal_id", sort=False)["pushes"].shift(1)
    return (
        rows[_BASE].assign(value=moved.clip(lower=0) * _WEEKS_OF_QUARTER, alike="").dropna(subset=["value"])
    )


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
    measured = measured.assign(beyond=measured["value"] - _usual(measured))
    deals = measured.groupby(["deal_id", "owner_id"], as_index=False).agg(
        team=("team", "last"), value=("value", "mean"), beyond=("beyond", "mean"), rows=("value", "size")
    )
    weight = deals["rows"] / (deals["rows"] + topic.settles)
    weight = (
        weight * weight.sum() / (weight**2).sum()
    )  # so that they add up to as many deals as they are worth
    return deals.assign(topic=topic.key, weight=weight)[columns]


def _usual(rows: pd.DataFrame) -> np.ndarray:
    """What rows of the same stage, age, size, deal type and team show (least squares on their classes)."""
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
    ridge = 1e-6 * len(design) * np.eye(design.shape[1])  # the classes add up to the same: choose the least
    found: np.ndarray = design @ np.linalg.solve(design.T @ design + ridge, design.T @ value)
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
