"""The truth behind the reports, for those who test against it. It is never part of the subjects."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.sample_company.accounts import Accounts
from analytics.sample_company.arrays import NEVER, Dates, Ints, words
from analytics.sample_company.buyer import LOST, PHASES, REASONS, WON, BuyerState
from analytics.sample_company.crm import Crm
from analytics.sample_company.days import Days
from analytics.sample_company.history import Stage
from analytics.sample_company.names import INDUSTRIES
from analytics.sample_company.people import HAPPY, SANDBAG
from analytics.sample_company.traits import SEGMENT_NAMES
from analytics.store.subjects import QUESTIONS


def _date(days: Days, index: Ints) -> Dates:
    """Dates of day indices; what never comes, or lies beyond the calendar, is missing."""
    known = index < len(days.dates)
    dates = days.dates[np.where(known, np.maximum(index, 0), 0)].astype("datetime64[s]")
    dates[~known] = np.datetime64("NaT")
    return dates


def deal_truth(stage: Stage, crm: Crm, accounts: Accounts, state: BuyerState, shown: Ints) -> pd.DataFrame:
    """One row per deal in the CRM: its buyer's nature, its real milestones, and how it was reported.

    `ground_*`: the hidden fact behind each question, in a world that has them.
    """
    traits, days = stage.traits.take(shown), stage.days
    status = state.status[shown]
    frame = pd.DataFrame(
        {
            "deal_id": accounts.deal_id[shown],
            "row": shown,
            "segment": words(SEGMENT_NAMES)[traits.segment],
            "industry": words(INDUSTRIES)[accounts.industry[accounts.of_deal[shown]]],
            "pain": traits.pain,
            "fit": traits.fit,
            "champion": traits.champion,
            "has_competitor": traits.competitor,
            "needs_security": traits.needs_security,
            "list_amount": traits.amount,
            "is_slow_territory": traits.slow < 0,
            "born_on": _date(days, traits.born),
            "entered_on": _date(days, crm.entered_on[shown]),
            "event_on": _date(days, traits.event_day),
            "budget_on": _date(days, np.where(state.has_budget[shown], state.budget_day[shown], NEVER)),
            "signed_on": _date(days, state.signed_on[shown]),
            "outcome": np.where(status == WON, "won", np.where(status == LOST, "lost", "open")),
            "loss_reason": words(REASONS)[state.reason[shown]],
            "is_duplicate": traits.duplicate_of >= 0,
        }
    )
    for number, phase in enumerate(PHASES):
        frame[f"reached_{phase.replace(' ', '_')}_on"] = _date(days, crm.first_reached[shown, number])
    if stage.options.has_grounds:
        for number, question in enumerate(QUESTIONS):
            frame[f"ground_{question}"] = stage.grounds.facts[shown, number]
    return _with_flags(frame, spell_truth(crm, accounts, shown))


def spell_truth(crm: Crm, accounts: Accounts, shown: Ints) -> pd.DataFrame:
    """When the strategic layer turned on a deal: from `from_at` on, `bias` was -1 (sandbagged), 0 or 1."""
    log = crm.spells.frame()
    log = log[np.isin(log["row"].to_numpy().astype(np.int64), shown)]
    return pd.DataFrame(
        {
            "deal_id": accounts.deal_id[log["row"].to_numpy().astype(np.int64)],
            "from_at": log["valid_at"].to_numpy().astype("datetime64[s]"),
            "bias": log["bias"].to_numpy().astype(np.int64),
        }
    )


def _with_flags(frame: pd.DataFrame, spells: pd.DataFrame) -> pd.DataFrame:
    """Whether the deal was ever stated below, or above, what its rep believed, and since when."""
    for name, bias in (("sandbagged", SANDBAG), ("happy_ears", HAPPY)):
        since = spells[spells["bias"] == bias].groupby("deal_id")["from_at"].min()
        frame[f"{name}_from"] = since.reindex(frame["deal_id"]).to_numpy()
        frame[name] = frame[f"{name}_from"].notna()
    return frame
