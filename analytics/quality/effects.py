"""What a fix would change in the number, where that can be computed without making anything up."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from analytics.pipeline.deals import dated_in
from analytics.pipeline.quarter_end import total
from analytics.problems import NotEnough
from analytics.quality.check import Effect
from analytics.quality.facts import Facts
from analytics.terms import label


def effect_of(code: str, deals: pd.DataFrame, facts: Facts) -> Effect | NotEnough:
    """Before and after, for the scope's quarter, if all of `deals` (what the check named) were fixed."""
    if reason := _NOT_COMPUTED.get(code):
        return NotEnough(reason)
    if facts.scope.quarter.last_day < facts.as_of:
        return NotEnough(f"{facts.scope.quarter} was over on this day.")
    if code not in _COMPUTED:
        return NotEnough("It is about the store, not about deals.")
    return _COMPUTED[code](deals, facts)


def _weighted(facts: Facts, change: pd.DataFrame, assumed: str) -> Effect:
    """The weighted pipeline now, and with `change` in the place of the scope's open deals."""
    return _measure("weighted_pipeline", "weighted", facts, change, assumed)


def _measure(key: str, column: str, facts: Facts, change: pd.DataFrame, assumed: str) -> Effect:
    before, after = (
        total(deals.loc[dated_in(deals, facts.scope.quarter), column].dropna())
        for deals in (facts.open, change)
    )
    return Effect(_named(key, facts), before, after, assumed)


def _named(key: str, facts: Facts) -> str:
    """The weighted pipeline of 2026Q4."""
    return f"the {label(key).lower()} of {facts.scope.quarter}"


def _dated(deals: pd.DataFrame, facts: Facts) -> Effect:
    changed = facts.open.copy()
    changed.loc[changed["deal_id"].isin(deals["deal_id"]), "close_date"] = pd.Timestamp(
        facts.scope.quarter.last_day
    )
    return _weighted(
        facts, changed, f"if all of them were dated into {facts.scope.quarter} (those in it already count)"
    )


def _without(deals: pd.DataFrame, facts: Facts) -> Effect:
    left = facts.open[~facts.open["deal_id"].isin(deals["deal_id"])]
    return _weighted(facts, left, "without them")


def _at_stage_probability(deals: pd.DataFrame, facts: Facts) -> Effect:
    changed = facts.open.copy()
    named = changed["deal_id"].isin(deals["deal_id"])
    at_stage = (changed["amount_company"] * changed["stage_probability"]).round(2)
    changed["weighted"] = changed["weighted"].where(~named, at_stage)
    return _weighted(facts, changed, "at the stages' own probabilities")


def _commit_without(deals: pd.DataFrame, facts: Facts) -> Effect:
    commit = facts.open[facts.open["category"] == "Commit"]
    left = commit[~commit["deal_id"].isin(deals["deal_id"])]
    before, after = (
        total(one.loc[dated_in(one, facts.scope.quarter), "amount_company"].dropna())
        for one in (commit, left)
    )
    return Effect(_named("commit", facts), before, after, "without them")


def _in_a_team(deals: pd.DataFrame, facts: Facts) -> Effect:
    """The sum over teams: the company's own number has these deals already."""
    open_deals = facts.open
    named = open_deals["deal_id"].isin(deals["deal_id"])
    dated = dated_in(open_deals, facts.scope.quarter)
    in_team = (open_deals["team"] != "") & dated
    before, after = (
        total(open_deals.loc[keep, "weighted"].dropna()) for keep in (in_team, in_team | (named & dated))
    )
    return Effect(
        f"{_named('weighted_pipeline', facts)}, summed over teams,",
        before,
        after,
        "with all of them in a team",
    )


_COMPUTED: dict[str, Callable[[pd.DataFrame, Facts], Effect]] = {
    "DQ02": _dated,
    "DQ03": _in_a_team,
    "DQ04": _in_a_team,
    "DQ05": _in_a_team,
    "DQ11": _dated,
    "DQ16": _without,
    "DQ17": _commit_without,
    "DQ18": _at_stage_probability,
    "DQ24": _without,
}
_NOT_COMPUTED = {
    "DQ01": "Nobody has stated these amounts yet, and a guess is no fix.",
    "DQ06": "No probability is known for these stages until they are mapped.",
    "DQ07": "A next step changes the chances, not a sum; how much depends on what it is.",
    "DQ08": "A stakeholder changes the chances, not a sum; how much depends on who it is.",
    "DQ09": "The deals are won; the fix helps to learn, it changes no number.",
    "DQ10": "A target changes no forecast: it is what the forecast is compared with.",
    "DQ12": "The deals count with or without an active owner.",
    "DQ13": "What somebody will find out by calling is not known.",
    "DQ14": "The new rate is not known.",
    "DQ15": "What has changed in the CRM since is not known.",
    "DQ19": "Ages and cycles would change, no sum of this quarter does.",
    "DQ20": "What was signed is not known.",
    "DQ21": "The right amounts are not known, and leaving the deals out is no fix.",
    "DQ22": "The rate is not known.",
    "DQ23": "Which of the two holds is not known.",
    "DQ25": "What happened in these weeks is not known.",
    "DQ26": "Which of the deals are still alive is not known.",
    "DQ27": "What the missing rows say is not known.",
    "DQ28": "What the rejected rows say is not known before they are read.",
    "DQ29": "The past would be known better; today's sums would stay.",
}
