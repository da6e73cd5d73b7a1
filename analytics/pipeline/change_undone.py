"""What changed and changed back between two days: a comparison of the two ends alone would not see it."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

import pandas as pd

from analytics.company import Company
from analytics.pipeline.change_steps import Window
from analytics.pipeline.change_words import NO_DATE, Words

COLUMNS = [
    "deal_id", "name", "owner_name", "what", "value", "went_to", "on", "back_on", "money",
]  # fmt: skip
_NEEDED = [
    "deal_id", "at", "is_before", "name", "owner_name", "owner_id", "team", "stage", "category", "amount",
    "currency", "close_date", "is_open", "is_won", "is_gone", "is_there", "is_in", "ended_on",
]  # fmt: skip
DATE_QUARTER, CAME_AND_WENT = "quarter of the close date", "came and went"
LEFT_AND_CAME = "left and came back"


def undone(window: Window, company: Company, measure: str) -> pd.DataFrame:
    """Every value that a deal of the measure left and came back to: `COLUMNS`, the most money first.

    Deals: all that were in the measure at some moment of the window. `what`: close date, quarter of the close
    date (another day of the same quarter again), category, amount, stage, owner, state (closed and reopened,
    gone and back); 'came and went' where a deal was in the measure only in between, 'left and came back' the
    other way round. `value`: what it was and is again; `went_to`: what it was in between; `on`, `back_on`:
    company days; `money`: the deal's, in the company's currency (its largest in the measure).
    """
    steps = window.steps
    inside = steps[steps["is_in"]].groupby("deal_id")["money"].max().fillna(0.0)
    states = steps["deal_id"].value_counts() + 1 - steps.groupby("deal_id")["is_before"].any()
    enough = states.index[states > 2]  # out and back takes three states; not being there yet is one
    some = steps.loc[steps["deal_id"].isin(inside.index.intersection(enough)), _NEEDED]
    rows: list[tuple[Any, ...]] = []
    tell = _Telling(Words(window.before, window.after, company), company, measure)
    for deal_id, mine in _by_deal(some):
        found = tell.of_deal(mine)
        rows += [(deal_id, mine[-1].name, mine[-1].owner_name, *one, inside[deal_id]) for one in found]
    table = pd.DataFrame(rows, columns=COLUMNS)
    order = pd.DataFrame({"size": -table["money"].astype(float), "name": table["deal_id"], "on": table["on"]})
    order = order.sort_values(["size", "name", "on"], kind="stable")
    table = table.loc[order.index].reset_index(drop=True)
    days = {name: pd.to_datetime(table[name]) for name in ("on", "back_on")}
    return table.assign(**days, money=table["money"].astype(float))


def _by_deal(steps: pd.DataFrame) -> list[tuple[str, list[Any]]]:
    found: dict[str, list[Any]] = {}
    for row in steps.itertuples(index=False):
        found.setdefault(str(row.deal_id), []).append(row)
    return list(found.items())


@dataclass(frozen=True)
class _Telling:
    """Finds the values that a deal came back to, and says them."""

    words: Words
    company: Company
    measure: str

    def of_deal(self, steps: list[Any]) -> list[tuple[Any, ...]]:
        """what, value, went_to, on, back_on of one deal's steps."""
        is_open = [step for step in steps if step.is_open]
        found = self._returns("close date", is_open, _date, lambda step: self.words.day(step.close_date))
        if not found:
            found = self._returns(DATE_QUARTER, is_open, self._quarter, lambda step: str(self._quarter(step)))
        found += self._returns("category", is_open, lambda step: str(step.category), lambda s: s.category)
        found += self._returns("amount", is_open, _amount, self.words.amount)
        found += self._returns("stage", is_open, lambda step: str(step.stage), lambda step: step.stage)
        found += self._returns("owner", steps, lambda step: str(step.owner_id), self.words.owner)
        found += self._returns("state", steps, _ended, _ended)
        return found or self._came_or_went(steps)

    def _returns(
        self,
        what: str,
        steps: Sequence[Any],
        key: Callable[[Any], Hashable],
        say: Callable[[Any], str],
    ) -> list[tuple[Any, ...]]:
        rows = []
        for out, between, back in returns([key(step) for step in steps]):
            went_to = ", ".join(dict.fromkeys(say(steps[at]) for at in between))
            rows.append((what, say(steps[back]), went_to, *self._days(steps[out], steps[back])))
        return rows

    def _came_or_went(self, steps: list[Any]) -> list[tuple[Any, ...]]:
        """Another change brought it into the measure than took it out again, or the other way round."""
        inside = [bool(step.is_in) for step in steps]
        start = [] if steps[0].is_before else [False]
        skipped = len(start)
        rows = []
        for out, between, back in returns([*start, *inside]):
            out, back, first = out - skipped, back - skipped, between[0] - skipped
            what = CAME_AND_WENT if inside[first] else LEFT_AND_CAME
            value = f"{'outside' if inside[first] else 'in'} the {self.measure}"
            went_to = self.words.state(steps[first])
            rows.append((what, value, went_to, *self._days(steps[out], steps[back])))
        return rows

    def _days(self, *steps: Any) -> list[pd.Timestamp]:
        calendar = self.company.calendar
        return [pd.Timestamp(calendar.day_of(pd.Timestamp(step.at).to_pydatetime())) for step in steps]

    def _quarter(self, step: Any) -> str:
        date = step.close_date
        if date is pd.NaT:
            return NO_DATE
        if date not in self._quarters:
            self._quarters[date] = self.company.calendar.quarter_of(date.date()).key
        return self._quarters[date]

    @cached_property
    def _quarters(self) -> dict[pd.Timestamp, str]:
        return {}


def _date(step: Any) -> Hashable:
    return None if step.close_date is pd.NaT else step.close_date


def _amount(step: Any) -> Hashable:
    return None if step.amount != step.amount else (step.amount, step.currency)  # NaN: no amount


def _ended(step: Any) -> str:
    if step.is_gone:
        return "gone from the CRM"
    return "open" if step.is_open else "won" if step.is_won else "lost"


def returns(values: Sequence[Hashable]) -> list[tuple[int, list[int], int]]:
    """Where a sequence leaves a value and comes back to it: (first other one, the others, the return).

    The last return counts, so that 1 2 1 3 1 is one way out and back; what follows is looked at anew.
    """
    found: list[tuple[int, list[int], int]] = []
    if len(set(values)) == 1 + sum(one != other for one, other in pairwise(values)):
        return found  # no value stands in two places
    at = 0
    while at < len(values):
        last = max(other for other in range(at, len(values)) if values[other] == values[at])
        others = [other for other in range(at, last) if values[other] != values[at]]
        if others:
            back = others[-1] + 1
            found.append((others[0], others, back))
            at = last
        at += 1
    return found
