"""What the team overview says: its sentences, and the table of reps in words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from analytics.coaching.team import FEWEST, OVERALL, RAMPING_DAYS, WEEKS, Moved, depth_by, differ
from analytics.coaching.team_calls import DAYS_LEFT, FEWEST_COMMITS, FEWEST_QUARTERS
from analytics.company import Company
from analytics.problems import NotEnough
from analytics.team_page import TeamView, bias_rows, movements, rep_movements, spread
from analytics.wording import DASH, count, day, is_missing, listed, percent, times

FAIR = (
    "Territories differ: what a region sells, how large its deals are and in which stage they stand shows in"
    " these numbers, not only how people work. Beside each mean stands how it compares with deals of the same"
    " stage. New people are marked, and a mean of fewer than"
    f" {FEWEST} deals is not shown. Order is by name; nothing here is a ranking."
)


def headline(view: TeamView, whose: str) -> tuple[str, str]:
    """How deep the answers go, what moved, and what is emptiest (plain texts)."""
    deals = view.depth.deals
    if deals.empty:
        return f"{whose} has no deal beyond {view.depth.first_stage} in these {WEEKS} weeks.", ""
    if len(deals) < FEWEST:
        return (
            f"{whose} has {count(len(deals), 'deal')} beyond {view.depth.first_stage} in these {WEEKS} weeks:"
            f" too few to say how deep the answers go ({FEWEST} needed).",
            "",
        )
    means = pd.Series({key: deals[f"level_{key}"].mean() for key in view.questions})
    best, least = str(means.idxmax()), str(means.idxmin())
    lead = (
        f"On {count(len(deals), 'deal')} beyond {view.depth.first_stage}, the answers of {whose} average"
        f" {deals[f'level_{OVERALL}'].mean():.1f} of 4: deepest on {_said(view, best)} ({means[best]:.1f}),"
        f" thinnest on {_said(view, least)} ({means[least]:.1f})."
    )
    return lead, f"{what_moved(view)} {_emptiest(view)}"


def counted_in_words(view: TeamView, company: Company) -> str:
    """Which deals count, and when."""
    since, until = (day(one, locale=company.locale) for one in (view.depth.since, view.as_of))
    return (
        f"Each deal that was open beyond {view.depth.first_stage} between {since} and {until} counts once, as"
        f" it stood in its last week there, for the rep who had it then. These levels are of {WEEKS} weeks;"
        " those of the page Coaching are of four quarters and compare like deals, so the two differ."
    )


def _said(view: TeamView, key: str) -> str:
    label = view.labels[key]
    return label[:1].lower() + label[1:]


def what_moved(view: TeamView) -> str:
    """What changed against the weeks before, and how sure that is."""
    rows = movements(view)
    known = rows[rows["change"].notna()]
    if known.empty:
        return f"Too few deals to compare with the {WEEKS} weeks before."
    told = known[known["said"] != "as before"]
    before = f"the {WEEKS} weeks before, on deals of the same stage"
    if told.empty:
        return f"Against {before}, no question moved by more than chance makes."
    said = [_moved_by(row) for row in told.itertuples()]
    rest = "; the others are as before" if len(told) < len(rows) else ""
    return f"Against {before}, {listed(said)}{rest}."


def _moved_by(row: Any) -> str:
    low, high = sorted((abs(row.low), abs(row.high)))
    return f"{row.label} went {row.said} by {abs(row.change):.1f} (between {low:.1f} and {high:.1f})"


def _emptiest(view: TeamView) -> str:
    deals = view.depth.deals
    thin = pd.Series({key: int((deals[f"level_{key}"] <= 1).sum()) for key in view.questions})
    if not thin.max():
        return "No answer is missing or stays on the surface."
    return (
        f"Emptiest is {_said(view, str(thin.idxmax()))}: on {thin.max():,} of {count(len(deals), 'deal')} its"
        " answer is missing or stays on the surface. That alone does not say that it matters most."
    )


#: The way on from what is empty to what goes with winning.
TO_PLAYBOOK = "Which questions go with winning here: Playbook"


def spread_in_words(view: TeamView) -> str:
    """The title of the picture: where reps are far apart."""
    dots = spread(view, named=False)
    if dots.empty:
        return "Too few deals per rep to compare"
    ends = dots.groupby("label", sort=False)["mean"].agg(["min", "max"])
    wide = str((ends["max"] - ends["min"]).idxmax())
    low, high = (float(ends[name][wide]) for name in ("min", "max"))
    label = f"{wide[:1].lower()}{wide[1:]}"
    return f"Reps are furthest apart on {label}: from {low:.1f} to {high:.1f} of 4"


def teams_in_words(cells: pd.DataFrame) -> str:
    """The title of the teams' heat map: where teams are far apart."""
    known = cells[cells["mean"].notna() & (cells["question"] != OVERALL)]
    if known.empty:
        return "Too few deals per team to show"
    ends = known.groupby("label", sort=False)["mean"].agg(["min", "max"])
    wide = str((ends["max"] - ends["min"]).idxmax())
    low, high = (float(ends[name][wide]) for name in ("min", "max"))
    return f"Teams are furthest apart on {wide[:1].lower()}{wide[1:]}: from {low:.1f} to {high:.1f} of 4"


def differ_in_words(view: TeamView) -> str:
    """Whether the reps differ by more than chance among so few deals gives."""
    told = differ(view.depth.deals, view.questions)
    more = [view.labels[key].lower() for key, one in told.items() if one is True]
    if not more:
        return "Chance alone may give such differences between reps."
    if len(more) == len(told):
        return "On every question reps differ by more than chance among so few deals gives."
    return f"More than chance among so few deals gives: {listed(more)}; the rest may be chance."


def heat_in_words(cells: pd.DataFrame, who: str) -> str:
    """The title of the reps' heat map: how many cells are at level 2 or more."""
    known = cells[cells["mean"].notna() & (cells["question"] != OVERALL)]
    if known.empty:
        return f"Too few deals per {who} to show"
    deep = int((known["mean"] >= 2).sum())
    return f"By {who}: specific or deeper on average (2 of 4) in {deep:,} of {count(len(known), 'cell')}"


def depth_table(view: TeamView) -> pd.DataFrame:
    """Depth per rep, by name; index = owner_id."""
    reps = view.depth.reps.set_index("owner_id")
    overall = depth_by(view.depth.deals, "owner_id", [OVERALL]).set_index("owner_id").reindex(reps.index)
    columns = {
        "Deals": reps["n"],
        "Mean depth": overall["mean"].round(2),
        "Beside deals of the same stage": overall["like"].round(2),
        f"Against the {WEEKS} weeks before": [moved_in_words(one) for one in rep_movements(view)],
        "Note": [_note(row) for row in reps.itertuples()],
    }
    return _of_reps(view, columns)


def coverage_table(view: TeamView) -> pd.DataFrame:
    """Coverage per rep, by name; index = owner_id. Money in the company's currency."""
    rows = view.coverage.set_index("owner_id").reindex(view.depth.reps["owner_id"])

    def ratios(name: str) -> list[str]:
        return [_times(value, why) for value, why in zip(rows[name], rows["missing"], strict=True)]

    columns = {
        "Open pipeline": rows["open_pipeline"],
        "Won": rows["won"],
        "Target": rows["target"],
        "Coverage": ratios("coverage"),
        "To-go coverage": ratios("to_go_coverage"),
    }
    return _of_reps(view, columns)


def calls_table(view: TeamView) -> pd.DataFrame:
    """Calls and commits per rep, by name; index = owner_id."""
    owners = list(view.depth.reps["owner_id"])
    columns = {
        "Calls against won": [bias_in_words(view.bias, owner) for owner in owners],
        "Commits won": [kept_in_words(view.kept, owner) for owner in owners],
    }
    return _of_reps(view, columns)


def _of_reps(view: TeamView, columns: Mapping[str, Any]) -> pd.DataFrame:
    """Columns after the rep's name and team."""
    reps = view.depth.reps.set_index("owner_id")
    table = pd.DataFrame({"Rep": reps["name"], "Team": reps["team"], **columns}, index=reps.index)
    return table.drop(columns="Team") if view.team else table


def depth_title(view: TeamView) -> str:
    """Whose depth moved."""
    found = [one for one in rep_movements(view) if not isinstance(one, NotEnough)]
    told = sum(one.is_told_apart for one in found)
    if not found:
        return "Depth by rep: too few deals to compare with before"
    if not told:
        return "Depth by rep: no rep's change is larger than chance makes"
    larger = "has a change" if told == 1 else "have changes"
    return f"Depth by rep: {told:,} of {count(len(found), 'rep')} {larger} larger than chance makes"


def coverage_title(view: TeamView) -> str:
    """How many have less open than they still need."""
    rows = view.coverage[view.coverage["owner_id"].isin(view.depth.reps["owner_id"])]
    known = rows[rows["to_go_coverage"].notna()]
    reached = int((rows["missing"] == "the target is reached").sum())
    less = int((known["to_go_coverage"] < 1).sum())
    whole = len(known) + reached
    if not whole:
        return f"Coverage in {view.quarter}: no targets of reps are loaded"
    return (
        f"Coverage in {view.quarter}: {less:,} of {count(whole, 'rep')} have less open than is left to reach"
    )


def calls_title(view: TeamView) -> str:
    """How many call above or below what was won."""
    rows = bias_rows(view)
    known = rows[rows["bias"].notna()]
    if known.empty:
        return "Calls against what was won: too few quarters to say"
    above, below = int((known["low"] > 0).sum()), int((known["high"] < 0).sum())
    return f"Of {count(len(known), 'rep')}, {above:,} called quarters above what was won and {below:,} below"


def _times(value: Any, why: Any) -> str:
    return times(value) if not is_missing(value) else f"{DASH} {why}" if why else DASH


def moved_in_words(found: Moved | NotEnough) -> str:
    """As before, or by how much; a dash with the reason where it cannot be told."""
    if isinstance(found, NotEnough):
        return f"{DASH} too few deals" if found.n is not None else f"{DASH} {found.reason}"
    if not found.is_told_apart:
        return f"as before ({_step(found.low)} to {_step(found.high)})"
    return f"{_step(found.change)} ({_step(found.low)} to {_step(found.high)})"


def _step(levels: float) -> str:
    return f"{round(levels, 1) + 0.0:+.1f}"  # + 0.0: no minus sign before a rounded zero


def bias_in_words(bias: pd.DataFrame, owner_id: str) -> str:
    """How far the calls were from what was won, with sign, interval and quarters."""
    if owner_id not in bias.index:
        return f"{DASH} no call of their own"
    row = dict(bias.loc[owner_id])
    quarters = count(int(row["n"]), "quarter")
    if is_missing(row["bias"]):
        why = "nothing won in them" if row["n"] >= FEWEST_QUARTERS else "too few to say"
        return f"{DASH} {quarters}, {why}"
    low, high = row["low"], row["high"]
    span = f"{percent(low, signed=True)} to {percent(high, signed=True)}"
    side = "called above" if low > 0 else "called below" if high < 0 else "as won"
    return f"{percent(row['bias'], signed=True)} ({span}), {quarters}: {side}"


def kept_in_words(kept: pd.DataFrame, owner_id: str) -> str:
    """How many of the commits were won in their quarter."""
    if owner_id not in kept.index:
        return f"{DASH} none stated"
    row = dict(kept.loc[owner_id])
    if is_missing(row["share"]):
        return f"{DASH} {count(int(row['n']), 'commit')}, too few to say"
    span = f"{percent(row['low'])} to {percent(row['high'])}"
    return f"{percent(row['share'])} ({span}), {int(row['kept']):,} of {int(row['n']):,}"


def _note(row: Any) -> str:
    notes = [f"new: {count(int(row.tenure_days), 'day')} with deals here"] if row.is_ramping else []
    notes += [f"fewer than {FEWEST} deals: no mean"] if row.n < FEWEST else []
    return "; ".join(notes)


HOW_DEPTH = (
    "Beside deals of the same stage: the mean less that of all the company's deals in the same stage."
    " Against the weeks before: all questions together, on deals of the same stage; the ranges are wide"
    " enough to hold for everybody at once (95%)."
)
HOW_CALLS = (
    f"Calls: what the rep called the quarter at, {DAYS_LEFT} days before its end, less what was won, over"
    " what was won, in up to eight past quarters; in brackets where the true figure lies with 90% chance."
    " “As won”: the difference may be chance. No figure below"
    f" {FEWEST_QUARTERS} quarters. Commits: deals stated as commit for a quarter in its fifth week, and how"
    f" many were won in that quarter; no share below {FEWEST_COMMITS}. With so many people a few stand out by"
    " chance alone."
)
HEAT_NOTE = (
    "In the order of the names, with how many deals each counts; “new”: with deals here for less than"
    f" {RAMPING_DAYS} days. A dash: fewer than {FEWEST} deals."
)
