"""The rows of the calls' table: company, managers, teams, owners, each with its roll-up and our number."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd

from analytics.company import Company, Scope
from analytics.forecast.calls import NAMED, team_managers
from analytics.forecast.draws import QUANTILES
from analytics.forecast.quarter_forecast import Forecast
from analytics.problems import NotEnough

COMPANY, MANAGER, TEAM, OWNER = LEVELS = ("company", "manager", "team", "owner")
#: A call that is older than this is late.
FRESH_DAYS = 7
ROLLED = [f"rolled_up_{what}" for what in NAMED]
COLUMNS = [
    "level", "person_id", "name", "team", *NAMED, "submitted_on", "submitted_by", "is_asked", "is_late",
    "below", "below_called", *ROLLED, "crm_changed", "crm_changed_money", "expected", "p10", "p90",
    "difference",
]  # fmt: skip


@dataclass(frozen=True)
class CallFacts:
    """What every row is made from.

    `gone`: people who do not work here any more; `changes`: deal_id, valid_at, owner_id, amount_company, each
    deal's ascending in time; `parts`: of `parts_of` by owner.
    """

    company: Company
    scope: Scope
    found: Forecast
    said: pd.DataFrame
    names: pd.Series
    gone: set[str]
    changes: pd.DataFrame
    parts: pd.DataFrame

    @cached_property
    def draws(self) -> np.ndarray:
        """Simulated money of the owners of `parts`, with what they have won (draw x owner)."""
        by_owner = self.found.whole.drawn.by_owner(self.parts.index)
        return np.asarray(by_owner + self.parts["won"].to_numpy(float))

    def kept(self, what: tuple[str, ...], make: Callable[[], Any]) -> Any:
        """What follows from the forecast alone, made once: a call that is submitted does not change it."""
        return kept_with(self.found, what, make)

    @cached_property
    def last_changes(self) -> dict[str, list[tuple[pd.Timestamp, float]]]:
        """owner_id -> when each of their deals changed last, and its amount."""
        last = self.changes.drop_duplicates("deal_id", keep="last")
        found: dict[str, list[tuple[pd.Timestamp, float]]] = {}
        for owner, at, amount in zip(
            last["owner_id"], last["valid_at"], last["amount_company"].astype(float), strict=True
        ):
            found.setdefault(str(owner), []).append((at, amount))
        return found

    @cached_property
    def by_owner(self) -> dict[str, tuple[float, float, float]]:
        """owner_id -> expected, P10 and P90."""
        values = self.parts[["expected", "p10", "p90"]].to_numpy(float)
        return {str(owner): tuple(row) for owner, row in zip(self.parts.index, values.tolist(), strict=True)}

    def name(self, person_id: str) -> str:
        """Their name, else their id."""
        name = self.names.get(person_id)
        return str(name) if isinstance(name, str) and name else person_id

    def call(self, level: str, person_id: str) -> dict[str, Any]:
        """What stands of a row's call: NAMED, at, day, submitted_by; missing where none was submitted."""
        if person_id not in self.said.index or (not person_id and level != COMPANY):
            return {**dict.fromkeys(NAMED, np.nan), "at": pd.NaT, "day": pd.NaT, "submitted_by": ""}
        return dict(self.said.loc[person_id])


def kept_with(found: Forecast, what: tuple[str, ...], make: Callable[[], Any]) -> Any:
    """Something that follows from a forecast, made once as long as its history is kept."""
    return found.whole.basis.history.once(("calls", found.view.scope, *what), make)


def call_rows(facts: CallFacts, people: pd.DataFrame) -> list[dict[str, Any]]:
    """A dict per row with the keys COLUMNS; `people`: those who work here, by person_id.

    Whoever leads people has one call, which stands for them all: in the row of their team, else in a row of
    their own above the teams, and never in that of the deals they own, or it would be added up twice.
    """
    leads = _leads(people)
    owners = _owners(facts, people, leads)
    if facts.scope.owner_id:
        own = owners[owners["owner_id"] == facts.scope.owner_id]
        return [_owner_row(facts, row, leads) for row in own.itertuples()]
    managers = team_managers(people.reset_index())
    called = {str(team) for team, head in managers.items() if head in facts.said.index}
    teams = sorted({team for team in (*owners["team"], *called) if team})
    if facts.scope.team:
        teams = [team for team in teams if team == facts.scope.team]
    rows, heads = [], []
    for team in teams:
        mine = owners[owners["team"] == team]
        head = str(managers.get(team, ""))
        below = [_owner_row(facts, row, leads) for row in mine.itertuples() if row.owner_id != head]
        top = _above(facts, TEAM, head, f"Team {team}", team, below, set(mine["owner_id"]))
        heads.append(top)
        rows += [top, *below]
    if facts.scope.team:
        return rows
    rest = [_owner_row(facts, row, leads) for row in owners[owners["team"] == ""].itertuples()]
    others = _managers_above(facts, people, leads, heads, owners)
    whole = _company_row(facts, [*heads, *rest], set(owners["owner_id"]))
    return [whole, *others, *rows, *rest]


def _leads(people: pd.DataFrame) -> set[str]:
    """Whoever somebody who works here reports to."""
    bosses = people["manager_id"].dropna()
    return {str(boss) for who, boss in bosses.items() if boss and boss != who}


def _owners(facts: CallFacts, people: pd.DataFrame, leads: set[str]) -> pd.DataFrame:
    """owner_id, name, team: who has deals or money in the quarter, or has called it."""
    view = facts.found.view
    having = pd.concat([view.won_in_quarter, facts.found.deals])[["owner_id", "owner_name", "team"]]
    having = having.drop_duplicates("owner_id", keep="last").set_index("owner_id")
    earning = [] if facts.parts.empty else list(facts.parts.index[facts.parts["expected"].abs() >= 0.005])
    callers = [who for who in facts.said.index if who and who not in leads]
    ids = list(dict.fromkeys([*having.index, *earning, *callers]))
    team = people["team"].reindex(ids).fillna(having["team"].reindex(ids)).fillna("")
    name = [facts.name(who) if who else "(no owner)" for who in ids]
    table = pd.DataFrame({"owner_id": ids, "name": name, "team": team.to_numpy(str)})
    return facts.scope.within(table.sort_values(["team", "name"], kind="stable"))


def _owner_row(facts: CallFacts, owner: Any, leads: set[str]) -> dict[str, Any]:
    is_asked = bool(owner.owner_id) and owner.owner_id not in facts.gone | leads
    row = _row(facts, OWNER, owner.owner_id, owner.name, owner.team, {owner.owner_id}, is_asked=is_asked)
    return row | {"below": 0, "below_called": 0}


def _above(
    facts: CallFacts,
    level: str,
    person_id: str,
    name: str,
    team: str,
    below: list[dict[str, Any]],
    of: set[str],
) -> dict[str, Any]:
    """A row with the roll-up of those below it."""
    asked = bool(person_id) or level == COMPANY
    row = _row(facts, level, person_id, name, team, of, is_asked=asked)
    return row | _rolled_up(below)


def _company_row(facts: CallFacts, below: list[dict[str, Any]], of: set[str]) -> dict[str, Any]:
    row = _above(facts, COMPANY, "", facts.company.name or "The company", "", below, of)
    for key in ("expected", "p10", "p90"):
        value = getattr(facts.found, key)
        row[key] = np.nan if isinstance(value, NotEnough) else value
    return row | {"difference": _less(row["expected"], row["most_likely"])}


def _managers_above(
    facts: CallFacts,
    people: pd.DataFrame,
    leads: set[str],
    heads: list[dict[str, Any]],
    owners: pd.DataFrame,
) -> list[dict[str, Any]]:
    """Those who lead people but none of the teams, if they have called or own deals."""
    above = {str(who): boss for who, boss in people["manager_id"].items()}
    leads = leads - facts.gone - {row["person_id"] for row in heads}
    rows = []
    for who in dict.fromkeys(who for who in (*facts.said.index, *owners["owner_id"]) if who in leads):
        teams = [row for row in heads if who in _chain(row["person_id"], above)]
        of = set(owners.loc[owners["team"].isin([row["team"] for row in teams]), "owner_id"]) | {
            owner for owner in owners["owner_id"] if owner == who or who in _chain(owner, above)
        }
        rows.append(_above(facts, MANAGER, who, facts.name(who), "", teams, of))
    return rows


def _chain(person: str, above: dict[str, Any]) -> list[str]:
    """Everybody above a person; a tree that is tied into a ring ends."""
    found: list[str] = []
    boss = above.get(person)
    while isinstance(boss, str) and boss not in found and boss != person:
        found.append(boss)
        boss = above.get(boss)
    return found


def _rolled_up(below: list[dict[str, Any]]) -> dict[str, Any]:
    """The sum of what those below say; where one is silent, of what those below them say."""
    asked = [row for row in below if row["is_asked"] or row["level"] == TEAM]
    found: dict[str, Any] = {
        "below": len(asked),
        "below_called": sum(_has_called(row) for row in asked),
    }
    for what, name in zip(NAMED, ROLLED, strict=True):
        best = [row[name] if pd.isna(row[what]) else row[what] for row in asked]
        found[name] = _sum(best)
    return found


def _has_called(row: dict[str, Any]) -> bool:
    """Whether a call is there; of a team that nobody leads, of everybody in it."""
    if row["level"] == TEAM and not row["is_asked"]:
        return bool(0 < row["below"] == row["below_called"])
    return not pd.isna(row["submitted_on"])


def _sum(amounts: Iterable[float]) -> float:
    known = [amount for amount in amounts if not pd.isna(amount)]
    return round(sum(round(amount * 100) for amount in known) / 100, 2) if known else np.nan


def _less(ours: float, theirs: float) -> float:
    return round(ours - theirs, 2)


def _row(
    facts: CallFacts, level: str, person_id: str, name: str, team: str, of: set[str], *, is_asked: bool
) -> dict[str, Any]:
    """What is said, when, by whom, what changed since, and our number for the same people."""
    call = facts.call(level, person_id if is_asked else "")
    by, day = call["submitted_by"], call["day"]
    fresh_from = pd.Timestamp(facts.scope.as_of - timedelta(days=FRESH_DAYS))
    return {
        "level": level,
        "person_id": person_id,
        "name": name,
        "team": team,
        **{what: call[what] for what in NAMED},
        "submitted_on": day,
        "submitted_by": facts.name(by) if isinstance(by, str) else "",
        "is_asked": is_asked,
        "is_late": is_asked and bool(pd.isna(day) or day < fresh_from),
        **dict.fromkeys(ROLLED, np.nan),
        **_changed(facts, call["at"], of),
        **_ours(facts, of, call["most_likely"]),
    }


def _changed(facts: CallFacts, at: Any, of: set[str]) -> dict[str, float]:
    """Deals of these owners that changed after a moment."""
    if pd.isna(at):
        return {"crm_changed": 0, "crm_changed_money": np.nan}
    mine = [
        amount for owner in of for changed_at, amount in facts.last_changes.get(owner, []) if changed_at > at
    ]
    return {"crm_changed": len(mine), "crm_changed_money": _sum([0.0, *mine])}


def _range(draws: np.ndarray) -> tuple[float, float]:
    """P10 and P90 of the sum of simulated money (draw x owner)."""
    low, _, high = np.quantile(draws.sum(axis=1), QUANTILES).round(2)
    return float(low), float(high)


def _ours(facts: CallFacts, of: set[str], most_likely: float) -> dict[str, float]:
    """Our number for these owners; NaN without chances."""
    known = [owner for owner in of if owner in facts.by_owner]
    if not known:
        return dict.fromkeys(("expected", "p10", "p90", "difference"), np.nan)
    expected, low, high = facts.by_owner[known[0]]
    if len(known) > 1:
        here = facts.parts.index.isin(known)
        expected = _sum(facts.parts.loc[here, "expected"])
        low, high = facts.kept(("range of", *sorted(known)), lambda: _range(facts.draws[:, here]))
    return {
        "expected": expected, "p10": low, "p90": high, "difference": _less(expected, most_likely),
    }  # fmt: skip
