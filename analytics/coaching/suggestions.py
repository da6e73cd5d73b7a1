"""At most three things to talk about with a rep, and what is good; nothing where nothing stands out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from analytics.coaching.habit_words import counted, figure
from analytics.coaching.habits import FEWEST_DEALS, FEWEST_REPS, Habits
from analytics.coaching.topics import DEPTH, GOOD, RAMPING, TO_COACH, TOO_FEW, asks_of_topic
from analytics.problems import NotEnough
from analytics.wording import count

MOST = 3
#: A second suggestion of the same family gives way to another family that is nearly as strong.
_SAME_FAMILY = 0.5
#: Between suggestions about as strong: what goes with winning here comes first, and where the money is.
_TIE = 0.25


@dataclass(frozen=True)
class Suggestion:
    """One thing to talk about, or one that is good.

    `title` names it, `short` within a sentence; `sentence` is the evidence with figures, n and interval;
    `beside` the rep's own past; `goes_with` says whether it goes with winning here
    ('' = not known); `ask` is a question for the 1:1; `deals` those that show it most first; `stake` the open
    money in them.
    """

    topic: str
    title: str
    short: str
    sentence: str
    beside: str
    goes_with: str
    ask: str
    n: int
    strength: float
    deals: tuple[str, ...]
    stake: float


@dataclass(frozen=True)
class Suggestions:
    """`coach`: at most three, the strongest first; `praise`: what is good, the strongest first; `withheld`:
    why there is nothing to coach, where that is so."""

    coach: list[Suggestion]
    praise: list[Suggestion]
    withheld: NotEnough | None


def suggest(habits: Habits, owner_id: str, effects: Any = None) -> Suggestions:
    """What to talk about with one rep.

    `effects`: of `playbook.effects.question_effects` (or nothing); used only between suggestions that are
    about as strong.
    """
    rows = habits.of(owner_id)
    matters = _goes_with(effects)
    bad, good = rows[rows["direction"] == TO_COACH], rows[rows["direction"].eq(GOOD) & rows["praised"]]
    coach = [_suggestion(row, matters) for row in _chosen(bad, matters)]
    praise = [_suggestion(row, matters) for row in _chosen(good, matters)]
    return Suggestions(coach, praise, None if coach else _withheld(rows))


def _chosen(rows: pd.DataFrame, matters: dict[str, list[str]]) -> list[Any]:
    """The strongest, of several families where those are nearly as strong."""
    most = float(np.max(rows["stake"].to_numpy(float), initial=0.0))
    every: list[Any] = list(rows.itertuples())
    left = {row.topic: (float(row.strength) + _TIE * _ties(row, matters, most), row) for row in every}
    chosen: list[Any] = []
    while left and len(chosen) < MOST:
        taken = [row.family for row in chosen]
        best = max(left, key=lambda one: left[one][0] - _SAME_FAMILY * taken.count(left[one][1].family))
        chosen.append(left.pop(best)[1])
    return chosen


def _ties(row: Any, matters: dict[str, list[str]], most: float) -> float:
    return float(bool(matters.get(asks_of_topic(row.topic)))) + (row.stake / most if most > 0 else 0.0)


def _goes_with(effects: Any) -> dict[str, list[str]]:
    """The questions whose depth goes with an outcome here -> the outcomes, in words."""
    rows = getattr(effects, "questions", None)
    if rows is None:
        return {}
    words = {"won": "winning", "kept": "being decided by the stated quarter's end"}
    found: dict[str, list[str]] = {}
    for row in rows[rows["claimed"].eq(True) & (rows["effect"] > 0)].itertuples():
        found.setdefault(str(row.question), []).append(words.get(str(row.outcome), str(row.outcome)))
    return found


def _suggestion(row: Any, matters: dict[str, list[str]]) -> Suggestion:
    goes = matters.get(asks_of_topic(row.topic), [])
    return Suggestion(
        topic=row.topic,
        title=title(row.topic, row.label, row.direction, getattr(row, "verdict", "")),
        short=short(row.topic, row.label, row.direction, getattr(row, "verdict", "")),
        sentence=row.words,
        beside=_past(row),
        goes_with=f"Deeper answers to it go with {' and '.join(goes)} here; that need not be why."
        if goes
        else "",
        ask=row.ask,
        n=int(row.n),
        strength=float(row.strength),
        deals=row.deals,
        stake=float(row.stake),
    )


_TITLES = {
    "empty": ("Fill the questions left empty", "Fewer questions are left empty"),
    "shallow": ("Ask further where an answer is on the surface", "Answers go below the surface"),
    "stale": ("Bring the answers up to date", "Answers are kept up to date"),
    "pushes": ("Talk about how close dates are set", "Close dates hold"),
    "commits": ("Talk about what makes a deal a Commit", "Commits are kept"),
    "people": ("Meet more people at the customer", "More people at the customer are met"),
    "buyer": ("Meet whoever decides on the money", "Whoever decides on the money is met more often"),
    "no_next_step": ("Agree on a next step", "Deals have a next step"),
    "old_next_step": ("Renew the next steps", "Next steps are recent"),
    "contradictions": ("Clear up what contradicts the deal", "Answers agree with the deal"),
}


def title(topic: str, label: str, direction: str, verdict: str = "") -> str:
    """A short name of a suggestion or of a praise."""
    if topic == "statements":
        side = "above" if verdict == "above" else "below"
        return f"Talk about dates and categories stated {side} the evidence"
    if topic.startswith(DEPTH):
        return f"{label}: answered in depth" if direction == GOOD else f"{label}: ask one question further"
    return _TITLES[topic][1 if direction == GOOD else 0]


_SHORT = {
    "empty": ("questions left empty", "fewer questions left empty"),
    "shallow": ("answers that stay on the surface", "answers that go below the surface"),
    "stale": ("answers that grow old", "answers kept up to date"),
    "pushes": ("how close dates are set", "close dates that hold"),
    "commits": ("what makes a deal a Commit", "commits that are kept"),
    "people": ("whom else to meet at the customer", "more people met at the customer"),
    "buyer": ("how to meet whoever decides on the money", "whoever decides on the money is met more often"),
    "no_next_step": ("next steps to agree on", "deals with a next step"),
    "old_next_step": ("next steps that grow old", "next steps that are recent"),
    "contradictions": ("what contradicts the deal", "answers that agree with the deal"),
}


def short(topic: str, label: str, direction: str, verdict: str = "") -> str:
    """The same within a sentence."""
    if topic == "statements":
        return f"dates and categories stated {'above' if verdict == 'above' else 'below'} the evidence"
    if topic.startswith(DEPTH):
        return (
            f"{label.lower()} answered in depth" if direction == GOOD else f"going deeper on {label.lower()}"
        )
    return _SHORT[topic][1 if direction == GOOD else 0]


def _past(row: Any) -> str:
    """Against the rep's own deals a year earlier, both beside deals like them."""
    if pd.isna(row.past):
        return ""
    value, like = figure(row.past, row.topic), figure(row.past_team, row.topic)
    n = counted(int(row.past_n), row.topic)
    was = f"A year earlier it was {value}, on like deals of then {like} ({n})"
    if row.change_low <= 0 <= row.change_high:
        return f"{was}: beside like deals no clear change."
    return f"{was}: beside like deals {'better' if row.change * row.better > 0 else 'less good'} since."


def _withheld(rows: pd.DataFrame) -> NotEnough:
    if rows.empty:
        return NotEnough("there were no deals in the last four quarters", 0)
    if rows["direction"].eq(RAMPING).any():
        return NotEnough("new here: differences from colleagues are what one expects in the first 90 days")
    measured = rows["topic"] != "statements"  # these are judged on all the rep's deals ever
    if rows.loc[measured, "direction"].eq(TOO_FEW).all():
        n = int(rows.loc[measured, "n"].max())
        if n >= FEWEST_DEALS:
            return NotEnough(f"fewer than {FEWEST_REPS} reps have {FEWEST_DEALS} deals to compare with")
        return NotEnough(f"a rep is compared with colleagues from {FEWEST_DEALS} deals on", n)
    few = int(rows["direction"].eq(TOO_FEW).sum())
    rest = f" ({few} of them with too few deals to tell)" if few else ""
    things = count(len(rows), "thing")
    return NotEnough(
        f"nothing stands out: of {things} looked at{rest}, none is behind colleagues beyond chance"
    )
