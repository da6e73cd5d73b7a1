"""What cannot be true together."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.business_case.case import cases_as_of
from analytics.business_case.contradictions import contradictions
from analytics.quality.check import ADMIN, OWNER, REVOPS, Check, Found, NotJudged
from analytics.quality.facts import Facts, failing
from analytics.wording import percent

EARLY = 0.5  # a stage whose configured probability is below this is early
POINTS_OFF = 0.2  # a stated probability this far from the stage's own is a contradiction
TIMES_TYPICAL = 30  # an outlier is at least this much above or below what is typical ...
SPREADS = 4  # ... and this many robust standard deviations (of the logarithm) away
MIN_AMOUNTS = 30
_EVENTS = ("event_after_close", "event_before_close")


def _stage_against_state(facts: Facts) -> Found | NotJudged:
    if facts.stages.empty:
        return NotJudged("not enough data", "No list of stages is loaded (Salesforce: OpportunityStage).")
    closed = facts.stages.set_index("stage")["is_closed"].astype(bool)
    deals = facts.deals
    says_closed = deals["stage"].map(closed)
    differs = says_closed.notna() & (says_closed.fillna(False).astype(bool) == deals["is_open"])
    state = deals["is_open"].map({True: ", but open", False: ", but closed"})
    why = "stage " + deals["stage"] + state
    return failing(deals, differs, why)


def _category_against_stage(facts: Facts) -> Found | NotJudged:
    deals = facts.open
    if not (facts.records("forecast_category") and facts.records("stage_probability")):
        return NotJudged(
            "not enough data", "Forecast categories, or probabilities of the stages, are not loaded."
        )
    early = (deals["category"] == "Commit") & (deals["stage_probability"] < EARLY)
    closed = deals["category"] == "Closed"
    return failing(deals, early | closed, deals["category"] + " in stage " + deals["stage"])


def _probability_against_stage(facts: Facts) -> Found | NotJudged:
    deals = facts.open
    if not facts.records("stage_probability"):
        return NotJudged("not enough data", "No probabilities of the stages are loaded.")
    off = (deals["probability"] - deals["stage_probability"]).abs() >= POINTS_OFF - 1e-9
    named = deals[off]
    said = [
        f"stated {percent(own)}, the stage says {percent(usual)}"
        for own, usual in zip(named["probability"], named["stage_probability"], strict=True)
    ]
    return failing(deals, off, pd.Series(said, index=named.index, dtype=object))


def _created_after_closed(facts: Facts) -> Found | NotJudged:
    deals = facts.closed
    if not facts.records("created_at"):
        return NotJudged("not enough data", "No created dates are loaded.")
    later = deals["created_at"] > deals["closed_at"] + pd.Timedelta(days=1)
    return failing(deals, later, "created after it was closed")


def _won_for_nothing(facts: Facts) -> Found:
    deals = facts.won
    nothing = deals["amount"].isna() | (deals["amount"] == 0)
    return failing(deals, nothing, "won with no amount")


def _outlier(facts: Facts) -> Found | NotJudged:
    known = facts.everyone["amount_company"].astype(float)
    logs = known[known > 0].map(np.log10)
    if len(logs) < MIN_AMOUNTS:
        return NotJudged(
            "not enough data", f"{len(logs)} amounts, {MIN_AMOUNTS} needed to know what is typical."
        )
    middle = float(logs.median())
    spread = float((logs - middle).abs().median()) * 1.4826
    reach = max(np.log10(TIMES_TYPICAL), SPREADS * spread)
    amounts = facts.open["amount_company"].astype(float)
    off = amounts.where(amounts > 0).map(np.log10, na_action="ignore") - middle
    odd = (off.abs() > reach) | (amounts < 0)
    return failing(facts.open, odd, _against_typical((amounts / 10**middle)[odd]))


def _against_typical(times: pd.Series) -> pd.Series:
    words = [
        "negative amount" if one < 0 else f"{one:,.0f} times the typical amount"
        if one >= 1 else "a placeholder: far below the typical amount"
        for one in times
    ]  # fmt: skip
    return pd.Series(words, index=times.index, dtype=object)


def _no_rate(facts: Facts) -> Found | NotJudged:
    foreign = facts.open[facts.open["currency"] != facts.company.currency]
    if foreign.empty:
        return NotJudged("not applicable", f"Every open deal is in {facts.company.currency}.")
    lost = foreign["amount"].notna() & foreign["amount_company"].isna()
    sums = foreign[lost].groupby("currency")["amount"].sum()
    note = ", ".join(f"{amount:,.0f} {currency}" for currency, amount in sums.items())
    said = "no rate for " + foreign["currency"].astype(str)
    return failing(foreign, lost, said, f"Not converted: {note}." if note else "")


def _event_against_date(facts: Facts) -> Found | NotJudged:
    deals = facts.open[(facts.open["answers"] > 0) & facts.open["close_date"].notna()]
    if not facts.records("answers"):
        return NotJudged("not enough data", "No business-case answers are loaded.")
    cases = cases_as_of(facts.store, facts.company, facts.as_of, deals.reset_index(drop=True))
    found = contradictions(cases, facts.company, facts.as_of)
    said = found[found["check"].isin(_EVENTS)].drop_duplicates("deal_id").set_index("deal_id")["text"]
    why = facts.open["deal_id"].map(said)
    return failing(facts.open, why.notna(), why)


CHECKS = (
    Check(
        "DQ16", "Stage and state disagree", "contradictory", "error", "all deals",
        "A deal in a closed stage still counts as open, or the reverse.",
        "Close or reopen it in the CRM, or correct the list of stages.",
        ADMIN, _stage_against_state, in_trend=False,
    ),
    Check(
        "DQ17", "Category contradicts the stage", "contradictory", "warning", "open deals",
        f"Commit in a stage below {percent(EARLY)}, or Closed on an open deal: Commit is overstated.",
        "Move the category back, or the stage forward.",
        OWNER, _category_against_stage,
    ),
    Check(
        "DQ18", "Probability contradicts the stage", "contradictory", "warning", "open deals",
        f"{100 * POINTS_OFF:g} points or more off the stage's own: the weighted pipeline rests on typing.",
        "Let the stage set the probability, or say why not.",
        OWNER, _probability_against_stage,
    ),
    Check(
        "DQ19", "Created after it was closed", "contradictory", "info", "closed deals",
        "A migration, most likely: ages and cycles of these deals are not known.",
        "Map the true created date in the import ([salesforce] created).",
        ADMIN, _created_after_closed, in_trend=False,
    ),
    Check(
        "DQ20", "Won with no amount", "contradictory", "error", "won deals",
        "The win counts nothing in won, targets and history.",
        "Write what was signed into the CRM.",
        REVOPS, _won_for_nothing, in_trend=False,
    ),
    Check(
        "DQ21", "Amount far from typical", "contradictory", "warning", "open deals",
        f"{TIMES_TYPICAL} times or more off, and outside of {SPREADS} spreads: a decimal or currency slip?",
        "Compare with the offer and correct the amount or the currency.",
        OWNER, _outlier,
    ),
    Check(
        "DQ22", "Currency without a rate", "contradictory", "error", "open deals",
        "The amount is left out of every sum.",
        "Load a CurrencyType file with the rate.",
        REVOPS, _no_rate,
    ),
    Check(
        "DQ23", "Event does not fit the close date", "contradictory", "info", "open deals",
        "The event comes after the date it should force, or is over by then.",
        "Ask which of the two holds, and correct it.",
        OWNER, _event_against_date, in_trend=False,
    ),
)  # fmt: skip
