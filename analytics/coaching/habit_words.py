"""What is said of one habit of one rep: the two figures, how sure, on how many deals."""

from __future__ import annotations

from typing import Any

import pandas as pd

from analytics.coaching.topics import DEPTH, RAMPING, TOO_FEW
from analytics.wording import count, percent

#: What the figure of a topic is, before the two figures.
_WHAT = {
    "empty": "Of the seven questions {value} have no answer",
    "shallow": "The answers that are given stand at {value} of 4",
    "stale": "The latest answer is {value} old",
    "pushes": "The close date moves later {value} per deal and quarter",
    "commits": "Of {n} in the fifth week of a past quarter, {kept} won in it ({value}{range})",
    "people": "{value} people at the customer are recorded per deal",
    "buyer": "On the later deals whoever decides on the money is recorded {value} of the time",
    "no_next_step": "The deals have no next step {value} of the time",
    "old_next_step": "The next step is {value} old",
    "contradictions": "{value} contradictions between the answers and the deal are found per deal",
}


#: Decimals of a figure of a topic as it is read (of a share: of the share); of the others 1.
DIGITS = {"commits": 2, "buyer": 2, "no_next_step": 2, "stale": 0, "old_next_step": 0}


def with_words(rows: pd.DataFrame) -> pd.DataFrame:
    """Rows of the habits with `words`: a sentence each."""
    return rows.assign(words=[_words(row) for row in rows.itertuples()])


def figure(value: Any, topic: str) -> str:
    """A value of a topic as people read it."""
    if pd.isna(value):
        return "–"
    if topic in ("commits", "buyer", "no_next_step"):
        return percent(min(max(value, 0.0), 1.0))
    if topic in ("stale", "old_next_step"):
        return count(round(value), "day")
    if topic == "pushes":
        return f"{max(value, 0.0):.1f} times"
    return f"{max(value, 0.0):.1f}"


def _words(row: Any) -> str:
    n = counted(int(row.n), row.topic)
    if row.direction == RAMPING:
        return f"New here ({count(round(row.tenure), 'day')}): nothing is said of the first 90 days."
    if row.direction == TOO_FEW:
        return f"Not enough to tell ({n})."
    if row.topic == "statements":
        return _stated(row)
    value, team = figure(row.value, row.topic), figure(row.team_value, row.topic)
    if row.topic.startswith(DEPTH):
        start = f"{row.label} is answered to {value} of 4 levels; on like deals of the team to {team}"
        return f"{start} ({n}{_range(row)})."
    if row.topic == "commits":
        kept = count(round(row.value * row.n), "was", "were")
        start = _WHAT["commits"].format(n=n, kept=kept, value=value, range=_range(row))
        return f"{start}; of like ones of the team {team}."
    return (
        f"{_WHAT[row.topic].format(value=value)}; on like deals of the team it is {team} ({n}{_range(row)})."
    )


def counted(n: int, topic: str) -> str:
    """How many deals, or Commits, a figure rests on."""
    return count(n, "Commit" if topic == "commits" else "deal")


def _range(row: Any) -> str:
    """The interval of the difference, as two figures on the same scale."""
    low, high = row.team_value + row.low, row.team_value + row.high
    return f", likely between {figure(low, row.topic)} and {figure(high, row.topic)}"


def _stated(row: Any) -> str:
    n = count(int(row.n), "deal")
    side = {"above": "above what", "as": "as"}.get(row.verdict, "below what")
    closed = f"; {row.realised}" if row.verdict != "as" and isinstance(row.realised, str) else ""
    return f"Dates and categories are stated {side} the evidence usually gets ({n}){closed}."
