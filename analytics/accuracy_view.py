"""What the page "Accuracy" shows: how often the number, its range and the chances of deals were right."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from analytics.company import Company, Scope
from analytics.forecast.accuracy import (
    FEWEST,
    OURS,
    bias_by_key,
    coverage,
    errors,
    scores,
    target_chances,
)
from analytics.forecast.baselines import STAGE_PERCENT
from analytics.forecast.basis import Basis
from analytics.forecast.calibration import Calibration, calibration
from analytics.forecast.calls import calls_at
from analytics.forecast.irreducible import irreducible
from analytics.forecast.luck import RHOS
from analytics.forecast.record import Record
from analytics.forecast.track import Track, track_of
from analytics.forecast.value_added import value_added
from analytics.problems import NotEnough
from analytics.store.database import Store
from analytics.wording import count, is_missing, listed, percent, points

NO_TEAM = "No team recorded"
_TOP_BINS = 3
_MIDDLE = 7  # the week looked at where the quarter does not say one


@dataclass(frozen=True)
class Accuracy:
    """How the company's, or one team's, number did in past quarters.

    `key`: '' or the team; `track`: points and comparisons of it alone; `floor`: of `irreducible`, by week
    (from 1): deals, alike, own (error by each deal's own luck), shared (with the luck that deals of a quarter
    share); `teams`: of `bias_by_key`; `added`: of `value_added`; both empty for a team.
    """

    key: str
    record: Record
    track: Track
    floor: pd.DataFrame
    chances: Calibration | NotEnough
    teams: pd.DataFrame
    added: pd.DataFrame
    targets: dict[str, float] | NotEnough

    @property
    def missing(self) -> NotEnough | None:
        """Why nothing can be said."""
        points = self.track.points
        n = points["quarter"].nunique() if len(points) else 0
        needed = f"{FEWEST} past quarters that could be foretold from those before them are needed"
        return NotEnough(needed, n) if n < FEWEST else None

    @property
    def weeks(self) -> list[int]:
        """The weeks of the quarter that were tested, from 1."""
        return sorted({int(week) + 1 for week in self.track.points["week"]}) if not self.missing else []


def accuracy(store: Store, company: Company, basis: Basis, scope: Scope) -> Accuracy:
    """Measure the record that the basis holds; of an owner's scope: their team's, else the company's."""
    record, key = basis.record, scope.team
    if record.points.empty:
        nothing = Track(pd.DataFrame(), pd.DataFrame())
        return Accuracy(
            key, record, nothing, pd.DataFrame(), NotEnough("no past quarter was foretold", 0),
            pd.DataFrame(), pd.DataFrame(), NotEnough("no past quarter was foretold", 0),
        )  # fmt: skip
    calls = calls_at(store, company, scope.as_of)
    rho = float((basis.rho * RHOS).sum())
    whole = track_of(basis, calls, "team" if key else "company")
    track = Track(_of(whole.points, key), _of(whole.compared, key))
    mine = Scope(scope.as_of, scope.quarter, key)
    deals, totals = mine.within(record.deals), mine.within(record.totals)
    company_points = record.points[record.points["kind"] == "company"]
    return Accuracy(
        key=key,
        record=record,
        track=track,
        floor=_floor(deals, totals, rho),
        chances=calibration(deals, rho=rho),
        teams=pd.DataFrame() if key else _teams(record),
        added=pd.DataFrame() if key else value_added(calls, company_points),
        targets=target_chances(track.points),
    )


def _of(table: pd.DataFrame, key: str) -> pd.DataFrame:
    return table[table["key"] == key].reset_index(drop=True)


def _floor(deals: pd.DataFrame, totals: pd.DataFrame, rho: float) -> pd.DataFrame:
    own, shared = irreducible(deals, totals, 0.0), irreducible(deals, totals, rho)
    found = own[["week", "n", "deals", "alike"]].assign(own=own["wape"], shared=shared["wape"])
    return found.assign(week=found["week"] + 1)


def _teams(record: Record) -> pd.DataFrame:
    found = bias_by_key(record.points[record.points["kind"] == "team"])
    return found[found["n"] >= FEWEST].reset_index(drop=True)


def week_at_first(view: Accuracy, scope: Scope) -> int:
    """The week to look at: the as-of date's, or a middle one; the nearest of those tested."""
    inside = scope.quarter.contains(scope.as_of)
    asked = scope.quarter.week_of(scope.as_of) if inside else _MIDDLE
    return min(view.weeks, key=lambda week: abs(week - asked))


def headline(view: Accuracy, week: int) -> tuple[str, str]:
    """How far off the number was at a week of past quarters, and how much of that is luck (plain text)."""
    said = view.track.in_words(week - 1, view.key)
    if isinstance(said, NotEnough):
        return f"How often this was right cannot be said yet: {said}.", ""
    return said, f"{_leaning(view)} {_luck(view, week)}".strip()


def _leaning(view: Accuracy) -> str:
    bias = dict(zip(pooled(view)["method"], pooled(view)["bias"], strict=True))[OURS]
    if is_missing(bias):
        return ""
    if percent(abs(bias)) == percent(0.0):
        return "Over all weeks it was neither too high nor too low."
    return f"Over all weeks it was {percent(abs(bias))} too {'high' if bias > 0 else 'low'}."


def luck_title(view: Accuracy, week: int) -> str:
    """How much of the error luck makes at a week."""
    rows = view.floor[view.floor["week"] == week]
    if rows.empty:
        return "The error that nobody can go below"
    own, shared = (percent(rows[name].iloc[0]) for name in ("own", "shared"))
    return f"At week {week} luck alone makes an error of {own}, with the luck that deals share {shared}"


def _luck(view: Accuracy, week: int) -> str:
    rows = view.floor[view.floor["week"] == week]
    if rows.empty:
        return ""
    row = rows.iloc[0]
    return (
        f"Nobody can be right to the dollar: with {row['deals']:.0f} open deals of such sizes, each won or"
        f" not by its own luck, a perfect forecast is off by {percent(row['own'])} at this week, and by"
        f" {percent(row['shared'])} with the luck that the deals of a quarter have shared here."
    )


def by_week(view: Accuracy) -> pd.DataFrame:
    """Error of every method by week (from 1): week, method, n (quarters), wape, bias, ours.

    Only where a method spoke in FEWEST quarters: one says nothing. `ours`: Plumbline in the same ones.
    """
    found = errors(view.track.compared, ["week"])
    found = found[found["n"] >= FEWEST].dropna(subset=["wape"])
    columns = ["week", "method", "n", "wape", "bias", "ours"]
    return found.assign(week=found["week"] + 1)[columns].reset_index(drop=True)


def pooled(view: Accuracy) -> pd.DataFrame:
    """Error of every method over all weeks: method, n, wape, bias, ours (Plumbline's on the same weeks)."""
    return errors(view.track.compared)


def error_title(view: Accuracy) -> str:
    """The picture's finding: in how many weeks no simple method was nearer in the same quarters."""
    table = by_week(view)
    if table.empty:
        return "Nothing was booked in the past quarters, so there is no error to measure"
    is_nearest = (table["ours"] <= table["wape"]).groupby(table["week"]).all()
    weeks = count(len(is_nearest), "week")
    return f"The forecast was nearer than every simple method in {int(is_nearest.sum())} of {weeks}"


def floor_by_week(view: Accuracy) -> pd.Series:
    """The error that each deal's own luck makes, by week (from 1)."""
    return view.floor.set_index("week")["own"]


def held(view: Accuracy, week: int) -> pd.DataFrame:
    """The ranges at one week: quarter, p10, p50, p90, actual, stated (won + weighted), target if known."""
    rows = view.track.points[view.track.points["week"] == week - 1].set_index("quarter")
    table = view.track.compared
    stated = table[(table["method"] == STAGE_PERCENT) & (table["week"] == week - 1)]
    columns = ["p10", "p50", "p90", "actual"]
    if "target" in rows and rows["target"].notna().any():
        columns.append("target")
    found = rows[columns].assign(stated=stated.set_index("quarter")["value"].reindex(rows.index))
    return found.reset_index()


def held_title(view: Accuracy, week: int) -> str:
    """In how many quarters the range held at a week."""
    row = coverage(view.track.points[view.track.points["week"] == week - 1]).iloc[0]
    return f"At week {week} the 80% range held in {row['held']:.0f} of {count(int(row['points']), 'quarter')}"


def held_note(view: Accuracy) -> str:
    """Over all weeks, with how sure that is."""
    row = coverage(view.track.points).iloc[0]
    return (
        f"Over all weeks it held in {percent(row['share'])}; 80% is right. With {row['n']:.0f} quarters that"
        f" is only known to lie between {percent(row['low'])} and {percent(row['high'])} (90% interval)."
    )


def coverage_by_week(view: Accuracy) -> pd.DataFrame:
    """How often the range held, how wide it was, and the scores of the whole range, by week and pooled."""
    measured = coverage(view.track.points, ["week"]).merge(
        scores(view.track.points, ["week"]), on=["week", "n"]
    )
    whole = coverage(view.track.points).merge(scores(view.track.points), on="n")
    weeks = measured.assign(week=(measured["week"] + 1).astype(str))
    found = pd.concat([weeks, whole.assign(week="All")], ignore_index=True)
    names = {
        "week": "Week", "n": "Quarters", "held": "Held", "points": "Of", "share": "Share", "low": "From",
        "high": "To", "width": "Width / booked", "crps": "CRPS / booked", "pinball_10": "Pinball P10",
        "pinball_50": "Pinball P50", "pinball_90": "Pinball P90",
    }  # fmt: skip
    return found[[*names]].rename(columns=names)


def target_words(view: Accuracy) -> str:
    """How good the chance to reach the target was."""
    found = view.targets
    if isinstance(found, NotEnough):
        return f"The chance to reach the target could not be checked: {found}."
    better = "better" if found["gain"] > 0 else "no better"
    return (
        f"The chance to reach the target: Brier score {found['brier']:.3f}, {better} than the"
        f" {found['base_rate']:.3f} of the share of earlier quarters that reached theirs"
        f" ({count(int(found['n']), 'quarter')}; 0 is perfect)."
    )


def chance_title(found: Calibration) -> str:
    """The picture's finding, on the likeliest deals: they carry most of the money."""
    said = [
        f"{percent(row.happened)} of those said to be won at {percent(row.said)}"
        for row in found.bins.iloc[-_TOP_BINS:].itertuples(index=False)
    ]
    return f"Won were {listed(said)}"


def chance_note(found: Calibration) -> str:
    """Whether the chances are off by more than luck makes."""
    verdict = "no sign of wrong chances" if found.error <= found.noise_high else "more than luck makes"
    error, noise, worst = (_in_points(one) for one in (found.error, found.noise, found.noise_high))
    return (
        f"{count(found.deals, 'deal')} of {found.quarters} past quarters by tenths of their chance; on the"
        f" dotted line chances keep their word. They were off by {error} on average. Right chances would be"
        f" off by {noise} through luck, {worst} in the worst of twenty cases: {verdict}."
    )


def _in_points(share: float) -> str:
    return f"{100 * share:.1f} points"


def team_table(view: Accuracy) -> pd.DataFrame:
    """Whether each team's number was too high or too low, with how sure that is."""
    table = view.teams
    sure = np.select([table["low"] > 0, table["high"] < 0], ["too high", "too low"], "not clear")
    return pd.DataFrame(
        {
            "Team": table["key"].replace({"": NO_TEAM, "(not recorded)": NO_TEAM}),
            "The number was": sure,
            "Bias": table["bias"],
            "From": table["low"],
            "To": table["high"],
            "Quarters": table["n"],
        }
    )


def team_title(view: Accuracy) -> str:
    """How many teams were surely foretold too high or too low."""
    said = team_table(view)["The number was"]
    off = [f"{int((said == word).sum())} {word}" for word in ("too low", "too high") if (said == word).any()]
    clear = listed(off) if off else "none surely too high or too low"
    return f"The number of {count(len(said), 'team')}: {clear}"


def added_at(view: Accuracy, week: int) -> pd.DataFrame:
    """What each step of the call added at a week: step, n, wape, bias, better (WAPE lower by)."""
    rows = view.added[view.added["week"] == week - 1] if len(view.added) else view.added
    if rows.empty:
        return pd.DataFrame(columns=["step", "n", "wape", "bias", "better"])
    found = rows.rename(columns={"method": "step"}).reset_index(drop=True)
    return found.assign(better=-found["wape"].diff())[["step", "n", "wape", "bias", "better"]]


def added_by_week(view: Accuracy) -> pd.DataFrame:
    """The error of each step by week (from 1), a column per step."""
    if view.added.empty:
        return pd.DataFrame()
    table = view.added.assign(week=view.added["week"] + 1)
    order = list(dict.fromkeys(table["method"]))
    return table.pivot(index="week", columns="method", values="wape")[order].reset_index()


def added_title(view: Accuracy, week: int) -> str:
    """Which steps came nearer to what happened than the step before, and which did not."""
    steps = added_at(view, week)
    said = []
    for step, better in zip(steps["step"].iloc[1:], steps["better"].iloc[1:].astype(float), strict=True):
        apart = points(abs(better)).lstrip("+")
        nearer = f"{apart} points {'nearer' if better > 0 else 'further off'}"
        said.append(f"{step} {'as near' if apart == '0.0' else nearer}")
    if not said:
        return "What each step of the call added"
    return f"Against the step before, at week {week}: {listed(said)}"
