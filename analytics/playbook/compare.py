"""Before and after a change of the sales process, on like deals; and side by side where only teams had it.

What is compared is fixed by the version: its question, stage, teams and measure, and as long before its
first day as after it. It is judged once: as of the first day on which there are enough deals to see a change
of the size that matters. That day follows from numbers of deals and from what was before, never from what
came after, so who looks every week does not find a change by looking often. What comes later is only
described.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import combinations, product
from math import ceil, comb

import numpy as np
import pandas as pd

from analytics.playbook.entries import LEVELS, Entries, decided_within
from analytics.playbook.exit_criteria import concerned, held_to
from analytics.playbook.like_deals import Effect, alike, effect_of
from analytics.playbook.versions import ANSWERED, KEPT, LEVEL, PLANNED, WITHDRAWN, WON, Version
from analytics.problems import NotEnough

TOO_EARLY, CANNOT_TELL, WENT_WITH = VERDICTS = ("too early", "cannot tell", "went with")
#: The smallest change that a comparison is made to see: levels, and shares.
SMALLEST = {LEVEL: 0.5, ANSWERED: 0.1, KEPT: 0.1, WON: 0.1}
#: Spread assumed of a measure that nobody has seen yet.
_SPREAD = {LEVEL: 1.2, ANSWERED: 0.5, KEPT: 0.5, WON: 0.5}
#: Deals on each side at least, whatever their spread.
FEWEST = 30
#: No more than so many days on each side: after that it is another time.
LONGEST = 365
#: Chance of seeing a difference where none is.
ERROR = 0.05
#: (1.96 + 0.84) squared, twice: 80 of 100 changes of the smallest size are seen.
_POWER = 15.7
#: `kept` is asked of deals dated within so many days of entering, so that like are compared with like.
_DATED_WITHIN, _QUARTER = 92, 92
_MOST_DRAWS = 20_000
_FEWEST_SHOWN = 10  # deals behind a mean


@dataclass(frozen=True)
class Sides:
    """The teams with the version against those without: `pairs` holds pair (or team), teams, change (after
    less before, of like deals, those with it less those
    without), `chance`: share of all possible draws in
    which the difference would be at least as large if the version did nothing; `smallest`: the smallest such
    share that so few teams can show; `draws`: possible draws, or those tried where there are too many."""

    effect: float
    pairs: pd.DataFrame
    chance: float
    smallest: float
    draws: int
    is_drawn: bool

    @property
    def is_sampled(self) -> bool:
        """Whether only some of the possible draws were tried."""
        return self.smallest * self.draws < 1 - 1e-9


@dataclass(frozen=True)
class Later:
    """What came after a version was judged, up to `last_day`: described, never judged. `mean`: as it is
    (NaN below 10 deals)."""

    n: int
    mean: float
    last_day: date


@dataclass(frozen=True)
class Comparison:
    """What became of a version's measure. `change`: after less before where it holds; `control`: the same at
    the same time where it does not, `control_is` says where ('teams', 'questions', ''); `net`: the one less
    the other (teams: see `sides`). All on like deals, in levels or shares. `before`, `after`: plain means
    where it holds (NaN below 10 deals). `n_before`, `n_after`: deals of the sides (of teams: of all teams,
    with and without it, so that how the lot fell does not decide when it is judged); `needed`: so many on
    each side; `weeks`: until then at today's pace (None: nobody knows, or not within LONGEST days).
    `first_day` .. `last_day`: what is after; `first_known`: when its first deals can be judged; `judged_on`:
    the one day as of which all of it is said (None: too early, and it is said as of the day looked at);
    `later`: see there, of those it holds for."""

    measure: str
    verdict: str
    n_before: int
    n_after: int
    needed: int
    weeks: int | None
    first_day: date
    last_day: date
    first_known: date
    judged_on: date | None
    later: Later
    before: float
    after: float
    change: Effect | NotEnough
    control: Effect | NotEnough
    control_is: str
    net: Effect | NotEnough
    sides: Sides | NotEnough


def compare(
    version: Version, entries: Entries, departures: pd.DataFrame, asked: str, measure: str = ""
) -> Comparison | NotEnough:
    """Hold what came after a version's first day against what was before it.

    `departures`: of `exit_criteria.departures`; `asked`: which of the seven its question is judged as;
    `measure`: another one than the version's own. Nothing later than the entries' as-of date is used.
    NotEnough for a version that has not begun, or was withdrawn.
    """
    measure = measure or version.change.measure
    state = version.state(entries.as_of)
    if state == PLANNED:
        return NotEnough(f"it begins on {version.change.starts_on}")
    if state == WITHDRAWN:
        return NotEnough("it was withdrawn")
    every, longest = sample_of(version, entries, departures, asked, measure)
    judged = judged_after(version, every, measure)
    span = longest if judged is None else judged
    rows = within(every, span)
    mine, sides_rows = rows[rows["held"]], _counted(version, rows)
    n_before, n_after = int((~sides_rows["after"]).sum()), int(sides_rows["after"].sum())
    needed = _needed(version, sides_rows, measure)
    change = effect_of(mine, "y", ["after"])
    control, control_is, net = _beside(version, rows, mine, measure)
    enough, wait = judged is not None, timedelta(days=waiting(version, entries, measure))
    sides = _sides(version, rows) if version.change.teams and enough else NotEnough("too few deals yet")
    last_day = version.change.starts_on + span - timedelta(days=1)
    later = every[every["held"] & every["after"] & (every["far"] > span.days)]["y"]
    return Comparison(
        measure=measure,
        verdict=_verdict(change, sides, enough, bool(version.change.teams)),
        n_before=n_before,
        n_after=n_after,
        needed=needed,
        weeks=0 if enough else _weeks(needed, min(n_before, n_after), span.days),
        first_day=version.change.starts_on,
        last_day=last_day,
        first_known=version.change.starts_on + wait,
        judged_on=last_day + wait if enough else None,
        later=Later(len(later), _mean(later), version.change.starts_on + longest - timedelta(days=1)),
        before=_mean(mine.loc[~mine["after"], "y"]),
        after=_mean(mine.loc[mine["after"], "y"]),
        change=change,
        control=control,
        control_is=control_is,
        net=net,
        sides=sides,
    )


def _mean(values: pd.Series) -> float:
    return float(values.mean()) if len(values) >= _FEWEST_SHOWN else float("nan")


def sample_of(
    version: Version, entries: Entries, departures: pd.DataFrame, asked: str, measure: str
) -> tuple[pd.DataFrame, timedelta]:
    """The deals on both sides, and how long each side is.

    Of `level` and `answered`: deals that moved on, by the day on which they did; of `kept` and `won`: deals
    that entered, by that day, if they are old enough for all of it to be known; those before the version are
    then looked for so much earlier that they were decided before it began. Columns: deal_id, y, others (the
    same of the other six questions; NaN for outcomes), after, held, day, far (days of a side that reaches
    it), stage, and what makes deals alike.
    """
    start, wait = version.change.starts_on, waiting(version, entries, measure)
    if measure in (LEVEL, ANSWERED):
        rows = departures.assign(day=departures["left_on"])
        levels = rows[LEVELS].fillna(0)
        seen = (levels > 0).astype(float) if measure == ANSWERED else levels
        mine = f"level_{asked}"
        rows = rows.assign(y=seen[mine], others=seen.drop(columns=mine).mean(axis=1))
    else:
        y = entries.rows[KEPT] if measure == KEPT else _won(entries, start)
        rows = entries.rows.assign(day=entries.rows["landmark"], others=np.nan, y=y)
        if measure == KEPT:
            ahead = (rows["close_date"] - rows["landmark"]).dt.days
            rows = rows[ahead.between(0, _DATED_WITHIN)]
    last = min(version.until(entries.as_of), entries.as_of - timedelta(days=wait))
    span = timedelta(days=min(max((last - start).days + 1, 0), LONGEST))
    day, first = rows["day"], pd.Timestamp(start)
    after = (day >= first) & (day < first + span)
    earlier = first - pd.Timedelta(days=wait)
    before = (day >= earlier - span) & (day < earlier)
    far = np.where(after, (day - first).dt.days + 1, -((day - earlier).dt.days))
    keep = rows.assign(after=after, far=far)[(after | before) & rows["y"].notna() & concerned(version, rows)]
    return keep.assign(held=held_to(version, keep)).reset_index(drop=True), span


def within(rows: pd.DataFrame, span: timedelta) -> pd.DataFrame:
    """Those of a sample that sides of so many days hold."""
    return rows[rows["far"] <= span.days].reset_index(drop=True)


def judged_after(version: Version, rows: pd.DataFrame, measure: str) -> timedelta | None:
    """How long the sides are when both first hold the deals needed; None if that is not so yet."""
    counted = _counted(version, rows).sort_values("far", kind="stable")
    far, after = counted["far"].to_numpy(), counted["after"].to_numpy(bool)
    for days in np.unique(far):
        known = int(np.searchsorted(far, days, side="right"))
        fewest = min(int(after[:known].sum()), int((~after[:known]).sum()))
        if fewest >= FEWEST and fewest >= _needed(version, counted.iloc[:known], measure):
            return timedelta(days=int(days))
    return None


def _counted(version: Version, rows: pd.DataFrame) -> pd.DataFrame:
    """Whose deals count towards what is needed: of a draw, both teams of every pair; of chosen teams, all."""
    draw = version.change.draw
    return rows if draw is None else rows[rows["team"].isin([*draw.teams, *draw.others])]


def _needed(version: Version, counted: pd.DataFrame, measure: str) -> int:
    """Deals on each side; of all teams so many more as there are more teams than those that have it."""
    needed, mine = needed_of(measure, counted.loc[~counted["after"], "y"]), len(version.change.teams)
    return ceil(needed * max(counted["team"].nunique() / mine, 1)) if mine else needed


def waiting(version: Version, entries: Entries, measure: str) -> int:
    """Days after which all is known of a deal: at once when it moves on; else when it is decided."""
    if measure == WON:
        days = _days(entries, version.change.starts_on)
        return days.get(version.change.stage, max(days.values(), default=0))
    return _DATED_WITHIN + _QUARTER if measure == KEPT else 0


def _days(entries: Entries, start: date) -> dict[str, int]:
    """Per stage the days within which most deals were decided, of those decided before a version began: what
    comes later must not change what it is judged by."""
    if entries.rows.empty:
        return entries.days
    old = entries.rows[entries.rows["closed_on"] < pd.Timestamp(start)]
    took = (old["closed_on"] - old["landmark"]).dt.days
    return {stage: decided_within(took[old["stage"] == stage]) for stage in entries.stages}


def _won(entries: Entries, start: date) -> pd.Series:
    """1.0 / 0.0: won within `_days` of entering; NaN where it is too early to tell."""
    rows = entries.rows
    longest = rows["stage"].map(_days(entries, start)).astype(float)
    won = rows["closed_won"].eq(True) & ((rows["closed_on"] - rows["landmark"]).dt.days <= longest)
    return won.astype(float).where((pd.Timestamp(entries.as_of) - rows["landmark"]).dt.days >= longest)


def needed_of(measure: str, before: pd.Series) -> int:
    """Deals on each side with which 80 of 100 changes of the smallest size that matters would be seen."""
    spread = float(before.std()) if len(before) >= FEWEST else _SPREAD[measure]
    return max(FEWEST, ceil(_POWER * spread**2 / SMALLEST[measure] ** 2))


def _weeks(needed: int, known: int, days: int) -> int | None:
    """Until there are enough deals on both sides, at the pace so far."""
    more = (needed - known) * days / known if known else LONGEST + 1
    return ceil(more / 7) if days + more <= LONGEST else None


def _verdict(change: Effect | NotEnough, sides: Sides | NotEnough, enough: bool, has_teams: bool) -> str:
    if not enough:
        return TOO_EARLY
    if has_teams:
        told = not isinstance(sides, NotEnough) and sides.chance <= ERROR
    else:
        told = not isinstance(change, NotEnough) and not change.low <= 0 <= change.high
    return WENT_WITH if told else CANNOT_TELL


def _beside(
    version: Version, rows: pd.DataFrame, mine: pd.DataFrame, measure: str
) -> tuple[Effect | NotEnough, str, Effect | NotEnough]:
    """What moved at the same time where the version did not hold, and the difference."""
    if version.change.teams:
        other = effect_of(rows[~rows["held"]], "y", ["after"])
        return other, "teams", NotEnough("teams are held against teams")
    if measure in (LEVEL, ANSWERED):
        net = mine.assign(beyond=mine["y"] - mine["others"])
        return effect_of(mine, "others", ["after"]), "questions", effect_of(net, "beyond", ["after"])
    nothing = NotEnough("everybody had it, and the outcome has no like to be held against")
    return nothing, "", nothing


def _sides(version: Version, rows: pd.DataFrame) -> Sides | NotEnough:
    """The teams' changes held against each other, and against every way the lot could have fallen."""
    adjusted = rows.assign(y=alike(rows))
    means = adjusted.groupby(["team", "after"])["y"].mean().unstack()
    changes = (means[True] - means[False]).dropna() if {True, False} <= {*means} else pd.Series(dtype=float)
    draw, teams = version.change.draw, version.change.teams
    if draw is not None:
        return _drawn(changes, list(zip(draw.teams, draw.others, strict=True)))
    return _chosen(changes, [one for one in teams if one in changes.index])


def _drawn(changes: pd.Series, pairs: list[tuple[str, str]]) -> Sides | NotEnough:
    """Pairs: the lot could have fallen on the other one of each."""
    known = [(a, b) for a, b in pairs if a in changes.index and b in changes.index]
    if not known:
        return NotEnough("no pair of teams has deals before and after", 0)
    found = np.array([changes[a] - changes[b] for a, b in known])
    signs = np.array(list(product((1, -1), repeat=len(known)))) if len(known) <= 14 else _signs(len(known))
    all_draws = (signs * found).mean(axis=1)
    named = [f"{a} against {b}" for a, b in known]
    table = pd.DataFrame({"teams": named, "change": found})
    smallest = 1 / 2 ** len(known)
    return _judged(float(found.mean()), table, all_draws, smallest, is_drawn=True)


def _signs(pairs: int) -> np.ndarray:
    """Some of the possible draws, the one that was made among them; the same ones every time."""
    drawn: np.ndarray = np.random.default_rng(0).choice((1, -1), size=(_MOST_DRAWS, pairs))
    drawn[0] = 1
    return drawn


def _chosen(changes: pd.Series, teams: list[str]) -> Sides | NotEnough:
    """Teams that somebody chose: any as many of all teams could have been it."""
    others = [one for one in changes.index if one not in teams]
    if not teams or not others:
        return NotEnough("there are no teams with and without it that have deals before and after", 0)
    values, n = changes.to_numpy(float), len(teams)
    place = {name: at for at, name in enumerate(changes.index)}
    mine = tuple(place[one] for one in teams)
    if comb(len(values), n) <= _MOST_DRAWS:
        picked = np.array(list(combinations(range(len(values)), n)))
    else:
        rng = np.random.default_rng(0)
        picked = np.array([mine, *(rng.permutation(len(values))[:n] for _ in range(_MOST_DRAWS - 1))])
    inside = values[picked].mean(axis=1)
    outside = (values.sum() - values[picked].sum(axis=1)) / (len(values) - n)
    effect = float(values[list(mine)].mean() - changes[others].mean())
    table = pd.DataFrame({"teams": teams, "change": changes[teams].to_numpy(float) - changes[others].mean()})
    return _judged(effect, table, inside - outside, 1 / comb(len(values), n), is_drawn=False)


def _judged(
    effect: float, table: pd.DataFrame, all_draws: np.ndarray, smallest: float, *, is_drawn: bool
) -> Sides:
    as_large = float((all_draws >= effect - 1e-9).mean())
    return Sides(effect, table, as_large, smallest, len(all_draws), is_drawn)
