"""The bridge's finest grain: what each deal adds to each step, by reason, exact to the cent."""

from __future__ import annotations

import numpy as np
import pandas as pd

from analytics.forecast.expected import Expected
from analytics.pipeline.deals import dated_in
from analytics.risk.reason_words import NORMAL

WON, WEIGHTED = "won", "weighted_pipeline"
RATES = "stage probabilities against measured rates"
DATES = "how believable the close dates are"
THIN, DEEP = "thin business cases", "evidenced business cases"
MOVEMENT, PEOPLE = "activity and movement", "people at the customer"
STATED, OWNER = "category and amount as stated", "owner's history"
KIND = "kind of deal and time of year"
BELOW = "stated below the evidence"
LATER = "dated elsewhere but likely now"
SO_FAR = "how the quarter has run so far"
AT_CLOSE = "amounts at close"
NEW = "not created yet"
#: The order in which steps are told.
STEPS = (
    WON, WEIGHTED, RATES, DATES, THIN, DEEP, MOVEMENT, PEOPLE, STATED, OWNER, KIND, BELOW, LATER, SO_FAR,
    AT_CLOSE, NEW,
)  # fmt: skip
NOT_CREATED_YET = "(not created yet)"
_DATE_REASONS = frozenset({"close date", "pushes"})
_OF_FAMILY = {
    NORMAL: RATES,
    "movement": MOVEMENT,
    "people": PEOPLE,
    "statement": STATED,
    "owner's history": OWNER,
    "deal": KIND,
    "calendar": KIND,
}
COLUMNS = ["deal_id", "step", "reason", "text", "amount"]


def lines_of(expected: Expected, below: frozenset[str]) -> pd.DataFrame:
    """Per open deal of the company: its lines from the weighted pipeline to its expected amount: COLUMNS.

    A deal's lines add up to its expected amount; deals without an amount have none. `below`: deals whose
    statement is called below its evidence: all their reasons are one step. So is all of the deals that are
    not dated in the quarter.
    """
    deals = expected.deals
    if deals["chance"].isna().all() or deals.empty:
        return pd.DataFrame(columns=COLUMNS)
    keys = list(dict.fromkeys(expected.reasons["reason"]))
    shape = (len(deals), len(keys))
    won = expected.reasons["won"].to_numpy(float).reshape(shape)
    texts = expected.reasons["text"].to_numpy(dtype=object).reshape(shape)
    family = dict(zip(expected.reasons["reason"], expected.reasons["family"], strict=True))
    dated = dated_in(deals, expected.quarter).to_numpy()
    weighted = np.where(dated, deals["weighted"].fillna(0.0).to_numpy(float), 0.0)
    money = _money(deals, won, weighted)
    steps = _steps(keys, family, money)
    of_reasons, first = steps[:, : len(keys)], int(keys[0] == NORMAL)
    of_reasons[:, first:][deals["deal_id"].isin(below).to_numpy()] = BELOW
    of_reasons[~dated] = LATER
    extra = np.empty((len(deals), 2), dtype=object)
    extra[:, 0], extra[:, 1] = _so_far_words(expected), _at_close_words(deals)
    parts = pd.DataFrame(
        {
            "deal_id": np.repeat(deals["deal_id"].to_numpy(), len(keys) + 2),
            "step": steps.ravel(),
            "reason": [*keys, SO_FAR, AT_CLOSE] * len(deals),
            "text": np.concatenate([texts, extra], axis=1).ravel(),
            "amount": money.ravel(),
        }
    )
    return pd.concat([_stated(deals, weighted), parts[parts["amount"] != 0]], ignore_index=True)[COLUMNS]


def _money(deals: pd.DataFrame, won: np.ndarray, weighted: np.ndarray) -> np.ndarray:
    """Deal x (reasons, the quarter so far, amounts at close), to the cent; the rest goes to the largest."""
    amount = deals["amount_company"].to_numpy(float)[:, None]
    chance, ratio = (deals[name].to_numpy(float)[:, None] for name in ("chance", "amount_ratio"))
    so_far = chance - won.sum(axis=1, keepdims=True)
    money = np.concatenate([won, so_far, chance * (ratio - 1)], axis=1) * amount
    money[:, 0] -= weighted
    money = np.nan_to_num(money).round(2)
    expected = np.nan_to_num(deals["expected_amount"].to_numpy(float))
    left = (expected - np.where(np.isnan(amount[:, 0]), 0.0, weighted) - money.sum(axis=1)).round(2)
    rows = np.arange(len(money))
    largest = np.abs(money).argmax(axis=1)
    money[rows, largest] = np.where(np.isnan(amount[:, 0]), 0.0, (money[rows, largest] + left).round(2))
    return np.where(np.isnan(amount), 0.0, money)


def _steps(keys: list[str], family: dict[str, str], money: np.ndarray) -> np.ndarray:
    """Which step each line belongs to (deal x line)."""
    steps = np.empty(money.shape, dtype=object)
    for at, key in enumerate(keys):
        if key in _DATE_REASONS:
            steps[:, at] = DATES
        elif family[key] == "business case":
            steps[:, at] = np.where(money[:, at] < 0, THIN, DEEP)
        else:
            steps[:, at] = _OF_FAMILY[family[key]]
    steps[:, -2], steps[:, -1] = SO_FAR, AT_CLOSE
    return steps


def _stated(deals: pd.DataFrame, weighted: np.ndarray) -> pd.DataFrame:
    inside = (weighted != 0) & deals["amount_company"].notna().to_numpy()
    stated = deals[inside]
    text = [
        f"{stage}, stated at {chance:.0%}"
        for stage, chance in zip(stated["stage"], stated["probability"].astype(float), strict=True)
    ]
    return pd.DataFrame(
        {
            "deal_id": stated["deal_id"].to_numpy(),
            "step": WEIGHTED,
            "reason": "stated",
            "text": text,
            "amount": weighted[inside],
        }
    )


def _so_far_words(expected: Expected) -> str:
    cohort, share = expected.outlook.cohort, expected.outlook.share_by_now
    if cohort is None:
        return ""
    usual = share * float(cohort.chances.sum())
    return f"{cohort.won} of the quarter's first deals are won by now; {usual:.0f} are usual"


def _at_close_words(deals: pd.DataFrame) -> list[str]:
    return [f"won deals close at {ratio:.0%} of what is stated now" for ratio in deals["amount_ratio"]]
