"""Who sells: seats in teams, the people who sit on them over time, and what kind of reporter each one is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.sample_company.arrays import Bools, Floats, Ints, Words, stream, words
from analytics.sample_company.days import Days
from analytics.sample_company.names import FIRST_NAMES, LAST_NAMES
from analytics.sample_company.options import WorldOptions
from analytics.sample_company.rep_habits import HABIT_NAMES, PUSHES, RepHabits, draw_rep_habits
from analytics.store.subjects import BEGINNING, QUESTIONS

#: team, region, chance of a deal being small / mid-market / enterprise, share of EUR and of GBP deals
TEAMS: tuple[tuple[str, str, tuple[float, float, float], float, float], ...] = (
    ("East Velocity", "Americas East", (0.70, 0.26, 0.04), 0.0, 0.0),
    ("East Enterprise", "Americas East", (0.08, 0.42, 0.50), 0.0, 0.0),
    ("West Mid-Market", "Americas West", (0.30, 0.60, 0.10), 0.0, 0.0),
    ("West Strategic", "Americas West", (0.05, 0.40, 0.55), 0.0, 0.0),
    ("UK & Nordics", "EMEA", (0.35, 0.45, 0.20), 0.15, 0.65),
    ("Central Europe", "EMEA", (0.30, 0.45, 0.25), 0.85, 0.0),
)

SANDBAG, HONEST, HAPPY = -1, 0, 1
STYLE_NAMES = {SANDBAG: "sandbagger", HONEST: "honest", HAPPY: "happy ears"}
#: of every forty reps: style at first, style later (differs: changes in mid-year), slow territory
STYLE_DECK = (
    [(SANDBAG, SANDBAG, False)] * 8
    + [(HAPPY, HAPPY, False)] * 7
    + [(HONEST, SANDBAG, False)] * 2
    + [(SANDBAG, HONEST, False)] * 1
    + [(HAPPY, HONEST, False)] * 1
    + [(HONEST, HONEST, True)] * 4
    + [(HONEST, HONEST, False)] * 17
)


@dataclass(frozen=True)
class People:
    """Everybody in sales as parallel arrays, and who sits on which seat on which day."""

    person_id: Words
    name: Words
    is_rep: Bools
    team: Ints  # -1: not in a team
    skill: Floats  # moves buyers
    diligence: Floats  # 0-1: digs, and keeps the CRM up to date
    optimism: Floats  # stated time to close / unbiased estimate
    first_style: Ints
    later_style: Ints
    style_changes: Ints  # day index
    slow_seat: Bools  # per seat
    seat_team: Ints
    habits: RepHabits
    occupant: Ints  # seat x day: person (the manager while the seat is vacant)
    manager: Ints  # team x day: person
    frame: pd.DataFrame  # subject 'person'

    def style(self, person: Ints, day: int) -> Ints:
        """The strategic style of each person on a day."""
        return np.where(day >= self.style_changes[person], self.later_style[person], self.first_style[person])


@dataclass
class _Roster:
    """People while they are being hired."""

    days: Days
    names: list[str]
    rows: list[dict[str, object]]
    team: list[int]
    is_rep: list[bool]

    def hire(self, title: str, team: int, manager: str | None, day: int | None) -> int:
        """Add a person from a day on (None: since always); returns their number."""
        number = len(self.team)
        self.team.append(team)
        self.is_rep.append(title.startswith("Account Executive"))
        self.note(number, title, team, manager, day, True)
        return number

    def note(
        self, number: int, title: str, team: int, manager: str | None, day: int | None, active: bool
    ) -> None:
        """A dated version of a person."""
        valid = pd.Timestamp(BEGINNING) if day is None else pd.Timestamp(self.days.dates[day])
        self.rows.append(
            {
                "person_id": person_id(number),
                "valid_at": valid,
                "name": self.names[number],
                "title": title,
                "manager_id": manager,
                "team": TEAMS[team][0] if team >= 0 else None,
                "region": TEAMS[team][1] if team >= 0 else None,
                "is_active": active,
            }
        )


def person_id(number: int) -> str:
    """The CRM's user id of a person."""
    return f"U{1001 + number * 7}"


def hire_everybody(options: WorldOptions, days: Days) -> People:
    """Fill the seats for the whole history: people join, leave, are replaced, and one manager moves on."""
    rng = stream(options.seed, "people")
    first, last = days.index(options.first_day), days.index(options.last_day)
    count = len(days.dates)
    names = _full_names(options.reps * 3 + 40, rng)
    roster = _Roster(days, names, [], [], [])
    vp = roster.hire("VP Sales", -1, None, None)
    for _ in range(2):
        roster.hire("Revenue Operations", -1, person_id(vp), None)
    manager = _managers(roster, vp, first, last, count, rng)
    seat_team = np.arange(options.reps) % len(TEAMS)
    occupant = np.empty((options.reps, count), dtype=np.int64)
    for seat in range(options.reps):
        _fill_seat(roster, occupant, manager, seat, int(seat_team[seat]), first, last, rng)
    return _characters(options, days, roster, manager, occupant, seat_team, rng)


def _full_names(count: int, rng: np.random.Generator) -> list[str]:
    chosen: dict[str, None] = {}
    while len(chosen) < count:
        chosen[f"{rng.choice(FIRST_NAMES)} {rng.choice(LAST_NAMES)}"] = None
    return list(chosen)


def _managers(roster: _Roster, vp: int, first: int, last: int, count: int, rng: np.random.Generator) -> Ints:
    """One manager per team; the second team's leaves in mid-history and is followed by a new one."""
    manager = np.empty((len(TEAMS), count), dtype=np.int64)
    for team in range(len(TEAMS)):
        manager[team] = roster.hire("Sales Manager", team, person_id(vp), None)
    handover = int(first + (last - first) * rng.uniform(0.4, 0.6))
    old = int(manager[1, 0])
    roster.note(old, "Sales Manager", 1, person_id(vp), handover, False)
    manager[1, handover:] = roster.hire("Sales Manager", 1, person_id(vp), handover)
    return manager


def _fill_seat(
    roster: _Roster,
    occupant: Ints,
    manager: Ints,
    seat: int,
    team: int,
    first: int,
    last: int,
    rng: np.random.Generator,
) -> None:
    """A seat's people, one after the other: about one in seven leaves within a year."""
    day, since_always = 0, True
    while day < last:
        title = "Account Executive" if rng.random() < 0.7 else "Account Executive, Senior"
        boss = person_id(int(manager[team, day]))
        person = roster.hire(title, team, boss, None if since_always else day)
        leaves = int(max(day, first) + 40 + rng.exponential(1750))
        occupant[seat, day:] = person
        _new_boss(roster, person, title, team, manager, day, min(leaves, last))
        if leaves >= last:
            break
        roster.note(person, title, team, person_id(int(manager[team, leaves])), leaves, False)
        day = leaves + int(rng.integers(8, 45))
        occupant[seat, leaves:] = manager[team, leaves:]
        since_always = False


def _new_boss(
    roster: _Roster, person: int, title: str, team: int, manager: Ints, start: int, stop: int
) -> None:
    for day in np.flatnonzero(np.diff(manager[team, start:stop])) + start + 1:
        roster.note(person, title, team, person_id(int(manager[team, day])), int(day), True)


def _characters(
    options: WorldOptions,
    days: Days,
    roster: _Roster,
    manager: Ints,
    occupant: Ints,
    seat_team: Ints,
    rng: np.random.Generator,
) -> People:
    count = len(roster.team)
    styles = _styles(options, count, rng)
    first, last = days.index(options.first_day), days.index(options.last_day)
    is_rep = np.array(roster.is_rep)
    shifting = styles[:, 0] != styles[:, 1]
    change = rng.integers(first + (last - first) // 4, first + 3 * (last - first) // 4, count)
    skill = rng.normal(0, 1, count)
    habits = draw_rep_habits(options, is_rep)
    has_style = is_rep & (habits.habit != PUSHES)
    frame = pd.DataFrame(roster.rows).sort_values(["valid_at", "person_id"], kind="stable")
    first_seat = np.array(
        [occupant[:, last].tolist().index(p) if p in occupant[:, last] else -1 for p in range(count)]
    )
    slow = np.zeros(options.reps, dtype=bool)
    slow[first_seat[(first_seat >= 0) & (styles[:, 2] == 1) & is_rep]] = True
    return People(
        person_id=words([person_id(n) for n in range(count)]),
        name=words(roster.names[:count]),
        is_rep=is_rep,
        team=np.array(roster.team),
        skill=skill,
        diligence=habits.care(np.clip(0.5 + 0.12 * skill + rng.normal(0, 0.22, count), 0.05, 0.98)),
        optimism=np.exp(rng.normal(-0.16, 0.16, count)) * habits.rush(),
        first_style=np.where(has_style, styles[:, 0], HONEST) * int(options.sandbagging),
        later_style=np.where(has_style, styles[:, 1], HONEST) * int(options.sandbagging),
        style_changes=np.where(shifting, change, 0),
        slow_seat=slow,
        seat_team=seat_team,
        habits=habits,
        occupant=occupant,
        manager=manager,
        frame=frame.reset_index(drop=True),
    )


def _styles(options: WorldOptions, count: int, rng: np.random.Generator) -> Ints:
    """A style per person, dealt from a shuffled deck so that every world has its share of each."""
    deck = np.array(STYLE_DECK, dtype=np.int64)
    copies = -(-count // len(deck))
    return np.concatenate([rng.permutation(deck) for _ in range(copies)])[:count]


def style_frame(people: People, days: Days, options: WorldOptions) -> pd.DataFrame:
    """The truth about the reps: who reported in which style from which day on.

    In a world of habits also `habit` (one of HABIT_NAMES, '' = none), `blind_question` (of a blind spot) and
    `strong_question`: keys of questions, missing where there is none.
    """
    rows = []
    for person in np.flatnonzero(people.is_rep):
        start = pd.Timestamp(BEGINNING)
        later = int(people.style_changes[person])
        first = people.first_style if later > 0 else people.later_style
        rows.append((person, start, int(first[person])))
        if later > 0:
            rows.append((person, pd.Timestamp(days.dates[later]), int(people.later_style[person])))
    frame = pd.DataFrame(
        {
            "person_id": [people.person_id[p] for p, _, _ in rows],
            "from_date": [day for _, day, _ in rows],
            "style": [STYLE_NAMES[s] for _, _, s in rows],
            "diligence": [people.diligence[p] for p, _, _ in rows],
            "skill": [people.skill[p] for p, _, _ in rows],
            "optimism": [people.optimism[p] for p, _, _ in rows],
        }
    )
    if not options.habits:
        return frame
    who, keys = np.array([p for p, _, _ in rows]), words([*QUESTIONS, None])
    return frame.assign(
        habit=words(HABIT_NAMES)[people.habits.habit[who]],
        blind_question=keys[people.habits.blind[who]],
        strong_question=keys[people.habits.strong[who]],
    )
