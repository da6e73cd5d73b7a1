"""The quarter in one sentence: where it stands, what it hangs on, and what to do."""

from __future__ import annotations

import pandas as pd

from analytics.company import Company
from analytics.pipeline.hygiene import Finding
from analytics.pipeline.pace import Pace
from analytics.pipeline.quarter_end import QuarterEnd
from analytics.pipeline.stage_rates import weighted_at_measured
from analytics.problems import NotEnough
from analytics.wording import count, money, percent, times

#: Checks worth a place in the sentence, and the words for them there.
_HANGS_ON = {
    "past_close_date": "has a close date in the past",
    "pushed_twice": "was pushed twice or more",
    "stage_too_old": "has stood in its stage longer than usual",
    "parked": "is parked on the last days of the quarter",
    "no_activity": "has seen no activity for two weeks",
}
_TO_DO = {
    "past_close_date": "Ask for a real close date on those first.",
    "pushed_twice": "Ask what changed since the last push.",
    "stage_too_old": "Ask what has to happen for the next stage.",
    "parked": "Ask which event at the customer closes them on that day.",
    "no_activity": "Ask when the customer was last spoken to.",
}


def sentence(
    company: Company, view: QuarterEnd, found: list[Finding], pace: Pace, scope_name: str
) -> tuple[str, str]:
    """Plain texts (no Markdown): where the quarter stands; and what that hangs on and what to do."""
    rest = [part for part in (_pace(pace), _hangs_on(company, view, found)) if part]
    return _standing(company, view, scope_name), " ".join(rest)


def _standing(company: Company, view: QuarterEnd, scope_name: str) -> str:
    quarter, as_of = view.scope.quarter, view.scope.as_of
    values = {key: measure.value for key, measure in view.measures.items()}

    def short(key: str) -> str:
        return money(values[key], company.currency, locale=company.locale)

    if as_of > quarter.last_day:
        left = "it is over"
    elif as_of < quarter.first_day:
        left = "it has not begun"
    else:
        left = f"{count((quarter.last_day - as_of).days, 'day')} left"
    if isinstance(values["target"], NotEnough):
        won = f"{scope_name} has won {short('won')} in {quarter} ({left}); no target is loaded."
        return f"{won} {short('open_pipeline')} is still open in it, {short('weighted_pipeline')} weighted."
    won = f"{scope_name} has won {short('won')} of the {short('target')} target for {quarter} ({left})."
    gap = values["gap"]
    if not isinstance(gap, NotEnough) and gap <= 0:
        over = money(-gap, company.currency, locale=company.locale)
        return f"{won} The target is exceeded by {over}; {short('open_pipeline')} is still open."
    if as_of > quarter.last_day:
        return f"{won} {short('gap')} was missing."
    return (
        f"{won} {short('gap')} is to go against {short('open_pipeline')} open"
        f" ({times(values['to_go_coverage'])}), {short('weighted_pipeline')} weighted."
    )


def _pace(pace: Pace) -> str:
    if isinstance(pace.share_won_by_now, NotEnough):
        return ""
    n = len(pace.at_this_point)
    return (
        f"At this point the last {n} quarters had won a median {percent(pace.share_won_by_now)} of their end."
    )


def _hangs_on(company: Company, view: QuarterEnd, found: list[Finding]) -> str:
    top3 = view.shares["top3_share"]
    if isinstance(top3, NotEnough):
        return _undated(company, found)
    n = min(3, len(view.measures["open_pipeline"].parts))
    largest = "the largest open deal" if n == 1 else f"the {n} largest open deals"
    text = f"It hangs on {largest} ({percent(top3)} of what is open)"
    worst = [item for item in found if item.key in _HANGS_ON and item.state == "found"]
    if not worst:
        return text + "."
    most = max(worst, key=lambda item: item.money)
    amount = money(most.money, company.currency, locale=company.locale)
    deals = count(len(most.deals), "deal")
    return f"{text}, and {amount} in {deals} {_HANGS_ON[most.key]}. {_TO_DO[most.key]}"


def _undated(company: Company, found: list[Finding]) -> str:
    undated = next(item for item in found if item.key == "no_close_date")
    if undated.state != "found":
        return ""
    amount = money(undated.money, company.currency, locale=company.locale)
    deals = count(len(undated.deals), "open deal")
    return f"{amount} in {deals} has no close date and counts in no quarter. Ask for a close date on those."


def stage_finding(company: Company, view: QuarterEnd, stages: pd.DataFrame) -> str:
    """The title of the stage picture: what the configured probabilities are worth."""
    if stages.empty:
        return "No open deal is dated in this quarter"
    if not stages["n"].sum():
        return "The stage probabilities cannot be checked yet: no complete past quarter is loaded"
    stated = view.measures["weighted_pipeline"].value
    measured = weighted_at_measured(stages)

    def short(amount: object) -> str:
        return money(amount, company.currency, locale=company.locale)

    return f"The CRM weights the pipeline at {short(stated)}; at measured win rates it is {short(measured)}"


def history_note(quarters: list[str]) -> str:
    """Which past quarters the measured rates come from."""
    if not quarters:
        return "No complete past quarter is loaded."
    return f"Here: {quarters[0]} to {quarters[-1]}, the whole company's deals."


def concentration(company: Company, view: QuarterEnd) -> str:
    """How much hangs on how few deals; empty without open pipeline."""
    largest, top3 = view.shares["largest_deal_share"], view.shares["top3_share"]
    if isinstance(largest, NotEnough):
        return ""
    parts = view.measures["open_pipeline"].parts
    name = view.deals.set_index("deal_id").loc[parts.index[0], "name"]
    amount = money(parts.iloc[0], company.currency, locale=company.locale)
    shares = f"{percent(largest)} of the open pipeline; the 3 largest {percent(top3)}"
    return f"Largest open deal: {name}, {amount}, {shares}."


def pace_finding(company: Company, pace: Pace) -> str:
    """The title of the pace picture."""
    points, current = pace.at_this_point, pace.weeks[pace.weeks["is_current"]]
    won = float(current["won"].iloc[-1]) if len(current) else 0.0
    short = money(won, company.currency, locale=company.locale)
    if len(points) < 2:
        return f"{short} won so far; no past quarters to compare with"
    ahead = int((points["won_by_now"] < won).sum())
    return f"{short} won so far: more than in {ahead} of the last {len(points)} quarters at this point"
