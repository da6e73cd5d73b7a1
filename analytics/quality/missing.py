"""What a deal, a stage or a quarter lacks."""

from __future__ import annotations

import pandas as pd

from analytics.pipeline.deals import NOT_RECORDED, dated_in
from analytics.pipeline.quarter_end import target_of, targets_by
from analytics.problems import NotEnough
from analytics.quality.check import ADMIN, OWNER, REVOPS, Check, Found, NotJudged
from analytics.quality.facts import Facts, failing

_NO_PEOPLE = NotJudged("not enough data", "No people are loaded (Salesforce: User).")


def _no_amount(facts: Facts) -> Found:
    amount = facts.open["amount"]
    why = pd.Series("no amount", index=amount.index).where(amount.isna(), "amount is 0")
    return failing(facts.open, amount.isna() | (amount == 0), why)


def _no_close_date(facts: Facts) -> Found:
    return failing(facts.open, facts.open["close_date"].isna(), "no close date")


def _no_owner(facts: Facts) -> Found | NotJudged:
    if not facts.records("owner_id"):
        return NotJudged("not enough data", "No owners are loaded (Salesforce: OwnerId).")
    return failing(facts.open, facts.open["owner_id"] == "", "no owner")


def _unknown_owner(facts: Facts) -> Found | NotJudged:
    if facts.people.empty:
        return _NO_PEOPLE
    owner = facts.open["owner_id"]
    unknown = (owner != "") & ~owner.isin(facts.people["person_id"])
    return failing(facts.open, unknown, "owner " + owner + " is in no list of people")


def _owner_outside_teams(facts: Facts) -> Found | NotJudged:
    people = facts.people
    if people.empty:
        return _NO_PEOPLE
    teams, managers = people["team"].fillna("") != "", people["manager_id"].dropna()
    if not teams.any() and managers.empty:
        return NotJudged("not enough data", "Neither teams nor managers are loaded.")
    no_team = ~teams if teams.any() else pd.Series(False, index=people.index)
    is_top = people["person_id"].isin(managers) | managers.empty
    no_manager = people["manager_id"].isna() & ~is_top
    why = pd.Series("no team", index=people.index).where(no_team, "no manager")
    outside = dict(zip(people["person_id"][no_team | no_manager], why[no_team | no_manager], strict=True))
    found = facts.open["owner_id"].map(outside)
    return failing(facts.open, found.notna(), "owner has " + found.astype(object).fillna("").astype(str))


def _unknown_stage(facts: Facts) -> Found | NotJudged:
    if facts.stages.empty:
        return NotJudged("not enough data", "No list of stages is loaded (Salesforce: OpportunityStage).")
    if not facts.records("stage"):
        return NotJudged("not enough data", "No stages are loaded, only final states.")
    stage = facts.open["stage"]
    said = ("stage " + stage + " is in no list of stages").where(stage != NOT_RECORDED, "no stage")
    return failing(facts.open, ~stage.isin(facts.stages["stage"]), said)


def _no_next_step(facts: Facts) -> Found | NotJudged:
    if not facts.records("next_step"):
        return NotJudged("not enough data", "No next steps are loaded (Salesforce: NextStep).")
    return failing(facts.open, facts.open["next_step"].fillna("").str.strip() == "", "no next step")


def _no_stakeholder(facts: Facts) -> Found | NotJudged:
    if not facts.records("stakeholders"):
        return NotJudged(
            "not enough data", "No contact roles are loaded (Salesforce: OpportunityContactRole)."
        )
    return failing(facts.open, facts.open["stakeholders"] == 0, "no contact role")


def _won_without_case(facts: Facts) -> Found | NotJudged:
    if not facts.records("answers"):
        return NotJudged("not enough data", "No business-case answers are loaded.")
    return failing(facts.won, facts.won["answers"] == 0, "won without a single answer")


def _no_target(facts: Facts) -> Found | NotJudged:
    scope, quarter = facts.scope, facts.scope.quarter.key
    own = target_of(facts.store, facts.company, scope, scope.as_of)
    if isinstance(own, NotEnough):
        whose = scope.owner_id or scope.team or "The company"
        return Found(things=pd.DataFrame({"Whose": [whose], "Quarter": [quarter], "Why": [str(own)]}))
    if not scope.is_company:
        return Found()
    teams = targets_by(facts.store, facts.company, scope, "team")
    dated = facts.open[dated_in(facts.open, scope.quarter)]
    lacking = sorted(set(dated["team"]) - set(teams) - {""}) if teams else []
    return Found(
        things=pd.DataFrame(
            {"Whose": lacking, "Quarter": quarter, "Why": "No target of this team is loaded."}
        )
    )


CHECKS = (
    Check(
        "DQ01", "No amount", "missing", "error", "open deals",
        "The deal counts nothing in pipeline, coverage and forecast.",
        "Write the amount into the CRM, if only a first estimate.",
        OWNER, _no_amount,
    ),
    Check(
        "DQ02", "No close date", "missing", "error", "open deals",
        "The deal is in no quarter, so in no number.",
        "Ask the customer by when, and write the date into the CRM.",
        OWNER, _no_close_date,
    ),
    Check(
        "DQ03", "No owner", "missing", "error", "open deals",
        "The deal is in the company's number, and in nobody's.",
        "Give the deal an owner.",
        REVOPS, _no_owner,
    ),
    Check(
        "DQ04", "Owner not in the list of people", "missing", "warning", "open deals",
        "The deal is missing from every team's number.",
        "Export the users together with the deals, or correct the owner.",
        ADMIN, _unknown_owner,
    ),
    Check(
        "DQ05", "Owner without team or manager", "missing", "warning", "open deals",
        "The deal is missing from every team's number.",
        "Give the owner a team or a manager (Salesforce: UserRole, ManagerId).",
        ADMIN, _owner_outside_teams,
    ),
    Check(
        "DQ06", "Stage not in the list of stages", "missing", "error", "open deals",
        "No stage probability: without one of its own the deal counts nothing in the weighted pipeline.",
        "Load the stages again, or map this stage in the import.",
        ADMIN, _unknown_stage,
    ),
    Check(
        "DQ07", "No next step", "missing", "info", "open deals",
        "Nobody can see what happens next; chances know less.",
        "Write the next step into the CRM.",
        OWNER, _no_next_step,
    ),
    Check(
        "DQ08", "No stakeholder", "missing", "info", "open deals",
        "Nobody at the customer stands on the deal; chances know less.",
        "Add the contacts with their roles.",
        OWNER, _no_stakeholder,
    ),
    Check(
        "DQ09", "Won without a business case", "missing", "info", "won deals",
        "What the answers are worth is learned from fewer wins.",
        "Write down why the customer bought, while people remember.",
        OWNER, _won_without_case, in_trend=False,
    ),
    Check(
        "DQ10", "No target", "missing", "warning", "the store",
        "No gap, no coverage, no chance to reach the target.",
        "Load the targets (kind targets, or Salesforce ForecastingQuota).",
        REVOPS, _no_target, in_trend=False,
    ),
)  # fmt: skip
