"""The weekly review that the company's managers held: what they decided, what came of it, what they believed.

A manager sees what the CRM shows, and asks the rep; how much of the rep's real view comes out is the
manager's skill, and what is made of it the manager's leaning. Nobody here knows a model, and nothing that is
decided moves a buyer, a rep or the CRM: the meeting only leaves its own three subjects behind.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pandas as pd

from analytics.sample_company.accounts import Accounts
from analytics.sample_company.arrays import Dates, Floats, Ints, stream
from analytics.sample_company.crm import Crm, believed_phase
from analytics.sample_company.days import on_business_day, quarter_of, quarter_start
from analytics.sample_company.history import Stage
from analytics.sample_company.meeting_words import (
    ACTIONS,
    AMOUNT_REASONS,
    HIGHER_REASONS,
    LOWER_REASONS,
    NOTES,
    REPORTS,
    TAKEN_BACK,
    VAGUE_ACTIONS,
)
from analytics.sample_company.stages import BEST_CASE, CLOSED_WON, COMMIT, OMITTED, STAGE_OF_PHASE, STAGES
from analytics.store.subjects import CATEGORIES

#: Meetings are kept for so many quarters, the one that is running included.
QUARTERS = 3
#: Decisions in a week per rep: about eight for forty.
_PER_REP = 0.2
_MOST_PER_TEAM = 0.4  # of a week's decisions
#: A manager's rule of thumb: business days from the start of each phase to a signature, times the segment's.
_NEEDS = np.array([80.0, 68.0, 54.0, 41.0, 29.0, 18.0, 8.0])
_NEEDS_BY_SEGMENT = np.array([0.75, 1.0, 1.45])
_QUIET = 21  # days without an activity that strike a manager

Row = dict[str, object]


@dataclass(frozen=True)
class _Table:
    """The deals that a Monday's meetings could talk about, as parallel arrays."""

    rows: Ints
    team: Ints
    rep: Ints
    boss: Ints
    money: Floats  # US dollars; NaN = not recorded
    stated: Floats  # chance to be won in the quarter, as the CRM states it
    is_overdue: np.ndarray
    quiet: Ints  # days since the last activity
    phase: Ints  # as the manager believes
    needs: Floats  # business days to a signature, as the manager believes
    chance: Floats  # to be won in the quarter, as the manager believes


@dataclass
class _Promise:
    """An action that was decided, and on which day it will have been done (None: never)."""

    decision_id: str
    row: int
    rep: int
    due: date
    done_on: date | None
    was_asked: bool = False


@dataclass
class Meetings:
    """The minutes of all weekly reviews, kept while the company lives."""

    stage: Stage
    decisions: list[Row] = field(default_factory=list)
    reports: list[Row] = field(default_factory=list)
    overrides: list[Row] = field(default_factory=list)
    _promises: list[_Promise] = field(default_factory=list)
    _talked: dict[int, int] = field(default_factory=dict)  # row -> day index of the last decision
    _overridden: set[tuple[int, int]] = field(default_factory=set)  # row, quarter

    def __post_init__(self) -> None:
        days, options = self.stage.days, self.stage.options
        rng = stream(options.seed, "meetings")
        count = len(self.stage.people.person_id)
        #: share of the rep's real view that a manager gets to hear, and log odds on top of what is believed
        self.skill: Floats = rng.uniform(0.1, 0.95, count)
        self.leaning: Floats = rng.normal(0.4, 0.9, count)
        last = int(days.quarter[days.index(options.last_day)])
        self.first_day = quarter_start(np.array([last - QUARTERS + 1]))[0]

    def monday(self, crm: Crm, day: int) -> None:
        """One Monday's reviews at 16:30, after the morning's updates and the calls."""
        days = self.stage.days
        if days.weekday[day] != 0 or days.dates[day] < self.first_day:
            return
        rng = stream(self.stage.options.seed, "meetings", day)
        today: date = days.dates[day].item()
        self._ask_for_actions(crm, today, rng)
        table = self._table(crm, day, rng)
        agenda = self._agenda(table, day, rng)
        for number, at in enumerate(agenda):
            earlier = sum(table.team[other] == table.team[at] for other in agenda[:number])
            minute = pd.Timestamp(today) + pd.Timedelta(hours=16, minutes=30 + 2 * int(earlier))
            self._decide(crm, table, at, day, f"{today:%Y%m%d}-{number + 1:03d}", minute, rng)

    def frames(self, accounts: Accounts) -> dict[str, pd.DataFrame]:
        """The three subjects."""
        found = {"decision": self.decisions, "action_report": self.reports, "override": self.overrides}
        frames = {name: pd.DataFrame(rows) for name, rows in found.items() if rows}
        for name in {"decision", "override"} & frames.keys():
            frames[name]["deal_id"] = accounts.deal_id[frames[name]["row"].to_numpy(np.int64)]
        return frames

    def _table(self, crm: Crm, day: int, rng: np.random.Generator) -> _Table:
        """Open deals dated in the quarter or before, with what each team's manager makes of them."""
        days, people = self.stage.days, self.stage.people
        rows = np.flatnonzero(crm.is_open & (crm.category != OMITTED) & ~np.isnat(crm.close_date))
        rows = rows[quarter_of(crm.close_date[rows]) <= days.quarter[day]]
        rep, team = people.occupant[crm.seat[rows], day], people.seat_team[crm.seat[rows]]
        boss = people.manager[team, day]
        quiet = (days.dates[day] - crm.activity[rows]).astype("timedelta64[D]").astype(np.float64)
        quiet = np.where(np.isnat(crm.activity[rows]), 60, quiet).astype(np.int64)
        stage = crm.stated_stage[rows]
        probability = crm.probability[rows]
        configured = np.array([row[1] for row in STAGES])[stage]
        shown = np.searchsorted(STAGE_OF_PHASE, stage)
        hears = rng.random(len(rows)) < self.skill[boss]
        phase = np.where(hears, believed_phase(crm, rows, day), shown)
        needs = _NEEDS[phase] * _NEEDS_BY_SEGMENT[crm.stage.traits.segment[rows]]
        odds = 0.8 * np.clip((days.to_quarter_end[day] - needs) / 10, -3, 2.5) + self.leaning[boss]
        odds = odds - 0.02 * np.maximum(quiet - _QUIET, 0)
        odds = odds + rng.normal(0, 0.2 + 0.9 * (1 - self.skill[boss]))
        return _Table(
            rows, team, rep, boss,
            money=crm.amount[rows] * crm.rates.by_day[day, crm.stage.traits.currency[rows]],
            stated=np.where(np.isnan(probability), configured, probability),
            is_overdue=crm.close_date[rows] < days.dates[day],
            quiet=quiet, phase=phase, needs=needs, chance=1 / (1 + np.exp(-odds)),
        )  # fmt: skip

    def _agenda(self, table: _Table, day: int, rng: np.random.Generator) -> list[int]:
        """Which deals they talk about: large, committed, overdue or quiet, and not the same every week."""
        middle = max(round(self.stage.options.reps * _PER_REP), 1)
        wanted = int(rng.integers(middle - middle // 4, middle + middle // 4 + 1))
        since = np.array([day - self._talked.get(int(row), -10_000) for row in table.rows])
        worth = np.nan_to_num(table.money, nan=5_000.0)
        strikes = 1 + 1.5 * table.is_overdue + 0.7 * (table.quiet > _QUIET) + 1.0 * (table.stated > 0.5)
        score = worth * strikes * np.exp(rng.normal(0, 0.7, len(worth)))
        score = score * np.select([since < 9, since < 24], [0.1, 0.5], 1.0)
        chosen: list[int] = []
        for at in np.argsort(-score, kind="stable"):
            mine = sum(table.team[other] == table.team[at] for other in chosen)
            if mine < max(_MOST_PER_TEAM * middle, 1):
                chosen.append(int(at))
            if len(chosen) == wanted:
                break
        return sorted(chosen, key=lambda at: (int(table.team[at]), at))

    def _decide(
        self,
        crm: Crm,
        table: _Table,
        at: int,
        day: int,
        decision_id: str,
        minute: pd.Timestamp,
        rng: np.random.Generator,
    ) -> None:
        row, quarter = int(table.rows[at]), int(self.stage.days.quarter[day])
        kind = _kind(table, at, int(crm.category[row]), int(self.stage.days.to_quarter_end[day]), rng)
        self._talked[row] = day
        decision: Row = {
            "decision_id": decision_id,
            "valid_at": minute,
            "row": row,
            "quarter": _quarter_name(quarter),
            "kind": kind,
            "note": _one_of(NOTES[kind], rng) or None,
            "author": self.stage.people.name[table.boss[at]],
            "seen_close_date": crm.close_date[row],
            "seen_category": CATEGORIES[crm.category[row]],
            "seen_amount": _cents(table.money[at]),
            "seen_probability": round(float(table.stated[at]), 4),
        }
        self.decisions.append(decision)
        if kind == "move date":
            decision["close_date"] = self._new_date(table, at, day, rng)
        elif kind == "move category":
            decision["category"] = CATEGORIES[BEST_CASE if crm.category[row] == COMMIT else COMMIT]
        elif kind == "action":
            self._promise(decision, table, at, minute.date(), rng)
        if kind != "close out":
            self._override(decision, table, at, quarter, rng)

    def _new_date(self, table: _Table, at: int, day: int, rng: np.random.Generator) -> np.datetime64:
        """The day of signature that the manager believes in, on a Friday or a business day."""
        away = max(table.needs[at] * 1.4 * np.exp(rng.normal(0, 0.2)), 4)
        wanted = np.array([self.stage.days.dates[day] + np.timedelta64(round(away), "D")])
        moved: Dates = on_business_day(wanted)
        return np.datetime64(moved[0], "D")

    def _promise(self, decision: Row, table: _Table, at: int, today: date, rng: np.random.Generator) -> None:
        """An action with a day; whether and when it gets done is the rep's habit."""
        boss, rep = int(table.boss[at]), int(table.rep[at])
        digs = rng.random() < 0.35 + 0.6 * self.skill[boss]
        due = today + timedelta(days=int(rng.choice([4, 11, 11, 18])))
        decision |= {
            "action": _one_of(ACTIONS[int(table.phase[at])] if digs else VAGUE_ACTIONS, rng),
            "action_owner": self.stage.people.person_id[rep],
            "due": due,
        }
        in_time = 0.30 + 0.5 * float(self.stage.people.diligence[rep])
        luck, when = rng.random(), rng.random()
        done_on = None
        if luck < in_time:
            done_on = today + timedelta(days=1 + int(when * (due - today).days))
        elif luck < in_time + 0.45 * (1 - in_time):
            done_on = due + timedelta(days=3 + int(when * 18))
        if done_on is not None and done_on.weekday() > 4:
            done_on -= timedelta(days=done_on.weekday() - 4)
        self._promises.append(_Promise(str(decision["decision_id"]), int(table.rows[at]), rep, due, done_on))

    def _ask_for_actions(self, crm: Crm, today: date, rng: np.random.Generator) -> None:
        """The meeting starts with what was promised. Some of what was not done is never spoken of again."""
        left = []
        for promise in self._promises:
            over = crm.stated_stage[promise.row] >= CLOSED_WON and not crm.is_open[promise.row]
            if promise.done_on is not None and promise.done_on < today:
                self._report(promise, "done", today, rng)
            elif over and rng.random() < 0.7:
                self._report(promise, "dropped", today, rng)
            elif promise.due < today and not promise.was_asked and rng.random() < 0.6:
                promise.was_asked = True
                self._report(promise, "not done", today, rng)
                left += [promise] if promise.done_on is not None else []
            else:
                left.append(promise)
        self._promises = left

    def _report(self, promise: _Promise, state: str, today: date, rng: np.random.Generator) -> None:
        self.reports.append(
            {
                "decision_id": promise.decision_id,
                "valid_at": pd.Timestamp(today) + pd.Timedelta(hours=16, minutes=20),
                "state": state,
                "done_on": promise.done_on if state == "done" else None,
                "note": _one_of(REPORTS[state], rng) or None,
                "author": self.stage.people.name[promise.rep],
            }
        )

    def _override(
        self, decision: Row, table: _Table, at: int, quarter: int, rng: np.random.Generator
    ) -> None:
        """Another number where the manager disagrees with the rep, and now and then it is taken back."""
        key, chance = (int(table.rows[at]), quarter), float(table.chance[at])
        taken_back = key in self._overridden and rng.random() < 0.25
        if not taken_back and (abs(chance - table.stated[at]) < 0.2 or rng.random() > 0.55):
            return
        self._overridden ^= {key} if taken_back else {key} - self._overridden
        smaller = rng.random() < 0.2 and not np.isnan(table.money[at]) and not taken_back
        reasons = LOWER_REASONS if chance < table.stated[at] else HIGHER_REASONS
        reason = _one_of(TAKEN_BACK if taken_back else AMOUNT_REASONS if smaller else reasons, rng)
        by = round(float(table.money[at]) * rng.uniform(0.6, 0.92), -2) if smaller else None
        self.overrides.append(
            {
                **{name: decision[name] for name in ("row", "valid_at", "author", "seen_amount")},
                "quarter": decision["quarter"],
                "probability": None if taken_back else round(float(np.clip(chance, 0.05, 0.95)) * 20) / 20,
                "amount": by,
                "reason": reason,
                "seen_probability": decision["seen_probability"],
            }
        )


def _kind(table: _Table, at: int, category: int, left: int, rng: np.random.Generator) -> str:
    """What a manager decides about a deal, given what the manager believes."""
    chance, quiet, luck = float(table.chance[at]), int(table.quiet[at]), rng.random()
    if quiet > 55 and chance < 0.3:
        return "close out" if luck < 0.6 else "action"
    if table.is_overdue[at]:
        return "move date" if luck < 0.75 else "action"
    if category == COMMIT and chance < 0.4:
        return "move category" if luck < 0.5 else "move date" if left < 30 else "action"
    if category in (COMMIT, BEST_CASE) and chance < 0.2:
        return "move date" if luck < 0.6 else "action"
    if category == BEST_CASE and chance > 0.65:
        return "move category" if luck < 0.5 else "keep"
    if quiet > _QUIET:
        return "action" if luck < 0.8 else "keep"
    return "keep" if luck < 0.45 + 0.4 * (chance > 0.6) else "action"


def _one_of(texts: tuple[str, ...], rng: np.random.Generator) -> str:
    return texts[int(rng.integers(len(texts)))]


def _cents(amount: float) -> float | None:
    return None if np.isnan(amount) else round(float(amount), 2)


def _quarter_name(quarter: int) -> str:
    return f"{quarter // 4}Q{quarter % 4 + 1}"
