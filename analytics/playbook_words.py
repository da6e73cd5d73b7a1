"""What the page Playbook says: never surer than the data, and never as if an answer wins a deal."""

from __future__ import annotations

from statistics import NormalDist
from typing import Any

import pandas as pd

from analytics.company import Company
from analytics.playbook.by_stage import EXPLAINED, FEWEST, ByStage
from analytics.playbook.effects import ERROR_RATE, Effects
from analytics.playbook.waits import FEWEST as FEWEST_TIMED
from analytics.playbook.waits import LONG
from analytics.playbook_page import Playbook
from analytics.problems import NotEnough
from analytics.wording import DASH, count, listed, money, percent, points

#: What stands beside every comparison.
NOT_A_CAUSE = (
    "This is what went together, not what caused what. Where deals with a deeper answer were won more"
    " often, writing the answer need not have won them: reps may write it because the deal is going well. A"
    " new playbook version, tried in some teams first, can tell."
)
HOW = (
    "Compared are deals that entered the same stage in the same quarter, of the same owner, and of the same"
    " size, type, source, team and age; all questions enter together, so that none gets credit for another."
    " Each interval holds the true difference in 95 of 100 such comparisons. A question stands out only"
    " where its difference is too large for chance with all questions, outcomes and stages looked at: of"
    f" 100 companies in which no question matters, at most {100 * ERROR_RATE:.0f} would see one stand out."
)
_FEW_OWNERS = (
    " There are too few owners here to allow for deals of one owner being alike: the intervals are somewhat"
    " too short."
)


def how(view: Playbook) -> str:
    """How the deals are compared, and what is weak about it here."""
    few = isinstance(view.effects, Effects) and not view.effects.by_owner
    return HOW + (_FEW_OWNERS if few else "")


#: Deals at a level below which the picture's title leaves it out (the picture shows it).
FEWEST_TITLED = 20
_HAPPENED = {"won": "won", "kept": "decided in the quarter of their close date"}
_NEEDED = (
    "It takes dated changes of deals that entered stages and have ended since, won and not won."
    " Load more history; what stays empty and where deals wait is shown as far as it is known."
)


def headline(view: Playbook) -> tuple[str, str]:
    """What goes with winning here and how sure that is, in a sentence; and what to do."""
    found = view.asked
    if isinstance(found, NotEnough):
        return "Which questions go with winning cannot be said yet.", f"{_first_up(str(found))}. {_NEEDED}"
    claimed = found.questions[found.questions["claimed"]].sort_values("order")
    won = claimed[claimed["outcome"] == "won"]
    if claimed.empty:
        return _nothing(view, found), _TRY_NOTHING
    if won.empty:
        kept = claimed[claimed["outcome"] == "kept"]
        return _named(view, kept), f"For winning, no question stands out. {_DO}"
    kept = claimed[claimed["outcome"] == "kept"]
    second = (
        _named(view, kept, is_first=False)
        if len(kept)
        else "For being decided in the quarter of their close date, none stands out."
    )
    n = int(won["n"].iloc[0])
    return _named(view, won), f"Seen in {count(n, 'deal')} of like size, team and owner. {second} {_DO}"


_DO = "It need not be the cause: try it as a playbook version."
_TRY_NOTHING = (
    "That does not say that questions do not matter: a smaller difference needs more deals to be seen."
)


#: How often a difference must be seen to be called visible here.
_SEEN_IN = 0.8


def _nothing(view: Playbook, found: Effects) -> str:
    won = found.questions[(found.questions["outcome"] == "won") & found.questions["effect"].notna()]
    rows = won if len(won) else found.questions[found.questions["effect"].notna()]
    if rows.empty:
        return "No question differs enough between deals that are alike otherwise."
    compared = _comparisons(view)
    return (
        f"No question stands out here. In {count(int(rows['n'].max()), 'deal')}, a difference must be about"
        f" {100 * _seen(rows, compared):.1f} percentage points for each level deeper to be"
        f" seen in 4 of 5 cases, as {count(compared, 'comparison')} are held against each other."
    )


def _comparisons(view: Playbook) -> int:
    """How many differences are held against each other: seven questions, two outcomes, where measured."""
    return 0 if isinstance(view.effects, NotEnough) else int(view.effects.questions["p"].notna().sum())


def _seen(rows: pd.DataFrame, compared: int) -> float:
    """The difference (a share, per level) that would be claimed in _SEEN_IN of such comparisons: what the
    first of so many must reach, and a reserve for its luck (Bonferroni's bound, normal errors)."""
    normal = NormalDist()
    error = float((rows["high"] - rows["low"]).median() / 2) / normal.inv_cdf(0.975)
    return error * (normal.inv_cdf(1 - ERROR_RATE / compared / 2) + normal.inv_cdf(_SEEN_IN))


def hollow(view: Playbook) -> str:
    """Why a difference whose own interval leaves out 0 may still be chance; '' where there is none."""
    found = view.asked
    if isinstance(found, NotEnough):
        return ""
    rows = found.questions
    clear = (rows["low"] > 0) | (rows["high"] < 0)
    n = int((clear & ~rows["claimed"]).sum())
    if not n:
        return ""
    return (
        f"{count(n, 'hollow dot')} {'has a line that leaves' if n == 1 else 'have lines that leave'} out 0"
        f" and may be chance all the same: of {count(_comparisons(view), 'comparison')} some look like"
        " something by luck, so each has to be clearer than its own line shows."
    )


def _named(view: Playbook, claimed: pd.DataFrame, *, is_first: bool = True) -> str:
    """Deals were won more often here where the answers were deeper to A (+3.1 percentage points for each
    level deeper, +1.8 to +4.4) and B (+2.2, +0.9 to +3.4); `is_first`: whether the unit must be said."""
    happened = _HAPPENED[str(claimed["outcome"].iloc[0])]
    sides = {"more": claimed[claimed["effect"] > 0], "less": claimed[claimed["effect"] <= 0]}
    first = str(next(rows for rows in sides.values() if len(rows))["question"].iloc[0])
    said = [
        f"{often} often where the answers were deeper to"
        f" {listed(_with_size(view, rows, first if is_first else ''))}"
        for often, rows in sides.items()
        if len(rows)
    ]
    return f"Deals here were {happened} {', and '.join(said)}."


def _with_size(view: Playbook, rows: pd.DataFrame, with_unit: str) -> list[str]:
    """The questions with their differences; the unit is said at the question `with_unit` only."""
    return [
        f"“{view.labels[str(row.question)]}” ({_tenths(row.effect)}"
        f"{_UNIT if row.question == with_unit else ''}, {_tenths(row.low)} to {_tenths(row.high)})"
        for row in rows.itertuples()
    ]


_UNIT = " percentage points for each level deeper"


def effects_title(view: Playbook) -> str:
    """The picture's finding."""
    found = view.asked
    if isinstance(found, NotEnough) or not found.questions["claimed"].any():
        return "No question stands out from chance"
    claimed = found.questions[found.questions["claimed"]]
    n, asked = claimed["question"].nunique(), len(view.labels)
    return f"{n} of {count(asked, 'question')} {'stands' if n == 1 else 'stand'} out from chance"


def stage_sentence(view: Playbook, stages: ByStage, question: str, outcome: str, stage: str) -> str:
    """Of so many deals that entered a stage with the question explained, so many were won; and alike?"""
    at = stages.explained
    is_asked = (at["stage"] == stage) & (at["question"] == question) & (at["outcome"] == outcome)
    row: Any = next(at[is_asked].itertuples())
    name, happened = view.labels[question], _HAPPENED[outcome]
    if min(row.n_with, row.n_without) < FEWEST:
        fewer = f"“{name}” explained" if row.n_with < row.n_without else f"less on “{name}”"
        fewest = count(min(row.n_with, row.n_without), "deal")
        return f"Only {fewest} entered {stage} with {fewer}: too few to show ({FEWEST} needed)."
    told = (
        f"Of {count(row.n_with, 'deal')} that entered {stage} with “{name}” explained (level {EXPLAINED} or"
        f" 4), {percent(row.share_with)} were {happened}; of {row.n_without:,} others"
        f" {percent(row.share_without)}."
    )
    return f"{told} {_alike(view, row, question, outcome, stage)}"


def _alike(view: Playbook, row: Any, question: str, outcome: str, stage: str) -> str:
    if row.missing is not None:
        return f"Deals alike cannot be compared: {row.missing}."
    size = f"{_whole(row.effect)} {'more' if row.effect >= 0 else 'fewer'}"
    ends = f"({points(row.low)} to {points(row.high)})"
    compared = f"With deals of the same size, team, owner and other answers compared: {size} {ends}."
    return compared if _claimed(view, question, outcome, stage) else f"{compared} That may be chance."


def _claimed(view: Playbook, question: str, outcome: str, stage: str) -> float:
    """The difference per level that stands out at a stage; 0 where none does."""
    found = view.asked
    if isinstance(found, NotEnough):
        return 0.0
    at = found.stages
    here = (at["question"] == question) & (at["outcome"] == outcome) & (at["stage"] == stage) & at["claimed"]
    return float(at.loc[here, "effect"].sum())


def levels_title(view: Playbook, levels: pd.DataFrame, question: str, outcome: str, stage: str) -> str:
    """The lowest and the deepest level with enough deals at a stage, as counted, and whether more than
    chance stands behind it: only where deals that are alike differ so, and this is claimed."""
    name = view.labels[question]
    here = levels[(levels["stage"] == stage).to_numpy() & (levels["n"] >= FEWEST_TITLED).to_numpy()]
    if len(here) < 2:
        return f"{stage}: fewer than {FEWEST_TITLED} deals at all but one level of “{name}”"
    low, high = here.iloc[0], here.iloc[-1]
    rise = float(high["share"] - low["share"])
    said = (
        f"{stage}: {percent(low['share'])} of {low['n']:,} deals {DONE[outcome]} with “{name}” at level"
        f" {low['level']}, {percent(high['share'])} of {high['n']:,} at level {high['level']}"
    )
    claimed = _claimed(view, question, outcome, stage)
    if not claimed:
        return f"{said}, as counted; may be chance"
    return said if rise * claimed > 0 else f"{said}, as counted"


def empty_title(view: Playbook, table: pd.DataFrame) -> str:
    """The most empty question at the last stage that has enough deals."""
    shown = table.dropna(subset=["share"])
    if shown.empty:
        return "Too few deals entered a stage in the last year"
    stage = shown["stage"].iloc[-1]
    row: Any = next(shown[shown["stage"] == stage].sort_values("share", ascending=False).itertuples())
    changed = row.low > row.high_before or row.high < row.low_before
    change = f" ({percent(row.share_before)} a year before)" if changed else ""
    return (
        f"“{view.labels[str(row.question)]}” stays emptiest: {percent(row.share)} of deals enter {stage} with"
        f" little said about it{change}"
    )


def waits_title(table: pd.DataFrame, company: Company) -> str:
    """How many open deals wait longer than usual, and where the largest part of their money is."""
    stages = table.iloc[:-1]  # the last row is the review, which lies across stages
    known = stages[stages["median"].notna()]
    if known.empty:
        return "Too few deals have gone through a stage to say how long that takes"
    n, summed = int(known["waiting_long"].sum()), float(known["money_long"].sum())
    if not n:
        return f"No open deal has stayed in its stage longer than {LONG:.0%} of deals did"
    worst: Any = next(known.sort_values("money_long", ascending=False).itertuples())
    cash = [money(one, company.currency, locale=company.locale) for one in (summed, worst.money_long)]
    return (
        f"{count(n, 'open deal')} ({cash[0]}) {'waits' if n == 1 else 'wait'} longer in a stage than"
        f" {LONG:.0%} of deals did, the largest part of it in {worst.stage} ({cash[1]})"
    )


#: What the picture by stage shows.
LEVELS = (
    "As counted, not adjusted: each dot is the deals that entered the stage with the question at that level."
)
EMPTY = (
    "Share of the deals that entered a stage in the last year with nothing specific said (level 0 or 1), and"
    " below it the change from the year before where it is more than chance."
)
FIRST_ANSWERS = (
    "Of the deals that entered a stage with nothing said and have left it: the share that got an answer while"
    f" they were there, and the day by which half of those had it. {DASH}: fewer than {FEWEST_TIMED} deals."
)
DONE = {"won": "won", "kept": "decided in time"}
#: What the times are.
WAITS = (
    "From the first week in a stage until the deal moved on or closed, deals that are still there counting"
    " with the time so far; deals that skipped the stage are left out. The customer's review counts from"
    " the first week with somebody from security, legal or purchasing among the contacts, or with a"
    " specific hurdle named. Counted in weeks, so that a day is exact to within seven."
)


def _tenths(share: Any) -> str:
    """A small difference in points: +3.1."""
    return f"{100 * float(share):+.1f}"


def _whole(share: Any) -> str:
    """A difference without its sign: 1 point, 12 points."""
    return count(round(abs(100 * float(share))), "point")


def _first_up(text: str) -> str:
    return text[:1].upper() + text[1:]
