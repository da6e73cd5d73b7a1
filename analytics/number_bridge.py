"""The ways to the expected number, from the weighted pipeline, from last week and from the submitted call.

Each step opens into its deals, and each deal into its reasons; all add up to the cent.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from analytics.company import Company
from analytics.forecast import change
from analytics.forecast.calls import JUDGEMENT, THE_CALL, Call, call_bridge
from analytics.forecast.change import ChangeBridge
from analytics.forecast.lines import NOT_CREATED_YET, WEIGHTED, WON
from analytics.forecast.quarter_forecast import Forecast
from analytics.pipeline.quarter_end import total
from analytics.pipeline.tables import DealTable, Kind
from analytics.problems import NotEnough
from analytics.wording import day, is_missing, money

FROM_WEIGHTED, FROM_LAST_WEEK, FROM_CALL = BRIDGES = ("weighted pipeline", "last week", "submitted call")
EXPECTED = "Expected"
STATED_SUM = "Won + weighted pipeline"
#: Money that belongs to no deal: its name, and what it is.
NO_DEAL = {
    NOT_CREATED_YET: (
        "Deals not created yet",
        "What past quarters still won, from this day on, of deals that were not in the CRM yet.",
    ),
    THE_CALL: ("The call as submitted", "It includes what is won."),
    JUDGEMENT: (
        "Judgement beyond the named deals",
        "What is won and the amounts of the deals that the call names, less the call.",
    ),
}
_COLUMNS: dict[str, Kind] = {
    "Counts with": "money",
    "Chance": "share",
    "Expected": "money",
    "Amount": "money",
    "Close date": "day",
    "deal_id": "hidden",
}


@dataclass(frozen=True)
class Bridge:
    """From a number to the expected one.

    `rows`: of `figures.bridge_waterfall`; `steps`: label -> its deals' money (deal_id -> amount).
    """

    rows: pd.DataFrame
    steps: Mapping[str, pd.Series]
    note: str


def from_weighted(found: Forecast) -> Bridge | NotEnough:
    """From what is won and what the CRM weights to the expected."""
    if isinstance(found.expected, NotEnough):
        return found.expected
    steps = {step_label(step.step): step.deals for step in found.bridge}
    won, weighted = step_label(WON), step_label(WEIGHTED)
    stated = round(total(steps[won]) + total(steps[weighted]), 2)
    rows = [
        (won, total(steps[won]), "start", False),
        (weighted, total(steps[weighted]), "change", True),
        (STATED_SUM, stated, "subtotal", True),
        *_changes({label: deals for label, deals in steps.items() if label not in (won, weighted)}),
        (EXPECTED, found.expected, "end", False),
    ]
    return Bridge(
        _frame(rows),
        steps,
        "Every step is a sum over deals: what the deals' evidence says against what the CRM states. The"
        " rates of the stage step are a normal deal's; the win rates of stages further down are averages.",
    )


def from_last_week(moved: ChangeBridge, company: Company) -> Bridge | NotEnough:
    """From the number of a week earlier to today's."""
    if moved.missing is not None:
        return moved.missing
    since = day(moved.since, locale=company.locale)
    start = f"Expected on {since}"
    steps = {
        start if step.step == change.BEFORE else step_label(step.step): step.deals for step in moved.steps
    }
    rows = [
        (start, moved.before, "start", False),
        *_changes({label: deals for label, deals in steps.items() if label != start}),
        (EXPECTED, moved.after, "end", False),
    ]
    note = f"The earlier number is made with what was known on {since}, by what is learned today."
    return Bridge(_frame(rows), steps, note)


def from_call(found: Forecast, call: Call | NotEnough, company: Company) -> Bridge | NotEnough:
    """From the call that was submitted as commit to the expected."""
    if isinstance(found.expected, NotEnough):
        return found.expected
    if isinstance(call, NotEnough):
        return call
    called = call.amounts["commit"]
    if isinstance(called, NotEnough):
        return called
    given = call_bridge(
        called, "commit", total(found.view.measures[WON].parts), found.deals, total(found.later)
    )
    steps = {step_label(step): deals for step, deals in given.items()}
    first = next(iter(steps))
    rows = [
        (first, called, "start", True),
        *_changes({label: deals for label, deals in steps.items() if label != first and len(deals)}),
        (EXPECTED, found.expected, "end", False),
    ]
    who = "The call" if len(call.by) == 1 else f"The sum of {len(call.by)} calls"
    when = day(call.submitted_on, locale=company.locale)
    return Bridge(_frame(rows), steps, f"{who} for commit, submitted on {when}; it includes what is won.")


def step_label(step: str) -> str:
    """A step's name as a heading."""
    words = step.replace("_", " ")
    return words[:1].upper() + words[1:]


def _changes(steps: Mapping[str, pd.Series]) -> list[tuple[str, float, str, bool]]:
    return [(label, total(deals), "change", False) for label, deals in steps.items()]


def _frame(rows: list[tuple[str, float, str, bool]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["step", "amount", "kind", "stated"])


def deals_of_step(found: Forecast, deals: pd.Series) -> DealTable:
    """A step's deals; "Counts with" adds up to the step exactly. Money of no deal has a row of its own."""
    ids = [str(deal_id) for deal_id in deals.index]
    known = _known(found).reindex(ids)
    rows = pd.DataFrame(
        {
            "Deal": [_name(known, deal_id) for deal_id in ids],
            "Counts with": deals.to_numpy(float),
            "Chance": known["chance"].to_numpy(float),
            "Expected": known["expected_amount"].to_numpy(float),
            "Amount": known["amount_company"].to_numpy(float),
            "Stage": known["stage"].to_numpy(object),
            "Category": known["category"].to_numpy(object),
            "Close date": known["close_date"].to_numpy(),
            "Owner": known["owner_name"].to_numpy(object),
            "deal_id": ids,
        }
    )
    return DealTable(rows, dict(_COLUMNS), ids, total(deals))


def _known(found: Forecast) -> pd.DataFrame:
    """All deals of the scope that a step can name, by deal_id; chances where they are open."""
    chances = found.deals.set_index("deal_id")[["chance", "expected_amount"]]
    deals = found.view.deals.set_index("deal_id")
    columns = ["name", "amount_company", "stage", "category", "close_date", "owner_name"]
    return deals[columns].join(chances)


def _name(known: pd.DataFrame, deal_id: str) -> str:
    if deal_id in NO_DEAL:
        return NO_DEAL[deal_id][0]
    name = known.loc[deal_id, "name"]
    return deal_id if is_missing(name) else str(name)


def reasons_of(lines: pd.DataFrame, deal_id: str, opened: str) -> pd.DataFrame:
    """One deal's reasons: Money, Reason, Step; those of the `opened` step first, then the largest."""
    mine = lines[lines["deal_id"] == deal_id]
    table = pd.DataFrame(
        {
            "Money": mine["amount"].to_numpy(float),
            "Reason": mine["text"].to_numpy(object),
            "Step": [step_label(step) for step in mine["step"]],
        }
    )
    order = pd.DataFrame({"other": table["Step"] != opened, "size": -table["Money"].abs()})
    return table.loc[order.sort_values(["other", "size"], kind="stable").index].reset_index(drop=True)


def reasons_in_words(reasons: pd.DataFrame, opened: str, company: Company) -> str:
    """What `reasons_of` adds up to: the opened step's, and all."""

    def exact(amounts: pd.Series) -> str:
        return money(total(amounts), company.currency, exact=True, locale=company.locale)

    mine = reasons.loc[reasons["Step"] == opened, "Money"]
    text = f"Together {exact(reasons['Money'])}"
    return f"{opened}: {exact(mine)}. {text}." if len(mine) else f"{text}."


def deal_in_words(found: Forecast, deal_id: str, company: Company) -> str:
    """What one deal adds to the number, in a sentence."""

    def short(amount: object) -> str:
        return money(amount, company.currency, locale=company.locale)

    if deal_id in NO_DEAL:
        return NO_DEAL[deal_id][1]
    mine = found.deals[found.deals["deal_id"] == deal_id]
    if mine.empty:
        won = found.view.measures[WON].parts
        if deal_id in won.index:
            return f"Won: {short(won[deal_id])} is booked."
        return "It is not open in this scope any more and adds nothing."
    deal = mine.iloc[0]
    if pd.isna(deal["amount_company"]):
        return "It has no amount (or no currency rate) and adds nothing."
    return (
        f"{short(deal['amount_company'])}, chance {deal['chance']:.0%} within the quarter:"
        f" {short(deal['expected_amount'])} is expected of it."
    )
