"""The calls that people submitted: whose call stands for a scope, and the way from it to the expected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import pandas as pd

from analytics.company import Company, Scope
from analytics.forecast.lines import LATER, NEW, NOT_CREATED_YET
from analytics.pipeline.quarter_end import Value, total
from analytics.problems import NotEnough
from analytics.store.database import Store
from analytics.wording import count

#: What a call says, and the categories of the open deals that it names.
NAMED = {"commit": ("Commit",), "best_case": ("Commit", "Best Case"), "most_likely": ("Commit",)}
AMOUNTS = [f"{what}_amount" for what in NAMED]
#: Stand in for a deal_id where a step's money belongs to no deal.
THE_CALL, JUDGEMENT = "(the call)", "(judgement)"


@dataclass(frozen=True)
class Calls:
    """Everything that was submitted up to a day, and who reported to whom; `valid_at` is a company day.

    `submitted`: owner_id ('' = the company), quarter_start, valid_at, AMOUNTS (money in the company's
    currency, including what is won; NaN where not said); `people`: person_id, valid_at, manager_id, team,
    is_active. Both hold every step, each owner's and person's ascending in time.
    """

    submitted: pd.DataFrame
    people: pd.DataFrame

    def on(self, day: date | pd.Timestamp, first_day: date | pd.Timestamp) -> pd.DataFrame:
        """The last call of each owner (index) at the end of a day, for the quarter that begins on another."""
        known = self.submitted[self.submitted["quarter_start"] == pd.Timestamp(first_day)]
        known = known[known["valid_at"] <= pd.Timestamp(day)]
        return known.drop_duplicates("owner_id", keep="last").set_index("owner_id")

    def people_on(self, day: date | pd.Timestamp) -> pd.DataFrame:
        """Everybody who works here at the end of a day, a row each."""
        known = self.people[self.people["valid_at"] <= pd.Timestamp(day)]
        known = known.drop_duplicates("person_id", keep="last")
        return known[known["is_active"]]


@dataclass(frozen=True)
class Call:
    """What a scope's quarter was called at: `amounts` by commit, best_case, most_likely."""

    amounts: Mapping[str, Value]
    by: tuple[str, ...]  # owner ids; ('',) = the company's own call
    submitted_on: date  # the latest of them


def calls_at(store: Store, company: Company, as_of: date) -> Calls:
    """The calls and the reporting lines known at the end of a day."""
    end = company.calendar.end_of(as_of)
    submitted = _on_company_days(store.query("call_steps", as_of_end=end), company)
    submitted["quarter_start"] = pd.to_datetime(submitted["quarter_start"])
    people = _on_company_days(store.query("reporting_steps", as_of_end=end), company)
    return Calls(submitted.astype(dict.fromkeys(AMOUNTS, float)), people.astype({"is_active": bool}))


def _on_company_days(steps: pd.DataFrame, company: Company) -> pd.DataFrame:
    """Steps with the company day on which each became known."""
    local = steps["valid_at"].dt.tz_localize("UTC").dt.tz_convert(company.calendar.time_zone)
    days = local.dt.tz_localize(None).dt.normalize()
    return steps.assign(valid_at=days)


def team_managers(people: pd.DataFrame) -> pd.Series:
    """team -> the person whom most of its people report to, if most of that person's reports are in it.

    `people`: `Calls.people_on` a day. Somebody above several teams manages none of them.
    """
    reports = people.dropna(subset=["team", "manager_id"])
    reports = reports[reports["team"] != ""]
    votes = reports.groupby(["team", "manager_id"]).size().rename("votes").reset_index()
    votes = votes[votes["votes"] * 2 > votes.groupby("manager_id")["votes"].transform("sum")]
    chosen = votes.sort_values(["votes", "manager_id"], ascending=[False, True]).drop_duplicates("team")
    return chosen.set_index("team")["manager_id"]


def call_of(calls: Calls, scope: Scope) -> Call | NotEnough:
    """The call that stands for the scope's quarter at its day.

    The company: its own. A team: that of its manager, else the sum of its people's. An owner: theirs.
    """
    known = calls.on(scope.as_of, scope.quarter.first_day)
    if scope.team and not scope.owner_id:
        people = calls.people_on(scope.as_of)
        manager = team_managers(people).get(scope.team)
        members = people.loc[people["team"] == scope.team, "person_id"]
        asked = [manager] if manager in known.index else list(members)
    else:
        asked = [scope.owner_id]
    callers = [str(caller) for caller in asked if caller in known.index]
    if not callers:
        return NotEnough(f"Nobody has submitted a call for {scope.quarter} in this scope yet.")
    chosen = known.loc[callers]
    amounts = {what: _summed(chosen[f"{what}_amount"], what) for what in NAMED}
    return Call(amounts, tuple(callers), chosen["valid_at"].max().date())


def _summed(said: pd.Series, what: str) -> Value:
    """The sum where everybody who called said this amount."""
    if said.isna().any():
        silent, word = int(said.isna().sum()), what.replace("_", " ")
        return NotEnough(f"{count(silent, 'call')} of {len(said)} without an amount for {word}.")
    return total(said)


def call_bridge(
    call: float, what: str, won: float, deals: pd.DataFrame, new_expected: float
) -> dict[str, pd.Series]:
    """Step -> its deals' money (deal_id -> amount), from a call to the expected number, exact to the cent.

    `what`: which of NAMED was called; `won`: booked so far; `deals`: the scope's open ones: deal_id,
    category, timing, amount_company, expected_amount (NaN: adds nothing); `new_expected`: from deals not
    created yet. Positive raises the number. The steps add up to won + expected_amount + new_expected.
    """
    money = deals.set_index("deal_id")[["amount_company", "expected_amount"]].fillna(0.0).round(2)
    stated, expected = money["amount_company"], money["expected_amount"]
    dated = (deals["timing"] == "in quarter").to_numpy()
    category = deals["category"].where(deals["category"].isin(["Commit", "Best Case"]), "").to_numpy()
    named = dated & pd.Series(category).isin(NAMED[what]).to_numpy()
    against = (expected - stated.where(named, 0.0)).round(2)
    best_case = "by their evidence" if "Best Case" in NAMED[what] else "that are likely"
    steps = {
        "the call": pd.Series({THE_CALL: round(call, 2)}),
        "judgement beyond the named deals": pd.Series(
            {JUDGEMENT: round(won + total(stated[named]) - call, 2)}
        ),
        "commit deals by their evidence": against[dated & (category == "Commit")],
        f"best case deals {best_case}": against[dated & (category == "Best Case")],
        "pipeline deals that are likely": against[dated & (category == "")],
        LATER: against[~dated],
        NEW: pd.Series({NOT_CREATED_YET: round(new_expected, 2)}),
    }
    return {step: of_deals[of_deals != 0] for step, of_deals in steps.items()}
